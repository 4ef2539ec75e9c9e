/*
 * The workload that measures the machine itself: flows of requests, each in a closed loop or by an arrival
 * process.
 */
#include <math.h>
#include <stdlib.h>

#include "components/run/stream.h"
#include "platform/common/memory.h"
#include "platform/common/random.h"

static const ifc_op_node request_node = {.kind = IFC_OP_REQUEST, .unit = IFC_UNIT_STORE};

static uint64_t pages_of(const ifc_flow *f, const ifc_op_run *op)
{
    return op->pages ? op->pages : (uint64_t)f->w->dies * f->w->planes * f->w->pages;
}

/* What crosses the link for a request, to the controller or @up: page data, vectors and results. */
static uint64_t link_bytes(const ifc_flow *f, const ifc_op_run *op, bool up)
{
    const ifc_scenario *s = f->host->hw->s;
    const ifc_stream_params *w = f->w;
    int kind = op->reads ? IFC_STREAM_READ : ifc_scenario_flow_op(w);
    if (s->soc.link_rate == 0 || kind == IFC_STREAM_ERASE)
        return 0;
    if (kind == IFC_STREAM_READ_COMPUTE)
        return w->dies * (up ? w->bytes_up : w->bytes_down);
    return (kind == IFC_STREAM_READ) == up ? pages_of(f, op) * s->groups[ifc_scenario_group(s, w->group)].page
                                           : 0;
}

bool ifc__stream_returns(ifc_host *h, ifc_op_run *op)
{
    if (op->returned)
        return false;
    op->returned = true;
    op->job.link_bytes = link_bytes(&h->flows[op->flow], op, true);
    if (op->job.link_bytes == 0)
        return false;
    ifc_link_send(&h->up, &op->job);
    return true;
}

static void across(ifc_job *job)
{
    job->done(job);
}

static void begin(ifc_flow *f, ifc_op_run *op)
{
    ifc_host *h = f->host;
    op->flow = f->index;
    f->issued++;
    ifc_probe_job_begin(&h->hw->probe, &op->job);
    ifc_event_op_begin(&h->events, op);
    op->job.link_bytes = link_bytes(f, op, false);
    if (op->job.link_bytes > 0)
        ifc_link_send(&h->down, &op->job);
    else
        ifc_mapping_start(&op->job);
}

void ifc__stream_submit(ifc_flow *f, ifc_op_run *op, uint64_t die, uint64_t plane, bool reads)
{
    ifc_host *h = f->host;
    *op = ifc_host_op(h, &request_node, 0, 0);
    op->request = die;
    op->reads = reads;
    op->job.token = (uint32_t)plane;
    begin(f, op);
}

void ifc__stream_submit_pages(ifc_flow *f, ifc_op_run *op, uint64_t first, uint64_t pages, bool reads)
{
    *op = ifc_host_op(f->host, &request_node, 0, 0);
    op->request = first;
    op->pages = pages;
    op->reads = reads;
    begin(f, op);
}
/* Whether the next request is a READ that stands beside others; of those in a share, as evenly as can be. */
static bool reads_next(const ifc_flow *f)
{
    double n = (double)f->issued;
    if (f->w->op == IFC_STREAM_READ)
        return ifc_scenario_tells_reads(f->host->hw->s);
    return floor((n + 1) * f->w->reads) > floor(n * f->w->reads);
}

/* Request n goes to the n-th set of dies, then to the next planes; or anywhere. */
static void submit(ifc_flow *f, ifc_op_run *op)
{
    const ifc_stream_params *w = f->w;
    const ifc_scenario *s = f->host->hw->s;
    const ifc_flash_group *g = &s->groups[ifc_scenario_group(s, w->group)];
    uint64_t sets = g->dies / w->dies, plane_sets = g->planes / w->planes, set, plane_set;
    if (w->pattern == IFC_PATTERN_RANDOM) {
        set = ifc_random(&f->rng) % sets;
        plane_set = ifc_random(&f->rng) % plane_sets;
    } else {
        set = f->issued % sets;
        plane_set = f->issued / sets % plane_sets;
    }
    ifc__stream_submit(f, op, set * w->dies, plane_set * w->planes, reads_next(f));
}

