#include "components/record/collect_stream.h"

#include <stdlib.h>
#include <string.h>

#include "components/hardware/flash/channel.h"
#include "components/run/stream.h"
#include "platform/common/memory.h"

static int by_value(const void *a, const void *b)
{
    ifc_time x = *(const ifc_time *)a, y = *(const ifc_time *)b;
    return (x > y) - (x < y);
}

static ifc_time nearest_rank(const ifc_latencies *sorted, uint64_t permille)
{
    uint64_t rank = (sorted->n * permille + 999) / 1000;
    return sorted->ps[rank ? rank - 1 : 0];
}

/* Sorts them. */
static ifc_latency_tail tail_of(ifc_latencies *l)
{
    double sum = 0;
    if (l->n == 0)
        return (ifc_latency_tail){0};
    for (uint64_t i = 0; i < l->n; i++)
        sum += (double)l->ps[i];
    qsort(l->ps, l->n, sizeof *l->ps, by_value);
    return (ifc_latency_tail){.count = l->n,
                              .mean = (ifc_time)(sum / (double)l->n + 0.5),
                              .p50 = nearest_rank(l, 500),
                              .p99 = nearest_rank(l, 990),
                              .p999 = nearest_rank(l, 999),
                              .max = l->ps[l->n - 1]};
}

/* Four classes to each doubling: where the one that @ps is in begins. */
static ifc_time class_of(ifc_time ps)
{
    int doubling = 0;
    while (ps >> doubling >= 8)
        doubling++;
    return ps >> doubling << doubling;
}

/* @flow: whose they are; -1: of all. */
static void add_histogram(ifc_result *r, size_t *room, const ifc_latencies *sorted, int flow)
{
    ifc_histogram_row *last = NULL;
    for (uint64_t i = 0; i < sorted->n; i++) {
        ifc_time from = class_of(sorted->ps[i]);
        if (!last || last->from != from) {
            r->histogram = ifc_grow(r->histogram, room, r->n_histogram, sizeof *r->histogram);
            last = &r->histogram[r->n_histogram++];
            *last = (ifc_histogram_row){.flow = flow, .from = from};
        }
        last->requests++;
    }
}

static void add_all(ifc_latencies *all, const ifc_latencies *some)
{
    if (some->n == 0)
        return;
    all->ps = realloc(all->ps, (all->n + some->n) * sizeof *all->ps);
    IFC_BUG_ON(!all->ps, "out of memory for latencies");
    memcpy(all->ps + all->n, some->ps, some->n * sizeof *all->ps);
    all->n += some->n;
}

/* Limits of the machine for a flow that is alone. */
static void find_limits(const ifc_record *rec, const ifc_flow *f, ifc_stream_result *out)
{
    const ifc_scenario *s = rec->hw->s;
    const ifc_stream_params *w = f->w;
    const ifc_group *g = &rec->hw->groups[ifc_scenario_group(s, w->group)];
    const ifc_flash_group *p = g->p;
    uint64_t pages = (uint64_t)w->dies * w->planes * w->pages;
    uint64_t unit_pages = w->op == IFC_STREAM_ERASE ? p->pages_per_block : 1;
    bool reads = w->op == IFC_STREAM_READ || w->op == IFC_STREAM_READ_COMPUTE;
    ifc_time t_array = reads ? g->read_least : w->op == IFC_STREAM_PROGRAM ? g->program_least : p->t_erase;
    double share = f->latency.n ? (double)f->reads.n / (double)f->latency.n : w->reads;
    double unit = (double)p->page * (share + (1 - share) * (double)unit_pages); /* of a mean request */
    double t_mean = share * (double)g->read_least + (1 - share) * (double)t_array;
    double planes = p->independent_planes ? p->planes : w->planes; /* that can work at a time */
    out->array_limit = (double)p->dies * planes * unit / (t_mean * 1e-12);
    uint32_t buses = ifc_group_buses(s, p);
    double moved = w->op == IFC_STREAM_READ_COMPUTE ? (double)(w->bytes_down + w->bytes_up) * w->dies
                   : w->op == IFC_STREAM_ERASE      ? share * (double)(pages * g->bus_page_bytes)
                                                    : (double)(pages * g->bus_page_bytes);
    if (moved > 0)
        out->bus_limit = buses * s->channel.rate * (double)pages * unit / moved;
    if (w->op == IFC_STREAM_READ_COMPUTE && g->mac_rate > 0)
        out->compute_limit = (double)p->dies * planes * g->mac_rate * 2.0; /* a MAC per 16-bit weight */
}

static double bus_wait(const ifc_record *rec)
{
    uint64_t tenures = 0;
    double wait_ps = 0;
    for (uint32_t i = 0; i < rec->hw->s->channel.count; i++) {
        tenures += rec->hw->channels[i].tenures;
        wait_ps += (double)rec->hw->channels[i].wait_ps;
    }
    return tenures ? wait_ps / (double)tenures : 0;
}

/* A flow by itself. */
static void collect_flow(ifc_flow *f, double seconds, size_t *room, ifc_result *r)
{
    ifc_flow_row *row = &r->flows[f->index];
    *row = (ifc_flow_row){.op = ifc_scenario_flow_op(f->w),
                          .requests = f->latency.n,
                          .bytes = f->bytes,
                          .bytes_per_second = seconds > 0 ? (double)f->bytes / seconds : 0,
                          .latency = tail_of(&f->latency),
                          .reads = tail_of(&f->reads)};
    snprintf(row->name, sizeof row->name, "%s", f->w->name);
    snprintf(row->group, sizeof row->group, "%s", f->w->group);
    add_histogram(r, room, &f->latency, (int)f->index);
}

void ifc_collect_stream(ifc_record *rec, ifc_result *r)
{
    const ifc_scenario *s = rec->hw->s;
    uint32_t n = ifc_scenario_flows(s);
    ifc_flow *flows = rec->host->flows;
    ifc_stream_result *out = &r->stream;
    double seconds = (double)rec->host->decode_end * 1e-12;
    ifc_latencies all = {0}, reads = {0};
    size_t room = 0;
    for (uint32_t i = 0; i < n && flows; i++) {
        add_all(&all, &flows[i].latency);
        add_all(&reads, &flows[i].reads);
        out->bytes += flows[i].bytes;
    }
    out->requests = all.n;
    out->bytes_per_second = seconds > 0 ? (double)out->bytes / seconds : 0;
    out->latency = tail_of(&all);
    out->reads = tail_of(&reads);
    add_histogram(r, &room, &all, -1);
    if (n == 1 && flows && !flows->w->trace[0])
        find_limits(rec, flows, out);
    if (all.n > 0)
        out->wait_mean_ps = bus_wait(rec);
    r->n_flows = flows ? s->workload.n_flows : 0;
    r->flows = r->n_flows ? ifc_alloc_zero(r->n_flows, sizeof *r->flows) : NULL;
    for (uint32_t i = 0; i < r->n_flows; i++)
        collect_flow(&flows[i], seconds, &room, r);
    free(all.ps);
    free(reads.ps);
}

int ifc_collect_stream_group(const ifc_scenario *s)
{
    int group = ifc_scenario_group(s, ifc_scenario_flow(s, 0)->group);
    for (uint32_t i = 1; i < ifc_scenario_flows(s); i++)
        if (ifc_scenario_group(s, ifc_scenario_flow(s, i)->group) != group)
            return -1;
    return group;
}
