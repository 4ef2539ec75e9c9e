#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explain.h"
#include "platform/observe/figures.h"
#include "platform/observe/format.h"
#include "platform/observe/output.h"
#include "platform/observe/roofline.h"

#define PATH_ROWS 15

static const char *unit_of(const ifc_result *r)
{
    return ifc_is_stream(r) ? "request" : "token";
}

static double count_of(const ifc_result *r)
{
    double n = ifc_is_stream(r) ? (double)r->stream.requests : r->tokens;
    return n > 0 ? n : 1;
}

static void write_head(const ifc_explanation *x, const ifc_result *r, FILE *out)
{
    double ps = ifc_explain_time(r, 0);
    fprintf(out, "%s\n%s, IFCSim %s\n", x->own->title[0] ? x->own->title : x->own->file, x->own->file,
            IFC_VERSION);
    if (r->outcome == IFC_RUN_OUT_OF_MEMORY && r->overflow >= 0) {
        const ifc_capacity_row *c = &r->capacity[r->overflow];
        fprintf(out, "\ndoes not fit: %s needs %s and has %s\n", c->name,
                ifc_format_si((double)c->used, "B").text, ifc_format_si((double)c->total, "B").text);
        return;
    }
    double rate = ifc_is_stream(r) ? ifc_ratio((double)r->stream.requests * 1e12, (double)r->end_time)
                                   : ifc_tokens_per_second(r);
    fprintf(out, "\n%s per %s, %.4g %ss/s\n", ifc_format_time(ps).text, unit_of(r), rate, unit_of(r));
}

static void write_shares(const ifc_result *r, bool by_operator, FILE *out)
{
    size_t n;
    double total = (double)ifc_path_total(r);
    ifc_share *shares = ifc_explain_shares(r, by_operator, &n);
    fprintf(out, "\nWhat a token waits for, by %s\n", by_operator ? "operator" : "resource");
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %3zu. %7s %12s  %s\n", i + 1,
                ifc_format_percent(ifc_ratio((double)shares[i].ps, total)).text,
                ifc_format_time((double)shares[i].ps / count_of(r)).text, shares[i].name);
    free(shares);
}

static void write_bottlenecks(const ifc_result *r, FILE *out)
{
    double total = (double)ifc_path_total(r), rest = total;
    if (r->n_path == 0) {
        fprintf(out, "\nA stream of requests has no critical path; the limits are in 'ifcsim run'.\n");
        return;
    }
    write_shares(r, false, out);
    write_shares(r, true, out);
    fprintf(out, "\nWhat a token waits for, by operator, resource and phase\n");
    uint32_t shown = r->n_path < PATH_ROWS ? r->n_path : PATH_ROWS;
    for (uint32_t i = 0; i < shown; i++) {
        const ifc_path_row *row = &r->path[i];
        fprintf(out, "  %3" PRIu32 ". %7s %12s  %-16s %-12s %s\n", i + 1,
                ifc_format_percent(ifc_ratio((double)row->ps, total)).text,
                ifc_format_time((double)row->ps / count_of(r)).text, row->operator_name, row->resource,
                row->phase);
        rest -= (double)row->ps;
    }
    if (shown < r->n_path)
        fprintf(out, "  %4s %7s %12s  %" PRIu32 " others\n", "",
                ifc_format_percent(ifc_ratio(rest, total)).text, ifc_format_time(rest / count_of(r)).text,
                r->n_path - shown);
}

static ifc_figure amount(double value, const char *unit)
{
    ifc_figure none = {"-"};
    return value > 0 ? ifc_format_si(value, unit) : none;
}

static void write_roofline_row(const ifc_result *r, const ifc_operator_row *row, FILE *out)
{
    ifc_roofline_row p = ifc_roofline_of(r, row);
    char rate[16];
    double n = count_of(r);
    snprintf(rate, sizeof rate, "%s/s", p.unit);
    fprintf(out, "  %-11s %-8s %12s %10s %10s %14s", row->name,
            row->group >= 0 ? r->scenario->groups[row->group].name : "-", amount(p.work / n, p.unit).text,
            amount(row->bytes_sensed / n, "B").text,
            amount(((double)row->bytes_down + (double)row->bytes_up + (double)row->dram_bytes) / n, "B").text,
            amount(p.attained, rate).text);
    for (int c = 0; c < IFC_CEILINGS; c++)
        fprintf(out, " %9s", amount(p.ceiling[c], "").text);
    if (p.share > 0)
        fprintf(out, "  %s of %s", ifc_format_percent(p.share).text, ifc_ceiling_name(p.bound));
    fputc('\n', out);
}

static void write_roofline(const ifc_result *r, FILE *out)
{
    fprintf(out,
            "\nRoofline: per second while the operator was under way, and what each resource would allow\n");
    fprintf(out, "  %-11s %-8s %12s %10s %10s %14s %9s %9s %9s %9s %9s %9s  %s\n", "operator", "group",
            "work", "sensed", "moved", "attained", "array", "ECC", "MAC", "bus", "NPU", "DRAM",
            "share of the lowest");
    for (uint32_t i = 0; i < r->n_operators; i++)
        write_roofline_row(r, &r->operators[i], out);
    fprintf(out, "  work, sensed and moved (buses, DRAM) are per %s\n", unit_of(r));
}

