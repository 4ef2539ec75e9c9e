#include "components/hardware/flash/flow.h"

#include <stdlib.h>

#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/flash/extent.h"
#include "components/hardware/hardware.h"

enum slot_time { ARRIVED, COMPUTED, COLLECTED, SENT, SLOT_TIMES };

static ifc_time *slot(const ifc_flow *f, uint32_t granule, enum slot_time which)
{
    return &f->times[(size_t)(granule % f->slots) * SLOT_TIMES + which];
}

static bool reads(const ifc_flow *f)
{
    return f->txn->command == IFC_READ;
}

static bool comes_in_granules(const ifc_flow *f)
{
    return f->txn->grows_down || f->page_commands;
}

/* The i-th of n equal parts of @all; all parts sum to it. */
static uint64_t part(uint64_t all, uint64_t i, uint64_t n)
{
    return all * (i + 1) / n - all * i / n;
}

static uint64_t ceil_div(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

static ifc_time whole_ps(double ps)
{
    return ps < (double)IFC_TIME_FAR ? (ifc_time)ps : IFC_TIME_FAR;
}

ifc_time ifc_flow_sense_time(const ifc_die *d, const ifc_txn *txn)
{
    const ifc_flash_group *g = d->group->p;
    uint64_t turns = g->sense_planes ? ceil_div(txn->extent.planes, g->sense_planes) : 1;
    return ifc_time_times(turns ? turns : 1, g->t_read);
}

static ifc_time compute_time(const ifc_txn *txn)
{
    return ifc_time_max(txn->ecc_time, txn->mac_time);
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

static ifc_time transfer(const ifc_flow *f, uint64_t bytes)
{
    return ifc_time_for_bytes(bytes, f->die->hw->s->channel.rate);
}

static ifc_time page_command(const ifc_flow *f)
{
    const ifc_scenario *s = f->die->hw->s;
    return s->effects.command ? s->channel.page_command : 0;
}

/* Pieces in which a page leaves. */
static uint32_t slices(const ifc_flow *f)
{
    return f->txn->slices > 1 && !f->one_run ? f->txn->slices : 1;
}

static void make_slots(ifc_flow *f)
{
    f->slots = reads(f) ? 2 : f->granules;
    if (f->slots <= f->room)
        return;
    free(f->times);
    f->times = malloc((size_t)f->slots * SLOT_TIMES * sizeof *f->times);
    IFC_BUG_ON(!f->times, "out of memory for %u granules", f->slots);
    f->room = f->slots;
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
    return transfer(f, t->bytes_up / t->extent.pages) + page_command(f) - rounded;
}

void ifc_flow_prepare(ifc_txn *txn, ifc_die *d)
{
    const ifc_scenario *s = d->hw->s;
    ifc_flow *f = txn->flow ? txn->flow : calloc(1, sizeof *f);
    IFC_BUG_ON(!f, "out of memory for a command under way");
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

static ifc_extent granule_extent(const ifc_flow *f, uint32_t granule)
{
    const ifc_extent *e = &f->txn->extent;
    uint64_t n = f->granules, from = e->max_pages * (uint64_t)granule / n,
             to = e->max_pages * ((uint64_t)granule + 1) / n;
    if (n == 1)
        return *e;
    uint64_t planes = ifc_extent_before(e, from + 1) - ifc_extent_before(e, from);
    return (ifc_extent){.planes = e->run_ppb ? e->planes : (uint32_t)planes,
                        .max_pages = (uint32_t)(to - from),
                        .pages = ifc_extent_before(e, to) - ifc_extent_before(e, from),
                        .run_ppb = part(e->run_ppb, granule, n)};
}

ifc_extent ifc_flow_extent(const ifc_flow *f)
{
    return granule_extent(f, f->done - 1);
}

/* ---- what it asks of the bus ---- */

uint64_t ifc_flow_down_bytes(const ifc_flow *f)
{
    const ifc_txn *t = f->txn;
    return t->grows_down ? part(t->bytes_down, f->down, f->granules) : f->down == 0 ? t->bytes_down : 0;
}

ifc_time ifc_flow_down_commands(const ifc_flow *f)
{
    return f->page_commands ? ifc_time_times(granule_extent(f, f->down).pages, page_command(f)) : 0;
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

/* When the pages of the last READ of the die will have left the cache registers. False: not certain yet. */
static bool cache_free(ifc_die *d, const ifc_flow *f, ifc_time *at)
{
    if (d->reading && d->reading != f) {
        if (!ifc_flow_gone(d->reading))
            return false;
        d->cache_free = d->reading->up_free;
        d->reading = NULL;
    }
    *at = d->cache_free;
    return true;
}

static ifc_time input_time(const ifc_flow *f, uint32_t granule)
{
    return comes_in_granules(f) ? *slot(f, granule, ARRIVED) : f->txn->arrived;
}

/* When the engines may begin on the next granule. False: not certain yet. */
static bool find_gate(const ifc_flow *f, ifc_time *gate)
{
    uint32_t k = f->done;
    if (k >= f->down || !cache_free(f->die, f, gate))
        return false;
    *gate = ifc_time_max(*gate, input_time(f, k));
    if (k < f->room_up)
        return true;
    if (f->up + f->room_up <= k)
        return false;
    *gate = ifc_time_max(*gate, *slot(f, k - f->room_up, SENT));
    return true;
}

static void begin_at(ifc_flow *f, ifc_time begin, ifc_time first_move)
{
    if (f->done > 0)
        return;
    f->begin = begin;
    f->first_move = first_move;
}

/* Plane results gather in the global buffer, one granule of the die after the other. */
static void collect(ifc_flow *f, ifc_time computed)
{
    ifc_die *d = f->die;
    const ifc_txn *t = f->txn;
    bool last = f->done + 1 == f->granules;
    uint64_t bytes = t->grows_up ? part(t->collect_bytes, f->done, f->granules) : last ? t->collect_bytes : 0;
    ifc_time time = d->hw->s->effects.bus ? ifc_die_collect_time(d, t, bytes) : 0;
    d->collect_free = ifc_time_add(ifc_time_max(computed, d->collect_free), time);
    *slot(f, f->done, COLLECTED) = d->collect_free;
    if (time)
        ifc_probe_collect(&d->hw->probe, d, t, d->collect_free - time, d->collect_free, bytes);
}

static bool compute_one(ifc_flow *f)
{
    ifc_die *d = f->die;
    ifc_txn *t = f->txn;
    ifc_time gate, ready = f->done == 0 ? t->stamp[IFC_PHASE_COMMAND] : 0;
    if (f->done > f->played || !find_gate(f, &gate))
        return false;
    if (f->page_commands)
        ready = input_time(f, f->done);
    ifc_extent e = granule_extent(f, f->done);
    ifc_pipeline_run r = ifc_pipeline_advance(&d->pipeline, ready, gate, &e, f->t_read, compute_time(t),
                                              d->hw->s->effects.pipeline_fill);
    begin_at(f, r.begin, r.first_move);
    if (f->done + 1 == f->granules) {
        r.end = ifc_time_add(r.end, t->tail_time);
        d->pipeline.compute_free = r.end;
    }
    f->run = r;
    f->stall += r.stall;
    *slot(f, f->done, COMPUTED) = r.end;
    collect(f, r.end);
    f->done++;
    f->played = d->engines && !t->extent.run_ppb ? f->played : f->done;
    return true;
}

/* Pages of a round are sensed, decoded where the die can, and enter the cache registers when those are empty.
 */
static bool read_round(ifc_flow *f)
{
    ifc_die *d = f->die;
    ifc_pipeline *p = &d->pipeline;
    ifc_time ecc = f->txn->ecc_time, empty = 0, ready = 0;
    if (f->done > f->up)
        return false;
    if (f->done > 0)
        empty = f->up_free;
    else if (!cache_free(d, f, &empty))
        return false;
    else
        ready = f->txn->stamp[IFC_PHASE_COMMAND];
    ifc_time begin = ifc_time_max(ready, p->sense_free), sensed = ifc_time_add(begin, f->t_read);
    ifc_time move = ifc_pipeline_first_move(p, begin, f->t_read);
    ifc_time there = ifc_time_max(ifc_time_add(move, ecc), empty);
    begin_at(f, begin, move);
    p->sense_free = ecc ? move : there;
    p->compute_free = there;
    /* The array is waited for when the cache registers are empty before it is done; else pages leave
     * meanwhile. */
    f->stall +=
        f->done == 0 ? there - (move + ecc) : ifc_time_min(empty, there) - *slot(f, f->done - 1, COLLECTED);
    d->reading = f;
    f->run = (ifc_pipeline_run){.begin = begin, .first_move = move, .last_move = p->sense_free, .end = there};
    *slot(f, f->done, COLLECTED) = there;
    ifc_die_busy(d, begin, there);
    ifc_span_add(&d->span, p->sense_free - begin);
    ifc_probe_round(&d->hw->probe, d, f->txn, f->done, begin, sensed, p->sense_free, there);
    f->played = ++f->done;
    return true;
}

/*
 * A run of fractions of pages as one tenure. Sensing hides behind the bus or the bus behind sensing,
 * whichever is longer; the tenure is asked for so late that it ends when the last page has been moved.
 */
static bool read_run(ifc_flow *f)
{
    ifc_die *d = f->die;
    ifc_txn *t = f->txn;
    bool fill = d->hw->s->effects.pipeline_fill;
    uint64_t run = t->extent.run_ppb ? t->extent.run_ppb : (uint64_t)t->extent.max_pages * 1000000000u;
    ifc_time empty;
    if (!cache_free(d, f, &empty))
        return false;
    ifc_time pace = ifc_time_max(f->t_read, t->ecc_time),
             bus = transfer(f, t->bytes_up) + ifc_flow_up_commands(f);
    ifc_time sense = ifc_time_scale(pace, (double)run * 1e-9);
    ifc_time bus_page = whole_ps((double)bus * 1e9 / (double)run);
    ifc_time begin = ifc_time_max(t->stamp[IFC_PHASE_COMMAND], d->pipeline.sense_free);
    ifc_time first = fill ? ifc_pipeline_first_move(&d->pipeline, begin, f->t_read) + t->ecc_time : begin;
    t->ready = ifc_time_max(first, empty); /* from here on pages could leave */
    ifc_time slack = fill ? sense - pace - (bus - bus_page) : sense - bus;
    ifc_time asks = ifc_time_add(t->ready, slack > 0 ? slack : 0);
    begin_at(f, begin, asks);
    f->run = (ifc_pipeline_run){.begin = begin, .first_move = asks, .last_move = asks, .end = asks};
    d->pipeline = (ifc_pipeline){.sense_free = asks, .compute_free = asks};
    d->reading = f;
    *slot(f, 0, COLLECTED) = asks;
    ifc_die_busy(d, begin, asks);
    ifc_probe_read(&d->hw->probe, d, t, begin, asks);
    f->played = f->done = 1;
    return true;
}

/* The array has worked while pages left, until the last one was sensed. */
static void end_run(ifc_flow *f)
{
    ifc_die *d = f->die;
    ifc_time last = f->up_free;
    if (d->hw->s->effects.pipeline_fill && f->txn->extent.run_ppb > 1000000000u)
        last -= whole_ps((double)(f->up_free - f->last_up) * 1e9 / (double)f->txn->extent.run_ppb);
    else if (d->hw->s->effects.pipeline_fill)
        last = f->run.last_move;
    last = ifc_time_max(last, f->run.last_move);
    ifc_time sensed = f->run.last_move;
    ifc_die_busy(d, sensed, last);
    ifc_probe_read_rest(&d->hw->probe, d, f->txn->id, sensed, last);
    ifc_span_add(&d->span, last - f->begin);
    f->run.last_move = last;
    d->pipeline = (ifc_pipeline){.sense_free = last, .compute_free = last};
}

/* A result that takes no time on the bus is there when it is collected, after what the die sent before. */
static bool in_turn(const ifc_flow *f, ifc_time *after)
{
    if (f->before && !ifc_flow_gone(f->before))
        return false;
    ifc_time sent = f->before ? f->before->up_free : f->die->out_free;
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
    if (f->up >= f->done || next_takes_time(f) || !in_turn(f, &after))
        return false;
    ifc_time at = ifc_time_max(after, *slot(f, f->up, COLLECTED));
    ifc_channel_moved_up(&f->die->hw->channels[f->die->channel],
                         ifc_flow_up_bytes(f) * (reads(f) && !f->one_run ? ifc_flow_round_pages(f) : 1));
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

static void progress(ifc_flow *f)
{
    for (bool more = true; more;) {
        more = skip_down(f);
        if (f->running && f->done < f->granules)
            more |= f->one_run ? read_run(f) : reads(f) ? read_round(f) : compute_one(f);
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
    if (f->up >= f->done || !in_turn(f, &after))
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
    if (reads(f) && !f->one_run && ++f->tenures < ifc_flow_round_pages(f) * slices(f)) {
        f->last_up = begin;
        f->up_free = end;
        return;
    }
    f->tenures = 0;
    sent(f, begin, end);
}

void ifc_flow_sent(ifc_flow *f)
{
    f->down = comes_in_granules(f) ? 1 : f->granules;
    f->down_free = f->txn->arrived;
    *slot(f, 0, ARRIVED) = f->txn->arrived;
    f->die->changes++;
}

void ifc_flow_start(ifc_flow *f)
{
    f->running = true;
    f->die->changes++;
    progress(f);
}

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
static ifc_time bound_by_array(const ifc_flow *f)
{
    const ifc_pipeline *p = &f->die->pipeline;
    uint64_t left = f->txn->extent.max_pages, n = f->granules;
    left -= left * f->done / n;
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
    const ifc_flow *reading = f->die->reading;
    ifc_time page = f->page_time;
    uint64_t before = ifc_extent_before(e, f->granules - 1),
             gone = ifc_extent_before(e, f->up) + pages_begun(f);
    if (reading && reading != f && !ifc_flow_gone(reading))
        return ifc_time_add(ifc_flow_bound_up(reading), ifc_time_times(before, page));
    return before > gone ? ifc_time_add(next_up(f, page), ifc_time_times(before - gone, page)) : 0;
}

ifc_time ifc_flow_bound(const ifc_flow *f)
{
    if (f->done == f->granules)
        return f->die->pipeline.sense_free;
    ifc_time array = bound_by_array(f);
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
                        ifc_time_add(ifc_flow_bound(f), ifc_time_times(last, page)));
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
    ifc_time work = ifc_flow_bound(f);
    if (f->done == f->granules)
        work = *slot(f, f->done - 1, COLLECTED);
    else if (!t->extent.run_ppb && t->extent.pages && f->die->hw->s->effects.pipeline_fill)
        work += compute_time(t) + t->tail_time;
    ifc_time last = transfer(f, t->grows_up ? part(t->bytes_up, f->granules - 1, f->granules) : t->bytes_up);
    return ifc_time_max(work + last,
                        next_up(f, last) + transfer(f, bytes) - (ifc_time)left); /* each is rounded */
}

void ifc_flow_stamp_up(const ifc_flow *f)
{
    ifc_time *stamp = f->txn->stamp;
    ifc_time there = reads(f) ? stamp[IFC_PHASE_STALL] : *slot(f, f->granules - 1, COLLECTED);
    stamp[IFC_PHASE_COLLECT] = there;
    stamp[IFC_PHASE_UP_WAIT] = reads(f) && !f->one_run ? there : ifc_time_max(f->last_up, there);
    stamp[IFC_PHASE_DATA_UP] = f->up_free;
}
