/*
 * The flash side of a recorded machine: bus tenures, arrays, engines, global buffers, planes.
 */
#include "components/hardware/flash/extent.h"
#include "components/hardware/flash/flow.h"
#include "components/record/trace_internal.h"
#include "platform/common/memory.h"

/* What the flash side does is decided before it happens: it is written when it has happened. */
static void slice(ifc__trace *t, ifc__trace_usage *usage, uint32_t track, const char *name, ifc_time begin,
                  ifc_time end, const ifc_slice_args *args, uint64_t flow_in, uint64_t flow_out)
{
    ifc__trace_settle(t, ifc_now());
    t->ahead = ifc_grow(t->ahead, &t->room_ahead, t->n_ahead, sizeof *t->ahead);
    t->ahead[t->n_ahead++] = (ifc__trace_slice){track, name, begin, end, *args, flow_in, flow_out, usage};
}

/*
 * A transaction's number is the flow that leads from the operator that gave it over the bus and the die back
 * up. A broadcast carries the flow of its first command.
 */
static void down(void *trace, const ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time commands_end,
                 ifc_time end, uint64_t bytes)
{
    ifc__trace *t = trace;
    ifc__trace_usage *usage = &t->usage[c->index];
    ifc_slice_args args = ifc__trace_txn_args(txn);
    uint64_t flow = txn->id;
    if (commands_end > begin) {
        slice(t, usage, t->bus_tracks[c->index], "command", begin, commands_end, &args, flow, flow);
        flow = 0;
    }
    args.bytes = (int64_t)bytes;
    if (end > commands_end)
        slice(t, usage, t->bus_tracks[c->index], "data_down", commands_end, end, &args, flow, flow);
}

static void up(void *trace, const ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time end,
               uint64_t bytes)
{
    ifc__trace *t = trace;
    const ifc_flow *f = txn->flow;
    ifc_slice_args args = ifc__trace_txn_args(txn);
    args.bytes = (int64_t)bytes;
    args.pages = txn->command != IFC_READ ? -1 : f->one_run ? (int64_t)txn->extent.pages : 1;
    slice(t, &t->usage[c->index], t->bus_tracks[c->index], "data_up", begin, end, &args,
          ifc_flow_gone(f) ? txn->id : 0, 0);
}

/* Arguments of what an array or engine does with @pages pages. */
static ifc_slice_args die_args(const ifc_die *d, const ifc_txn *txn, uint64_t pages)
{
    ifc_slice_args args = ifc__trace_txn_args(txn);
    args.pages = (int64_t)pages;
    if (!txn->extent.run_ppb)
        args.bytes = (int64_t)(pages * d->group->p->page);
    return args;
}

static uint32_t plane_of(const ifc_die *d, const ifc_txn *txn, uint64_t i)
{
    return (uint32_t)((txn->first_plane + i) % d->group->p->planes);
}

static bool planes_recorded(const ifc__trace *t, const ifc_die *d)
{
    return t->dies[d->index].planes != NULL;
}

/* Products with tokens still buffered in the planes, after the last page. */
static void trace_tail(ifc__trace *t, const ifc_die *d, const ifc_task *p, ifc_time end)
{
    ifc_slice_args args = ifc__trace_txn_args(p->txn);
    for (uint64_t i = 0; i < p->extent.planes; i++)
        slice(t, NULL, t->dies[d->index].planes[(p->first_plane + i) % d->group->p->planes].engine,
              "mac buffered tokens", end - p->txn->tail_time, end, &args, 0, 0);
}

static void run(void *trace, const ifc_die *d, const ifc_txn *txn, const ifc_task *p,
                const ifc_pipeline_run *r)
{
    ifc__trace *t = trace;
    ifc_slice_args args = die_args(d, txn, p->extent.pages);
    ifc_time moved = r->last_move, computing = r->first_move;
    uint64_t up = txn->bytes_up ? txn->id : 0;
    if (!d->hw->s->effects.pipeline_fill && !p->lane->engines) { /* both work all the time */
        moved = r->end;
        computing = r->begin;
    }
    if (d->n_lanes == 1) {
        slice(t, NULL, t->dies[d->index].array, "read_compute", r->begin, moved, &args, txn->id, txn->id);
        slice(t, NULL, t->dies[d->index].engine, "ecc+mac", computing, r->end, &args, txn->id, up);
    } else if (t->level < IFC_LEVEL_PLANES || !p->lane->engines) { /* else its pages are shown */
        slice(t, NULL, t->dies[d->index].planes[p->first_plane].array, "read_compute", r->begin, moved, &args,
              0, 0);
        slice(t, NULL, t->dies[d->index].planes[p->first_plane].engine, "ecc+mac", computing, r->end, &args,
              0, 0);
        return;
    }
    if (txn->tail_time > 0 && planes_recorded(t, d))
        trace_tail(t, d, p, r->end);
}

static void trace_round_planes(ifc__trace *t, const ifc_die *d, const ifc_txn *txn, uint64_t planes,
                               ifc_time begin, ifc_time sensed, ifc_time moved)
{
    ifc_slice_args args = die_args(d, txn, 1);
    for (uint64_t i = 0; i < planes; i++) {
        uint32_t plane = plane_of(d, txn, i);
        slice(t, NULL, t->dies[d->index].planes[plane].array, "sense", begin, sensed, &args, 0, 0);
        if (txn->ecc_time)
            slice(t, NULL, t->dies[d->index].planes[plane].engine, "ecc", moved, moved + txn->ecc_time, &args,
                  0, 0);
    }
}

