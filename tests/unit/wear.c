/**
 * Every row of the wear table against a closed form, on a machine small enough for paper.
 */
#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

#define EXACT  1e-9
#define BLOCKS (2 * 2 * 20.0)

static const ifc_wear_row *wear(const sim_run *run)
{
    return &run->result.wear[0];
}

static bool is(const char *what, double value, double expected)
{
    return sim_near(what, value, expected, EXACT, 0);
}

/*
 * Two tokens, and a flush of one page of K and one of V at the end. Weights lie first in their planes: all 16
 * pages of the first blocks are read once a token; K and V of the context, 10 pages on 4 planes, have blocks
 * of their own.
 */
static void a_decode(void)
{
    ifc_scenario *set = tiny();
    sim_set(set, "flash.groups.g1.endurance=1000");
    sim_set(set, "flash.groups.g1.read_limit=500");
    sim_run run = sim_run_one(set);
    double sensed = 2.0 * (double)(tiny_weights(run.scenario).pages + tiny_attention(run.scenario, 10).pages);
    double refreshes = sensed / 500 / 2, cycles = 2.0 / 16;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.n_wear, 1);
    CU_ASSERT_STRING_EQUAL(wear(&run)->group, "g1");
    CU_ASSERT(is("programmed", (double)wear(&run)->pages_programmed, 2));
    CU_ASSERT(is("erased", (double)wear(&run)->blocks_erased, 0));
    CU_ASSERT(is("P/E mean", wear(&run)->pe_mean, cycles / BLOCKS));
    CU_ASSERT(is("P/E max", wear(&run)->pe_max, 1));
    CU_ASSERT(is("skew", wear(&run)->program_skew, 2)); /* two of four planes program a page */
    CU_ASSERT(is("reads mean", wear(&run)->reads_per_block_mean, sensed / BLOCKS));
    CU_ASSERT(is("reads max", wear(&run)->reads_per_block_max, 2 * 16));
    CU_ASSERT(is("refreshes", wear(&run)->refreshes_per_token, refreshes));
    CU_ASSERT(is("lifetime", wear(&run)->lifetime_tokens, 1000 * BLOCKS / (cycles / 2 + refreshes)));
    sim_run_fini(&run);
}

/* Blocks of one page: every page of weights and KV is read once a token at most, wherever layers of both
 * kinds lie. */
static void layers_of_two_kinds_lie_apart(void)
{
    ifc_scenario *s = tiny_mixed();
    sim_set(s, "model.dense_layers=2");
    sim_set(s, "workload.context=8"); /* a page of each plane, of K and of V */
    sim_set(s, "flash.groups.g1.pages_per_block=1");
    sim_set(s, "flash.groups.g1.blocks_per_plane=320");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT(is("reads max", wear(&run)->reads_per_block_max, 2));
    sim_run_fini(&run);
}

static sim_run stream(const char *op, unsigned count)
{
    ifc_scenario *s = tiny();
    sim_set(s, "workload.kind=stream");
    sim_set(s, "workload.stream.group=g1");
    sim_set(s, "workload.stream.op=%s", op);
    sim_set(s, "workload.stream.count=%u", count);
    sim_set(s, "workload.stream.planes=2");
    sim_set(s, "workload.stream.queue_depth=1");
    return sim_run_one(s);
}

/* Erases go round the blocks of each of the two dies: 50 of them on 20 blocks. */
static void requests_that_erase(void)
{
    sim_run run = stream("erase", 100);
    CU_ASSERT(is("erased", (double)wear(&run)->blocks_erased, 100 * 2));
    CU_ASSERT(is("P/E mean", wear(&run)->pe_mean, 100 * 2 / BLOCKS));
    CU_ASSERT(is("P/E max", wear(&run)->pe_max, 3));
    CU_ASSERT(is("programmed", (double)wear(&run)->pages_programmed, 0));
    sim_run_fini(&run);
}

/* 32 programs of a page on both planes fill one block of each plane of one die, then one of the other. */
static void requests_that_program(void)
{
    sim_run run = stream("program", 32);
    CU_ASSERT(is("programmed", (double)wear(&run)->pages_programmed, 64));
    CU_ASSERT(is("P/E mean", wear(&run)->pe_mean, 64 / 16.0 / BLOCKS));
    CU_ASSERT(is("P/E max", wear(&run)->pe_max, 1));
    sim_run_fini(&run);
}

/* Reads go on from block to block: 16 pages of each plane to a block, 20 reads each die. */
static void requests_that_read(void)
{
    sim_run run = stream("read", 40);
    CU_ASSERT(is("reads mean", wear(&run)->reads_per_block_mean, 40 * 2 / BLOCKS));
    CU_ASSERT(is("reads max", wear(&run)->reads_per_block_max, 16));
    CU_ASSERT(is("P/E mean", wear(&run)->pe_mean, 0));
    CU_ASSERT(is("lifetime", wear(&run)->lifetime_tokens, 0));
    sim_run_fini(&run);
}

