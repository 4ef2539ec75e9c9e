/**
 * The figures of a stream against its single requests: requests that are all asked for at once are served one
 * after the other, so that every latency is known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

/* Two reads and a program of 3 pages each over a link of 1 GB/s: data cross it whole, before or after the
 * dies. */
static void a_link_to_the_host(void)
{
    for (int program = 0; program < 2; program++) {
        ifc_scenario *s = stream(program ? "program" : "read");
        ifc_time page = 4096 * IFC_NS, bus = sim_ps(4096, 4800),
                 array = program ? 3 * 75 * IFC_US : 3 * 4 * IFC_US;
        sim_set(s, "workload.stream.pages=3");
        sim_set(s, "workload.stream.count=2");
        sim_set(s, "workload.stream.queue_depth=1");
        sim_set(s, "flash.groups.g1.fmacs=0");
        sim_set(s, "soc.link_rate=1 GB/s");
        sim_run run = sim_run_one(s);
        /* a read's last page is sensed when the two before it have crossed the bus; a program has all its
         * data */
        ifc_time one = 3 * page + array + (program ? sim_ps(3 * 4096, 4800) : bus);
        CU_ASSERT_EQUAL(run.result.stream.latency.max, one);
        CU_ASSERT_EQUAL(run.result.end_time, 2 * one);
        CU_ASSERT_EQUAL(sim_resource(&run.result, program ? "link.down" : "link.up")->busy_ps, 6 * page);
        CU_ASSERT_EQUAL(sim_resource(&run.result, program ? "link.up" : "link.down")->served, 0);
        sim_run_fini(&run);
    }
}

/* Reads that are all asked for at once follow each other up the link, which is slower than the die. */
static void a_link_that_limits(void)
{
    ifc_scenario *s = stream("read");
    sim_set(s, "soc.link_rate=100 MB/s");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.end_time, 4 * IFC_US + sim_ps(4096, 4800) + COUNT * 40960 * IFC_NS);
    sim_run_fini(&run);
}

/* A read of each of two groups: on one channel the second one's page follows the first one's. */
static void groups_on_chosen_channels(void)
{
    static const char *const channels[][2] = {{"all", "all"}, {"0", "0"}, {"1..2", "2,1"}, {"1..2", "1..2"}};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        ifc_scenario *s = stream("read");
        ifc_time bus = sim_ps(4096, 4800);
        bool shared = i % 2 == 1;
        s->groups[s->n_groups++] = s->groups[0];
        snprintf(s->groups[1].name, sizeof s->groups[1].name, "g2");
        s->workload.n_flows = 2;
        s->workload.flows[0] = s->workload.flows[1] = s->workload.stream;
        snprintf(s->workload.flows[0].name, sizeof s->workload.flows[0].name, "a");
        snprintf(s->workload.flows[1].name, sizeof s->workload.flows[1].name, "b");
        sim_set(s, "channel.count=3");
        sim_set(s, "flash.groups.*.fmacs=0");
        sim_set(s, "flash.groups.g1.channels=%s", channels[i][0]);
        sim_set(s, "flash.groups.g2.channels=%s", channels[i][1]);
        sim_set(s, "workload.flows.*.count=1");
        sim_set(s, "workload.flows.b.group=g2");
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(run.result.end_time, 4 * IFC_US + (shared ? 2 : 1) * bus);
        CU_ASSERT_EQUAL(sim_resource(&run.result, "channel1")->served, i == 0   ? 1u
                                                                       : i == 1 ? 0u
                                                                       : i == 2 ? 1u
                                                                                : 2u);
        sim_run_fini(&run);
    }
}

/* Two reads at once, on dies and channels of their own: the controller makes one command after the other, and
 * sees that one is complete before the other. */
static void time_of_the_controller(void)
{
    static const ifc_time command[] = {0, 300, 1000}, completion[] = {0, 500, 400};
    for (int i = 0; i < 3; i++) {
        ifc_scenario *s = stream("read");
        ifc_time c = command[i] * IFC_NS, d = completion[i] * IFC_NS, work = 4 * IFC_US + sim_ps(4096, 4800);
        sim_set(s, "flash.groups.g1.dies=2");
        sim_set(s, "flash.groups.g1.fmacs=0");
        sim_set(s, "channel.count=2");
        sim_set(s, "workload.stream.count=2");
        sim_set(s, "soc.command_time=%lld ns", (long long)command[i]);
        sim_set(s, "soc.completion_time=%lld ns", (long long)completion[i]);
        sim_run run = sim_run_one(s);
        ifc_time first = c + work + d, second = ifc_time_max(2 * c + work, first) + d;
        CU_ASSERT_EQUAL(run.result.stream.latency.p50, first);
        CU_ASSERT_EQUAL(run.result.stream.latency.max, second);
        sim_run_fini(&run);
    }
}

/*
 * A plane of blocks of 4 pages, whose word lines have three. Requests of 5 pages one after the other: page 4
 * begins the next block and is of the first type again. A read's pages leave while the next is sensed.
 */
