#include "platform/observe/summary.h"

#include <inttypes.h>

#include "platform/observe/figures.h"
#include "platform/observe/format.h"

static void write_limit(FILE *out, const char *name, double attained, double limit)
{
    if (limit > 0)
        fprintf(out, "  %-13s %14s   attained %s\n", name, ifc_format_si(limit, "B/s").text,
                ifc_format_percent(ifc_ratio(attained, limit)).text);
}

static void write_tail(FILE *out, const char *name, const ifc_latency_tail *l, bool counted)
{
    fprintf(out, "  %-13s %14s   p50 %s, p99 %s, p99.9 %s, max %s", name,
            ifc_format_time((double)l->mean).text, ifc_format_time((double)l->p50).text,
            ifc_format_time((double)l->p99).text, ifc_format_time((double)l->p999).text,
            ifc_format_time((double)l->max).text);
    if (counted)
        fprintf(out, ", of %" PRIu64, l->count);
    fputs("\n", out);
}

static const char *plural(uint32_t n)
{
    return n == 1 ? "" : "s";
}

/* What is streamed: the requests of the one flow, or how many flows there are. */
static void write_head(const ifc_result *r, FILE *out)
{
    const ifc_stream_result *s = &r->stream;
    const ifc_stream_params *p = &r->scenario->workload.stream;
    if (r->n_flows > 0)
        fprintf(out, "\nStream of %u flow%s: %" PRIu64 " requests", r->n_flows, plural(r->n_flows),
                s->requests);
    else if (p->trace[0])
        fprintf(out, "\nStream of a block trace on %s: %" PRIu64 " requests", p->group, s->requests);
    else
        fprintf(out,
                "\nStream of %s on %s: %" PRIu64 " requests of %" PRIu32 " die%s x %" PRIu32
                " plane%s x %" PRIu32 " page%s",
                ifc_stream_op_name(p->op), p->group, s->requests, p->dies, plural(p->dies), p->planes,
                plural(p->planes), p->pages, plural(p->pages));
    fprintf(out, ", %s in %s\n", ifc_format_si((double)s->bytes, "B").text,
            ifc_format_time((double)r->end_time).text);
}

static void write_flows(const ifc_result *r, FILE *out)
{
    if (r->n_flows > 0)
        fprintf(out, "  %-20s %-12s %9s %12s %11s %11s %11s\n", "flow", "op", "requests", "bandwidth", "mean",
                "p99", "p99.9");
    for (uint32_t i = 0; i < r->n_flows; i++) {
        const ifc_flow_row *f = &r->flows[i];
        fprintf(out, "  %-20s %-12s %9" PRIu64 " %12s %11s %11s %11s\n", f->name, ifc_stream_op_name(f->op),
                f->requests, ifc_format_si(f->bytes_per_second, "B/s").text,
                ifc_format_time((double)f->latency.mean).text, ifc_format_time((double)f->latency.p99).text,
                ifc_format_time((double)f->latency.p999).text);
    }
}

void ifc__summary_stream(const ifc_result *r, FILE *out)
{
    const ifc_stream_result *s = &r->stream;
    write_head(r, out);
    fprintf(out, "  %-13s %14s   %.6g requests/s\n", "bandwidth",
            ifc_format_si(s->bytes_per_second, "B/s").text,
            ifc_ratio((double)s->requests * 1e12, (double)r->end_time));
    write_limit(out, "bus limit", s->bytes_per_second, s->bus_limit);
    write_limit(out, "array limit", s->bytes_per_second, s->array_limit);
    write_limit(out, "compute limit", s->bytes_per_second, s->compute_limit);
    write_tail(out, "latency mean", &s->latency, false);
    if (ifc_scenario_tells_reads(r->scenario))
        write_tail(out, "read latency", &s->reads, true);
    fprintf(out, "  %-13s %14s   mean time in the queue for the bus\n", "bus wait",
            ifc_format_time(s->wait_mean_ps).text);
    write_flows(r, out);
}