/*
 * Blocks of 128 pages: one holds a plane's weights, 85 of which a token reads. With a limit of 200 reads, of
 * which 0.75 make a move, that block moves at the end of the second token, in one command, and is erased
 * during the third. The embedding's 100 rows of half a page take 13 more pages of each plane.
 */
static void a_block_that_moves(void)
{
    ifc_scenario *set = tiny();
    sim_set(set, "flash.groups.g1.pages_per_block=128");
    sim_set(set, "flash.groups.g1.blocks_per_plane=4");
    sim_set(set, "flash.groups.g1.read_limit=200");
    sim_set(set, "policies.refresh.name=read-count");
    sim_set(set, "policies.refresh.share=0.75");
    sim_set(set, "policies.refresh.pages=128");
    sim_set(set, "policies.kv_flush.tokens=4");
    sim_set(set, "placement.kv_buffer.bytes=5 MiB");
    sim_set(set, "workload.tokens=3");
    sim_run run = sim_run_one(set);
    uint64_t pages = (tiny_weights(run.scenario).pages - 1) / 4 + 13;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT(is("programmed", (double)wear(&run)->pages_programmed, 4.0 * (double)pages));
    CU_ASSERT(is("erased", (double)wear(&run)->blocks_erased, 4));
    CU_ASSERT(is("P/E mean", wear(&run)->pe_mean, 4 / 16.0));
    CU_ASSERT(is("P/E max", wear(&run)->pe_max, 1));
    CU_ASSERT(wear(&run)->reads_per_block_max >= 2 * 85);
    /* The copies of a move are no reads, and of the block that it empties the reads begin anew. */
    double copied = 4.0 * (double)pages, moved = 4;
    double sensed = run.result.pages_sensed - copied;
    CU_ASSERT(is("reads mean", wear(&run)->reads_per_block_mean, sensed / (16 + moved)));
    CU_ASSERT(wear(&run)->reads_per_block_mean <= wear(&run)->reads_per_block_max);
    sim_run_fini(&run);
}

/* Reads of one group, per block, if each of them is in some block: of one block per plane, all are in it. */
static bool all_reads_are_somewhere(ifc_scenario *s, const char *what)
{
    sim_run run = sim_run_one(s);
    bool there = run.status == IFC_OK && wear(&run)->reads_per_block_mean > 0 &&
                 is(what, wear(&run)->reads_per_block_max, wear(&run)->reads_per_block_mean);
    sim_run_fini(&run);
    return there;
}

/* One die of one plane with one block: what has no block of its own shares the last. */
static ifc_scenario *one_block(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "flash.groups.g1.dies=1");
    sim_set(s, "flash.groups.g1.planes=1");
    sim_set(s, "flash.groups.g1.blocks_per_plane=1");
    sim_set(s, "flash.groups.g1.pages_per_block=4096");
    sim_set(s, "workload.tokens=1");
    return s;
}

static void no_read_is_lost(void)
{
    ifc_scenario *s = one_block();
    CU_ASSERT(all_reads_are_somewhere(s, "a full group"));
    s = one_block(); /* tokens that are stored at no cost are read all the same */
    sim_set(s, "effects.kv_program=false");
    sim_set(s, "workload.context=0");
    sim_set(s, "workload.tokens=6");
    CU_ASSERT(all_reads_are_somewhere(s, "nothing is programmed"));
    s = one_block(); /* likewise those of requests, which are in no row that is theirs */
    sim_set(s, "effects.kv_program=false");
    sim_set(s, "workload.kind=requests");
    sim_set(s, "workload.batch=2");
    sim_set(s, "workload.requests.arrival=closed");
    sim_set(s, "workload.requests.count=5");
    sim_set(s, "workload.requests.prompt=20");
    sim_set(s, "workload.requests.answer=30");
    CU_ASSERT(all_reads_are_somewhere(s, "requests, and nothing is programmed"));
}

/* Several vectors: matrices are read as often as the global buffer makes it, and more of the experts. */
static void no_read_of_a_step_is_lost(void)
{
    static const char *const more[] = {"workload.batch=3", "workload.draft.tokens=2", "workload.prompt=5"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        for (int small = 0; small < 2; small++) {
            ifc_scenario *s = one_block();
            sim_set(s, "%s", more[i]);
            sim_set(s, "placement.prefill=ifc");
            sim_set(s, "effects.kv_program=false");
            sim_set(s, "model.experts=4");
            sim_set(s, "model.shared_experts=1");
            if (small)
                sim_set(s, "flash.groups.g1.global_buffer=1 B");
            CU_ASSERT(all_reads_are_somewhere(s, more[i]));
        }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a decode", a_decode},
        {"layers of two kinds lie apart", layers_of_two_kinds_lie_apart},
        {"requests that erase", requests_that_erase},
        {"requests that program", requests_that_program},
        {"requests that read", requests_that_read},
        {"a block that moves", a_block_that_moves},
        {"no read is lost", no_read_is_lost},
        {"no read of a step is lost", no_read_of_a_step_is_lost},
    };
    return IFC_RUN_TESTS("wear", tests);
}
