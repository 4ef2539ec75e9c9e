/**
 * The operator graph of a layer: who waits for whom, what each operator reads, for dense, grouped-query and
 * mixture-of-experts models, with attention in the flash or on the NPU.
 */
#include "workloads/graph.h"

#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "workloads/model.h"

static const ifc_model mha = {.layers = 2,
                              .hidden = 4096,
                              .heads = 32,
                              .kv_heads = 32,
                              .head_dim = 128,
                              .ffn = 11008,
                              .ffn_matrices = 3,
                              .experts = 1,
                              .active_experts = 1,
                              .vocab = 32000,
                              .weight_bits = 16,
                              .activation_bits = 16,
                              .kv_bits = 16};
static const ifc_model gqa = {.layers = 2,
                              .hidden = 8192,
                              .heads = 64,
                              .kv_heads = 8,
                              .head_dim = 128,
                              .ffn = 28672,
                              .ffn_matrices = 3,
                              .experts = 1,
                              .active_experts = 1,
                              .vocab = 128256,
                              .weight_bits = 16,
                              .activation_bits = 16,
                              .kv_bits = 16};
static const ifc_model opt = {.layers = 2,
                              .hidden = 7168,
                              .heads = 56,
                              .kv_heads = 56,
                              .head_dim = 128,
                              .ffn = 28672,
                              .ffn_matrices = 2,
                              .experts = 1,
                              .active_experts = 1,
                              .vocab = 50272,
                              .weight_bits = 16,
                              .activation_bits = 16,
                              .kv_bits = 16};
static const ifc_model moe = {.layers = 2,
                              .hidden = 4096,
                              .heads = 32,
                              .kv_heads = 8,
                              .head_dim = 128,
                              .ffn = 14336,
                              .ffn_matrices = 3,
                              .experts = 8,
                              .active_experts = 2,
                              .vocab = 32000,
                              .weight_bits = 16,
                              .activation_bits = 16,
                              .kv_bits = 16};
static const ifc_model *const models[] = {&mha, &gqa, &opt, &moe};

static const ifc_graph_options flash = {.stages = 1, .vector_ops = true, .lm_head = true};

static uint32_t count(const ifc_graph *g, ifc_op_kind kind)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++)
        n += g->nodes[i].kind == kind;
    return n;
}

/* The node of a kind that serves a head group; -1: none. */
static int find(const ifc_graph *g, ifc_op_kind kind, uint32_t head_group)
{
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const ifc_op_node *n = &g->nodes[i];
        if (n->kind == kind && (n->head_groups == 0 ||
                                (head_group >= n->head_group && head_group < n->head_group + n->head_groups)))
            return (int)i;
    }
    return -1;
}

static bool waits_directly(const ifc_graph *g, int node, int on)
{
    for (uint32_t d = 0; d < g->nodes[node].n_deps; d++)
        if ((int)g->deps[g->nodes[node].first_dep + d] == on)
            return true;
    return false;
}

/* Directly or through others; nodes stand in an order where dependencies come first. */
static bool waits(const ifc_graph *g, int node, int on)
{
    bool reached[4096] = {false};
    if (node < 0 || on < 0 || g->n_nodes > 4096)
        return false;
    reached[on] = true;
    for (int i = on + 1; i <= node; i++)
        for (uint32_t d = 0; d < g->nodes[i].n_deps; d++)
            reached[i] |= reached[g->deps[g->nodes[i].first_dep + d]];
    return node != on && reached[node];
}

static void dependencies_come_first_and_successors_mirror_them(void)
{
    for (int m = 0; m < 4; m++)
        for (uint32_t stages = 1; stages <= models[m]->kv_heads; stages += 3) {
            ifc_graph g;
            ifc_graph_options o = flash;
            o.stages = stages;
            ifc_graph_layer(&g, models[m], &o);
            uint32_t edges = 0;
            for (uint32_t i = 0; i < g.n_nodes; i++) {
                for (uint32_t d = 0; d < g.nodes[i].n_deps; d++)
                    CU_ASSERT_FATAL(g.deps[g.nodes[i].first_dep + d] < i);
                for (uint32_t k = 0; k < g.nodes[i].n_successors; k++)
                    CU_ASSERT(waits_directly(&g, (int)g.successors[g.nodes[i].first_successor + k], (int)i));
                edges += g.nodes[i].n_successors;
                CU_ASSERT(i == 0 || g.nodes[i].n_deps > 0);                   /* one beginning */
                CU_ASSERT(i == g.n_nodes - 1 || g.nodes[i].n_successors > 0); /* one end */
            }
            CU_ASSERT_EQUAL(edges, g.n_deps);
            ifc_graph_fini(&g);
        }
}

