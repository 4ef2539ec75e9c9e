#include <stdio.h>
#include <string.h>

#include "platform/scenario/scenario.h"

bool ifc_scenario_trace_path(const ifc_scenario *s, char *out, size_t size)
{
    const char *trace = s->workload.requests.trace, *slash = strrchr(s->file, '/');
    if (trace[0] == '/' || !slash || strcmp(trace, "-") == 0)
        snprintf(out, size, "%s", trace);
    else
        snprintf(out, size, "%.*s/%s", (int)(slash - s->file), s->file, trace);
    return s->workload.kind == IFC_WORKLOAD_REQUESTS && trace[0] != '\0';
}
