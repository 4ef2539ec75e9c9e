#include "components/hardware/flash/pipeline.h"

/* @t of a run of whole pages, or of a fractional one: x.y pages are x operations and one of fraction y. */
static ifc_time run_time(const ifc_extent *e, ifc_time t)
{
    if (!e->run_ppb)
        return ifc_time_times(e->max_pages, t);
    uint64_t whole = e->run_ppb / 1000000000u, part = e->run_ppb % 1000000000u;
    return ifc_time_add(ifc_time_times(whole, t), ifc_time_scale(t, (double)part * 1e-9));
}

/* The fraction of a page that is sensed first (a run may be shorter than one page). */
static ifc_time first_page_time(const ifc_extent *e, ifc_time t)
{
    if (!e->run_ppb || e->run_ppb >= 1000000000u)
        return e->run_ppb || e->max_pages ? t : 0;
    return run_time(e, t);
}

/* Without fill the array works all the time that the engine does. */
static ifc_pipeline_run advance_without_fill(ifc_pipeline *p, ifc_time ready, ifc_time gate,
                                             const ifc_extent *extent, ifc_time t_read, ifc_time t_compute)
{
    ifc_pipeline_run r = {.begin = ifc_time_max(ready, p->compute_free)};
    ifc_time start = ifc_time_max(r.begin, gate);
    r.stall = start - r.begin;
    r.end = ifc_time_add(start, run_time(extent, ifc_time_max(t_read, t_compute)));
    r.first_move = r.last_move = t_read >= t_compute ? r.end : start;
    p->sense_free = p->compute_free = r.end;
    return r;
}

ifc_pipeline_run ifc_pipeline_advance(ifc_pipeline *p, ifc_time ready, ifc_time gate,
                                      const ifc_extent *extent, ifc_time t_read, ifc_time t_compute,
                                      bool fill)
{
    if (!fill)
        return advance_without_fill(p, ready, gate, extent, t_read, t_compute);
    ifc_pipeline_run r = {.begin = ifc_time_max(ready, p->sense_free)};
    ifc_time slower = ifc_time_max(t_read, t_compute), first_compute = first_page_time(extent, t_compute);
    ifc_time rest = run_time(extent, slower) - first_page_time(extent, slower); /* pages after the first */
    r.first_move = ifc_pipeline_first_move(p, r.begin, first_page_time(extent, t_read));
    ifc_time start = ifc_time_max(r.first_move, gate);
    if (rest == 0) {
        r.stall = start - r.first_move;
        r.last_move = r.first_move;
        r.end = ifc_time_add(start, first_compute);
    } else {
        ifc_time second = ifc_time_max(r.first_move + t_read, start + t_compute);
        r.stall = second - (r.first_move + slower);
        r.last_move = ifc_time_add(r.first_move, rest + r.stall);
        r.end = ifc_time_add(r.last_move, first_compute);
    }
    p->sense_free = r.last_move;
    p->compute_free = r.end;
    return r;
}
