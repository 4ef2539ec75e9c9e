#include "components/hardware/flash/flow.h"

#include <stdlib.h>

#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/flash/extent.h"
#include "components/hardware/flash/flow_internal.h"
#include "components/hardware/flash/retry.h"
#include "components/hardware/hardware.h"
#include "platform/common/memory.h"

ifc_time ifc_flow_sense_time(const ifc_die *d, const ifc_txn *txn)
{
    const ifc_flash_group *g = d->group->p;
    uint64_t turns = g->sense_planes ? ceil_div(txn->extent.planes, g->sense_planes) : 1;
    return ifc_time_times(turns ? turns : 1, d->group->read_least);
}

static uint32_t count_granules(const ifc_flow *f, uint64_t data)
{
    const ifc_extent *e = &f->txn->extent;
    uint64_t rounds = e->run_ppb ? e->run_ppb / 1000000000u : e->max_pages, wanted = rounds;
    if (!f->page_commands)
        wanted = ceil_div(data, IFC_GRANULE_BYTES);
    wanted = wanted < rounds ? wanted : rounds;
    wanted = wanted < IFC_GRANULES_MAX ? wanted : IFC_GRANULES_MAX;
    return wanted > 1 ? (uint32_t)wanted : 1;
}

/*
 * A command holds half of the global buffer at most, its vector included: the other half takes the next
 * one's. What does not grow with the pages is held whole; the rest is for granules, one at least.
 */
static void hold_buffer(ifc_flow *f)
{
    ifc_txn *t = f->txn;
    uint64_t half = f->die->group->p->global_buffer / 2;
    uint64_t data = t->grows_down ? t->bytes_down : t->grows_up ? t->bytes_up : 0;
    uint64_t whole = t->bytes_down + t->bytes_up - data, each = ceil_div(data, f->granules);
    uint64_t room = !each ? f->granules : half > whole ? (half - whole) / each : 0;
    room = room > f->granules ? f->granules : room ? room : 1;
    f->room_down = t->grows_down ? (uint32_t)room : f->granules;
    f->room_up = t->grows_up ? (uint32_t)room : f->granules;
    t->footprint = whole - (t->vector ? t->bytes_down : 0) + (room * each < data ? room * each : data);
}

static ifc_time page_command(const ifc_flow *f)
{
    const ifc_scenario *s = f->die->hw->s;
    return s->effects.command ? s->channel.page_command : 0;
}

static void make_slots(ifc_flow *f)
{
    f->slots = reads(f) ? 2 : f->granules;
    if (f->slots > f->room) {
        free(f->times);
        f->times = ifc_resize(NULL, (size_t)f->slots * SLOT_TIMES, sizeof *f->times);
        f->room = f->slots;
    }
    for (uint32_t i = 0; f->txn->n_tasks > 1 && i < f->slots; i++)
        *slot(f, i, COMPUTED) = 0; /* the latest of its parts will be */
}

/* Bus time of a page of a READ, not more than its slices take; of a run, of all of it. */
static ifc_time find_page_time(const ifc_flow *f)
{
    const ifc_txn *t = f->txn;
    if (!reads(f))
        return 0;
    if (f->one_run)
        return transfer(f, t->bytes_up) + ifc_flow_up_commands(f);
    ifc_time rounded = slices(f) > 1 ? slices(f) : 0;
    return ifc_time_max(0, transfer(f, t->bytes_up / t->extent.pages) + page_command(f) - rounded);
}

void ifc_flow_prepare(ifc_txn *txn, ifc_die *d)
{
    const ifc_scenario *s = d->hw->s;
    ifc_flow *f = txn->flow ? txn->flow : ifc_alloc_zero(1, sizeof *f);
    *f = (ifc_flow){.die = d, .txn = txn, .times = f->times, .room = f->room};
    txn->flow = f;
    f->t_read = ifc_flow_sense_time(d, txn);
    if (reads(f)) {
        f->one_run = txn->extent.run_ppb || !s->effects.pipeline_fill;
        f->granules = f->one_run ? 1 : txn->extent.max_pages;
    } else {
        f->page_commands = !d->group->p->sequencer && s->effects.command && s->channel.page_command > 0;
        uint64_t data = txn->grows_down ? txn->bytes_down : txn->grows_up ? txn->bytes_up : 0;
        f->granules = count_granules(f, data);
        hold_buffer(f);
    }
    make_slots(f);
    f->page_time = find_page_time(f);
    /* the smallest granule */
    f->down_on_bus = txn->grows_down && transfer(f, txn->bytes_down / f->granules) > 0;
    f->up_on_bus = !reads(f) && txn->grows_up && transfer(f, txn->bytes_up / f->granules) > 0;
    f->seen = d->changes - 1;
}

