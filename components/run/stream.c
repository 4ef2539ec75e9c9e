/*
 * The workload that measures the machine itself: requests of one kind and extent, closed loop or by an
 * arrival process.
 */
#include <math.h>
#include <stdlib.h>

#include "components/run/stream.h"
#include "platform/common/memory.h"
#include "platform/common/random.h"

static const ifc_op_node request_node = {.kind = IFC_OP_REQUEST, .unit = IFC_UNIT_STORE};

void ifc__stream_submit(ifc_host *h, ifc_op_run *op, uint64_t die, uint64_t plane, bool reads)
{
    *op = ifc_host_op(h, &request_node, 0, 0);
    op->request = die;
    op->reads = reads;
    op->job.token = (uint32_t)plane;
    ifc_probe_job_begin(&h->hw->probe, &op->job);
    ifc_event_op_begin(&h->events, op);
    ifc_mapping_start(&op->job);
}

/* Request n goes to the n-th set of dies, then to the next planes; or anywhere. */
static void submit(ifc_host *h, ifc_op_run *op, uint64_t n, uint64_t *rng)
{
    const ifc_stream_params *w = &h->hw->s->workload.stream;
    const ifc_flash_group *g = &h->hw->s->groups[ifc_scenario_group(h->hw->s, w->group)];
    uint64_t sets = g->dies / w->dies, plane_sets = g->planes / w->planes, set, plane_set;
    if (w->pattern == IFC_PATTERN_RANDOM) {
        set = ifc_random(rng) % sets;
        plane_set = ifc_random(rng) % plane_sets;
    } else {
        set = n % sets;
        plane_set = n / sets % plane_sets;
    }
    bool reads = floor((double)(n + 1) * w->reads) > floor((double)n * w->reads); /* as evenly as can be */
    ifc__stream_submit(h, op, set * w->dies, plane_set * w->planes, reads);
}

void ifc__stream_finish(ifc_host *h, ifc_op_run *op)
{
    ifc_host_record(&h->latency, op->job.end - op->job.issue);
    if (op->reads)
        ifc_host_record(&h->read_latency, op->job.end - op->job.issue);
    ifc_event_op_end(&h->events, op);
    if (h->latency.n % 64 == 0) /* a batch of finished transactions at a time */
        ifc_txn_recycle(h->hw);
    const ifc_run_options *o = h->options;
    if (o->progress && h->latency.n % 4096 == 0)
        o->progress(o->progress_arg, &(ifc_progress){.requests = h->latency.n,
                                                     .total_requests = h->hw->s->workload.stream.count,
                                                     .now = ifc_now()});
}

/* The end of the run, with requests under way: the host does not wait for them. */
static bool stop_now(ifc_host *h)
{
    if (ifc_stop_asked(&h->stop))
        ifc_notify(&h->work);
    return h->stop.stopped;
}

/* Nothing begins at the limit: the host is about to end (workload.c:keep_limit). */
bool ifc__stream_over(ifc_host *h)
{
    ifc_time limit = h->hw->s->simulation.time_limit;
    return stop_now(h) || (limit > 0 && ifc_now() >= limit);
}

/* The next request of a closed loop takes the place of one that is done, at that very moment. */
static void replace(ifc_host *h, ifc_op_run *op)
{
    const ifc_stream_params *w = &h->hw->s->workload.stream;
    bool last = h->issued == w->count && h->open == 1;
    op->job.end = ifc_now();
    ifc__stream_finish(h, op);
    if (!last && h->issued < w->count && !ifc__stream_over(h))
        submit(h, op, h->issued++, &h->rng);
    else if (--h->open == 0)
        ifc_notify(&h->work);
}

static void play_closed_loop(ifc_host *h)
{
    const ifc_stream_params *w = &h->hw->s->workload.stream;
    uint64_t depth = w->queue_depth < w->count ? w->queue_depth : w->count;
    h->runs = ifc_alloc_zero(depth + 1, sizeof *h->runs);
    h->rng = h->hw->s->simulation.seed;
    h->on_done = replace;
    h->open = (uint32_t)depth;
    while (h->issued < depth && !ifc_stop_asked(&h->stop)) {
        uint64_t n = h->issued++;
        submit(h, &h->runs[n], n, &h->rng);
    }
    while ((h->open > 0 || h->issued < w->count) && !h->stop.stopped)
        ifc_wait(&h->work, "its last requests to complete");
}

/* An open loop's requests come from an actor of their own; they do not wait for what came before. */
struct arrivals {
    ifc_host *host;
    bool finished;
};

/* Requests of an open loop: as many as are under way at a time, used again. */
struct ifc_stream_chunk {
    struct ifc_stream_chunk *next;
    ifc_op_run runs[256];
};

static ifc_op_run *take_spare(ifc_host *h)
{
    if (!h->spare) {
        ifc_stream_chunk *chunk = ifc_alloc_zero(1, sizeof *chunk);
        chunk->next = h->chunks;
        h->chunks = chunk;
        for (size_t i = 0; i < sizeof chunk->runs / sizeof *chunk->runs; i++) {
            chunk->runs[i].job.next = h->spare ? &h->spare->job : NULL;
            h->spare = &chunk->runs[i];
        }
    }
    ifc_op_run *op = h->spare;
    h->spare = ifc_op_of(op->job.next);
    return op;
}

void ifc_host_stream_fini(ifc_host *h)
{
    while (h->chunks) {
        ifc_stream_chunk *next = h->chunks->next;
        free(h->chunks);
        h->chunks = next;
    }
    h->spare = NULL;
    ifc__stream_outside_fini(h);
}

static void arrive(void *argument)
{
    struct arrivals *a = argument;
    ifc_host *h = a->host;
    const ifc_stream_params *w = &h->hw->s->workload.stream;
    uint64_t rng = h->hw->s->simulation.seed;
    double at = 0.0, mean = 1e12 / w->rate; /* at: since some moment, so that it stays exact */
    ifc_time since = 0, most = (ifc_time)1 << 52;
    for (uint64_t n = 0; n < w->count; n++) {
        at += w->arrival == IFC_ARRIVAL_POISSON ? -log(ifc_random_unit(&rng)) * mean : mean;
        for (; at >= (double)most && since < IFC_TIME_HORIZON; since += most)
            at -= (double)most;
        ifc_sleep_until(ifc_time_add(since, ifc_time_from_ps(at)));
        if (ifc__stream_over(h))
            return;
        submit(h, take_spare(h), n, &rng);
        h->open++;
    }
    a->finished = true;
    ifc_notify(&h->work);
}

static void play_open_loop(ifc_host *h)
{
    struct arrivals a = {.host = h};
    ifc_actor_start("arrivals", "host", arrive, &a, true);
    while ((!a.finished || h->open > 0) && !h->stop.stopped) {
        if (!h->done.first) {
            ifc_wait(&h->work, "a request to arrive or complete");
            continue;
        }
        ifc_op_run *op = ifc_host_take_done(h);
        ifc__stream_finish(h, op);
        h->open--;
        op->job.next = h->spare ? &h->spare->job : NULL;
        h->spare = op;
        if (!a.finished || h->open > 0)
            ifc_stop_asked(&h->stop);
    }
}

void ifc_host_play_stream(ifc_host *h)
{
    if (h->options && h->options->source)
        ifc__stream_play_outside(h);
    else if (h->hw->s->workload.stream.arrival == IFC_ARRIVAL_CLOSED)
        play_closed_loop(h);
    else
        play_open_loop(h);
}
