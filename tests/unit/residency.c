/*
 * Neurons that come to DRAM and leave it: the statistics of what a token needs, what follows for a window,
 * what is read and how long that takes, against closed forms.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "components/data/residency.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

/* Two layers of 4096 neurons, each two rows of 256 bytes; a page takes one of them. */
enum { LAYERS = 2, NEURONS = 4096, ROW = 256, DIES = 8 };

static ifc_scenario *small(void)
{
    ifc_scenario *s = SIM_NEW(
        "flash.groups.g1.dies=8", "flash.groups.g1.planes=4", "flash.groups.g1.page=256 B",
        "flash.groups.g1.spare=0 B", "flash.groups.g1.blocks_per_plane=400",
        "flash.groups.g1.pages_per_block=16", "flash.groups.g1.fmacs=0", "flash.groups.g1.ecc_rate=0 B/s",
        "flash.groups.g1.queue_depth=1", "flash.groups.g1.t_read=100 us", "channel.count=8",
        "channel.rate=10 MB/s", "channel.command_time=0 s", "soc.ecc_rate=0 B/s", "dram.channels=1",
        "dram.rate=1 GB/s", "dram.latency=0 s", "npu.rate=1 TOPS", "npu.launch=0 s", "placement.weights=dram",
        "placement.matrices.gate_up.store=g1", "placement.matrices.down.store=g1", "placement.kv=dram",
        "placement.attention=npu", "placement.residency.store=g1", "model.layers=2", "model.hidden=128",
        "model.heads=2", "model.kv_heads=2", "model.head_dim=64", "model.ffn=4096", "model.ffn_matrices=2",
        "model.vocab=100", "workload.context=0", "workload.tokens=4", "effects.vector_ops=false",
        "effects.lm_head=false");
    return s;
}

/* New ones of the i-th token: flagged x i^-decay. There are the sum of those up to the window. */
static void statistics_are_what_they_say(void)
{
    static const struct {
        double flagged, decay;
        unsigned window;
    } all[] = {{0.1, 0.8, 5}, {0.1, 0.8, 1}, {0.05, 0.5, 3}, {0.5, 0, 1}, {0.02, 0.7, 0}};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        ifc_residency r;
        ifc_scenario *s = small();
        double needed = 0, missing = 0, there = 0, dropped = 0, n = 60.0 * LAYERS * NEURONS, stays = 0;
        sim_set(s, "placement.residency.flagged=%g", all[k].flagged);
        sim_set(s, "placement.residency.decay=%g", all[k].decay);
        sim_set(s, "placement.residency.window=%u", all[k].window);
        ifc_residency_init(&r, s);
        for (uint32_t token = 0; token < 60; token++)
            for (uint32_t l = 0; l < LAYERS; l++) {
                ifc_residency_step(&r, token, l);
                needed += r.needed;
                missing += r.n_missing;
                there += r.resident;
                dropped += r.dropped;
            }
        for (unsigned i = 1; i <= all[k].window; i++)
            stays += all[k].flagged * (i > r.longest ? 0 : r.longer[i - 1]);
        double fresh = all[k].window < r.longest ? r.longer[all[k].window] : 0;
        CU_ASSERT(sim_near("needed", needed / n, all[k].flagged, 0.02, 0));
        CU_ASSERT(sim_near("missing", missing / n, all[k].flagged * fresh, 0.04, 1e-9));
        CU_ASSERT(sim_near("there", there / n, all[k].window ? stays : all[k].flagged, 0.03, 0));
        CU_ASSERT(sim_near("dropped", dropped / n, all[k].window ? missing / n : 0, 0.05, 1e-4));
        CU_ASSERT(r.longer[0] == 1);
        ifc_residency_fini(&r);
        free(s);
    }
}

static void longest_times(void)
{
    CU_ASSERT_EQUAL(ifc_residency_longest(0.25, 0), 4);
    CU_ASSERT_EQUAL(ifc_residency_longest(0.5, 1), 4); /* 1 + 1/2 + 1/3 + 1/4 >= 2 */
    CU_ASSERT_EQUAL(ifc_residency_longest(0.01, 2), 0);
}

