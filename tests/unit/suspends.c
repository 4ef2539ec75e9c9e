/**
 * Programs and erases that make way for reads: closed forms to the picosecond, at any grain.
 *
 * Two requests of a die with one plane: request 0, a PROGRAM (or ERASE), arrives at @apart, request 1, a
 * READ, at 2 @apart. Without bus and commands the operation begins at @apart and the read meets it there.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define T_READ 4000000
#define T_PROG 75000000
#define STOP   5000000 /* to suspend a program */

static const char *const grains[] = {"page", "plane", "die", "auto"};

/* @n requests, the second of each two a READ, one each @apart ps. Data of a page take 1 ps on the bus. */
static ifc_scenario *mixed(ifc_time apart, unsigned n, const char *policy, unsigned most)
{
    ifc_scenario *s =
        SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "channel.count=1",
                "flash.groups.g1.dies=1", "flash.groups.g1.planes=1", "flash.groups.g1.fmacs=0",
                "effects.ecc=false", "effects.command=false", "flash.groups.g1.page=64 B",
                "channel.rate=64 TB/s", "workload.stream.op=program", "workload.stream.reads=0.5",
                "workload.stream.arrival=constant", "flash.groups.g1.suspend.program=5 us");
    sim_set(s, "workload.stream.count=%u", n);
    sim_set(s, "workload.stream.rate=%.17g 1/s", 1e12 / (double)apart);
    sim_set(s, "flash.groups.g1.suspend.max=%u", most);
    sim_set(s, "policies.array.name=%s", policy);
    return s;
}

/* The slowest read takes @read; the run ends at @end. Both -1: not looked at. Takes @s over. */
static void takes(ifc_scenario *s, ifc_time read, ifc_time end)
{
    for (size_t g = 0; g < sizeof grains / sizeof *grains; g++) {
        ifc_scenario *c = malloc(sizeof *c);
        CU_ASSERT_FATAL(c != NULL);
        *c = *s;
        sim_set(c, "simulation.grain=%s", grains[g]);
        sim_run run = sim_run_one(c);
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        ifc_time seen = run.result.stream.reads.max;
        if ((read >= 0 && seen != read) || (end >= 0 && run.result.end_time != end))
            printf("\n    grain %s: read %lld ps, expected %lld; end %lld ps, expected %lld\n", grains[g],
                   (long long)seen, (long long)read, (long long)run.result.end_time, (long long)end);
        CU_ASSERT(read < 0 || seen == read);
        CU_ASSERT(end < 0 || run.result.end_time == end);
        sim_run_fini(&run);
    }
    free(s);
}

/* The operation begins when its data are there: 1 ps after it came. Done when the read comes: apart - 1. */
static void a_read_meets_a_program(void)
{
    static const ifc_time at[] = {
        1, 2, STOP, T_PROG / 2, T_PROG - STOP - 1, T_PROG - STOP, T_PROG - STOP + 1, T_PROG - 1, T_PROG};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        ifc_time apart = at[i] + 1, left = T_PROG - at[i];
        takes(mixed(apart, 2, "never", 1), left + T_READ + 1, 2 * apart + left + T_READ + 1);
        bool stops = left > STOP;
        ifc_time wait = stops ? STOP : left;
        takes(mixed(apart, 2, "reads-first", 1), wait + T_READ + 1,
              2 * apart + wait + T_READ + (stops ? left : 1));
    }
}

/* Come before its data: the array is free, and the read goes first for nothing. */
static void a_read_before_the_program_begins(void)
{
    ifc_scenario *s = mixed(10, 2, "reads-first", 1);
    sim_set(s, "flash.groups.g1.page=1 KiB"); /* 16 ps */
    takes(s, T_READ + 16, -1);
    s = mixed(10, 2, "never", 1);
    sim_set(s, "flash.groups.g1.page=1 KiB");
    takes(s, 16 - 10 + T_PROG + T_READ + 16, -1);
}

/* One program, and reads from then on. */
static ifc_scenario *reads_after(ifc_time apart, unsigned reads, const char *policy, unsigned most)
{
    ifc_scenario *s = mixed(apart, 1 + reads, policy, most);
    sim_set(s, "workload.stream.reads=%.6f", 1 - 1 / (2.0 + reads));
    return s;
}

