#include "components/hardware/dram/dram.h"

#include "components/hardware/hardware.h"

void ifc_dram_init(ifc_dram *d, ifc_hardware *hw, uint32_t index)
{
    *d = (ifc_dram){.hw = hw, .index = index};
    snprintf(d->name, sizeof d->name, "dram%u", index);
    ifc_signal_init(&d->work);
}

void ifc_dram_fini(ifc_dram *d)
{
    ifc_signal_fini(&d->work);
}

void ifc_dram_access(ifc_dram *d, ifc_txn *txn)
{
    ifc_probe_issue(&d->hw->probe, txn);
    ifc_txn_fifo_put(&d->queue, txn);
    ifc_notify(&d->work);
}

void ifc_dram_run(void *dram)
{
    ifc_dram *d = dram;
    const ifc_dram_params *p = &d->hw->s->dram;
    for (;;) {
        while (!d->queue.first)
            ifc_wait(&d->work, "an access");
        ifc_txn *txn = ifc_txn_fifo_take(&d->queue);
        uint64_t bytes = txn->bytes_up + txn->bytes_down;
        ifc_time begin = ifc_now();
        ifc_sleep_until(begin + p->latency + ifc_time_for_bytes(bytes, p->rate));
        txn->stamp[IFC_PHASE_QUEUE] = begin;
        txn->stamp[IFC_PHASE_DECODE] = ifc_now();
        d->busy_ps += ifc_now() - begin;
        ifc_span_add(&d->span, ifc_now() - begin);
        d->wait_ps = ifc_time_sum(d->wait_ps, begin - txn->issue);
        d->served++;
        d->bytes += bytes;
        ifc_probe_dram(&d->hw->probe, d, txn);
        ifc_probe_busy(&d->hw->probe, IFC_PART_DRAM, begin, ifc_now());
        ifc_complete(d->hw, txn);
    }
}
