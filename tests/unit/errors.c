/**
 * Pages that fail: what retries cost, to the picosecond; how many there are, against their expectation, which
 * stands here alone.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/rber.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

#define COMMAND 175000
#define T_READ  40000000
#define PAGE    65536

static const char *const grains[] = {"page", "plane", "die"};

static const ifc_errors_row *errors(const sim_run *run, int group)
{
    return &run->result.wear[group].errors;
}

/* One request to a die whose pages are one codeword of so many bits that one at least is wrong, none of which
 * is corrected; the first retry has none. */
static ifc_scenario *certain(const char *op, unsigned planes, unsigned pages)
{
    ifc_scenario *s = SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "workload.stream.count=1",
                              "workload.stream.queue_depth=1", "channel.count=1", "flash.groups.g1.dies=1",
                              "flash.groups.g1.page=64KiB", "flash.groups.g1.t_read=40us",
                              "flash.groups.g1.errors.law=luo2018", "flash.groups.g1.errors.age=20d",
                              "flash.groups.g1.errors.initial_pe=100000",
                              "flash.groups.g1.errors.spread=none", "flash.groups.g1.ecc.codeword=524288",
                              "flash.groups.g1.ecc.correct=0", "flash.groups.g1.ecc.retry_rber=0");
    sim_set(s, "workload.stream.op=%s", op);
    sim_set(s, "workload.stream.planes=%u", planes);
    sim_set(s, "workload.stream.pages=%u", pages);
    return s;
}

static ifc_scenario *copy(const ifc_scenario *s)
{
    ifc_scenario *c = malloc(sizeof *c);
    if (!c)
        exit(2);
    *c = *s;
    return c;
}

/* Takes @s over. */
static void takes(ifc_scenario *s, ifc_time expected, uint64_t failed, uint64_t resensed)
{
    for (size_t g = 0; g < 3; g++) {
        ifc_scenario *c = copy(s);
        sim_set(c, "simulation.grain=%s", grains[g]);
        sim_run run = sim_run_one(c);
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        CU_ASSERT(sim_near(grains[g], (double)run.result.end_time, (double)expected, 0, 0.5));
        CU_ASSERT_EQUAL(errors(&run, 0)->failed, failed);
        CU_ASSERT_EQUAL(errors(&run, 0)->resensed, resensed);
        CU_ASSERT_EQUAL(errors(&run, 0)->lost_other, 0);
        sim_run_fini(&run);
    }
    free(s);
}

static const ifc_time t_ecc = 35910137;     /* 65536 B / 14.6 Gb/s */
static const ifc_time t_fast_ecc = 3276800; /* 65536 B / 20 GB/s */

/* A page is decoded in vain, sensed again, decoded and multiplied: tecc + tR for each page beside what pages
 * cost without. */
static void retries_of_products(void)
{
    ifc_time each = t_ecc + T_READ;
    takes(certain("read-compute", 1, 1), COMMAND + T_READ + t_ecc + each, 1, 1);
    takes(certain("read-compute", 1, 3), COMMAND + 3 * T_READ + t_ecc + 3 * each, 3, 3);
    takes(certain("read-compute", 4, 2), COMMAND + 2 * T_READ + t_ecc + 2 * each, 8, 8); /* in lockstep */
    ifc_scenario *s = certain("read-compute", 1, 3); /* the engine sets the pace: 65536 / 2 / (1 x 400 MHz) */
    sim_set(s, "flash.groups.g1.fmacs=1");
    takes(s, COMMAND + T_READ + 3 * (ifc_time)81920000 + 3 * each, 3, 3);
    s = certain("read-compute", 1, 3); /* four rounds of results: a granule each */
    sim_set(s, "workload.stream.bytes_up=1536 B");
    takes(s, COMMAND + 3 * T_READ + t_ecc + 3 * each + 640000 + sim_ps(512, 4800), 3, 3);
}

/* What may sense together is limited in a retry, too. */
static void retries_take_turns(void)
{
    ifc_scenario *s = certain("read-compute", 4, 1);
    sim_set(s, "flash.groups.g1.sense_planes=3");
    takes(s, COMMAND + 2 * T_READ + t_ecc + t_ecc + 2 * T_READ, 4, 4);
}

