/**
 * How vectors get to the dies and results back: broadcast, kept input vectors, and data larger than the
 * global buffer. One layer of a toy model on two dies of one channel, everything but the bus left out.
 */
#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define HIDDEN 512
#define HEADS  4
#define FFN    1024
#define BUS    4800 /* MB/s */

/* Rows and columns of what a layer reads, in order. */
static const struct product {
    unsigned rows, cols;
} products[] = {{3 * HIDDEN, HIDDEN}, {HIDDEN, HIDDEN}, {2 * FFN, HIDDEN}, {HIDDEN, FFN}};
#define PRODUCTS 4

static ifc_scenario *toy(const char *system)
{
    char name[64];
    snprintf(name, sizeof name, "published/%s-llama2-7b.cfg", system);
    ifc_scenario *s =
        SIM_LOAD(name, "effects.bus=true", "effects.page_rounding=true", "effects.pipeline_fill=true",
                 "channel.count=1", "flash.groups.g1.dies=2", "flash.groups.*.planes=8", "model.layers=1",
                 "workload.context=32", "npu.vector_rate=1 TOPS");
    sim_set(s, "model.hidden=%u", HIDDEN);
    sim_set(s, "model.heads=%u", HEADS);
    sim_set(s, "model.kv_heads=%u", HEADS);
    sim_set(s, "model.ffn=%u", FFN);
    return s;
}

/*
 * The second of two dies gets its command and input after the first one's, so it ends an input later, less
 * the first one's last granule of results (512 bytes), which held it up before.
 */
static void a_broadcast_sends_a_vector_once(void)
{
    uint64_t down = 0, up = 0;
    ifc_time later = 0;
    for (int i = 0; i < PRODUCTS; i++) {
        /* With 16 bit: the input of each die, and the half of the results that one of two dies has. */
        ifc_time input = sim_ps(2 * products[i].cols, BUS), result = sim_ps(512, BUS);
        down += 2 * products[i].cols;
        up += 2 * products[i].rows;
        CU_ASSERT(input > result && products[i].rows % 512 == 0);
        later += input - result;
    }
    sim_run once = sim_run_one(toy("base-1"));
    ifc_scenario *s = toy("base-1");
    sim_set(s, "channel.broadcast=false");
    sim_run twice = sim_run_one(s);
    CU_ASSERT_EQUAL(once.status, IFC_OK);
    CU_ASSERT_EQUAL(once.result.bus_bytes_down, down);
    CU_ASSERT_EQUAL(once.result.bus_bytes_up, up);
    CU_ASSERT_EQUAL(twice.result.bus_bytes_down, 2 * down);
    CU_ASSERT_EQUAL(twice.result.bus_bytes_up, up);
    CU_ASSERT_EQUAL(sim_latency(&twice.result) - sim_latency(&once.result), later);
    CU_ASSERT(sim_near("energy", sim_energy(&twice.result, "channel.transfer"),
                       (2.0 * (double)down + (double)up) * 8 * 4.9e-12, 1e-9, 0));
    sim_run_fini(&once);
    sim_run_fini(&twice);
}

/* Each channel sends its own copy. */
static void every_channel_sends_its_copy(void)
{
    ifc_scenario *s = toy("base-1");
    sim_set(s, "channel.count=2");
    sim_run two = sim_run_one(s), one = sim_run_one(toy("base-1"));
    CU_ASSERT_EQUAL(two.result.bus_bytes_down, 2 * one.result.bus_bytes_down);
    CU_ASSERT_EQUAL(two.result.bus_bytes_up, one.result.bus_bytes_up);
    sim_run_fini(&two);
    sim_run_fini(&one);
}

/* Head groups generated one after the other share the input of their layer: it is sent for the first only. */
static void a_die_keeps_its_input_vector(void)
{
    sim_run runs[2] = {{.scenario = toy("kvnand-d")}, {.scenario = toy("kvnand-d")}};
    sim_set(runs[1].scenario, "placement.stage=%u", HEADS);
    for (int i = 0; i < 2; i++)
        sim_set(runs[i].scenario, "flash.groups.g2.dies=1");
    sim_run_all(runs, 2);
    CU_ASSERT_EQUAL(runs[0].status, IFC_OK);
    CU_ASSERT_EQUAL(runs[1].status, IFC_OK);
    CU_ASSERT(runs[0].result.die_commands > runs[1].result.die_commands);
    CU_ASSERT_EQUAL(runs[0].result.bus_bytes_down, runs[1].result.bus_bytes_down);
    CU_ASSERT_EQUAL(runs[0].result.bus_bytes_up, runs[1].result.bus_bytes_up);
    sim_run_fini(&runs[0]);
    sim_run_fini(&runs[1]);
}

/*
 * A global buffer of 2 KiB: half of it takes the granules of a command. Results wait there for the bus, the
 * last product's input of 2048 bytes is too large to be kept and goes to each die. Nothing else is different.
 */
static void what_the_buffer_does_not_hold_waits(void)
{
    sim_run whole = sim_run_one(toy("base-1"));
    ifc_scenario *s = toy("base-1");
    sim_set(s, "flash.groups.g1.global_buffer=2 KiB");
    sim_run small = sim_run_one(s);
    CU_ASSERT_EQUAL(small.status, IFC_OK);
    CU_ASSERT_EQUAL(whole.result.die_commands, 2 * 4);
    CU_ASSERT_EQUAL(small.result.die_commands, whole.result.die_commands);
    CU_ASSERT_EQUAL(small.result.pages_sensed, whole.result.pages_sensed);
    CU_ASSERT_EQUAL(small.result.macs, whole.result.macs);
    CU_ASSERT_EQUAL(small.result.bus_bytes_up, whole.result.bus_bytes_up);
    CU_ASSERT_EQUAL(small.result.bus_bytes_down, whole.result.bus_bytes_down + 2 * FFN);
    CU_ASSERT(sim_latency(&small.result) >= sim_latency(&whole.result));
    sim_run_fini(&whole);
    sim_run_fini(&small);
}

/* With the bus left out vectors are free, and nothing needs pieces. */
static void vectors_can_be_left_out(void)
{
    ifc_scenario *s = toy("base-1");
    sim_set(s, "effects.bus=false");
    sim_set(s, "flash.groups.g1.global_buffer=2 KiB");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.bus_bytes_down + run.result.bus_bytes_up, 0);
    CU_ASSERT_EQUAL(run.result.die_commands, 2 * 4);
    CU_ASSERT_EQUAL(sim_resource(&run.result, "channel0")->busy_ps, 0);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a broadcast sends a vector once", a_broadcast_sends_a_vector_once},
        {"every channel sends its copy", every_channel_sends_its_copy},
        {"a die keeps its input vector", a_die_keeps_its_input_vector},
        {"what the buffer does not hold waits", what_the_buffer_does_not_hold_waits},
        {"vectors can be left out", vectors_can_be_left_out},
    };
    return IFC_RUN_TESTS("vectors", tests);
}
