/**
 * Planes of their own: commands of different planes of a die overlap. Closed forms to the picosecond, at any
 * grain, and the same die with planes in lockstep beside it.
 */
#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define COMMAND 175000
#define T_READ  4000000
#define T_PROG  75000000
#define T_ERASE 1500000000
#define PAGE    853333  /* 4 KiB at 4.8 GB/s */
#define ECC     2244384 /* 4 KiB at 14.6 Gb/s, longer than the products of a page */

static const char *const grains[] = {"page", "plane", "die", "auto"};

/* @n requests of @pages pages of one plane, to plane after plane of a die with 4; all asked for at once. */
static ifc_scenario *stream(const char *op, unsigned n, unsigned pages, bool independent)
{
    ifc_scenario *s = SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "channel.count=1",
                              "flash.groups.g1.dies=1", "flash.groups.g1.planes=4", "effects.ecc=false");
    sim_set(s, "workload.stream.op=%s", op);
    sim_set(s, "workload.stream.count=%u", n);
    sim_set(s, "workload.stream.queue_depth=%u", n);
    sim_set(s, "workload.stream.pages=%u", pages);
    sim_set(s, "flash.groups.g1.independent_planes=%s", independent ? "true" : "false");
    return s;
}

static void takes(ifc_scenario *s, ifc_time expected)
{
    for (size_t g = 0; g < sizeof grains / sizeof *grains; g++) {
        ifc_scenario *c = malloc(sizeof *c);
        CU_ASSERT_FATAL(c != NULL);
        *c = *s;
        sim_set(c, "simulation.grain=%s", grains[g]);
        sim_run run = sim_run_one(c);
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(run.result.stream.requests, s->workload.stream.count);
        if (run.result.end_time != expected)
            printf("\n    grain %s: %lld ps, expected %lld\n", grains[g], (long long)run.result.end_time,
                   (long long)expected);
        CU_ASSERT_EQUAL(run.result.end_time, expected);
        sim_run_fini(&run);
    }
    free(s);
}

/* Data of the second goes down while the first is programmed; the fifth waits for the first one's plane. */
static void programs_overlap(void)
{
    ifc_time down = COMMAND + PAGE;
    takes(stream("program", 2, 1, false), down + 2 * T_PROG);
    takes(stream("program", 2, 1, true), 2 * down + T_PROG);
    takes(stream("program", 4, 1, true), 4 * down + T_PROG);
    takes(stream("program", 5, 1, true), down + 2 * T_PROG);
    takes(stream("program", 4, 3, true), 4 * (COMMAND + sim_ps(3 * 4096, 4800)) + 3 * T_PROG);
}

static void erases_overlap(void)
{
    takes(stream("erase", 3, 1, false), COMMAND + 3 * (ifc_time)T_ERASE);
    takes(stream("erase", 3, 1, true), 3 * COMMAND + (ifc_time)T_ERASE);
}

/* Of two planes, one request: a command for each, whose data go down one after the other. */
static void a_program_of_two_planes_is_two_commands(void)
{
    ifc_scenario *s = stream("program", 1, 1, true);
    sim_set(s, "workload.stream.planes=2");
    takes(s, COMMAND + sim_ps(4096, 4800) + COMMAND + sim_ps(4096, 4800) + T_PROG);
}

/* The second sense begins when its command is over, not when the first one is. Pages leave in turn. */
static void reads_overlap(void)
{
    ifc_scenario *s = stream("read", 2, 1, false);
    sim_set(s, "flash.groups.g1.fmacs=0");
    takes(s, COMMAND + 2 * T_READ + PAGE);
    for (ifc_time page = COMMAND - 1; page <= COMMAND + 1; page++) { /* gone as the other one is sensed */
        s = stream("read", 2, 1, true);
        sim_set(s, "flash.groups.g1.fmacs=0");
        sim_set(s, "channel.rate=1 TB/s");
        sim_set(s, "flash.groups.g1.page=%lld B", (long long)page);
        takes(s, page > COMMAND ? COMMAND + T_READ + 2 * page : 2 * COMMAND + T_READ + page);
    }
}

