#include "components/hardware/flash/die.h"

#include <stdlib.h>

#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/decoder.h"
#include "components/hardware/flash/extent.h"
#include "components/hardware/flash/flow.h"
#include "components/hardware/flash/retry.h"
#include "components/hardware/flash/suspend.h"
#include "components/hardware/hardware.h"
#include "platform/common/memory.h"

void ifc_die_init(ifc_die *d, ifc_hardware *hw, const ifc_group *group, uint32_t index, uint32_t in_group)
{
    uint32_t planes = group->p->planes;
    *d = (ifc_die){.hw = hw, .group = group, .index = index, .in_group = in_group};
    d->channel = ifc_group_channel(hw->s, group->index, in_group);
    d->slot = hw->channels[d->channel].dies++;
    d->wakes = IFC_TIME_MAX;
    snprintf(d->name, sizeof d->name, "%.50s.die%u", group->p->name, in_group);
    ifc_signal_init(&d->work);
    d->n_lanes = group->p->independent_planes ? planes : 1;
    d->lanes = ifc_alloc_zero(d->n_lanes, sizeof *d->lanes);
    for (uint32_t i = 0; i < d->n_lanes; i++)
        ifc_lane_init(&d->lanes[i], d, i, planes / d->n_lanes);
}

void ifc_die_fini(ifc_die *d)
{
    ifc_signal_fini(&d->work);
    for (uint32_t i = 0; d->lanes && i < d->n_lanes; i++) {
        ifc_lane *l = &d->lanes[i];
        for (uint32_t p = 0; l->engines && p < l->planes; p++)
            ifc_engine_fini(&l->engines[p]);
        free(l->engines);
    }
    free(d->lanes);
}

void ifc_die_look_again(ifc_die *d)
{
    ifc_notify(&d->work);
}

bool ifc_die_idle(const ifc_die *d, ifc_time now)
{
    if (d->held > 0 || d->exit.first || d->collect_free > now || d->exit.free > now)
        return false;
    for (uint32_t i = 0; i < d->n_lanes; i++)
        if (!ifc_lane_idle(&d->lanes[i], now))
            return false;
    return true;
}

ifc_exit *ifc_die_exit(const ifc_txn *txn)
{
    ifc_lane *l = txn->tasks[0].lane;
    return l->die->n_lanes == 1 || txn->command == IFC_READ_COMPUTE ? &l->die->exit : &l->exit;
}

ifc_time ifc_die_collect_time(const ifc_die *d, const ifc_txn *txn, uint64_t bytes)
{
    const ifc_flash_group *g = d->group->p;
    double lanes = g->collect_lane * txn->extent.planes;
    return ifc_time_for_bytes(bytes, lanes < g->collect_rate && lanes > 0 ? lanes : g->collect_rate);
}

/* ---- statistics ---- */

/* A part begins, or has, its time on the array. */
static void account_task(ifc_task *p, ifc_time arrived, ifc_time begin, ifc_time end)
{
    ifc_lane *l = p->lane;
    if (begin > arrived && l->last_array) {
        p->after_array = l->last_array;
        p->after_array_id = l->last_array_id;
    }
    l->last_array = p->txn;
    l->last_array_id = p->txn->id;
    ifc_lane_busy(l, begin, end);
}

/* @p: the part that the command waits for. */
static void account_array(const ifc_task *p, ifc_time arrived, ifc_time begin)
{
    ifc_die *d = p->lane->die;
    p->txn->stamp[IFC_PHASE_DIE_QUEUE] = begin;
    p->txn->after_array = p->after_array;
    p->txn->after_array_id = p->after_array_id;
    d->wait_ps = ifc_time_sum(d->wait_ps, begin - arrived);
    d->commands++;
}

static void account_sensed(ifc_die *d, const ifc_txn *txn)
{
    const ifc_extent *e = &txn->extent;
    uint64_t page = d->group->p->page + (d->hw->s->effects.ecc ? d->group->p->spare : 0);
    double pages = e->run_ppb ? (double)e->run_ppb * 1e-9 * e->planes : (double)e->pages;
    uint64_t again = ifc_retry_senses(d->hw, txn);
    d->pages_sensed += txn->attempt ? 0 : e->pages;
    d->pages_resensed += again + (txn->attempt ? e->pages : 0);
    pages += (double)again;
    if (e->run_ppb)
        d->part_bytes_sensed += pages * (double)page;
    else
        d->bytes_sensed += (e->pages + again) * page;
    d->macs += txn->macs;
    ifc_probe_sensed(&d->hw->probe, txn, pages * (double)page);
}

