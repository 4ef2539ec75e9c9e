/*
 * ECC for the pages of plain NAND: one decoder a channel, which works while pages arrive.
 */
#include "components/hardware/flash/decoder.h"

#include "components/hardware/flash/flow.h"
#include "components/hardware/hardware.h"

/*
 * When the pages of a tenure are decoded: all of them at the decoder's rate, those of the last round not
 * before it begins to arrive, the last page not before it is there. A run in one tenure (grain die) has as
 * many rounds as a plane has pages, and its first pages were there when the array had them.
 */
void ifc_decoder_feed(ifc_decoder *d, ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bus_bytes)
{
    const ifc_group *g = &d->hw->groups[txn->group];
    double rate = d->hw->s->soc.ecc_rate;
    bool run = txn->flow->one_run;
    ifc_time rounds = run && txn->extent.max_pages > 1 ? txn->extent.max_pages : 1;
    ifc_time all = ifc_time_for_bytes(bus_bytes * g->p->page / g->bus_page_bytes, rate);
    ifc_time first = run && txn->ready < begin ? txn->ready : begin;
    ifc_time last_round = end - (end - begin) / rounds + all / rounds;
    ifc_time last_page = ifc_time_add(end, ifc_time_for_bytes(g->p->page, rate));
    d->free =
        ifc_time_max(ifc_time_max(ifc_time_add(ifc_time_max(first, d->free), all), last_round), last_page);
    txn->ready = d->free;
}

void ifc_decoder_init(ifc_decoder *d, ifc_hardware *hw)
{
    *d = (ifc_decoder){.hw = hw};
    ifc_signal_init(&d->work);
}

void ifc_decoder_fini(ifc_decoder *d)
{
    ifc_signal_fini(&d->work);
}

ifc_decoder *ifc_decoder_of(ifc_hardware *hw, const ifc_txn *txn)
{
    bool encoded = txn->command == IFC_READ && hw->groups[txn->group].decode_in_controller;
    return encoded && hw->decoders ? &hw->decoders[txn->channel] : NULL;
}

void ifc_decoder_receive(ifc_hardware *hw, ifc_txn *txn)
{
    ifc_decoder *d = ifc_decoder_of(hw, txn);
    if (d) {
        ifc_txn_fifo_put(&d->queue, txn);
        ifc_notify(&d->work);
        return;
    }
    txn->stamp[IFC_PHASE_DECODE] = ifc_now();
    ifc_complete(hw, txn);
}

void ifc_decoder_run(void *decoder)
{
    ifc_decoder *d = decoder;
    for (;;) {
        while (!d->queue.first)
            ifc_wait(&d->work, "pages to decode");
        ifc_txn *txn = ifc_txn_fifo_take(&d->queue);
        ifc_sleep_until(txn->ready);
        txn->stamp[IFC_PHASE_DECODE] = ifc_now();
        ifc_complete(d->hw, txn);
    }
}
