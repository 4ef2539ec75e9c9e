/**
 * Pages that a window leaves behind: when their blocks are erased, that they come back, and who shares them.
 * A row of blocks is dead when all that it holds is behind, and takes no more.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

/* Layers of 2 heads of 64 elements, entries of 128 bytes: 32 in a page. Every 8 tokens are flushed, a quarter
 * of a page in each of the 4 streams of a layer; 64 tokens fill a row of 2 pages on 4 planes. A window of 64.
 */
static ifc_scenario *windowed(uint32_t layers, uint32_t with, uint32_t context, uint32_t tokens)
{
    ifc_scenario *s =
        SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "model.hidden=128", "model.heads=2", "model.kv_heads=2",
                 "model.head_dim=64", "model.ffn=256", "model.vocab=512", "effects.lm_head=false",
                 "model.window=64", "flash.groups.g1.dies=1", "flash.groups.g2.dies=1",
                 "flash.groups.g2.planes=4", "flash.groups.g2.pages_per_block=2");
    sim_set(s, "model.layers=%u", layers);
    sim_set(s, "model.window_layers=%u", with);
    sim_set(s, "placement.kv_buffer.bytes=%u B", layers * 4 * 8 * 128);
    sim_set(s, "workload.context=%u", context);
    sim_set(s, "workload.tokens=%u", tokens);
    return s;
}

static const ifc_wear_row *wear_of(const ifc_result *r)
{
    for (uint32_t i = 0; i < r->n_wear; i++)
        if (strcmp(r->wear[i].group, "g2") == 0)
            return &r->wear[i];
    return NULL;
}

/* @rows of 4 blocks. */
static void erases(ifc_scenario *s, uint32_t rows)
{
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT(sim_near("blocks", (double)run.result.blocks_erased, 4.0 * rows, 0, 0));
    sim_run_fini(&run);
}

/* The k-th row is behind when 64 (k + 1) tokens are there. */
static void a_row_is_erased_when_its_last_token_is_behind(void)
{
    erases(windowed(1, 1, 0, 127), 0);
    erases(windowed(1, 1, 0, 128), 1);
    erases(windowed(1, 1, 0, 319), 3);
    erases(windowed(1, 1, 0, 320), 4);
}

/* What layers without a window keep lies in rows of its own. */
static void rows_of_other_layers_stay(void)
{
    erases(windowed(2, 1, 0, 319), 3);
    erases(windowed(2, 1, 0, 320), 4);
    erases(windowed(2, 0, 0, 320), 0);
}

/* The context, where no layer keeps it: its last 64 tokens are a row, behind when 64 more have come. */
static void the_context_goes_too(void)
{
    erases(windowed(1, 1, 128, 63), 0);
    erases(windowed(1, 1, 128, 64), 1);
    erases(windowed(2, 1, 128, 64), 0);
}

/* 10 rows are filled in 4: each comes back, the one that was erased least first. */
static void erased_rows_come_back(void)
{
    ifc_scenario *s = windowed(1, 1, 0, 640);
    sim_set(s, "flash.groups.g2.blocks_per_plane=4");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.blocks_erased, 9 * 4);
    const ifc_wear_row *w = wear_of(&run.result);
    CU_ASSERT(w && sim_near("cycles", w->pe_max, 3, 0, 0));
    CU_ASSERT(w && w->blocks_erased == 9 * 4);
    sim_run_fini(&run);
}

/* Sequences of a batch share rows: twice as many, each behind when both are. */
static void a_batch_shares_its_rows(void)
{
    for (uint32_t tokens = 159; tokens <= 160; tokens++) {
        ifc_scenario *s = windowed(1, 1, 0, tokens);
        sim_set(s, "workload.batch=2");
        sim_set(s, "placement.kv_buffer.bytes=%u B", 2 * 4 * 8 * 128);
        erases(s, tokens < 160 ? 2 : 3);
    }
}

