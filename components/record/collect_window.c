#include "components/record/collect_window.h"

#include "components/data/kv_period.h"

static uint64_t most_pages(const ifc_kv *kv, uint32_t layers)
{
    uint64_t most = 0;
    for (uint32_t l = 0; l < layers; l++)
        most = ifc_kv_pages(kv, l) > most ? ifc_kv_pages(kv, l) : most;
    return most;
}

void ifc_collect_window(const ifc_record *rec, ifc_result *r)
{
    const ifc_scenario *s = rec->hw->s;
    const ifc_kv *kv = &rec->mapping->kv;
    ifc_window *w = &r->window;
    ifc_kv_period period;
    if (s->workload.kind != IFC_WORKLOAD_DECODE)
        return;
    ifc_kv_period_of(s, &period);
    w->tokens = s->workload.tokens;
    w->period = period.tokens;
    w->flushes_due = ifc_kv_flushes_due(&period, r->tokens);
    if (!rec->ran || !kv->group || !s->effects.page_rounding)
        return;
    w->pages_first = kv->prefill_pages;
    w->pages_last = most_pages(kv, s->model.layers);
    w->pages_due = (double)r->tokens / (double)period.kinds[0].page_tokens;
    if (!ifc_kv_by_plane(kv))
        w->planes = kv->group->planes_total;
}
