#include "platform/observe/summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/figures.h"
#include "platform/observe/format.h"
#include "platform/observe/output.h"
#include "platform/observe/requests.h"
#include "platform/observe/rows.h"
#include "platform/observe/warnings.h"

#define PATH_ROWS 10

/* A run of 1 token and one of none share the "per token" columns: no tokens count as one whole run. */
static double per_token(const ifc_result *r, double value)
{
    return r->tokens > 0 ? value / r->tokens : value;
}

static const char *per_what(const ifc_result *r)
{
    return r->tokens > 0 ? "per token" : "in the run";
}

static void write_head(const ifc_result *r, FILE *out)
{
    const ifc_scenario *s = r->scenario;
    fprintf(out, "%s\n", s->title[0] ? s->title : s->file);
    fprintf(out, "%s, IFCSim %s, scenario %s\n", s->file, IFC_VERSION, r->scenario_hash);
    if (ifc_is_requests(r))
        fprintf(out, "%s, %" PRIu32 " request%s served", s->model.name, r->n_requests,
                r->n_requests == 1 ? "" : "s");
    else if (!ifc_is_stream(r))
        fprintf(out, "%s, context %" PRIu32 ", %" PRIu32 " token%s decoded", s->model.name,
                s->workload.context, r->tokens, r->tokens == 1 ? "" : "s");
    if (r->ttft > 0 && !ifc_is_requests(r))
        fprintf(out, " after a prompt of %" PRIu32 ", first token at %s", s->workload.prompt,
                ifc_format_time(r->ttft).text);
    if (!ifc_is_stream(r) && s->workload.batch > 1)
        fprintf(out, ", %" PRIu32 " sequences together", s->workload.batch);
    if (!ifc_is_stream(r) && s->workload.draft.tokens > 0)
        fprintf(out, ", %" PRIu32 " drafted each time", s->workload.draft.tokens);
    if (!ifc_is_stream(r))
        fputc('\n', out);
    ifc__summary_machine(r, out);
    if (r->grain)
        fprintf(out, "grain %s%s%s\n", r->grain, r->grain_reason[0] ? ": " : "", r->grain_reason);
    if (r->layers > 0)
        fprintf(out, "reuse %" PRIu64 " of %" PRIu64 " layers%s%s\n", r->layers_reused, r->layers,
                r->reuse_why_not[0] ? "; not the rest: " : "", r->reuse_why_not);
    if (r->outcome == IFC_RUN_INTERRUPTED)
        fprintf(out, "INCOMPLETE: interrupted; the figures cover what was finished\n");
}

static void write_effects_off(const ifc_result *r, FILE *out)
{
    const ifc_effects *e = &r->scenario->effects;
    const struct {
        bool on;
        const char *name;
    } all[] = {{e->page_rounding, "page_rounding"},
               {e->pipeline_fill, "pipeline_fill"},
               {e->bus, "bus"},
               {e->command, "command"},
               {e->kv_program, "kv_program"},
               {e->vector_ops, "vector_ops"},
               {e->ecc, "ecc"},
               {e->lm_head, "lm_head"},
               {e->kv_fill, "kv_fill"},
               {e->kv_capacity, "kv_capacity"}};
    bool any = false;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (!all[i].on) {
            fprintf(out, "%s%s", any ? ", " : "effects off: ", all[i].name);
            any = true;
        }
    if (any)
        fputc('\n', out);
}

static ifc_status write_decode(const ifc_result *r, FILE *out, ifc_error *err)
{
    ifc_latency_figures f;
    if (!ifc_latency_of(r, &f))
        return ifc_fail(err, IFC_EINTERNAL, "out of memory for the summary");
    fprintf(out, "\n  %-13s %14.4g tokens/s\n", "throughput", ifc_tokens_per_second(r));
    fprintf(out, "  %-13s %14s per token: p50 %s, p99 %s, min %s, max %s\n", "latency mean",
            ifc_format_time(f.mean).text, ifc_format_time((double)f.p50).text,
            ifc_format_time((double)f.p99).text, ifc_format_time((double)f.min).text,
            ifc_format_time((double)f.max).text);
    fprintf(out, "  %-13s %14s per token\n", "energy", ifc_format_si(ifc_energy_per_token(r), "J").text);
    return IFC_OK;
}

