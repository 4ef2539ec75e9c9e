/**
 * Tokens of a prompt, before a sequence decodes. Counted from the numbers of the scenario alone.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"
#include "tests/unit/support/tiny.h"

static ifc_scenario *(*const machines[])(void) = {tiny, tiny_discrete, tiny_plain, tiny_dram};
enum { MACHINES = sizeof machines / sizeof machines[0] };

static const ifc_operator_row *operator_row(const ifc_result *r, const char *name)
{
    for (uint32_t i = 0; i < r->n_operators; i++)
        if (strcmp(r->operators[i].name, name) == 0)
            return &r->operators[i];
    CU_FAIL_FATAL("no such operator");
    return NULL;
}

static void run_pair(sim_run *runs)
{
    sim_run_all(runs, 2);
    CU_ASSERT_EQUAL_FATAL(runs[0].status, IFC_OK);
    CU_ASSERT_EQUAL_FATAL(runs[1].status, IFC_OK);
}

static void end_pair(sim_run *runs)
{
    sim_run_fini(&runs[0]);
    sim_run_fini(&runs[1]);
}

/* Whole pages of two tokens: the tokens after a prompt take as long as those after a context. */
static void a_prompt_leaves_what_a_context_has(void)
{
    for (int m = 0; m < MACHINES; m++)
        for (int where = 0; where < 2; where++) {
            sim_run runs[2] = {{.scenario = machines[m]()}, {.scenario = machines[m]()}};
            for (int i = 0; i < 2; i++) {
                sim_set(runs[i].scenario, "workload.tokens=3");
                sim_set(runs[i].scenario, "workload.context=%d", i ? 4 : 10);
            }
            sim_set(runs[1].scenario, "workload.prompt=6");
            sim_set(runs[1].scenario, "placement.prefill=%s", where ? "npu" : "ifc");
            run_pair(runs);
            CU_ASSERT_EQUAL(runs[1].result.prompt_tokens, 6);
            CU_ASSERT(runs[1].result.ttft > 0);
            for (uint32_t t = 1; t < 3; t++) /* the first one may wait for the prompt's programs */
                CU_ASSERT_EQUAL(runs[0].result.token_latency[t], runs[1].result.token_latency[t]);
            CU_ASSERT_EQUAL(runs[0].result.flushes, runs[1].result.flushes);
            end_pair(runs);
        }
}

/* Each token attends to all before it and to itself, whatever the chunks; those before a chunk are loaded for
 * it. */
static void attention_is_causal(void)
{
    for (unsigned chunk = 2; chunk <= 12; chunk *= 2) {
        for (int m = 0; m < MACHINES; m++) {
            sim_run runs[2] = {{.scenario = machines[m]()}, {.scenario = machines[m]()}};
            for (int i = 0; i < 2; i++) {
                sim_set(runs[i].scenario, "workload.context=%d", i ? 6 : 18);
                sim_set(runs[i].scenario, "workload.tokens=1");
            }
            sim_set(runs[1].scenario, "workload.prompt=12");
            sim_set(runs[1].scenario, "workload.chunk=%u", chunk);
            run_pair(runs);
            unsigned loads = 0, pairs = 0;
            for (unsigned t = 0; t < 12; t += chunk)
                loads += 6 + t;
            for (unsigned t = 0; t < 12; t++)
                pairs += 6 + t + 1;
            const ifc_result *a = &runs[0].result, *b = &runs[1].result;
            CU_ASSERT_EQUAL(operator_row(b, "logit")->npu_ops - operator_row(a, "logit")->npu_ops,
                            2.0 * 2 * 64 * pairs);
            if (m == 3)
                CU_ASSERT_EQUAL(operator_row(b, "load_k")->dram_bytes - operator_row(a, "load_k")->dram_bytes,
                                128 * loads);
            if (m < 3) /* two tokens a page */
                CU_ASSERT_EQUAL(b->pages_programmed - a->pages_programmed, 2 * 12 / 2);
            end_pair(runs);
        }
    }
}

