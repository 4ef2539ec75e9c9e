/*
 * How many tokens figures cover: the period of flushes and pages against what runs of it do, and what a run
 * of another length says about itself.
 */
#include <stdlib.h>
#include <string.h>

#include "components/data/kv_period.h"
#include "platform/common/arithmetic.h"
#include "platform/observe/warnings.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

/* A decode small enough for every test: 2 layers of 2 heads of 64 elements, entries of 128 B. */
#define SMALL                                                                                                \
    "model.layers=2", "model.hidden=128", "model.heads=2", "model.kv_heads=2", "model.head_dim=64",          \
        "model.ffn=256", "model.vocab=512", "effects.lm_head=false"

static ifc_scenario *discrete(const char *buffer, uint32_t partial, uint32_t context)
{
    ifc_scenario *s = SIM_LOAD("full/kvnand-d-llama2-7b.cfg", SMALL, "flash.groups.g1.dies=1",
                               "flash.groups.g2.dies=1", "flash.groups.g2.planes=4");
    sim_set(s, "placement.kv_buffer.bytes=%s", buffer);
    sim_set(s, "placement.kv_buffer.partial_programs=%u", partial);
    sim_set(s, "workload.context=%u", context);
    return s;
}

static ifc_kv_period period_of(const ifc_scenario *s)
{
    ifc_kv_period p;
    ifc_kv_period_of(s, &p);
    return p;
}

static void least_common_multiples(void)
{
    CU_ASSERT_EQUAL(ifc_lcm(10, 16), 80);
    CU_ASSERT_EQUAL(ifc_lcm(7, 1), 7);
    CU_ASSERT_EQUAL(ifc_lcm(UINT64_C(1) << 40, (UINT64_C(1) << 40) - 1), IFC_LCM_MAX);
}

/* Shares and pages by hand, for the shipped scenarios. */
static void shipped_scenarios(void)
{
    static const struct {
        const char *file;
        uint64_t flush, period;
    } all[] = {
        {"full/base-1-llama2-7b.cfg", 1, 1},          /* DRAM */
        {"full/base-2-llama2-7b.cfg", 10, 80},        /* 5 MiB / 512 KiB a token; 4 KiB / 256 B */
        {"full/kvnand-d-llama2-7b.cfg", 10, 80},      /* the same */
        {"full/kvnand-d-llama3.1-70b.cfg", 16, 16},   /* 5 MiB / 320 KiB */
        {"full/kvnand-c-llama2-7b.cfg", 8, 32},       /* 128 B a stream / 16 B; 4 partial programs */
        {"full/kvnand-c-llama3.1-70b.cfg", 156, 624}, /* 12 and 13 tokens; pages of 48 and 52 */
        {"published/kvnand-d-llama2-7b.cfg", 1, 1},   /* neither programs nor whole pages */
        {"stream/program.cfg", 1, 1},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        ifc_scenario *s = sim_load(all[i].file, NULL);
        ifc_kv_period p = period_of(s);
        CU_ASSERT_EQUAL(p.flush_tokens, all[i].flush);
        CU_ASSERT_EQUAL(p.tokens, all[i].period);
        CU_ASSERT_EQUAL(ifc_kv_period_run(&p), all[i].period);
        free(s);
    }
}

/* Two periods have twice the flushes and twice the new pages of one, whatever the context to begin with. */
static void a_period_repeats(void)
{
    static const struct {
        const char *buffer;
        uint32_t partial, context;
    } all[] = {{"3 KiB", 4, 32}, {"3 KiB", 4, 37}, {"5 KiB", 8, 0}, {"2560 B", 4, 100}, {"4352 B", 8, 64}};
    enum { N = sizeof all / sizeof all[0] };
    sim_run runs[2 * N];
    for (size_t i = 0; i < 2 * N; i++) {
        ifc_scenario *s = discrete(all[i / 2].buffer, all[i / 2].partial, all[i / 2].context);
        ifc_kv_period p = period_of(s);
        if (i % 2)
            sim_set(s, "workload.tokens=%llu", 2 * (unsigned long long)p.tokens);
        runs[i] = (sim_run){.scenario = s};
    }
    sim_run_all(runs, 2 * N);
    for (size_t i = 0; i < 2 * N; i += 2) {
        const ifc_result *one = &runs[i].result, *two = &runs[i + 1].result;
        ifc_kv_period p = period_of(runs[i].scenario);
        CU_ASSERT_EQUAL(runs[i].status, IFC_OK);
        CU_ASSERT_EQUAL(one->tokens, p.tokens);
        CU_ASSERT(p.tokens > 1 && one->flushes > 0);
        CU_ASSERT_EQUAL(one->flushes, ifc_kv_flushes_seen(&p, p.tokens));
        CU_ASSERT_EQUAL(two->flushes, 2 * one->flushes);
        CU_ASSERT(sim_near("flushes due", one->window.flushes_due, (double)one->flushes, 1e-12, 0));
        uint64_t first = one->window.pages_last - one->window.pages_first;
        CU_ASSERT_EQUAL(two->window.pages_last - two->window.pages_first, 2 * first);
        CU_ASSERT(sim_near("pages due", one->window.pages_due, (double)first, 1e-12, 0));
        sim_run_fini(&runs[i]);
        sim_run_fini(&runs[i + 1]);
    }
}

