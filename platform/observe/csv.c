#include "platform/observe/csv.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/figures.h"
#include "platform/observe/output.h"
#include "platform/observe/requests.h"
#include "platform/observe/rows.h"
#include "platform/observe/warnings.h"

typedef struct table {
    FILE *out;
    const char *scenario; /* first column; NULL: none */
    const char *section, *name;
} table;

/* What a spreadsheet would take for a formula. */
static bool is_formula(const char *text)
{
    char *end;
    if (!text[0] || !strchr("=+-@", text[0]))
        return false;
    (void)strtod(text, &end);
    return end == text || *end;
}

/* A formula gets an apostrophe, which makes it text. */
static void put_field(FILE *out, const char *text)
{
    const char *mark = is_formula(text) ? "'" : "";
    if (!strpbrk(text, ",\"\r\n")) {
        fprintf(out, "%s%s", mark, text);
        return;
    }
    fprintf(out, "\"%s", mark);
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            fputc('"', out);
        fputc(*p, out);
    }
    fputc('"', out);
}

static void put_text(const table *t, const char *field, const char *value, const char *unit)
{
    if (t->scenario) {
        put_field(t->out, t->scenario);
        fputc(',', t->out);
    }
    const char *const columns[] = {t->section, t->name, field, value, unit};
    for (size_t i = 0; i < 5; i++) {
        put_field(t->out, columns[i]);
        fputs(i < 4 ? "," : "\r\n", t->out);
    }
}

static void put_count(const table *t, const char *field, uint64_t value, const char *unit)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, value);
    put_text(t, field, text, unit);
}

static void put_real(const table *t, const char *field, double value, const char *unit)
{
    char text[40];
    snprintf(text, sizeof text, "%.15g", isfinite(value) ? value : 0.0);
    put_text(t, field, text, unit);
}

/* The figures of @from, a part of @r. */
static void put_rows(const table *t, const ifc_row *rows, const ifc_result *r, const void *from)
{
    for (const ifc_row *row = rows; row->kind != IFC_ROW_END; row++) {
        if (row->csv && row->kind == IFC_ROW_COUNT)
            put_count(t, row->csv, ifc_row_count(row, r, from), row->unit);
        else if (row->csv)
            put_real(t, row->csv, ifc_row_real(row, r, from), row->unit);
    }
}

static void at(table *t, const char *section, const char *name)
{
    t->section = section;
    t->name = name;
}

static void write_identity(table *t, const ifc_result *r)
{
    at(t, "run", "");
    put_text(t, "version", IFC_VERSION, "");
    put_text(t, "scenario", r->scenario ? r->scenario->file : "", "");
    put_text(t, "title", r->scenario ? r->scenario->title : "", "");
    put_text(t, "scenario_hash", r->scenario_hash, "");
    put_text(t, "status", ifc_outcome_name(r->outcome), "");
    put_text(t, "workload", ifc_is_stream(r) ? "stream" : ifc_is_requests(r) ? "requests" : "decode", "");
    put_text(t, "grain", r->grain ? r->grain : "", "");
    put_count(t, "end_time", (uint64_t)r->end_time, "ps");
}

static ifc_status write_decode(table *t, const ifc_result *r, ifc_error *err)
{
    ifc_latency_figures f;
    if (!ifc_latency_of(r, &f))
        return ifc_fail(err, IFC_EINTERNAL, "out of memory for the statistics");
    at(t, "decode", "");
    put_rows(t, ifc_rows_decode, r, &f);
    at(t, "window", "");
    put_rows(t, ifc_rows_window, r, &r->window);
    for (uint32_t i = 0; i < r->tokens && !ifc_is_requests(r); i++) { /* those are too many */
        char token[16];
        snprintf(token, sizeof token, "%" PRIu32, i);
        at(t, "token", token);
        put_count(t, "latency", (uint64_t)r->token_latency[i], "ps");
    }
    return IFC_OK;
}

static void write_times(table *t, const char *name, const ifc_request_times *times)
{
    at(t, "requests", name);
    put_real(t, "mean", times->mean, "ps");
    put_count(t, "p50", (uint64_t)times->p50, "ps");
    put_count(t, "p90", (uint64_t)times->p90, "ps");
    put_count(t, "p99", (uint64_t)times->p99, "ps");
    put_count(t, "max", (uint64_t)times->max, "ps");
}

