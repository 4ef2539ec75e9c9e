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
    CU_ASSERT_EQUAL(t->latency.p50, one * (COUNT / 2));
    CU_ASSERT_EQUAL(t->latency.p99, one * (COUNT * 99 / 100));
    CU_ASSERT_EQUAL(t->latency.max, one * COUNT);
    CU_ASSERT_EQUAL(t->latency.mean, one * (COUNT + 1) / 2);
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
    CU_ASSERT_EQUAL(t->latency.max, 1500 * IFC_US);
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

static uint64_t in_class(const ifc_result *r, int flow, ifc_time from)
{
    for (uint32_t i = 0; i < r->n_histogram; i++)
        if (r->histogram[i].flow == flow && r->histogram[i].from == from)
            return r->histogram[i].requests;
    return 0;
}

/* Four classes to a doubling: from 2^36, 5 x 2^34, 6 x 2^34, 7 x 2^34, 2^37 ps. Latencies are multiples of an
 * erase. */
static void classes_of_latencies(void)
{
    sim_run run = sim_run_one(stream("erase"));
    ifc_time one = 1500 * IFC_US, unit = (ifc_time)1 << 34;
    uint64_t all = 0;
    for (ifc_time from = 4; from < 8; from++) {
        ifc_time below = (from + 1) * unit - 1;
        uint64_t n = (uint64_t)((below < one * COUNT ? below : one * COUNT) / one - (from * unit - 1) / one);
        CU_ASSERT_EQUAL(in_class(&run.result, -1, from * unit), from * unit <= one * COUNT ? n : 0);
    }
    for (uint32_t i = 0; i < run.result.n_histogram; i++)
        all += run.result.histogram[i].requests;
    CU_ASSERT_EQUAL(all, COUNT);
    CU_ASSERT_EQUAL(run.result.stream.latency.p999, one * COUNT);
    sim_run_fini(&run);
}

/* Four erases are asked for at once, and a fifth 1 us later: by its priority after the one that is under way,
 * or after all of them. */
static void a_flow_before_another(void)
{
    for (unsigned priority = 0; priority <= 1; priority++) {
        ifc_scenario *s = stream("erase");
        ifc_time one = 1500 * IFC_US, waits = priority ? 2 * one : 5 * one;
        s->workload.n_flows = 2;
        s->workload.flows[0] = s->workload.flows[1] = s->workload.stream;
        snprintf(s->workload.flows[0].name, sizeof s->workload.flows[0].name, "many");
        snprintf(s->workload.flows[1].name, sizeof s->workload.flows[1].name, "one");
        sim_set(s, "workload.flows.many.count=4");
        sim_set(s, "workload.flows.one.count=1");
        sim_set(s, "workload.flows.one.priority=%u", priority);
        sim_set(s, "workload.flows.one.arrival=constant");
        sim_set(s, "workload.flows.one.rate=1 M/s");
        sim_set(s, "flash.groups.g1.queue_depth=1");
        sim_run run = sim_run_one(s);
        const ifc_flow_row *flows = run.result.flows;
        CU_ASSERT_EQUAL_FATAL(run.result.n_flows, 2);
        CU_ASSERT_STRING_EQUAL(flows[1].name, "one");
        CU_ASSERT_EQUAL(flows[1].latency.max, waits - IFC_US);
        CU_ASSERT_EQUAL(flows[0].latency.max, priority ? 5 * one : 4 * one);
        CU_ASSERT_EQUAL(flows[0].requests, 4);
        CU_ASSERT_EQUAL(run.result.stream.requests, 5);
        CU_ASSERT_EQUAL(run.result.blocks_erased, 5);
        CU_ASSERT_EQUAL(in_class(&run.result, 1, waits - IFC_US), 0); /* a class begins at round numbers */
        sim_run_fini(&run);
    }
}

/* A flow in each of two groups, which share nothing: each is what it is alone, READs told apart. */
static void flows_of_two_groups(void)
{
    ifc_scenario *s = stream("read");
    sim_set(s, "effects.bus=false");
    s->groups[s->n_groups++] = s->groups[0];
    snprintf(s->groups[1].name, sizeof s->groups[1].name, "g2");
    sim_set(s, "channel.count=2");
    sim_run alone = sim_run_one(s);
    s = stream("read");
    sim_set(s, "effects.bus=false");
    s->groups[s->n_groups++] = s->groups[0];
    snprintf(s->groups[1].name, sizeof s->groups[1].name, "g2");
    sim_set(s, "channel.count=2");
    s->workload.n_flows = 2;
    s->workload.flows[0] = s->workload.flows[1] = s->workload.stream;
    snprintf(s->workload.flows[0].name, sizeof s->workload.flows[0].name, "a");
    snprintf(s->workload.flows[1].name, sizeof s->workload.flows[1].name, "b");
    sim_set(s, "workload.flows.b.group=g2");
    sim_run both = sim_run_one(s);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(both.result.flows[i].latency.mean, alone.result.stream.latency.mean);
        CU_ASSERT_EQUAL(both.result.flows[i].reads.count, COUNT);
        CU_ASSERT_EQUAL(both.result.flows[i].bytes, alone.result.stream.bytes);
    }
    CU_ASSERT_EQUAL(alone.result.stream.reads.count, 0);
    CU_ASSERT_EQUAL(both.result.end_time, alone.result.end_time);
    sim_run_fini(&alone);
    sim_run_fini(&both);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"percentiles of a queue", percentiles_of_a_queue},
        {"arrivals at a constant rate", arrivals_at_a_constant_rate},
        {"limits of each operation", limits_of_each_operation},
        {"classes of latencies", classes_of_latencies},
        {"a flow before another", a_flow_before_another},
        {"flows of two groups", flows_of_two_groups},
    };
    return IFC_RUN_TESTS("stream figures", tests);
}
