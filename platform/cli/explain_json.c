#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "platform/cli/explain.h"
#include "platform/observe/figures.h"
#include "platform/observe/json.h"
#include "platform/observe/output.h"
#include "platform/observe/roofline.h"

/* Building fails only for lack of memory; the first failure is kept and reported once. */
static void put(bool *failed, json_t *object, const char *key, json_t *value)
{
    *failed = json_object_set_new(object, key, value) != 0 || *failed;
}

static void append(bool *failed, json_t *array, json_t *value)
{
    *failed = json_array_append_new(array, value) != 0 || *failed;
}

static json_t *real(double value)
{
    return json_real(isfinite(value) ? value : 0);
}

/* Names and messages may hold a user's bytes. */
static json_t *text(const char *value)
{
    json_t *string = json_string(value);
    return string ? string : json_string("(not UTF-8)");
}

static json_t *shares_array(bool *failed, const ifc_result *r, bool by_operator)
{
    size_t n;
    double total = (double)ifc_path_total(r);
    ifc_share *shares = ifc_explain_shares(r, by_operator, &n);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        append(failed, array,
               json_pack("{s:s, s:I, s:f}", by_operator ? "operator" : "resource", shares[i].name, "ps",
                         (json_int_t)shares[i].ps, "share", ifc_ratio((double)shares[i].ps, total)));
    free(shares);
    return array;
}

static json_t *path_array(bool *failed, const ifc_result *r)
{
    double total = (double)ifc_path_total(r);
    json_t *array = json_array();
    for (uint32_t i = 0; i < r->n_path; i++) {
        const ifc_path_row *p = &r->path[i];
        append(failed, array,
               json_pack("{s:s, s:s, s:s, s:I, s:f}", "operator", p->operator_name, "resource", p->resource,
                         "phase", p->phase, "ps", (json_int_t)p->ps, "share",
                         ifc_ratio((double)p->ps, total)));
    }
    return array;
}

static json_t *roofline_array(bool *failed, const ifc_result *r)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < r->n_operators; i++) {
        const ifc_operator_row *o = &r->operators[i];
        ifc_roofline_row p = ifc_roofline_of(r, o);
        json_t *ceilings = json_object(), *row = json_object();
        for (int c = 0; c < IFC_CEILINGS; c++)
            if (p.ceiling[c] > 0)
                put(failed, ceilings, ifc_ceiling_name((ifc_ceiling)c), real(p.ceiling[c]));
        put(failed, row, "operator", text(o->name));
        put(failed, row, "group", text(o->group < 0 ? "" : ifc_result_group_name(r, o->group)));
        put(failed, row, "unit", text(p.unit));
        put(failed, row, "work", real(p.work));
        put(failed, row, "macs", json_integer((json_int_t)o->macs));
        put(failed, row, "bytes_sensed", real(o->bytes_sensed));
        put(failed, row, "bus_bytes", json_integer((json_int_t)(o->bytes_down + o->bytes_up)));
        put(failed, row, "active_ps", json_integer(o->active_ps));
        put(failed, row, "attained_per_second", real(p.attained));
        put(failed, row, "ceilings_per_second", ceilings);
        put(failed, row, "bound", text(p.share > 0 ? ifc_ceiling_name(p.bound) : ""));
        put(failed, row, "share_of_bound", real(p.share));
        append(failed, array, row);
    }
    return array;
}

static const char *why(const ifc_variant *v)
{
    return !v->job ? v->refused : v->job->status != IFC_OK ? v->job->error.text : "";
}

static json_t *variant_object(bool *failed, const ifc_explanation *x, size_t i)
{
    const ifc_variant *v = &x->variants[i];
    ifc_variant_figures f = ifc_explain_figures(x, i);
    json_t *o = json_object();
    put(failed, o, "name", text(v->name));
    put(failed, o, "change", text(v->change));
    put(failed, o, "status", text(f.status));
    if (why(v)[0])
        put(failed, o, "why", text(why(v)));
    if (f.ps > 0)
        put(failed, o, "ps", real(f.ps));
    if (f.ps > 0 && v->kind == IFC_VARIANT_STEP)
        put(failed, o, "cost_ps", real(f.delta_ps));
    if (f.speedup > 0)
        put(failed, o, "speedup", real(f.speedup));
    if (v->tokens > 0) {
        put(failed, o, "tokens", json_integer(v->tokens));
        put(failed, o, "period_tokens", json_integer((json_int_t)v->period));
    }
    return o;
}

static json_t *waterfall_array(bool *failed, const ifc_explanation *x)
{
    json_t *array = json_array();
    for (size_t i = 0; i < x->n; i++)
        if (x->variants[i].kind == IFC_VARIANT_STEP)
            append(failed, array, variant_object(failed, x, i));
    return array;
}

static json_t *doubling_array(bool *failed, const ifc_explanation *x)
{
    size_t n, *order = ifc_explain_doubled(x, &n);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        append(failed, array, variant_object(failed, x, order[i]));
    free(order);
    return array;
}

static json_t *root_object(bool *failed, const ifc_explanation *x)
{
    const ifc_result *r = &x->jobs[0].result;
    json_t *root = json_object();
    put(failed, root, "schema", json_integer(IFC_JSON_SCHEMA));
    put(failed, root, "version", text(IFC_VERSION));
    put(failed, root, "scenario", text(x->own->file));
    put(failed, root, "title", text(x->own->title));
    put(failed, root, "status", text(ifc_outcome_name(r->outcome)));
    put(failed, root, "unit", text(ifc_is_stream(r) ? "request" : "token"));
    put(failed, root, "count", json_integer(ifc_is_stream(r) ? (json_int_t)r->stream.requests : r->tokens));
    put(failed, root, "ps", real(ifc_explain_time(r, 0)));
    if (x->parts & IFC_EXPLAIN_BOTTLENECKS) {
        put(failed, root, "by_resource", shares_array(failed, r, false));
        put(failed, root, "by_operator", shares_array(failed, r, true));
        put(failed, root, "critical_path", path_array(failed, r));
    }
    if (x->parts & IFC_EXPLAIN_ROOFLINE)
        put(failed, root, "roofline", roofline_array(failed, r));
    if (x->parts & IFC_EXPLAIN_WATERFALL)
        put(failed, root, "waterfall", waterfall_array(failed, x));
    if (x->parts & IFC_EXPLAIN_DOUBLING)
        put(failed, root, "doubling", doubling_array(failed, x));
    return root;
}

ifc_status ifc_explain_json(const ifc_explanation *x, FILE *out, ifc_error *err)
{
    bool failed = false;
    json_t *root = root_object(&failed, x);
    if (!failed)
        failed = json_dumpf(root, out, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15)) != 0 &&
                 !ferror(out);
    json_decref(root);
    if (failed)
        return ifc_fail(err, IFC_EINTERNAL, "out of memory for the explanation");
    fputc('\n', out);
    return ifc_stream_check(out, "the explanation", err);
}