/* Energy of a page on each plane per page time. */
double ifc_die_watts(const ifc_task *p)
{
    const ifc_die *d = p->lane->die;
    const ifc_txn *txn = p->txn;
    ifc_time t_read = txn->command == IFC_COPY ? d->group->p->t_read : ifc_flow_sense_time(d, txn);
    const ifc_flash_group *g = d->group->p;
    double bits = 8.0 * (double)(g->page + (d->hw->s->effects.ecc ? g->spare : 0)), joule, time;
    if (txn->command == IFC_PROGRAM || txn->command == IFC_COPY) {
        joule = bits * g->program_energy;
        time = (double)d->group->program_least;
    } else if (txn->command == IFC_ERASE) {
        joule = g->erase_energy;
        time = (double)g->t_erase;
    } else {
        double macs = txn->extent.pages ? (double)txn->macs / (double)txn->extent.pages : 0;
        joule =
            bits * g->read_energy + macs * g->mac_energy + g->ecc_power * (double)d->group->ecc_time * 1e-12;
        time = (double)ifc_time_max(t_read, ifc_time_max(txn->ecc_time, txn->mac_time));
    }
    return p->extent.planes * joule * 1e12 / time;
}

/* Of all lanes at work. */
static void account_power(const ifc_task *p)
{
    ifc_die *d = p->lane->die;
    double watts = d->group->p->static_power;
    p->lane->watts = ifc_die_watts(p);
    for (uint32_t i = 0; i < d->n_lanes; i++)
        if (&d->lanes[i] == p->lane || d->lanes[i].current)
            watts += d->lanes[i].watts;
    d->peak_watts = watts > d->peak_watts ? watts : d->peak_watts;
}

/* ---- PROGRAM, COPY and ERASE hold the array of their planes, and with it the die, for the whole time ----
 */

static ifc_time write_time(const ifc_die *d, const ifc_txn *txn)
{
    const ifc_flash_group *g = d->group->p;
    if (txn->command == IFC_PROGRAM)
        return g->t_program;
    if (txn->command == IFC_ERASE)
        return g->t_erase;
    /* each page through the decoder, not to hand errors on */
    return ifc_flow_sense_time(d, txn) + d->group->ecc_time + g->t_program;
}

/* Of all its pages, one after the other in each plane. */
static ifc_time whole_time(const ifc_die *d, const ifc_txn *txn)
{
    const ifc_group *g = d->group;
    ifc_time sum = 0;
    if (txn->command != IFC_PROGRAM || g->n_program_times == 1)
        return ifc_time_times(txn->extent.max_pages, write_time(d, txn));
    for (uint32_t i = 0; i < txn->extent.max_pages; i++)
        sum = ifc_time_add(sum, g->program_times[(txn->first_page + i) % g->n_program_times]);
    return sum;
}

/* When it could begin. False: not known, pages of a READ may still be in the cache registers. */
static bool can_write(const ifc_task *p, ifc_time *at)
{
    const ifc_lane *l = p->lane;
    if (l->reading && !ifc_flow_gone(l->reading))
        return false;
    *at = ifc_time_max(l->pipeline.sense_free, l->pipeline.compute_free);
    *at = ifc_time_max(*at, l->reading ? l->reading->up_free : l->cache_free);
    *at = ifc_time_max(*at, p->txn->arrived);
    return true;
}

/* It runs from @begin on, with what is left of it. */
static void run_write(ifc_task *p, ifc_time begin)
{
    ifc_lane *l = p->lane;
    l->write_begin = begin;
    l->write_end = ifc_time_add(begin, p->left);
    l->write_counted = ifc_time_max(begin, l->busy_until);
    account_task(p, p->running ? begin : p->txn->arrived, begin, l->write_end);
    l->pipeline = (ifc_pipeline){.sense_free = l->write_end,
                                 .compute_free = ifc_time_max(l->write_end, l->pipeline.compute_free)};
    l->current = p;
}

