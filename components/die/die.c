#include "components/die/die.h"

#include <stdlib.h>

#include "components/plane/extent.h"
#include "components/system/detail.h"
#include "components/system/system.h"
#include "components/system/trace.h"

void ifc_die_init(ifc_die *d, ifc_system *sys, const ifc_group *group, uint32_t index, uint32_t in_group)
{
    *d = (ifc_die){.sys = sys, .group = group, .index = index, .in_group = in_group};
    d->channel = index % sys->s->channel.count;
    d->last = &d->first;
    d->collect_last = &d->collect_first;
    snprintf(d->name, sizeof d->name, "%.50s.die%u", group->p->name, in_group);
    ifc_signal_init(&d->work);
    ifc_signal_init(&d->cache_free);
    ifc_signal_init(&d->engines_done);
    ifc_signal_init(&d->collect_work);
}

void ifc_die_fini(ifc_die *d)
{
    ifc_signal_fini(&d->work);
    ifc_signal_fini(&d->cache_free);
    ifc_signal_fini(&d->engines_done);
    ifc_signal_fini(&d->collect_work);
    for (uint32_t i = 0; d->engines && i < d->group->p->planes; i++)
        ifc_engine_fini(&d->engines[i]);
    free(d->engines);
}

void ifc_die_accept(ifc_die *d, ifc_txn *txn)
{
    txn->next = NULL;
    *d->last = txn;
    d->last = &txn->next;
    ifc_notify(&d->work);
}

void ifc_die_cache_free(ifc_die *d)
{
    d->cache_busy = false;
    ifc_notify(&d->cache_free);
}

/* A power limit lets only some planes sense at a time: the sense of a page takes as many turns. */
static ifc_time sense_time(const ifc_die *d, const ifc_txn *txn)
{
    const ifc_flash_group *g = d->group->p;
    uint32_t turns = g->sense_planes ? (txn->extent.planes + g->sense_planes - 1) / g->sense_planes : 1;
    return g->t_read * (turns ? turns : 1);
}

/* The array works until @end. Commands overlap in the pipeline: what counts is the time not counted yet. */
static void account_busy(ifc_die *d, ifc_time begin, ifc_time end)
{
    begin = ifc_time_max(begin, d->busy_until);
    d->busy_ps += end - begin;
    d->busy_until = end;
    ifc_detail_busy(d->sys, IFC_PATH_GROUP + d->group->index, begin, end);
}

static void account_array(ifc_die *d, ifc_txn *txn, ifc_time begin, ifc_time end)
{
    ifc_time arrived = txn->stamp[IFC_PHASE_DATA_DOWN];
    txn->stamp[IFC_PHASE_DIE_QUEUE] = begin;
    if (begin > arrived && d->last_array) {
        txn->after_array = d->last_array;
        txn->after_array_id = d->last_array_id;
    }
    d->last_array = txn;
    d->last_array_id = txn->id;
    d->wait_ps += begin - arrived;
    account_busy(d, begin, end);
    d->commands++;
}

static void account_sensed(ifc_die *d, const ifc_txn *txn)
{
    const ifc_extent *e = &txn->extent;
    uint64_t page = d->group->p->page + (d->sys->s->effects.ecc ? d->group->p->spare : 0);
    double pages = e->run_ppb ? (double)e->run_ppb * 1e-9 * e->planes : (double)e->pages;
    d->pages_sensed += e->pages;
    ifc_op_use *use = &d->sys->use[txn->op_kind];
    use->bytes_sensed += pages * (double)page;
    use->macs += txn->macs;
    d->bytes_sensed += pages * (double)page;
    d->macs += txn->macs;
    d->sys->controller.pages_by_class[txn->traffic_class] += e->pages;
}

/* The planes' results gather in the global buffer one command after the other; then the result may leave the
 * die. */
static ifc_time collect_end(ifc_die *d, const ifc_txn *txn, ifc_time computed)
{
    uint64_t bytes = d->sys->s->effects.bus ? txn->collect_bytes : 0;
    ifc_time time = ifc_time_for_bytes(bytes, d->group->p->collect_rate);
    d->collect_free = ifc_time_max(computed, d->collect_free) + time;
    return d->collect_free;
}