void ifc_flow_free(ifc_flow *f)
{
    if (f)
        free(f->times);
    free(f);
}

/* Its first round. */
static uint64_t granule_begin(const ifc_flow *f, uint32_t granule)
{
    return (uint64_t)f->txn->extent.max_pages * granule / f->granules;
}

/* Pages of @e, all of the command's or a part of them, in a granule. */
static ifc_extent granule_extent(const ifc_flow *f, const ifc_extent *e, uint32_t granule)
{
    uint64_t n = f->granules, from = granule_begin(f, granule), to = granule_begin(f, granule + 1);
    if (n == 1)
        return *e;
    from = from < e->max_pages ? from : e->max_pages;
    to = to < e->max_pages ? to : e->max_pages;
    if (from == to && !e->run_ppb)
        return (ifc_extent){0};
    uint64_t planes = ifc_extent_before(e, from + 1) - ifc_extent_before(e, from);
    return (ifc_extent){.planes = e->run_ppb ? e->planes : (uint32_t)planes,
                        .max_pages = (uint32_t)(to - from),
                        .pages = ifc_extent_before(e, to) - ifc_extent_before(e, from),
                        .run_ppb = part(e->run_ppb, granule, n)};
}

ifc_extent ifc_flow_extent(const ifc_task *p)
{
    return granule_extent(p->txn->flow, &p->extent, p->done - 1);
}

/* ---- what it asks of the bus ---- */

uint64_t ifc_flow_round(const ifc_task *p)
{
    return granule_begin(p->txn->flow, p->done - 1);
}

uint64_t ifc_flow_down_bytes(const ifc_flow *f)
{
    const ifc_txn *t = f->txn;
    return t->grows_down ? part(t->bytes_down, f->down, f->granules) : f->down == 0 ? t->bytes_down : 0;
}

ifc_time ifc_flow_down_commands(const ifc_flow *f)
{
    return f->page_commands
               ? ifc_time_times(granule_extent(f, &f->txn->extent, f->down).pages, page_command(f))
               : 0;
}

uint64_t ifc_flow_up_bytes(const ifc_flow *f)
{
    const ifc_txn *t = f->txn;
    if (reads(f))
        return f->one_run ? t->bytes_up
                          : part(t->bytes_up / t->extent.pages, f->tenures % slices(f), slices(f));
    if (t->grows_up)
        return part(t->bytes_up, f->up, f->granules);
    return f->up + 1 == f->granules ? t->bytes_up : 0;
}

ifc_time ifc_flow_up_commands(const ifc_flow *f)
{
    if (!reads(f))
        return 0;
    if (f->tenures % slices(f) != 0)
        return 0; /* the page has had its command */
    return ifc_time_times(f->one_run ? f->txn->extent.pages : 1, page_command(f));
}

/* ---- work: each granule in its turn, as soon as it is certain when it may begin ---- */

/* When the pages of the last READ of the lane will have left the cache registers. False: not certain yet. */
static bool cache_free(ifc_lane *l, const ifc_flow *f, ifc_time *at)
{
    if (l->reading && l->reading != f) {
        if (!ifc_flow_gone(l->reading))
            return false;
        l->cache_free = l->reading->up_free;
        l->reading = NULL;
    }
    *at = l->cache_free;
    return true;
}

static ifc_time input_time(const ifc_flow *f, uint32_t granule)
{
    return comes_in_granules(f) ? *slot(f, granule, ARRIVED) : f->txn->arrived;
}

/* When the engines of a part may begin on its next granule. False: not certain yet. */
static bool find_gate(const ifc_flow *f, const ifc_task *p, ifc_time *gate)
{
    uint32_t k = p->done;
    if (k >= f->down || !cache_free(p->lane, f, gate))
        return false;
    *gate = ifc_time_max(*gate, input_time(f, k));
    if (k < f->room_up)
        return true;
    if (f->up + f->room_up <= k)
        return false;
    *gate = ifc_time_max(*gate, *slot(f, k - f->room_up, SENT));
    return true;
}

static void begin_at(ifc_task *p, ifc_time begin, ifc_time first_move)
{
    if (p->done > 0)
        return;
    p->begin = begin;
    p->first_move = first_move;
}

/* Plane results gather in the global buffer, one granule after the other, in the order of the die's commands.
 */
