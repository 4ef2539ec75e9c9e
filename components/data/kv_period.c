#include "components/data/kv_period.h"

#include <string.h>

#include "components/data/layout.h"
#include "platform/common/arithmetic.h"
#include "workloads/model.h"

static ifc_kv_kind kind_of(const ifc_scenario *s, uint32_t layers, uint64_t share, uint64_t page)
{
    uint64_t filled = share * s->placement.kv_buffer.partial_programs;
    bool partly = s->effects.kv_fill && filled > 0 && filled < page;
    return (ifc_kv_kind){.layers = layers, .share = share, .page_tokens = partly ? filled : page};
}

static void find_kinds(const ifc_scenario *s, const ifc_flash_group *g, ifc_kv_period *out)
{
    const ifc_model *m = &s->model;
    ifc_kv_unit u = ifc_kv_layout_of(&s->placement)->unit(s, g, (uint64_t)g->dies * g->planes / m->kv_heads);
    uint64_t of_layer = ifc_model_kv_kinds(m) * u.streams * s->workload.batch, streams = of_layer * m->layers;
    uint64_t page = u.bytes ? g->page / u.bytes : 0;
    if (page == 0 || streams == 0)
        return; /* not even an entry fits: there is nothing to repeat */
    uint64_t units = s->placement.kv_buffer.bytes / u.bytes, each = units / streams;
    uint32_t more = (uint32_t)((units - each * streams) / of_layer);
    out->kinds[0] = kind_of(s, s->model.layers - more, each, page);
    out->kinds[1] = kind_of(s, more, each + 1, page);
    out->flushes = s->effects.kv_program && each > 0;
}

void ifc_kv_period_of(const ifc_scenario *s, ifc_kv_period *out)
{
    int group = ifc_scenario_group(s, s->placement.kv);
    *out = (ifc_kv_period){.flush_tokens = 1, .tokens = 1};
    if (s->workload.kind == IFC_WORKLOAD_DECODE && group >= 0)
        find_kinds(s, &s->groups[group], out);
    for (int k = 0; k < 2; k++)
        if (out->kinds[k].layers > 0 && out->flushes)
            out->flush_tokens = ifc_lcm(out->flush_tokens, out->kinds[k].share);
    out->tokens = out->flush_tokens;
    for (int k = 0; k < 2; k++)
        if (out->kinds[k].layers > 0 && s->effects.page_rounding)
            out->tokens = ifc_lcm(out->tokens, out->kinds[k].page_tokens);
}

uint32_t ifc_kv_period_run(const ifc_kv_period *p)
{
    uint64_t flush = p->flush_tokens;
    if (p->tokens <= IFC_KV_PERIOD_MAX)
        return (uint32_t)p->tokens;
    if (flush > IFC_KV_PERIOD_MAX)
        flush = ifc_kv_longest_share(p);
    uint64_t times = (IFC_KV_PERIOD_MAX + flush / 2) / flush;
    uint64_t tokens = flush * (times ? times : 1);
    return tokens > IFC_TOKENS_MAX ? IFC_TOKENS_MAX : (uint32_t)tokens;
}

double ifc_kv_flushes_due(const ifc_kv_period *p, uint64_t tokens)
{
    double due = 0;
    for (int k = 0; p->flushes && k < 2; k++)
        if (p->kinds[k].layers > 0)
            due += p->kinds[k].layers * (double)tokens / (double)p->kinds[k].share;
    return due;
}

uint64_t ifc_kv_flushes_seen(const ifc_kv_period *p, uint64_t tokens)
{
    uint64_t seen = 0;
    for (int k = 0; p->flushes && k < 2; k++)
        if (p->kinds[k].layers > 0)
            seen += p->kinds[k].layers * (tokens / p->kinds[k].share);
    return seen;
}

uint64_t ifc_kv_longest_share(const ifc_kv_period *p)
{
    if (!p->flushes)
        return 0;
    return p->kinds[p->kinds[1].layers > 0].share;
}