static void write_power(const ifc_result *r, FILE *out)
{
    fprintf(out, "  %-13s %14s average", "power", ifc_format_si(ifc_average_power(r), "W").text);
    fprintf(out, "; flash dies %s average", ifc_format_si(ifc_flash_power(r), "W").text);
    if (r->peak_power > 0)
        fprintf(out, ", one die at most %s", ifc_format_si(r->peak_power, "W").text);
    fputc('\n', out);
    if (r->power_budget > 0)
        fprintf(out, "  %-13s %14s for arrays: at most %s drawn; commands waited %s for it\n", "power budget",
                ifc_format_si(r->power_budget, "W").text, ifc_format_si(r->power_drawn, "W").text,
                ifc_format_time((double)r->power_wait).text);
}

static void write_warnings(const ifc_result *r, FILE *out)
{
    ifc_warnings w;
    ifc_warnings_of(r, &w);
    if (w.n == 0)
        return;
    fprintf(out, "\nNote\n");
    for (uint32_t i = 0; i < w.n; i++)
        fprintf(out, "  ! %s\n", w.text[i]);
}

static void write_rates(const ifc_result *r, FILE *out)
{
    if (r->n_rates == 0)
        return;
    fprintf(out, "\n%-15s %14s %14s %9s %9s\n", "Rates", "attained", "peak", "share", "busy");
    for (uint32_t i = 0; i < r->n_rates; i++) {
        const ifc_rate_row *row = &r->rates[i];
        fprintf(out, "  %-13s %14s %14s %9s %9s\n", row->name, ifc_format_si(row->attained, row->unit).text,
                ifc_format_si(row->peak, row->unit).text,
                ifc_format_percent(ifc_ratio(row->attained, row->peak)).text,
                ifc_format_percent(row->busy_share).text);
    }
}

static void write_path(const ifc_result *r, FILE *out)
{
    if (r->n_path == 0)
        return;
    double total = (double)ifc_path_total(r), rest = total;
    fprintf(out, "\nCritical path: what a token waits for\n  %4s %7s %12s  %-16s %-12s %s\n", "", "share",
            "per token", "operator", "resource", "phase");
    uint32_t shown = r->n_path < PATH_ROWS ? r->n_path : PATH_ROWS;
    for (uint32_t i = 0; i < shown; i++) {
        const ifc_path_row *row = &r->path[i];
        fprintf(out, "  %3" PRIu32 ". %7s %12s  %-16s %-12s %s\n", i + 1,
                ifc_format_percent(ifc_ratio((double)row->ps, total)).text,
                ifc_format_time(per_token(r, (double)row->ps)).text, row->operator_name, row->resource,
                row->phase);
        rest -= (double)row->ps;
    }
    if (shown < r->n_path)
        fprintf(out, "  %4s %7s %12s  %" PRIu32 " others\n", "",
                ifc_format_percent(ifc_ratio(rest, total)).text, ifc_format_time(per_token(r, rest)).text,
                r->n_path - shown);
}

static void write_energy(const ifc_result *r, FILE *out)
{
    double total = ifc_energy_total(r);
    if (total <= 0)
        return;
    fprintf(out, "\nEnergy %s\n", per_what(r));
    for (uint32_t i = 0; i < r->n_energy; i++)
        if (r->energy[i].joule > 0)
            fprintf(out, "  %-24s %12s %9s\n", r->energy[i].name,
                    ifc_format_si(per_token(r, r->energy[i].joule), "J").text,
                    ifc_format_percent(ifc_ratio(r->energy[i].joule, total)).text);
}

static void write_use_row(FILE *out, const char *name, ifc_busy_figures f, bool bytes)
{
    if (f.count == 0)
        return;
    fprintf(out, "  %-18s %6" PRIu32 " %9s %9s %9s %12s %12s\n", name, f.count,
            ifc_format_percent(f.mean).text, ifc_format_percent(f.min).text, ifc_format_percent(f.max).text,
            ifc_format_time(f.wait_mean).text, bytes ? ifc_format_si((double)f.bytes, "B").text : "-");
}

