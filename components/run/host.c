#include "components/run/host.h"

#include <stdlib.h>
#include <string.h>

#include "components/record/detail.h"
#include "components/record/trace.h"
#include "components/system/policy_views.h"
#include "components/system/system.h"

static uint32_t head_group_stages(const ifc_scenario *s)
{
    if (s->placement.overlap == IFC_OVERLAP_NONE)
        return 1;
    return (s->model.kv_heads + s->placement.stage - 1) / s->placement.stage;
}

void ifc_host_init(ifc_host *h, ifc_system *sys)
{
    const ifc_scenario *s = sys->s;
    memset(h, 0, sizeof *h);
    h->sys = sys;
    h->done_last = &h->done_first;
    if (s->workload.kind != IFC_WORKLOAD_DECODE)
        return;
    bool npu = s->placement.attention == IFC_ATTENTION_NPU;
    ifc_graph_options o = {
        .stages = head_group_stages(s),
        .attention_npu = npu,
        .early_attention = !s->effects.pipeline_fill && s->placement.overlap != IFC_OVERLAP_NONE,
        .vector_ops = s->effects.vector_ops,
        .lm_head = s->effects.lm_head,
        .buffer_on_soc = !npu && s->effects.kv_program && s->placement.kv_buffer.location == IFC_BUFFER_SOC};
    o.sums = npu || ifc_scenario_group(s, s->placement.kv) < 0     ? IFC_SUMS_NONE
             : s->placement.kv_buffer.location == IFC_BUFFER_PLANE ? IFC_SUMS_OF_LOGITS
                                                                   : IFC_SUMS_OF_OUTPUTS;
    ifc_graph_layer(&h->layer, &s->model, &o);
    if (s->model.dense_layers)
        ifc_graph_dense_layer(&h->dense, &s->model, &o);
    ifc_graph_prologue(&h->prologue, &s->model, &o);
    ifc_graph_epilogue(&h->epilogue, &s->model, &o);
    h->runs = calloc(h->layer.n_nodes, sizeof *h->runs); /* the layer is the largest of all */
    h->flushes = calloc(s->model.layers, sizeof *h->flushes);
    h->refreshes = calloc(sys->n_dies + 1, sizeof *h->refreshes);
    h->moves = calloc(sys->n_dies + 1, sizeof *h->moves);
    IFC_BUG_ON(!h->runs || !h->flushes || !h->refreshes || !h->moves, "out of memory for %u operators",
               h->layer.n_nodes);
}

const ifc_graph *ifc_host_layer(const ifc_host *h, uint32_t layer)
{
    return layer < h->sys->s->model.dense_layers ? &h->dense : &h->layer;
}

void ifc_host_fini(ifc_host *h)
{
    ifc_signal_fini(&h->work);
    ifc_graph_fini(&h->prologue);
    ifc_graph_fini(&h->dense);
    ifc_graph_fini(&h->layer);
    ifc_graph_fini(&h->epilogue);
    free(h->runs);
    free(h->flushes);
    free(h->refreshes);
    free(h->moves);
    free(h->latency);
    memset(h, 0, sizeof *h);
}

void ifc_host_op_done(ifc_host *h, ifc_op_run *op)
{
    ifc_op_use_end(&h->sys->use[op->node->kind], ifc_now());
    if (h->on_done) {
        h->on_done(h, op);
        return;
    }
    op->done = ifc_now();
    op->next = NULL;
    *h->done_last = op;
    h->done_last = &op->next;
    ifc_notify(&h->work);
}

void ifc_host_record(ifc_host *h, ifc_time latency)
{
    if (h->n_latency == h->room_latency) {
        h->room_latency = h->room_latency ? 2 * h->room_latency : 1024;
        h->latency = realloc(h->latency, h->room_latency * sizeof *h->latency);
        IFC_BUG_ON(!h->latency, "out of memory for %llu latencies", (unsigned long long)h->room_latency);
    }
    h->latency[h->n_latency++] = latency;
}

bool ifc_host_should_stop(ifc_host *h)
{
    const ifc_run_options *o = h->sys->options;
    const ifc_simulation *s = &h->sys->s->simulation;
    if (o->stop && *o->stop)
        h->stopped = true;
    if (s->time_limit > 0 && ifc_now() >= s->time_limit)
        h->stopped = true;
    if (s->wall_limit > 0 && ifc_wall_seconds() - h->sys->wall_start > s->wall_limit)
        h->stopped = true;
    return h->stopped;
}

ifc_op_run *ifc_host_take_done(ifc_host *h)
{
    while (!h->done_first)
        ifc_wait(&h->work, "an operator to complete");
    ifc_op_run *op = h->done_first;
    h->done_first = op->next;
    if (!h->done_first)
        h->done_last = &h->done_first;
    return op;
}