static void finish_compute(ifc_die *d, ifc_txn *txn)
{
    txn->stamp[IFC_PHASE_COLLECT] = ifc_now();
    ifc_trace_collect(d, txn);
    txn->tenures = 1;
    ifc_channel_return(&d->sys->channels[d->channel], txn);
}

static void stamp_run(ifc_txn *txn, const ifc_pipeline_run *r, ifc_time t_read)
{
    txn->stamp[IFC_PHASE_ARRAY] = t_read >= txn->compute_time ? r->last_move : r->first_move;
    txn->stamp[IFC_PHASE_COMPUTE] = r->end;
}

/* Grain die: the planes are one engine in lockstep, and one event is the end of a command. */
static void compute_in_lockstep(ifc_die *d, ifc_txn *txn, ifc_time t_read)
{
    ifc_pipeline_run r = ifc_pipeline_advance(&d->pipeline, txn->stamp[IFC_PHASE_DATA_DOWN], &txn->extent,
                                              t_read, txn->compute_time, d->sys->s->effects.pipeline_fill);
    r.end += txn->tail_time;
    d->pipeline.compute_free = r.end;
    account_array(d, txn, r.begin, r.end);
    stamp_run(txn, &r, t_read);
    ifc_span_add(&d->span, (d->sys->s->effects.pipeline_fill ? r.last_move : r.end) - r.begin);
    ifc_trace_run(d, txn, &r);
    ifc_sleep_until(collect_end(d, txn, r.end));
    finish_compute(d, txn);
}

static void start_engines(ifc_die *d, ifc_txn *txn, uint64_t round, ifc_time first_move, ifc_time t_read)
{
    const ifc_extent *e = &txn->extent;
    bool by_round = txn->command == IFC_READ;
    uint64_t planes = by_round ? ifc_extent_before(e, round + 1) - ifc_extent_before(e, round) : e->planes;
    d->engines_sensing = (uint32_t)planes;
    txn->ready = 0;
    for (uint32_t i = 0; i < planes; i++) {
        ifc_engine *engine = &d->engines[(txn->first_plane + i) % d->group->p->planes];
        uint32_t pages = by_round ? 1 : (uint32_t)ifc_extent_plane(e, i);
        ifc_engine_start(engine, txn, pages, first_move, t_read, by_round ? 0 : txn->compute_time);
    }
    while (d->engines_sensing > 0)
        ifc_wait(&d->engines_done, "its planes to sense");
}

/* Grains page and plane: every plane works for itself; the sequencer goes on when all have sensed their last
 * page. */
static void compute_in_engines(ifc_die *d, ifc_txn *txn, ifc_time t_read)
{
    ifc_pipeline_run r;
    r.begin = ifc_time_max(txn->stamp[IFC_PHASE_DATA_DOWN], d->pipeline.sense_free);
    r.first_move = ifc_pipeline_first_move(&d->pipeline, r.begin, txn->extent.pages ? t_read : 0);
    if (txn->extent.pages)
        start_engines(d, txn, 0, r.first_move, t_read);
    else
        txn->ready = r.first_move;
    r.last_move = ifc_time_max(ifc_now(), r.first_move);
    r.end = txn->ready + txn->tail_time;
    d->pipeline = (ifc_pipeline){.sense_free = r.last_move, .compute_free = r.end};
    account_array(d, txn, r.begin, r.end);
    stamp_run(txn, &r, t_read);
    ifc_span_add(&d->span, r.last_move - r.begin);
    ifc_trace_run(d, txn, &r);
    txn->ready = collect_end(d, txn, r.end);
    txn->next = NULL;
    *d->collect_last = txn;
    d->collect_last = &txn->next;
    ifc_notify(&d->collect_work);
}

void ifc_die_collect_run(void *die)
{
    ifc_die *d = die;
    for (;;) {
        while (!d->collect_first)
            ifc_wait(&d->collect_work, "plane results to collect");
        ifc_txn *txn = d->collect_first;
        d->collect_first = txn->next;
        if (!d->collect_first)
            d->collect_last = &d->collect_first;
        ifc_sleep_until(txn->ready);
        finish_compute(d, txn);
    }
}

static void wait_for_cache(ifc_die *d)
{
    while (d->cache_busy)
        ifc_wait(&d->cache_free, "its pages to leave the cache registers");
}

