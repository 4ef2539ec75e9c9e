/**
 * Multi-head latent attention: what a layer multiplies, what is stored of a token, and what attention reads,
 * against counts by hand.
 */
#include <stdlib.h>
#include <string.h>

#include "components/data/kv_period.h"
#include "components/mapping/passes.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"
#include "workloads/graph.h"

/* 4 query heads of 24 + 16 elements, outputs of 20; a latent of 32 and a key of 16 for a token: 96 bytes. */
enum {
    LAYERS = 2,
    HIDDEN = 128,
    HEADS = 4,
    RANK = 32,
    ROPE = 16,
    PLAIN = 24,
    VALUE = 20,
    FFN = 256,
    ENTRY = 2 * (RANK + ROPE)
};
#define LATENT                                                                                               \
    "model.layers=2", "model.hidden=128", "model.heads=4", "model.kv_heads=1", "model.head_dim=48",          \
        "model.ffn=256", "model.vocab=512", "effects.lm_head=false", "model.latent.kv_rank=32",              \
        "model.latent.rope_dim=16", "model.latent.plain_dim=24", "model.latent.value_dim=20"

/* Weights of a layer's attention; @query_rank 0: queries have no latent. */
static uint64_t attention_weights(uint64_t query_rank)
{
    uint64_t query = HEADS * (PLAIN + ROPE);
    uint64_t queries = query_rank ? HIDDEN * query_rank + query_rank * query : HIDDEN * query;
    return queries + HIDDEN * (RANK + ROPE) + HEADS * RANK * (PLAIN + VALUE) + HIDDEN * HEADS * VALUE;
}

static uint64_t weights(uint64_t query_rank)
{
    return LAYERS * (attention_weights(query_rank) + 3 * HIDDEN * FFN);
}

static uint64_t weights_of(const ifc_graph *g)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].unit == IFC_UNIT_WEIGHTS)
            sum += g->nodes[i].rows * g->nodes[i].cols;
    return sum;
}

static void a_layer_multiplies_what_is_counted(void)
{
    for (uint32_t rank = 0; rank <= 40; rank += 40)
        for (int npu = 0; npu < 2; npu++) {
            ifc_scenario *s = SIM_LOAD("quickstart.cfg", LATENT);
            ifc_model_counts counts;
            ifc_graph g;
            sim_set(s, "model.latent.query_rank=%u", rank);
            ifc_graph_layer(&g, &s->model, &(ifc_graph_options){.stages = 1, .attention_npu = npu});
            ifc_model_count(&s->model, &counts);
            CU_ASSERT_EQUAL(weights_of(&g), attention_weights(rank) + 3 * HIDDEN * FFN);
            CU_ASSERT_EQUAL(counts.weights[IFC_WEIGHTS_QKV] + counts.weights[IFC_WEIGHTS_PROJECT],
                            LAYERS * attention_weights(rank));
            CU_ASSERT_EQUAL(ifc_model_kv_bytes(&s->model), LAYERS * ENTRY);
            ifc_graph_fini(&g);
            free(s);
        }
}

/* Heads have inputs of their own: all rows need all of them, rows of one head its own, one row more those of
 * two. */
static void rows_need_the_inputs_of_their_heads(void)
{
    ifc_scenario *s = SIM_LOAD("quickstart.cfg", LATENT);
    ifc_graph g;
    uint32_t by_head = 0;
    ifc_graph_layer(&g, &s->model, &(ifc_graph_options){.stages = 1});
    for (uint32_t i = 0; i < g.n_nodes; i++) {
        const ifc_op_node *n = &g.nodes[i];
        if (n->unit != IFC_UNIT_WEIGHTS || n->blocks == 1)
            continue;
        by_head++;
        CU_ASSERT_EQUAL(n->rows * n->cols, HEADS * RANK * (n->cols == PLAIN ? PLAIN : VALUE));
        CU_ASSERT_EQUAL(ifc_gemv_inputs(n, n->rows), HEADS * n->cols);
        CU_ASSERT_EQUAL(ifc_gemv_inputs(n, n->rows / HEADS), n->cols);
        CU_ASSERT_EQUAL(ifc_gemv_inputs(n, n->rows / HEADS + 1), 2 * n->cols);
    }
    CU_ASSERT_EQUAL(by_head, 2);
    ifc_graph_fini(&g);
    free(s);
}