static void write_use(const ifc_result *r, FILE *out)
{
    if (r->n_resources == 0)
        return;
    fprintf(out, "\n%-20s %6s %9s %9s %9s %12s %12s\n", "Utilisation", "count", "mean", "least", "most",
            "mean wait", "bytes");
    for (uint32_t g = 0; g < r->scenario->n_groups; g++) {
        char name[IFC_NAME_MAX + 8];
        snprintf(name, sizeof name, "%s dies", r->scenario->groups[g].name);
        write_use_row(out, name, ifc_busy_of(r, IFC_RESOURCE_DIE, (int)g), true);
    }
    write_use_row(out, "channels", ifc_busy_of(r, IFC_RESOURCE_CHANNEL, -1), true);
    write_use_row(out, "npu", ifc_busy_of(r, IFC_RESOURCE_NPU, -1), false);
    write_use_row(out, "dram channels", ifc_busy_of(r, IFC_RESOURCE_DRAM, -1), true);
    write_use_row(out, "link, each way", ifc_busy_of(r, IFC_RESOURCE_LINK, -1), true);
}

/* Every bus by itself, but one line for all that moved the same and were equally busy. */
static void write_buses(const ifc_result *r, FILE *out)
{
    bool head = false;
    for (uint32_t i = 0; i < r->n_resources; i++) {
        const ifc_resource_row *row = &r->resources[i], *last = row;
        if (row->kind == IFC_RESOURCE_DIE || row->kind == IFC_RESOURCE_NPU)
            continue;
        while (i + 1 < r->n_resources && r->resources[i + 1].kind == row->kind &&
               r->resources[i + 1].bytes == row->bytes && r->resources[i + 1].busy_ps == row->busy_ps)
            last = &r->resources[++i];
        char name[2 * IFC_NAME_MAX + 8];
        snprintf(name, sizeof name, "%s%s%s", row->name, last == row ? "" : " .. ",
                 last == row ? "" : last->name);
        if (!head)
            fprintf(out, "\n%-26s %12s %9s %12s\n", "Bytes per bus", per_what(r), "busy", "rate");
        head = true;
        fprintf(out, "  %-24s %12s %9s %12s\n", name,
                ifc_format_si(per_token(r, (double)row->bytes), "B").text,
                ifc_format_percent(ifc_utilisation(r, row)).text,
                ifc_format_si(ifc_ratio((double)row->bytes * 1e12, (double)r->end_time), "B/s").text);
    }
}

static void write_amount(const ifc_result *r, FILE *out, const char *name, ifc_figure total, ifc_figure each)
{
    fprintf(out, "  %-24s %12s", name, total.text);
    if (r->tokens > 0)
        fprintf(out, " %14s", each.text);
    fputc('\n', out);
}

static void write_bytes(const ifc_result *r, FILE *out, const char *name, double value)
{
    write_amount(r, out, name, ifc_format_si(value, "B"), ifc_format_si(per_token(r, value), "B"));
}

static void write_counts(const ifc_result *r, FILE *out)
{
    for (const ifc_row *row = ifc_rows_counts; row->kind != IFC_ROW_END; row++) {
        if (!row->text)
            continue;
        double value = ifc_row_real(row, r, r);
        if (strcmp(row->unit, "B") == 0)
            write_bytes(r, out, row->text, value);
        else
            write_amount(r, out, row->text, ifc_format_count(value), ifc_format_count(per_token(r, value)));
    }
}

static void write_traffic(const ifc_result *r, FILE *out)
{
    fprintf(out, "\n%-26s %12s%s\n", "Work and traffic", "in the run",
            r->tokens > 0 ? "      per token" : "");
    write_counts(r, out);
    if (r->dram_bytes > 0)
        write_bytes(r, out, "DRAM", (double)r->dram_bytes);
    if (r->useful_kv_bytes > 0)
        fprintf(out, "  %-24s %12.2f   %s sensed for %s needed\n", "KV read amplification",
                ifc_read_amplification(r), ifc_format_si((double)r->sensed_kv_bytes, "B").text,
                ifc_format_si((double)r->useful_kv_bytes, "B").text);
    if (r->kv_buffer_bytes > 0)
        fprintf(out, "  %-24s %12s   of %s at most, %s on average; %" PRIu64 " flush%s\n", "KV buffer",
                ifc_format_buffer(r->kv_buffer_peak).text, ifc_format_buffer(r->kv_buffer_bytes).text,
                ifc_format_si(r->kv_buffer_mean, "B").text, r->flushes, r->flushes == 1 ? "" : "es");
}