static void pages_of_three_types(void)
{
    static const ifc_time reads[] = {37, 46, 29}, programs[] = {350, 800, 1200};
    for (int program = 0; program < 2; program++) {
        const ifc_time *types = program ? programs : reads;
        ifc_time bus = sim_ps(4096, 4800), sum[2] = {0};
        ifc_scenario *s = stream(program ? "program" : "read");
        sim_set(s, "flash.groups.g1.fmacs=0");
        sim_set(s, "flash.groups.g1.pages_per_block=4");
        sim_set(s, "flash.groups.g1.t_read_pages=37 us, 46 us,29 us");
        sim_set(s, "flash.groups.g1.t_program_pages=350 us,800 us,1.2 ms");
        sim_set(s, "workload.stream.pages=5");
        sim_set(s, "workload.stream.count=2");
        sim_set(s, "workload.stream.queue_depth=1");
        for (int n = 0; n < 2; n++)
            for (int i = 0; i < 5; i++)
                sum[n] += types[(5 * n % 4 + i) % 3] * IFC_US;
        sim_run run = sim_run_one(s);
        ifc_time rest = program ? 5 * bus : bus, most = 0, all = 0;
        for (int n = 0; n < 2; n++) {
            most = ifc_time_max(most, sum[n] + rest);
            all += sum[n] + rest;
        }
        CU_ASSERT(llabs(run.result.stream.latency.max - most) <= 5); /* roundings of the bus */
        CU_ASSERT(llabs(run.result.end_time - all) <= 20);
        sim_run_fini(&run);
    }
}

/* One type, written as a list, is what it is without one; so it is in planes of their own. */
static void pages_of_one_type(void)
{
    ifc_time end[2][2];
    for (int own = 0; own < 2; own++)
        for (int list = 0; list < 2; list++) {
            ifc_scenario *s = stream("read");
            sim_set(s, "flash.groups.g1.fmacs=0");
            sim_set(s, "flash.groups.g1.planes=2");
            sim_set(s, "flash.groups.g1.independent_planes=%s", own ? "true" : "false");
            sim_set(s, "workload.stream.planes=2");
            sim_set(s, "workload.stream.pages=3");
            if (list)
                sim_set(s, "flash.groups.g1.t_read_pages=4 us,4 us");
            sim_run run = sim_run_one(s);
            end[own][list] = run.result.end_time;
            sim_run_fini(&run);
        }
    CU_ASSERT_EQUAL(end[0][0], end[0][1]);
    CU_ASSERT_EQUAL(end[1][0], end[1][1]);
}

#define SECTORS 8 /* of a page */

/*
 * Two dies of two planes, 4 KiB pages. Rows: at 1 us pages 0 .. 4, read; at 1 ms page 3, written; at 2 ms the
 * last sector of page 7 and the first of page 8, read. Page p is on die p mod 2, plane p / 2 mod 2.
 */
static void a_block_trace(void)
{
    char name[] = "/tmp/ifcsim-trace-XXXXXX";
    int fd = mkstemp(name);
    CU_ASSERT_FATAL(fd >= 0);
    dprintf(fd, "1000 0 0 %d 1\n1000000 0 %d %d 0\n2000000 7 %d 2 1\n", 5 * SECTORS, 3 * SECTORS, SECTORS,
            8 * SECTORS - 1);
    close(fd);
    ifc_scenario *s = stream("read");
    sim_set(s, "flash.groups.g1.dies=2");
    sim_set(s, "flash.groups.g1.planes=2");
    sim_set(s, "flash.groups.g1.fmacs=0");
    sim_set(s, "channel.count=2");
    sim_set(s, "workload.stream.trace=%s", name);
    sim_run run = sim_run_one(s);
    const ifc_stream_result *t = &run.result.stream;
    ifc_time bus = sim_ps(4096, 4800), read = 4 * IFC_US;
    /* Die 0 has pages 0, 2, 4: planes 0 and 1, then plane 0 again while the first two cross the bus. */
    ifc_time first = 2 * read + bus, last = read + bus;
    CU_ASSERT_EQUAL(t->requests, 3);
    CU_ASSERT_EQUAL(t->bytes, (5 + 1 + 2) * 4096);
    CU_ASSERT_EQUAL(run.result.pages_sensed, 7);
    CU_ASSERT_EQUAL(run.result.pages_programmed, 1);
    CU_ASSERT_EQUAL(t->reads.count, 2);
    CU_ASSERT_EQUAL(t->reads.max, first);
    CU_ASSERT_EQUAL(t->reads.p50, last);
    CU_ASSERT_EQUAL(t->latency.max, bus + 75 * IFC_US);
    CU_ASSERT_EQUAL(run.result.end_time, 2 * IFC_MS + last);
    sim_run_fini(&run);
    unlink(name);
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
        {"a link to the host", a_link_to_the_host},
        {"a link that limits", a_link_that_limits},
        {"a block trace", a_block_trace},
        {"pages of three types", pages_of_three_types},
        {"pages of one type", pages_of_one_type},
        {"groups on chosen channels", groups_on_chosen_channels},
        {"time of the controller", time_of_the_controller},
    };
    return IFC_RUN_TESTS("stream figures", tests);
}
