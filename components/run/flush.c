/*
 * When buffered tokens are programmed: the flush policy is asked, and what it says is begun.
 */
#include "components/hardware/flash/die.h"
#include "components/run/host.h"

/* What is asked for of the cache goes. */
static void start_flush(ifc_host *h, ifc_kv *kv, uint32_t token, uint32_t layer, ifc_op_run *after)
{
    static const ifc_op_node flush = {.kind = IFC_OP_FLUSH, .unit = IFC_UNIT_STORE};
    ifc_op_run *op = &h->flushes[(size_t)kv->sequence * h->hw->s->model.layers + layer];
    *op = ifc_host_op(h, &flush, token, layer);
    op->background = true;
    op->kv = kv;
    op->after = after;
    h->background++;
    ifc_event_op_begin(&h->events, op);
    ifc_controller_submit(h->controller, &op->job);
}

uint32_t ifc_host_flush_answer(const ifc_host *h, const ifc_flush_view *view)
{
    const ifc_policy_run *p = &h->hw->policies.kinds[IFC_KIND_KV_FLUSH];
    ifc_policy_ask(p, "flush");
    uint32_t tokens = p->policy->ops.kv_flush->flush(p->state, view);
    ifc_policy_leave(p);
    if (tokens > view->buffered)
        ifc_policy_misbehaves(p, "flush", "flushes %u of %u buffered tokens (allowed: 0 .. %u)", tokens,
                              view->buffered, view->buffered);
    if (tokens == 0 && view->event == IFC_FLUSH_FULL)
        ifc_policy_misbehaves(p, "flush", "flushes nothing of a full buffer (allowed: 1 .. %u)",
                              view->buffered);
    return tokens;
}

static void ask_sequence(ifc_host *h, ifc_kv *kv, ifc_flush_event event, uint32_t token, uint32_t layer,
                         ifc_op_run *after)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    uint32_t drafted =
        event == IFC_FLUSH_FULL ? 0 : kv->drafted; /* full: those of the step are still to come */
    if (l->buffered <= drafted || l->flushing > 0)
        return;
    uint32_t most = h->hw->s->placement.kv_buffer.partial_programs;
    ifc_flush_view view = {.event = event,
                           .token = token,
                           .layer = layer,
                           .buffered = l->buffered - drafted,
                           .room = l->share,
                           .page_tokens = kv->page_tokens,
                           .open_tokens = l->open_tokens,
                           .programs_left = l->open_tokens ? most - l->open_programs : most,
                           .head_groups_unfinished = h->hw->s->model.kv_heads - h->attended};
    uint32_t tokens = ifc_host_flush_answer(h, &view);
    ifc_reuse_asked(&h->reuse, ifc_steps_part(&h->steps, kv), &view, tokens);
    if (tokens == 0)
        return;
    ifc_kv_ask_flush(kv, layer, tokens);
    start_flush(h, kv, token, layer, after);
}

void ifc_host_kv_is_idle(ifc_host *h, ifc_op_run *op)
{
    uint32_t layers = h->hw->s->model.layers, own = op->job.layer;
    ifc_host_ask_flush(h, IFC_FLUSH_KV_IDLE, op->job.token, own, op);
    if (!h->hw->policies.kinds[IFC_KIND_KV_FLUSH].policy->ops.kv_flush->every_layer)
        return;
    for (uint32_t layer = 0; layer < layers; layer++)
        if (layer != own)
            ifc_host_ask_flush(h, IFC_FLUSH_KV_IDLE, op->job.token, layer, op);
}

/* Tokens that the layer at work has room for, but that are not there yet, cannot be programmed. */
static bool appends(const ifc_host *h, uint32_t layer)
{
    return h->reading && h->reads_layer == layer && h->appended < h->hw->s->model.kv_heads;
}

void ifc_host_wake_flush(ifc_host *h)
{
    if (!h->mapping->kv.group || !h->hw->s->effects.kv_program)
        return;
    for (uint32_t i = 0; i < h->mapping->sequences; i++)
        for (uint32_t layer = 0; layer < h->hw->s->model.layers; layer++)
            if (!appends(h, layer))
                ask_sequence(h, ifc_mapping_cache(h->mapping, i), IFC_FLUSH_WAKE, (uint32_t)h->steps.number,
                             layer, NULL);
}

void ifc_host_store_prompt(ifc_host *h, ifc_op_run *after)
{
    const ifc_step_part *p = &h->steps.step.parts[0];
    if (!p->kv->group || !h->hw->s->effects.kv_program)
        return;
    ifc_kv_ask_store(p->kv, after->job.layer, p->tokens);
    ifc_reuse_stored(&h->reuse, 0, p->tokens);
    start_flush(h, p->kv, after->job.token, after->job.layer, after);
}

void ifc_host_ask_flush(ifc_host *h, ifc_flush_event event, uint32_t token, uint32_t layer, ifc_op_run *after)
{
    const ifc_step *step = &h->steps.step;
    if (!h->mapping->kv.group || !h->hw->s->effects.kv_program)
        return;
    for (uint32_t i = 0; i < step->n; i++)
        ask_sequence(h, step->parts[i].kv, event, token, layer, after);
}

bool ifc_host_kv_idle(const ifc_host *h)
{
    const ifc_group *g = h->mapping->kv.group;
    for (uint32_t d = 0; g && d < g->p->dies; d++)
        if (h->hw->dies[g->first_die + d].held > 0)
            return false;
    return g != NULL;
}
