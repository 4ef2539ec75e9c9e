/**
 * The machine's timing against closed forms, to the picosecond: each expected time is worked out here in
 * integers, and the run must not end one picosecond earlier or later, at any grain.
 */
#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define COMMAND 175000
#define T_READ  4000000
#define BUS     4800 /* MB/s */

static const char *const grains[] = {"page", "plane", "die"};

/* One request at a time to IFC dies on one channel. */
static ifc_scenario *stream(const char *op, unsigned dies, unsigned planes, unsigned pages)
{
    ifc_scenario *s = SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "workload.stream.count=1",
                              "workload.stream.queue_depth=1", "channel.count=1");
    sim_set(s, "flash.groups.g1.dies=%u", dies);
    sim_set(s, "workload.stream.op=%s", op);
    sim_set(s, "workload.stream.planes=%u", planes);
    sim_set(s, "workload.stream.pages=%u", pages);
    return s;
}

/* Plain NAND, whose pages need no decoder. */
static ifc_scenario *plain(const char *op, unsigned dies, unsigned planes, unsigned pages)
{
    ifc_scenario *s = stream(op, dies, planes, pages);
    sim_set(s, "flash.groups.g1.fmacs=0");
    sim_set(s, "flash.groups.g1.ecc_rate=0 B/s");
    sim_set(s, "effects.ecc=false");
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

/* How many of two requests, one after the other, are done when the run is stopped at @limit. */
static uint64_t done_by(const ifc_scenario *s, const char *grain, ifc_time limit)
{
    ifc_scenario *c = copy(s);
    sim_set(c, "simulation.grain=%s", grain);
    sim_set(c, "workload.stream.count=%llu", 2 * (unsigned long long)s->workload.stream.count);
    sim_set(c, "simulation.time_limit=%lld ps", (long long)limit);
    sim_run run = sim_run_one(c);
    uint64_t done = run.result.stream.requests;
    CU_ASSERT_EQUAL(run.result.end_time, limit);
    CU_ASSERT_EQUAL(run.result.outcome, IFC_RUN_INTERRUPTED);
    sim_run_fini(&run);
    return done;
}

/* The requests of @s take exactly @expected: the run ends then, and a limit at that very moment finds the
 * first request done while one a picosecond earlier does not. Takes @s over. */
static void takes(ifc_scenario *s, ifc_time expected)
{
    uint64_t count = s->workload.stream.count;
    for (size_t g = 0; g < 3; g++) {
        ifc_scenario *c = copy(s);
        sim_set(c, "simulation.grain=%s", grains[g]);
        sim_run run = sim_run_one(c);
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(run.result.stream.requests, count);
        if (run.result.end_time != expected)
            printf("\n    grain %s: %lld ps, expected %lld\n", grains[g], (long long)run.result.end_time,
                   (long long)expected);
        CU_ASSERT_EQUAL(run.result.end_time, expected);
        CU_ASSERT(sim_finite(&run.result));
        sim_run_fini(&run);
        if (s->workload.stream.queue_depth == 1 && count == 1) {
            CU_ASSERT_EQUAL(done_by(s, grains[g], expected - 1), 0);
            CU_ASSERT_EQUAL(done_by(s, grains[g], expected), 1);
        }
    }
    free(s);
}

/* 4 KiB of data at 14.6 Gb/s: 2.244 us, longer than 2048 products on 16 units at 400 MHz, 0.32 us. */
#define ECC 2244384

/* The sense waits for the command alone; one plane collects at 0.8 GB/s. */
static void a_read_compute_of_two_pages(void)
{
    ifc_scenario *s = stream("read-compute", 1, 1, 2);
    sim_set(s, "workload.stream.bytes_down=8 KiB");
    sim_set(s, "workload.stream.bytes_up=512 B");
    CU_ASSERT_EQUAL(sim_ps(4096, 1825), ECC);
    takes(s, COMMAND + T_READ + T_READ + ECC + sim_ps(512, 800) + sim_ps(512, BUS));
}

/* A vector that arrives as the first page does costs nothing; one a picosecond later costs one. */
static void the_engines_wait_for_the_vector(void)
{
    static const ifc_time arrives[] = {T_READ - 1, T_READ, T_READ + 1, 2 * T_READ, 3 * T_READ};
    for (size_t i = 0; i < sizeof arrives / sizeof arrives[0]; i++)
        for (unsigned pages = 1; pages <= 3; pages++) {
            ifc_scenario *s = stream("read-compute", 1, 32, pages);
            sim_set(s, "channel.rate=1 TB/s"); /* a byte takes a picosecond */
            sim_set(s, "workload.stream.bytes_down=%lld B", (long long)arrives[i]);
            /* The second page is sensed meanwhile, and moves when the first one is worked on. */
            ifc_time first = (arrives[i] > T_READ ? arrives[i] : T_READ) + ECC, end = first;
            if (pages > 1)
                end = (first > 2 * T_READ ? first : 2 * T_READ) + (pages - 2) * T_READ + ECC;
            takes(s, COMMAND + end);
        }
}

/* Plane results gather at the rate of the planes at work, up to that of the die. */
static void planes_bring_their_lanes(void)
{
    static const struct {
        unsigned planes, rate;
    } cases[] = {{1, 800}, {8, 6400}, {31, 24800}, {32, 25600}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ifc_scenario *s = stream("read-compute", 1, cases[i].planes, 1);
        sim_set(s, "workload.stream.bytes_up=512 B");
        takes(s, COMMAND + T_READ + ECC + sim_ps(512, cases[i].rate) + sim_ps(512, BUS));
        s = stream("read-compute", 1, cases[i].planes, 1);
        sim_set(s, "workload.stream.bytes_up=512 B");
        sim_set(s, "flash.groups.g1.collect_rate=400 MB/s");
        takes(s, COMMAND + T_READ + ECC + sim_ps(512, 400) + sim_ps(512, BUS));
        s = stream("read-compute", 1, cases[i].planes, 1);
        sim_set(s, "workload.stream.bytes_up=512 B");
        sim_set(s, "flash.groups.g1.collect_lane=0 B/s");
        takes(s, COMMAND + T_READ + ECC + sim_ps(512, 25600) + sim_ps(512, BUS));
    }
}

/* Results leave while the array works: only those of the last round are seen. Where the bus is the slower
 * one, the array hides behind it, whatever the buffer holds. */
static void results_leave_while_the_array_works(void)
{
    static const char *const buffers[] = {"8 KiB", "260 KiB", "1 MiB"};
    for (size_t b = 0; b < sizeof buffers / sizeof buffers[0]; b++) {
        ifc_scenario *s = stream("read-compute", 1, 32, 16);
        sim_set(s, "flash.groups.g1.global_buffer=%s", buffers[b]);
        sim_set(s, "workload.stream.bytes_up=16 KiB"); /* 1 KiB a round */
        takes(s, COMMAND + 16 * T_READ + ECC + sim_ps(1024, 25600) + sim_ps(1024, BUS));
        s = stream("read-compute", 1, 32, 16);
        sim_set(s, "flash.groups.g1.global_buffer=%s", buffers[b]);
        sim_set(s, "channel.rate=64 MB/s"); /* 16 us a round */
        sim_set(s, "workload.stream.bytes_up=16 KiB");
        takes(s, COMMAND + T_READ + ECC + sim_ps(1024, 25600) + 16 * 16 * IFC_US);
    }
}

/* A command for each page and plane: 32 of them before each round, which they outlast; the last round's
 * sense is seen. */
static void without_a_sequencer_every_page_has_a_command(void)
{
    ifc_scenario *s = stream("read-compute", 1, 32, 5);
    sim_set(s, "flash.groups.g1.sequencer=per-plane");
    sim_set(s, "channel.page_command=175 ns");
    takes(s, 32 * COMMAND + 5 * 32 * COMMAND + T_READ + ECC);
}

/* Of plain NAND, too: each page that leaves has its command on the bus. */
static void pages_that_leave_have_a_command(void)
{
    ifc_time page = COMMAND + sim_ps(4096, BUS);
    ifc_scenario *s = plain("read", 1, 1, 6);
    sim_set(s, "channel.page_command=175 ns");
    takes(s, COMMAND + 6 * T_READ + page);
    s = plain("read", 1, 16, 1);
    sim_set(s, "channel.page_command=175 ns");
    takes(s, COMMAND + T_READ + 16 * page);
}

static void planes_of_a_die_work_together(void)
{
    for (unsigned planes = 1; planes <= 32; planes *= 4) {
        ifc_scenario *s = stream("read-compute", 1, planes, 3);
        sim_set(s, "workload.stream.bytes_down=4 KiB");
        takes(s, COMMAND + 3 * T_READ + ECC);
    }
}

/* One unit at 400 MHz: 2048 products take 5.12 us, longer than tR. */
static void slow_compute_sets_the_pace(void)
{
    ifc_scenario *s = stream("read-compute", 1, 32, 5);
    sim_set(s, "flash.groups.g1.fmacs=1");
    takes(s, COMMAND + T_READ + 4 * 5120000 + 5120000);
}

static void ecc_can_be_left_out(void)
{
    ifc_scenario *s = stream("read-compute", 1, 32, 2);
    sim_set(s, "effects.ecc=false");
    takes(s, COMMAND + 2 * T_READ + 320000);
}

/* The second command's first sense hides behind the first one's last compute. */
static void commands_share_the_pipeline(void)
{
    ifc_scenario *s = stream("read-compute", 1, 32, 2);
    sim_set(s, "workload.stream.count=3");
    sim_set(s, "workload.stream.queue_depth=3");
    takes(s, COMMAND + 6 * T_READ + ECC);
}

static void without_a_sequencer_every_plane_has_its_command(void)
{
    ifc_scenario *s = stream("read-compute", 1, 32, 1);
    sim_set(s, "flash.groups.g1.sequencer=per-plane");
    takes(s, 32 * COMMAND + T_READ + ECC);
}

static void commands_can_be_left_out(void)
{
    ifc_scenario *s = stream("read-compute", 1, 32, 1);
    sim_set(s, "effects.command=false");
    takes(s, T_READ + ECC);
}

/* A power limit of 8 planes: 32 planes sense in four turns. */
static void a_power_limit_makes_planes_take_turns(void)
{
    ifc_scenario *s = stream("read-compute", 1, 32, 2);
    sim_set(s, "flash.groups.g1.sense_planes=8");
    takes(s, COMMAND + 2 * 4 * T_READ + ECC);
    s = stream("read-compute", 1, 9, 1);
    sim_set(s, "flash.groups.g1.sense_planes=8");
    takes(s, COMMAND + 2 * T_READ + ECC);
}

static void a_read_of_one_page(void)
{
    takes(plain("read", 1, 1, 1), COMMAND + T_READ + sim_ps(4096, BUS));
}

static void every_page_of_a_multi_plane_read_crosses_the_bus(void)
{
    for (unsigned planes = 4; planes <= 32; planes *= 2) {
        ifc_scenario *s = plain("read", 1, planes, 1);
        sim_set(s, "channel.rate=4.096 GB/s"); /* 1 us for a page: no rounding, whatever is one tenure */
        takes(s, COMMAND + T_READ + (ifc_time)planes * IFC_US);
    }
}

/* Sensing hides behind the bus, or the bus behind sensing, whichever is longer. */
static void a_cache_read_overlaps_sensing_and_bus(void)
{
    ifc_time page = sim_ps(4096, BUS);
    takes(plain("read", 1, 1, 6), COMMAND + T_READ + 5 * T_READ + page);
    ifc_scenario *s = plain("read", 1, 1, 6);
    sim_set(s, "channel.rate=512 MB/s"); /* 8 us for a page */
    takes(s, COMMAND + T_READ + 6 * 8000000);
}

/* Plain NAND: spare bytes cross the bus and the controller decodes. */
static void the_controller_decodes_plain_nand(void)
{
    ifc_scenario *s = plain("read", 1, 1, 1);
    sim_set(s, "effects.ecc=true");
    sim_set(s, "soc.ecc_rate=2 GB/s");
    takes(s, COMMAND + T_READ + sim_ps(4096 + 448, BUS) + sim_ps(4096, 2000));
}

/* Two dies sense at the same time; the bus is free meanwhile. */
static void dies_of_a_bus_sense_at_the_same_time(void)
{
    ifc_time page = sim_ps(4096, BUS);
    for (unsigned dies = 2; dies <= 8; dies *= 2) {
        ifc_scenario *s = plain("read", dies, 1, 1);
        sim_set(s, "workload.stream.dies=%u", dies);
        takes(s, COMMAND + T_READ + (ifc_time)dies * page);
        s = plain("read", dies, 1, 1);
        sim_set(s, "workload.stream.dies=%u", dies);
        sim_set(s, "effects.command=false");
        sim_set(s, "flash.groups.g1.t_read=400 us");
        takes(s, 400 * IFC_US + (ifc_time)dies * page);
    }
}

static void dies_of_two_buses_do_not_meet(void)
{
    ifc_scenario *s = plain("read", 2, 1, 1);
    sim_set(s, "channel.count=2");
    sim_set(s, "workload.stream.dies=2");
    takes(s, COMMAND + T_READ + sim_ps(4096, BUS));
}

static void a_program_blocks_its_die(void)
{
    ifc_time down = COMMAND + sim_ps(4096, BUS);
    takes(plain("program", 1, 1, 1), down + 75 * IFC_US);
    takes(plain("program", 1, 32, 1), COMMAND + sim_ps((uint64_t)32 * 4096, BUS) + 75 * IFC_US);
    ifc_scenario *s = plain("program", 1, 1, 1); /* on three planes in turn */
    sim_set(s, "workload.stream.count=3");
    sim_set(s, "workload.stream.queue_depth=3");
    takes(s, down + 3 * 75 * IFC_US);
    s = plain("program", 2, 1, 1); /* on two dies they overlap */
    sim_set(s, "workload.stream.count=2");
    sim_set(s, "workload.stream.queue_depth=2");
    takes(s, 2 * down + 75 * IFC_US);
}

/* Commands that take no time on the bus are there at once, whatever else the bus is asked for meanwhile. */
static void commands_without_time_meet_reads_on_their_way(void)
{
    ifc_scenario *s = plain("read", 2, 1, 1);
    sim_set(s, "effects.command=false");
    sim_set(s, "effects.pipeline_fill=false");
    sim_set(s, "workload.stream.count=6");
    sim_set(s, "workload.stream.queue_depth=2");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.stream.requests, 6);
    sim_run_fini(&run);
    s = plain("read", 8, 1, 2);
    sim_set(s, "effects.command=false");
    sim_set(s, "workload.stream.count=100");
    sim_set(s, "workload.stream.queue_depth=8");
    run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.stream.requests, 100);
    sim_run_fini(&run);
}

