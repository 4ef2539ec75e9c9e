/**
 * Many vectors for a page: sequences that decode together, and drafted tokens that are verified together.
 * Counted from the numbers of the scenario alone.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"
#include "tests/unit/support/tiny.h"

#define HIDDEN 512
#define FFN    1024

/* Rows and columns of what a layer reads, in order. */
static const struct product {
    unsigned rows, cols;
} products[] = {{3 * HIDDEN, HIDDEN}, {HIDDEN, HIDDEN}, {2 * FFN, HIDDEN}, {HIDDEN, FFN}};
#define PRODUCTS 4

/* A layer on two dies of eight planes of the shipped die, no context, KV in DRAM. */
static ifc_scenario *matrices(unsigned batch)
{
    ifc_scenario *s =
        SIM_LOAD("published/base-1-llama2-7b.cfg", "effects.page_rounding=true", "effects.pipeline_fill=true",
                 "effects.ecc=true", "channel.count=1", "flash.groups.g1.dies=2", "flash.groups.g1.planes=8",
                 "model.layers=1", "flash.groups.g1.t_read=4 us", "model.heads=4", "model.kv_heads=4",
                 "workload.context=0", "workload.tokens=1");
    sim_set(s, "model.hidden=%u", HIDDEN);
    sim_set(s, "model.ffn=%u", FFN);
    sim_set(s, "workload.batch=%u", batch);
    return s;
}

/* Row bytes are a fourth, or half, of a page: pages of each of the 16 planes. */
static unsigned pages(const struct product *p)
{
    return p->rows / 16 * p->cols * 2 / 4096;
}

static ifc_time longer(ifc_time a, ifc_time b)
{
    return a > b ? a : b;
}

/* A page is sensed in 4 us, decoded in 2.244384 us, and multiplied with a vector in 0.32 us: 2048 weights, 16
 * units, 400 MHz. */
static ifc_time closed_form(unsigned vectors)
{
    ifc_time sense = 4000000, work = longer(2244384, 320000 * (ifc_time)vectors), sum = 0;
    for (int i = 0; i < PRODUCTS; i++)
        sum += sense + (pages(&products[i]) - 1) * longer(sense, work) + work;
    return sum;
}

static void a_page_is_sensed_once_for_all_vectors(void)
{
    static const char *const grains[] = {"page", "plane", "die"};
    static const unsigned vectors[] = {1, 2, 11, 12, 13, 24};
    enum { N = sizeof vectors / sizeof vectors[0] };
    sim_run runs[3 * N];
    memset(runs, 0, sizeof runs);
    for (size_t i = 0; i < 3 * N; i++) {
        runs[i].scenario = matrices(vectors[i % N]);
        sim_set(runs[i].scenario, "effects.bus=false");
        sim_set(runs[i].scenario, "effects.command=false");
        sim_set(runs[i].scenario, "simulation.grain=%s", grains[i / N]);
    }
    sim_run_all(runs, 3 * N);
    for (size_t i = 0; i < 3 * N; i++) {
        const ifc_result *r = &runs[i].result;
        unsigned n = vectors[i % N];
        CU_ASSERT_EQUAL(runs[i].status, IFC_OK);
        CU_ASSERT_EQUAL(r->tokens, n);
        CU_ASSERT_EQUAL(r->decode_ps, closed_form(n));
        CU_ASSERT_EQUAL(r->token_latency[0], closed_form(n));
        CU_ASSERT_EQUAL(r->pages_sensed, runs[0].result.pages_sensed);
        CU_ASSERT_EQUAL(r->macs, n * runs[0].result.macs);
    }
    for (size_t i = 0; i < 3 * N; i++)
        sim_run_fini(&runs[i]);
}

/* Up to 12 vectors hide behind the sense (3.84 us of 4); from then on each takes its 0.32 us a page. */
static void gains_end_at_twelve(void)
{
    double one = 1 / (double)closed_form(1), twelve = 12 / (double)closed_form(12);
    CU_ASSERT(12 * 320000 < 4000000 && 13 * 320000 > 4000000);
    CU_ASSERT(twelve > 11.5 * one);
    CU_ASSERT(24 / (double)closed_form(24) < 1.1 * twelve);
}