/* What a request comes to: page data that it touches, pages sensed, products of 16-bit operands. */
static void count(ifc_flow *f, const ifc_op_run *op)
{
    const ifc_stream_params *w = f->w;
    const ifc_scenario *s = f->host->hw->s;
    const ifc_flash_group *g = &s->groups[ifc_scenario_group(s, w->group)];
    uint64_t pages = pages_of(f, op);
    int kind = ifc_scenario_flow_op(w);
    bool computes = !op->reads && kind == IFC_STREAM_READ_COMPUTE;
    bool erases = !op->reads && kind == IFC_STREAM_ERASE;
    f->bytes += pages * (erases ? g->pages_per_block : 1) * g->page;
    if (op->reads || computes || kind == IFC_STREAM_READ)
        f->pages += pages;
    if (computes)
        f->macs += pages * (g->page / 2);
}

/* As far as it is known. */
static uint64_t all_requests(const ifc_host *h)
{
    const ifc_scenario *s = h->hw->s;
    uint64_t n = 0;
    for (uint32_t i = 0; i < ifc_scenario_flows(s); i++)
        n += ifc_scenario_flow(s, i)->trace[0] ? ifc_scenario_flow(s, i)->rows
                                               : ifc_scenario_flow(s, i)->count;
    return n > h->finished ? n : h->finished + 1;
}

void ifc__stream_finish(ifc_host *h, ifc_op_run *op)
{
    ifc_flow *f = &h->flows[op->flow];
    ifc_host_record(&f->latency, op->job.end - op->job.issue);
    if (op->reads)
        ifc_host_record(&f->reads, op->job.end - op->job.issue);
    count(f, op);
    h->finished++;
    ifc_event_op_end(&h->events, op);
    if (h->finished % 64 == 0) /* a batch of finished transactions at a time */
        ifc_txn_recycle(h->hw);
    const ifc_run_options *o = h->options;
    if (o->progress && h->finished % 4096 == 0)
        o->progress(
            o->progress_arg,
            &(ifc_progress){.requests = h->finished, .total_requests = all_requests(h), .now = ifc_now()});
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

static bool is_done(const ifc_flow *f)
{
    return f->over && f->open == 0;
}

/* The next request of a closed loop takes the place of one that is done, at that very moment. Return: false:
 * of an open loop, which the host finishes. */
static bool replace(ifc_host *h, ifc_op_run *op)
{
    ifc_flow *f = &h->flows[op->flow];
    if (ifc__stream_returns(h, op))
        return true;
    if (f->w->arrival != IFC_ARRIVAL_CLOSED || f->w->trace[0])
        return false;
    bool last = f->issued == f->w->count && f->open == 1;
    op->job.end = ifc_now();
    ifc__stream_finish(h, op);
    if (!last && f->issued < f->w->count && !ifc__stream_over(h)) {
        submit(f, op);
    } else if (--f->open == 0) {
        f->over = f->issued == f->w->count;
        ifc_notify(&h->work);
    }
    return true;
}

static void begin_closed_loop(ifc_flow *f)
{
    const ifc_stream_params *w = f->w;
    uint64_t depth = w->queue_depth < w->count ? w->queue_depth : w->count;
    f->runs = ifc_alloc_zero(depth + 1, sizeof *f->runs);
    f->open = depth;
    while (f->issued < depth && !ifc_stop_asked(&f->host->stop))
        submit(f, &f->runs[f->issued]);
}

/* Requests of an open loop: as many as are under way at a time, used again. */
struct ifc_stream_chunk {
    struct ifc_stream_chunk *next;
    ifc_op_run runs[256];
};

ifc_op_run *ifc__stream_spare(ifc_host *h)
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
    for (uint32_t i = 0; h->flows && i < ifc_scenario_flows(h->hw->s); i++) {
        free(h->flows[i].runs);
        free(h->flows[i].latency.ps);
        free(h->flows[i].reads.ps);
    }
    free(h->flows);
    h->flows = NULL;
    ifc_link_fini(&h->down);
    ifc_link_fini(&h->up);
    ifc__stream_traces_fini(h);
    ifc__stream_outside_fini(h);
}

