#include "platform/common/memory.h"
#include "workloads/graph_build.h"

#include <stdlib.h>
#include <string.h>

/*
 * NPU vector operations per element. Counted from the textbook form of each function, one operation per add,
 * multiply, compare or exponential: RMS norm (square, add, scale, weight), rotary (two products and a sum),
 * softmax (max, subtract, exp, add, divide), SiLU (negate, exp, add, divide) with its gate product.
 */
enum { OPS_NORM = 4, OPS_ROPE = 3, OPS_SOFTMAX = 5, OPS_ACTIVATION = 4, OPS_ADD = 1 };

/* Inputs of matrices, beside those of a layer without latents: 0 to 3. */
enum { VECTOR_LATENT_QUERY = 4, VECTOR_PLAIN_QUERY, VECTOR_LATENT_OUTPUT };

uint32_t ifc__graph_node(ifc_graph *g, ifc_op_kind kind, ifc_unit unit)
{
    if (g->n_nodes == g->room_nodes) {
        g->room_nodes = g->room_nodes ? 2 * g->room_nodes : 64;
        g->nodes = ifc_resize(g->nodes, g->room_nodes, sizeof *g->nodes);
    }
    g->nodes[g->n_nodes] = (ifc_op_node){.kind = kind, .unit = unit, .first_dep = g->n_deps};
    return g->n_nodes++;
}

/* Dependencies of a node are added right after the node. */
void ifc__graph_depend(ifc_graph *g, uint32_t on)
{
    if (g->n_deps == g->room_deps) {
        g->room_deps = g->room_deps ? 2 * g->room_deps : 64;
        g->deps = ifc_resize(g->deps, g->room_deps, sizeof *g->deps);
    }
    g->deps[g->n_deps++] = on;
    g->nodes[g->n_nodes - 1].n_deps++;
}

static uint32_t add_after(ifc_graph *g, ifc_op_kind kind, ifc_unit unit, uint32_t on)
{
    uint32_t n = ifc__graph_node(g, kind, unit);
    ifc__graph_depend(g, on);
    return n;
}

static uint32_t find_matrix(ifc_graph *g, ifc_weight_class class, uint64_t rows, uint64_t cols)
{
    for (uint32_t i = 0; i < g->n_matrices; i++)
        if (g->matrices[i].class == class && g->matrices[i].rows == rows && g->matrices[i].cols == cols)
            return i;
    g->matrices = ifc_resize(g->matrices, (g->n_matrices + 1), sizeof *g->matrices);
    g->matrices[g->n_matrices] = (ifc_matrix){.class = class, .rows = rows, .cols = cols};
    return g->n_matrices++;
}

/* One matrix, or experts, of which a token reads some. */
void ifc__graph_product(ifc_graph *g, uint32_t node, uint64_t rows, uint64_t cols, uint32_t vector)
{
    ifc_op_node *n = &g->nodes[node];
    n->times = n->stored = n->blocks = 1;
    n->rows = rows;
    n->cols = cols;
    n->vector = vector;
    n->matrix = find_matrix(g, ifc_weight_class_of(n->kind), rows, cols);
    g->matrices[n->matrix].stored_rows += rows;
}

void ifc__graph_experts(ifc_graph *g, uint32_t node, uint32_t times, uint32_t stored, uint32_t always)
{
    ifc_op_node *n = &g->nodes[node];
    n->times = times;
    n->stored = stored;
    n->always = always;
    g->matrices[n->matrix].stored_rows += (n->stored - 1) * n->rows;
}

/* Chosen ones, and shared ones that every token reads. */
static void set_experts(ifc_graph *g, uint32_t node, const ifc_model *m)
{
    ifc__graph_experts(g, node, m->active_experts + m->shared_experts, m->experts + m->shared_experts,
                       m->shared_experts);
}