/*
 * Half of a buffer of 10 KiB takes four inputs of 1 KiB, or two of 2 KiB, and a granule of 512 bytes: 8
 * vectors need 2 passes, and 4 for the last matrix. One byte less than four inputs and a granule, and it is 3
 * (of at most 3) and 8.
 */
static void vectors_that_do_not_fit_cost_passes(void)
{
    static const struct {
        unsigned buffer, passes[PRODUCTS];
    } cases[] = {{2 * (4 * 1024 + 512), {2, 2, 2, 4}},
                 {2 * (4 * 1024 + 512) - 2, {3, 3, 3, 8}},
                 {1 << 20, {1, 1, 1, 1}}};
    for (int k = 0; k < 3; k++) {
        uint64_t sensed = 0, down = 0, up = 0;
        for (int i = 0; i < PRODUCTS; i++) {
            sensed += (uint64_t)cases[k].passes[i] * 16 * pages(&products[i]);
            down += 8 * 2 * products[i].cols;
            up += 8 * 2 * products[i].rows;
        }
        ifc_scenario *s = matrices(8);
        sim_set(s, "effects.bus=true");
        sim_set(s, "flash.groups.g1.global_buffer=%u B", cases[k].buffer);
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(run.result.pages_sensed, sensed);
        CU_ASSERT_EQUAL(run.result.bus_bytes_down, down);
        CU_ASSERT_EQUAL(run.result.bus_bytes_up, up);
        sim_run_fini(&run);
    }
}

static const ifc_operator_row *operator_row(const ifc_result *r, const char *name)
{
    for (uint32_t i = 0; i < r->n_operators; i++)
        if (strcmp(r->operators[i].name, name) == 0)
            return &r->operators[i];
    CU_FAIL_FATAL("no such operator");
    return NULL;
}

static void each_sequence_reads_its_own_keys(void)
{
    ifc_scenario *(*const machines[])(void) = {tiny, tiny_discrete, tiny_plain, tiny_dram};
    for (int m = 0; m < 4; m++) {
        sim_run runs[2] = {{.scenario = machines[m]()}, {.scenario = machines[m]()}};
        for (int i = 0; i < 2; i++)
            sim_set(runs[i].scenario, "placement.kv_buffer.bytes=%u B", i ? 1536 : 512);
        sim_set(runs[1].scenario, "workload.batch=3");
        sim_run_all(runs, 2);
        const ifc_result *one = &runs[0].result, *three = &runs[1].result;
        CU_ASSERT_EQUAL_FATAL(runs[1].status, IFC_OK);
        const char *keys = m < 2 ? "logit" : "load_k", *values = m < 2 ? "attend" : "load_v";
        CU_ASSERT_EQUAL(three->tokens, 3 * one->tokens);
        CU_ASSERT_EQUAL(operator_row(three, "qkv")->bytes_sensed, operator_row(one, "qkv")->bytes_sensed);
        CU_ASSERT_EQUAL(operator_row(three, "qkv")->macs, 3 * operator_row(one, "qkv")->macs);
        CU_ASSERT_EQUAL(operator_row(three, keys)->bytes_sensed, 3 * operator_row(one, keys)->bytes_sensed);
        CU_ASSERT_EQUAL(operator_row(three, values)->dram_bytes, 3 * operator_row(one, values)->dram_bytes);
        CU_ASSERT_EQUAL(operator_row(three, "embed")->bytes_sensed,
                        3 * operator_row(one, "embed")->bytes_sensed);
        CU_ASSERT_EQUAL(three->pages_programmed, 3 * one->pages_programmed);
        CU_ASSERT_EQUAL(three->flushes, 3 * one->flushes);
        CU_ASSERT_EQUAL(three->useful_kv_bytes, 3 * one->useful_kv_bytes);
        for (int i = 0; i < 2; i++)
            sim_run_fini(&runs[i]);
    }
}

