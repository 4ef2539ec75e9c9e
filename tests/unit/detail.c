/**
 * What a run records on request: usage over time and the operators of one token. It agrees with the totals of
 * the run, and changes nothing in them. Results come from child processes, so their way to the parent is
 * tested too.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "components/system/machine.h"
#include "ifc_cunit.h"
#include "platform/jobs/fork_run.h"
#include "platform/scenario/load.h"

#define SETS_MAX 3

struct run {
    ifc_scenario scenario;
    ifc_fork_job job;
};

static ifc_status run_machine(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    const bool *detail = arg;
    ifc_run_options options = {.program = "test", .detail = *detail};
    ifc_status status = ifc_machine_run(s, &options, out, err);
    bool result = status == IFC_ENOFIT || status == IFC_EINTERRUPTED;
    return result ? IFC_OK : status;
}

/* Run scenarios/@name with @sets (NULL ends them). Release with finish(). */
static struct run *start(const char *name, bool detail, const char *const sets[SETS_MAX])
{
    char file[512];
    size_t n_sets = 0;
    ifc_error err = {.status = IFC_OK};
    struct run *r = calloc(1, sizeof *r);
    CU_ASSERT_FATAL(r != NULL);
    snprintf(file, sizeof file, "%s/scenarios/%s", IFC_SOURCE_DIR, name);
    while (sets && n_sets < SETS_MAX && sets[n_sets])
        n_sets++;
    CU_ASSERT_FATAL(ifc_scenario_load(&r->scenario, file, sets, n_sets, NULL, NULL, &err) == IFC_OK);
    r->job.scenario = &r->scenario;
    ifc_fork_options options = {.parallel = 1, .run = run_machine, .run_arg = &detail};
    CU_ASSERT_FATAL(ifc_fork_runs(&r->job, 1, &options, &err) == IFC_OK);
    CU_ASSERT_FATAL(r->job.status == IFC_OK);
    return r;
}

static void finish(struct run *r)
{
    ifc_result_fini(&r->job.result);
    free(r);
}

/* Which resources a row of the usage stands for. */
static bool belongs(const ifc_result *r, const ifc_usage_row *row, const ifc_resource_row *resource)
{
    static const char *const names[] = {"channels", NULL, "npu", "dram"};
    const char *name = resource->kind == IFC_RESOURCE_DIE ? r->scenario->groups[resource->group].name
                                                          : names[resource->kind];
    return strcmp(row->name, name) == 0;
}

static void check_usage_row(const ifc_result *r, const ifc_usage_row *row)
{
    double recorded = 0, busy = 0;
    uint32_t parts = 0;
    for (uint32_t i = 0; i < r->usage_bins; i++) {
        ifc_time begin = i * r->usage_bin, left = r->end_time - begin;
        CU_ASSERT(row->share[i] >= 0 && row->share[i] <= 1);
        recorded += row->share[i] * row->parts * (double)(left < r->usage_bin ? left : r->usage_bin);
    }
    for (uint32_t i = 0; i < r->n_resources; i++)
        if (belongs(r, row, &r->resources[i])) {
            busy += (double)r->resources[i].busy_ps;
            parts++;
        }
    CU_ASSERT_EQUAL(row->parts, parts);
    CU_ASSERT(fabs(recorded - busy) <= 1e-9 * busy);
    if (fabs(recorded - busy) > 1e-9 * busy)
        printf("\n%s %s: %.0f ps recorded, %.0f ps busy\n", r->scenario->file, row->name, recorded, busy);
}

static void check_usage(const ifc_result *r)
{
    CU_ASSERT(r->n_usage >= r->scenario->n_groups + 2);
    CU_ASSERT(r->usage_bins > IFC_USAGE_BINS / 2 - 1 && r->usage_bins <= IFC_USAGE_BINS);
    CU_ASSERT(r->usage_bin * r->usage_bins >= r->end_time &&
              r->usage_bin * (r->usage_bins - 1) < r->end_time);
    for (uint32_t i = 0; i < r->n_usage; i++)
        check_usage_row(r, &r->usage[i]);
}

static void check_lane(const ifc_result *r, const ifc_lane_row *row)
{
    double sum = 0;
    for (int p = 0; p < IFC_LANE_PHASES; p++)
        sum += row->phase[p];
    CU_ASSERT(row->issue <= row->begin && row->begin <= row->end);
    /* What the host does takes no time; several of them taken together only span some. */
    CU_ASSERT(strcmp(row->resource, "host") == 0 ? sum == 0 : fabs(sum - 1) < 1e-9);
    CU_ASSERT(row->operators > 0 && row->layer <= r->lanes.layers);
    if (strcmp(row->operator_name, "flush") != 0) /* a flush may outlive its token */
        CU_ASSERT(row->issue >= r->lanes.begin && row->end <= r->lanes.end);
}