/* What programs cost nothing leaves nothing behind; nor does DRAM. */
static void what_is_not_programmed_is_not_erased(void)
{
    ifc_scenario *s = windowed(1, 1, 0, 320);
    sim_set(s, "effects.kv_program=false");
    erases(s, 0);
    s = windowed(1, 1, 0, 320);
    sim_set(s, "placement.kv=dram");
    sim_set(s, "placement.attention=npu");
    sim_set(s, "placement.overlap=none");
    sim_set(s, "dram.channels=1");
    erases(s, 0);
}

/* Two caches share the last row of a group that is full; the one that ends first takes it with it, and the
 * other one goes on in a row that came back. */
static void a_full_row_of_two_caches(void)
{
    ifc_scenario *s =
        SIM_NEW("model.layers=1", "model.hidden=1", "model.heads=1", "model.kv_heads=1", "model.head_dim=1",
                "model.ffn=1", "model.vocab=1", "placement.weights=g1", "placement.kv=g1",
                "placement.kv_buffer.partial_programs=1", "workload.batch=2", "workload.kind=requests",
                "policies.kv_flush.name=at-token-end", "flash.groups.g1.dies=1", "flash.groups.g1.planes=1",
                "flash.groups.g1.pages_per_block=1", "flash.groups.g1.blocks_per_plane=12");
    sim_set(s, "workload.requests.trace=%s/tests/random/inputs/mooncake.jsonl", IFC_SOURCE_DIR);
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.n_requests, 5);
    sim_run_fini(&run);
}

/* Each request has rows of its own. 5 rows of 320 tokens go through 3: without a window to leave them
 * behind, the third would take all that comes. What is left goes when the request is over; an answer's last
 * token is not stored. */
static void requests_leave_rows_behind(void)
{
    for (uint32_t n = 1; n <= 2; n++) {
        ifc_scenario *s = windowed(1, 1, 0, 1);
        sim_set(s, "workload.kind=requests");
        sim_set(s, "workload.requests.arrival=closed");
        sim_set(s, "workload.requests.count=%u", n);
        sim_set(s, "workload.batch=%u", n);
        sim_set(s, "workload.requests.prompt=8");
        sim_set(s, "workload.requests.answer=313");
        sim_set(s, "placement.kv_buffer.bytes=%u B", n * 4 * 8 * 128);
        sim_set(s, "flash.groups.g2.blocks_per_plane=%u", n * 3);
        erases(s, n * 5);
    }
}

/* 40 requests, one after the other, each of a row of 64 tokens, on a group of 8 rows: five times what it
 * holds. Rows are erased behind each, and the one that was erased least is taken next: all wear alike. */
static void more_than_the_group_holds(void)
{
    ifc_scenario *s = windowed(1, 1, 0, 1);
    sim_set(s, "model.window=0");
    sim_set(s, "workload.kind=requests");
    sim_set(s, "workload.requests.arrival=closed");
    sim_set(s, "workload.requests.count=40");
    sim_set(s, "workload.requests.prompt=8");
    sim_set(s, "workload.requests.answer=57");
    sim_set(s, "flash.groups.g2.blocks_per_plane=8");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.n_requests, 40);
    CU_ASSERT_EQUAL(run.result.blocks_erased, 40 * 4);
    CU_ASSERT_EQUAL(run.result.pages_programmed, 40 * 2 * 4);
    CU_ASSERT_EQUAL(wear_of(&run.result)->pe_max, 5);
    CU_ASSERT_EQUAL(wear_of(&run.result)->pe_mean, 5);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a row is erased when its last token is behind", a_row_is_erased_when_its_last_token_is_behind},
        {"rows of other layers stay", rows_of_other_layers_stay},
        {"the context goes, too", the_context_goes_too},
        {"erased rows come back", erased_rows_come_back},
        {"a batch shares its rows", a_batch_shares_its_rows},
        {"what is not programmed is not erased", what_is_not_programmed_is_not_erased},
        {"requests leave rows behind", requests_leave_rows_behind},
        {"more than the group holds", more_than_the_group_holds},
        {"a full row of two caches", a_full_row_of_two_caches},
    };
    return IFC_RUN_TESTS("left_behind", tests);
}
