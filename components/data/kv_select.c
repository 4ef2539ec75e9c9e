/*
 * What attention reads of a layer: the kv_select policy is asked when the layer begins. What is flushed while
 * it is under way counts as buffered until it is over.
 */
#include <stdlib.h>
#include <string.h>

#include "components/data/kv.h"
#include "components/data/kv_plan.h"
#include "components/hardware/hardware.h"
#include "platform/common/memory.h"
#include "workloads/model.h"

typedef unsigned long long ull;

static const ifc_policy_run *policy_of(const ifc_hardware *hw)
{
    return &hw->policies.kinds[IFC_KIND_KV_SELECT];
}

/* ---- before the run ---- */

static void check_plan(const ifc_policy_run *p, const ifc_select_layer *l, const ifc_select_plan *plan)
{
    if (!plan->selects && (plan->entry_tokens || plan->kept_first || plan->kept_last))
        ifc_policy_misbehaves(p, "plan", "layer %u has an index or drops tokens, and does not select",
                              l->layer);
    if (plan->entry_tokens == 0)
        return;
    if (plan->vectors == 0 || plan->vectors > 65536)
        ifc_policy_misbehaves(p, "plan", "layer %u: entries of %u vectors (allowed: 1 .. 65536)", l->layer,
                              plan->vectors);
    if (plan->parts == 0 || plan->parts > l->head_dim)
        ifc_policy_misbehaves(p, "plan", "layer %u: entries of %u parts (allowed: 1 .. %u)", l->layer,
                              plan->parts, l->head_dim);
    if (plan->read_parts == 0 || plan->read_parts > plan->parts)
        ifc_policy_misbehaves(p, "plan", "layer %u: %u parts are read (allowed: 1 .. %u)", l->layer,
                              plan->read_parts, plan->parts);
}

static ifc_status plan_layer(const ifc_hardware *hw, uint32_t layer, ifc_select_plan *plan, ifc_error *err)
{
    const ifc_policy_run *p = policy_of(hw);
    const ifc_model *m = &hw->s->model;
    int group = ifc_scenario_group(hw->s, hw->s->placement.kv);
    ifc_select_layer view = {.layer = layer,
                             .layers = m->layers,
                             .heads = m->kv_heads,
                             .queries = m->heads / m->kv_heads,
                             .head_dim = m->head_dim,
                             .page_tokens =
                                 group < 0 ? 0 : hw->s->groups[group].page / ifc_model_entry_bytes(m)};
    ifc_policy_ask(p, "plan");
    const char *why = p->policy->ops.kv_select->plan(p->state, &view, plan);
    ifc_policy_leave(p);
    if (why)
        return ifc_fail(err, IFC_EDATA, "%s: policies.%s: \"%s\" cannot work here: %s", hw->s->file, p->label,
                        p->policy->name, why);
    check_plan(p, &view, plan);
    return IFC_OK;
}

ifc_status ifc_kv_plan(const ifc_hardware *hw, ifc_select_plan **plans, ifc_error *err)
{
    uint32_t layers = hw->s->workload.kind == IFC_WORKLOAD_STREAM ? 0 : hw->s->model.layers;
    ifc_status status = IFC_OK;
    *plans = ifc_alloc_zero(layers + 1, sizeof **plans);
    for (uint32_t l = 0; policy_of(hw)->policy->ops.kv_select->plan && l < layers && status == IFC_OK; l++)
        status = plan_layer(hw, l, &(*plans)[l], err);
    return status;
}

/* ---- a layer ---- */

static ifc_kv_choice *choices(ifc_kv *kv)
{
    if (!kv->chosen.heads)
        kv->chosen.heads = ifc_alloc_zero(kv->heads, sizeof *kv->chosen.heads);
    return kv->chosen.heads;
}

static ifc_page_span *scratch(ifc_kv_chosen *c, uint64_t spans)
{
    if (spans > c->room) {
        free(c->spans);
        c->room = 2 * spans;
        c->spans = ifc_alloc_zero(c->room, sizeof *c->spans);
    }
    return c->spans;
}

