#include "components/plane/engine.h"

#include "components/system/trace.h"

void ifc_engine_init(ifc_engine *e, struct ifc_die *die, uint32_t plane, uint32_t pages_per_event)
{
    *e = (ifc_engine){.die = die, .plane = plane, .pages_per_event = pages_per_event};
    ifc_signal_init(&e->work);
}

void ifc_engine_fini(ifc_engine *e)
{
    ifc_signal_fini(&e->work);
}

void ifc_engine_start(ifc_engine *e, ifc_txn *txn, uint32_t pages, ifc_time first_move, ifc_time t_read,
                      ifc_time t_compute)
{
    IFC_BUG_ON(e->txn, "plane %u of %s is given a command while it is at work", e->plane, e->die->name);
    e->txn = txn;
    e->pages = pages;
    e->first_move = first_move;
    e->t_read = t_read;
    e->t_page = ifc_time_max(t_read, t_compute);
    e->t_compute = t_compute;
    ifc_notify(&e->work);
}

/* An event is the moment a sensed page moves to the cache register; its compute ends t_compute later. */
void ifc_engine_run(void *engine)
{
    ifc_engine *e = engine;
    for (;;) {
        while (!e->txn)
            ifc_wait(&e->work, "pages to sense");
        ifc_time move = e->first_move;
        ifc_sleep_until(move);
        ifc_trace_pages(e, move, 1);
        for (uint32_t left = e->pages - 1; left > 0;) {
            uint32_t step = left < e->pages_per_event ? left : e->pages_per_event;
            move += step * e->t_page;
            ifc_sleep_until(move);
            ifc_trace_pages(e, move, step);
            left -= step;
        }
        e->txn->ready = ifc_time_max(e->txn->ready, move + e->t_compute);
        e->txn = NULL;
        if (--e->die->engines_sensing == 0)
            ifc_notify(&e->die->engines_done);
    }
}