static void check_lanes(const ifc_result *r)
{
    uint32_t operators = 0;
    ifc_time last = 0;
    CU_ASSERT_FATAL(r->lanes.present && r->n_lane_rows > 0 && r->n_lane_slices > 0);
    CU_ASSERT_EQUAL(r->lanes.token, r->tokens - 1);
    CU_ASSERT_EQUAL(r->lanes.end - r->lanes.begin, r->token_latency[r->tokens - 1]);
    CU_ASSERT(r->lanes.complete && r->lanes.layers == r->scenario->model.layers);
    for (uint32_t i = 0; i < r->n_lane_rows; i++) {
        check_lane(r, &r->lane_rows[i]);
        operators += r->lane_rows[i].operators;
        if (strcmp(r->lane_rows[i].operator_name, "flush") != 0 && r->lane_rows[i].end > last)
            last = r->lane_rows[i].end;
    }
    CU_ASSERT_EQUAL(last, r->lanes.end);
    for (uint32_t i = 0; i < r->n_lane_slices; i++) {
        check_lane(r, &r->lane_slices[i]);
        CU_ASSERT_EQUAL(r->lane_slices[i].operators, 1);
    }
    CU_ASSERT(r->n_lane_slices <= IFC_LANE_SLICES_MAX);
    CU_ASSERT(r->lanes.cut ? r->n_lane_slices < operators : r->n_lane_slices == operators);
}

static void test_decode(void)
{
    static const char *const names[] = {"quickstart.cfg", "full/kvnand-c-llama2-7b.cfg",
                                        "full/base-1-llama2-7b.cfg", "full/base-2-llama2-7b.cfg",
                                        "published/kvnand-d-llama3.1-70b.cfg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct run *r = start(names[i], true, NULL);
        check_usage(&r->job.result);
        check_lanes(&r->job.result);
        finish(r);
    }
}

static void test_stream(void)
{
    static const char *const names[] = {"stream/sequential-read.cfg", "stream/sequential-read-1mib.cfg",
                                        "stream/program.cfg", "stream/read-compute.cfg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct run *r = start(names[i], true, NULL);
        check_usage(&r->job.result);
        CU_ASSERT(!r->job.result.lanes.present && !r->job.result.lane_rows);
        finish(r);
    }
}

/* Head groups of the first layer that do not all fit are cut; whole layers are kept otherwise. */
static void test_cut(void)
{
    struct run *r = start("quickstart.cfg", true, NULL);
    const ifc_result *result = &r->job.result;
    uint32_t first = 0, second = 0, flushes = 0;
    for (uint32_t i = 0; i < result->n_lane_slices; i++) {
        const ifc_lane_row *row = &result->lane_slices[i];
        flushes += strcmp(row->operator_name, "flush") == 0;
        first += row->layer == 0 && strcmp(row->operator_name, "embed") != 0;
        second += row->layer == 1;
        CU_ASSERT(row->layer < 2);
    }
    CU_ASSERT(result->lanes.cut && first == second && first > IFC_LANE_SLICES_MAX / 3 && flushes == 0);
    finish(r);
}

static void test_off(void)
{
    struct run *on = start("full/kvnand-c-llama2-7b.cfg", true, NULL);
    struct run *off = start("full/kvnand-c-llama2-7b.cfg", false, NULL);
    const ifc_result *a = &on->job.result, *b = &off->job.result;
    CU_ASSERT(!b->usage && !b->lanes.present && !b->lane_rows && !b->lane_slices);
    CU_ASSERT(a->end_time == b->end_time && a->tokens == b->tokens);
    CU_ASSERT(memcmp(a->token_latency, b->token_latency, a->tokens * sizeof *a->token_latency) == 0);
    finish(on);
    finish(off);
}

/* The last complete token is shown; before there is one, what was done of the first. */
static void test_interrupted(void)
{
    static const char *const second[SETS_MAX] = {"simulation.time_limit=\"100 ms\""};
    static const char *const first[SETS_MAX] = {"simulation.time_limit=\"20 ms\""};
    struct run *r = start("quickstart.cfg", true, second);
    CU_ASSERT(r->job.result.outcome == IFC_RUN_INTERRUPTED && r->job.result.tokens == 1);
    check_lanes(&r->job.result);
    finish(r);
    r = start("quickstart.cfg", true, first);
    const ifc_lanes *lanes = &r->job.result.lanes;
    CU_ASSERT(r->job.result.tokens == 0 && lanes->present && !lanes->complete && lanes->token == 0);
    CU_ASSERT(lanes->begin == 0 && lanes->end == r->job.result.end_time && r->job.result.n_usage == 4);
    finish(r);
}

static void test_does_not_fit(void)
{
    static const char *const sets[SETS_MAX] = {"workload.context=102400"};
    struct run *r = start("full/kvnand-c-llama2-7b.cfg", true, sets);
    CU_ASSERT(r->job.result.outcome == IFC_RUN_OUT_OF_MEMORY);
    CU_ASSERT(!r->job.result.usage && !r->job.result.lanes.present);
    finish(r);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"decode: usage and lanes agree with the totals", test_decode},
        {"stream: usage agrees with the totals", test_stream},
        {"single operators: whole layers only", test_cut},
        {"off: nothing recorded, nothing changed", test_off},
        {"interrupted", test_interrupted},
        {"does not fit", test_does_not_fit},
    };
    return IFC_RUN_TESTS("detail", tests);
}
