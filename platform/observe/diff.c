#include "platform/observe/diff.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/arithmetic.h"
#include "platform/observe/apart.h"
#include "platform/observe/format.h"
#include "platform/observe/output.h"
#include "platform/observe/rows.h"
#include "platform/observe/stats_file.h"

typedef struct row {
    char name[200];
    const char *unit; /* "ps" is a time; "" a count */
    double value[2];
    bool present[2];
} row;

typedef struct rows {
    row *all; /* owned */
    size_t n, room;
    bool failed; /* out of memory */
} rows;

static row *row_called(rows *table, const char *name, const char *unit)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->all[i].name, name) == 0)
            return &table->all[i];
    if (table->n == table->room) {
        size_t room = table->room ? 2 * table->room : 32;
        row *grown = realloc(table->all, room * sizeof *grown);
        if (!grown) {
            table->failed = true;
            return NULL;
        }
        table->all = grown;
        table->room = room;
    }
    row *new = &table->all[table->n++];
    *new = (row){.unit = unit};
    snprintf(new->name, sizeof new->name, "%s", name);
    return new;
}

static void add(rows *table, const char *name, const char *unit, int side, const json_t *value, double scale)
{
    if (!json_is_number(value))
        return;
    row *r = row_called(table, name, unit);
    if (!r)
        return;
    r->value[side] += json_number_value(value) * scale;
    r->present[side] = true;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* "decode.latency_ps.mean" */
static const json_t *at_path(const json_t *object, const char *path)
{
    char key[64];
    while (object && *path) {
        size_t n = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)n, path);
        object = json_object_get(object, key);
        path += path[n] == '.' ? n + 1 : n;
    }
    return object;
}

/* The unit that is written: what has none here is a count. */
static const char *written(const char *unit)
{
    static const char *const units[] = {"ps", "J", "W", "B", "B/s"};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(unit, units[i]) == 0)
            return units[i];
    return "";
}

static void add_figures(rows *table, int side, const json_t *object, const ifc_row *list)
{
    for (const ifc_row *f = list; f->kind != IFC_ROW_END; f++)
        if (f->diff)
            add(table, f->diff, written(f->unit), side, at_path(object, f->json), 1.0);
}

static void add_headline(rows *table, int side, const json_t *root)
{
    add_figures(table, side, json_object_get(root, "decode"), ifc_rows_decode);
    add_figures(table, side, json_object_get(root, "stream"), ifc_rows_stream);
    add_figures(table, side, json_object_get(json_object_get(root, "stream"), "reads"),
                ifc_rows_stream_reads);
    json_t *requests = json_object_get(root, "requests");
    add_figures(table, side, requests, ifc_rows_requests);
    add_figures(table, side, json_object_get(requests, "contexts"), ifc_rows_contexts);
    add_figures(table, side, json_object_get(root, "power_w"), ifc_rows_power);
    add(table, "end of the run", "ps", side, json_object_get(root, "end_time_ps"), 1.0);
    add_figures(table, side, json_object_get(root, "counts"), ifc_rows_counts);
    add_figures(table, side, json_object_get(root, "kv_buffer"), ifc_rows_buffer);
}

static void add_energy(rows *table, int side, json_t *root, double scale)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(root, "energy_j"), name, value)
        add(table, name, "J", side, value, scale);
}

static void add_rates(rows *table, int side, const json_t *root)
{
    size_t i;
    json_t *rate;
    json_array_foreach(json_object_get(root, "rates"), i, rate)
    {
        const char *unit = strcmp(text_of(rate, "unit"), "MAC/s") == 0 ? "MAC/s" : "B/s";
        add(table, text_of(rate, "name"), unit, side, json_object_get(rate, "attained"), 1.0);
    }
}

static void add_path(rows *table, int side, const json_t *root, double scale)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(root, "critical_path"), i, entry)
    {
        char name[200];
        snprintf(name, sizeof name, "%s, %s, %s", text_of(entry, "operator"), text_of(entry, "resource"),
                 text_of(entry, "phase"));
        add(table, name, "ps", side, json_object_get(entry, "ps"), scale);
    }
}

/* "dispatch weighted, overtaken": what the policies that somebody chose counted. */
static void add_policies(rows *table, int side, json_t *root)
{
    for (int observers = 0; observers < 2; observers++) {
        const char *label, *name;
        json_t *policy, *statistic, *all = json_object_get(root, "policies");
        all = observers ? json_object_get(all, "observers") : all;
        json_object_foreach(all, label, policy)
        {
            if (!ifc_apart_is_chosen(policy))
                continue;
            json_object_foreach(json_object_get(policy, "statistics"), name, statistic)
            {
                char row_name[200];
                snprintf(row_name, sizeof row_name, "%s %s, %s", label, text_of(policy, "name"), name);
                const char *unit = text_of(statistic, "unit");
                unit = strcmp(unit, "count") == 0 ? "" : strcmp(unit, "bytes") == 0 ? "B" : unit;
                add(table, row_name, unit, side, json_object_get(statistic, "value"), 1.0);
            }
        }
    }
}

static double change_of(const row *r)
{
    return r->value[1] - r->value[0];
}

/* Largest change first; equal changes by name, so that the order is always the same. */
static int by_change(const void *a, const void *b)
{
    double x = fabs(change_of(a)), y = fabs(change_of(b));
    if (x != y)
        return x < y ? 1 : -1;
    return strcmp(((const row *)a)->name, ((const row *)b)->name);
}