/* All of them, 8 dies in turn: each read takes tR and its bytes at 10 MB/s. */
static void reads_are_requests_of_a_closed_loop(void)
{
    static const struct {
        const char *sets[3];
        uint64_t requests, bytes;
    } all[] = {{{"bundle=true", "merge=0 B", "pinned=0"}, NEURONS, 2 * ROW},
               {{"bundle=false", "merge=0 B", "pinned=0"}, 2 * NEURONS, ROW},
               {{"bundle=true", "merge=1 KiB", "pinned=0.5"}, NEURONS / 4, 4 * ROW},
               {{"bundle=false", "merge=1 KiB", "pinned=0.5"}, NEURONS / 4, 4 * ROW}};
    enum { N = sizeof all / sizeof *all };
    sim_run runs[N];
    for (size_t i = 0; i < N; i++) {
        runs[i] = (sim_run){.scenario = small()};
        sim_set(runs[i].scenario, "placement.residency.flagged=1");
        sim_set(runs[i].scenario, "placement.residency.window=0");
        for (int k = 0; k < 3; k++)
            sim_set(runs[i].scenario, "placement.residency.%s", all[i].sets[k]);
        sim_set(runs[i].scenario, "workload.tokens=1");
    }
    sim_run_all(runs, N);
    for (size_t i = 0; i < N; i++) {
        const ifc_operator_row *fetch = sim_operator(&runs[i].result, "fetch");
        ifc_time each = 100 * (ifc_time)1000000 + sim_ps(all[i].bytes, 10);
        CU_ASSERT_EQUAL(runs[i].status, IFC_OK);
        CU_ASSERT_EQUAL(fetch->active_ps, LAYERS * (ifc_time)(all[i].requests / DIES) * each);
        CU_ASSERT_EQUAL(fetch->bytes_up, LAYERS * all[i].requests * all[i].bytes);
        CU_ASSERT_EQUAL(sim_operator(&runs[i].result, "arrange")->dram_bytes, 0);
        /* of 16 pages of a block, so many as of all pages of the neurons */
        CU_ASSERT_DOUBLE_EQUAL(runs[i].result.wear[0].reads_per_block_max,
                               16.0 * (double)(all[i].requests * all[i].bytes) / (2 * NEURONS * ROW), 1e-9);
        sim_run_fini(&runs[i]);
    }
}

/* Inserts and deletes are read and written; the predictor is read; what is there is multiplied. */
static void dram_moves_what_changes(void)
{
    ifc_residency r;
    ifc_scenario *s = small();
    uint64_t moved = 0, there = 0, read = 0, predictor = 128 * (128 + 4096) * 2;
    ifc_residency_init(&r, s);
    for (uint32_t token = 0; token < 4; token++)
        for (uint32_t l = 0; l < LAYERS; l++) {
            ifc_residency_step(&r, token, l);
            moved += r.n_missing + r.dropped;
            there += r.resident;
            read += r.n_missing;
        }
    ifc_residency_fini(&r);
    sim_run run = sim_run_one(s);
    const ifc_result *out = &run.result;
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(sim_operator(out, "fetch")->bytes_up, read * 2 * ROW);
    CU_ASSERT_EQUAL(sim_operator(out, "arrange")->dram_bytes, 2 * moved * 2 * ROW);
    CU_ASSERT_EQUAL(sim_operator(out, "arrange")->active_ps, sim_ps(2 * moved * 2 * ROW, 1000));
    CU_ASSERT_EQUAL(sim_operator(out, "predict")->dram_bytes, 4 * LAYERS * predictor);
    CU_ASSERT_EQUAL(sim_operator(out, "gate_up")->dram_bytes, there * ROW);
    CU_ASSERT_EQUAL(sim_operator(out, "down")->dram_bytes, there * ROW);
    CU_ASSERT(out->capacity[1].weights > LAYERS * predictor);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"statistics are what they say", statistics_are_what_they_say},
        {"longest times", longest_times},
        {"reads are requests of a closed loop", reads_are_requests_of_a_closed_loop},
        {"DRAM moves what changes", dram_moves_what_changes},
    };
    return IFC_RUN_TESTS("residency", tests);
}
