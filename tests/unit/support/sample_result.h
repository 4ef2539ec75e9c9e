/**
 * A hand-made result whose every figure can be checked by eye, for the tests of the writers.
 */
#ifndef IFC_SAMPLE_RESULT_H
#define IFC_SAMPLE_RESULT_H

#include <stdlib.h>
#include <string.h>

#include "platform/observe/result.h"

#define SAMPLE_COPY(field, count, from)                                                                      \
    do {                                                                                                     \
        (field) = malloc(sizeof(from));                                                                      \
        memcpy((field), (from), sizeof(from));                                                               \
        (count) = sizeof(from) / sizeof((from)[0]);                                                          \
    } while (0)

static inline void sample_scenario(ifc_scenario *s)
{
    *s = (ifc_scenario){.file = "scenarios/sample.cfg",
                        .title = "Sample, with a comma",
                        .model = {.name = "toy", .layers = 2},
                        .n_groups = 2,
                        .groups = {{.name = "g1", .dies = 1}, {.name = "g2", .dies = 1, .read_limit = 1e6}},
                        .placement = {.weights = "g1", .kv = "g2"},
                        .channel = {.count = 2},
                        .effects = {true, true, true, true, true, true, true, true, true, true},
                        .workload = {.kind = IFC_WORKLOAD_DECODE, .context = 128, .tokens = 4}};
}

static inline void sample_rows(ifc_result *r)
{
    static const ifc_time latency[] = {10 * IFC_MS, 20 * IFC_MS, 30 * IFC_MS, 40 * IFC_MS};
    static const ifc_energy_row energy[] = {{"g1.read", 0.2}, {"g2.read", 0.1}, {"npu.compute", 0.1}};
    static const ifc_path_row path[] = {{"qkv", "g1", "array", 75 * IFC_MS},
                                        {"logit", "g2", "array", 20 * IFC_MS},
                                        {"softmax", "npu", "compute", 5 * IFC_MS}};
    static const ifc_resource_row resources[] = {
        {"channel0", IFC_RESOURCE_CHANNEL, -1, 95 * IFC_MS, 10 * IFC_MS, 100, 400000000, 0, 0},
        {"channel1", IFC_RESOURCE_CHANNEL, -1, 90 * IFC_MS, 10 * IFC_MS, 100, 400000000, 0, 0},
        {"g1.die0", IFC_RESOURCE_DIE, 0, 80 * IFC_MS, 0, 50, 1000, 0, 0},
        {"g2.die0", IFC_RESOURCE_DIE, 1, 29 * IFC_MS, 0, 50, 1000, 0, 0},
        {"npu", IFC_RESOURCE_NPU, -1, 5 * IFC_MS, 0, 8, 0, 0, 0}};
    static const ifc_rate_row rates[] = {{"g1 array", "B/s", 24e9, 32e9, 0.8},
                                         {"channels", "B/s", 8e9, 9.6e9, 0.925}};
    static const ifc_capacity_row capacity[] = {{"g1", 4000000000u, 17000000000u, 4000000000u, 0},
                                                {"g2", 1000000000u, 17000000000u, 0, 1000000000u}};
    static const ifc_wear_row wear[] = {{"g2",
                                         16,
                                         0,
                                         0.001,
                                         1,
                                         12.5,
                                         99,
                                         0,
                                         2.5e9,
                                         0,
                                         2.5e9,
                                         0,
                                         0,
                                         true,
                                         {0, 0, 0, 0},
                                         {0, 0, 0, 0},
                                         {0, 0, 0, 0},
                                         {0}}};
    SAMPLE_COPY(r->token_latency, r->tokens, latency);
    SAMPLE_COPY(r->energy, r->n_energy, energy);
    SAMPLE_COPY(r->path, r->n_path, path);
    SAMPLE_COPY(r->resources, r->n_resources, resources);
    SAMPLE_COPY(r->rates, r->n_rates, rates);
    SAMPLE_COPY(r->capacity, r->n_capacity, capacity);
    SAMPLE_COPY(r->wear, r->n_wear, wear);
}

/* 4 tokens in 100 ms: 40 tokens/s, 25 ms and 0.1 J per token, 4 W. */
static inline void sample_result(ifc_result *r, const ifc_scenario *s)
{
    *r = (ifc_result){.scenario = s,
                      .scenario_hash = "0123456789abcdef",
                      .grain = "die",
                      .grain_reason = "exact for what is switched on",
                      .end_time = 100 * IFC_MS,
                      .pages_sensed = 123456,
                      .pages_programmed = 16,
                      .macs = 8000000,
                      .bus_bytes_down = 300000000,
                      .bus_bytes_up = 500000000,
                      .useful_kv_bytes = 1000000,
                      .sensed_kv_bytes = 4000000,
                      .flushes = 2,
                      .window = {4, 2, 2, 0.25, 8, 8, 32},
                      .kv_buffer_peak = 1048576,
                      .kv_buffer_bytes = 5242880,
                      .kv_buffer_mean = 524288,
                      .die_commands = 400,
                      .kernel_events = 12345,
                      .overflow = -1};
    sample_rows(r);
}

#endif
