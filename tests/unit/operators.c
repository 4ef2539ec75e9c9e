/**
 * What the operators of each kind use, on a machine small enough for paper: work of the NPU at its two rates,
 * products, bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

static const ifc_operator_row *find(const sim_run *run, const char *name)
{
    static const ifc_operator_row none;
    for (uint32_t i = 0; i < run->result.n_operators; i++)
        if (strcmp(run->result.operators[i].name, name) == 0)
            return &run->result.operators[i];
    return &none;
}

static void is(const char *what, double value, double expected)
{
    CU_ASSERT(sim_near(what, value, expected, 1e-12, 0));
}

/* Over two tokens; a vector operation takes 1 ns, one of a matrix half of that. */
static void on_npu(const sim_run *run, const char *name, unsigned vector, unsigned matrix)
{
    const ifc_operator_row *row = find(run, name);
    is(name, row->npu_ops, vector + matrix);
    is(name, (double)row->npu_ps, 1000.0 * vector + 500.0 * matrix);
    CU_ASSERT_EQUAL(row->count, vector + matrix > 0 ? 2 : 0);
}

static void in_flash(const sim_run *run, const char *name, unsigned pages, unsigned macs, unsigned down,
                     unsigned up)
{
    const ifc_operator_row *row = find(run, name);
    is(name, row->bytes_sensed, 288.0 * pages);
    is(name, (double)row->macs, macs);
    is(name, (double)row->bytes_down, down);
    is(name, (double)row->bytes_up, up);
    CU_ASSERT_EQUAL(row->count, 2);
}

static sim_run decode(ifc_scenario *s)
{
    sim_set(s, "npu.rate=2 GOPS");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    return run;
}

/* 10 tokens stored, 1 and 2 in the buffer: those are attended by the NPU, at its matrix rate. */
static void vector_work(void)
{
    sim_run run = decode(tiny());
    on_npu(&run, "norm", 2 * 4 * 64, 0);
    on_npu(&run, "rope", 2 * 3 * (128 + 64), 0);
    on_npu(&run, "softmax", 5 * 2 * (11 + 12), 4 * 128 * (1 + 2));
    on_npu(&run, "reduce", 2 * 128, 0); /* of two dies */
    on_npu(&run, "ffn_norm", 2 * 5 * 64, 0);
    on_npu(&run, "router", 0, 0);
    on_npu(&run, "activation", 2 * 5 * 64, 0);
    on_npu(&run, "residual", 2 * 64, 0);
    on_npu(&run, "final_norm", 2 * 4 * 64, 0);
    on_npu(&run, "sample", 2 * 100, 0);
    sim_run_fini(&run);
}

/* The router is a matrix; the outputs of two experts are weighted and added. */
static void vector_work_with_experts(void)
{
    sim_run run = decode(tiny_experts());
    on_npu(&run, "router", 0, 2 * 2 * 64 * 4);
    on_npu(&run, "activation", 2 * 5 * 2 * 64, 0);
    on_npu(&run, "residual", 2 * (1 + 2 * 2) * 64, 0);
    in_flash(&run, "gate_up", 2 * 2 * 64, 2 * 2 * 8192, 2 * 128, 2 * 2 * 256);
    in_flash(&run, "down", 2 * 2 * 32, 2 * 2 * 4096, 2 * 2 * 128, 2 * 2 * 128);
    sim_run_fini(&run);
}

/* Without a gate there is no product with it. */
static void vector_work_of_two_matrices(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "model.ffn_matrices=2");
    sim_run run = decode(s);
    on_npu(&run, "activation", 2 * 4 * 64, 0);
    in_flash(&run, "gate_up", 2 * 32, 2 * 4096, 2 * 128, 2 * 128);
    sim_run_fini(&run);
}

/* All tokens are attended by the NPU, those in the buffer, too. */
static void attention_on_the_npu(void)
{
    sim_run dram = decode(tiny_dram()), plain = decode(tiny_plain());
    on_npu(&dram, "logit", 0, 2 * 128 * (11 + 12));
    on_npu(&dram, "softmax", 5 * 2 * (11 + 12), 0);
    on_npu(&dram, "attend", 0, 2 * 128 * (11 + 12));
    is("load_k", (double)find(&dram, "load_k")->dram_bytes, 128 * (10 + 11));
    is("load_v", (double)find(&dram, "load_v")->dram_bytes, 128 * (10 + 11));
    is("append", (double)find(&dram, "append")->dram_bytes, 2 * 2 * 128);
    on_npu(&plain, "logit", 0, 2 * 128 * (11 + 12));
    in_flash(&plain, "load_k", 2 * 5, 0, 0, 2 * 5 * 288);
    in_flash(&plain, "load_v", 2 * 5, 0, 0, 2 * 5 * 288);
    sim_run_fini(&dram);
    sim_run_fini(&plain);
}

static void products(void)
{
    sim_run run = decode(tiny());
    in_flash(&run, "embed", 2, 0, 0, 2 * 256);
    in_flash(&run, "qkv", 2 * 128, 2 * 256 * 64, 2 * 128, 2 * 512);
    in_flash(&run, "logit", 2 * 5, 2 * 10 * 128, 2 * 256, 2 * 40);
    in_flash(&run, "attend", 2 * 5, 2 * 10 * 128, 2 * 40, 2 * 2 * 128 * 4);
    in_flash(&run, "project", 2 * 64, 2 * 64 * 128, 2 * 256, 2 * 128);
    in_flash(&run, "gate_up", 2 * 64, 2 * 128 * 64, 2 * 128, 2 * 256);
    in_flash(&run, "down", 2 * 32, 2 * 64 * 64, 2 * 128, 2 * 128);
    in_flash(&run, "lm_head", 2 * 52, 2 * 100 * 64, 2 * 128, 2 * 200);
    is("flush", (double)find(&run, "flush")->bytes_down, 2 * 256);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"vector work", vector_work},
        {"vector work with experts", vector_work_with_experts},
        {"vector work of two matrices", vector_work_of_two_matrices},
        {"attention on the NPU", attention_on_the_npu},
        {"products", products},
    };
    return IFC_RUN_TESTS("operators", tests);
}
