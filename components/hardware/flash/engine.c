#include "components/hardware/flash/engine.h"

#include "components/hardware/flash/die.h"
#include "components/hardware/flash/retry.h"
#include "components/hardware/hardware.h"

void ifc_engine_init(ifc_engine *e, struct ifc_lane *lane, uint32_t plane, uint32_t pages_per_event)
{
    *e = (ifc_engine){.lane = lane, .plane = plane, .pages_per_event = pages_per_event};
    ifc_signal_init(&e->work);
}

void ifc_engine_fini(ifc_engine *e)
{
    ifc_signal_fini(&e->work);
}

void ifc_engine_start(ifc_engine *e, ifc_txn *txn, uint32_t pages, uint32_t rounds, uint64_t round,
                      const ifc_pipeline_run *run, ifc_time t_read, ifc_time t_compute)
{
    IFC_BUG_ON(e->txn, "plane %u of %s is given a command while it is at work", e->plane, e->lane->die->name);
    e->txn = txn;
    e->pages = pages;
    e->round = round;
    e->begin = run->begin;
    e->first_move = run->first_move;
    e->stall = run->stall;
    e->stalls_alone = rounds == 1;
    e->t_read = t_read;
    e->t_page = ifc_time_max(t_read, t_compute);
    e->t_compute = t_compute;
    ifc_notify(&e->work);
}

static void finish(ifc_engine *e, ifc_time end)
{
    ifc_lane *l = e->lane;
    l->engines_end = ifc_time_max(l->engines_end, end);
    e->txn = NULL;
    if (--l->engines_at_work == 0)
        ifc_die_look_again(l->die);
}

/* What retries add to pages [from, to) of its granule. */
static ifc_time retries(const ifc_engine *e, uint32_t from, uint32_t to)
{
    return ifc_retry_time(e->lane, e->txn, e->round + from, e->round + to);
}

/* An event is the moment a sensed page moves to the cache register; its compute ends t_compute later. A first
 * page that is sensed again waits for its gate before. */
void ifc_engine_run(void *engine)
{
    ifc_engine *e = engine;
    for (;;) {
        while (!e->txn)
            ifc_wait(&e->work, "pages to sense");
        ifc_time again = retries(e, 0, 1), stall = again ? 0 : e->stall;
        ifc_time move = ifc_time_add(e->first_move, again ? e->stall + again : 0);
        ifc_sleep_until(move);
        ifc_probe_pages(&e->lane->die->hw->probe, e, move, 1);
        for (uint32_t left = e->pages - 1; left > 0;) {
            uint32_t step = left < e->pages_per_event ? left : e->pages_per_event, at = e->pages - left;
            again = retries(e, at, at + step);
            move = ifc_time_add(move, ifc_time_times(step, e->t_page) + again + (at == 1 ? stall : 0));
            ifc_sleep_until(move);
            ifc_probe_pages(&e->lane->die->hw->probe, e, move, step);
            left -= step;
        }
        finish(e, move + e->t_compute + (e->stalls_alone ? stall : 0));
    }
}
