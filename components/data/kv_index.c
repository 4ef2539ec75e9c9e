#include "components/data/kv_index.h"

#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"

static const ifc_select_plan *plan_of(const ifc_kv *kv, const ifc_kv_layer *l)
{
    return &kv->plans[l - kv->layers];
}

/* Entries that a flush completes, on average, and at least one. */
static double entries_at_once(const ifc_kv_layer *l, const ifc_select_plan *plan)
{
    double entries = (double)l->share / plan->entry_tokens;
    return entries > 1 ? entries : 1;
}

static uint32_t most_programs(const ifc_kv *kv)
{
    const ifc_scenario *s = kv->hw->s;
    return s->effects.kv_fill && s->effects.kv_program ? s->placement.kv_buffer.partial_programs : UINT32_MAX;
}

static void fill_at_start(const ifc_kv *kv, ifc_kv_layer *l)
{
    const ifc_select_plan *plan = plan_of(kv, l);
    ifc_kv_index *x = &l->index;
    double programs = most_programs(kv), most = programs * entries_at_once(l, plan);
    x->per_page = most < x->fit ? (uint32_t)most : x->fit;
    uint64_t entries = l->tokens / plan->entry_tokens;
    x->closed = entries / x->per_page;
    x->open_entries = (uint32_t)(entries % x->per_page);
    double open = (double)x->open_entries / entries_at_once(l, plan);
    x->open_programs = (uint32_t)open + (open > (uint32_t)open);
    ifc_kv_index_end(l);
    x->stored_pages = x->pages * x->parts;
}

ifc_status ifc_kv_index_init(ifc_kv *kv, uint32_t layer, ifc_error *err)
{
    ifc_kv_layer *l = &kv->layers[layer];
    const ifc_select_plan *plan = &kv->plans[layer];
    if (!kv->group || plan->entry_tokens == 0)
        return IFC_OK;
    ifc_kv_index *x = &l->index;
    /* of planes that hold slices, each has the parts of its own channels */
    x->parts = (uint32_t)(kv->slices ? ifc_div_up(plan->parts, kv->slices) : plan->parts);
    x->part_bytes = ifc_div_up(plan->vectors * kv->unit_bytes, x->parts);
    x->fit = (uint32_t)(kv->group->p->page / x->part_bytes);
    if (x->fit == 0)
        return ifc_fail(
            err, IFC_EDATA,
            "%s: policies.kv_select: one part of an index entry (%llu bytes) is larger than a page "
            "(%llu bytes)",
            kv->hw->s->file, (unsigned long long)x->part_bytes, (unsigned long long)kv->group->p->page);
    fill_at_start(kv, l);
    return IFC_OK;
}

static double page_fill(const ifc_kv_index *x)
{
    double fill = (double)x->open_entries / x->per_page;
    return fill < 1 ? fill : 1;
}

void ifc_kv_index_grow(const ifc_kv *kv, ifc_kv_layer *l, uint32_t tokens, ifc_kv_flush *plan)
{
    ifc_kv_index *x = &l->index;
    uint32_t each = plan_of(kv, l)->entry_tokens, most = most_programs(kv);
    plan->index_page = x->closed;
    if (x->fit == 0)
        return;
    uint64_t left = (l->tokens + tokens) / each - l->tokens / each;
    plan->index_entries = (uint32_t)left;
    while (left > 0) {
        uint64_t room = x->fit - x->open_entries, part = left < room ? left : room;
        double filled = page_fill(x);
        left -= part;
        x->open_entries += (uint32_t)part;
        bool closed = ++x->open_programs >= most || x->open_entries == x->fit;
        plan->index_programs++;
        plan->index_fill += (closed ? 1 : page_fill(x)) - filled;
        if (closed) {
            x->closed++;
            x->open_entries = x->open_programs = 0;
        }
    }
}

void ifc_kv_index_end(ifc_kv_layer *l)
{
    l->index.pages = l->index.closed + (l->index.open_entries > 0);
}

void ifc_kv_index_reset(ifc_kv_layer *l)
{
    ifc_kv_index *x = &l->index;
    x->pages = x->closed = x->stored_pages = 0;
    x->open_entries = x->open_programs = 0;
}

uint64_t ifc_kv_index_pages(const ifc_kv *kv, uint32_t layer, uint64_t tokens, bool full)
{
    const ifc_kv_index *x = &kv->layers[layer].index;
    if (x->fit == 0)
        return 0;
    return x->parts * ifc_div_up(tokens / kv->plans[layer].entry_tokens, full ? x->fit : x->per_page);
}