/* In the dies: n vectors a page, and the head for the last one alone. */
static void matrices_see_every_token(void)
{
    sim_run runs[2] = {{.scenario = tiny_discrete()}, {.scenario = tiny_discrete()}};
    for (int i = 0; i < 2; i++)
        sim_set(runs[i].scenario, "workload.context=%d", i ? 0 : 8);
    sim_set(runs[1].scenario, "workload.prompt=8");
    sim_set(runs[1].scenario, "placement.prefill=ifc");
    run_pair(runs);
    const ifc_result *a = &runs[0].result, *b = &runs[1].result;
    CU_ASSERT_EQUAL(operator_row(b, "qkv")->macs, (2 + 8) * operator_row(a, "qkv")->macs / 2);
    CU_ASSERT_EQUAL(operator_row(b, "qkv")->bytes_sensed, 3 * operator_row(a, "qkv")->bytes_sensed / 2);
    CU_ASSERT_EQUAL(operator_row(b, "lm_head")->macs, 3 * operator_row(a, "lm_head")->macs / 2);
    CU_ASSERT_EQUAL(operator_row(b, "embed")->bytes_sensed,
                    (2 + 8) * operator_row(a, "embed")->bytes_sensed / 2);
    end_pair(runs);
}

/* Three published prefills, of 198 tokens as it seems. */
static void lincoln_is_as_published(void)
{
    static const struct {
        const char *name;
        double seconds;
    } published[] = {{"systems/lincoln-opt-66b.cfg", 1.315},
                     {"systems/lincoln-llama-65b.cfg", 1.269},
                     {"systems/lincoln-lamda-137b.cfg", 2.667}};
    for (int i = 0; i < 3; i++) {
        sim_run run = sim_run_one(SIM_LOAD(published[i].name, "workload.tokens=1"));
        CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
        CU_ASSERT(
            sim_near(published[i].name, (double)run.result.ttft * 1e-12, published[i].seconds, 0.08, 0));
        sim_run_fini(&run);
    }
}

/* A machine where nothing but matrices and attention takes time: 32 T operations, 8 channels of 4.8 GB/s. */
static ifc_scenario *streaming(unsigned prompt, bool overlap)
{
    ifc_scenario *s =
        SIM_LOAD("published/base-1-llama2-7b.cfg", "effects.page_rounding=true", "model.layers=1",
                 "effects.pipeline_fill=true", "workload.context=0", "npu.launch=0 s");
    sim_set(s, "workload.prompt=%u", prompt);
    sim_set(s, "placement.prefill_overlap=%s", overlap ? "true" : "false");
    return s;
}

/* Without overlap each token adds what its products take; with it that hides, until there are too many. */
static void streaming_hides_products_up_to_a_point(void)
{
    static const unsigned prompts[] = {200, 400, 400, 700, 1200, 1400};
    sim_run runs[6];
    memset(runs, 0, sizeof runs);
    for (int i = 0; i < 6; i++)
        runs[i].scenario = streaming(prompts[i], i >= 2);
    sim_run_all(runs, 6);
    double t[6], weights = 4.0 * 4096 * 4096 + 3.0 * 4096 * 11008;
    for (int i = 0; i < 6; i++) {
        CU_ASSERT_EQUAL_FATAL(runs[i].status, IFC_OK);
        CU_ASSERT_EQUAL(runs[i].result.bus_bytes_up, runs[0].result.bus_bytes_up);
        double pairs = prompts[i] * (prompts[i] + 1.0) / 2;
        t[i] = (double)runs[i].result.ttft - 4.0 * 4096 * pairs / 32e12 * 1e12; /* without attention */
    }
    double token = 2 * weights / 32e12 * 1e12;
    CU_ASSERT(sim_near("products add", t[1] - t[0], 200 * token, 1e-6, 0));
    CU_ASSERT(sim_near("products hide", t[3], t[2], 0.01, 0));
    CU_ASSERT(sim_near("products set the pace", t[5] - t[4], 200 * token, 0.01, 0));
    /* 2 bytes of a weight over 38.4 GB/s take as long as 833 products of it. */
    CU_ASSERT(sim_near("streaming", t[2], 2 * weights / 38.4e9 * 1e12, 0.02, 0));
    for (int i = 0; i < 6; i++)
        sim_run_fini(&runs[i]);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a prompt leaves what a context has", a_prompt_leaves_what_a_context_has},
        {"attention is causal", attention_is_causal},
        {"matrices see every token", matrices_see_every_token},
        {"Lincoln is as published", lincoln_is_as_published},
        {"streaming hides products up to a point", streaming_hides_products_up_to_a_point},
    };
    return IFC_RUN_TESTS("prefill", tests);
}
