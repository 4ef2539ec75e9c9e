/*
 * The flash side of a recorded machine: bus tenures, arrays, engines, global buffers, planes.
 */
#include "components/hardware/flash/extent.h"
#include "components/hardware/flash/flow.h"
#include "components/record/trace_internal.h"
#include "platform/common/memory.h"

/* What the flash side does is decided before it happens: it is written when it has happened. */
static void slice(const ifc_system *sys, ifc__trace_usage *usage, uint32_t track, const char *name,
                  ifc_time begin, ifc_time end, const ifc_slice_args *args, uint64_t flow_in,
                  uint64_t flow_out)
{
    ifc__trace *t = ifc__trace_of(sys);
    ifc__trace_settle(t, ifc_now());
    t->ahead = ifc_grow(t->ahead, &t->room_ahead, t->n_ahead, sizeof *t->ahead);
    t->ahead[t->n_ahead++] = (ifc__trace_slice){track, name, begin, end, *args, flow_in, flow_out, usage};
}

/*
 * A transaction's number is the flow that leads from the operator that gave it over the bus and the die back
 * up. A broadcast carries the flow of its first command.
 */
void ifc__trace_down(const ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time commands_end,
                     ifc_time end, uint64_t bytes)
{
    ifc__trace_usage *usage = &ifc__trace_of(c->sys)->usage[c->index];
    ifc_slice_args args = ifc__trace_txn_args(txn);
    uint64_t flow = txn->id;
    if (commands_end > begin) {
        slice(c->sys, usage, c->track, "command", begin, commands_end, &args, flow, flow);
        flow = 0;
    }
    args.bytes = (int64_t)bytes;
    if (end > commands_end)
        slice(c->sys, usage, c->track, "data_down", commands_end, end, &args, flow, flow);
}

