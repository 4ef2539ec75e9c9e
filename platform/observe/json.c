#include "platform/observe/json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/figures.h"
#include "platform/observe/json_detail.h"
#include "platform/observe/output.h"
#include "platform/observe/requests.h"
#include "platform/observe/rows.h"
#include "platform/observe/warnings.h"
#include "platform/scenario/load.h"

/* Adding to an object fails only for lack of memory; the first failure is kept and reported once. */
typedef struct builder {
    bool failed;
} builder;

static void put(builder *b, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        b->failed = true;
}

static void append(builder *b, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        b->failed = true;
}

static void put_real(builder *b, json_t *object, const char *key, double value)
{
    put(b, object, key, json_real(isfinite(value) ? value : 0.0));
}

static void put_count(builder *b, json_t *object, const char *key, uint64_t value)
{
    put(b, object, key, json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value));
}

/* The object in @object that the key's part before a '.' names; @key: what follows. */
static json_t *inner(builder *b, json_t *object, const char **key)
{
    const char *dot = strchr(*key, '.');
    char name[64];
    if (!dot)
        return object;
    snprintf(name, sizeof name, "%.*s", (int)(dot - *key), *key);
    *key = dot + 1;
    if (!json_object_get(object, name))
        put(b, object, name, json_object());
    return json_object_get(object, name);
}

/* The figures of @from, a part of @r. */
static void put_rows(builder *b, json_t *object, const ifc_row *rows, const ifc_result *r, const void *from)
{
    for (const ifc_row *row = rows; row->kind != IFC_ROW_END; row++) {
        const char *key = row->json;
        if (!key)
            continue;
        json_t *in = inner(b, object, &key);
        if (row->kind == IFC_ROW_COUNT)
            put_count(b, in, key, ifc_row_count(row, r, from));
        else
            put_real(b, in, key, ifc_row_real(row, r, from));
    }
}

static json_t *rows_object(builder *b, const ifc_row *rows, const ifc_result *r, const void *from)
{
    json_t *object = json_object();
    put_rows(b, object, rows, r, from);
    return object;
}