/* An open loop's requests come from an actor of their own; they do not wait for what came before. */
static void arrive(void *flow)
{
    ifc_flow *f = flow;
    ifc_host *h = f->host;
    const ifc_stream_params *w = f->w;
    double at = 0.0, mean = 1e12 / w->rate; /* at: since some moment, so that it stays exact */
    ifc_time since = 0, most = (ifc_time)1 << 52;
    while (f->issued < w->count) {
        at += w->arrival == IFC_ARRIVAL_POISSON ? -log(ifc_random_unit(&f->rng)) * mean : mean;
        for (; at >= (double)most && since < IFC_TIME_HORIZON; since += most)
            at -= (double)most;
        ifc_sleep_until(ifc_time_add(since, ifc_time_from_ps(at)));
        if (ifc__stream_over(h))
            return;
        submit(f, ifc__stream_spare(h));
        f->open++;
    }
    f->over = true;
    ifc_notify(&h->work);
}

static bool all_done(const ifc_host *h)
{
    for (uint32_t i = 0; i < ifc_scenario_flows(h->hw->s); i++)
        if (!is_done(&h->flows[i]))
            return false;
    return true;
}

static void finish_next(ifc_host *h)
{
    ifc_op_run *op = ifc_host_take_done(h);
    ifc__stream_finish(h, op);
    h->flows[op->flow].open--;
    op->job.next = h->spare ? &h->spare->job : NULL;
    h->spare = op;
}

/* Numbers of a flow are its own; the first has those of a stream that is alone. */
static void make_flows(ifc_host *h)
{
    const ifc_scenario *s = h->hw->s;
    uint32_t n = ifc_scenario_flows(s);
    h->flows = ifc_alloc_zero(n, sizeof *h->flows);
    for (uint32_t i = 0; i < n; i++)
        h->flows[i] = (ifc_flow){.host = h,
                                 .w = ifc_scenario_flow(s, i),
                                 .index = i,
                                 .rng = s->simulation.seed + i * UINT64_C(0xd1b54a32d192ed03)};
}

static void play(ifc_host *h)
{
    h->on_done = replace;
    for (uint32_t i = 0; i < ifc_scenario_flows(h->hw->s); i++)
        if (h->flows[i].w->trace[0])
            ifc_actor_start("arrivals", "host", ifc__stream_play_trace, &h->flows[i], true);
        else if (h->flows[i].w->count == 0)
            h->flows[i].over = true;
        else if (h->flows[i].w->arrival == IFC_ARRIVAL_CLOSED)
            begin_closed_loop(&h->flows[i]);
        else
            ifc_actor_start("arrivals", "host", arrive, &h->flows[i], true);
    while (!all_done(h) && !h->stop.stopped) {
        if (!h->done.first) {
            ifc_wait(&h->work, "a request to arrive or complete");
            continue;
        }
        finish_next(h);
        if (!all_done(h))
            ifc_stop_asked(&h->stop);
    }
}

static void make_link(ifc_host *h)
{
    ifc_link_init(&h->down, "link.down", h->hw->s->soc.link_rate, ifc_mapping_start);
    ifc_link_init(&h->up, "link.up", h->hw->s->soc.link_rate, across);
    ifc_actor_start("link.down", "host", ifc_link_run, &h->down, true);
    ifc_actor_start("link.up", "host", ifc_link_run, &h->up, true);
}

void ifc_host_play_stream(ifc_host *h)
{
    make_flows(h);
    if (h->hw->s->soc.link_rate > 0)
        make_link(h);
    if (h->options && h->options->source)
        ifc__stream_play_outside(h);
    else
        play(h);
}