static uint32_t add_vector(ifc_graph *g, const ifc_graph_options *o, ifc_op_kind kind, uint32_t on,
                           double ops)
{
    uint32_t n = add_after(g, kind, o->vector_ops && ops > 0 ? IFC_UNIT_NPU : IFC_UNIT_NONE, on);
    g->nodes[n].npu_ops = ops;
    return n;
}

static void set_head_groups(ifc_graph *g, uint32_t from_node, uint32_t first, uint32_t count)
{
    for (uint32_t i = from_node; i < g->n_nodes; i++) {
        g->nodes[i].head_group = first;
        g->nodes[i].head_groups = count;
    }
}

/* Logit or attend of @groups head groups on the NPU, after its operand has been loaded: a latent is both. */
static uint32_t add_npu_attention(ifc_graph *g, const ifc_model *m, ifc_op_kind kind, uint32_t on,
                                  uint32_t groups)
{
    bool values = kind == IFC_OP_ATTEND;
    if (!values || ifc_model_kv_kinds(m) > 1)
        on = add_after(g, values ? IFC_OP_LOAD_V : IFC_OP_LOAD_K, IFC_UNIT_LOAD, on);
    uint32_t n = add_after(g, kind, IFC_UNIT_NPU, on);
    g->nodes[n].npu_matrix = true;
    g->nodes[n].npu_ops_per_token =
        2.0 * groups * (m->heads / m->kv_heads) * (values ? ifc_model_value_width(m) : m->head_dim);
    return n;
}

/* What attention reads is chosen from scores of the index, which come back from where it lies. */
static uint32_t add_choice(ifc_graph *g, const ifc_graph_options *o, uint32_t on)
{
    uint32_t n = add_after(g, IFC_OP_INDEX, o->attention_npu ? IFC_UNIT_LOAD : IFC_UNIT_KV, on);
    if (o->attention_npu) {
        n = add_after(g, IFC_OP_SCORE, IFC_UNIT_NPU, n);
        g->nodes[n].npu_matrix = true;
    }
    return add_after(g, IFC_OP_SELECT, o->vector_ops ? IFC_UNIT_NPU : IFC_UNIT_NONE, n);
}

static uint32_t add_softmax(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o, uint32_t on,
                            uint32_t groups)
{
    uint32_t queries = m->heads / m->kv_heads;
    bool buffered = o->buffer_on_soc && !o->attention_npu;
    uint32_t n = add_after(g, IFC_OP_SOFTMAX, o->vector_ops || buffered ? IFC_UNIT_NPU : IFC_UNIT_NONE, on);
    if (o->vector_ops)
        g->nodes[n].npu_ops_per_token = groups * OPS_SOFTMAX * (double)queries;
    if (o->vector_ops && o->sums == IFC_SUMS_OF_LOGITS)
        g->nodes[n].ops_per_token_sum = OPS_ADD * (double)queries;
    if (buffered)
        g->nodes[n].buffer_ops_per_token = 2.0 * groups * queries * (m->head_dim + ifc_model_value_width(m));
    return n;
}

/* Queries, keys and values of @groups head groups from what @norm normalised. Return: the matrix. */
static uint32_t add_generation(ifc_graph *g, const ifc_model *m, uint32_t norm, uint32_t groups)
{
    uint32_t qkv = add_after(g, IFC_OP_QKV, IFC_UNIT_WEIGHTS, norm);
    ifc__graph_product(g, qkv, (uint64_t)groups * (m->heads / m->kv_heads + 2) * m->head_dim, m->hidden, 0);
    return qkv;
}

/* A matrix for each head, with an input of its own: @rows and @cols of one. */
static uint32_t add_by_head(ifc_graph *g, const ifc_model *m, uint32_t on, uint64_t rows, uint64_t cols,
                            uint32_t vector)
{
    uint32_t n = add_after(g, IFC_OP_QKV, IFC_UNIT_WEIGHTS, on);
    ifc__graph_product(g, n, m->heads * rows, cols, vector);
    g->nodes[n].blocks = m->heads;
    return n;
}

