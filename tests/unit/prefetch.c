/**
 * Keys and values that are read ahead of their layer: what hides, what does not, and that nothing else
 * changes.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

/* A layer: weights of W bytes from DRAM of 1 GB/s; K and V of pages that take P each on a bus of 100 MB/s. */
enum { LAYERS = 4, HIDDEN = 128, W = 128 * (3 * 128 + 128 + 3 * 256) * 2, PAGE = 1024, PAGE_TOKENS = 8 };

static sim_run load(bool ahead, unsigned context)
{
    sim_run run = {
        .scenario = SIM_NEW(
            "flash.groups.g1.dies=4", "flash.groups.g1.planes=1", "flash.groups.g1.page=1 KiB",
            "flash.groups.g1.spare=0 B", "flash.groups.g1.blocks_per_plane=400",
            "flash.groups.g1.pages_per_block=64", "flash.groups.g1.fmacs=0", "flash.groups.g1.ecc_rate=0 B/s",
            "flash.groups.g1.t_read=1 us", "channel.count=1", "channel.rate=100 MB/s",
            "channel.command_time=0 s", "soc.ecc_rate=0 B/s", "dram.channels=1", "dram.rate=1 GB/s",
            "dram.latency=0 s", "npu.rate=1000 TOPS", "npu.launch=0 s", "npu.tile=1 MiB",
            "placement.weights=dram", "placement.kv=g1", "placement.attention=npu",
            "placement.kv_buffer.bytes=1 MiB", "placement.kv_buffer.partial_programs=1", "model.layers=4",
            "model.hidden=128", "model.heads=2", "model.kv_heads=2", "model.head_dim=64", "model.ffn=256",
            "model.vocab=100", "workload.tokens=3", "effects.vector_ops=false", "effects.lm_head=false")};
    sim_set(run.scenario, "placement.kv_prefetch=%s", ahead ? "true" : "false");
    sim_set(run.scenario, "workload.context=%u", context);
    return run;
}

/* Whole pages of the two heads, K and V. */
static ifc_time reading(unsigned context)
{
    return sim_ps(4 * (uint64_t)(context / PAGE_TOKENS) * PAGE, 100);
}

static ifc_time matrices(void)
{
    return sim_ps(W, 1000);
}

/* The second token: a layer takes what its matrices do, or what its reading does, whichever is longer. */
static void reading_hides_behind_matrices(void)
{
    static const unsigned contexts[] = {8, 32, 48, 160, 320};
    enum { N = sizeof contexts / sizeof *contexts };
    sim_run runs[2 * N];
    for (int i = 0; i < 2 * N; i++)
        runs[i] = load(i % 2, contexts[i / 2]);
    sim_run_all(runs, 2 * N);
    for (int i = 0; i < 2 * N; i++) {
        ifc_time read = reading(contexts[i / 2]), work = matrices();
        ifc_time expected = i % 2 == 0 ? read + work : read > work ? read : work;
        CU_ASSERT_EQUAL_FATAL(runs[i].status, IFC_OK);
        CU_ASSERT_EQUAL_FATAL(runs[i].result.tokens, 3);
        CU_ASSERT(sim_near(i % 2 ? "ahead" : "in turn", (double)runs[i].result.token_latency[1],
                           (double)(LAYERS * expected), 0, LAYERS * 12.0e6));
        CU_ASSERT_EQUAL(runs[i].result.pages_sensed, 3ull * LAYERS * 4 * (contexts[i / 2] / PAGE_TOKENS));
    }
    /* what waits for pages waits for the bus that brings them */
    const ifc_path_row *first = &runs[2 * N - 1].result.path[0];
    CU_ASSERT(strncmp(first->operator_name, "load_", 5) == 0);
    CU_ASSERT_STRING_EQUAL(first->resource, "channel");
    /* nobody waits for more than the first layer of the first token */
    CU_ASSERT(runs[1].result.token_latency[0] > runs[1].result.token_latency[1]);
    for (int i = 0; i < 2 * N; i++)
        sim_run_fini(&runs[i]);
}

int main(void)
{
    static const struct ifc_test tests[] = {{"reading hides behind matrices", reading_hides_behind_matrices}};
    return IFC_RUN_TESTS("prefetch", tests);
}