static void write_splits(const ifc_result *r, FILE *out)
{
    if (r->n_splits == 0)
        return;
    fprintf(out, "\n%-15s %15s %15s %8s %8s %12s\n", "Split", "matrix", "tile", "tiles", "in dies", "share");
    for (uint32_t i = 0; i < r->n_splits; i++) {
        const ifc_split_row *s = &r->splits[i];
        char matrix[48], tile[48];
        snprintf(matrix, sizeof matrix, "%llu x %llu", (unsigned long long)s->rows,
                 (unsigned long long)s->cols);
        snprintf(tile, sizeof tile, "%llu x %llu", (unsigned long long)s->tile_rows,
                 (unsigned long long)s->tile_cols);
        fprintf(out, "  %-13s %15s %15s %8llu %8llu %12s\n", s->name, matrix, tile,
                (unsigned long long)s->tiles, (unsigned long long)s->in_dies,
                ifc_format_percent(ifc_ratio((double)s->bytes_in_dies, (double)s->bytes)).text);
    }
}

static void write_capacity(const ifc_result *r, FILE *out)
{
    if (r->n_capacity == 0)
        return;
    fprintf(out, "\n%-15s %12s %12s %9s %12s %12s\n", "Capacity", "used", "total", "share", "weights", "KV");
    for (uint32_t i = 0; i < r->n_capacity; i++) {
        const ifc_capacity_row *c = &r->capacity[i];
        fprintf(out, "  %-13s %12s %12s %9s %12s %12s%s\n", c->name, ifc_format_size(c->used).text,
                ifc_format_size(c->total).text,
                ifc_format_percent(ifc_ratio((double)c->used, (double)c->total)).text,
                ifc_format_size(c->weights).text, ifc_format_size(c->kv).text,
                r->outcome == IFC_RUN_OUT_OF_MEMORY && r->overflow == (int)i ? "  does not fit" : "");
    }
}

static void write_lifetime(const ifc_result *r, const ifc_wear_row *w, const char *kind, double tokens,
                           const char *made_of, FILE *out)
{
    if (tokens > 0)
        fprintf(out, "  %-13s %-10s %14s %10.4g   %s\n", w->group, kind, ifc_format_si(tokens, "").text,
                ifc_lifetime_years(r, tokens), made_of);
    else
        fprintf(out, "  %-13s %-10s %14s %10s   %s\n", w->group, kind, "-", "-", made_of);
}

static void write_lifetimes(const ifc_result *r, FILE *out)
{
    char made_of[128];
    fprintf(out, "\n%-15s %-10s %14s %10s   at %d h a day\n", "Lifetime", "", "tokens", "years",
            (int)ifc_hours_a_day(r));
    for (uint32_t i = 0; i < r->n_wear; i++) {
        const ifc_wear_row *w = &r->wear[i];
        const ifc_flash_group *g = &r->scenario->groups[i];
        snprintf(made_of, sizeof made_of, "neither written nor read");
        if (w->lifetime_projected > 0)
            snprintf(made_of, sizeof made_of, "if wear spreads evenly and %s reads move a block",
                     ifc_format_count(g->read_limit).text);
        write_lifetime(r, w, "projected", w->lifetime_projected, made_of, out);
        if (!w->refreshed)
            continue;
        snprintf(made_of, sizeof made_of, w->moves ? "the most worn block after %llu moves" : "nothing moved",
                 (unsigned long long)w->moves);
        write_lifetime(r, w, "simulated", w->lifetime_simulated, made_of, out);
    }
}