static void start_write(ifc_task *p, ifc_time begin)
{
    ifc_die *d = p->lane->die;
    ifc_txn *txn = p->txn;
    txn->retry_time = ifc_retry_time(p->lane, txn, 0, txn->extent.max_pages);
    p->whole = ifc_time_add(whole_time(d, txn), txn->retry_time);
    p->left = p->whole;
    p->begin = begin;
    txn->stamp[IFC_PHASE_DATA_DOWN] = txn->arrived;
    account_power(p);
    if (txn->command == IFC_COPY) {
        account_sensed(d, txn);
        d->pages_copied += txn->extent.pages;
    }
    run_write(p, begin);
    p->running = true;
    account_array(p, txn->arrived, begin);
}

static void finish_write(ifc_lane *l, ifc_txn *txn)
{
    ifc_die *d = l->die;
    ifc_time begin = txn->stamp[IFC_PHASE_DIE_QUEUE];
    ifc_span_add(&d->span, l->write_end - begin - txn->suspended);
    ifc_probe_written(&d->hw->probe, d, txn, l->write_begin, l->write_end);
    if (txn->command == IFC_ERASE) {
        d->blocks_erased += txn->extent.pages;
    } else {
        d->programs += txn->extent.pages;
        d->pages_programmed += ifc_die_programs(txn);
    }
    for (int phase = IFC_PHASE_ARRAY; phase < IFC_PHASES; phase++)
        txn->stamp[phase] = l->write_end;
    ifc_complete(d->hw, txn);
}

/* ---- READ and READ_COMPUTE ---- */

static bool is_first(const ifc_task *p)
{
    for (uint32_t i = 0; i < p->txn->n_tasks; i++)
        if (p->txn->tasks[i].running)
            return false;
    return true;
}

static void start_flow(ifc_task *p)
{
    ifc_txn *txn = p->txn;
    ifc_flow *f = txn->flow;
    ifc_die *d = f->die;
    account_power(p);
    if (is_first(p)) {
        ifc_time page = ifc_time_max(f->t_read, ifc_time_max(txn->ecc_time, txn->mac_time));
        account_sensed(d, txn);
        d->longest_page = ifc_time_max(d->longest_page, page);
    }
    ifc_flow_start(p);
}

/* Its time on the array and in the engines, told apart by what sets the pace. What it waited for the bus is
 * kept out: a READ's counts as data_up, since the array goes on as its pages leave. */
static void stamp_work(ifc_txn *txn, const ifc_task *p)
{
    ifc_time t_read = txn->flow->t_read;
    ifc_time compute = ifc_time_max(txn->ecc_time, txn->mac_time), end = p->run.end,
             work = end - p->stall - txn->tail_time, array = p->first_move;
    bool decoder = txn->ecc_time >= txn->mac_time, read = txn->command == IFC_READ;
    array = ifc_time_add(array, p->retry);
    if (t_read >= compute)
        array = read ? work - compute : p->run.last_move - p->stall;
    array = ifc_time_max(ifc_time_min(array, work), p->begin);
    txn->retry_time = p->retry;
    txn->stamp[IFC_PHASE_ARRAY] = array;
    txn->stamp[IFC_PHASE_ECC] = decoder ? work : array;
    txn->stamp[IFC_PHASE_MAC] = work + txn->tail_time;
    txn->stamp[IFC_PHASE_STALL] = read ? work : end;
}

/* Its times are those of the part that took longest. */
static void finish_flow(ifc_txn *txn)
{
    const ifc_task *last = txn->tasks;
    for (uint32_t i = 1; i < txn->n_tasks; i++)
        if (txn->tasks[i].run.end > last->run.end)
            last = &txn->tasks[i];
    account_array(last, txn->stamp[IFC_PHASE_COMMAND], last->begin);
    txn->stamp[IFC_PHASE_DATA_DOWN] = txn->stamp[IFC_PHASE_COMMAND];
    stamp_work(txn, last);
}

static void finish_part(ifc_task *p)
{
    ifc_txn *txn = p->txn;
    ifc_die *d = p->lane->die;
    bool compute = txn->command == IFC_READ_COMPUTE;
    account_task(p, txn->stamp[IFC_PHASE_COMMAND], p->begin, compute ? p->run.end : p->run.last_move);
    p->over = true;
    if (++txn->flow->tasks_over == txn->n_tasks)
        finish_flow(txn);
    if (!compute)
        return;
    ifc_pipeline_run run = p->run;
    run.begin = p->begin;
    run.first_move = p->first_move;
    ifc_span_add(&d->span, (d->hw->s->effects.pipeline_fill ? run.last_move : run.end) - run.begin);
    ifc_probe_run(&d->hw->probe, d, txn, p, &run);
}