static ifc_status write_requests(table *t, const ifc_result *r, ifc_error *err)
{
    ifc_request_figures f;
    if (!ifc_request_figures_of(r, &f))
        return ifc_fail(err, IFC_EINTERNAL, "out of memory for the statistics");
    at(t, "requests", "");
    put_rows(t, ifc_rows_requests, r, &f);
    write_times(t, "queue", &f.queue);
    write_times(t, "ttft", &f.ttft);
    write_times(t, "tpot", &f.tpot);
    write_times(t, "latency", &f.latency);
    if (!ifc_has_contexts(r))
        return IFC_OK;
    at(t, "contexts", "");
    put_rows(t, ifc_rows_contexts, r, &f);
    write_times(t, "switching", &f.switching);
    return IFC_OK;
}

static void write_stream(table *t, const ifc_result *r)
{
    at(t, "stream", ifc_stream_op_of(r));
    put_rows(t, ifc_rows_stream, r, &r->stream);
    if (ifc_scenario_tells_reads(r->scenario))
        put_rows(t, ifc_rows_stream_reads, r, &r->stream);
    for (uint32_t i = 0; i < r->n_flows; i++) {
        at(t, "flows", r->flows[i].name);
        put_text(t, "group", r->flows[i].group, "");
        put_rows(t, ifc_rows_flow, r, &r->flows[i]);
        put_rows(t, ifc_rows_flow_reads, r, &r->flows[i]);
    }
    for (uint32_t i = 0; i < r->n_histogram; i++) {
        const ifc_histogram_row *h = &r->histogram[i];
        char from[32];
        snprintf(from, sizeof from, "%" PRId64, h->from);
        at(t, "histogram", h->flow < 0 ? ifc_stream_op_of(r) : r->flows[h->flow].name);
        put_count(t, from, h->requests, "");
    }
}

static void write_counts(table *t, const ifc_result *r)
{
    at(t, "counts", "");
    put_rows(t, ifc_rows_counts, r, r);
    at(t, "kv_buffer", "");
    put_rows(t, ifc_rows_buffer, r, r);
    at(t, "power", "");
    put_rows(t, ifc_rows_power, r, r);
}

static void write_use(table *t, const ifc_result *r)
{
    for (uint32_t i = 0; i < r->n_rates; i++) {
        at(t, "rates", r->rates[i].name);
        put_real(t, "attained", r->rates[i].attained, r->rates[i].unit);
        put_real(t, "peak", r->rates[i].peak, r->rates[i].unit);
        put_real(t, "busy_share", r->rates[i].busy_share, "");
    }
    for (uint32_t i = 0; i < r->n_energy; i++) {
        at(t, "energy", r->energy[i].name);
        put_real(t, "energy", r->energy[i].joule, "J");
    }
    for (uint32_t i = 0; i < r->n_resources; i++) {
        const ifc_resource_row *row = &r->resources[i];
        at(t, "resources", row->name);
        put_count(t, "busy", (uint64_t)row->busy_ps, "ps");
        put_real(t, "utilisation", ifc_utilisation(r, row), "");
        put_count(t, "wait", (uint64_t)row->wait_ps, "ps");
        put_count(t, "served", row->served, "");
        put_count(t, "bytes", row->bytes, "B");
    }
}

static void write_operators(table *t, const ifc_result *r)
{
    for (uint32_t i = 0; i < r->n_operators; i++) {
        const ifc_operator_row *row = &r->operators[i];
        at(t, "operators", row->name);
        put_text(t, "group", row->group < 0 ? "" : ifc_result_group_name(r, row->group), "");
        put_rows(t, ifc_rows_operator, r, row);
    }
}

static void write_path(table *t, const ifc_result *r)
{
    double total = (double)ifc_path_total(r);
    for (uint32_t i = 0; i < r->n_path; i++) {
        const ifc_path_row *row = &r->path[i];
        char name[3 * IFC_NAME_MAX];
        snprintf(name, sizeof name, "%s/%s/%s", row->operator_name, row->resource, row->phase);
        at(t, "critical_path", name);
        put_count(t, "time", (uint64_t)row->ps, "ps");
        put_real(t, "share", ifc_ratio((double)row->ps, total), "");
    }
}

static void write_splits(table *t, const ifc_result *r)
{
    for (uint32_t i = 0; i < r->n_splits; i++) {
        char name[2 * IFC_NAME_MAX];
        snprintf(name, sizeof name, "%s %llux%llu", r->splits[i].name, (unsigned long long)r->splits[i].rows,
                 (unsigned long long)r->splits[i].cols);
        at(t, "split", name);
        put_rows(t, ifc_rows_splits, r, &r->splits[i]);
    }
}