/* Names and files are the user's bytes; JSON is UTF-8, so bytes that are not become '?'. */
static json_t *text_value(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    char *copy = strdup(text);
    for (char *p = copy; p && *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    value = copy ? json_string(copy) : NULL;
    free(copy);
    return value;
}

static void put_text(builder *b, json_t *object, const char *key, const char *text)
{
    put(b, object, key, text_value(text ? text : ""));
}

static json_t *decode_object(builder *b, const ifc_result *r)
{
    json_t *each = json_array();
    ifc_latency_figures f;
    if (!ifc_latency_of(r, &f))
        b->failed = true;
    json_t *decode = rows_object(b, ifc_rows_decode, r, &f);
    for (uint32_t i = 0; i < r->tokens && !ifc_is_requests(r); i++) /* those are too many */
        append(b, each, json_integer(r->token_latency[i]));
    put(b, decode, "token_latency_ps", each);
    put(b, decode, "window", rows_object(b, ifc_rows_window, r, &r->window));
    return decode;
}

static json_t *over_time_object(builder *b, const ifc_result *r)
{
    static const char *const keys[] = {"arrival_ps", "queue_ps", "ttft_ps", "latency_ps", "latency_max_ps"};
    ifc_request_point points[IFC_REQUEST_POINTS];
    json_t *o = json_object(), *lists[5];
    uint32_t each;
    int n = ifc_request_points_of(r, points, &each);
    if (n < 0)
        b->failed = true;
    put_count(b, o, "each", each);
    for (int k = 0; k < 5; k++) {
        lists[k] = json_array();
        put(b, o, keys[k], lists[k]);
    }
    for (int i = 0; i < n; i++) {
        const ifc_request_point *p = &points[i];
        append(b, lists[0], json_integer(p->arrival));
        append(b, lists[1], json_real(p->queue));
        append(b, lists[2], json_real(p->ttft));
        append(b, lists[3], json_real(p->latency));
        append(b, lists[4], json_integer(p->latency_max));
    }
    return o;
}

static json_t *requests_object(builder *b, const ifc_result *r)
{
    ifc_request_figures f;
    if (!ifc_request_figures_of(r, &f))
        b->failed = true;
    json_t *requests = rows_object(b, ifc_rows_requests, r, &f);
    put_count(b, requests, "begun", r->requests_begun);
    put_count(b, requests, "unfinished_tokens", r->tokens_begun);
    put(b, requests, "over_time", over_time_object(b, r));
    if (ifc_has_contexts(r))
        put(b, requests, "contexts", rows_object(b, ifc_rows_contexts, r, &f));
    return requests;
}

static json_t *prefill_object(builder *b, const ifc_result *r)
{
    json_t *prefill = json_object();
    put_count(b, prefill, "tokens", r->prompt_tokens);
    put_count(b, prefill, "ttft_ps", (uint64_t)r->ttft);
    return prefill;
}

static json_t *histogram_array(builder *b, const ifc_result *r, int flow)
{
    json_t *rows = json_array();
    for (uint32_t i = 0; i < r->n_histogram; i++) {
        const ifc_histogram_row *h = &r->histogram[i];
        if (h->flow != flow)
            continue;
        json_t *row = json_object();
        put_count(b, row, "from_ps", (uint64_t)h->from);
        put_count(b, row, "requests", h->requests);
        append(b, rows, row);
    }
    return rows;
}

static json_t *flow_object(builder *b, const ifc_result *r, uint32_t i)
{
    const ifc_flow_row *row = &r->flows[i];
    json_t *flow = json_object();
    put_text(b, flow, "op", ifc_stream_op_name(row->op));
    put_text(b, flow, "group", row->group);
    put_rows(b, flow, ifc_rows_flow, r, row);
    put(b, flow, "reads", rows_object(b, ifc_rows_flow_reads, r, row));
    put(b, flow, "histogram", histogram_array(b, r, (int)i));
    return flow;
}

static json_t *stream_object(builder *b, const ifc_result *r)
{
    json_t *stream = json_object();
    put_text(b, stream, "op", ifc_stream_op_of(r));
    put_rows(b, stream, ifc_rows_stream, r, &r->stream);
    if (ifc_scenario_tells_reads(r->scenario))
        put(b, stream, "reads", rows_object(b, ifc_rows_stream_reads, r, &r->stream));
    put(b, stream, "histogram", histogram_array(b, r, -1));
    json_t *flows = json_object();
    for (uint32_t i = 0; i < r->n_flows; i++)
        put(b, flows, r->flows[i].name, flow_object(b, r, i));
    if (r->n_flows)
        put(b, stream, "flows", flows);
    else
        json_decref(flows);
    return stream;
}

static json_t *reuse_object(builder *b, const ifc_result *r)
{
    json_t *reuse = json_object();
    put_count(b, reuse, "layers", r->layers);
    put_count(b, reuse, "reused", r->layers_reused);
    put_text(b, reuse, "why_not", r->reuse_why_not);
    return reuse;
}

static json_t *energy_object(builder *b, const ifc_result *r)
{
    json_t *energy = json_object();
    for (uint32_t i = 0; i < r->n_energy; i++)
        put_real(b, energy, r->energy[i].name, r->energy[i].joule);
    return energy;
}

static json_t *path_array(builder *b, const ifc_result *r)
{
    json_t *path = json_array();
    double total = (double)ifc_path_total(r);
    for (uint32_t i = 0; i < r->n_path; i++) {
        const ifc_path_row *row = &r->path[i];
        json_t *o = json_object();
        put_text(b, o, "operator", row->operator_name);
        put_text(b, o, "resource", row->resource);
        put_text(b, o, "phase", row->phase);
        put_count(b, o, "ps", (uint64_t)row->ps);
        put_real(b, o, "share", ifc_ratio((double)row->ps, total));
        append(b, path, o);
    }
    return path;
}

static json_t *operators_array(builder *b, const ifc_result *r)
{
    json_t *operators = json_array();
    for (uint32_t i = 0; i < r->n_operators; i++) {
        const ifc_operator_row *row = &r->operators[i];
        json_t *o = json_object();
        put_text(b, o, "name", row->name);
        put_text(b, o, "group", row->group < 0 ? "" : ifc_result_group_name(r, row->group));
        put_rows(b, o, ifc_rows_operator, r, row);
        append(b, operators, o);
    }
    return operators;
}

static json_t *rates_array(builder *b, const ifc_result *r)
{
    json_t *rates = json_array();
    for (uint32_t i = 0; i < r->n_rates; i++) {
        const ifc_rate_row *row = &r->rates[i];
        json_t *o = json_object();
        put_text(b, o, "name", row->name);
        put_text(b, o, "unit", row->unit);
        put_real(b, o, "attained", row->attained);
        put_real(b, o, "peak", row->peak);
        put_real(b, o, "share", ifc_ratio(row->attained, row->peak));
        put_real(b, o, "busy_share", row->busy_share);
        append(b, rates, o);
    }
    return rates;
}

static json_t *resources_array(builder *b, const ifc_result *r)
{
    json_t *resources = json_array();
    for (uint32_t i = 0; i < r->n_resources; i++) {
        const ifc_resource_row *row = &r->resources[i];
        json_t *o = json_object();
        put_text(b, o, "name", row->name);
        put_text(b, o, "kind", ifc_resource_kind_name(row->kind));
        put_text(b, o, "group", row->kind == IFC_RESOURCE_DIE ? ifc_result_group_name(r, row->group) : "");
        put_count(b, o, "busy_ps", (uint64_t)row->busy_ps);
        put_real(b, o, "utilisation", ifc_utilisation(r, row));
        if (row->max_ps > 0) {
            put_count(b, o, "min_ps", (uint64_t)row->min_ps);
            put_count(b, o, "max_ps", (uint64_t)row->max_ps);
        }
        put_count(b, o, "wait_ps", (uint64_t)row->wait_ps);
        put_count(b, o, "served", row->served);
        put_count(b, o, "bytes", row->bytes);
        append(b, resources, o);
    }
    return resources;
}

static json_t *capacity_object(builder *b, const ifc_result *r, const ifc_capacity_row *row)
{
    json_t *o = json_object();
    put_text(b, o, "name", row->name);
    put_rows(b, o, ifc_rows_capacity, r, row);
    return o;
}

static json_t *capacity_array(builder *b, const ifc_result *r)
{
    json_t *capacity = json_array();
    for (uint32_t i = 0; i < r->n_capacity; i++)
        append(b, capacity, capacity_object(b, r, &r->capacity[i]));
    return capacity;
}

static json_t *split_array(builder *b, const ifc_result *r)
{
    json_t *splits = json_array();
    for (uint32_t i = 0; i < r->n_splits; i++) {
        json_t *o = json_object();
        put_text(b, o, "name", r->splits[i].name);
        put_rows(b, o, ifc_rows_splits, r, &r->splits[i]);
        append(b, splits, o);
    }
    return splits;
}

static json_t *wear_array(builder *b, const ifc_result *r)
{
    json_t *wear = json_array();
    for (uint32_t i = 0; i < r->n_wear; i++) {
        const ifc_wear_row *row = &r->wear[i];
        json_t *o = json_object();
        put_text(b, o, "group", row->group);
        put_rows(b, o, ifc_rows_wear, r, row);
        if (ifc_is_requests(r))
            put_rows(b, o, ifc_rows_blocks, r, row);
        append(b, wear, o);
    }
    return wear;
}

/* Of groups that have a law of errors; NULL: none has. */
static json_t *errors_array(builder *b, const ifc_result *r)
{
    json_t *errors = NULL;
    for (uint32_t i = 0; i < r->n_wear; i++) {
        if (!r->wear[i].errors.drawn)
            continue;
        errors = errors ? errors : json_array();
        json_t *o = json_object();
        put_text(b, o, "group", r->wear[i].group);
        put_rows(b, o, ifc_rows_errors, r, &r->wear[i].errors);
        append(b, errors, o);
    }
    return errors;
}

static json_t *policy_values_object(builder *b, const ifc_result *r, uint32_t policy, bool statistics)
{
    json_t *o = json_object();
    for (uint32_t i = 0; i < r->n_policy_values; i++) {
        const ifc_policy_value_row *v = &r->policy_values[i];
        if (v->policy != policy || v->statistic != statistics)
            continue;
        if (!statistics) {
            put_text(b, o, v->name, v->text);
            continue;
        }
        json_t *value = json_object();
        put_real(b, value, "value", v->value);
        put_text(b, value, "unit", v->unit);
        put(b, o, v->name, value);
    }
    return o;
}

static json_t *policies_object(builder *b, const ifc_result *r)
{
    json_t *policies = json_object();
    json_t *observers = json_object();
    for (uint32_t i = 0; i < r->n_policies; i++) {
        const ifc_policy_row *row = &r->policies[i];
        json_t *o = json_object();
        put_text(b, o, "name", row->name);
        put_text(b, o, "plugin", row->plugin);
        if (row->plugin[0])
            put_text(b, o, "plugin_hash", row->digest);
        put(b, o, "default", json_boolean(!row->chosen));
        put(b, o, "parameters", policy_values_object(b, r, i, false));
        put(b, o, "statistics", policy_values_object(b, r, i, true));
        put(b, strcmp(row->kind, "observer") == 0 ? observers : policies, row->label, o);
    }
    put(b, policies, "observers", observers);
    return policies;
}

static json_t *dies_object(builder *b, const ifc_result *r)
{
    json_t *dies = json_object();
    for (uint32_t g = 0; r->scenario && g < r->scenario->n_groups; g++)
        put_count(b, dies, r->scenario->groups[g].name, r->scenario->groups[g].dies);
    return dies;
}

static json_t *warnings_array(builder *b, const ifc_result *r)
{
    json_t *array = json_array();
    ifc_warnings w;
    ifc_warnings_of(r, &w);
    for (uint32_t i = 0; i < w.n; i++)
        append(b, array, text_value(w.text[i]));
    return array;
}

static json_t *grain_object(builder *b, const ifc_result *r)
{
    json_t *grain = json_object();
    put_text(b, grain, "name", r->grain);
    put_text(b, grain, "reason", r->grain_reason);
    return grain;
}

static void put_identity(builder *b, json_t *root, const ifc_result *r)
{
    put(b, root, "schema", json_integer(IFC_JSON_SCHEMA));
    put_text(b, root, "version", IFC_VERSION);
    put_text(b, root, "scenario", r->scenario ? r->scenario->file : "");
    put_text(b, root, "title", r->scenario ? r->scenario->title : "");
    put_text(b, root, "scenario_hash", r->scenario_hash);
    put_text(b, root, "status", ifc_outcome_name(r->outcome));
    put(b, root, "complete", json_boolean(r->outcome == IFC_RUN_OK));
    put_text(b, root, "workload", ifc_is_stream(r) ? "stream" : ifc_is_requests(r) ? "requests" : "decode");
    put(b, root, "grain", grain_object(b, r));
    put_count(b, root, "end_time_ps", (uint64_t)r->end_time);
}

static json_t *root_object(builder *b, const ifc_result *r, const char *resolved)
{
    json_t *root = json_object();
    put_identity(b, root, r);
    if (ifc_is_stream(r))
        put(b, root, "stream", stream_object(b, r));
    else
        put(b, root, "decode", decode_object(b, r));
    if (ifc_is_requests(r))
        put(b, root, "requests", requests_object(b, r));
    if (r->prompt_tokens > 0 && !ifc_is_requests(r))
        put(b, root, "prefill", prefill_object(b, r));
    put(b, root, "counts", rows_object(b, ifc_rows_counts, r, r));
    if (!ifc_is_stream(r))
        put(b, root, "reuse", reuse_object(b, r));
    put(b, root, "rates", rates_array(b, r));
    put(b, root, "energy_j", energy_object(b, r));
    put(b, root, "power_w", rows_object(b, ifc_rows_power, r, r));
    if (r->power_budget > 0)
        put(b, root, "power_budget", rows_object(b, ifc_rows_budget, r, r));
    put_real(b, root, "price_usd", r->scenario ? ifc_price(r->scenario) : 0);
    put(b, root, "kv_buffer", rows_object(b, ifc_rows_buffer, r, r));
    put(b, root, "critical_path", path_array(b, r));
    put(b, root, "operators", operators_array(b, r));
    put(b, root, "resources", resources_array(b, r));
    if (r->n_splits > 0)
        put(b, root, "split", split_array(b, r));
    put(b, root, "capacity", capacity_array(b, r));
    if (r->outcome == IFC_RUN_OUT_OF_MEMORY && r->overflow >= 0 && (uint32_t)r->overflow < r->n_capacity)
        put(b, root, "overflow", capacity_object(b, r, &r->capacity[r->overflow]));
    put(b, root, "wear", wear_array(b, r));
    json_t *errors = errors_array(b, r);
    if (errors)
        put(b, root, "errors", errors);
    put(b, root, "dies", dies_object(b, r));
    put(b, root, "policies", policies_object(b, r));
    put(b, root, "warnings", warnings_array(b, r));
    if (r->usage)
        put(b, root, "utilisation_over_time", ifc_json_usage(r));
    if (r->lanes.present)
        put(b, root, "token_lanes", ifc_json_lanes(r));
    if (resolved)
        put_text(b, root, "resolved", resolved);
    return root;
}

ifc_status ifc_write_json(const ifc_result *r, const char *resolved, FILE *out, ifc_error *err)
{
    builder b = {false};
    json_t *root = root_object(&b, r, resolved);
    if (b.failed) {
        json_decref(root);
        return ifc_fail(err, IFC_EINTERNAL, "out of memory for the statistics");
    }
    int failed = json_dumpf(root, out, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    json_decref(root);
    if (!failed)
        fputc('\n', out);
    return ifc_stream_check(out, "the statistics", err);
}

ifc_status ifc_write_stats(const ifc_result *r, FILE *out, ifc_error *err)
{
    ifc_text resolved = {0};
    ifc_status status = ifc_text_begin(&resolved, err);
    if (status != IFC_OK)
        return status;
    ifc_scenario_print_resolved(resolved.stream, r->scenario, NULL);
    status = ifc_text_end(&resolved, err);
    if (status == IFC_OK)
        status = ifc_write_json(r, resolved.data, out, err);
    ifc_text_fini(&resolved);
    return status;
}