/* Every read finds the program running; after as many as it makes way for, they wait for its end. */
static void a_program_makes_way_so_often(void)
{
    ifc_time a = 20000000, lost = STOP + T_READ,
             waits[] = {a + lost + T_PROG + 1 + T_READ + 1 - 3 * a,
                        a + 2 * lost + T_PROG + 1 + T_READ + 1 - 4 * a, lost + 1},
             ends[] = {a + lost + T_PROG + 1 + 2 * T_READ + 1, a + 2 * lost + T_PROG + 1 + T_READ + 1,
                       a + 3 * lost + T_PROG + 1};
    for (unsigned most = 1; most <= 3; most++)
        takes(reads_after(a, 3, "reads-first", most), waits[most - 1], ends[most - 1]);
}

/* Reads that come while it stops, or stands still, follow the first one; it goes on after the last. */
static void reads_that_come_meanwhile_pass(void)
{
    ifc_time a = 2000000;
    takes(reads_after(a, 3, "reads-first", 1), 2 * a + STOP + 3 * T_READ + 1 - 4 * a,
          a + STOP + 3 * T_READ + T_PROG + 1);
}

/* One that comes as the array is free again still passes; a picosecond later the program runs. */
static void a_read_that_comes_as_the_array_is_free(void)
{
    for (ifc_time late = 0; late <= 1; late++) {
        ifc_time a = STOP + T_READ + late; /* between the reads */
        ifc_time left = T_PROG - (a - 1), second = 3 * a, free = 2 * a + STOP + T_READ;
        CU_ASSERT_EQUAL(second - free, late);
        takes(reads_after(a, 2, "reads-first", 1), late ? left - 1 + T_READ + 1 : STOP + T_READ + 1,
              late ? free + left + T_READ + 1 : free + T_READ + left);
    }
}

/* Reads without end: the program is over within what its limits allow, and not before it could be. */
static void no_program_waits_for_ever(void)
{
    static const ifc_time most = 2, depth = 3;
    ifc_time a = 1000000, begin = a + 1, bound = begin + T_PROG + most * STOP + (most + 1) * depth * T_READ;
    for (int early = 0; early < 2; early++) {
        ifc_scenario *s = reads_after(a, 500, "reads-first", (unsigned)most);
        sim_set(s, "simulation.time_limit=%lld ps",
                (long long)(early ? begin + T_PROG + most * STOP : bound));
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(run.result.outcome, IFC_RUN_INTERRUPTED);
        CU_ASSERT_EQUAL(run.result.pages_programmed, !early);
        sim_run_fini(&run);
    }
}

/* Between two shares of its time, both included. */
static void shares_of_the_program(void)
{
    for (ifc_time late = 0; late <= 1; late++) {
        ifc_time at = T_PROG / 2 + late, left = T_PROG - at;
        takes(mixed(at + 1, 2, "after-share", 1), (late ? left : STOP) + T_READ + 1, -1);
        ifc_scenario *s = mixed(T_PROG / 4 - 1 + late + 1, 2, "after-share", 1);
        s->policies[IFC_KIND_ARRAY].n_params = 0;
        sim_set(s, "policies.array.from=0.25");
        takes(s, (late ? STOP : T_PROG - T_PROG / 4 + 1) + T_READ + 1, -1);
    }
}

static void an_erase_makes_way(void)
{
    ifc_time erase = 1500000000, at = 1000000000;
    ifc_scenario *s = mixed(at, 2, "reads-first", 1);
    sim_set(s, "workload.stream.op=erase");
    sim_set(s, "flash.groups.g1.suspend.erase=60 us");
    takes(s, 60000000 + T_READ + 1, 2 * at + 60000000 + T_READ + erase - at);
}

/* On a plane of its own a program is not met by reads of the others. */
static void planes_of_their_own_do_not_meet(void)
{
    ifc_scenario *s = mixed(1000, 2, "reads-first", 1);
    sim_set(s, "flash.groups.g1.planes=2");
    sim_set(s, "flash.groups.g1.independent_planes=true");
    takes(s, T_READ + 1, 1000 + 1 + T_PROG);
}