/* 1, 4, or on average (1 - p^4) / (1 - p) tokens of 3 drafted ones and the one after them. */
static void drafted_tokens_stay_up_to_the_first_wrong_one(void)
{
    static const struct {
        const char *acceptance;
        unsigned low, high; /* steps for 600 tokens */
    } cases[] = {{"0", 600, 600}, {"1", 150, 150}, {"0.5", 300, 340}};
    sim_run runs[4];
    memset(runs, 0, sizeof runs);
    for (int i = 0; i < 4; i++) {
        runs[i].scenario = tiny_discrete();
        sim_set(runs[i].scenario, "workload.tokens=600");
        sim_set(runs[i].scenario, "placement.kv_buffer.bytes=2 KiB");
        sim_set(runs[i].scenario, "policies.kv_flush.tokens=4");
        if (i == 3)
            continue;
        sim_set(runs[i].scenario, "workload.draft.tokens=3");
        sim_set(runs[i].scenario, "workload.draft.acceptance=%s", cases[i].acceptance);
    }
    sim_run_all(runs, 4);
    for (int i = 0; i < 3; i++) {
        const ifc_result *r = &runs[i].result;
        CU_ASSERT_EQUAL_FATAL(runs[i].status, IFC_OK);
        uint64_t steps = operator_row(r, "qkv")->count;
        CU_ASSERT_EQUAL(r->tokens, 600);
        CU_ASSERT(steps >= cases[i].low && steps <= cases[i].high);
        CU_ASSERT_EQUAL(sim_latency(r), r->decode_ps);
        CU_ASSERT_EQUAL(operator_row(r, "qkv")->macs, 4 * steps * 256 * 64);
        /* Refused tokens are never programmed: what is stored are the 600, but for those in the buffer. */
        CU_ASSERT(runs[3].result.pages_programmed - r->pages_programmed <= 4);
    }
    for (int i = 0; i < 4; i++)
        sim_run_fini(&runs[i]);
}

/* A window may be shorter than what is drafted: each token of a step has its own, of its own last tokens. */
static void windows_shorter_than_a_draft(void)
{
    for (unsigned window = 1; window <= 3; window++) {
        ifc_scenario *s = tiny();
        sim_set(s, "placement.kv_layout=head-parallel");
        sim_set(s, "placement.kv_buffer.location=plane");
        sim_set(s, "policies.kv_flush.tokens=6");
        sim_set(s, "model.window=%u", window);
        sim_set(s, "workload.context=0");
        sim_set(s, "workload.tokens=1");
        sim_set(s, "workload.draft.tokens=5");
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
        uint64_t seen = 0; /* by the six tokens of the one step */
        for (unsigned token = 1; token <= 6; token++)
            seen += token < window ? token : window;
        CU_ASSERT_EQUAL(operator_row(&run.result, "logit")->macs, seen * 2 * 64);
        CU_ASSERT_EQUAL(operator_row(&run.result, "attend")->macs, seen * 2 * 64);
        sim_run_fini(&run);
    }
}

/* A buffer that cannot take a token of each sequence does not fit, as one for the streams of one does not. */
static void the_buffer_is_shared(void)
{
    for (unsigned batch = 2; batch <= 3; batch++) {
        ifc_scenario *s = tiny(); /* 512 bytes: two tokens of K and V of 128 bytes */
        sim_set(s, "policies.kv_flush.tokens=1");
        sim_set(s, "workload.batch=%u", batch);
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(run.status, batch == 2 ? IFC_OK : IFC_ENOFIT);
        sim_run_fini(&run);
    }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a page is sensed once for all vectors", a_page_is_sensed_once_for_all_vectors},
        {"gains end at twelve", gains_end_at_twelve},
        {"vectors that do not fit cost passes", vectors_that_do_not_fit_cost_passes},
        {"each sequence reads its own keys", each_sequence_reads_its_own_keys},
        {"drafted tokens stay up to the first wrong one", drafted_tokens_stay_up_to_the_first_wrong_one},
        {"windows shorter than a draft", windows_shorter_than_a_draft},
        {"the buffer is shared", the_buffer_is_shared},
    };
    return IFC_RUN_TESTS("batches", tests);
}
