#include "components/plane/pipeline.h"

/* @t of a run of whole pages, or of a fractional one: x.y pages are x operations and one of fraction y. */
static ifc_time run_time(const ifc_extent *e, ifc_time t)
{
    if (!e->run_ppb)
        return (ifc_time)e->max_pages * t;
    uint64_t whole = e->run_ppb / 1000000000u, part = e->run_ppb % 1000000000u;
    return (ifc_time)whole * t + (ifc_time)((double)part * 1e-9 * (double)t + 0.5);
}

/* The fraction of a page that is sensed first (a run may be shorter than one page). */
static ifc_time first_page_time(const ifc_extent *e, ifc_time t)
{
    if (!e->run_ppb || e->run_ppb >= 1000000000u)
        return e->run_ppb || e->max_pages ? t : 0;
    return run_time(e, t);
}

ifc_pipeline_run ifc_pipeline_advance(ifc_pipeline *p, ifc_time ready, const ifc_extent *extent,
                                      ifc_time t_read, ifc_time t_compute, bool fill)
{
    ifc_pipeline_run r;
    ifc_time slower = ifc_time_max(t_read, t_compute);
    if (!fill) {
        r.begin = ifc_time_max(ready, p->compute_free);
        r.end = r.begin + run_time(extent, slower);
        r.first_move = r.last_move = t_read >= t_compute ? r.end : r.begin;
        p->sense_free = p->compute_free = r.end;
        return r;
    }
    ifc_time first_sense = first_page_time(extent, t_read),
             first_compute = first_page_time(extent, t_compute);
    r.begin = ifc_time_max(ready, p->sense_free);
    r.first_move = ifc_pipeline_first_move(p, r.begin, first_sense);
    r.last_move = r.first_move + run_time(extent, slower) - first_page_time(extent, slower);
    r.end = r.last_move + first_compute;
    p->sense_free = r.last_move;
    p->compute_free = r.end;
    return r;
}
