/**
 * The figures of a stream against its single requests: requests that are all asked for at once are served one
 * after the other, so that every latency is known.
 */
#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

#define COUNT 200u

/* One plane of one die, without commands and ECC. */
static ifc_scenario *stream(const char *op)
{
    ifc_scenario *s = SIM_NEW("workload.kind=stream", "workload.stream.group=g1", "channel.count=1",
                              "flash.groups.g1.dies=1", "flash.groups.g1.planes=1", "effects.ecc=false",
                              "effects.command=false");
    sim_set(s, "workload.stream.op=%s", op);
    sim_set(s, "workload.stream.count=%u", COUNT);
    sim_set(s, "workload.stream.queue_depth=%u", COUNT);
    return s;
}

/* Erase n waits for n - 1 others: latencies are 1, 2, ... COUNT erases. */
static void percentiles_of_a_queue(void)
{
    sim_run run = sim_run_one(stream("erase"));
    const ifc_stream_result *t = &run.result.stream;
    ifc_time one = 1500 * IFC_US;
    CU_ASSERT_EQUAL(t->requests, COUNT);
    CU_ASSERT_EQUAL(t->latency_p50, one * (COUNT / 2));
    CU_ASSERT_EQUAL(t->latency_p99, one * (COUNT * 99 / 100));
    CU_ASSERT_EQUAL(t->latency_max, one * COUNT);
    CU_ASSERT_EQUAL(t->latency_mean, one * (COUNT + 1) / 2);
    CU_ASSERT_EQUAL(t->bytes, (uint64_t)COUNT * 768 * 4096);
    CU_ASSERT(sim_near("rate", t->bytes_per_second, 768 * 4096 / 1.5e-3, 1e-9, 0));
    CU_ASSERT(sim_near("limit", t->array_limit, 768 * 4096 / 1.5e-3, 1e-9, 0));
    CU_ASSERT_EQUAL(t->bus_limit, 0);
    sim_run_fini(&run);
}

/* Requests that come every 2 ms find the die idle: each takes one erase, and the last begins after COUNT
 * intervals. */
static void arrivals_at_a_constant_rate(void)
{
    ifc_scenario *s = stream("erase");
    sim_set(s, "workload.stream.arrival=constant");
    sim_set(s, "workload.stream.rate=500 1/s");
    sim_run run = sim_run_one(s);
    const ifc_stream_result *t = &run.result.stream;
    CU_ASSERT_EQUAL(t->latency_max, 1500 * IFC_US);
    CU_ASSERT_EQUAL(run.result.end_time, COUNT * 2 * IFC_MS + 1500 * IFC_US);
    sim_run_fini(&run);
}

static void limits_of_each_operation(void)
{
    ifc_scenario *s = stream("read");
    sim_set(s, "effects.ecc=true");
    sim_set(s, "flash.groups.g1.fmacs=0");
    sim_set(s, "flash.groups.g1.ecc_rate=0 B/s");
    sim_run read = sim_run_one(s), program = sim_run_one(stream("program"));
    s = stream("read-compute");
    sim_set(s, "workload.stream.bytes_down=1000 B");
    sim_set(s, "workload.stream.bytes_up=24 B");
    sim_run compute = sim_run_one(s);
    CU_ASSERT(sim_near("read, array", read.result.stream.array_limit, 4096 / 4e-6, 1e-9, 0));
    CU_ASSERT(sim_near("read, bus", read.result.stream.bus_limit, 4.8e9 * 4096 / (4096 + 448), 1e-9, 0));
    CU_ASSERT(sim_near("program, array", program.result.stream.array_limit, 4096 / 75e-6, 1e-9, 0));
    CU_ASSERT(sim_near("program, bus", program.result.stream.bus_limit, 4.8e9, 1e-9, 0));
    CU_ASSERT(sim_near("compute, bus", compute.result.stream.bus_limit, 4.8e9 * 4096 / 1024, 1e-9, 0));
    CU_ASSERT(sim_near("compute", compute.result.stream.compute_limit, 16 * 400e6 * 2, 1e-9, 0));
    sim_run_fini(&read);
    sim_run_fini(&program);
    sim_run_fini(&compute);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"percentiles of a queue", percentiles_of_a_queue},
        {"arrivals at a constant rate", arrivals_at_a_constant_rate},
        {"limits of each operation", limits_of_each_operation},
    };
    return IFC_RUN_TESTS("stream figures", tests);
}