/* Dies beyond the first that hold a part of a head, over the head groups of a node: each brings a sum to add.
 */
static double dies_to_add(const ifc_kv *kv, const ifc_op_run *op)
{
    double more = 0;
    for (uint32_t h = op->node->head_group; h < op->node->head_group + op->node->head_groups; h++) {
        uint32_t dies = ifc_kv_dies(kv, op->layer, h);
        more += dies > 1 ? dies - 1 : 0;
    }
    return more;
}

static void set_npu_time(ifc_host *h, ifc_op_run *op)
{
    const ifc_scenario *s = h->sys->s;
    const ifc_kv *kv = &h->sys->controller.kv;
    const ifc_op_node *n = op->node;
    bool attends = op->layer < s->model.layers; /* not so before and after the layers */
    double buffered = attends ? ifc_kv_buffered(kv, op->layer) : 0;
    double tokens = attends ? (double)ifc_kv_stored(kv, op->layer) + buffered : 0;
    double ops = n->npu_ops + n->npu_ops_per_token * tokens;
    if (n->ops_per_sum > 0 || n->ops_per_token_sum > 0)
        ops += (n->ops_per_sum + n->ops_per_token_sum * tokens) * dies_to_add(kv, op);
    double seconds = ops / (n->npu_matrix ? s->npu.rate : s->npu.vector_rate);
    seconds += n->buffer_ops_per_token * buffered / s->npu.rate;
    h->sys->use[n->kind].npu_ops += ops + n->buffer_ops_per_token * buffered;
    op->npu_launch = seconds > 0 ? s->npu.launch : 0; /* nothing to add up is not launched */
    op->npu_time = ifc_time_from_ps(seconds * 1e12) + op->npu_launch;
}

static void finish(ifc_host *h, const ifc_graph *g, ifc_op_run *op);

static void issue(ifc_host *h, const ifc_graph *g, ifc_op_run *op)
{
    op->issue = ifc_now();
    if (op->node->unit != IFC_UNIT_NONE)
        ifc_trace_operator_begin(h->sys, op);
    switch (op->node->unit) {
    case IFC_UNIT_NPU:
        set_npu_time(h, op);
        if (op->npu_time > 0) {
            ifc_npu_submit(&h->sys->npu, op);
            return;
        }
        break;
    case IFC_UNIT_STORE:
        if (h->sys->controller.kv.group || !h->sys->s->effects.kv_program)
            break;
        ifc_controller_submit(&h->sys->controller, op);
        return;
    case IFC_UNIT_NONE:
        break;
    default:
        ifc_controller_submit(&h->sys->controller, op);
        return;
    }
    op->done = op->issue;
    finish(h, g, op);
}

/* All head groups of a layer have appended: the buffer may be full now. */
static void appended(ifc_host *h, ifc_op_run *op)
{
    h->appended += op->node->head_groups;
    if (h->appended == h->sys->s->model.kv_heads)
        ifc_host_ask_flush(h, IFC_FLUSH_APPEND, op->token, op->layer, op);
}

/* The KV dies have no more to do for this layer. */
static void attended(ifc_host *h, ifc_op_run *op)
{
    h->attended += op->node->head_groups;
    if (h->attended == h->sys->s->model.kv_heads && ifc_host_kv_idle(h))
        ifc_host_ask_flush(h, IFC_FLUSH_KV_IDLE, op->token, op->layer, op);
}

/* An operator is done: whatever waited only for it can go. */
static void finish(ifc_host *h, const ifc_graph *g, ifc_op_run *op)
{
    h->open--;
    if (op->node->unit != IFC_UNIT_NONE) {
        ifc_trace_operator_end(h->sys, op);
        ifc_detail_operator(h->sys, op);
    }
    if (op->node->kind == IFC_OP_APPEND)
        appended(h, op);
    else if (op->node->kind == IFC_OP_ATTEND)
        attended(h, op);
    for (uint32_t i = 0; i < op->node->n_successors; i++) {
        ifc_op_run *next = &h->runs[g->successors[op->node->first_successor + i]];
        next->after = op; /* the last one to finish stays */
        if (--next->deps_left == 0)
            issue(h, g, next);
    }
}

static void background_done(ifc_host *h, ifc_op_run *op)
{
    h->background--;
    ifc_trace_operator_end(h->sys, op);
    ifc_detail_operator(h->sys, op);
    if (op->node->kind == IFC_OP_REFRESH)
        ifc_host_refresh_done(h, op);
    if (op->node->kind == IFC_OP_FLUSH) {
        ifc_kv_end_flush(&h->sys->controller.kv, op->layer);
        ifc_trace_kv_buffer(h->sys);
    }
}