/* Matrices of one kind, every expert's, sum to the weights of a layer; what is read, to the active ones. */
static void matrices_sum_to_the_layer(void)
{
    for (int m = 0; m < 4; m++)
        for (uint32_t stages = 1; stages <= models[m]->kv_heads; stages++) {
            ifc_graph g;
            ifc_graph_options o = flash;
            o.stages = stages;
            ifc_graph_layer(&g, models[m], &o);
            uint64_t stored = 0, read = 0;
            for (uint32_t i = 0; i < g.n_matrices; i++)
                stored += g.matrices[i].stored_rows * g.matrices[i].cols;
            for (uint32_t i = 0; i < g.n_nodes; i++)
                if (g.nodes[i].unit == IFC_UNIT_WEIGHTS)
                    read += g.nodes[i].rows * g.nodes[i].cols * g.nodes[i].times;
            ifc_model active = *models[m];
            active.experts = active.active_experts;
            CU_ASSERT_EQUAL(stored, ifc_model_layer_weights(models[m]) / models[m]->layers);
            CU_ASSERT_EQUAL(read, ifc_model_layer_weights(&active) / active.layers);
            ifc_graph_fini(&g);
        }
}

static void a_layer_has_its_order(void)
{
    static const ifc_op_kind order[] = {IFC_OP_NORM,    IFC_OP_QKV,      IFC_OP_ROPE,    IFC_OP_APPEND,
                                        IFC_OP_LOGIT,   IFC_OP_SOFTMAX,  IFC_OP_ATTEND,  IFC_OP_REDUCE,
                                        IFC_OP_PROJECT, IFC_OP_FFN_NORM, IFC_OP_GATE_UP, IFC_OP_ACTIVATION,
                                        IFC_OP_DOWN,    IFC_OP_RESIDUAL};
    ifc_graph g;
    ifc_graph_layer(&g, &mha, &flash);
    CU_ASSERT_EQUAL_FATAL(g.n_nodes, sizeof order / sizeof order[0]);
    for (uint32_t i = 0; i < g.n_nodes; i++) {
        CU_ASSERT_EQUAL(g.nodes[i].kind, order[i]);
        CU_ASSERT(i == 0 || waits_directly(&g, (int)i, (int)i - 1));
    }
    ifc_graph_fini(&g);
}

static void head_groups_are_dealt_to_stages(void)
{
    for (uint32_t stages = 1; stages <= 8; stages++) {
        ifc_graph g;
        ifc_graph_options o = flash;
        o.stages = stages;
        ifc_graph_layer(&g, &gqa, &o);
        uint32_t next = 0;
        CU_ASSERT_EQUAL(count(&g, IFC_OP_QKV), stages);
        CU_ASSERT_EQUAL(count(&g, IFC_OP_LOGIT), stages);
        CU_ASSERT_EQUAL(count(&g, IFC_OP_ATTEND), stages);
        for (uint32_t i = 0; i < g.n_nodes; i++)
            if (g.nodes[i].kind == IFC_OP_QKV) {
                CU_ASSERT_EQUAL(g.nodes[i].head_group, next);
                /* a KV head, its 8 query heads, its K and its V */
                CU_ASSERT_EQUAL(g.nodes[i].rows, g.nodes[i].head_groups * 10 * 128);
                next += g.nodes[i].head_groups;
            }
        CU_ASSERT_EQUAL(next, gqa.kv_heads);
        ifc_graph_fini(&g);
    }
}

/* Generation of the next stage does not wait for attention of this one; the projection waits for all. */
static void stages_overlap_and_join(void)
{
    ifc_graph g;
    ifc_graph_options o = flash;
    o.stages = 8;
    ifc_graph_layer(&g, &gqa, &o);
    int project = find(&g, IFC_OP_PROJECT, 0);
    for (uint32_t h = 0; h < 8; h++) {
        int logit = find(&g, IFC_OP_LOGIT, h), append = find(&g, IFC_OP_APPEND, h);
        CU_ASSERT(waits(&g, logit, find(&g, IFC_OP_QKV, h)));
        CU_ASSERT(waits(&g, logit, append));
        CU_ASSERT(waits(&g, project, find(&g, IFC_OP_ATTEND, h)));
        CU_ASSERT(waits(&g, project, append));
        CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_QKV, h)].vector, 0); /* one input vector for all */
        if (h == 0)
            continue;
        CU_ASSERT_FALSE(waits(&g, find(&g, IFC_OP_QKV, h), find(&g, IFC_OP_LOGIT, h - 1)));
        CU_ASSERT_FALSE(waits(&g, logit, find(&g, IFC_OP_ATTEND, h - 1)));
    }
    ifc_graph_fini(&g);
}

