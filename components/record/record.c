#include "components/record/record.h"

#include <stdlib.h>

#include "components/record/conservation.h"
#include "components/record/detail.h"
#include "components/record/observers.h"
#include "components/record/trace.h"

static void watch(ifc_record *rec)
{
    ifc_reuse *r = &rec->host->reuse;
    ifc_counters_watch(&rec->counters, r);
    ifc_reuse_watch(r, rec->path.ps, sizeof rec->path.ps / sizeof(uint64_t));
    ifc_reuse_watch(r, &rec->asked_kv_pages, 1);
    ifc_reuse_watch(r, &rec->asked_kv_macs, 1);
    if (rec->options->detail)
        ifc_reuse_forbid(r, "what happens over time is recorded");
    if (rec->options->timeline)
        ifc_reuse_forbid(r, "a timeline is recorded");
}

void ifc_record_start(ifc_record *rec)
{
    ifc_counters_listen(&rec->counters, &rec->hw->probe);
    ifc_conservation_listen(rec);
    ifc_trace_start(rec);
    if (rec->options->detail)
        ifc_detail_start(rec);
    ifc_observers_listen(rec->hw, &rec->host->events);
    ifc_path_listen(rec);
    watch(rec);
}

void ifc_record_fini(ifc_record *rec)
{
    ifc_trace_fini(rec);
    ifc_detail_fini(rec);
    free(rec->freed_tokens);
}