/* The same of multi-head latent attention, absorbed (DeepSeek-V2, arXiv 2405.04434, 2.1): the latent of keys
 * and values, queries (of a latent of their own, if they have one), and these in the space of the latent, so
 * that no key is ever made of it. */
static uint32_t add_latent_generation(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o,
                                      uint32_t norm)
{
    uint64_t query = (uint64_t)m->heads * (m->latent.plain_dim + m->latent.rope_dim);
    uint64_t from = m->latent.query_rank ? m->latent.query_rank : query;
    uint32_t last = add_after(g, IFC_OP_QKV, IFC_UNIT_WEIGHTS, norm);
    ifc__graph_product(g, last, from + m->latent.kv_rank + m->latent.rope_dim, m->hidden, 0);
    last = add_vector(g, o, IFC_OP_NORM, last, (double)OPS_NORM * (m->latent.kv_rank + m->latent.query_rank));
    if (m->latent.query_rank) {
        last = add_after(g, IFC_OP_QKV, IFC_UNIT_WEIGHTS, last);
        ifc__graph_product(g, last, query, m->latent.query_rank, VECTOR_LATENT_QUERY);
    }
    return add_by_head(g, m, last, m->latent.kv_rank, m->latent.plain_dim, VECTOR_PLAIN_QUERY);
}

static double rope_ops(const ifc_model *m, uint32_t groups)
{
    uint32_t queries = m->heads / m->kv_heads, dims = m->latent.kv_rank ? m->latent.rope_dim : m->head_dim;
    return (double)OPS_ROPE * groups * (queries + 1) * dims;
}

/* One pipeline stage: generation and attention of head groups [first, first + groups). Return: its last node.
 */
static uint32_t add_stage(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o, uint32_t norm,
                          uint32_t generated_before, uint32_t first, uint32_t groups, uint32_t *generated,
                          uint32_t *appended)
{
    uint32_t from = g->n_nodes;
    bool latent = m->latent.kv_rank > 0;
    uint32_t qkv = latent ? add_latent_generation(g, m, o, norm) : add_generation(g, m, norm, groups);
    uint32_t rope = add_vector(g, o, IFC_OP_ROPE, qkv, rope_ops(m, groups));
    uint32_t append = add_after(g, IFC_OP_APPEND, IFC_UNIT_STORE, rope);
    uint32_t start = o->early_attention && !latent ? generated_before : append, last;
    start = o->index ? add_choice(g, o, start) : start;
    if (o->attention_npu) {
        uint32_t logit = add_npu_attention(g, m, IFC_OP_LOGIT, start, groups);
        uint32_t softmax = add_softmax(g, m, o, logit, groups);
        last = add_npu_attention(g, m, IFC_OP_ATTEND, softmax, groups);
    } else {
        uint32_t logit = add_after(g, IFC_OP_LOGIT, IFC_UNIT_KV, start);
        uint32_t softmax = add_softmax(g, m, o, logit, groups);
        uint32_t attend = add_after(g, IFC_OP_ATTEND, IFC_UNIT_KV, softmax);
        last = add_vector(g, o, IFC_OP_REDUCE, attend, o->sums == IFC_SUMS_OF_OUTPUTS);
        g->nodes[last].npu_ops = 0;
        g->nodes[last].ops_per_sum = (double)OPS_ADD * (m->heads / m->kv_heads) * ifc_model_value_width(m);
    }
    if (latent) /* values of the heads, of the attended latent */
        last = add_by_head(g, m, last, m->latent.value_dim, m->latent.kv_rank, VECTOR_LATENT_OUTPUT);
    set_head_groups(g, from, first, groups);
    *generated = qkv;
    *appended = append;
    return last;
}