static void retries_of_reads_in_the_die(void)
{
    ifc_scenario *s = certain("read", 1, 1);
    sim_set(s, "flash.groups.g1.ecc_rate=20 GB/s");
    ifc_time x = sim_ps(PAGE, 4800);
    takes(s, COMMAND + 2 * (T_READ + t_fast_ecc) + x, 1, 1);
    s = certain("read", 1, 2); /* the second page is sensed when the first is there, and leaves after it */
    sim_set(s, "flash.groups.g1.ecc_rate=20 GB/s");
    takes(s, COMMAND + 2 * (T_READ + t_fast_ecc) + 2 * T_READ + t_fast_ecc + x, 2, 2);
}

/* Plain NAND: command, sense, transfer and decode once more for what failed. */
static void retries_by_the_controller(void)
{
    ifc_scenario *s = certain("read", 1, 1);
    sim_set(s, "flash.groups.g1.fmacs=0");
    ifc_time once = COMMAND + T_READ + sim_ps(PAGE + 448, 4800) + sim_ps(PAGE, 4800);
    takes(copy(s), 2 * once, 1, 1);
    sim_set(s, "flash.groups.g1.ecc.retry_rber=1");
    sim_set(s, "flash.groups.g1.ecc.retries=3");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.end_time, 4 * once);
    CU_ASSERT_EQUAL(errors(&run, 0)->resensed, 3);
    CU_ASSERT_EQUAL(errors(&run, 0)->lost_other, 1);
    CU_ASSERT_EQUAL(run.result.bus_bytes_up, 4 * (PAGE + 448));
    CU_ASSERT(sim_near("energy", sim_energy(&run.result, "g1.read"), 4 * (PAGE + 448) * 8 * 3e-12, 1e-9, 0));
    sim_run_fini(&run);
}

static void pages_that_are_lost(void)
{
    ifc_scenario *s = certain("read-compute", 2, 1);
    sim_set(s, "flash.groups.g1.ecc.retry_rber=1");
    sim_run run = sim_run_one(copy(s));
    CU_ASSERT_EQUAL(run.result.end_time, COMMAND + T_READ + t_ecc + 5 * (t_ecc + T_READ));
    CU_ASSERT_EQUAL(errors(&run, 0)->resensed, 10);
    CU_ASSERT_EQUAL(errors(&run, 0)->lost_other, 2);
    CU_ASSERT_EQUAL(run.result.pages_sensed, 2);
    CU_ASSERT(sim_near("energy", sim_energy(&run.result, "g1.read"), 12 * (PAGE + 448) * 8 * 3e-12, 1e-9, 0));
    sim_run_fini(&run);
    sim_set(s, "flash.groups.g1.ecc.retries=0");
    run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.end_time, COMMAND + T_READ + t_ecc);
    CU_ASSERT_EQUAL(errors(&run, 0)->resensed, 0);
    CU_ASSERT_EQUAL(errors(&run, 0)->lost_other, 2);
    sim_run_fini(&run);
}

/* @n independent pages fail, each with @p: within five deviations. */
static bool drawn(const char *what, uint64_t failed, double n, double p)
{
    return sim_near(what, (double)failed, n * p, 0, 5 * sqrt(n * p * (1 - p)) + 1e-9);
}

/* 100,000 pages of four light codewords. */
static ifc_scenario *many(const char *spread)
{
    ifc_scenario *s =
        SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "workload.stream.op=read-compute",
                "workload.stream.count=1250", "workload.stream.planes=8", "workload.stream.pages=10",
                "channel.count=1", "flash.groups.g1.dies=1", "flash.groups.g1.errors.law=luo2018",
                "flash.groups.g1.errors.age=20d", "flash.groups.g1.errors.initial_pe=100000",
                "flash.groups.g1.ecc.codeword=8332", "flash.groups.g1.ecc.correct=10");
    sim_set(s, "flash.groups.g1.errors.spread=%s", spread);
    return s;
}

static double page_fails(double rber)
{
    return 1 - pow(1 - ifc_rber_fails(8332, 10, rber), 4);
}