/* Above 1024 tokens: the nearest whole number of flush periods. */
static void long_periods_are_cut(void)
{
    ifc_kv_period p = {.kinds = {{1, 100, 4096}}, .flushes = true, .flush_tokens = 100, .tokens = 102400};
    CU_ASSERT_EQUAL(ifc_kv_period_run(&p), 1000);
    p.flush_tokens = p.kinds[0].share = 300;
    CU_ASSERT_EQUAL(ifc_kv_period_run(&p), 900);
    p.flush_tokens = p.kinds[0].share = 5000;
    CU_ASSERT_EQUAL(ifc_kv_period_run(&p), 5000);
    p = (ifc_kv_period){
        .kinds = {{3, 51, 64}, {1, 52, 64}}, .flushes = true, .flush_tokens = 2652, .tokens = 42432};
    CU_ASSERT_EQUAL(ifc_kv_period_run(&p), 1040); /* 20 flushes of the layers that have 52 */
    CU_ASSERT_EQUAL(ifc_kv_flushes_seen(&p, 1040), 3 * 20 + 20);
}

static bool noted(const ifc_result *r, const char *text)
{
    ifc_warnings w;
    ifc_warnings_of(r, &w);
    for (uint32_t i = 0; i < w.n; i++)
        if (strcmp(w.text[i], text) == 0)
            return true;
    return false;
}

static bool noted_part(const ifc_result *r, const char *part)
{
    ifc_warnings w;
    ifc_warnings_of(r, &w);
    for (uint32_t i = 0; i < w.n; i++)
        if (strstr(w.text[i], part))
            return true;
    return false;
}

/* 3 KiB / 1 KiB a token: a flush every 3 tokens; pages of min(32, 4 x 3) = 12 tokens. */
static void a_run_says_what_it_leaves_out(void)
{
    enum { N = 4 };
    static const uint32_t tokens[N] = {2, 4, 12, 13};
    sim_run runs[N];
    for (size_t i = 0; i < N; i++) {
        runs[i] = (sim_run){.scenario = discrete("3 KiB", 4, 24)};
        sim_set(runs[i].scenario, "workload.tokens=%u", tokens[i]);
    }
    sim_run_all(runs, N);
    CU_ASSERT(noted(&runs[0].result,
                    "2 of 12 tokens of a period: flushes of a layer 0, 0.6667 due; new pages of a "
                    "stream 0, 0.1667 due"));
    CU_ASSERT(noted(&runs[1].result,
                    "4 of 12 tokens of a period: flushes of a layer 1, 1.333 due; new pages of a "
                    "stream 1, 0.3333 due"));
    CU_ASSERT(!noted_part(&runs[2].result, "period"));
    CU_ASSERT(noted(&runs[3].result,
                    "13 tokens are 1.083 periods of 12: flushes of a layer 4, 4.333 due; new pages "
                    "of a stream 1, 1.083 due"));
    for (size_t i = 0; i < N; i++)
        sim_run_fini(&runs[i]);
}

/* Four planes, pages of 12 tokens: 48 tokens fill a round. */
static void the_step_of_a_page_is_named(void)
{
    enum { N = 4 };
    static const uint32_t context[N] = {48, 48, 49, 24}, tokens[N] = {2, 3, 2, 12};
    sim_run runs[N];
    for (size_t i = 0; i < N; i++) {
        runs[i] = (sim_run){.scenario = discrete("3 KiB", 4, context[i])};
        sim_set(runs[i].scenario, "flash.groups.g2.planes=%u", i == 2 ? 8 : 4);
        sim_set(runs[i].scenario, "workload.context=%u", i == 2 ? 97 : context[i]);
        sim_set(runs[i].scenario, "workload.tokens=%u", tokens[i]);
    }
    sim_run_all(runs, N);
    CU_ASSERT(noted(&runs[0].result,
                    "a stream has 4 pages on 4 planes: with one more, a plane senses 2 for it, not 1"));
    CU_ASSERT(noted(&runs[1].result,
                    "a stream grows from 4 to 5 pages on 4 planes: a plane senses 2 for it, not 1"));
    CU_ASSERT(noted(&runs[2].result,
                    "a stream has 9 pages on 8 planes: a plane senses 2 for it, for 8 pages it is 1"));
    CU_ASSERT(!noted_part(&runs[3].result, "a stream"));
    for (size_t i = 0; i < N; i++)
        sim_run_fini(&runs[i]);
}

/*
 * With kv_program off, tokens are stored in steps of a flush too. With it on, the programs of a flush may end
 * before its own token reads, so that a little more is read.
 */
static void what_costs_nothing_is_not_stored_earlier(void)
{
    sim_run runs[2];
    for (size_t i = 0; i < 2; i++) {
        runs[i] = (sim_run){.scenario = discrete("3 KiB", 4, 40)};
        sim_set(runs[i].scenario, "effects.kv_program=%s", i ? "true" : "false");
        sim_set(runs[i].scenario, "workload.tokens=11");
    }
    sim_run_all(runs, 2);
    CU_ASSERT_EQUAL(runs[0].result.flushes, 0);
    CU_ASSERT(runs[1].result.flushes > 0);
    CU_ASSERT_EQUAL(runs[0].result.window.pages_last, runs[1].result.window.pages_last);
    CU_ASSERT(runs[0].result.sensed_kv_bytes <= runs[1].result.sensed_kv_bytes);
    CU_ASSERT(runs[0].result.useful_kv_bytes <= runs[1].result.useful_kv_bytes);
    CU_ASSERT((double)runs[0].result.useful_kv_bytes > 0.98 * (double)runs[1].result.useful_kv_bytes);
    sim_run_fini(&runs[0]);
    sim_run_fini(&runs[1]);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"least common multiples", least_common_multiples},
        {"shipped scenarios", shipped_scenarios},
        {"a period repeats", a_period_repeats},
        {"long periods are cut", long_periods_are_cut},
        {"a run says what it leaves out", a_run_says_what_it_leaves_out},
        {"the step of a page is named", the_step_of_a_page_is_named},
        {"what costs nothing is not stored earlier", what_costs_nothing_is_not_stored_earlier},
    };
    return IFC_RUN_TESTS("window", tests);
}
