/*
 * What explain plans: which resources it doubles, where it starts, and over how many tokens it compares.
 * Nothing is run here.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "components/data/kv_period.h"
#include "platform/cli/explain.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

static const ifc_variant *called(const ifc_explanation *x, int kind, const char *name)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->variants[i].kind == kind && strcmp(x->variants[i].name, name) == 0)
            return &x->variants[i];
    return NULL;
}

/* @dear: a variant whose tokens take 30 times the events; NULL: none. */
static ifc_explanation planned_with(const ifc_scenario *s, double events, const char *dear)
{
    ifc_explanation x = {0};
    ifc_explain_plan(&x, s, IFC_EXPLAIN_ALL);
    double *all = calloc(x.n, sizeof *all);
    for (size_t i = 0; i < x.n; i++)
        all[i] = events;
    if (dear)
        for (size_t i = 0; i < x.n; i++)
            all[i] *= strcmp(x.variants[i].name, dear) == 0 ? 30 : 1;
    if (ifc_explain_needs_windows(&x))
        ifc_explain_windows(&x, all);
    ifc_explain_make_jobs(&x);
    free(all);
    return x;
}

static ifc_explanation planned(const ifc_scenario *s, double events)
{
    return planned_with(s, events, NULL);
}

static double missed(const ifc_scenario *s, uint32_t tokens)
{
    ifc_kv_period p;
    ifc_kv_period_of(s, &p);
    double due = ifc_kv_flushes_due(&p, tokens);
    return due > 0 ? fabs((double)ifc_kv_flushes_seen(&p, tokens) / due - 1) : 0;
}

/* Kernel events of a token, about: they come from a run, and bound the windows. */
static const struct {
    const char *file;
    double events;
} shipped[] = {{"full/base-1-llama2-7b.cfg", 5e3},        {"full/base-2-llama2-7b.cfg", 6e3},
               {"full/base-2-llama3.1-70b.cfg", 1.4e4},   {"full/kvnand-c-llama2-7b.cfg", 9e3},
               {"full/kvnand-c-llama3.1-70b.cfg", 2.2e4}, {"full/kvnand-d-llama2-7b.cfg", 6.5e4},
               {"full/kvnand-d-llama3.1-70b.cfg", 4.5e4}, {"quickstart.cfg", 6.5e4},
               {"published/kvnand-d-llama2-7b.cfg", 5e4}, {"policies/flush-when-full.cfg", 1.8e4},
               {"policies/dispatch-fifo.cfg", 1.8e4},     {"policies/placement-unmapped.cfg", 9e3},
               {"policies/refresh-none.cfg", 2.3e3},      {"policies/arbiter-fifo.cfg", 2.7e4}};

/* Whether a token is cheap or dear, both sides see the flushes that they are due, and all is done in time. */
static void both_sides_see_their_flushes(void)
{
    static const double times[] = {0.1, 0.5, 1, 2};
    for (size_t f = 0; f < sizeof shipped / sizeof shipped[0]; f++)
        for (size_t e = 0; e < sizeof times / sizeof times[0]; e++) {
            ifc_scenario *s = sim_load(shipped[f].file, NULL);
            double work = 0, events = times[e] * shipped[f].events;
            ifc_explanation x = planned(s, events);
            for (size_t i = 1; i < x.n; i++) {
                const ifc_variant *v = &x.variants[i];
                const ifc_scenario *other = v->scenario ? v->scenario : s;
                CU_ASSERT(v->tokens > 0 && v->period > 0);
                CU_ASSERT(v->scenario == NULL || v->scenario->workload.tokens == v->tokens);
                bool fine = missed(s, v->tokens) < 0.02 && missed(other, v->tokens) < 0.02;
                if (!fine)
                    printf("\n    %s: %s over %u tokens\n", shipped[f].file, v->name, v->tokens);
                CU_ASSERT(fine);
                work += v->tokens * events;
            }
            CU_ASSERT(work < 150e6);
            ifc_explain_fini(&x);
            free(s);
        }
}

/* Where tokens are cheap: whole periods of both sides, and no fewer tokens than the scenario asks for. */
static void whole_periods_where_there_is_time(void)
{
    static const char *const asked[] = {"1", "period", "160", "81"};
    static const uint32_t own[] = {80, 80, 160, 160};
    for (size_t i = 0; i < 4; i++) {
        ifc_scenario *s = SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "placement.kv_buffer.partial_programs=2");
        sim_set(s, "workload.tokens=%s", asked[i]);
        ifc_explanation x = planned(s, 1000);
        const ifc_variant *t = called(&x, IFC_VARIANT_DOUBLED, "g1 t_read");
        const ifc_variant *buffer = called(&x, IFC_VARIANT_DOUBLED, "kv_buffer");
        CU_ASSERT(t && t->tokens == own[i] && t->period == 80); /* 10 a flush, 16 a page */
        CU_ASSERT(buffer && buffer->tokens % 80 == 0 && buffer->period == 80);
        CU_ASSERT(x.longer ? x.longer->workload.tokens == own[i] : atoi(asked[i]) == 160 || i == 1);
        CU_ASSERT(x.base->scenario == (x.longer ? x.longer : s));
        ifc_explain_fini(&x);
        free(s);
    }
}

/* What is dear by itself is compared over less, but still over whole flush periods: the others are not. */
static void a_dear_variant_costs_only_itself(void)
{
    ifc_scenario *s = sim_load("full/base-2-llama2-7b.cfg", NULL);
    ifc_explanation x = planned_with(s, 1e4, "g2 dies");
    const ifc_variant *dies = called(&x, IFC_VARIANT_DOUBLED, "g2 dies");
    const ifc_variant *t = called(&x, IFC_VARIANT_DOUBLED, "g1 t_read");
    CU_ASSERT(t && t->tokens == 80);
    CU_ASSERT(dies && dies->tokens % 10 == 0 && dies->tokens < 80 && dies->tokens * 3e5 <= 40e6);
    ifc_explain_fini(&x);
    free(s);
}

