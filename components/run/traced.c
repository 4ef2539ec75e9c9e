/*
 * A flow whose requests come from a block trace, row by row.
 */
#include <string.h>
#include <sys/stat.h>

#include "components/run/stream.h"
#include "workloads/requests/block_trace.h"

/* The run ends: what was checked before can only fail if the file has changed since. */
static void fail(ifc_flow *f, ifc_status status)
{
    f->host->serving.status = status;
    f->host->stop.stopped = true;
    ifc_notify(&f->host->work);
}

static void play(ifc_flow *f, ifc_block_trace *trace)
{
    ifc_host *h = f->host;
    ifc_block_request row;
    const ifc_flash_group *g = &h->hw->s->groups[ifc_scenario_group(h->hw->s, f->w->group)];
    while (f->w->rows == 0 || f->issued < f->w->rows) {
        bool more;
        ifc_status status = ifc_block_trace_next(trace, &row, &more, &h->serving.err);
        if (status != IFC_OK)
            fail(f, status);
        if (status != IFC_OK || !more)
            break;
        ifc_sleep_until(row.arrival);
        if (ifc__stream_over(h))
            return;
        uint64_t page = row.first * IFC_SECTOR_BYTES / g->page;
        uint64_t last = ((row.first + row.sectors) * IFC_SECTOR_BYTES - 1) / g->page;
        ifc__stream_submit_pages(f, ifc__stream_spare(h), page, last - page + 1, row.reads);
        f->open++;
    }
    f->over = true;
    ifc_notify(&h->work);
}

void ifc__stream_play_trace(void *flow)
{
    ifc_flow *f = flow;
    ifc_block_trace *trace;
    ifc_status status = ifc_block_trace_open(f->w->trace, &trace, &f->host->serving.err);
    if (status != IFC_OK) {
        fail(f, status);
        return;
    }
    f->host->traces[f->index] = trace;
    play(f, trace);
}

static ifc_status check(ifc_host *h, const ifc_stream_params *w, ifc_error *err)
{
    ifc_block_request row;
    ifc_block_trace *trace;
    struct stat is;
    if (strcmp(w->trace, "-") == 0 || (stat(w->trace, &is) == 0 && !S_ISREG(is.st_mode)))
        return IFC_OK; /* it can be read once */
    ifc_status status = ifc_block_trace_open(w->trace, &trace, err);
    if (status != IFC_OK)
        return status;
    bool more = true;
    for (uint64_t n = 0; more && status == IFC_OK && (w->rows == 0 || n < w->rows); n++) {
        status = ifc_block_trace_next(trace, &row, &more, err);
        if (n % 1024 == 0 && ifc_stop_asked(&h->stop))
            break;
    }
    ifc_block_trace_close(trace);
    return status;
}

ifc_status ifc_host_check_traces(ifc_host *h, ifc_error *err)
{
    ifc_status status = IFC_OK;
    for (uint32_t i = 0; i < ifc_scenario_flows(h->hw->s) && status == IFC_OK; i++) {
        const ifc_stream_params *w = ifc_scenario_flow(h->hw->s, i);
        if (w->trace[0])
            status = check(h, w, err);
    }
    return status;
}

void ifc__stream_traces_fini(ifc_host *h)
{
    for (uint32_t i = 0; i < IFC_FLOWS_MAX; i++) {
        ifc_block_trace_close(h->traces[i]);
        h->traces[i] = NULL;
    }
}
