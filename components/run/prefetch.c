#include "components/run/prefetch.h"

#include "components/run/host.h"

static int slot_of(ifc_op_kind kind)
{
    return kind == IFC_OP_LOAD_K ? 0 : kind == IFC_OP_LOAD_V ? 1 : -1;
}

static void ask(ifc_host *h, const ifc_op_node *node, uint32_t token, uint32_t layer)
{
    int slot = slot_of(node->kind);
    ifc_op_run *op = &h->prefetch.ops[slot];
    *op = ifc_host_op(h, node, token, layer);
    op->background = true;
    h->prefetch.asked[slot] = true;
    h->background++;
    ifc_event_op_begin(&h->events, op);
    ifc_controller_submit(h->controller, &op->job);
}

void ifc_prefetch_begin(ifc_host *h, uint32_t layer)
{
    const ifc_model *m = &h->hw->s->model;
    const ifc_steps *t = &h->steps;
    bool last = layer + 1 == m->layers;
    if (!h->hw->s->placement.kv_prefetch || (last && t->of[0]->left <= t->step.parts[0].kept))
        return;
    uint32_t next = last ? 0 : layer + 1, token = (uint32_t)t->number + last;
    const ifc_graph *g = ifc_graphs_layer(h->graphs, m, next);
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (slot_of(g->nodes[i].kind) >= 0)
            ask(h, &g->nodes[i], token, next);
}

bool ifc_prefetch_covers(ifc_host *h, ifc_op_run *op, bool *there)
{
    int slot = slot_of(op->node->kind);
    if (slot < 0 || op->step->prompt || !h->prefetch.asked[slot])
        return false;
    h->prefetch.asked[slot] = false;
    *there = !h->prefetch.ops[slot].background;
    h->prefetch.waiting[slot] = *there ? NULL : op;
    return true;
}

ifc_op_run *ifc_prefetch_done(ifc_host *h, ifc_op_run *op)
{
    int slot = slot_of(op->node->kind);
    if (slot < 0)
        return NULL;
    op->background = false;
    ifc_op_run *waiting = h->prefetch.waiting[slot];
    h->prefetch.waiting[slot] = NULL;
    if (waiting) {
        waiting->job.end = op->job.end;
        waiting->job.last_txn = op->job.last_txn; /* where the critical path goes on */
    }
    return waiting;
}