static ifc_figure figure(const row *r, double value)
{
    if (strcmp(r->unit, "ps") == 0)
        return ifc_format_time(value);
    if (r->unit[0] == '\0' || strcmp(r->unit, "ratio") == 0)
        return ifc_format_count(value);
    return ifc_format_si(value, r->unit);
}

static ifc_figure relative(const row *r)
{
    ifc_figure f;
    if (!r->present[0] || !r->present[1])
        snprintf(f.text, sizeof f.text, "only in %s", r->present[0] ? "A" : "B");
    else if (r->value[0] == r->value[1])
        snprintf(f.text, sizeof f.text, "=");
    else if (r->value[0] == 0.0)
        snprintf(f.text, sizeof f.text, "from 0");
    else
        snprintf(f.text, sizeof f.text, "%+.2f %%", 100.0 * change_of(r) / fabs(r->value[0]));
    return f;
}

static void print_rows(const rows *table, const char *title, FILE *out)
{
    if (table->n == 0)
        return;
    fprintf(out, "\n%-40s %14s %14s %15s %12s\n", title, "A", "B", "change", "relative");
    for (size_t i = 0; i < table->n; i++) {
        const row *r = &table->all[i];
        double change = change_of(r);
        char sign[44] = "0";
        if (change != 0.0)
            snprintf(sign, sizeof sign, "%s%s", change > 0 ? "+" : "", figure(r, change).text);
        fprintf(out, "  %-38s %14s %14s %15s %12s\n", r->name,
                r->present[0] ? figure(r, r->value[0]).text : "-",
                r->present[1] ? figure(r, r->value[1]).text : "-", sign, relative(r).text);
    }
}

static double per_token_scale(json_t *const root[2], int side)
{
    double tokens[2];
    for (int i = 0; i < 2; i++)
        tokens[i] = json_number_value(at_path(root[i], "decode.tokens"));
    return tokens[0] > 0 && tokens[1] > 0 ? 1.0 / tokens[side] : 1.0;
}

/* Runs over part of a period hold flushes and new pages with a weight of their own: that is no change. */
static void print_windows(json_t *const root[2], FILE *out)
{
    double tokens[2], period[2];
    if (json_object_get(root[0], "requests"))
        return; /* each has lengths of its own */
    for (int i = 0; i < 2; i++) {
        tokens[i] = json_number_value(at_path(root[i], "decode.tokens"));
        period[i] = json_number_value(at_path(root[i], "decode.window.period_tokens"));
        double most = (double)IFC_LCM_MAX;
        if (!(tokens[i] >= 1 && tokens[i] <= most && period[i] >= 1 && period[i] <= most))
            return; /* not a decode, or an older file */
    }
    uint64_t common = ifc_lcm((uint64_t)period[0], (uint64_t)period[1]);
    if ((uint64_t)tokens[0] % common == 0 && (uint64_t)tokens[1] % common == 0)
        return;
    fprintf(out,
            "!  %.0f and %.0f tokens are not whole periods of flushes and pages of both: %llu tokens are\n",
            tokens[0], tokens[1], (unsigned long long)common);
}

static ifc_status compare(const char *const file[2], json_t *const root[2], FILE *out, ifc_error *err)
{
    rows headline = {0}, rates = {0}, energy = {0}, path = {0}, policies = {0};
    bool each = json_number_value(at_path(root[0], "decode.tokens")) > 0 &&
                json_number_value(at_path(root[1], "decode.tokens")) > 0;
    for (int i = 0; i < 2; i++) {
        add_headline(&headline, i, root[i]);
        add_rates(&rates, i, root[i]);
        add_energy(&energy, i, root[i], per_token_scale(root, i));
        add_path(&path, i, root[i], per_token_scale(root, i));
        add_policies(&policies, i, root[i]);
    }
    if (path.n > 0)
        qsort(path.all, path.n, sizeof path.all[0], by_change);
    bool failed = headline.failed || rates.failed || energy.failed || path.failed || policies.failed;
    failed = failed || !ifc_apart_print(file, root, out);
    if (!failed) {
        print_windows(root, out);
        print_rows(&headline, "Headline", out);
        print_rows(&rates, "Attained rates", out);
        print_rows(&energy, each ? "Energy per token" : "Energy in the run", out);
        print_rows(&path, each ? "Critical path, per token" : "Critical path, in the run", out);
        print_rows(&policies, "Policies that are not the default", out);
    }
    free(headline.all);
    free(rates.all);
    free(energy.all);
    free(path.all);
    free(policies.all);
    return failed ? ifc_fail(err, IFC_EINTERNAL, "out of memory for the comparison")
                  : ifc_stream_check(out, "the comparison", err);
}

ifc_status ifc_diff_files(const char *file_a, const char *file_b, FILE *out, ifc_error *err)
{
    const char *const file[2] = {file_a, file_b};
    ifc_error local = {.status = IFC_OK};
    json_t *root[2] = {NULL, NULL};
    ifc_status status;
    for (int i = 0; i < 2; i++)
        if (local.status == IFC_OK)
            root[i] = ifc_stats_load(file[i], &local);
    if (local.status != IFC_OK)
        status = ifc_fail(err, local.status, "%s", local.text);
    else if (strcmp(text_of(root[0], "workload"), text_of(root[1], "workload")) != 0)
        status = ifc_fail(err, IFC_EDATA, "%s is a %s run, %s a %s run: they cannot be compared", file_a,
                          text_of(root[0], "workload"), file_b, text_of(root[1], "workload"));
    else
        status = compare(file, root, out, err);
    json_decref(root[0]);
    json_decref(root[1]);
    return status;
}
