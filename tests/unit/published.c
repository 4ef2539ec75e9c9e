/**
 * The published throughputs, ablations and energies, from the event-driven machine with the published
 * effects. The only numbers here are the published labels; the best split of the discrete variant is found by
 * running all of them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define SPLITS   15
#define CONTEXTS 4
#define OOM      0.0

static const char *const models[] = {"llama2-7b", "llama3.1-70b"};
static const unsigned contexts[CONTEXTS] = {128, 1024, 10240, 102400};

/* Tokens per second. */
static const struct label {
    double base_1, base_2, compact, discrete;
} labels[2][CONTEXTS] = {
    {{19.36, 19.10, 37.96, 37.06},
     {16.95, 15.48, 29.69, 33.21},
     {7.43, 5.25, 9.16, 17.31},
     {OOM, 0.69, 1.16, 4.69}},
    {{1.87, 1.87, 3.72, 3.51}, {1.85, 1.84, 3.57, 3.51}, {1.70, 1.61, 2.51, 3.05}, {OOM, 0.71, 0.63, 1.78}},
};

static ifc_scenario *published(const char *system, const char *model, unsigned context)
{
    char name[128];
    snprintf(name, sizeof name, "published/%s-%s.cfg", system, model);
    ifc_scenario *s = sim_load(name, NULL);
    sim_set(s, "workload.context=%u", context);
    return s;
}

static ifc_scenario *discrete(const char *model, unsigned context, unsigned g1)
{
    ifc_scenario *s = published("kvnand-d", model, context);
    sim_set(s, "flash.groups.g1.dies=%u", g1);
    sim_set(s, "flash.groups.g2.dies=%u", 16 - g1);
    return s;
}

/* Tokens per second of one token; 0: out of memory. */
static double rate(const sim_run *run)
{
    if (run->status == IFC_ENOFIT && run->result.outcome == IFC_RUN_OUT_OF_MEMORY)
        return OOM;
    CU_ASSERT_EQUAL(run->status, IFC_OK);
    return run->result.tokens ? run->result.tokens * 1e12 / (double)sim_latency(&run->result) : -1.0;
}

/* Within @tolerance beyond the rounding of the label to its last digit. */
static void agrees(const char *what, const char *model, unsigned context, double value, double label,
                   double tolerance, double last_digit)
{
    char name[128];
    snprintf(name, sizeof name, "%s, %s at %u", what, model, context);
    if (label == OOM) {
        CU_ASSERT_EQUAL(value, OOM);
        return;
    }
    CU_ASSERT(sim_near(name, value, label, tolerance, last_digit / 2));
}

static void check_cell(unsigned m, unsigned c)
{
    sim_run runs[3 + SPLITS] = {0};
    runs[0].scenario = published("base-1", models[m], contexts[c]);
    runs[1].scenario = published("base-2", models[m], contexts[c]);
    runs[2].scenario = published("kvnand-c", models[m], contexts[c]);
    for (unsigned g1 = 1; g1 <= SPLITS; g1++)
        runs[2 + g1].scenario = discrete(models[m], contexts[c], g1);
    sim_run_all(runs, 3 + SPLITS);
    double best = 0;
    for (unsigned i = 3; i < 3 + SPLITS; i++)
        best = fmax(best, rate(&runs[i]));
    const struct label *l = &labels[m][c];
    agrees("Base-1", models[m], contexts[c], rate(&runs[0]), l->base_1, 0.01, 0.01);
    agrees("Base-2", models[m], contexts[c], rate(&runs[1]), l->base_2, 0.01, 0.01);
    agrees("C-16", models[m], contexts[c], rate(&runs[2]), l->compact, 0.01, 0.01);
    agrees("D, best split", models[m], contexts[c], best, l->discrete, 0.01, 0.01);
    for (unsigned i = 0; i < 3 + SPLITS; i++)
        sim_run_fini(&runs[i]);
}

static void throughputs_of_the_smaller_model(void)
{
    for (unsigned c = 0; c < CONTEXTS; c++)
        check_cell(0, c);
}

static void throughputs_of_the_larger_model(void)
{
    for (unsigned c = 0; c < CONTEXTS; c++)
        check_cell(1, c);
}

/* Latency with an optimisation, in percent of that without it. */
static void head_group_pipelining_and_page_mapping(void)
{
    static const double pipelining[] = {96.0, 82.4, 95.2}, mapping[] = {11.5, 4.0, 3.2};
    sim_run runs[12] = {0};
    for (unsigned c = 0; c < 3; c++) {
        sim_run *r = &runs[4 * c];
        r[0].scenario = discrete(models[0], contexts[c + 1], 8);
        r[1].scenario = discrete(models[0], contexts[c + 1], 8);
        sim_set(r[1].scenario, "placement.overlap=none");
        r[2].scenario = published("kvnand-c", models[0], contexts[c + 1]);
        r[3].scenario = published("kvnand-c", models[0], contexts[c + 1]);
        sim_set(r[3].scenario, "placement.kv_layout=unmapped");
    }
    sim_run_all(runs, 12);
    for (unsigned c = 0; c < 3; c++) {
        sim_run *r = &runs[4 * c];
        agrees("head-group pipelining, %", models[0], contexts[c + 1], 100 * rate(&r[1]) / rate(&r[0]),
               pipelining[c], 0.02, 0.1);
        agrees("page mapping, %", models[0], contexts[c + 1], 100 * rate(&r[3]) / rate(&r[2]), mapping[c],
               0.02, 0.1);
    }
    for (unsigned i = 0; i < 12; i++)
        sim_run_fini(&runs[i]);
}

/* J per token; of KVNAND, the faster of the compact variant and the best discrete split. */
static void energies_of_the_smaller_model(void)
{
    static const struct {
        unsigned context;
        double base_1, base_2, best;
    } energies[] = {{10240, 0.63, 0.67, 0.47}, {30720, 1.23, 1.35, 0.74}, {102400, OOM, 3.73, 1.70}};
    for (unsigned e = 0; e < 3; e++) {
        unsigned context = energies[e].context, best = 2;
        sim_run runs[3 + SPLITS] = {0};
        runs[0].scenario = published("base-1", models[0], context);
        runs[1].scenario = published("base-2", models[0], context);
        runs[2].scenario = published("kvnand-c", models[0], context);
        for (unsigned g1 = 1; g1 <= SPLITS; g1++)
            runs[2 + g1].scenario = discrete(models[0], context, g1);
        sim_run_all(runs, 3 + SPLITS);
        for (unsigned i = 3; i < 3 + SPLITS; i++)
            if (rate(&runs[i]) > rate(&runs[best]))
                best = i;
        agrees("energy of Base-1", models[0], context, sim_energy(&runs[0].result, NULL), energies[e].base_1,
               0.02, 0.01);
        agrees("energy of Base-2", models[0], context, sim_energy(&runs[1].result, NULL), energies[e].base_2,
               0.02, 0.01);
        agrees("energy of KVNAND", models[0], context, sim_energy(&runs[best].result, NULL), energies[e].best,
               0.02, 0.01);
        for (unsigned i = 0; i < 3 + SPLITS; i++)
            sim_run_fini(&runs[i]);
    }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"throughputs of LLaMA2-7B", throughputs_of_the_smaller_model},
        {"throughputs of LLaMA3.1-70B", throughputs_of_the_larger_model},
        {"head-group pipelining and page mapping", head_group_pipelining_and_page_mapping},
        {"energies of LLaMA2-7B", energies_of_the_smaller_model},
    };
    return IFC_RUN_TESTS("published", tests);
}
