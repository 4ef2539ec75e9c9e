/*
 * When a command under way may be over: what its die sleeps until.
 */
#include "components/hardware/flash/extent.h"
#include "components/hardware/flash/flow_internal.h"

/* Before this moment its next tenure of @time cannot begin: what takes no time does not need the bus. */
static ifc_time next_up(const ifc_flow *f, ifc_time time)
{
    return time > 0 ? ifc_time_max(f->up_free, f->die->hw->channels[f->die->channel].free_at) : f->up_free;
}

/* Pages of the round at `up` of which some part at least has left. */
static uint64_t pages_begun(const ifc_flow *f)
{
    return ceil_div(f->tenures, slices(f));
}

/* The array's part: the pages that are left, at its pace. */
static ifc_time bound_by_array(const ifc_flow *f, const ifc_task *part)
{
    const ifc_pipeline *p = &part->lane->pipeline;
    uint64_t left = part->extent.max_pages, n = f->granules,
             done = f->txn->extent.max_pages * (uint64_t)part->done / n;
    left -= done < left ? done : left;
    ifc_time pace = ifc_time_max(f->t_read, reads(f) ? 0 : compute_time(f->txn));
    if (f->txn->extent.run_ppb || !f->die->hw->s->effects.pipeline_fill || left == 0)
        return p->sense_free;
    return ifc_time_add(ifc_time_max(p->sense_free + f->t_read, p->compute_free),
                        ifc_time_times(left - 1, pace));
}

/* The bus's part for a READ that the die does not decode: its last round enters the cache registers when all
 * pages before it, and those of the READ before, have left. */
static ifc_time bound_by_leaving(const ifc_flow *f)
{
    const ifc_extent *e = &f->txn->extent;
    const ifc_flow *reading = f->txn->tasks[0].lane->reading;
    ifc_time page = f->page_time;
    uint64_t before = ifc_extent_before(e, f->granules - 1),
             gone = ifc_extent_before(e, f->up) + pages_begun(f);
    if (reading && reading != f && !ifc_flow_gone(reading))
        return ifc_time_add(ifc_flow_bound_up(reading), ifc_time_times(before, page));
    return before > gone ? ifc_time_add(next_up(f, page), ifc_time_times(before - gone, page)) : 0;
}

ifc_time ifc_flow_bound(const ifc_task *p)
{
    const ifc_flow *f = p->txn->flow;
    if (p->done == f->granules)
        return p->running && !p->over ? p->lane->pipeline.sense_free : p->run.last_move;
    ifc_time array = bound_by_array(f, p);
    return reads(f) && !f->one_run && !f->txn->ecc_time ? ifc_time_max(array, bound_by_leaving(f)) : array;
}

/* Of a READ: the pages that have not left yet, and those of the last round, which is sensed last. */
static ifc_time bound_read(const ifc_flow *f)
{
    const ifc_extent *e = &f->txn->extent;
    ifc_time page = f->page_time;
    ifc_time next = next_up(f, page);
    if (f->one_run)
        return ifc_time_max(next, f->done ? *slot(f, 0, COLLECTED) : 0) + page;
    uint64_t left = e->pages - ifc_extent_before(e, f->up) - pages_begun(f),
             last = e->pages - ifc_extent_before(e, f->granules - 1);
    if (f->up + 1 == f->granules && f->up < f->done)
        return ifc_time_add(ifc_time_max(next, *slot(f, f->up, COLLECTED)), ifc_time_times(left, page));
    return ifc_time_max(ifc_time_add(next, ifc_time_times(left, page)),
                        ifc_time_add(ifc_flow_bound(f->txn->tasks), ifc_time_times(last, page)));
}

/* Before this moment not all of its parts can have sensed their last pages. */
static ifc_time bound_work(const ifc_flow *f)
{
    ifc_time at = 0;
    for (uint32_t i = 0; i < f->txn->n_tasks; i++)
        at = ifc_time_max(at, ifc_flow_bound(&f->txn->tasks[i]));
    return at;
}

ifc_time ifc_flow_bound_up(const ifc_flow *f)
{
    if (ifc_flow_gone(f))
        return f->up_free;
    if (reads(f))
        return bound_read(f);
    const ifc_txn *t = f->txn;
    uint32_t left = f->granules - f->up;
    uint64_t bytes = t->grows_up ? t->bytes_up - t->bytes_up * f->up / f->granules : t->bytes_up;
    ifc_time work = bound_work(f);
    if (f->collected == f->granules)
        work = *slot(f, f->collected - 1, COLLECTED);
    else if (!t->extent.run_ppb && t->extent.pages && f->die->hw->s->effects.pipeline_fill)
        work += compute_time(t) + t->tail_time;
    ifc_time last = transfer(f, t->grows_up ? part(t->bytes_up, f->granules - 1, f->granules) : t->bytes_up);
    return ifc_time_max(work + last,
                        next_up(f, last) + transfer(f, bytes) - (ifc_time)left); /* each is rounded */
}