static void round_read(void *trace, const ifc_die *d, const ifc_txn *txn, uint64_t round, ifc_time begin,
                       ifc_time sensed, ifc_time moved, ifc_time there)
{
    ifc__trace *t = trace;
    uint64_t planes = ifc_extent_before(&txn->extent, round + 1) - ifc_extent_before(&txn->extent, round);
    ifc_slice_args args = die_args(d, txn, planes);
    uint64_t flow = round == 0 ? txn->id : 0;
    uint32_t plane = txn->first_plane;
    bool whole = d->n_lanes == 1;
    slice(t, NULL, whole ? t->dies[d->index].array : t->dies[d->index].planes[plane].array, "read", begin,
          moved, &args, flow, flow);
    if (there > moved)
        slice(t, NULL, whole ? t->dies[d->index].engine : t->dies[d->index].planes[plane].engine, "ecc",
              moved, there, &args, 0, 0);
    if (whole && planes_recorded(t, d))
        trace_round_planes(t, d, txn, planes, begin, sensed, moved);
}

static void read_pages(void *trace, const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end)
{
    ifc__trace *t = trace;
    ifc_slice_args args = die_args(d, txn, txn->extent.pages);
    slice(t, NULL, t->dies[d->index].array, "read", begin, end, &args, txn->id, txn->id);
}

static void read_rest(void *trace, const ifc_die *d, uint64_t id, ifc_time begin, ifc_time end)
{
    ifc__trace *t = trace;
    ifc_slice_args args = IFC_SLICE_ARGS_NONE;
    args.txn = (int64_t)id;
    if (end > begin)
        slice(t, NULL, t->dies[d->index].array, "read (pages leave)", begin, end, &args, 0, 0);
}

static void trace_write_planes(ifc__trace *t, const ifc_die *d, const ifc_txn *txn, const char *name,
                               ifc_time begin, ifc_time end)
{
    ifc_slice_args args = die_args(d, txn, 1);
    ifc_time each = (end - begin) / txn->extent.max_pages;
    for (uint64_t i = 0; i < txn->extent.planes; i++)
        for (uint64_t page = 0; page < ifc_extent_plane(&txn->extent, i); page++) {
            ifc_time at = begin + (ifc_time)page * each;
            slice(t, NULL, t->dies[d->index].planes[plane_of(d, txn, i)].array, name, at, at + each, &args, 0,
                  0);
        }
}

static void written(void *trace, const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end)
{
    ifc__trace *t = trace;
    const char *name = ifc_command_name((ifc_command)txn->command);
    ifc_slice_args args = die_args(d, txn, txn->extent.pages);
    if (txn->command == IFC_ERASE)
        args.pages = args.bytes = -1;
    if (d->n_lanes == 1)
        slice(t, NULL, t->dies[d->index].array, name, begin, end, &args, txn->id, 0);
    if (planes_recorded(t, d) && txn->extent.max_pages > 0)
        trace_write_planes(t, d, txn, name, begin, end);
}

static void suspended(void *trace, const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time at,
                      ifc_time end)
{
    ifc__trace *t = trace;
    ifc_slice_args args = die_args(d, txn, txn->extent.pages);
    uint32_t track =
        d->n_lanes == 1 ? t->dies[d->index].array : t->dies[d->index].planes[txn->first_plane].array;
    if (at > begin)
        slice(t, NULL, track, ifc_command_name((ifc_command)txn->command), begin, at, &args, 0, 0);
    if (end > at)
        slice(t, NULL, track, "suspend", at, end, &args, 0, 0);
}

static void collect(void *trace, const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end,
                    uint64_t bytes)
{
    ifc__trace *t = trace;
    ifc_slice_args args = ifc__trace_txn_args(txn);
    args.bytes = (int64_t)bytes;
    bool last = txn->flow->collected + 1 == txn->flow->granules;
    uint64_t up = txn->bytes_up && last ? txn->id : 0;
    slice(t, NULL, t->dies[d->index].buffer, "collect", begin, end, &args, up, up);
}

/* The next page is sensed as soon as the data register is empty, which the move of the one before makes it.
 */
static void pages_moved(void *trace, const ifc_engine *e, ifc_time move, uint32_t pages)
{
    ifc__trace *t = trace;
    const ifc_die *d = e->lane->die;
    ifc_slice_args args = die_args(d, e->txn, 1);
    ifc_time begin = move - (ifc_time)pages * e->t_page, late = 0;
    if (move == e->first_move) {
        begin = e->begin;
        late = e->stalls_alone ? e->stall : 0;
    }
    for (uint32_t left = pages; left-- > 0;) {
        ifc_time moved = move - (ifc_time)left * e->t_page, work = moved + late;
        slice(t, NULL, t->dies[d->index].planes[e->plane].array, "sense", begin, begin + e->t_read, &args, 0,
              0);
        slice(t, NULL, t->dies[d->index].planes[e->plane].engine, "ecc+mac", work, work + e->t_compute, &args,
              0, 0);
        begin = moved;
    }
}

void ifc__trace_listen_flash(ifc__trace *t, ifc_probe *probe)
{
    ifc_probe_listen_down(probe, down, t);
    ifc_probe_listen_up(probe, up, t);
    if (t->level < IFC_LEVEL_DIES)
        return;
    ifc_probe_listen_run(probe, run, t);
    ifc_probe_listen_round(probe, round_read, t);
    ifc_probe_listen_read(probe, read_pages, t);
    ifc_probe_listen_read_rest(probe, read_rest, t);
    ifc_probe_listen_written(probe, written, t);
    ifc_probe_listen_suspended(probe, suspended, t);
    ifc_probe_listen_collect(probe, collect, t);
    if (t->level >= IFC_LEVEL_PLANES)
        ifc_probe_listen_pages(probe, pages_moved, t);
}
