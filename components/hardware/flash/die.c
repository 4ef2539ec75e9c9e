#include "components/hardware/flash/die.h"

#include <stdlib.h>

#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/decoder.h"
#include "components/hardware/flash/extent.h"
#include "components/hardware/flash/flow.h"
#include "components/hardware/hardware.h"

void ifc_die_init(ifc_die *d, ifc_hardware *hw, const ifc_group *group, uint32_t index, uint32_t in_group)
{
    *d = (ifc_die){.hw = hw, .group = group, .index = index, .in_group = in_group};
    d->channel = index % hw->s->channel.count;
    d->wakes = IFC_TIME_MAX;
    snprintf(d->name, sizeof d->name, "%.50s.die%u", group->p->name, in_group);
    ifc_signal_init(&d->work);
}

void ifc_die_fini(ifc_die *d)
{
    ifc_signal_fini(&d->work);
    for (uint32_t i = 0; d->engines && i < d->group->p->planes; i++)
        ifc_engine_fini(&d->engines[i]);
    free(d->engines);
}

void ifc_die_look_again(ifc_die *d)
{
    ifc_notify(&d->work);
}

void ifc_die_busy(ifc_die *d, ifc_time begin, ifc_time end)
{
    begin = ifc_time_max(begin, d->busy_until);
    if (end <= begin)
        return;
    if (begin > d->busy_until)
        d->busy_from = begin;
    d->busy_ps += end - begin;
    d->busy_until = end;
    ifc_probe_busy(&d->hw->probe, IFC_PART_GROUP + d->group->index, begin, end);
}

ifc_time ifc_die_collect_time(const ifc_die *d, const ifc_txn *txn, uint64_t bytes)
{
    const ifc_flash_group *g = d->group->p;
    double lanes = g->collect_lane * txn->extent.planes;
    return ifc_time_for_bytes(bytes, lanes < g->collect_rate && lanes > 0 ? lanes : g->collect_rate);
}

/* ---- statistics ---- */

static void account_array(ifc_die *d, ifc_txn *txn, ifc_time arrived, ifc_time begin, ifc_time end)
{
    txn->stamp[IFC_PHASE_DIE_QUEUE] = begin;
    if (begin > arrived && d->last_array) {
        txn->after_array = d->last_array;
        txn->after_array_id = d->last_array_id;
    }
    d->last_array = txn;
    d->last_array_id = txn->id;
    d->wait_ps = ifc_time_sum(d->wait_ps, begin - arrived);
    ifc_die_busy(d, begin, end);
    d->commands++;
}

static void account_sensed(ifc_die *d, const ifc_txn *txn)
{
    const ifc_extent *e = &txn->extent;
    uint64_t page = d->group->p->page + (d->hw->s->effects.ecc ? d->group->p->spare : 0);
    double pages = e->run_ppb ? (double)e->run_ppb * 1e-9 * e->planes : (double)e->pages;
    d->pages_sensed += e->pages;
    if (e->run_ppb)
        d->part_bytes_sensed += pages * (double)page;
    else
        d->bytes_sensed += e->pages * page;
    d->macs += txn->macs;
    ifc_probe_sensed(&d->hw->probe, txn, pages * (double)page);
}