static void as_many_as_expected(void)
{
    const ifc_rber_state worn = {.pe = 10000, .seconds = 20 * 86400};
    double rber = ifc_rber(IFC_RBER_LUO2018, NULL, &worn), parts[64], mean = 0;
    sim_run run = sim_run_one(many("none"));
    CU_ASSERT(drawn("alike", errors(&run, 0)->failed, 100000, page_fails(rber)));
    CU_ASSERT(errors(&run, 0)->failed > 500);
    uint64_t first = errors(&run, 0)->failed;
    sim_run_fini(&run);
    ifc_rber_spread(2.2, 64, parts);
    for (int i = 0; i < 64; i++)
        mean += page_fails(rber * parts[i]) / 64;
    run = sim_run_one(many("2.2")); /* pages are read more than once: they vary by their places, too */
    CU_ASSERT(sim_near("spread", (double)errors(&run, 0)->failed, 100000 * mean, 0.05, 0));
    CU_ASSERT(errors(&run, 0)->failed > 2 * first);
    sim_run_fini(&run);
    ifc_scenario *s = many("none");
    sim_set(s, "simulation.seed=2");
    run = sim_run_one(s);
    CU_ASSERT_NOT_EQUAL(errors(&run, 0)->failed, first);
    sim_run_fini(&run);
}

/* One block of one page, read again and again: its n-th read is disturbed by the n - 1 before it. */
static void reads_disturb(void)
{
    double expected = 0, variance = 0;
    sim_run run = sim_run_one(SIM_NEW(
        "workload.kind=stream", "workload.stream.group=g1", "workload.stream.op=read-compute",
        "workload.stream.count=1200", "channel.count=1", "flash.groups.g1.dies=1", "flash.groups.g1.planes=1",
        "flash.groups.g1.pages_per_block=1", "flash.groups.g1.blocks_per_plane=1",
        "flash.groups.g1.ecc.retries=0", "flash.groups.g1.errors.law=power-law",
        "flash.groups.g1.errors.age=1h", "flash.groups.g1.errors.pe_scale=1",
        "flash.groups.g1.errors.initial_pe=1000", "flash.groups.g1.errors.spread=none"));
    for (int n = 0; n < 1200; n++) {
        const ifc_rber_state s = {1000, 3600, n};
        double p = 1 - pow(1 - ifc_rber_fails(9088, 64, ifc_rber(IFC_RBER_POWER_LAW, NULL, &s)), 4);
        expected += p;
        variance += p * (1 - p);
    }
    CU_ASSERT(expected > 100 && expected < 1000);
    CU_ASSERT(sim_near("read disturb", (double)errors(&run, 0)->failed, expected, 0, 5 * sqrt(variance)));
    CU_ASSERT_EQUAL(errors(&run, 0)->lost_other, errors(&run, 0)->failed);
    sim_run_fini(&run);
}

/* At its rated life, SLC as MLC with ten cycles for one: nothing fails, and all is as without errors. */
static void slc_does_not_retry(void)
{
    ifc_scenario *with = tiny_discrete(), *without = tiny_discrete();
    sim_set(with, "flash.groups.*.errors.law=luo2018");
    sim_set(with, "flash.groups.*.errors.age=23d");
    sim_set(with, "flash.groups.*.errors.initial_pe=100000");
    sim_set(with, "flash.groups.*.ecc.codeword=2304");
    sim_run a = sim_run_one(with), b = sim_run_one(without);
    CU_ASSERT(errors(&a, 0)->drawn && !errors(&b, 0)->drawn);
    CU_ASSERT_EQUAL(errors(&a, 0)->failed + errors(&a, 1)->failed, 0);
    CU_ASSERT_DOUBLE_EQUAL(errors(&a, 0)->pe_scale, 0.1, 1e-12);
    CU_ASSERT_EQUAL(a.result.end_time, b.result.end_time);
    sim_run_fini(&a);
    sim_run_fini(&b);
}

