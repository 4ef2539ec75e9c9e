/**
 * Errors that were found in other simulators of flash devices, each as a test here.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define COMMAND 175000
#define PAGE    16384

/* 16 KiB pages of plain NAND, no decoder, one channel. */
static ifc_scenario *device(unsigned dies, unsigned planes, const char *t_read, unsigned mb_per_second)
{
    ifc_scenario *s = SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "flash.groups.g1.fmacs=0",
                              "flash.groups.g1.page=16 KiB", "flash.groups.g1.spare=0 B",
                              "flash.groups.g1.ecc_rate=0 B/s", "effects.ecc=false", "channel.count=1",
                              "workload.stream.queue_depth=64", "workload.stream.op=read");
    sim_set(s, "flash.groups.g1.dies=%u", dies);
    sim_set(s, "flash.groups.g1.planes=%u", planes);
    sim_set(s, "flash.groups.g1.t_read=%s", t_read);
    sim_set(s, "channel.rate=%u MB/s", mb_per_second);
    return s;
}

/* B/s of a bus of which every request takes a command and its pages. */
static double bus_net(unsigned mb_per_second, unsigned pages)
{
    return (double)pages * PAGE * 1e12 / (double)(COMMAND + (ifc_time)pages * sim_ps(PAGE, mb_per_second));
}

/* Transfer times truncated to whole nanoseconds vanish above a rate: bandwidth has to follow it all the way.
 */
static void bandwidth_follows_the_rate_of_the_bus(void)
{
    static const unsigned rates[] = {100,  133,  200,  266,  333,  400,  533,  667,  800,  1000, 1001,
                                     1200, 1333, 1600, 2000, 2400, 3000, 3600, 4000, 4266, 4800};
    enum { N = sizeof rates / sizeof rates[0] };
    sim_run runs[N] = {0};
    for (int i = 0; i < N; i++) {
        runs[i].scenario = device(8, 1, "1 us", rates[i]);
        sim_set(runs[i].scenario, "workload.stream.count=2000");
    }
    sim_run_all(runs, N);
    for (int i = 0; i < N; i++) {
        CU_ASSERT_EQUAL(runs[i].status, IFC_OK);
        CU_ASSERT(
            sim_near("bandwidth", runs[i].result.stream.bytes_per_second, bus_net(rates[i], 1), 0.001, 0));
        CU_ASSERT_EQUAL(runs[i].result.stream.bus_limit, rates[i] * 1e6);
        sim_run_fini(&runs[i]);
    }
}

/* A bus that sends every waiting result before the next command starves the arrays. */
static void sensing_and_draining_overlap(void)
{
    static const char *const t_read[] = {"40 us", "400 us"};
    static const double seconds[] = {40e-6, 400e-6};
    for (int t = 0; t < 2; t++)
        for (unsigned planes = 1; planes <= 4; planes *= 2)
            for (unsigned pages = 1; pages <= 4; pages *= 4) {
                ifc_scenario *s = device(2, planes, t_read[t], 1000);
                sim_set(s, "workload.stream.planes=%u", planes);
                sim_set(s, "workload.stream.pages=%u", pages);
                sim_set(s, "workload.stream.count=%u", 1600 / pages);
                sim_run run = sim_run_one(s);
                double bus = bus_net(1000, planes * pages), array = 2.0 * planes * PAGE / seconds[t];
                double limit = bus < array ? bus : array;
                CU_ASSERT_EQUAL(run.status, IFC_OK);
                CU_ASSERT(run.result.stream.bytes_per_second <= limit * 1.000001);
                if (run.result.stream.bytes_per_second < 0.99 * limit)
                    printf("\n    tR %s, %u planes, %u pages: %.4g of %.4g B/s\n", t_read[t], planes, pages,
                           run.result.stream.bytes_per_second, limit);
                CU_ASSERT(run.result.stream.bytes_per_second >= 0.99 * limit);
                sim_run_fini(&run);
            }
}

/* A run far below a second has its true figures. */
static void short_runs_have_finite_figures(void)
{
    ifc_scenario *s = device(1, 1, "40 us", 1000);
    sim_set(s, "workload.stream.count=1");
    sim_run run = sim_run_one(s);
    double seconds = (175e3 + 40e6 + 16384e3) * 1e-12; /* 16384 B at 1 GB/s */
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT(sim_finite(&run.result));
    CU_ASSERT(sim_near("bandwidth", run.result.stream.bytes_per_second, PAGE / seconds, 1e-9, 0));
    sim_run_fini(&run);
}

/* Bytes on the bus are the bytes delivered, however many planes a request uses; and they take their time. */
static void multi_plane_reads_move_every_page(void)
{
    static const char *const grains[] = {"page", "plane", "die"};
    for (int g = 0; g < 3; g++)
        for (unsigned planes = 1; planes <= 8; planes *= 2) {
            ifc_scenario *s = device(4, 8, "40 us", 1000);
            sim_set(s, "simulation.grain=%s", grains[g]);
            sim_set(s, "workload.stream.planes=%u", planes);
            sim_set(s, "workload.stream.dies=2");
            sim_set(s, "workload.stream.count=50");
            sim_run run = sim_run_one(s);
            const ifc_result *r = &run.result;
            uint64_t delivered = (uint64_t)50 * 2 * planes * PAGE;
            CU_ASSERT_EQUAL(run.status, IFC_OK);
            CU_ASSERT_EQUAL(r->stream.bytes, delivered);
            CU_ASSERT_EQUAL(r->bus_bytes_up, delivered);
            CU_ASSERT_EQUAL(r->bus_bytes_down, 0);
            CU_ASSERT_EQUAL(sim_resource(r, "channel0")->bytes, delivered);
            CU_ASSERT(sim_resource(r, "channel0")->busy_ps >= sim_ps(delivered, 1000));
            CU_ASSERT(r->end_time >= sim_ps(delivered, 1000));
            CU_ASSERT_EQUAL(r->pages_sensed, delivered / PAGE);
            sim_run_fini(&run);
        }
}