void ifc__trace_up(const ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bytes)
{
    const ifc_flow *f = txn->flow;
    ifc_slice_args args = ifc__trace_txn_args(txn);
    args.bytes = (int64_t)bytes;
    args.pages = txn->command != IFC_READ ? -1 : f->one_run ? (int64_t)txn->extent.pages : 1;
    slice(c->sys, &ifc__trace_of(c->sys)->usage[c->index], c->track, "data_up", begin, end, &args,
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

static const ifc_engine *plane_of(const ifc_die *d, const ifc_txn *txn, uint64_t i)
{
    return &d->engines[(txn->first_plane + i) % d->group->p->planes];
}

static bool planes_recorded(const ifc_die *d)
{
    return d->engines && d->engines[0].track;
}

/* Products with tokens still buffered in the planes, after the last page. */
static void trace_tail(const ifc_die *d, const ifc_txn *txn, ifc_time end)
{
    ifc_slice_args args = ifc__trace_txn_args(txn);
    for (uint64_t i = 0; i < txn->extent.planes; i++)
        slice(d->sys, NULL, plane_of(d, txn, i)->compute_track, "mac buffered tokens", end - txn->tail_time,
              end, &args, 0, 0);
}

void ifc__trace_run(const ifc_die *d, const ifc_txn *txn, const ifc_pipeline_run *r)
{
    ifc_slice_args args = die_args(d, txn, txn->extent.pages);
    ifc_time moved = r->last_move, computing = r->first_move;
    uint64_t up = txn->bytes_up ? txn->id : 0;
    if (!d->sys->s->effects.pipeline_fill && !d->engines) { /* both work all the time */
        moved = r->end;
        computing = r->begin;
    }
    slice(d->sys, NULL, d->array_track, "read_compute", r->begin, moved, &args, txn->id, txn->id);
    slice(d->sys, NULL, d->compute_track, "ecc+mac", computing, r->end, &args, txn->id, up);
    if (txn->tail_time > 0 && planes_recorded(d))
        trace_tail(d, txn, r->end);
}

static void trace_round_planes(const ifc_die *d, const ifc_txn *txn, uint64_t planes, ifc_time begin,
                               ifc_time sensed, ifc_time moved)
{
    ifc_slice_args args = die_args(d, txn, 1);
    for (uint64_t i = 0; i < planes; i++) {
        const ifc_engine *e = plane_of(d, txn, i);
        slice(d->sys, NULL, e->track, "sense", begin, sensed, &args, 0, 0);
        if (txn->ecc_time)
            slice(d->sys, NULL, e->compute_track, "ecc", moved, moved + txn->ecc_time, &args, 0, 0);
    }
}

void ifc__trace_round(const ifc_die *d, const ifc_txn *txn, uint64_t round, ifc_time begin, ifc_time sensed,
                      ifc_time moved, ifc_time there)
{
    uint64_t planes = ifc_extent_before(&txn->extent, round + 1) - ifc_extent_before(&txn->extent, round);
    ifc_slice_args args = die_args(d, txn, planes);
    uint64_t flow = round == 0 ? txn->id : 0;
    slice(d->sys, NULL, d->array_track, "read", begin, moved, &args, flow, flow);
    if (there > moved)
        slice(d->sys, NULL, d->compute_track, "ecc", moved, there, &args, 0, 0);
    if (planes_recorded(d))
        trace_round_planes(d, txn, planes, begin, sensed, moved);
}

void ifc__trace_read(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end)
{
    ifc_slice_args args = die_args(d, txn, txn->extent.pages);
    slice(d->sys, NULL, d->array_track, "read", begin, end, &args, txn->id, txn->id);
}

void ifc__trace_read_rest(const ifc_die *d, uint64_t id, ifc_time begin, ifc_time end)
{
    ifc_slice_args args = IFC_SLICE_ARGS_NONE;
    args.txn = (int64_t)id;
    if (end > begin)
        slice(d->sys, NULL, d->array_track, "read (pages leave)", begin, end, &args, 0, 0);
}

static void trace_write_planes(const ifc_die *d, const ifc_txn *txn, const char *name, ifc_time begin,
                               ifc_time end)
{
    ifc_slice_args args = die_args(d, txn, 1);
    ifc_time each = (end - begin) / txn->extent.max_pages;
    for (uint64_t i = 0; i < txn->extent.planes; i++)
        for (uint64_t page = 0; page < ifc_extent_plane(&txn->extent, i); page++) {
            ifc_time at = begin + (ifc_time)page * each;
            slice(d->sys, NULL, plane_of(d, txn, i)->track, name, at, at + each, &args, 0, 0);
        }
}

void ifc__trace_write(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end)
{
    const char *name = ifc_command_name((ifc_command)txn->command);
    ifc_slice_args args = die_args(d, txn, txn->extent.pages);
    if (txn->command == IFC_ERASE)
        args.pages = args.bytes = -1;
    slice(d->sys, NULL, d->array_track, name, begin, end, &args, txn->id, 0);
    if (planes_recorded(d) && txn->extent.max_pages > 0)
        trace_write_planes(d, txn, name, begin, end);
}

void ifc__trace_collect(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bytes)
{
    ifc_slice_args args = ifc__trace_txn_args(txn);
    args.bytes = (int64_t)bytes;
    bool last = txn->flow->done + 1 == txn->flow->granules;
    uint64_t up = txn->bytes_up && last ? txn->id : 0;
    slice(d->sys, NULL, d->buffer_track, "collect", begin, end, &args, up, up);
}

/* The next page is sensed as soon as the data register is empty, which the move of the one before makes it.
 */
void ifc__trace_pages(const ifc_engine *e, ifc_time move, uint32_t pages)
{
    const ifc_die *d = e->die;
    ifc_slice_args args = die_args(d, e->txn, 1);
    ifc_time begin = move - (ifc_time)pages * e->t_page, late = 0;
    if (move == e->first_move) {
        begin = e->begin;
        late = e->stalls_alone ? e->stall : 0;
    }
    for (uint32_t left = pages; left-- > 0;) {
        ifc_time moved = move - (ifc_time)left * e->t_page, work = moved + late;
        slice(d->sys, NULL, e->track, "sense", begin, begin + e->t_read, &args, 0, 0);
        slice(d->sys, NULL, e->compute_track, "ecc+mac", work, work + e->t_compute, &args, 0, 0);
        begin = moved;
    }
}