/*
 * Until the pages are sensed and the cache registers empty, whichever is later. Waiting for the one that was
 * later the last time first saves the event of the other.
 */
static void meet_cache(ifc_die *d, ifc_time sensed)
{
    if (!d->cache_is_later) {
        ifc_sleep_until(sensed);
        d->cache_is_later = d->cache_busy;
        wait_for_cache(d);
        return;
    }
    wait_for_cache(d);
    d->cache_is_later = ifc_now() >= sensed;
    ifc_sleep_until(sensed);
}

/* Pages of one round are sensed, moved to the cache registers when those are empty, and ask for the bus one
 * by one. */
static void read_round(ifc_die *d, ifc_txn *txn, uint64_t round, ifc_time t_read)
{
    ifc_pipeline *p = &d->pipeline;
    uint64_t planes = ifc_extent_before(&txn->extent, round + 1) - ifc_extent_before(&txn->extent, round);
    ifc_time begin = ifc_time_max(txn->stamp[IFC_PHASE_DATA_DOWN], p->sense_free);
    ifc_time move = ifc_pipeline_first_move(p, begin, t_read);
    if (d->engines && planes > 1)
        start_engines(d, txn, round, move, t_read);
    meet_cache(d, move + txn->compute_time);
    ifc_time now = ifc_now();
    if (round == 0)
        account_array(d, txn, begin, now);
    else
        account_busy(d, begin, now);
    ifc_span_add(&d->span, (txn->compute_time ? move : now) - begin);
    ifc_trace_round(d, txn, round, begin, begin + t_read, txn->compute_time ? move : now);
    p->sense_free = txn->compute_time ? move : now;
    p->compute_free = now;
    if (round == 0 ||
        ifc_time_for_bytes(txn->tenure_bytes * txn->extent.planes, d->sys->s->channel.rate) < t_read)
        txn->stamp[IFC_PHASE_ARRAY] = txn->stamp[IFC_PHASE_COMPUTE] = txn->stamp[IFC_PHASE_COLLECT] = now;
    txn->tenures = (uint32_t)planes;
    txn->more_rounds = round + 1 < txn->extent.max_pages;
    d->cache_busy = true;
    ifc_channel_return(&d->sys->channels[d->channel], txn);
}

/*
 * A whole run as one tenure. Sensing hides behind the bus or the bus behind sensing, whichever is longer; the
 * tenure is asked for so late that it ends when the last page has been moved.
 */
static void read_run(ifc_die *d, ifc_txn *txn, ifc_time t_read)
{
    ifc_pipeline *p = &d->pipeline;
    bool fill = d->sys->s->effects.pipeline_fill;
    uint64_t run_ppb =
        txn->extent.run_ppb ? txn->extent.run_ppb : (uint64_t)txn->extent.max_pages * 1000000000u;
    ifc_time pace = ifc_time_max(t_read, txn->compute_time),
             bus = ifc_time_for_bytes(txn->bytes_up, d->sys->s->channel.rate);
    ifc_time sense = (ifc_time)((double)run_ppb * 1e-9 * (double)pace + 0.5);
    ifc_time bus_page = (ifc_time)((double)bus * 1e9 / (double)run_ppb);
    ifc_time begin = ifc_time_max(txn->stamp[IFC_PHASE_DATA_DOWN], p->sense_free);
    ifc_time first = fill ? ifc_pipeline_first_move(p, begin, t_read) + txn->compute_time : begin;
    meet_cache(d, first);
    txn->ready = ifc_now(); /* from here on pages could leave */
    ifc_time slack = fill ? sense - pace - (bus - bus_page) : sense - bus;
    if (slack > 0)
        ifc_sleep_until(ifc_now() + slack);
    txn->stamp[IFC_PHASE_ARRAY] = txn->stamp[IFC_PHASE_COMPUTE] = txn->stamp[IFC_PHASE_COLLECT] = ifc_now();
    ifc_time sensed = ifc_now();
    uint64_t id = txn->id; /* of a transaction that may be gone when its pages have left */
    account_array(d, txn, begin, sensed);
    ifc_span_add(&d->span, sensed - begin);
    ifc_trace_read(d, txn, begin, sensed);
    p->sense_free = p->compute_free = sensed;
    txn->tenures = 1;
    d->cache_busy = true;
    ifc_channel_return(&d->sys->channels[d->channel], txn);
    if (txn->extent.max_pages > 1 || !fill) {
        wait_for_cache(d);
        ifc_time last = fill ? ifc_now() - bus_page : ifc_now();
        account_busy(d, d->busy_until, ifc_time_max(last, d->busy_until)); /* it worked while pages left */
        p->sense_free = p->compute_free = last;
        if (d->busy_until > sensed)
            ifc_span_add(&d->span, d->busy_until - sensed);
        ifc_trace_read_rest(d, id, sensed, d->busy_until);
    }
}