/* Grains page and plane: every plane works for itself on the granule decided last. */
static bool play_engines(ifc_task *p)
{
    ifc_lane *l = p->lane;
    const ifc_flow *f = p->txn->flow;
    if (!l->engines || p->txn->command != IFC_READ_COMPUTE || p->extent.run_ppb || l->engines_at_work)
        return false;
    if (p->played == p->done)
        return false;
    if (l->engines_end) { /* they have played it */
        ifc_time tail = p->done == f->granules ? p->txn->tail_time : 0;
        IFC_BUG_ON(l->engines_end + tail != p->run.end, "planes of %s end at %lld ps, the die at %lld",
                   l->die->name, (long long)(l->engines_end + tail), (long long)p->run.end);
        l->engines_end = 0;
        p->played = p->done;
        return true;
    }
    ifc_extent e = ifc_flow_extent(p);
    if (e.pages == 0) {
        p->played = p->done;
        return true;
    }
    l->engines_at_work = e.planes;
    ifc_time compute = ifc_time_max(p->txn->ecc_time, p->txn->mac_time);
    for (uint32_t i = 0; i < e.planes; i++)
        ifc_engine_start(&l->engines[(p->first_plane - l->first_plane + i) % l->planes], p->txn,
                         (uint32_t)ifc_extent_plane(&e, i), e.max_pages, ifc_flow_round(p), &p->run,
                         f->t_read, compute);
    return false;
}

/* ---- the actor: does what can be done now, and knows when there may be more ---- */

/* An operation that may be suspended: it begins, or goes on, unless a command goes first. */
static bool go_on(ifc_lane *l, ifc_time now)
{
    ifc_task *p = l->stopped;
    ifc_time at = l->pipeline.sense_free, meets;
    bool known = p->running || can_write(p, &at);
    meets = known ? at : now;
    ifc_task *command = ifc_suspend_meets(l, p, &meets, now);
    if (command) {
        p->passed++;
        l->current = command;
        start_flow(command);
        return true;
    }
    if (!known || at > now)
        return false;
    l->stopped = NULL;
    if (p->running) {
        p->txn->suspended += at - p->since;
        run_write(p, at);
    } else {
        start_write(p, at);
    }
    return true;
}

static bool begin_next(ifc_lane *l, ifc_time now)
{
    ifc_task *p = l->queue.first;
    ifc_time at;
    if (l->current)
        return false;
    if (l->stopped)
        return go_on(l, now);
    if (!p)
        return false;
    bool flow = ifc_flow_needed(p->txn);
    IFC_BUG_ON(p->txn->command > IFC_COPY, "%s got a command it does not know: %u", l->die->name,
               p->txn->command);
    if (!flow && l->suspends) {
        l->stopped = ifc_task_fifo_take(&l->queue);
        p->left = p->whole = whole_time(l->die, p->txn);
        return true;
    }
    if (!flow && !can_write(p, &at))
        return false;
    l->current = ifc_task_fifo_take(&l->queue);
    if (flow)
        start_flow(p);
    else
        start_write(p, at);
    return true;
}

static bool end_write(ifc_lane *l, ifc_time now)
{
    ifc_task *p = l->current;
    ifc_time at;
    ifc_task *command = l->suspends ? ifc_suspend_meets(l, p, &at, now) : NULL;
    if (command) {
        ifc_suspend_stop(l, command, at);
        l->current = command;
        start_flow(command);
        return true;
    }
    if (l->write_end > now)
        return false;
    l->current = NULL;
    finish_write(l, p->txn);
    return true;
}

static bool end_current(ifc_lane *l, ifc_time now)
{
    ifc_task *p = l->current;
    if (!p)
        return false;
    if (!ifc_flow_needed(p->txn))
        return end_write(l, now);
    if (play_engines(p))
        return true;
    if (!ifc_flow_decided(p) || p->played < p->done || l->pipeline.sense_free > now)
        return false;
    l->current = NULL;
    finish_part(p);
    return true;
}