/* With the fill of the pipeline left out, attention may start with the generation of its head group. */
static void early_attention_does_not_wait_for_its_generation(void)
{
    ifc_graph g;
    ifc_graph_options o = flash;
    o.stages = 8;
    o.early_attention = true;
    ifc_graph_layer(&g, &gqa, &o);
    for (uint32_t h = 1; h < 8; h++) {
        int logit = find(&g, IFC_OP_LOGIT, h);
        CU_ASSERT_FALSE(waits(&g, logit, find(&g, IFC_OP_QKV, h)));
        CU_ASSERT(waits(&g, logit, find(&g, IFC_OP_QKV, h - 1)));
        CU_ASSERT(waits(&g, find(&g, IFC_OP_PROJECT, 0), find(&g, IFC_OP_QKV, h)));
    }
    ifc_graph_fini(&g);
}

static void attention_on_the_npu_loads_its_operands(void)
{
    ifc_graph g;
    ifc_graph_options o = flash;
    o.attention_npu = true;
    ifc_graph_layer(&g, &gqa, &o);
    int load_k = find(&g, IFC_OP_LOAD_K, 0), logit = find(&g, IFC_OP_LOGIT, 0),
        load_v = find(&g, IFC_OP_LOAD_V, 0), attend = find(&g, IFC_OP_ATTEND, 0);
    CU_ASSERT_FATAL(load_k >= 0 && logit >= 0 && load_v >= 0 && attend >= 0);
    CU_ASSERT_EQUAL(g.nodes[load_k].unit, IFC_UNIT_LOAD);
    CU_ASSERT_EQUAL(g.nodes[logit].unit, IFC_UNIT_NPU);
    CU_ASSERT(g.nodes[logit].npu_matrix);
    CU_ASSERT(waits_directly(&g, logit, load_k));
    CU_ASSERT(waits_directly(&g, attend, load_v));
    CU_ASSERT(waits(&g, attend, logit));
    CU_ASSERT_EQUAL(find(&g, IFC_OP_REDUCE, 0), -1);
    /* logit and attend: a product and a sum for each element of every query head */
    CU_ASSERT_EQUAL(g.nodes[logit].npu_ops_per_token + g.nodes[attend].npu_ops_per_token, 4.0 * 64 * 128);
    ifc_graph_fini(&g);
    ifc_graph_layer(&g, &gqa, &flash);
    CU_ASSERT_EQUAL(count(&g, IFC_OP_LOAD_K), 0);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_LOGIT, 0)].unit, IFC_UNIT_KV);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_ATTEND, 0)].unit, IFC_UNIT_KV);
    ifc_graph_fini(&g);
}

static void experts_have_a_router_and_only_active_ones_are_read(void)
{
    ifc_graph g;
    ifc_graph_layer(&g, &moe, &flash);
    int router = find(&g, IFC_OP_ROUTER, 0), up = find(&g, IFC_OP_GATE_UP, 0);
    CU_ASSERT_FATAL(router >= 0);
    CU_ASSERT(waits_directly(&g, up, router));
    CU_ASSERT(g.nodes[router].npu_matrix);
    CU_ASSERT_EQUAL(g.nodes[router].npu_ops, 2.0 * 4096 * 8);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_RESIDUAL, 0)].npu_ops, (1 + 2 * 2) * 4096.0);
    CU_ASSERT_EQUAL(g.nodes[up].rows, 2u * 14336); /* gate and up of each of two experts */
    CU_ASSERT_EQUAL(g.nodes[up].times, 2);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_DOWN, 0)].rows, 4096);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_DOWN, 0)].times, 2);
    CU_ASSERT_EQUAL(g.matrices[g.nodes[up].matrix].stored_rows, 8u * 2 * 14336);
    ifc_graph_fini(&g);
    ifc_graph_layer(&g, &mha, &flash);
    CU_ASSERT_EQUAL(find(&g, IFC_OP_ROUTER, 0), -1);
    ifc_graph_fini(&g);
}

static void shared_experts_are_read_by_every_token(void)
{
    ifc_model m = moe;
    ifc_graph g;
    m.shared_experts = 3;
    ifc_graph_layer(&g, &m, &flash);
    for (int k = 0; k < 2; k++) {
        const ifc_op_node *n = &g.nodes[find(&g, k ? IFC_OP_DOWN : IFC_OP_GATE_UP, 0)];
        CU_ASSERT(n->times == 2 + 3 && n->stored == 8 + 3 && n->always == 3);
        CU_ASSERT_EQUAL(g.matrices[n->matrix].stored_rows, 11 * n->rows);
    }
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_ROUTER, 0)].npu_ops, 2.0 * 4096 * 8);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_ACTIVATION, 0)].npu_ops, 5.0 * 5 * 14336);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_RESIDUAL, 0)].npu_ops, (1 + 2 * 2 + 3) * 4096.0);
    ifc_graph_fini(&g);
}