/* Power while the command's planes work at their pace: energy of a page on each of them per page time. */
static void account_power(ifc_die *d, const ifc_txn *txn, ifc_time t_read)
{
    const ifc_flash_group *g = d->group->p;
    double bits = 8.0 * (double)(g->page + (d->hw->s->effects.ecc ? g->spare : 0)), joule, time;
    if (txn->command == IFC_PROGRAM || txn->command == IFC_COPY) {
        joule = bits * g->program_energy;
        time = (double)g->t_program;
    } else if (txn->command == IFC_ERASE) {
        joule = g->erase_energy;
        time = (double)g->t_erase;
    } else {
        double macs = txn->extent.pages ? (double)txn->macs / (double)txn->extent.pages : 0;
        joule =
            bits * g->read_energy + macs * g->mac_energy + g->ecc_power * (double)d->group->ecc_time * 1e-12;
        time = (double)ifc_time_max(t_read, ifc_time_max(txn->ecc_time, txn->mac_time));
    }
    double watts = g->static_power + txn->extent.planes * joule * 1e12 / time;
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

/* Return: false: pages of a READ may still be in the cache registers. */
static bool start_write(ifc_die *d, ifc_txn *txn)
{
    if (d->reading && !ifc_flow_gone(d->reading))
        return false;
    ifc_time free = ifc_time_max(d->pipeline.sense_free, d->pipeline.compute_free);
    free = ifc_time_max(free, d->reading ? d->reading->up_free : d->cache_free);
    ifc_time begin = ifc_time_max(txn->arrived, free);
    d->write_end = ifc_time_add(begin, ifc_time_times(txn->extent.max_pages, write_time(d, txn)));
    txn->stamp[IFC_PHASE_DATA_DOWN] = txn->arrived;
    account_power(d, txn, d->group->p->t_read);
    if (txn->command == IFC_COPY) {
        account_sensed(d, txn);
        d->pages_copied += txn->extent.pages;
    }
    account_array(d, txn, txn->arrived, begin, d->write_end);
    d->pipeline = (ifc_pipeline){.sense_free = d->write_end, .compute_free = d->write_end};
    return true;
}

static void finish_write(ifc_die *d, ifc_txn *txn)
{
    ifc_time begin = txn->stamp[IFC_PHASE_DIE_QUEUE];
    ifc_span_add(&d->span, d->write_end - begin);
    ifc_probe_written(&d->hw->probe, d, txn, begin, d->write_end);
    if (txn->command == IFC_ERASE) {
        d->blocks_erased += txn->extent.pages;
    } else {
        d->programs += txn->extent.pages;
        d->pages_programmed += ifc_die_programs(txn);
    }
    for (int phase = IFC_PHASE_ARRAY; phase < IFC_PHASES; phase++)
        txn->stamp[phase] = d->write_end;
    ifc_complete(d->hw, txn);
}

/* ---- READ and READ_COMPUTE ---- */

static void start_flow(ifc_die *d, ifc_txn *txn)
{
    ifc_flow *f = txn->flow;
    account_power(d, txn, f->t_read);
    account_sensed(d, txn);
    ifc_time page = ifc_time_max(f->t_read, ifc_time_max(txn->ecc_time, txn->mac_time));
    d->longest_page = ifc_time_max(d->longest_page, page);
    f->before = d->out_last;
    if (d->out_last)
        d->out_last->after_out = f;
    else
        d->out = f;
    d->out_last = f;
    ifc_flow_start(f);
}

/* Its time on the array and in the engines, told apart by what sets the pace. What it waited for the bus is
 * kept out: a READ's counts as data_up, since the array goes on as its pages leave. */
static void stamp_work(ifc_txn *txn, const ifc_flow *f)
{
    ifc_time compute = ifc_time_max(txn->ecc_time, txn->mac_time), end = f->run.end,
             work = end - f->stall - txn->tail_time, array = f->first_move;
    bool decoder = txn->ecc_time >= txn->mac_time, read = txn->command == IFC_READ;
    if (f->t_read >= compute)
        array = read ? work - compute : f->run.last_move - f->stall;
    array = ifc_time_max(ifc_time_min(array, work), f->begin);
    txn->stamp[IFC_PHASE_ARRAY] = array;
    txn->stamp[IFC_PHASE_ECC] = decoder ? work : array;
    txn->stamp[IFC_PHASE_MAC] = work + txn->tail_time;
    txn->stamp[IFC_PHASE_STALL] = read ? work : end;
}

static void finish_flow(ifc_die *d, ifc_txn *txn)
{
    ifc_flow *f = txn->flow;
    bool compute = txn->command == IFC_READ_COMPUTE;
    account_array(d, txn, txn->stamp[IFC_PHASE_COMMAND], f->begin, compute ? f->run.end : f->run.last_move);
    txn->stamp[IFC_PHASE_DATA_DOWN] = txn->stamp[IFC_PHASE_COMMAND];
    stamp_work(txn, f);
    if (!compute)
        return;
    ifc_pipeline_run run = f->run;
    run.begin = f->begin;
    run.first_move = f->first_move;
    ifc_span_add(&d->span, (d->hw->s->effects.pipeline_fill ? run.last_move : run.end) - run.begin);
    ifc_probe_run(&d->hw->probe, d, txn, &run);
}

/* Grains page and plane: every plane works for itself on the granule decided last. */
static bool play_engines(ifc_die *d, ifc_flow *f)
{
    if (!d->engines || f->txn->command != IFC_READ_COMPUTE || f->txn->extent.run_ppb || d->engines_at_work)
        return false;
    if (f->played == f->done)
        return false;
    if (d->engines_end) { /* they have played it */
        ifc_time tail = f->done == f->granules ? f->txn->tail_time : 0;
        IFC_BUG_ON(d->engines_end + tail != f->run.end, "planes of %s end at %lld ps, the die at %lld",
                   d->name, (long long)(d->engines_end + tail), (long long)f->run.end);
        d->engines_end = 0;
        f->played = f->done;
        return true;
    }
    ifc_extent e = ifc_flow_extent(f);
    if (e.pages == 0) {
        f->played = f->done;
        return true;
    }
    d->engines_at_work = e.planes;
    ifc_time compute = ifc_time_max(f->txn->ecc_time, f->txn->mac_time);
    for (uint32_t i = 0; i < e.planes; i++)
        ifc_engine_start(&d->engines[(f->txn->first_plane + i) % d->group->p->planes], f->txn,
                         (uint32_t)ifc_extent_plane(&e, i), e.max_pages, &f->run, f->t_read, compute);
    return false;
}

/* ---- the actor: does what can be done now, and knows when there may be more ---- */

static bool begin_next(ifc_die *d)
{
    ifc_txn *txn = d->queue.first;
    if (d->current || !txn)
        return false;
    bool flow = ifc_flow_needed(txn);
    IFC_BUG_ON(txn->command > IFC_COPY, "%s got a command it does not know: %u", d->name, txn->command);
    if (!flow && !start_write(d, txn))
        return false;
    d->current = ifc_txn_fifo_take(&d->queue);
    if (flow)
        start_flow(d, txn);
    return true;
}

static bool end_current(ifc_die *d, ifc_time now)
{
    ifc_txn *txn = d->current;
    if (!txn)
        return false;
    if (!ifc_flow_needed(txn)) {
        if (d->write_end > now)
            return false;
        d->current = NULL;
        finish_write(d, txn);
        return true;
    }
    ifc_flow *f = txn->flow;
    if (play_engines(d, f))
        return true;
    if (!ifc_flow_decided(f) || f->played < f->done || d->pipeline.sense_free > now)
        return false;
    d->current = NULL;
    finish_flow(d, txn);
    return true;
}

/* The oldest command whose result has crossed the bus. */
static bool end_oldest(ifc_die *d, ifc_time now)
{
    ifc_flow *f = d->out;
    if (!f || !ifc_flow_gone(f) || f->up_free > now || f->txn == d->current)
        return false;
    ifc_txn *txn = f->txn;
    d->out = f->after_out;
    if (!d->out)
        d->out_last = NULL;
    else
        d->out->before = NULL;
    d->out_free = f->up_free;
    if (d->reading == f) {
        d->cache_free = f->up_free;
        d->reading = NULL;
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
static ifc_time look_at_current(const ifc_die *d, ifc_time now)
{
    const ifc_txn *txn = d->current;
    if (!txn || d->engines_at_work)
        return IFC_TIME_MAX;
    if (!ifc_flow_needed(txn))
        return d->write_end;
    bool plays = d->engines && txn->command == IFC_READ_COMPUTE;
    ifc_time at = ifc_flow_bound(txn->flow);
    if (!ifc_flow_decided(txn->flow) && (plays || at <= now))
        return ifc_channel_next(&d->hw->channels[d->channel], now);
    return d->queue.first || plays ? at : IFC_TIME_MAX;
}

static ifc_time look_at_oldest(const ifc_die *d, ifc_time now)
{
    const ifc_flow *f = d->out;
    if (!f)
        return IFC_TIME_MAX;
    ifc_time at = ifc_flow_bound_up(f);
    return at > now ? at : ifc_channel_next(&d->hw->channels[d->channel], now);
}

/* The earliest moment at which the command at work may make way for the next. */
static ifc_time may_end(const ifc_txn *current, const ifc_die *d)
{
    return ifc_flow_needed(current) ? ifc_flow_bound(current->flow) : d->write_end;
}

void ifc_die_accept(ifc_die *d, ifc_txn *txn)
{
    ifc_txn_fifo_put(&d->queue, txn);
    if (!d->current || may_end(d->current, d) < d->wakes)
        ifc_notify(&d->work);
}

void ifc_die_run(void *die)
{
    ifc_die *d = die;
    for (;;) {
        ifc_time now = ifc_now();
        ifc_channel_advance(&d->hw->channels[d->channel], now);
        if (end_current(d, now) || begin_next(d) || end_oldest(d, now)) {
            d->changes++;
            continue;
        }
        d->wakes = ifc_time_min(look_at_current(d, now), look_at_oldest(d, now));
        ifc_wait_until(&d->work, d->wakes, "a command");
    }
}