static void check_answer(const ifc_policy_run *p, const ifc_select_view *v, const ifc_selection *s)
{
    uint64_t end = v->first_page + v->pages, next = v->first_page, pages = 0;
    if ((s->n == 0) != (v->pages == 0) || s->n > v->pages)
        ifc_policy_misbehaves(p, "select", "answers %llu spans of %llu pages (allowed: %s)", (ull)s->n,
                              (ull)v->pages, v->pages ? "1 .. pages" : "0");
    for (uint64_t i = 0; i < s->n; i++) {
        const ifc_page_span *at = &s->spans[i];
        if (at->pages == 0 || at->first < next || at->first >= end || at->pages > end - at->first)
            ifc_policy_misbehaves(p, "select",
                                  "span %llu is pages %llu + %llu (allowed: ascending, within %llu .. %llu)",
                                  (ull)i, (ull)at->first, (ull)at->pages, (ull)v->first_page, (ull)end - 1);
        next = at->first + at->pages;
        pages += at->pages;
    }
    if (s->tokens > v->stored || s->tokens > pages * v->page_tokens)
        ifc_policy_misbehaves(p, "select", "attends %llu tokens of %llu pages (allowed: 0 .. %llu)",
                              (ull)s->tokens, (ull)pages, (ull)(pages * v->page_tokens));
}

static void keep(ifc_kv_choice *c, const ifc_select_view *v, const ifc_selection *s)
{
    c->n = c->pages = 0;
    for (uint64_t i = 0; i < s->n; i++) {
        c->spans = ifc_grow(c->spans, &c->room, c->n, sizeof *c->spans);
        c->spans[c->n++] = s->spans[i];
        c->pages += s->spans[i].pages;
    }
    c->tokens = s->tokens ? s->tokens : v->pages ? v->stored * c->pages / v->pages : 0;
    c->tokens = c->tokens == 0 && c->pages > 0 ? 1 : c->tokens;
}

static void choose_head(ifc_kv *kv, uint32_t token, uint32_t layer, uint32_t head)
{
    const ifc_policy_run *p = policy_of(kv->hw);
    const ifc_kv_layer *l = &kv->layers[layer];
    ifc_select_view view = {.token = token,
                            .sequence = kv->sequence,
                            .layer = layer,
                            .head = head,
                            .stored = ifc_kv_stored(kv, layer),
                            .buffered = ifc_kv_buffered(kv, layer),
                            .page_tokens = 1};
    view.pages = view.stored;
    if (kv->group) {
        view.first_page = ifc_kv_first_page(kv, layer);
        view.pages = view.stored ? ifc_kv_pages(kv, layer) : 0;
        view.page_tokens = l->prompted ? kv->page_tokens : l->tokens_per_page;
    }
    ifc_selection answer = {.spans = scratch(&kv->chosen, view.pages)};
    ifc_policy_ask(p, "select");
    p->policy->ops.kv_select->select(p->state, &view, &answer);
    ifc_policy_leave(p);
    check_answer(p, &view, &answer);
    keep(&choices(kv)[head], &view, &answer);
}

/* Entries of the index that stand for attended tokens, and the pages that hold them. */
static void note_index(ifc_kv *kv, uint32_t layer)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    ifc_kv_chosen *c = &kv->chosen;
    uint32_t each = kv->plans[layer].entry_tokens;
    c->index_entries = c->index_page = c->index_pages = 0;
    if (each == 0)
        return;
    uint64_t all = l->tokens / each, past = (l->tokens - ifc_kv_stored(kv, layer)) / each;
    c->index_entries = all - past;
    c->index_page = all ? l->index.pages * past / all : 0;
    c->index_pages = c->index_entries ? l->index.pages - c->index_page : 0;
}

void ifc_kv_choose_all(ifc_kv *kv)
{
    kv->chosen.is = false;
}

void ifc_kv_choose(ifc_kv *kv, uint32_t layer, uint32_t token)
{
    ifc_kv_choose_all(kv);
    if (!kv->plans[layer].selects)
        return;
    for (uint32_t h = 0; h < kv->heads; h++)
        choose_head(kv, token, layer, h);
    note_index(kv, layer);
    kv->chosen.buffered = kv->layers[layer].buffered;
    kv->chosen.layer = layer;
    kv->chosen.is = true;
}