static void read_pages(ifc_die *d, ifc_txn *txn, ifc_time t_read)
{
    if (d->sys->grain == IFC_GRAIN_DIE || txn->extent.run_ppb) {
        read_run(d, txn, t_read);
        return;
    }
    txn->tenure_bytes = txn->bytes_up / txn->extent.pages;
    for (uint64_t round = 0; round < txn->extent.max_pages; round++)
        read_round(d, txn, round, t_read);
}

/* PROGRAM, COPY and ERASE hold the array of their planes, and with it the die, for the whole time. */
static void write_array(ifc_die *d, ifc_txn *txn, ifc_time t_operation)
{
    wait_for_cache(d);
    ifc_time free = ifc_time_max(d->pipeline.sense_free, d->pipeline.compute_free);
    ifc_time begin = ifc_time_max(txn->stamp[IFC_PHASE_DATA_DOWN], free);
    ifc_time end = begin + t_operation * txn->extent.max_pages;
    account_array(d, txn, begin, end);
    d->pipeline = (ifc_pipeline){.sense_free = end, .compute_free = end};
    ifc_sleep_until(end);
    ifc_span_add(&d->span, end - begin);
    ifc_trace_write(d, txn, begin, end);
    if (txn->command == IFC_ERASE)
        d->blocks_erased += txn->extent.pages;
    else
        d->pages_programmed += txn->extent.pages;
    for (int phase = IFC_PHASE_ARRAY; phase < IFC_PHASES; phase++)
        txn->stamp[phase] = end;
    ifc_controller_complete(&d->sys->controller, txn);
}

/* Power while the command's planes work at their pace: energy of a page on each of them per page time. */
static void account_power(ifc_die *d, const ifc_txn *txn, ifc_time t_read)
{
    const ifc_flash_group *g = d->group->p;
    double bits = 8.0 * (double)(g->page + (d->sys->s->effects.ecc ? g->spare : 0)), joule, time;
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
        time = (double)ifc_time_max(t_read, txn->compute_time);
    }
    double watts = g->static_power + txn->extent.planes * joule * 1e12 / time;
    d->peak_watts = watts > d->peak_watts ? watts : d->peak_watts;
}

static void execute(ifc_die *d, ifc_txn *txn)
{
    ifc_time t_read = sense_time(d, txn);
    account_power(d, txn, t_read);
    switch (txn->command) {
    case IFC_READ_COMPUTE:
        account_sensed(d, txn);
        if (d->engines && !txn->extent.run_ppb)
            compute_in_engines(d, txn, t_read);
        else
            compute_in_lockstep(d, txn, t_read);
        break;
    case IFC_READ:
        account_sensed(d, txn);
        read_pages(d, txn, t_read);
        break;
    case IFC_PROGRAM:
        write_array(d, txn, d->group->p->t_program);
        break;
    case IFC_ERASE:
        write_array(d, txn, d->group->p->t_erase);
        break;
    case IFC_COPY: /* each page through the decoder, not to hand errors on */
        account_sensed(d, txn);
        write_array(d, txn, t_read + d->group->ecc_time + d->group->p->t_program);
        break;
    default:
        IFC_BUG_ON(true, "%s got a command it does not know: %u", d->name, txn->command);
    }
}

void ifc_die_run(void *die)
{
    ifc_die *d = die;
    for (;;) {
        while (!d->first)
            ifc_wait(&d->work, "a command");
        ifc_txn *txn = d->first;
        d->first = txn->next;
        if (!d->first)
            d->last = &d->first;
        txn->next = NULL;
        execute(d, txn);
    }
}
