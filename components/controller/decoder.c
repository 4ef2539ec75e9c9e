/*
 * ECC for the pages of plain NAND: one decoder a channel, which works while pages arrive.
 */
#include "components/controller/controller.h"
#include "components/system/system.h"

/* When the pages that arrived in [begin, end] are decoded: all of them at its rate, the last one not before
 * it is there. */
void ifc_decoder_feed(ifc_decoder *d, ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bus_bytes)
{
    const ifc_group *g = &d->sys->groups[txn->group];
    double rate = d->sys->s->soc.ecc_rate;
    uint64_t data = bus_bytes * g->p->page / g->bus_page_bytes;
    ifc_time all = ifc_time_for_bytes(data, rate), page = ifc_time_for_bytes(g->p->page, rate);
    d->free = ifc_time_max(ifc_time_max(begin, d->free) + all, end + page);
    txn->ready = d->free;
}

void ifc_decoder_run(void *decoder)
{
    ifc_decoder *d = decoder;
    for (;;) {
        while (!d->first)
            ifc_wait(&d->work, "pages to decode");
        ifc_txn *txn = d->first;
        d->first = txn->next;
        if (!d->first)
            d->last = &d->first;
        ifc_sleep_until(txn->ready);
        txn->stamp[IFC_PHASE_DECODE] = ifc_now();
        ifc_controller_complete(&d->sys->controller, txn);
    }
}