/* What an operation stands still costs no energy, and is no use of the array but for stopping. */
static void standing_still_is_no_work(void)
{
    ifc_time a = 20000000;
    sim_run run = sim_run_one(reads_after(a, 1, "reads-first", 1));
    const ifc_resource_row *die = sim_resource(&run.result, "g1.die0");
    CU_ASSERT_EQUAL(die->busy_ps, T_PROG + STOP + T_READ);
    CU_ASSERT_EQUAL(die->max_ps, T_PROG);
    CU_ASSERT(
        sim_near("program energy, pJ", sim_energy(&run.result, "g1.program") * 1e12, 64 * 8 * 7.5, 1e-9, 0));
    sim_run_fini(&run);
}

/* In decode: programs of the KV cache make way for weights on the same dies; the path says what that takes.
 */
static void the_path_names_it(void)
{
    sim_run run = sim_run_one(SIM_LOAD(
        "full/kvnand-c-llama2-7b.cfg", "model.layers=2", "workload.tokens=12", "workload.context=256",
        "policies.kv_flush.name=at-token-end", "flash.groups.g1.suspend.max=3",
        "flash.groups.g1.suspend.program=1 us", "policies.array.name=reads-first"));
    ifc_time sum = 0, flushes = 0, reads = 0;
    for (uint32_t i = 0; i < run.result.n_path; i++) {
        const ifc_path_row *row = &run.result.path[i];
        sum += row->ps;
        if (strcmp(row->phase, "suspend") == 0)
            *(strcmp(row->operator_name, "flush") == 0 ? &flushes : &reads) += row->ps;
    }
    CU_ASSERT_EQUAL(sum, sim_latency(&run.result));
    CU_ASSERT(flushes > 0);
    CU_ASSERT(reads > 0 && reads % 1000000 == 0);
    sim_run_fini(&run);
}

/*
 * Programs every 200 us and reads every 201 us: 200 reads in a row meet a program at each whole offset once.
 * Where nothing makes way a read waits for what is left of tPROG, else at most until it stands still.
 */
static void reads_wait_for_what_is_left(void)
{
    static const ifc_time period = 200000000, step = 1000000;
    for (int stops = 0; stops < 2; stops++) {
        ifc_scenario *s = mixed(period, 1, stops ? "reads-first" : "never", 1);
        double sum = 0;
        s->workload.n_flows = 2;
        s->workload.flows[0] = s->workload.flows[1] = s->workload.stream;
        snprintf(s->workload.flows[0].name, sizeof s->workload.flows[0].name, "writes");
        snprintf(s->workload.flows[1].name, sizeof s->workload.flows[1].name, "reads");
        sim_set(s, "workload.flows.*.reads=0");
        sim_set(s, "workload.flows.writes.count=202");
        sim_set(s, "workload.flows.reads.count=200");
        sim_set(s, "workload.flows.reads.op=read");
        sim_set(s, "workload.flows.reads.rate=%.17g 1/s", 1e12 / (double)(period + step));
        sim_run run = sim_run_one(s);
        for (ifc_time n = 1; n <= 200; n++) { /* the program begins 1 ps after it came */
            ifc_time left = T_PROG + 1 - n * step % period;
            ifc_time wait = left < 0 || n == 200 ? 0 : stops && left > STOP ? STOP : left;
            sum += (double)(wait + T_READ + 1);
        }
        CU_ASSERT_EQUAL(run.result.flows[1].requests, 200);
        CU_ASSERT_EQUAL(run.result.flows[1].latency.mean, (ifc_time)(sum / 200 + 0.5));
        sim_run_fini(&run);
    }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"reads wait for what is left", reads_wait_for_what_is_left},
        {"a program makes way so often", a_program_makes_way_so_often},
        {"reads that come meanwhile pass", reads_that_come_meanwhile_pass},
        {"a read that comes as the array is free", a_read_that_comes_as_the_array_is_free},
        {"no program waits for ever", no_program_waits_for_ever},
        {"shares of the program", shares_of_the_program},
        {"an erase makes way", an_erase_makes_way},
        {"planes of their own do not meet", planes_of_their_own_do_not_meet},
        {"the path names it", the_path_names_it},
        {"standing still is no work", standing_still_is_no_work},
        {"a read meets a program", a_read_meets_a_program},
        {"a read before the program begins", a_read_before_the_program_begins},
    };
    return IFC_RUN_TESTS("suspends", tests);
}