static bool part_of_period(const ifc_variant *v)
{
    return v->tokens > 0 && v->tokens % v->period != 0;
}

static void write_unrun(const ifc_variant *v, const ifc_variant_figures *f, FILE *out)
{
    if (!v->job) {
        fprintf(out, "not possible: %s", v->refused);
    } else if (v->job->status != IFC_OK) {
        fprintf(out, "%s: %s", f->status, v->job->error.text);
    } else if (v->kind == IFC_VARIANT_DOUBLED && v->job->result.outcome == IFC_RUN_OUT_OF_MEMORY) {
        fputs("does not fit", out);
    } else if (v->job->result.outcome == IFC_RUN_OUT_OF_MEMORY && v->job->result.overflow >= 0) {
        const ifc_capacity_row *c = &v->job->result.capacity[v->job->result.overflow];
        fprintf(out, "does not fit: %s needs %s and has %s", c->name,
                ifc_format_si((double)c->used, "B").text, ifc_format_si((double)c->total, "B").text);
    } else {
        fputs(f->status, out);
    }
    fputc('\n', out);
}

/* Over how many tokens, and whether they are whole periods of both sides. */
static void write_window(const ifc_variant *v, FILE *out)
{
    if (v->tokens > 0)
        fprintf(out, ", over %" PRIu32 " token%s", v->tokens, v->tokens == 1 ? "" : "s");
    if (part_of_period(v))
        fprintf(out, " (a period has %" PRIu64 ")", v->period);
}

static void write_waterfall(const ifc_explanation *x, const ifc_result *r, FILE *out)
{
    double longest = 0; /* the scenario itself may not fit and have no time */
    for (size_t i = 0; i < x->n; i++) {
        ifc_variant_figures f = ifc_explain_figures(x, i);
        longest = x->variants[i].kind == IFC_VARIANT_STEP && f.ps > longest ? f.ps : longest;
    }
    bool first = true, micro = longest < (double)IFC_MS;
    double scale = micro ? 1e-6 : 1e-9;
    fprintf(out, "\nEffects, one switched on after the other: %s per %s", micro ? "us" : "ms", unit_of(r));
    for (size_t i = 0; i < x->n; i++)
        if (x->variants[i].kind == IFC_VARIANT_STEP) {
            write_window(&x->variants[i], out);
            break;
        }
    fprintf(out, "\n  %-16s %-20s %12s %12s\n", "effect", "", "costs", "gives");
    for (size_t i = 0; i < x->n; i++) {
        const ifc_variant *v = &x->variants[i];
        if (v->kind != IFC_VARIANT_STEP)
            continue;
        ifc_variant_figures f = ifc_explain_figures(x, i);
        fprintf(out, "  %-16s %-20s ", v->name, v->change);
        if (f.ps == 0)
            write_unrun(v, &f, out);
        else if (first)
            fprintf(out, "%12s %12.4f\n", "", f.ps * scale);
        else
            fprintf(out, "%+12.4f %12.4f\n", f.delta_ps * scale, f.ps * scale);
        first = false;
    }
}

static void write_time(const ifc_variant *v, double ps, FILE *out)
{
    fputs(ifc_format_time(ps).text, out);
    if (v->tokens > 0)
        fprintf(out, "  %4" PRIu32 "%s", v->tokens, part_of_period(v) ? " *" : "");
    fputc('\n', out);
}

static void write_doubling(const ifc_explanation *x, const ifc_result *r, FILE *out)
{
    size_t n, *order = ifc_explain_doubled(x, &n);
    bool part = false;
    fprintf(out, "\nEach resource made twice as good, by itself\n  %9s %9s  %-24s %-28s per %s%s\n",
            "speed-up", "", "resource", "", unit_of(r), ifc_is_stream(r) ? "" : ", over tokens");
    for (size_t i = 0; i < n; i++) {
        const ifc_variant *v = &x->variants[order[i]];
        ifc_variant_figures f = ifc_explain_figures(x, order[i]);
        if (f.speedup > 0)
            fprintf(out, "  %8.4fx %+8.2f%%", f.speedup, 100 * (f.speedup - 1));
        else
            fprintf(out, "  %9s %9s", "-", "");
        fprintf(out, "  %-24s %-28s ", v->name, v->change);
        if (f.ps > 0)
            write_time(v, f.ps, out);
        else
            write_unrun(v, &f, out);
        part |= f.ps > 0 && part_of_period(v);
    }
    if (part)
        fputs("  * part of a period of flushes and pages that both sides share: as many flushes as are due, "
              "or nearly\n"
              "    so, and pages with too much or too little weight\n",
              out);
    free(order);
}

ifc_status ifc_explain_text(const ifc_explanation *x, FILE *out, ifc_error *err)
{
    const ifc_result *r = &x->jobs[0].result;
    bool fits = r->outcome == IFC_RUN_OK;
    write_head(x, r, out);
    if (fits && (x->parts & IFC_EXPLAIN_BOTTLENECKS))
        write_bottlenecks(r, out);
    if (fits && (x->parts & IFC_EXPLAIN_ROOFLINE))
        write_roofline(r, out);
    if (x->parts & IFC_EXPLAIN_WATERFALL)
        write_waterfall(x, r, out);
    if (x->parts & IFC_EXPLAIN_DOUBLING)
        write_doubling(x, r, out);
    return ifc_stream_check(out, "the explanation", err);
}
