#include "platform/observe/requests.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/figures.h"
#include "platform/observe/format.h"
#include "platform/observe/output.h"

typedef ifc_time time_of(const ifc_request_row *r);

static ifc_time queue_of(const ifc_request_row *r)
{
    return r->start - r->arrival;
}

static ifc_time ttft_of(const ifc_request_row *r)
{
    return r->first_token - r->arrival;
}

/* -1: there is no further token. */
static ifc_time tpot_of(const ifc_request_row *r)
{
    return r->generated > 1 ? (r->end - r->first_token) / (ifc_time)(r->generated - 1) : -1;
}

static ifc_time latency_of(const ifc_request_row *r)
{
    return r->end - r->arrival;
}

static ifc_time switching_of(const ifc_request_row *r)
{
    return r->switched - r->start;
}

static int by_value(const void *a, const void *b)
{
    ifc_time x = *(const ifc_time *)a, y = *(const ifc_time *)b;
    return (x > y) - (x < y);
}

static ifc_request_times times_of(const ifc_request_row *rows, size_t n, time_of *of, ifc_time *scratch)
{
    ifc_request_times t = {.mean = 0};
    size_t used = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        ifc_time time = of(&rows[i]);
        if (time < 0)
            continue;
        sum += (double)time;
        scratch[used++] = time;
    }
    if (used == 0)
        return t;
    qsort(scratch, used, sizeof *scratch, by_value);
    return (ifc_request_times){.mean = sum / (double)used,
                               .p50 = ifc_percentile(scratch, used, 50),
                               .p90 = ifc_percentile(scratch, used, 90),
                               .p99 = ifc_percentile(scratch, used, 99),
                               .max = scratch[used - 1]};
}

bool ifc_is_requests(const ifc_result *r)
{
    return r->scenario && r->scenario->workload.kind == IFC_WORKLOAD_REQUESTS;
}

bool ifc_has_contexts(const ifc_result *r)
{
    return ifc_is_requests(r) && r->scenario->contexts.budget > 0;
}

/* The requests that figures are about. @n: how many. */
static const ifc_request_row *counted(const ifc_result *r, size_t *n)
{
    size_t first = r->scenario ? r->scenario->workload.warmup : 0;
    *n = first < r->n_requests ? r->n_requests - first : 0;
    return *n ? r->requests + first : r->requests; /* there may be none at all */
}

typedef struct stretch {
    ifc_time begin, end;
} stretch;

static int by_begin(const void *a, const void *b)
{
    ifc_time x = ((const stretch *)a)->begin, y = ((const stretch *)b)->begin;
    return (x > y) - (x < y);
}

/* Time in which at least one of them was under way. Return: -1: out of memory. */
static double busy_time(const ifc_request_row *rows, size_t n)
{
    stretch *s = malloc(n * sizeof *s);
    double sum = 0;
    if (!s)
        return -1;
    for (size_t i = 0; i < n; i++)
        s[i] = (stretch){rows[i].start, rows[i].end};
    qsort(s, n, sizeof *s, by_begin);
    ifc_time until = 0;
    for (size_t i = 0; i < n; i++) {
        ifc_time from = ifc_time_max(s[i].begin, until);
        until = ifc_time_max(s[i].end, until);
        sum += until > from ? (double)(until - from) : 0;
    }
    free(s);
    return sum;
}

static double contexts_held(const ifc_result *r, const ifc_request_row *rows, size_t n)
{
    double bytes = 0, contexts = 0;
    for (size_t i = 0; i < n; i++) {
        bytes += (double)rows[i].context_bytes;
        contexts += rows[i].contexts;
    }
    return ifc_ratio((double)r->scenario->contexts.budget * contexts, bytes);
}

