/**
 * A channel fed by Poisson arrivals is an M/D/1 queue: its mean waiting time is known.
 *
 * The bus is made the only queue: many dies whose sense takes a picosecond, no commands, no decoder. Every
 * request holds the bus for one page, so the mean wait is rho / (2 (1 - rho)) pages.
 */
#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define LOADS 3

static ifc_scenario *poisson(double rho, ifc_time service)
{
    ifc_scenario *s =
        SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "workload.stream.op=read",
                "workload.stream.arrival=poisson", "workload.stream.pattern=random",
                "flash.groups.g1.dies=64", "flash.groups.g1.planes=1", "flash.groups.g1.fmacs=0",
                "flash.groups.g1.t_read=1 ps", "flash.groups.g1.queue_depth=4096", "channel.count=1",
                "effects.command=false", "effects.ecc=false", "simulation.seed=20240607");
    sim_set(s, "workload.stream.count=%d", rho > 0.7 ? 1000000 : 400000);
    sim_set(s, "workload.stream.rate=%.6f 1/s", rho * 1e12 / (double)service);
    return s;
}

static void waiting_agrees_with_theory(void)
{
    static const double loads[LOADS] = {0.3, 0.5, 0.8};
    ifc_time service = sim_ps(4096, 4800);
    sim_run runs[LOADS] = {0};
    for (int i = 0; i < LOADS; i++)
        runs[LOADS - 1 - i].scenario = poisson(loads[i], service); /* the longest first */
    sim_run_all(runs, LOADS);
    for (int i = 0; i < LOADS; i++) {
        double rho = loads[LOADS - 1 - i];
        const ifc_result *r = &runs[i].result;
        double wait = (double)(r->stream.latency.mean - service - 1); /* less transfer and sense */
        CU_ASSERT_EQUAL(runs[i].status, IFC_OK);
        CU_ASSERT(sim_near("waiting time, ps", wait, rho / (2 * (1 - rho)) * (double)service, 0.02, 0));
        const ifc_resource_row *bus = sim_resource(r, "channel0");
        CU_ASSERT(sim_near("load", (double)bus->busy_ps / (double)r->end_time, rho, 0.01, 0));
        CU_ASSERT_EQUAL(bus->busy_ps, (ifc_time)r->stream.requests * service);
        sim_run_fini(&runs[i]);
    }
}

/* Arrivals at a steady pace below the rate of the bus never wait. */
static void constant_arrivals_do_not_wait(void)
{
    ifc_time service = sim_ps(4096, 4800);
    ifc_scenario *s = poisson(0.9, service);
    sim_set(s, "workload.stream.arrival=constant");
    sim_set(s, "workload.stream.pattern=sequential");
    sim_set(s, "workload.stream.count=5000");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.stream.latency.mean, service + 1);
    CU_ASSERT_EQUAL(run.result.stream.latency.max, service + 1);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"waiting agrees with M/D/1", waiting_agrees_with_theory},
        {"constant arrivals do not wait", constant_arrivals_do_not_wait},
    };
    return IFC_RUN_TESTS("queueing", tests);
}