/* All from DRAM: each matrix once, the latent once for keys and values, and one of a new token. */
static void from_dram_the_latent_comes_once(void)
{
    for (uint32_t rank = 0; rank <= 40; rank += 40) {
        ifc_scenario *s = SIM_LOAD("systems/tinychat-orin-fp16.cfg", LATENT, "workload.context=10",
                                   "npu.power=1 W", "npu.rate=1 TOPS");
        sim_set(s, "model.latent.query_rank=%u", rank);
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(run.result.dram_bytes, 2 * weights(rank) + LAYERS * (10 + 1) * ENTRY);
        CU_ASSERT_EQUAL(run.result.useful_kv_bytes, LAYERS * 10 * ENTRY);
        double ops = 2.0 * (double)weights(rank) + LAYERS * 2.0 * 11 * HEADS * (RANK + ROPE + RANK);
        CU_ASSERT(sim_near("NPU", sim_energy(&run.result, "npu.compute"), ops * 1e-12, 1e-9, 0));
        sim_run_fini(&run);
    }
}

static ifc_scenario *discrete(const char *query_rank)
{
    return SIM_LOAD("full/kvnand-d-llama2-7b.cfg", LATENT, "flash.groups.g1.dies=1", "flash.groups.g2.dies=1",
                    "flash.groups.g2.planes=4", "workload.context=100", "workload.tokens=1", query_rank);
}

/* 42 entries of 96 bytes in a page of 4 KiB: 100 tokens are 3 pages of one stream, sensed for the logits and
 * again for the outputs. */
static void in_flash_pages_of_the_latent_are_sensed_twice(void)
{
    sim_run run = sim_run_one(discrete("model.latent.query_rank=0"));
    const ifc_result *r = &run.result;
    CU_ASSERT_EQUAL(r->macs, weights(0) + LAYERS * 100 * HEADS * (RANK + ROPE + RANK));
    CU_ASSERT_EQUAL(r->useful_kv_bytes, LAYERS * 2 * 100 * ENTRY);
    CU_ASSERT_EQUAL(r->sensed_kv_bytes, LAYERS * 2 * 3 * 4096);
    for (uint32_t i = 0; i < r->n_capacity; i++)
        if (strcmp(r->capacity[i].name, "g2") == 0)
            CU_ASSERT_EQUAL(r->capacity[i].kv, LAYERS * 3 * 4096);
    sim_run_fini(&run);
}

/* The buffer is shared by one stream a layer; as many tokens are flushed, each once. */
static void a_token_is_buffered_and_programmed_once(void)
{
    ifc_scenario *s = discrete("placement.kv_buffer.bytes=1920 B"); /* 10 tokens of 2 layers */
    sim_set(s, "workload.tokens=period");
    ifc_kv_period p;
    ifc_kv_period_of(s, &p);
    CU_ASSERT_EQUAL(p.flush_tokens, 10);
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.flushes, LAYERS * p.tokens / 10);
    CU_ASSERT_EQUAL(run.result.kv_buffer_peak, 1920);
    /* what 4 partial programs use up together is a page */
    CU_ASSERT_EQUAL(p.tokens, 40);
    CU_ASSERT(sim_near("programs", (double)run.result.pages_programmed, LAYERS, 0, 0));
    sim_run_fini(&run);
}

/* Planes hold slices of the one head: 48 elements over 32 planes are 2 in 24 of them; values are in 16. */
static void planes_hold_slices_of_the_latent(void)
{
    ifc_scenario *s = SIM_LOAD("full/kvnand-c-llama2-7b.cfg", LATENT, "flash.groups.g1.dies=1",
                               "workload.context=100", "workload.tokens=1");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.macs, weights(0) + LAYERS * 101 * HEADS * (RANK + ROPE + RANK));
    CU_ASSERT_EQUAL(run.result.sensed_kv_bytes, LAYERS * 2 * 24 * 4096);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a layer multiplies what is counted", a_layer_multiplies_what_is_counted},
        {"rows need the inputs of their heads", rows_need_the_inputs_of_their_heads},
        {"from DRAM the latent comes once", from_dram_the_latent_comes_once},
        {"in flash its pages are sensed twice", in_flash_pages_of_the_latent_are_sensed_twice},
        {"a token is buffered and programmed once", a_token_is_buffered_and_programmed_once},
        {"planes hold slices of the latent", planes_hold_slices_of_the_latent},
    };
    return IFC_RUN_TESTS("latent", tests);
}