static void add_up(const ifc_request_row *rows, size_t n, ifc_request_figures *out)
{
    ifc_time begin = rows[0].arrival, end = 0;
    for (size_t i = 0; i < n; i++) {
        begin = rows[i].arrival < begin ? rows[i].arrival : begin;
        end = rows[i].end > end ? rows[i].end : end;
        out->prompt += rows[i].prompt;
        out->cached += rows[i].cached;
        out->generated += rows[i].generated;
        out->loaded += rows[i].loaded;
        out->written += rows[i].written;
        out->ahead += rows[i].ahead;
        out->recomputed += rows[i].recomputed;
        out->resident += rows[i].resident / (double)n;
        out->resident_share += (rows[i].missing == 0) / (double)n;
    }
    out->tokens_per_second = ifc_ratio((double)out->generated * 1e12, (double)(end - begin));
    out->requests_per_second = ifc_ratio((double)n * 1e12, (double)(end - begin));
    out->busy_share = ifc_ratio(out->busy_share, (double)(end - begin));
}

bool ifc_request_figures_of(const ifc_result *r, ifc_request_figures *out)
{
    size_t n;
    const ifc_request_row *rows = counted(r, &n);
    memset(out, 0, sizeof *out);
    if (n == 0)
        return true;
    ifc_time *scratch = malloc(n * sizeof *scratch);
    if (!scratch || (out->busy_share = busy_time(rows, n)) < 0) {
        free(scratch);
        return false;
    }
    out->count = n;
    out->queue = times_of(rows, n, queue_of, scratch);
    out->ttft = times_of(rows, n, ttft_of, scratch);
    out->tpot = times_of(rows, n, tpot_of, scratch);
    out->latency = times_of(rows, n, latency_of, scratch);
    if (ifc_has_contexts(r))
        out->switching = times_of(rows, n, switching_of, scratch);
    out->held = contexts_held(r, rows, n);
    out->energy = ifc_ratio(ifc_energy_total(r), r->n_requests);
    add_up(rows, n, out);
    free(scratch);
    return true;
}

static int by_arrival(const void *a, const void *b)
{
    const ifc_request_row *x = *(const ifc_request_row *const *)a, *y = *(const ifc_request_row *const *)b;
    if (x->arrival != y->arrival)
        return x->arrival < y->arrival ? -1 : 1;
    return (x->request > y->request) - (x->request < y->request);
}

static ifc_request_point point_of(const ifc_request_row *const *rows, size_t n)
{
    ifc_request_point p = {.arrival = rows[0]->arrival};
    for (size_t i = 0; i < n; i++) {
        p.queue += (double)queue_of(rows[i]) / (double)n;
        p.ttft += (double)ttft_of(rows[i]) / (double)n;
        p.latency += (double)latency_of(rows[i]) / (double)n;
        p.latency_max = ifc_time_max(p.latency_max, latency_of(rows[i]));
    }
    return p;
}

int ifc_request_points_of(const ifc_result *r, ifc_request_point out[IFC_REQUEST_POINTS], uint32_t *each)
{
    size_t n;
    const ifc_request_row *rows = counted(r, &n);
    const ifc_request_row **sorted = calloc(n + 1, sizeof *sorted);
    int points = 0;
    *each = (uint32_t)((n + IFC_REQUEST_POINTS - 1) / IFC_REQUEST_POINTS);
    if (!sorted)
        return -1;
    for (size_t i = 0; i < n; i++)
        sorted[i] = &rows[i];
    qsort(sorted, n, sizeof *sorted, by_arrival);
    for (size_t i = 0; i < n; i += *each)
        out[points++] = point_of(sorted + i, n - i < *each ? n - i : *each);
    free(sorted);
    return points;
}

