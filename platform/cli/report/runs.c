#include "platform/cli/report/runs.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "platform/common/memory.h"

enum { WAITS_MAX = 128 };

/* A number of the statistics by the path of its keys, as it is shown; NAN: there is none. */
static double number_at(const json_t *stats, const char *path, double scale)
{
    for (const char *key = path; stats && *key;) {
        size_t n = strcspn(key, ".");
        stats = json_object_getn(stats, key, n);
        key += n + (key[n] == '.');
    }
    return json_is_number(stats) ? json_number_value(stats) * scale : (double)NAN;
}

/* Columns of figures; one with @per is divided by that. Figures of 0 are none: nothing was decoded or costs.
 */
static const struct column {
    const char *title, *path, *per;
    double scale;
} columns[] = {
    {"tokens/s", "decode.tokens_per_second", NULL, 1},
    {"latency (ms)", "decode.latency_ps.mean", NULL, 1e-9},
    {"time to first token (s)", "prefill.ttft_ps", NULL, 1e-12},
    {"GB/s", "stream.bytes_per_second", NULL, 1e-9},
    {"energy per token (J)", "decode.energy_j_per_token", NULL, 1},
    {"power (W)", "power_w.average", NULL, 1},
    {"price ($)", "price_usd", NULL, 1},
    {"tokens/s per $", "decode.tokens_per_second", "price_usd", 1},
    {"tokens/s per W", "decode.tokens_per_second", "power_w.average", 1},
};

enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

static double figure(const json_t *stats, const struct column *c)
{
    double value = number_at(stats, c->path, c->scale);
    if (c->per)
        value /= number_at(stats, c->per, 1);
    return value > 0 && isfinite(value) ? value : (double)NAN;
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* The resource and phase with the largest part of the critical path, whatever the operator. */
static void waits_of(const json_t *stats, char out[WAITS_MAX])
{
    const json_t *path = json_object_get(stats, "critical_path");
    double longest = 0;
    size_t i, k;
    json_t *row, *other;
    out[0] = '\0';
    json_array_foreach(path, i, row)
    {
        double sum = 0;
        json_array_foreach(path, k,
                           other) if (strcmp(text_at(row, "resource"), text_at(other, "resource")) == 0 &&
                                      strcmp(text_at(row, "phase"), text_at(other, "phase")) == 0) sum +=
            json_number_value(json_object_get(other, "ps"));
        if (sum <= longest)
            continue;
        longest = sum;
        snprintf(out, WAITS_MAX, "%s %s", text_at(row, "resource"), text_at(row, "phase"));
    }
}

void ifc_report_table(const ifc_report_run *runs, size_t n, enum ifc_table_kind kind, FILE *out)
{
    char waits[WAITS_MAX];
    bool has[N_COLUMNS] = {false};
    ifc_table t = {.columns = 4};
    for (size_t c = 0; c < N_COLUMNS; c++) {
        for (size_t i = 0; i < n; i++)
            has[c] = has[c] || isfinite(figure(runs[i].stats, &columns[c]));
        t.columns += has[c];
    }
    ifc_table_add(&t, "run");
    ifc_table_add(&t, "title");
    ifc_table_add(&t, "status");
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (has[c])
            ifc_table_add(&t, "%s", columns[c].title);
    ifc_table_add(&t, "waits for");
    for (size_t i = 0; i < n; i++) {
        ifc_table_add(&t, "%s", runs[i].file);
        ifc_table_add(&t, "%s", text_at(runs[i].stats, "title"));
        ifc_table_add(&t, "%s", text_at(runs[i].stats, "status"));
        for (size_t c = 0; c < N_COLUMNS; c++)
            if (has[c])
                ifc_table_number(&t, kind, figure(runs[i].stats, &columns[c]));
        waits_of(runs[i].stats, waits);
        ifc_table_add(&t, "%s", waits);
    }
    ifc_table_write(&t, kind, out);
    ifc_texts_fini(&t.cells);
}