static void write_wear(const ifc_result *r, FILE *out)
{
    if (r->n_wear == 0)
        return;
    fprintf(out, "\n%-15s %10s %10s %10s %12s %12s\n", "Wear", "programmed", "P/E mean", "P/E max",
            "reads mean", "reads max");
    for (uint32_t i = 0; i < r->n_wear; i++) {
        const ifc_wear_row *w = &r->wear[i];
        fprintf(out, "  %-13s %10s %10.4g %10.4g %12s %12s\n", w->group,
                ifc_format_count((double)w->pages_programmed).text, w->pe_mean, w->pe_max,
                ifc_format_count(w->reads_per_block_mean).text,
                ifc_format_count(w->reads_per_block_max).text);
    }
    if (ifc_is_requests(r))
        ifc__summary_blocks(r, out);
    if (r->tokens > 0)
        write_lifetimes(r, out);
}

static bool has_errors(const ifc_result *r)
{
    for (uint32_t i = 0; i < r->n_wear; i++)
        if (r->wear[i].errors.drawn)
            return true;
    return false;
}

/* The laws are of other cells: how cycles are counted is an assumption that stands beside the figures. */
static void write_errors(const ifc_result *r, FILE *out)
{
    static const char *const laws[] = {"none", "luo2018", "power-law", "table"};
    if (!has_errors(r))
        return;
    fprintf(out, "\n%-15s %10s %10s %10s %10s %10s\n", "Errors", "retried", "re-sensed", "lost: wts", "KV",
            "other");
    for (uint32_t i = 0; i < r->n_wear; i++) {
        const ifc_errors_row *e = &r->wear[i].errors;
        const ifc_flash_group *g = &r->scenario->groups[i];
        if (!e->drawn)
            continue;
        fprintf(out, "  %-13s %10s %10s %10s %10s %10s   %s; assumed: a cycle counts as %.3g of the law's\n",
                r->wear[i].group, ifc_format_count((double)e->failed).text,
                ifc_format_count((double)e->resensed).text, ifc_format_count((double)e->lost_weights).text,
                ifc_format_count((double)e->lost_kv).text, ifc_format_count((double)e->lost_other).text,
                laws[g->errors.law], e->pe_scale);
    }
}

static void write_overflow(const ifc_result *r, FILE *out)
{
    fprintf(out, "\nOUT OF MEMORY");
    if (r->overflow >= 0 && (uint32_t)r->overflow < r->n_capacity) {
        const ifc_capacity_row *c = &r->capacity[r->overflow];
        fprintf(out, ": %s does not fit: %s needed (weights %s, KV %s), %s available", c->name,
                ifc_format_size(c->used).text, ifc_format_size(c->weights).text, ifc_format_size(c->kv).text,
                ifc_format_size(c->total).text);
    }
    fputc('\n', out);
}

static ifc_status write_run(const ifc_result *r, FILE *out, ifc_error *err)
{
    ifc_status status = IFC_OK;
    if (ifc_is_stream(r))
        ifc__summary_stream(r, out);
    else
        status = write_decode(r, out, err);
    if (status == IFC_OK && ifc_is_requests(r))
        status = ifc__summary_requests(r, out, err);
    write_power(r, out);
    write_warnings(r, out);
    write_rates(r, out);
    write_path(r, out);
    write_energy(r, out);
    write_use(r, out);
    write_buses(r, out);
    write_traffic(r, out);
    ifc__summary_policies(r, out);
    return status;
}

ifc_status ifc_write_summary(const ifc_result *r, FILE *out, ifc_error *err)
{
    ifc_status status = IFC_OK;
    write_head(r, out);
    write_effects_off(r, out);
    if (r->outcome == IFC_RUN_OUT_OF_MEMORY)
        write_overflow(r, out);
    else
        status = write_run(r, out, err);
    write_splits(r, out);
    write_capacity(r, out);
    if (r->outcome != IFC_RUN_OUT_OF_MEMORY)
        write_wear(r, out);
    if (r->outcome != IFC_RUN_OUT_OF_MEMORY)
        write_errors(r, out);
    if (status != IFC_OK)
        return status;
    return ifc_stream_check(out, "the summary", err);
}