static void a_dense_layer_has_no_router(void)
{
    ifc_model m = moe;
    ifc_graph g;
    m.dense_ffn = 20000;
    ifc_graph_dense_layer(&g, &m, &flash);
    const ifc_op_node *up = &g.nodes[find(&g, IFC_OP_GATE_UP, 0)], *down = &g.nodes[find(&g, IFC_OP_DOWN, 0)];
    CU_ASSERT_EQUAL(find(&g, IFC_OP_ROUTER, 0), -1);
    CU_ASSERT(up->rows == 2 * 20000 && up->times == 1 && up->stored == 1 && down->cols == 20000);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_RESIDUAL, 0)].npu_ops, 4096.0);
    ifc_graph_fini(&g);
    m.dense_ffn = 0;
    ifc_graph_dense_layer(&g, &m, &flash);
    CU_ASSERT_EQUAL(g.nodes[find(&g, IFC_OP_GATE_UP, 0)].rows, 2 * 14336);
    ifc_graph_fini(&g);
}

static void a_parallel_block_waits_for_the_norm_alone(void)
{
    ifc_model m = gqa;
    ifc_graph g;
    m.parallel_ffn = true;
    ifc_graph_layer(&g, &m, &flash);
    int up = find(&g, IFC_OP_GATE_UP, 0), residual = find(&g, IFC_OP_RESIDUAL, 0);
    CU_ASSERT_EQUAL(find(&g, IFC_OP_FFN_NORM, 0), -1);
    CU_ASSERT(waits_directly(&g, up, find(&g, IFC_OP_NORM, 0)));
    CU_ASSERT_FALSE(waits(&g, up, find(&g, IFC_OP_QKV, 0)));
    CU_ASSERT_EQUAL(g.nodes[up].vector, g.nodes[find(&g, IFC_OP_QKV, 0)].vector);
    CU_ASSERT(waits(&g, residual, find(&g, IFC_OP_PROJECT, 0)) && waits(&g, residual, up));
    CU_ASSERT_EQUAL(residual, (int)g.n_nodes - 1); /* the path is walked from there */
    CU_ASSERT_EQUAL(g.nodes[residual].npu_ops, 2 * 8192.0);
    ifc_graph_fini(&g);
}

static void effects_take_operators_out(void)
{
    ifc_graph g;
    ifc_graph_options o = {.stages = 1};
    ifc_graph_layer(&g, &mha, &o);
    for (uint32_t i = 0; i < g.n_nodes; i++)
        CU_ASSERT_NOT_EQUAL(g.nodes[i].unit, IFC_UNIT_NPU);
    ifc_graph_fini(&g);
    ifc_graph_prologue(&g, &mha, &o);
    CU_ASSERT_EQUAL(g.n_nodes, 0);
    ifc_graph_fini(&g);
    ifc_graph_epilogue(&g, &mha, &o);
    CU_ASSERT_EQUAL(g.n_nodes, 0);
    ifc_graph_fini(&g);
}

static void a_token_ends_with_the_head(void)
{
    ifc_graph g;
    ifc_graph_epilogue(&g, &gqa, &flash);
    CU_ASSERT_EQUAL_FATAL(g.n_nodes, 3);
    CU_ASSERT_EQUAL(g.nodes[0].kind, IFC_OP_FINAL_NORM);
    CU_ASSERT_EQUAL(g.nodes[1].kind, IFC_OP_LM_HEAD);
    CU_ASSERT_EQUAL(g.nodes[1].rows, 128256);
    CU_ASSERT_EQUAL(g.nodes[1].cols, 8192);
    CU_ASSERT_EQUAL(g.nodes[2].kind, IFC_OP_SAMPLE);
    ifc_graph_fini(&g);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"dependencies come first and successors mirror them",
         dependencies_come_first_and_successors_mirror_them},
        {"matrices sum to the layer", matrices_sum_to_the_layer},
        {"a layer has its order", a_layer_has_its_order},
        {"head groups are dealt to stages", head_groups_are_dealt_to_stages},
        {"stages overlap and join", stages_overlap_and_join},
        {"early attention does not wait for its generation",
         early_attention_does_not_wait_for_its_generation},
        {"attention on the NPU loads its operands", attention_on_the_npu_loads_its_operands},
        {"experts have a router and only active ones are read",
         experts_have_a_router_and_only_active_ones_are_read},
        {"shared experts are read by every token", shared_experts_are_read_by_every_token},
        {"a dense layer has no router", a_dense_layer_has_no_router},
        {"a parallel block waits for the norm alone", a_parallel_block_waits_for_the_norm_alone},
        {"effects take operators out", effects_take_operators_out},
        {"a token ends with the head", a_token_ends_with_the_head},
    };
    return IFC_RUN_TESTS("graph", tests);
}
