/**
 * A power budget: who takes turns, at its edge, and what the path says of it.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

#define COMMAND 175000
#define T_READ  4000000
#define T_ECC   2244384

/* nW of a die with one plane that works at its pace: a page's bits, its 2048 products, its decode, in a tR.
 */
static unsigned long long die_watts(void)
{
    double joule = 8 * 4544 * 3e-12 + 2048 * 2.97e-12 + 5.24e-3 * T_ECC * 1e-12;
    return (unsigned long long)(joule / (T_READ * 1e-12) * 1e9 + 0.5);
}

/* A request of three pages for each of @dies dies, on as many channels. */
static sim_run under(unsigned dies, unsigned long long budget)
{
    ifc_scenario *s =
        SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "workload.stream.op=read-compute",
                "workload.stream.count=1", "workload.stream.pages=3", "flash.groups.g1.planes=1");
    sim_set(s, "channel.count=%u", dies);
    sim_set(s, "flash.groups.g1.dies=%u", dies);
    sim_set(s, "workload.stream.dies=%u", dies);
    sim_set(s, "soc.power_budget=%llu.%09llu W", budget / 1000000000, budget % 1000000000);
    return sim_run_one(s);
}

static void takes(unsigned dies, unsigned long long budget, unsigned turns, unsigned at_once)
{
    sim_run run = under(dies, budget);
    ifc_time one = COMMAND + 3 * (ifc_time)T_READ + T_ECC, waited = 0;
    for (unsigned i = 0; budget > 0 && i < dies; i++)
        waited += i / at_once * one;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.end_time, turns * one);
    CU_ASSERT_EQUAL(run.result.power_wait, waited);
    CU_ASSERT(run.result.power_drawn <= run.result.power_budget);
    if (budget > 0)
        CU_ASSERT(sim_near("drawn", run.result.power_drawn, (double)at_once * (double)die_watts() * 1e-9,
                           1e-12, 0));
    sim_run_fini(&run);
}

static void at_the_edge(void)
{
    unsigned long long one = die_watts();
    takes(2, 0, 1, 2);
    takes(2, 2 * one, 1, 2);
    takes(2, 2 * one - 1, 2, 1);
    takes(5, 5 * one - 1, 2, 4);
    takes(5, 2 * one, 3, 2);
    takes(7, 3 * one, 3, 3);
}

/* Dies that hold several commands: with power for one, no two are ever busy at a time. */
static void one_at_a_time(void)
{
    ifc_scenario *s =
        SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "workload.stream.op=read-compute",
                "workload.stream.count=60", "workload.stream.pages=3", "workload.stream.pattern=random",
                "workload.stream.queue_depth=12", "flash.groups.g1.planes=1", "flash.groups.g1.dies=3",
                "channel.count=2");
    sim_set(s, "soc.power_budget=0.0%llu W", 2 * die_watts() - 1);
    sim_run run = sim_run_one(s);
    ifc_time busy = 0;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    for (int d = 0; d < 3; d++) {
        char name[16];
        snprintf(name, sizeof name, "g1.die%d", d);
        busy += sim_resource(&run.result, name)->busy_ps;
    }
    CU_ASSERT(busy <= run.result.end_time);
    CU_ASSERT(sim_near("power", run.result.power_drawn, (double)die_watts() * 1e-9, 1e-12, 0));
    sim_run_fini(&run);
}

static void all_that_is_asked_for_is_done(void)
{
    ifc_scenario *(*const machines[])(void) = {tiny, tiny_discrete, tiny_plain, tiny_experts, tiny_mixed};
    for (size_t m = 0; m < sizeof machines / sizeof *machines; m++) {
        ifc_scenario *with = machines[m](), *without = machines[m]();
        sim_set(with, "soc.power_budget=0.15 W");
        sim_set(without, "channel.broadcast=false"); /* with a budget each command goes alone */
        sim_run a = sim_run_one(with), b = sim_run_one(without);
        CU_ASSERT_EQUAL_FATAL(a.status, IFC_OK);
        CU_ASSERT_EQUAL(a.result.pages_sensed, b.result.pages_sensed);
        CU_ASSERT_EQUAL(a.result.macs, b.result.macs);
        CU_ASSERT(sim_latency(&a.result) >= sim_latency(&b.result));
        CU_ASSERT(a.result.power_drawn <= 0.15);
        sim_run_fini(&a);
        sim_run_fini(&b);
    }
}

/* Half of the dies at a time: the token waits for power, and its path says so and sums up. */
static void the_path_names_power(void)
{
    ifc_scenario *s =
        SIM_LOAD("quickstart.cfg", "workload.tokens=1", "model.layers=2", "soc.power_budget=4.2 W");
    sim_run run = sim_run_one(s);
    ifc_time power = 0, sum = 0;
    for (uint32_t i = 0; i < run.result.n_path; i++) {
        sum += run.result.path[i].ps;
        power += strcmp(run.result.path[i].phase, "power") == 0 ? run.result.path[i].ps : 0;
    }
    CU_ASSERT_EQUAL(sum, sim_latency(&run.result));
    CU_ASSERT(power > sum / 10);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"at the edge", at_the_edge},
        {"one at a time", one_at_a_time},
        {"all that is asked for is done", all_that_is_asked_for_is_done},
        {"the path names power", the_path_names_power},
    };
    return IFC_RUN_TESTS("power", tests);
}