static void write_memory(table *t, const ifc_result *r)
{
    for (uint32_t i = 0; i < r->n_capacity; i++) {
        at(t, "capacity", r->capacity[i].name);
        put_rows(t, ifc_rows_capacity, r, &r->capacity[i]);
    }
    if (r->outcome == IFC_RUN_OUT_OF_MEMORY && r->overflow >= 0 && (uint32_t)r->overflow < r->n_capacity) {
        at(t, "overflow", r->capacity[r->overflow].name);
        put_count(t, "needed", r->capacity[r->overflow].used, "B");
        put_count(t, "available", r->capacity[r->overflow].total, "B");
    }
    for (uint32_t i = 0; i < r->n_wear; i++) {
        at(t, "wear", r->wear[i].group);
        put_rows(t, ifc_rows_wear, r, &r->wear[i]);
        if (ifc_is_requests(r))
            put_rows(t, ifc_rows_blocks, r, &r->wear[i]);
    }
    if (r->power_budget > 0) {
        at(t, "power_budget", "");
        put_rows(t, ifc_rows_budget, r, r);
    }
    for (uint32_t i = 0; i < r->n_wear; i++)
        if (r->wear[i].errors.drawn) {
            at(t, "errors", r->wear[i].group);
            put_rows(t, ifc_rows_errors, r, &r->wear[i].errors);
        }
}

/* What was chosen, and what it counted: rows of one name are one policy. */
static void write_policy(table *t, const ifc_result *r, uint32_t index)
{
    const ifc_policy_row *p = &r->policies[index];
    char name[IFC_NAME_MAX + 16], field[IFC_NAME_MAX + 16];
    snprintf(name, sizeof name, "%s%s", strcmp(p->kind, "observer") == 0 ? "observers." : "", p->label);
    at(t, "policies", name);
    put_text(t, "name", p->name, "");
    put_text(t, "default", p->chosen ? "false" : "true", "");
    if (p->plugin[0]) {
        put_text(t, "plugin", p->plugin, "");
        put_text(t, "plugin_hash", p->digest, "");
    }
    for (uint32_t i = 0; i < r->n_policy_values; i++) {
        const ifc_policy_value_row *v = &r->policy_values[i];
        if (v->policy != index)
            continue;
        snprintf(field, sizeof field, "%s.%s", v->statistic ? "statistics" : "parameters", v->name);
        if (v->statistic)
            put_real(t, field, v->value, v->unit);
        else
            put_text(t, field, v->text, "");
    }
}

static void write_apart(table *t, const ifc_result *r)
{
    for (uint32_t g = 0; r->scenario && g < r->scenario->n_groups; g++) {
        at(t, "dies", r->scenario->groups[g].name);
        put_count(t, "count", r->scenario->groups[g].dies, "dies");
    }
    for (uint32_t i = 0; i < r->n_policies; i++)
        write_policy(t, r, i);
}

static void write_warnings(table *t, const ifc_result *r)
{
    ifc_warnings w;
    ifc_warnings_of(r, &w);
    at(t, "warnings", "");
    for (uint32_t i = 0; i < w.n; i++)
        put_text(t, "warning", w.text[i], "");
}

ifc_status ifc_write_csv(const ifc_result *r, bool scenario_column, bool header, FILE *out, ifc_error *err)
{
    table t = {out, NULL, "", ""};
    if (scenario_column)
        t.scenario = r->scenario ? r->scenario->file : "";
    if (header)
        fprintf(out, "%ssection,name,field,value,unit\r\n", scenario_column ? "scenario," : "");
    write_identity(&t, r);
    if (ifc_is_stream(r)) {
        write_stream(&t, r);
    } else {
        ifc_status status = write_decode(&t, r, err);
        if (status == IFC_OK && ifc_is_requests(r))
            status = write_requests(&t, r, err);
        if (status != IFC_OK)
            return status;
    }
    write_counts(&t, r);
    write_use(&t, r);
    write_operators(&t, r);
    write_path(&t, r);
    write_splits(&t, r);
    write_memory(&t, r);
    write_apart(&t, r);
    write_warnings(&t, r);
    return ifc_stream_check(out, "the table", err);
}