/* Return: the node after which the attention output of all heads is there. */
static uint32_t add_attention(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o, uint32_t norm)
{
    uint32_t stages = o->stages < m->kv_heads ? o->stages : m->kv_heads;
    uint32_t *ends = ifc_alloc_zero(2 * (size_t)stages, sizeof *ends), n_ends = 0, generated = norm,
             first = 0;
    for (uint32_t s = 0; s < stages; s++) {
        uint32_t end = (uint32_t)((uint64_t)m->kv_heads * (s + 1) / stages), append;
        ends[n_ends++] = add_stage(g, m, o, norm, generated, first, end - first, &generated, &append);
        ends[n_ends++] = append;
        first = end;
    }
    uint32_t project = ifc__graph_node(g, IFC_OP_PROJECT, IFC_UNIT_WEIGHTS);
    for (uint32_t i = 0; i < n_ends; i++)
        ifc__graph_depend(g, ends[i]);
    free(ends);
    uint32_t output = m->latent.kv_rank ? m->latent.value_dim : m->head_dim;
    ifc__graph_product(g, project, m->hidden, (uint64_t)m->heads * output, 1);
    return project;
}

/* Gate, up, activation and down of blocks of @width, as many as are active. @vector: which input. */
static uint32_t add_blocks(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o, uint32_t on,
                           uint64_t width, bool experts, uint32_t vector)
{
    double active = experts ? m->active_experts + m->shared_experts : 1;
    uint32_t up = add_after(g, IFC_OP_GATE_UP, IFC_UNIT_WEIGHTS, on);
    ifc__graph_product(g, up, (m->ffn_matrices - 1) * width, m->hidden, vector);
    if (experts)
        set_experts(g, up, m);
    uint32_t gate = add_vector(g, o, IFC_OP_ACTIVATION, up,
                               (double)(OPS_ACTIVATION + (m->ffn_matrices - 2)) * active * (double)width);
    uint32_t down = add_after(g, IFC_OP_DOWN, IFC_UNIT_WEIGHTS, gate);
    ifc__graph_product(g, down, m->hidden, width, 3);
    if (experts)
        set_experts(g, down, m);
    return down;
}

/* What a token needs is predicted, read where it is missing, and put in its place: one after the other. */
static uint32_t add_neurons(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o, uint32_t on)
{
    if (o->predictor > 0) {
        on = add_after(g, IFC_OP_FLAG, IFC_UNIT_NPU, add_after(g, IFC_OP_PREDICT, IFC_UNIT_LOAD, on));
        g->nodes[on].npu_matrix = true;
        g->nodes[on].npu_ops = 2.0 * o->predictor * (m->hidden + (double)m->ffn);
    }
    return add_after(g, IFC_OP_ARRANGE, IFC_UNIT_LOAD, add_after(g, IFC_OP_FETCH, IFC_UNIT_LOAD, on));
}

/* The block reads what attention has left, or, in parallel to it, the same normalised input @norm. */
static void add_feed_forward(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o, uint32_t norm,
                             uint32_t attention, bool dense)
{
    bool experts = m->experts > 1 && !dense, parallel = m->parallel_ffn;
    uint64_t width = dense ? ifc_model_dense_ffn(m) : m->ffn;
    uint32_t x = norm;
    if (!parallel)
        x = add_vector(g, o, IFC_OP_FFN_NORM, attention, (OPS_ADD + OPS_NORM) * (double)m->hidden);
    if (experts) {
        x = add_vector(g, o, IFC_OP_ROUTER, x, 2.0 * m->hidden * m->experts);
        g->nodes[x].npu_matrix = true;
    }
    x = o->neurons ? add_neurons(g, m, o, x) : x;
    uint32_t down = add_blocks(g, m, o, x, width, experts, parallel ? 0 : 2);
    /* the weighted sum of the experts' outputs, shared ones as they are */
    double combine = experts ? 2.0 * m->active_experts + m->shared_experts : 0.0;
    add_vector(g, o, IFC_OP_RESIDUAL, down, (OPS_ADD * (parallel ? 2 : 1) + combine) * m->hidden);
    if (parallel)
        ifc__graph_depend(g, attention);
}

