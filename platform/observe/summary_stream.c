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

void ifc__summary_stream(const ifc_result *r, FILE *out)
{
    const ifc_stream_result *s = &r->stream;
    const ifc_stream_params *p = &r->scenario->workload.stream;
    fprintf(out,
            "\nStream of %s on %s: %" PRIu64 " requests of %" PRIu32 " die%s x %" PRIu32 " plane%s x %" PRIu32
            " page%s, %s in %s\n",
            ifc_stream_op_name(p->op), p->group, s->requests, p->dies, p->dies == 1 ? "" : "s", p->planes,
            p->planes == 1 ? "" : "s", p->pages, p->pages == 1 ? "" : "s",
            ifc_format_si((double)s->bytes, "B").text, ifc_format_time((double)r->end_time).text);
    fprintf(out, "  %-13s %14s   %.6g requests/s\n", "bandwidth",
            ifc_format_si(s->bytes_per_second, "B/s").text,
            ifc_ratio((double)s->requests * 1e12, (double)r->end_time));
    write_limit(out, "bus limit", s->bytes_per_second, s->bus_limit);
    write_limit(out, "array limit", s->bytes_per_second, s->array_limit);
    write_limit(out, "compute limit", s->bytes_per_second, s->compute_limit);
    fprintf(out, "  %-13s %14s   p50 %s, p99 %s, max %s\n", "latency mean",
            ifc_format_time((double)s->latency_mean).text, ifc_format_time((double)s->latency_p50).text,
            ifc_format_time((double)s->latency_p99).text, ifc_format_time((double)s->latency_max).text);
    if (p->reads > 0)
        fprintf(out, "  %-13s %14s   p50 %s, p99 %s, p99.9 %s, max %s, of %" PRIu64 "\n", "read latency",
                ifc_format_time((double)s->reads.mean).text, ifc_format_time((double)s->reads.p50).text,
                ifc_format_time((double)s->reads.p99).text, ifc_format_time((double)s->reads.p999).text,
                ifc_format_time((double)s->reads.max).text, s->reads.count);
    fprintf(out, "  %-13s %14s   mean time in the queue for the bus\n", "bus wait",
            ifc_format_time(s->wait_mean_ps).text);
}