/*
 * A larger buffer begins a page at other tokens, and twice the planes have the step of a page elsewhere: part
 * of the common period would hold it on one side only.
 */
static void other_caches_are_compared_whole(void)
{
    static const char *const apart[] = {"kv_buffer", "g2 dies", "g2 planes"};
    ifc_scenario *s =
        SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "flash.groups.g1.dies=14", "flash.groups.g2.dies=2");
    ifc_explanation x = planned(s, 6.5e4);
    const ifc_variant *t = called(&x, IFC_VARIANT_DOUBLED, "g1 t_read");
    CU_ASSERT(t && t->tokens < 80);
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        const ifc_variant *v = called(&x, IFC_VARIANT_DOUBLED, apart[i]);
        CU_ASSERT(v && v->tokens == 80 && v->period == 80);
    }
    ifc_explain_fini(&x);
    free(s);
}

/* The steps of the waterfall add up only over the same tokens. */
static void steps_share_a_window(void)
{
    for (size_t f = 0; f < sizeof shipped / sizeof shipped[0]; f++) {
        ifc_scenario *s = sim_load(shipped[f].file, NULL);
        ifc_explanation x = planned(s, 3e4);
        uint32_t tokens = 0;
        for (size_t i = 0; i < x.n; i++) {
            const ifc_variant *v = &x.variants[i];
            if (v->kind != IFC_VARIANT_STEP)
                continue;
            CU_ASSERT(tokens == 0 || v->tokens == tokens);
            tokens = v->tokens;
        }
        CU_ASSERT(tokens > 0);
        ifc_explain_fini(&x);
        free(s);
    }
}

static void every_resource_is_doubled(void)
{
    static const char *const names[] = {"g1 t_read",
                                        "g1 t_program",
                                        "g1 clock",
                                        "g1 ecc_rate",
                                        "g1 collect_rate",
                                        "g1 dies",
                                        "g1 planes",
                                        "g1 queue_depth",
                                        "g1 global_buffer",
                                        "g2 planes",
                                        "all groups dies",
                                        "all groups planes",
                                        "all groups t_read",
                                        "all groups queue_depth",
                                        "channel rate",
                                        "channel count",
                                        "channel command_time",
                                        "npu rate",
                                        "npu vector_rate",
                                        "npu launch",
                                        "kv_buffer",
                                        "partial_programs",
                                        "all groups global_buffer"};
    ifc_scenario *s =
        SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "flash.groups.g1.dies=14", "flash.groups.g2.dies=2");
    ifc_explanation x = planned(s, 1e5);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CU_ASSERT_PTR_NOT_NULL(called(&x, IFC_VARIANT_DOUBLED, names[i]));
    const ifc_scenario *dies = called(&x, IFC_VARIANT_DOUBLED, "all groups dies")->scenario;
    CU_ASSERT(dies->groups[0].dies == 28 && dies->groups[1].dies == 4);
    const ifc_scenario *t = called(&x, IFC_VARIANT_DOUBLED, "all groups t_read")->scenario;
    CU_ASSERT(t->groups[0].t_read == 2 * IFC_US && t->groups[1].t_read == 2 * IFC_US);
    const ifc_scenario *b = called(&x, IFC_VARIANT_DOUBLED, "g2 global_buffer")->scenario;
    CU_ASSERT(b->groups[0].global_buffer == 260 * 1024 && b->groups[1].global_buffer == 520 * 1024);
    CU_ASSERT_EQUAL(
        called(&x, IFC_VARIANT_DOUBLED, "partial_programs")->scenario->placement.kv_buffer.partial_programs,
        8);
    ifc_explain_fini(&x);
    free(s);
    s = sim_load("full/kvnand-c-llama2-7b.cfg", NULL); /* one group: it is all groups */
    x = planned(s, 1e5);
    CU_ASSERT_PTR_NULL(called(&x, IFC_VARIANT_DOUBLED, "all groups dies"));
    ifc_explain_fini(&x);
    free(s);
}

/* The published rate is of one die; another die has its own tR only. */
static void a_published_rate_belongs_to_its_die(void)
{
    static const struct {
        const char *set;
        bool step;
    } all[] = {{"flash.groups.*.t_read=4 us", true},          {"flash.groups.*.t_read=5 us", false},
               {"flash.groups.*.t_read=4.096 us", false}, /* charged already */
               {"flash.groups.*.planes=16", false},           {"flash.groups.*.page=8 KiB", false},
               {"flash.groups.*.published_rate=0 B/s", false}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        ifc_scenario *s = SIM_LOAD("full/kvnand-d-llama2-7b.cfg", all[i].set);
        ifc_explanation x = planned(s, 1e5);
        const ifc_variant *v = called(&x, IFC_VARIANT_STEP, "t_read");
        CU_ASSERT_EQUAL(v != NULL, all[i].step);
        if (v)
            CU_ASSERT_STRING_EQUAL(v->change, "4.096 us -> 4.000 us");
        ifc_explain_fini(&x);
        free(s);
    }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"both sides see their flushes", both_sides_see_their_flushes},
        {"whole periods where there is time", whole_periods_where_there_is_time},
        {"a dear variant costs only itself", a_dear_variant_costs_only_itself},
        {"other caches are compared whole", other_caches_are_compared_whole},
        {"steps share a window", steps_share_a_window},
        {"every resource is doubled", every_resource_is_doubled},
        {"a published rate belongs to its die", a_published_rate_belongs_to_its_die},
    };
    return IFC_RUN_TESTS("explain", tests);
}