static ifc_op_run *wait_one(ifc_host *h)
{
    ifc_op_run *op = ifc_host_take_done(h);
    if (!op->background)
        return op;
    background_done(h, op);
    return NULL;
}

/* Run one graph to its end, and attribute its time. */
static void run_graph(ifc_host *h, const ifc_graph *g, uint32_t token, uint32_t layer)
{
    ifc_time begin = ifc_now();
    if (g->n_nodes == 0)
        return;
    for (uint32_t i = 0; i < g->n_nodes; i++)
        h->runs[i] = (ifc_op_run){
            .node = &g->nodes[i], .token = token, .layer = layer, .deps_left = g->nodes[i].n_deps};
    h->open = g->n_nodes;
    h->appended = h->attended = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].n_deps == 0)
            issue(h, g, &h->runs[i]);
    while (h->open > 0) {
        ifc_op_run *op = wait_one(h);
        if (op)
            finish(h, g, op);
    }
    ifc_path_walk(&h->path, h->sys, &h->runs[g->n_nodes - 1], begin);
    ifc_trace_path(h->sys, token, layer);
    ifc_txn_recycle(h->sys);
}

/* A token may have to wait until its layer's last flush has made room in the buffer. */
static void wait_for_buffer(ifc_host *h, uint32_t token, uint32_t layer)
{
    ifc_kv *kv = &h->sys->controller.kv;
    ifc_time begin = ifc_now();
    while (!ifc_kv_has_room(kv, layer)) {
        ifc_host_ask_flush(h, IFC_FLUSH_FULL, token, layer, NULL);
        ifc_op_run *op = wait_one(h);
        IFC_BUG_ON(op, "an operator completes that no graph waits for");
    }
    if (!kv->group || ifc_now() == begin)
        return;
    uint32_t resource = IFC_PATH_GROUP + kv->group->index;
    h->path.ps[IFC_OP_FLUSH][resource][IFC_PATH_PROGRAM] += ifc_now() - begin;
    ifc_trace_path_step(h->sys, IFC_OP_FLUSH, resource, IFC_PATH_PROGRAM, begin, ifc_now());
    ifc_trace_path(h->sys, token, layer);
}

static void decode_token(ifc_host *h, uint32_t token)
{
    ifc_kv *kv = &h->sys->controller.kv;
    const ifc_run_options *o = h->sys->options;
    uint32_t layers = h->sys->s->model.layers;
    ifc_time begin = ifc_now();
    ifc_detail_token(h->sys, token);
    ifc_trace_token_begin(h->sys, token);
    run_graph(h, &h->prologue, token, 0);
    for (uint32_t layer = 0; layer < layers; layer++) {
        wait_for_buffer(h, token, layer);
        ifc_kv_add(kv, layer);
        ifc_trace_kv_buffer(h->sys);
        run_graph(h, ifc_host_layer(h, layer), token, layer);
        ifc_kv_end_token(kv, layer);
        ifc_host_ask_flush(h, IFC_FLUSH_LAYER_END, token, layer, NULL);
        if (o->progress)
            o->progress(o->progress_arg, &(ifc_progress){.token = token,
                                                         .tokens = h->sys->s->workload.tokens,
                                                         .layer = layer,
                                                         .layers = layers,
                                                         .now = ifc_now()});
        if (ifc_host_should_stop(h))
            return;
    }
    run_graph(h, &h->epilogue, token, layers);
    ifc_host_record(h, ifc_now() - begin);
    ifc_trace_token_end(h->sys, token, begin);
    ifc_detail_token_done(h->sys);
    for (uint32_t layer = 0; layer < layers; layer++)
        ifc_host_ask_flush(h, IFC_FLUSH_TOKEN_END, token, layer, NULL);
    if (h->sys->policies.n_observers)
        ifc_policy_observe_token(h->sys, token, begin);
    ifc_host_refresh(h, token);
}

static void drain(ifc_host *h)
{
    h->ending = true;
    while (h->background > 0) {
        ifc_op_run *op = wait_one(h);
        IFC_BUG_ON(op, "an operator completes that no graph waits for");
    }
    ifc_txn_recycle(h->sys);
}

void ifc_host_run(void *host)
{
    ifc_host *h = host;
    const ifc_scenario *s = h->sys->s;
    if (s->workload.kind == IFC_WORKLOAD_STREAM)
        ifc_host_play_stream(h);
    else
        for (uint32_t token = 0; token < s->workload.tokens && !h->stopped; token++)
            decode_token(h, token);
    h->decode_end = ifc_now();
    drain(h);
    for (uint32_t i = 0; h->stopped && i < s->channel.count; i++)
        ifc_channel_advance(&h->sys->channels[i], ifc_now()); /* nobody waited for these tenures yet */
    ifc_trace_end(h->sys);
}