/* The oldest command whose result has crossed the bus. */
static bool end_oldest(ifc_exit *exit, ifc_time now)
{
    ifc_flow *f = exit->first;
    if (!f || !ifc_flow_gone(f) || f->up_free > now || f->tasks_over < f->txn->n_tasks)
        return false;
    ifc_txn *txn = f->txn;
    ifc_die *d = f->die;
    ifc_lane *l = txn->tasks[0].lane;
    exit->first = f->after_out;
    if (!exit->first)
        exit->last = NULL;
    else
        exit->first->before = NULL;
    exit->free = f->up_free;
    if (l->reading == f) {
        l->cache_free = f->up_free;
        l->reading = NULL;
    }
    ifc_flow_stamp_up(f);
    ifc_channel_forget(&d->hw->channels[d->channel], f);
    ifc_decoder_receive(d->hw, txn);
    return true;
}

/*
 * When to look again for the command at work: it may be over, or the next granule may be decided, which at
 * the finer grains the engines wait for. What waits for the bus knows no better than when that is granted
 * next.
 */
static ifc_time look_at_current(const ifc_lane *l, ifc_time now)
{
    const ifc_task *p = l->current;
    ifc_time begins = IFC_TIME_MAX; /* gcc 14 does not see that it is set */
    if (!p && l->stopped && (l->stopped->running || can_write(l->stopped, &begins)))
        return ifc_time_min(l->stopped->running ? l->pipeline.sense_free : begins, ifc_suspend_next(l, now));
    if (!p && l->stopped)
        return ifc_suspend_next(l, now);
    if (!p || l->engines_at_work)
        return IFC_TIME_MAX;
    if (!ifc_flow_needed(p->txn))
        return l->suspends ? ifc_time_min(l->write_end, ifc_suspend_next(l, now)) : l->write_end;
    bool plays = l->engines && p->txn->command == IFC_READ_COMPUTE;
    ifc_time at = ifc_flow_bound(p);
    if (!ifc_flow_decided(p) && (plays || at <= now))
        return ifc_channel_next(&l->die->hw->channels[l->die->channel], now);
    return l->queue.first || l->stopped || plays ? at : IFC_TIME_MAX;
}

static ifc_time look_at_oldest(const ifc_die *d, const ifc_exit *exit, ifc_time now)
{
    const ifc_flow *f = exit->first;
    if (!f)
        return IFC_TIME_MAX;
    ifc_time at = ifc_flow_bound_up(f);
    return at > now ? at : ifc_channel_next(&d->hw->channels[d->channel], now);
}

/* The earliest moment at which the command at work may make way for the next. */
static ifc_time may_end(const ifc_lane *l)
{
    return ifc_flow_needed(l->current->txn) ? ifc_flow_bound(l->current) : l->write_end;
}

void ifc_die_accept(ifc_die *d, ifc_txn *txn)
{
    bool look = false;
    if (ifc_flow_needed(txn))
        ifc_flow_wait(txn->flow);
    for (uint32_t i = 0; i < txn->n_tasks; i++) {
        ifc_lane *l = txn->tasks[i].lane;
        ifc_task_fifo_put(&l->queue, &txn->tasks[i]);
        look |= !l->current || l->suspends || may_end(l) < d->wakes;
    }
    if (look)
        ifc_notify(&d->work);
}

/* Return: whether something was done. */
static bool step(ifc_die *d, ifc_time now)
{
    for (uint32_t i = 0; i < d->n_lanes; i++)
        if (end_current(&d->lanes[i], now) || begin_next(&d->lanes[i], now))
            return true;
    if (end_oldest(&d->exit, now))
        return true;
    for (uint32_t i = 0; d->n_lanes > 1 && i < d->n_lanes; i++)
        if (end_oldest(&d->lanes[i].exit, now))
            return true;
    return false;
}

static ifc_time look_again_at(const ifc_die *d, ifc_time now)
{
    ifc_time at = look_at_oldest(d, &d->exit, now);
    for (uint32_t i = 0; i < d->n_lanes; i++) {
        at = ifc_time_min(at, look_at_current(&d->lanes[i], now));
        at = ifc_time_min(at, look_at_oldest(d, &d->lanes[i].exit, now));
    }
    return at;
}

void ifc_die_run(void *die)
{
    ifc_die *d = die;
    for (;;) {
        ifc_time now = ifc_now();
        ifc_channel_advance(&d->hw->channels[d->channel], now);
        if (step(d, now)) {
            d->changes++;
            continue;
        }
        d->wakes = look_again_at(d, now);
        ifc_wait_until(&d->work, d->wakes, "a command");
    }
}
