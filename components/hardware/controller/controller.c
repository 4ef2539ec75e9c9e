#include "components/hardware/controller/controller.h"

#include <stdlib.h>
#include <string.h>

#include "components/record/detail.h"
#include "components/record/trace.h"
#include "components/system/policy_views.h"
#include "components/system/system.h"
#include "workloads/model.h"

static ifc_weight_share *lay_out_graph(const ifc_system *sys, const ifc_graph *g, const ifc_group *group)
{
    const ifc_scenario *s = sys->s;
    ifc_weight_share *shares = calloc((size_t)g->n_matrices * group->p->dies + 1, sizeof *shares);
    IFC_BUG_ON(!shares, "out of memory for the weight layout");
    for (uint32_t i = 0; i < g->n_matrices; i++) {
        const ifc_matrix *m = &g->matrices[i];
        ifc_weights_lay_out(shares + (size_t)i * group->p->dies, group, m->rows, m->cols,
                            ifc_model_row_bytes(&s->model, m->class, m->cols), s->model.activation_bits,
                            s->effects.page_rounding);
    }
    return shares;
}

ifc_status ifc_controller_init(ifc_controller *c, ifc_system *sys, ifc_error *err)
{
    const ifc_scenario *s = sys->s;
    memset(c, 0, sizeof *c);
    c->sys = sys;
    c->rng = s->simulation.seed;
    c->last = &c->first;
    c->queues = calloc(s->channel.count, sizeof *c->queues);
    c->batch = calloc(s->channel.count, sizeof(ifc_txn *));
    c->scan = calloc(sys->n_dies + 1, sizeof *c->scan);
    c->views = calloc(IFC_VIEWS_MAX, sizeof *c->views);
    IFC_BUG_ON(!c->queues || !c->batch || !c->scan || !c->views, "out of memory for the controller");
    for (uint32_t i = 0; i < s->channel.count; i++)
        c->queues[i].last = &c->queues[i].first;
    if (s->workload.kind != IFC_WORKLOAD_DECODE) {
        ifc_blocks_init(&c->blocks, c);
        return IFC_OK;
    }
    const ifc_group *weights = &sys->groups[ifc_scenario_group(s, s->placement.weights)];
    c->dense_shares = lay_out_graph(sys, &sys->host.dense, weights);
    c->layer_shares = lay_out_graph(sys, &sys->host.layer, weights);
    c->epilogue_shares = lay_out_graph(sys, &sys->host.epilogue, weights);
    ifc_status status = ifc_kv_init(&c->kv, sys, err);
    ifc_blocks_init(&c->blocks, c);
    return status;
}

void ifc_controller_fini(ifc_controller *c)
{
    for (uint32_t i = 0; c->decoders && i < c->sys->s->channel.count; i++)
        ifc_signal_fini(&c->decoders[i].work);
    ifc_signal_fini(&c->work);
    ifc_kv_fini(&c->kv);
    ifc_blocks_fini(&c->blocks);
    free(c->dense_shares);
    free(c->layer_shares);
    free(c->epilogue_shares);
    free(c->scan);
    free(c->batch);
    free(c->views);
    free(c->queues);
    free(c->decoders);
    memset(c, 0, sizeof *c);
}

const ifc_weight_share *ifc_controller_weights(const ifc_controller *c, const ifc_op_run *op)
{
    const ifc_scenario *s = c->sys->s;
    uint32_t dies = c->sys->groups[ifc_scenario_group(s, s->placement.weights)].p->dies;
    const ifc_weight_share *shares = op->node->kind == IFC_OP_LM_HEAD    ? c->epilogue_shares
                                     : op->layer < s->model.dense_layers ? c->dense_shares
                                                                         : c->layer_shares;
    return shares + (size_t)op->node->matrix * dies;
}

static void work_off(ifc_controller *c, ifc_txn *txn);

/*
 * What the dies and the host want of one moment is worked off together, when all of it is known: results in
 * the order of their commands, then operators. So it does not matter who of one moment came first.
 */