/* Pages of 64 KiB that are certainly lost: those of KV count as such, those of weights do not fail. */
static void weights_and_kv_apart(void)
{
    ifc_scenario *s = tiny_discrete();
    sim_set(s, "flash.groups.g2.errors.law=luo2018");
    sim_set(s, "flash.groups.g2.errors.age=20d");
    sim_set(s, "flash.groups.g2.errors.initial_pe=100000");
    sim_set(s, "flash.groups.g2.errors.spread=none");
    sim_set(s, "flash.groups.g2.page=64KiB");
    sim_set(s, "flash.groups.g2.ecc.codeword=524288");
    sim_set(s, "flash.groups.g2.ecc.correct=0");
    sim_run run = sim_run_one(s);
    uint64_t pages = 2 * (2 + 2); /* two tokens read K and V; a page takes four programs of two tokens */
    CU_ASSERT_EQUAL(errors(&run, 1)->lost_kv, pages);
    CU_ASSERT_EQUAL(errors(&run, 1)->resensed, 5 * pages);
    CU_ASSERT_EQUAL(errors(&run, 1)->lost_weights, 0);
    CU_ASSERT_EQUAL(errors(&run, 0)->failed, 0);
    CU_ASSERT(strstr(run.result.reuse_why_not, "errors.law") != NULL);
    sim_run_fini(&run);
}

/* Pages fail one by one, and all grains agree, on a machine of every kind. */
static void grains_agree(void)
{
    ifc_scenario *(*const machines[])(void) = {tiny, tiny_discrete, tiny_plain, tiny_experts, tiny_mixed};
    for (size_t m = 0; m < sizeof machines / sizeof *machines; m++) {
        sim_run runs[3];
        for (size_t g = 0; g < 3; g++) {
            ifc_scenario *s = machines[m]();
            sim_set(s, "flash.groups.*.errors.law=luo2018");
            sim_set(s, "flash.groups.*.errors.age=20d");
            sim_set(s, "flash.groups.*.errors.initial_pe=100000");
            sim_set(s, "flash.groups.*.ecc.codeword=1152");
            sim_set(s, "flash.groups.*.ecc.correct=0");
            sim_set(s, "flash.groups.*.t_read=5us");
            sim_set(s, "simulation.grain=%s", grains[g]);
            runs[g] = sim_run_one(s);
            CU_ASSERT_EQUAL(runs[g].status, IFC_OK);
            CU_ASSERT_EQUAL(runs[g].result.end_time, runs[0].result.end_time);
            for (uint32_t i = 0; i < runs[g].result.n_wear; i++) {
                CU_ASSERT_EQUAL(errors(&runs[g], (int)i)->failed, errors(&runs[0], (int)i)->failed);
                CU_ASSERT_EQUAL(errors(&runs[g], (int)i)->resensed, errors(&runs[0], (int)i)->resensed);
            }
        }
        CU_ASSERT(errors(&runs[0], 0)->failed > 10);
        for (size_t g = 0; g < 3; g++)
            sim_run_fini(&runs[g]);
    }
}

/* The path names what it waited for: retries, and they sum up with the rest. */
static void the_path_names_retries(void)
{
    ifc_scenario *s = tiny_plain();
    ifc_time retry = 0, sum = 0;
    sim_set(s, "flash.groups.*.errors.law=luo2018");
    sim_set(s, "flash.groups.*.errors.age=20d");
    sim_set(s, "flash.groups.*.errors.initial_pe=100000");
    sim_set(s, "flash.groups.*.ecc.codeword=2304");
    sim_set(s, "flash.groups.*.ecc.correct=0");
    sim_run run = sim_run_one(s);
    bool in_die = false, by_controller = false;
    for (uint32_t i = 0; i < run.result.n_path; i++) {
        const ifc_path_row *row = &run.result.path[i];
        bool is = strcmp(row->phase, "retry") == 0;
        retry += is ? row->ps : 0;
        sum += row->ps;
        in_die |= is && strcmp(row->resource, "g1") == 0;
        by_controller |= is && strcmp(row->resource, "g2") == 0;
    }
    CU_ASSERT(retry > 0 && in_die && by_controller);
    CU_ASSERT_EQUAL(sum, sim_latency(&run.result));
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"retries of products", retries_of_products},
        {"retries take turns", retries_take_turns},
        {"retries of reads in the die", retries_of_reads_in_the_die},
        {"retries by the controller", retries_by_the_controller},
        {"pages that are lost", pages_that_are_lost},
        {"as many as expected", as_many_as_expected},
        {"reads disturb", reads_disturb},
        {"SLC does not retry", slc_does_not_retry},
        {"weights and KV apart", weights_and_kv_apart},
        {"grains agree", grains_agree},
        {"the path names retries", the_path_names_retries},
    };
    return IFC_RUN_TESTS("errors", tests);
}