static void an_erase_blocks_its_die(void)
{
    takes(plain("erase", 1, 1, 1), COMMAND + 1500 * IFC_US);
    ifc_scenario *s = plain("erase", 1, 1, 1);
    sim_set(s, "workload.stream.count=3");
    sim_set(s, "workload.stream.queue_depth=3");
    takes(s, COMMAND + 3 * 1500 * IFC_US);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a READ_COMPUTE of two pages", a_read_compute_of_two_pages},
        {"the engines wait for the vector", the_engines_wait_for_the_vector},
        {"planes bring their lanes", planes_bring_their_lanes},
        {"results leave while the array works", results_leave_while_the_array_works},
        {"without a sequencer every page has a command", without_a_sequencer_every_page_has_a_command},
        {"pages that leave have a command", pages_that_leave_have_a_command},
        {"planes of a die work together", planes_of_a_die_work_together},
        {"slow compute sets the pace", slow_compute_sets_the_pace},
        {"ECC can be left out", ecc_can_be_left_out},
        {"commands share the pipeline", commands_share_the_pipeline},
        {"without a sequencer every plane has its command", without_a_sequencer_every_plane_has_its_command},
        {"commands can be left out", commands_can_be_left_out},
        {"a power limit makes planes take turns", a_power_limit_makes_planes_take_turns},
        {"a READ of one page", a_read_of_one_page},
        {"every page of a multi-plane READ crosses the bus",
         every_page_of_a_multi_plane_read_crosses_the_bus},
        {"a cache read overlaps sensing and bus", a_cache_read_overlaps_sensing_and_bus},
        {"the controller decodes plain NAND", the_controller_decodes_plain_nand},
        {"dies of a bus sense at the same time", dies_of_a_bus_sense_at_the_same_time},
        {"dies of two buses do not meet", dies_of_two_buses_do_not_meet},
        {"a program blocks its die", a_program_blocks_its_die},
        {"commands without time meet reads on their way", commands_without_time_meet_reads_on_their_way},
        {"an erase blocks its die", an_erase_blocks_its_die},
    };
    return IFC_RUN_TESTS("timing", tests);
}