ifc_status ifc_write_requests(const ifc_result *r, FILE *out, ifc_error *err)
{
    bool contexts = ifc_has_contexts(r);
    fprintf(out, "request,session,arrival_ps,start_ps,first_token_ps,end_ps,prompt,cached,generated%s\n",
            contexts ? ",switched_ps" : "");
    for (uint32_t i = 0; i < r->n_requests; i++) {
        const ifc_request_row *q = &r->requests[i];
        fprintf(out, "%" PRIu64 ",", q->request);
        if (q->session != UINT64_MAX)
            fprintf(out, "%" PRIu64, q->session);
        fprintf(out, ",%lld,%lld,%lld,%lld,%" PRIu64 ",%" PRIu64 ",%" PRIu64, (long long)q->arrival,
                (long long)q->start, (long long)q->first_token, (long long)q->end, q->prompt, q->cached,
                q->generated);
        if (contexts)
            fprintf(out, ",%lld", (long long)q->switched);
        fputc('\n', out);
    }
    return ifc_stream_check(out, "the requests", err);
}

static void write_times(FILE *out, const char *name, const ifc_request_times *t)
{
    fprintf(out, "  %-18s %10s %10s %10s %10s %10s\n", name, ifc_format_time(t->mean).text,
            ifc_format_time((double)t->p50).text, ifc_format_time((double)t->p90).text,
            ifc_format_time((double)t->p99).text, ifc_format_time((double)t->max).text);
}

static void write_contexts(FILE *out, const ifc_request_figures *f)
{
    fprintf(
        out,
        "  contexts: room for %.3g; %.3g were wholly there when a request came, its own for %s of requests\n",
        f->held, f->resident, ifc_format_percent(f->resident_share).text);
    fprintf(out, "  %s read, %s tokens computed again, %s written before a request and %s after\n",
            ifc_format_size(f->loaded).text, ifc_format_count((double)f->recomputed).text,
            ifc_format_size(f->written).text, ifc_format_size(f->ahead).text);
}

ifc_status ifc__summary_requests(const ifc_result *r, FILE *out, ifc_error *err)
{
    ifc_request_figures f;
    if (!ifc_request_figures_of(r, &f))
        return ifc_fail(err, IFC_EINTERNAL, "out of memory for the figures of requests");
    fprintf(out, "\n%-20s %10s %10s %10s %10s %10s\n", "Requests", "mean", "p50", "p90", "p99", "max");
    write_times(out, "waiting", &f.queue);
    if (ifc_has_contexts(r))
        write_times(out, "switching", &f.switching);
    write_times(out, "first token", &f.ttft);
    write_times(out, "each further token", &f.tpot);
    write_times(out, "in all", &f.latency);
    fprintf(out, "  %" PRIu64 " requests, %s prompt tokens (%s of them kept), %s generated\n", f.count,
            ifc_format_count((double)f.prompt).text, ifc_format_count((double)f.cached).text,
            ifc_format_count((double)f.generated).text);
    fprintf(out, "  %.4g requests/s, %.4g tokens/s, %.4g J a request; busy %s of the time\n",
            f.requests_per_second, f.tokens_per_second, f.energy, ifc_format_percent(f.busy_share).text);
    if (ifc_has_contexts(r))
        write_contexts(out, &f);
    return IFC_OK;
}

static void write_spread(FILE *out, const char *group, const char *what, const ifc_block_spread *s)
{
    if (s->max > 0)
        fprintf(out, "  %-13s %-16s %10s %10s %10s %10s\n", group, what, ifc_format_count(s->p50).text,
                ifc_format_count(s->p90).text, ifc_format_count(s->p99).text, ifc_format_count(s->max).text);
}

void ifc__summary_blocks(const ifc_result *r, FILE *out)
{
    fprintf(out, "\n%-15s %-16s %10s %10s %10s %10s\n", "Blocks", "", "p50", "p90", "p99", "max");
    for (uint32_t i = 0; i < r->n_wear; i++) {
        const ifc_wear_row *w = &r->wear[i];
        write_spread(out, w->group, "P/E cycles", &w->pe);
        write_spread(out, w->group, "reads", &w->reads);
        write_spread(out, w->group, "reads of KV", &w->kv_reads);
    }
}