static bool collect(ifc_flow *f)
{
    ifc_die *d = f->die;
    const ifc_txn *t = f->txn;
    uint32_t k = f->collected;
    if (k >= f->done || (f->before && f->before->collected < f->before->granules))
        return false;
    uint64_t bytes = t->grows_up            ? part(t->collect_bytes, k, f->granules)
                     : k + 1 == f->granules ? t->collect_bytes
                                            : 0;
    ifc_time time = d->hw->s->effects.bus ? ifc_die_collect_time(d, t, bytes) : 0;
    d->collect_free = ifc_time_add(ifc_time_max(*slot(f, k, COMPUTED), d->collect_free), time);
    *slot(f, k, COLLECTED) = d->collect_free;
    if (time)
        ifc_probe_collect(&d->hw->probe, d, t, d->collect_free - time, d->collect_free, bytes);
    f->collected++;
    return true;
}

/* A granule is done when the planes of all parts are. */
static void count_done(ifc_flow *f, const ifc_task *p, ifc_time computed)
{
    const ifc_txn *t = f->txn;
    uint32_t least = p->done;
    ifc_time *at = slot(f, p->done - 1, COMPUTED);
    *at = t->n_tasks == 1 ? computed : ifc_time_max(*at, computed);
    for (uint32_t i = 0; i < t->n_tasks; i++)
        least = t->tasks[i].done < least ? t->tasks[i].done : least;
    f->done = least;
}

static bool compute_one(ifc_flow *f, ifc_task *p)
{
    ifc_die *d = f->die;
    ifc_txn *t = f->txn;
    ifc_pipeline *pipeline = &p->lane->pipeline;
    ifc_time gate, ready = p->done == 0 ? t->stamp[IFC_PHASE_COMMAND] : 0;
    if (p->done > p->played || !find_gate(f, p, &gate))
        return false;
    if (f->page_commands)
        ready = input_time(f, p->done);
    ifc_extent e = granule_extent(f, &p->extent, p->done);
    ifc_pipeline_run r = p->run;
    r.stall = 0;
    if (p->done == 0 || e.pages > 0 || e.run_ppb > 0) /* else its planes have none of these pages */
        r = ifc_pipeline_advance(pipeline, ready, gate, &e, f->t_read, compute_time(t),
                                 d->hw->s->effects.pipeline_fill);
    begin_at(p, r.begin, r.first_move);
    p->retry +=
        ifc_retry_run(p, pipeline, &r, gate, granule_begin(f, p->done), granule_begin(f, p->done + 1));
    if (p->done + 1 == f->granules) {
        r.end = ifc_time_add(r.end, t->tail_time);
        pipeline->compute_free = r.end;
    }
    p->run = r;
    p->stall += r.stall;
    p->done++;
    p->played = p->lane->engines && !t->extent.run_ppb ? p->played : p->done;
    count_done(f, p, r.end);
    return true;
}

/* tR of a round: of its pages' type. */
static ifc_time sense_round(const ifc_flow *f)
{
    const ifc_group *g = f->die->group;
    if (g->n_read_times == 1)
        return f->t_read;
    return f->t_read / g->read_least * g->read_times[(f->txn->first_page + f->done) % g->n_read_times];
}

/* Pages of a round are sensed, decoded where the die can, and enter the cache registers when those are empty.
 */
static bool read_round(ifc_flow *f, ifc_task *part)
{
    ifc_die *d = f->die;
    ifc_lane *l = part->lane;
    ifc_pipeline *p = &l->pipeline;
    ifc_time ecc = f->txn->ecc_time, empty = 0, ready = 0;
    if (f->done > f->up)
        return false;
    if (f->done > 0)
        empty = f->up_free;
    else if (!cache_free(l, f, &empty))
        return false;
    else
        ready = f->txn->stamp[IFC_PHASE_COMMAND];
    ifc_time t_read = sense_round(f);
    ifc_time begin = ifc_time_max(ready, p->sense_free), sensed = ifc_time_add(begin, t_read);
    ifc_time retry = ifc_retry_time(l, f->txn, f->done, f->done + 1);
    ifc_time move = ifc_time_add(ifc_pipeline_first_move(p, begin, t_read), retry);
    ifc_time there = ifc_time_max(ifc_time_add(move, ecc), empty);
    begin_at(part, begin, move - retry);
    part->retry += retry;
    p->sense_free = ecc ? move : there;
    p->compute_free = there;
    /* The array is waited for when the cache registers are empty before it is done; else pages leave
     * meanwhile. */
    part->stall +=
        f->done == 0 ? there - (move + ecc) : ifc_time_min(empty, there) - *slot(f, f->done - 1, COLLECTED);
    l->reading = f;
    part->run =
        (ifc_pipeline_run){.begin = begin, .first_move = move, .last_move = p->sense_free, .end = there};
    *slot(f, f->done, COLLECTED) = there;
    ifc_lane_busy(l, begin, there);
    ifc_span_add(&d->span, p->sense_free - begin);
    ifc_probe_round(&d->hw->probe, d, f->txn, f->done, begin, sensed, p->sense_free, there);
    f->collected = part->done = part->played = ++f->done;
    return true;
}

