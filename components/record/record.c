#include "components/record/record.h"

#include "components/record/conservation.h"
#include "components/record/detail.h"
#include "components/record/observers.h"
#include "components/record/trace.h"

void ifc_record_start(ifc_record *rec)
{
    ifc_counters_listen(&rec->counters, &rec->hw->probe);
    ifc_conservation_listen(rec);
    ifc_trace_start(rec);
    if (rec->options->detail)
        ifc_detail_start(rec);
    ifc_observers_listen(&rec->hw->policies, &rec->hw->probe, &rec->host->events);
    ifc_path_listen(rec);
}

void ifc_record_fini(ifc_record *rec)
{
    ifc_trace_fini(rec);
    ifc_detail_fini(rec);
}
