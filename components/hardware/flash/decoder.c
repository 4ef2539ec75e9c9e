/*
 * ECC for the pages of plain NAND: one decoder a channel, which works while pages arrive.
 */
#include "components/hardware/controller/controller.h"
#include "components/hardware/flash/flow.h"
#include "components/system/system.h"

/*
 * When the pages of a tenure are decoded: all of them at the decoder's rate, those of the last round not
 * before it begins to arrive, the last page not before it is there. A run in one tenure (grain die) has as
 * many rounds as a plane has pages, and its first pages were there when the array had them.
 */
void ifc_decoder_feed(ifc_decoder *d, ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bus_bytes)
{
    const ifc_group *g = &d->sys->groups[txn->group];
    double rate = d->sys->s->soc.ecc_rate;
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