/*
 * A run of fractions of pages as one tenure. Sensing hides behind the bus or the bus behind sensing,
 * whichever is longer; the tenure is asked for so late that it ends when the last page has been moved.
 */
static bool read_run(ifc_flow *f, ifc_task *p)
{
    ifc_die *d = f->die;
    ifc_lane *l = p->lane;
    ifc_txn *t = f->txn;
    bool fill = d->hw->s->effects.pipeline_fill;
    uint64_t run = t->extent.run_ppb ? t->extent.run_ppb : (uint64_t)t->extent.max_pages * 1000000000u;
    ifc_time empty;
    if (!cache_free(l, f, &empty))
        return false;
    ifc_time pace = ifc_time_max(f->t_read, t->ecc_time),
             bus = transfer(f, t->bytes_up) + ifc_flow_up_commands(f);
    ifc_time sense = ifc_time_scale(pace, (double)run * 1e-9);
    ifc_time bus_page = whole_ps((double)bus * 1e9 / (double)run);
    ifc_time begin = ifc_time_max(t->stamp[IFC_PHASE_COMMAND], l->pipeline.sense_free);
    ifc_time first = fill ? ifc_pipeline_first_move(&l->pipeline, begin, f->t_read) + t->ecc_time : begin;
    t->ready = ifc_time_max(first, empty); /* from here on pages could leave */
    ifc_time slack = fill ? sense - pace - (bus - bus_page) : sense - bus;
    ifc_time asks = ifc_time_add(t->ready, slack > 0 ? slack : 0);
    begin_at(p, begin, asks);
    p->run = (ifc_pipeline_run){.begin = begin, .first_move = asks, .last_move = asks, .end = asks};
    l->pipeline = (ifc_pipeline){.sense_free = asks, .compute_free = asks};
    l->reading = f;
    *slot(f, 0, COLLECTED) = asks;
    ifc_lane_busy(l, begin, asks);
    ifc_probe_read(&d->hw->probe, d, t, begin, asks);
    f->collected = f->done = p->done = p->played = 1;
    return true;
}

/* The array has worked while pages left, until the last one was sensed. */
static void end_run(ifc_flow *f)
{
    ifc_die *d = f->die;
    ifc_task *p = f->txn->tasks;
    ifc_time last = f->up_free;
    if (d->hw->s->effects.pipeline_fill && f->txn->extent.run_ppb > 1000000000u)
        last -= whole_ps((double)(f->up_free - f->last_up) * 1e9 / (double)f->txn->extent.run_ppb);
    else if (d->hw->s->effects.pipeline_fill)
        last = p->run.last_move;
    last = ifc_time_max(last, p->run.last_move);
    ifc_time sensed = p->run.last_move;
    ifc_lane_busy(p->lane, sensed, last);
    ifc_probe_read_rest(&d->hw->probe, d, f->txn->id, sensed, last);
    ifc_span_add(&d->span, last - p->begin);
    p->run.last_move = last;
    p->lane->pipeline = (ifc_pipeline){.sense_free = last, .compute_free = last};
}

/* A result that takes no time on the bus is there when it is collected, after what the die sent before. */
static bool in_turn(const ifc_flow *f, ifc_time *after)
{
    if (f->before && !ifc_flow_gone(f->before))
        return false;
    ifc_time sent = f->before ? f->before->up_free : ifc_die_exit(f->txn)->free;
    *after = ifc_time_max(sent, f->up_free);
    return true;
}

static void sent(ifc_flow *f, ifc_time begin, ifc_time end)
{
    f->last_up = begin;
    f->up_free = end;
    *slot(f, f->up, SENT) = end;
    f->up++;
    if (f->one_run)
        end_run(f);
}

/* A tenure of a READ is over, of a page or of a slice of one. Return: others of its round are to come. */
static bool round_goes_on(ifc_flow *f, ifc_time begin, ifc_time end)
{
    if (!reads(f) || f->one_run)
        return false;
    if (++f->tenures == ifc_flow_round_pages(f) * slices(f)) {
        f->tenures = 0;
        return false;
    }
    f->last_up = begin;
    f->up_free = end;
    return true;
}

