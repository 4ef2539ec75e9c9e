#include "platform/observe/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/requests.h"

static int compare_times(const void *a, const void *b)
{
    ifc_time x = *(const ifc_time *)a, y = *(const ifc_time *)b;
    return (x > y) - (x < y);
}

ifc_time ifc_percentile(const ifc_time *sorted, size_t n, double percent)
{
    if (n == 0)
        return 0;
    double rank = ceil(percent * (double)n / 100.0); /* exact for whole percents */
    size_t index = rank < 1.0 ? 0 : (size_t)rank - 1;
    return sorted[index < n ? index : n - 1];
}

double ifc_ratio(double a, double b)
{
    double q = b == 0.0 ? 0.0 : a / b;
    return isfinite(q) ? q : 0.0;
}

/* Number @rank, from 1, of all of them. */
static ifc_time counted(const ifc_result *r, double percent)
{
    uint64_t rank = (uint64_t)fmax(1, ceil(percent * r->tokens / 100)), seen = 0;
    uint32_t i = 0;
    while (i + 1 < r->n_latency_counts && (seen += r->latency_counts[i].tokens) < rank)
        i++;
    return r->latency_counts[i].ps;
}

static double counted_sum(const ifc_result *r)
{
    double sum = 0;
    for (uint32_t i = 0; i < r->n_latency_counts; i++)
        sum += (double)r->latency_counts[i].ps * (double)r->latency_counts[i].tokens;
    return sum;
}

static void latency_of_counts(const ifc_result *r, ifc_latency_figures *out)
{
    *out = (ifc_latency_figures){.mean = counted_sum(r) / r->tokens,
                                 .p50 = counted(r, 50),
                                 .p99 = counted(r, 99),
                                 .min = r->latency_counts[0].ps,
                                 .max = r->latency_counts[r->n_latency_counts - 1].ps};
}

bool ifc_latency_of(const ifc_result *r, ifc_latency_figures *out)
{
    memset(out, 0, sizeof *out);
    if (r->tokens == 0)
        return true;
    if (r->latency_counts) {
        latency_of_counts(r, out);
        return true;
    }
    ifc_time *sorted = malloc(r->tokens * sizeof *sorted);
    if (!sorted)
        return false;
    memcpy(sorted, r->token_latency, r->tokens * sizeof *sorted);
    qsort(sorted, r->tokens, sizeof *sorted, compare_times);
    double sum = 0; /* of sequences side by side: more than 64 bits of picoseconds hold */
    for (uint32_t i = 0; i < r->tokens; i++)
        sum += (double)sorted[i];
    out->mean = sum / r->tokens;
    out->p50 = ifc_percentile(sorted, r->tokens, 50);
    out->p99 = ifc_percentile(sorted, r->tokens, 99);
    out->min = sorted[0];
    out->max = sorted[r->tokens - 1];
    free(sorted);
    return true;
}

double ifc_tokens_per_second(const ifc_result *r)
{
    double sum = r->latency_counts ? counted_sum(r) : 0;
    for (uint32_t i = 0; r->token_latency && i < r->tokens; i++)
        sum += (double)r->token_latency[i];
    const ifc_workload *w = r->scenario ? &r->scenario->workload : NULL;
    bool shared = w && (w->batch > 1 || w->draft.tokens > 0);
    return ifc_ratio(r->tokens * 1e12, shared ? (double)r->decode_ps : sum);
}

uint32_t ifc_hours_a_day(const ifc_result *r)
{
    return ifc_is_requests(r) ? 24 : IFC_HOURS_A_DAY;
}

double ifc_lifetime_years(const ifc_result *r, double tokens)
{
    double rate =
        ifc_is_requests(r) ? ifc_ratio(r->tokens * 1e12, (double)r->end_time) : ifc_tokens_per_second(r);
    return ifc_ratio(tokens, rate * 3600 * ifc_hours_a_day(r) * 365.25);
}

double ifc_energy_total(const ifc_result *r)
{
    double sum = 0;
    for (uint32_t i = 0; i < r->n_energy; i++)
        sum += r->energy[i].joule;
    return isfinite(sum) ? sum : 0.0;
}

double ifc_energy_per_token(const ifc_result *r)
{
    return ifc_ratio(ifc_energy_total(r), r->tokens);
}

double ifc_average_power(const ifc_result *r)
{
    return ifc_ratio(ifc_energy_total(r) * 1e12, (double)r->end_time);
}

