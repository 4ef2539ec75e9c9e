/**
 * Every row of the critical path of a decode against a closed form, on one die of two planes: nothing
 * overlaps, so the path is what each operator takes. Vectors take no time on the bus, and there is no ECC.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

#define COMMAND 175000
#define SENSE   4000000
#define LAUNCH  1000000
#define MAC     20000 /* 128 products of a page of weights, on 16 multipliers at 400 MHz */

static uint32_t rows_seen;
static ifc_time sum_seen;

static void row(const sim_run *run, const char *operator_name, const char *resource, const char *phase,
                ifc_time ps)
{
    ifc_time found = 0;
    for (uint32_t i = 0; i < run->result.n_path; i++) {
        const ifc_path_row *p = &run->result.path[i];
        if (strcmp(p->operator_name, operator_name) == 0 && strcmp(p->resource, resource) == 0 &&
            strcmp(p->phase, phase) == 0)
            found = p->ps;
    }
    char name[64];
    snprintf(name, sizeof name, "%s %s %s", operator_name, resource, phase);
    CU_ASSERT(sim_near(name, (double)found, (double)ps, 0, 0));
    rows_seen += ps > 0;
    sum_seen += ps;
}

/* A vector or matrix operation takes 1 ns. */
static void on_npu(const sim_run *run, const char *name, unsigned launches, unsigned ops)
{
    row(run, name, "npu", "launch", (ifc_time)launches * LAUNCH);
    row(run, name, "npu", "npu_compute", (ifc_time)ops * 1000);
}

/* Pages of each plane, one after the other; the products of the last one come after its sense. */
static void in_flash(const sim_run *run, const char *name, unsigned tokens, unsigned pages, ifc_time mac)
{
    row(run, name, "channel", "command", tokens * COMMAND);
    row(run, name, "g1", "array", (ifc_time)tokens * pages * SENSE);
    row(run, name, "g1", "mac", tokens * mac);
}

/* What tokens take outside attention, each the same. */
static void products_and_vectors(const sim_run *run, unsigned tokens)
{
    on_npu(run, "norm", tokens, tokens * 4 * 64);
    in_flash(run, "qkv", tokens, 64, MAC);
    on_npu(run, "rope", tokens, tokens * 3 * (128 + 64));
    in_flash(run, "project", tokens, 32, MAC);
    on_npu(run, "ffn_norm", tokens, tokens * 5 * 64);
    in_flash(run, "gate_up", tokens, 32, MAC);
    on_npu(run, "activation", tokens, tokens * 5 * 64);
    in_flash(run, "down", tokens, 16, MAC);
    on_npu(run, "residual", tokens, tokens * 64);
    on_npu(run, "final_norm", tokens, tokens * 4 * 64);
    in_flash(run, "lm_head", tokens, 25, MAC); /* 50 rows a plane */
    on_npu(run, "sample", tokens, tokens * 100);
}

/* The row of the embedding is half a page; the page crosses the bus. */
static void embedding(const sim_run *run, unsigned tokens, unsigned commands)
{
    row(run, "embed", "channel", "command", commands * COMMAND);
    row(run, "embed", "g1", "array", (ifc_time)tokens * SENSE);
    row(run, "embed", "channel", "data_up", tokens * sim_ps(256, 4800));
}

static void nothing_else(const sim_run *run)
{
    CU_ASSERT_EQUAL(run->status, IFC_OK);
    CU_ASSERT_EQUAL(run->result.n_path, rows_seen);
    CU_ASSERT_EQUAL(sim_latency(&run->result), sum_seen);
    rows_seen = 0;
    sum_seen = 0;
}

static ifc_scenario *one_die(ifc_scenario *s)
{
    sim_set(s, "flash.groups.g1.dies=1");
    sim_set(s, "effects.bus=false");
    sim_set(s, "effects.ecc=false");
    return s;
}

/* 10 tokens in 5 pages of K and 5 of V: three of them on one plane. Each has 2 tokens of 64 elements for two
 * query heads, twice the products of a page of weights. */
static void attention_in_the_die(void)
{
    sim_run run = sim_run_one(one_die(tiny()));
    products_and_vectors(&run, 2);
    embedding(&run, 2, 2);
    in_flash(&run, "logit", 2, 3, 2 * MAC);
    on_npu(&run, "softmax", 2, 5 * 2 * (11 + 12) + 4 * 128 * (1 + 2));
    in_flash(&run, "attend", 2, 3, 2 * MAC);
    nothing_else(&run);
    sim_run_fini(&run);
}

/* The third token's embedding waits in the die until the flush at the end of the second has programmed a page
 * on each plane, and its data had come before. It attends 12 tokens in 6 pages. */
static void a_flush_that_is_waited_for(void)
{
    ifc_scenario *s = one_die(tiny());
    sim_set(s, "workload.tokens=3");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.flushes, 1);
    products_and_vectors(&run, 3);
    embedding(&run, 3, 2);
    row(&run, "flush", "channel", "command", COMMAND);
    row(&run, "flush", "channel", "data_down", sim_ps(512, 4800));
    row(&run, "flush", "g1", "program", 75 * IFC_US);
    in_flash(&run, "logit", 3, 3, 2 * MAC);
    on_npu(&run, "softmax", 3, 5 * 2 * (11 + 12 + 13) + 4 * 128 * (1 + 2 + 1));
    in_flash(&run, "attend", 3, 3, 2 * MAC);
    nothing_else(&run);
    sim_run_fini(&run);
}

/* K and V of 10 and 11 tokens from two channels of 8 GB/s and 100 ns; a token's own are written before. */
static void attention_from_dram(void)
{
    sim_run run = sim_run_one(one_die(tiny_dram()));
    ifc_time load = 2 * 100000 + (10 + 11) * 128 / 2 * 125, store = 2 * (100000 + 256 / 2 * 125);
    products_and_vectors(&run, 2);
    embedding(&run, 2, 2);
    row(&run, "append", "dram", "dram_access", store);
    row(&run, "load_k", "dram", "dram_access", load);
    on_npu(&run, "logit", 2, 2 * 128 * (11 + 12));
    on_npu(&run, "softmax", 2, 5 * 2 * (11 + 12));
    row(&run, "load_v", "dram", "dram_access", load);
    on_npu(&run, "attend", 2, 2 * 128 * (11 + 12));
    nothing_else(&run);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"attention in the die", attention_in_the_die},
        {"a flush that is waited for", a_flush_that_is_waited_for},
        {"attention from DRAM", attention_from_dram},
    };
    return IFC_RUN_TESTS("path rows", tests);
}