/* Several pages: each plane's next page enters its cache register when its own last one has left. */
static void a_plane_waits_for_its_own_pages_alone(void)
{
    ifc_scenario *s = stream("read", 2, 2, true);
    sim_set(s, "flash.groups.g1.fmacs=0");
    takes(s, COMMAND + 2 * T_READ + 2 * (ifc_time)PAGE);
    s = stream("read", 2, 2, true); /* a slow bus is never idle */
    sim_set(s, "flash.groups.g1.fmacs=0");
    sim_set(s, "channel.rate=1 GB/s");
    takes(s, COMMAND + T_READ + 4 * sim_ps(4096, 1000));
}

/* READ_COMPUTE on different planes: results are collected and sent one after the other. */
static void products_overlap(void)
{
    ifc_scenario *s = stream("read-compute", 2, 3, false);
    sim_set(s, "effects.ecc=true");
    takes(s, COMMAND + 6 * T_READ + ECC);
    s = stream("read-compute", 2, 3, true);
    sim_set(s, "effects.ecc=true");
    takes(s, 2 * COMMAND + 3 * T_READ + ECC);
    s = stream("read-compute", 2, 1, true);
    sim_set(s, "effects.ecc=true");
    sim_set(s, "workload.stream.bytes_up=512 B");
    takes(s, COMMAND + T_READ + ECC + 2 * sim_ps(512, 800) + sim_ps(512, 4800));
}

/* One READ_COMPUTE of several planes is one command, and takes what it takes in lockstep. */
static void a_read_compute_of_four_planes_is_one_command(void)
{
    for (int independent = 0; independent < 2; independent++) {
        ifc_scenario *s = stream("read-compute", 1, 2, independent);
        sim_set(s, "effects.ecc=true");
        sim_set(s, "workload.stream.planes=4");
        sim_set(s, "workload.stream.bytes_up=512 B");
        takes(s, COMMAND + 2 * T_READ + ECC + sim_ps(512, 3200) + sim_ps(512, 4800));
    }
}

/* Planes have more or fewer pages of a matrix: its results leave when the slowest has done its part, and one
 * operator after the other takes what it takes in lockstep. */
static void the_slowest_plane_decides(void)
{
    sim_run runs[2];
    for (int i = 0; i < 2; i++)
        runs[i] = sim_run_one(SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "model.layers=1", "workload.tokens=2",
                                       "model.ffn=11001", "placement.overlap=none",
                                       i ? "flash.groups.g1.independent_planes=true" : "title=lockstep"));
    CU_ASSERT_EQUAL(runs[0].status, IFC_OK);
    CU_ASSERT_EQUAL(sim_latency(&runs[0].result), sim_latency(&runs[1].result));
    CU_ASSERT_EQUAL(runs[0].result.pages_sensed, runs[1].result.pages_sensed);
    for (int i = 0; i < 2; i++)
        sim_run_fini(&runs[i]);
}

/* Planes of a die count each for itself: half of them at work is half of the die. */
static void use_is_counted_by_plane(void)
{
    ifc_scenario *s = stream("erase", 2, 1, true);
    sim_run run = sim_run_one(s);
    const ifc_resource_row *die = sim_resource(&run.result, "g1.die0");
    CU_ASSERT_EQUAL(die->busy_ps, (ifc_time)T_ERASE / 2);
    CU_ASSERT_EQUAL(die->served, 2);
    CU_ASSERT(sim_near("erase energy, uJ", sim_energy(&run.result, "g1.erase") * 1e6, 2 * 123.75, 1e-9, 0));
    /* both at a time: twice the power of one */
    CU_ASSERT(sim_near("peak power, W", run.result.peak_power, 18.4e-3 + 2 * 82.5e-3, 1e-9, 0));
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"programs overlap", programs_overlap},
        {"erases overlap", erases_overlap},
        {"a program of two planes is two commands", a_program_of_two_planes_is_two_commands},
        {"reads overlap", reads_overlap},
        {"a plane waits for its own pages alone", a_plane_waits_for_its_own_pages_alone},
        {"products overlap", products_overlap},
        {"a READ_COMPUTE of four planes is one command", a_read_compute_of_four_planes_is_one_command},
        {"the slowest plane decides", the_slowest_plane_decides},
        {"use is counted by plane", use_is_counted_by_plane},
    };
    return IFC_RUN_TESTS("planes", tests);
}
