#include <stdlib.h>

#include "platform/cli/explain.h"
#include "platform/observe/figures.h"
#include "platform/observe/output.h"
#include "platform/observe/roofline.h"

/* Names are identifiers of the scenario language and of this program: nothing to quote. */
static void row(FILE *out, const char *section, const char *name, const char *field, double value,
                const char *unit)
{
    fprintf(out, "%s,%s,%s,%.15g,%s\r\n", section, name, field, value, unit);
}

static void write_shares(const ifc_result *r, bool by_operator, FILE *out)
{
    size_t n;
    ifc_share *shares = ifc_explain_shares(r, by_operator, &n);
    for (size_t i = 0; i < n; i++)
        row(out, by_operator ? "by_operator" : "by_resource", shares[i].name, "time", (double)shares[i].ps,
            "ps");
    free(shares);
}

static void write_path(const ifc_result *r, FILE *out)
{
    write_shares(r, false, out);
    write_shares(r, true, out);
    for (uint32_t i = 0; i < r->n_path; i++) {
        const ifc_path_row *p = &r->path[i];
        fprintf(out, "critical_path,%s/%s/%s,time,%lld,ps\r\n", p->operator_name, p->resource, p->phase,
                (long long)p->ps);
    }
}

static void write_roofline(const ifc_result *r, FILE *out)
{
    for (uint32_t i = 0; i < r->n_operators; i++) {
        const ifc_operator_row *o = &r->operators[i];
        ifc_roofline_row p = ifc_roofline_of(r, o);
        char unit[16];
        snprintf(unit, sizeof unit, "%s/s", p.unit);
        row(out, "roofline", o->name, "work", p.work, p.unit);
        row(out, "roofline", o->name, "bytes_sensed", o->bytes_sensed, "B");
        row(out, "roofline", o->name, "bus_bytes", (double)o->bytes_down + (double)o->bytes_up, "B");
        row(out, "roofline", o->name, "attained", p.attained, unit);
        for (int c = 0; c < IFC_CEILINGS; c++)
            if (p.ceiling[c] > 0)
                row(out, "roofline", o->name, ifc_ceiling_name((ifc_ceiling)c), p.ceiling[c], unit);
        row(out, "roofline", o->name, "share_of_lowest", p.share, "");
    }
}

static void write_variant(const ifc_explanation *x, size_t i, FILE *out)
{
    const ifc_variant *v = &x->variants[i];
    ifc_variant_figures f = ifc_explain_figures(x, i);
    const char *section = v->kind == IFC_VARIANT_STEP ? "waterfall" : "doubling";
    if (v->kind == IFC_VARIANT_OWN)
        section = "scenario";
    fprintf(out, "%s,%s,status,%s,\r\n", section, v->name, f.status);
    if (f.ps > 0)
        row(out, section, v->name, "time", f.ps, "ps");
    if (f.ps > 0 && v->kind == IFC_VARIANT_STEP)
        row(out, section, v->name, "cost", f.delta_ps, "ps");
    if (f.speedup > 0)
        row(out, section, v->name, "speedup", f.speedup, "");
    if (v->tokens > 0) {
        row(out, section, v->name, "tokens", v->tokens, "tokens");
        row(out, section, v->name, "period", (double)v->period, "tokens");
    }
}

ifc_status ifc_explain_csv(const ifc_explanation *x, FILE *out, ifc_error *err)
{
    const ifc_result *r = &x->jobs[0].result;
    fputs("section,name,field,value,unit\r\n", out);
    write_variant(x, 0, out);
    if (x->parts & IFC_EXPLAIN_BOTTLENECKS)
        write_path(r, out);
    if (x->parts & IFC_EXPLAIN_ROOFLINE)
        write_roofline(r, out);
    for (size_t i = 1; i < x->n; i++)
        if (x->variants[i].kind == IFC_VARIANT_STEP)
            write_variant(x, i, out);
    size_t n, *order = ifc_explain_doubled(x, &n);
    for (size_t i = 0; i < n; i++)
        write_variant(x, order[i], out);
    free(order);
    return ifc_stream_check(out, "the explanation", err);
}