void ifc__graph_link(ifc_graph *g)
{
    g->successors = ifc_alloc_zero(g->n_deps + 1, sizeof *g->successors);
    for (uint32_t i = 0; i < g->n_deps; i++)
        g->nodes[g->deps[i]].n_successors++;
    uint32_t at = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        g->nodes[i].first_successor = at;
        at += g->nodes[i].n_successors;
        g->nodes[i].n_successors = 0;
    }
    for (uint32_t i = 0; i < g->n_nodes; i++)
        for (uint32_t d = 0; d < g->nodes[i].n_deps; d++) {
            ifc_op_node *from = &g->nodes[g->deps[g->nodes[i].first_dep + d]];
            g->successors[from->first_successor + from->n_successors++] = i;
        }
}

static void build_layer(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o, bool dense)
{
    memset(g, 0, sizeof *g);
    uint32_t norm =
        ifc__graph_node(g, IFC_OP_NORM, o->vector_ops || o->layer_time ? IFC_UNIT_NPU : IFC_UNIT_NONE);
    g->nodes[norm].npu_ops = o->vector_ops ? (double)OPS_NORM * m->hidden : 0;
    g->nodes[norm].npu_fixed = o->layer_time;
    uint32_t project = add_attention(g, m, o, norm);
    add_feed_forward(g, m, o, norm, project, dense);
    ifc__graph_link(g);
}

void ifc_graph_layer(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o)
{
    build_layer(g, m, o, false);
}

void ifc_graph_dense_layer(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o)
{
    build_layer(g, m, o, true);
}

void ifc_graph_prologue(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o)
{
    memset(g, 0, sizeof *g);
    if (o->lm_head) {
        uint32_t n = ifc__graph_node(g, IFC_OP_EMBED, IFC_UNIT_EMBED);
        g->nodes[n].rows = 1;
        g->nodes[n].cols = m->hidden;
    }
    ifc__graph_link(g);
}

void ifc_graph_epilogue(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o)
{
    memset(g, 0, sizeof *g);
    if (o->lm_head) {
        uint32_t norm = ifc__graph_node(g, IFC_OP_FINAL_NORM, o->vector_ops ? IFC_UNIT_NPU : IFC_UNIT_NONE);
        g->nodes[norm].npu_ops = (double)OPS_NORM * m->hidden;
        uint32_t head = add_after(g, IFC_OP_LM_HEAD, IFC_UNIT_WEIGHTS, norm);
        ifc__graph_product(g, head, m->vocab, m->hidden, 0);
        add_vector(g, o, IFC_OP_SAMPLE, head, m->vocab);
    }
    ifc__graph_link(g);
}

void ifc_graph_fini(ifc_graph *g)
{
    free(g->nodes);
    free(g->deps);
    free(g->successors);
    free(g->matrices);
    memset(g, 0, sizeof *g);
}

void ifc_graphs_init(ifc_graphs *g, const ifc_model *m, const ifc_graph_options *o)
{
    memset(g, 0, sizeof *g);
    ifc_graph_layer(&g->layer, m, o);
    if (m->dense_layers)
        ifc_graph_dense_layer(&g->dense, m, o);
    ifc_graph_prologue(&g->prologue, m, o);
    ifc_graph_epilogue(&g->epilogue, m, o);
}

void ifc_graphs_fini(ifc_graphs *g)
{
    ifc_graph_fini(&g->prologue);
    ifc_graph_fini(&g->dense);
    ifc_graph_fini(&g->layer);
    ifc_graph_fini(&g->epilogue);
}

const ifc_graph *ifc_graphs_layer(const ifc_graphs *g, const ifc_model *m, uint32_t layer)
{
    return layer < m->dense_layers ? &g->dense : &g->layer;
}