/* A bus held during tR would take n x tR: it takes one. */
static void the_bus_is_free_while_dies_sense(void)
{
    for (unsigned n = 2; n <= 16; n *= 2) {
        ifc_scenario *s = device(n, 1, "10 ms", 1000);
        sim_set(s, "workload.stream.count=%u", n);
        sim_set(s, "effects.command=false");
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(run.result.end_time, 10 * IFC_MS + (ifc_time)n * sim_ps(PAGE, 1000));
        CU_ASSERT_EQUAL(sim_resource(&run.result, "channel0")->busy_ps, (ifc_time)n * sim_ps(PAGE, 1000));
        sim_run_fini(&run);
    }
}

/* Nothing to read, nothing to write, nothing at all: a run ends and every figure is a number. */
static void one_sided_and_empty_workloads_end(void)
{
    static const char *const ops[] = {"read", "program", "erase"};
    static const char *const arrivals[] = {"closed", "constant", "poisson"};
    for (int op = 0; op < 3; op++)
        for (int a = 0; a < 3; a++)
            for (unsigned count = 0; count <= 3; count++) {
                ifc_scenario *s = device(2, 2, "40 us", 1000);
                sim_set(s, "workload.stream.op=%s", ops[op]);
                sim_set(s, "workload.stream.arrival=%s", arrivals[a]);
                sim_set(s, "workload.stream.rate=1000 1/s");
                sim_set(s, "workload.stream.count=%u", count);
                sim_run run = sim_run_one(s);
                CU_ASSERT_EQUAL(run.status, IFC_OK);
                CU_ASSERT_EQUAL(run.result.outcome, IFC_RUN_OK);
                CU_ASSERT_EQUAL(run.result.stream.requests, count);
                CU_ASSERT(sim_finite(&run.result));
                CU_ASSERT(count > 0 || run.result.end_time == 0);
                CU_ASSERT_EQUAL(run.result.pages_sensed, op == 0 ? count : 0);
                CU_ASSERT_EQUAL(run.result.pages_programmed, op == 1 ? count : 0);
                CU_ASSERT_EQUAL(run.result.blocks_erased, op == 2 ? count : 0);
                sim_run_fini(&run);
            }
}

static ifc_status load_text(const char *text, ifc_error *err)
{
    char path[] = "/tmp/ifcsim-test-XXXXXX";
    ifc_scenario *s = calloc(1, sizeof *s);
    int fd = mkstemp(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!s || !f)
        exit(2);
    fputs(text, f);
    fclose(f);
    ifc_status status = ifc_scenario_load(s, path, NULL, 0, NULL, NULL, err);
    remove(path);
    free(s);
    return status;
}

/* Lines that are short, unknown or without their unit are refused with their place; none ends the input
 * quietly. A comment is no end. */
static void bad_lines_are_errors(void)
{
    static const struct {
        const char *text;
        ifc_status status;
        const char *where, *what;
    } cases[] = {
        {"flash = { groups = { g1 = { dies = 1; }; }; };\n# a comment\n"
         "workload = { kind = \"stream\"; stream = { group = \"g1\"; count = 5; }; };\n",
         IFC_OK, "", ""},
        {"flash = { groups = { g1 = { dies = 1; }; }; };\n# a comment\nworkload = { colour = 3; };\n",
         IFC_EDATA, ":3", "colour"},
        {"flash = { groups = { g1 = { dies = 1; t_read = 40; }; }; };\n", IFC_EDATA, ":1", "t_read"},
        {"flash = { groups = { g1 = { dies = 1;\n t_read = \"40 parsec\"; }; }; };\n", IFC_EDATA, ":2",
         "parsec"},
        {"flash = { groups = { g1 = { dies = 1;\n\n dies\n", IFC_EDATA, ":", ""},
        {"flash = { groups = { g1 = { dies = 5000000000; }; }; };\n", IFC_EDATA, ":1", "dies"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ifc_error err = {.status = IFC_OK};
        CU_ASSERT_EQUAL(load_text(cases[i].text, &err), cases[i].status);
        if (cases[i].status == IFC_OK)
            continue;
        if (!strstr(err.text, cases[i].where) || !strstr(err.text, cases[i].what))
            printf("\n    %s\n", err.text);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].where));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].what));
    }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"bandwidth follows the rate of the bus", bandwidth_follows_the_rate_of_the_bus},
        {"sensing and draining overlap", sensing_and_draining_overlap},
        {"short runs have finite figures", short_runs_have_finite_figures},
        {"multi-plane reads move every page", multi_plane_reads_move_every_page},
        {"the bus is free while dies sense", the_bus_is_free_while_dies_sense},
        {"one-sided and empty workloads end", one_sided_and_empty_workloads_end},
        {"bad lines are errors", bad_lines_are_errors},
    };
    return IFC_RUN_TESTS("peers", tests);
}