/* The energy row "g1.read" belongs to the component "g1". */
static bool row_of_flash(const ifc_result *r, const char *row)
{
    for (uint32_t g = 0; r->scenario && g < r->scenario->n_groups; g++) {
        size_t n = strlen(r->scenario->groups[g].name);
        if (strncmp(row, r->scenario->groups[g].name, n) == 0 && row[n] == '.')
            return true;
    }
    return false;
}

double ifc_flash_power(const ifc_result *r)
{
    double sum = 0;
    for (uint32_t i = 0; i < r->n_energy; i++)
        if (row_of_flash(r, r->energy[i].name))
            sum += r->energy[i].joule;
    return ifc_ratio(sum * 1e12, (double)r->end_time);
}

double ifc_read_amplification(const ifc_result *r)
{
    return ifc_ratio((double)r->sensed_kv_bytes, (double)r->useful_kv_bytes);
}

uint64_t ifc_bus_bytes(const ifc_result *r)
{
    return r->bus_bytes_down + r->bus_bytes_up;
}

double ifc_utilisation(const ifc_result *r, const ifc_resource_row *row)
{
    return ifc_ratio((double)row->busy_ps, (double)r->end_time);
}

ifc_time ifc_path_total(const ifc_result *r)
{
    ifc_time sum = 0;
    for (uint32_t i = 0; i < r->n_path; i++)
        sum = ifc_time_add(sum, r->path[i].ps);
    return sum;
}

static double group_bytes(const ifc_flash_group *g)
{
    return (double)g->dies * g->planes * g->blocks_per_plane * g->pages_per_block * (double)g->page;
}

double ifc_flash_bytes(const ifc_scenario *s)
{
    double bytes = 0;
    for (uint32_t g = 0; g < s->n_groups; g++)
        bytes += group_bytes(&s->groups[g]);
    return bytes;
}

double ifc_price(const ifc_scenario *s)
{
    double price = s->soc.cost + (double)s->dram.channels * (double)s->dram.bytes / 1e9 * s->dram.cost;
    for (uint32_t g = 0; g < s->n_groups; g++)
        price += group_bytes(&s->groups[g]) / 1e9 * s->groups[g].cost;
    return price;
}

bool ifc_is_stream(const ifc_result *r)
{
    return r->scenario && r->scenario->workload.kind == IFC_WORKLOAD_STREAM;
}

ifc_busy_figures ifc_busy_of(const ifc_result *r, int kind, int group)
{
    ifc_busy_figures f = {0};
    double wait = 0;
    for (uint32_t i = 0; i < r->n_resources; i++) {
        const ifc_resource_row *row = &r->resources[i];
        if (row->kind != kind || (group >= 0 && row->group != group))
            continue;
        double u = ifc_utilisation(r, row);
        if (f.count == 0 || u < f.min)
            f.min = u;
        if (f.count == 0 || u > f.max) {
            f.max = u;
            f.busiest = row;
        }
        f.count++;
        f.mean += u;
        f.bytes += row->bytes;
        f.served += row->served;
        wait += (double)row->wait_ps;
    }
    f.mean = ifc_ratio(f.mean, f.count);
    f.wait_mean = ifc_ratio(wait, (double)f.served);
    return f;
}

const char *ifc_outcome_name(ifc_outcome outcome)
{
    switch (outcome) {
    case IFC_RUN_OK:
        return "ok";
    case IFC_RUN_OUT_OF_MEMORY:
        return "out_of_memory";
    case IFC_RUN_INTERRUPTED:
        return "interrupted";
    }
    return "unknown";
}

static const char *name_in(const char *const *names, int n, int i)
{
    return i >= 0 && i < n ? names[i] : "unknown";
}

const char *ifc_resource_kind_name(int kind)
{
    static const char *const names[] = {"channel", "die", "npu", "dram", "link"};
    return name_in(names, 5, kind);
}

const char *ifc_stream_op_name(int op)
{
    static const char *const names[] = {"read", "read_compute", "program", "erase", "trace"};
    return name_in(names, 5, op);
}

const char *ifc_result_group_name(const ifc_result *r, int group)
{
    if (!r->scenario || group < 0 || (uint32_t)group >= r->scenario->n_groups)
        return "";
    return r->scenario->groups[group].name;
}

const char *ifc_stream_op_of(const ifc_result *r)
{
    int op = ifc_scenario_flow_op(ifc_scenario_flow(r->scenario, 0));
    for (uint32_t i = 1; i < ifc_scenario_flows(r->scenario); i++)
        if (ifc_scenario_flow_op(ifc_scenario_flow(r->scenario, i)) != op)
            return "mixed";
    return ifc_stream_op_name(op);
}