void ifc_controller_run(void *controller)
{
    ifc_controller *c = controller;
    for (;;) {
        while (!c->first && !c->completed)
            ifc_wait(&c->work, "a result, or an operator from the host");
        ifc_settle(1);
        for (ifc_txn *txn; (txn = c->completed);) {
            c->completed = txn->next;
            txn->next = NULL;
            work_off(c, txn);
        }
        for (ifc_op_run *op; (op = c->first);) {
            c->first = op->next;
            if (!c->first)
                c->last = &c->first;
            op->next = NULL;
            ifc_controller_expand(c, op);
        }
    }
}

void ifc_controller_submit(ifc_controller *c, ifc_op_run *op)
{
    ifc_op_use_begin(&c->sys->use[op->node->kind], op->issue);
    op->next = NULL;
    *c->last = op;
    c->last = &op->next;
    ifc_notify(&c->work);
}

void ifc_controller_enqueue(ifc_controller *c, ifc_txn *txn)
{
    ifc_command_queue *q = &c->queues[txn->channel];
    ifc_trace_issue(c->sys, txn);
    txn->next = NULL;
    *q->last = txn;
    q->last = &txn->next;
    q->waiting++;
    if (c->sys->policies.n_observers)
        for (const ifc_txn *t = txn; t; t = t->batch_next)
            ifc_policy_observe_issue(c->sys, t);
    ifc_controller_dispatch(c, txn->channel, NULL);
    ifc_trace_queue(c->sys, txn->channel, q->waiting);
}

ifc_decoder *ifc_controller_decoder(ifc_controller *c, const ifc_txn *txn)
{
    bool encoded = txn->command == IFC_READ && c->sys->groups[txn->group].decode_in_controller;
    return encoded && c->decoders ? &c->decoders[txn->channel] : NULL;
}

void ifc_controller_receive(ifc_controller *c, ifc_txn *txn)
{
    ifc_decoder *d = ifc_controller_decoder(c, txn);
    if (d) {
        txn->next = NULL;
        *d->last = txn;
        d->last = &txn->next;
        ifc_notify(&d->work);
        return;
    }
    txn->stamp[IFC_PHASE_DECODE] = ifc_now();
    ifc_controller_complete(c, txn);
}

void ifc_controller_complete(ifc_controller *c, ifc_txn *txn)
{
    ifc_txn **at = &c->completed;
    while (*at && (*at)->id < txn->id)
        at = &(*at)->next;
    IFC_BUG_ON(*at == txn, "transaction %llu completes twice", (unsigned long long)txn->id);
    txn->next = *at;
    *at = txn;
    ifc_notify(&c->work);
}

static void work_off(ifc_controller *c, ifc_txn *txn)
{
    ifc_system *sys = c->sys;
    ifc_op_run *op = txn->op;
    bool flash = txn->command != IFC_DRAM_READ && txn->command != IFC_DRAM_WRITE;
    if (flash) {
        ifc_die *d = &sys->dies[txn->die];
        d->held--;
        d->buffer_used -= txn->footprint + txn->vector_bytes;
        if (d->vector_user == txn)
            d->vector_user = NULL; /* nobody waits for that vector any more */
    }
    ifc_trace_done(sys);
    ifc_detail_txn(sys, txn);
    if (sys->policies.n_observers)
        ifc_policy_observe_complete(sys, txn);
    op->last_txn = txn;
    IFC_BUG_ON(op->pending == 0, "transaction %llu completes an operator that waits for none",
               (unsigned long long)txn->id);
    op->pending--;
    ifc_txn_retire(sys, txn);
    if (op->pending == 0 && op->issued_all)
        ifc_host_op_done(&sys->host, op);
    if (flash) {
        ifc_controller_dispatch(c, txn->channel, txn);
        ifc_trace_queue(sys, txn->channel, c->queues[txn->channel].waiting);
    }
}