static bool next_takes_time(const ifc_flow *f)
{
    if (f->up_on_bus)
        return true;
    if (reads(f) && slices(f) == 1)
        return f->page_time > 0;
    return transfer(f, ifc_flow_up_bytes(f)) + ifc_flow_up_commands(f) > 0;
}

static bool skip_up(ifc_flow *f)
{
    ifc_time after;
    if (f->up >= f->collected || next_takes_time(f) || !in_turn(f, &after))
        return false;
    ifc_time at = ifc_time_max(after, *slot(f, f->up, COLLECTED));
    ifc_channel_moved_up(&f->die->hw->channels[f->die->channel], ifc_flow_up_bytes(f));
    if (!round_goes_on(f, at, at))
        sent(f, at, at);
    return true;
}

static bool skip_down(ifc_flow *f)
{
    if (f->down == 0 || f->down >= f->granules || f->down_on_bus ||
        transfer(f, ifc_flow_down_bytes(f)) + ifc_flow_down_commands(f) > 0)
        return false;
    ifc_flow_grant_down(f, f->down_free);
    return true;
}

static bool work(ifc_flow *f, ifc_task *p)
{
    if (!p->running || p->done == f->granules)
        return false;
    return f->one_run ? read_run(f, p) : reads(f) ? read_round(f, p) : compute_one(f, p);
}

static void progress(ifc_flow *f)
{
    for (bool more = true; more;) {
        more = skip_down(f);
        for (uint32_t i = 0; i < f->txn->n_tasks; i++)
            more |= work(f, &f->txn->tasks[i]);
        more |= f->collected < f->done && collect(f);
        more |= skip_up(f);
        f->die->changes += more;
    }
}

uint64_t ifc_flow_round_pages(const ifc_flow *f)
{
    const ifc_extent *e = &f->txn->extent;
    return ifc_extent_before(e, f->up + 1) - ifc_extent_before(e, f->up);
}

static ifc_time find_down(const ifc_flow *f)
{
    uint32_t k = f->down;
    if (k == 0 || k >= f->granules)
        return IFC_TIME_MAX;
    if (k < f->room_down)
        return f->down_free;
    if (f->done + f->room_down <= k)
        return IFC_TIME_MAX;
    return ifc_time_max(f->down_free, *slot(f, k - f->room_down, COMPUTED));
}

static ifc_time find_up(const ifc_flow *f)
{
    ifc_time after;
    if (f->up >= f->collected || !in_turn(f, &after))
        return IFC_TIME_MAX;
    return ifc_time_max(after, *slot(f, f->up, COLLECTED));
}

/* What it wants follows from its state and its die's: it is found once after each change. */
static void look(ifc_flow *f)
{
    if (f->seen == f->die->changes)
        return;
    progress(f);
    f->wants_down = find_down(f);
    f->wants_up = find_up(f);
    f->seen = f->die->changes;
}

ifc_time ifc_flow_wants_down(ifc_flow *f)
{
    look(f);
    return f->wants_down;
}

ifc_time ifc_flow_wants_up(ifc_flow *f)
{
    look(f);
    return f->wants_up;
}

void ifc_flow_grant_down(ifc_flow *f, ifc_time end)
{
    *slot(f, f->down, ARRIVED) = end;
    f->down_free = end;
    f->down++;
    f->die->changes++;
}

void ifc_flow_grant_up(ifc_flow *f, ifc_time begin, ifc_time end)
{
    f->die->changes++;
    if (!round_goes_on(f, begin, end))
        sent(f, begin, end);
}

void ifc_flow_sent(ifc_flow *f)
{
    f->down = comes_in_granules(f) ? 1 : f->granules;
    f->down_free = f->txn->arrived;
    *slot(f, 0, ARRIVED) = f->txn->arrived;
    f->die->changes++;
}

void ifc_flow_wait(ifc_flow *f)
{
    ifc_exit *exit = ifc_die_exit(f->txn);
    f->before = exit->last;
    if (exit->last)
        exit->last->after_out = f;
    else
        exit->first = f;
    exit->last = f;
}

void ifc_flow_start(ifc_task *p)
{
    p->running = true;
    p->txn->flow->die->changes++;
    progress(p->txn->flow);
}

void ifc_flow_stamp_up(const ifc_flow *f)
{
    ifc_time *stamp = f->txn->stamp;
    ifc_time there = reads(f) ? stamp[IFC_PHASE_STALL] : *slot(f, f->granules - 1, COLLECTED);
    stamp[IFC_PHASE_COLLECT] = there;
    stamp[IFC_PHASE_UP_WAIT] = reads(f) && !f->one_run ? there : ifc_time_max(f->last_up, there);
    stamp[IFC_PHASE_DATA_UP] = f->up_free;
}
