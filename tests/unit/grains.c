/**
 * Three grains of one model: what is counted is equal, what is timed is too, to the picosecond.
 *
 * Small machines with all four compositions and both kinds of attention heads, and two of full size.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

static const char *const grains[] = {"page", "plane", "die"};
static const char *const systems[] = {"base-1", "base-2", "kvnand-c", "kvnand-d"};
static const char *const models[] = {"llama2-7b", "llama3.1-70b"};
static const unsigned contexts[] = {128, 1024};

#define ROUNDING 1e-9 /* of sums of floating point numbers */

/* Two layers on few planes; heads and head groups as they are. */
static ifc_scenario *small(const char *system, const char *model, unsigned context)
{
    char name[128];
    snprintf(name, sizeof name, "full/%s-%s.cfg", system, model);
    ifc_scenario *s = sim_load(name, NULL);
    for (uint32_t g = 0; g < s->n_groups; g++) {
        sim_set(s, "flash.groups.%s.dies=%u", s->groups[g].name, s->n_groups == 1 ? 4 : 3 - g);
        sim_set(s, "flash.groups.%s.planes=8", s->groups[g].name);
    }
    sim_set(s, "channel.count=2");
    sim_set(s, "model.layers=2");
    sim_set(s, "model.hidden=2048");
    sim_set(s, "model.ffn=3000");
    sim_set(s, "model.vocab=5003");
    sim_set(s, "workload.context=%u", context);
    sim_set(s, "workload.tokens=2");
    return s;
}

static void same_energy(const ifc_result *a, const ifc_result *b)
{
    CU_ASSERT_EQUAL_FATAL(a->n_energy, b->n_energy);
    for (uint32_t i = 0; i < a->n_energy; i++) {
        CU_ASSERT_STRING_EQUAL(a->energy[i].name, b->energy[i].name);
        CU_ASSERT(sim_near(a->energy[i].name, b->energy[i].joule, a->energy[i].joule, ROUNDING, 0));
    }
}

static void same_counts(const ifc_result *a, const ifc_result *b)
{
    CU_ASSERT_EQUAL(a->tokens, b->tokens);
    CU_ASSERT_EQUAL(a->pages_sensed, b->pages_sensed);
    CU_ASSERT_EQUAL(a->pages_programmed, b->pages_programmed);
    CU_ASSERT_EQUAL(a->macs, b->macs);
    CU_ASSERT_EQUAL(a->bus_bytes_down, b->bus_bytes_down);
    CU_ASSERT_EQUAL(a->bus_bytes_up, b->bus_bytes_up);
    CU_ASSERT_EQUAL(a->dram_bytes, b->dram_bytes);
    CU_ASSERT_EQUAL(a->useful_kv_bytes, b->useful_kv_bytes);
    CU_ASSERT_EQUAL(a->sensed_kv_bytes, b->sensed_kv_bytes);
    CU_ASSERT_EQUAL(a->flushes, b->flushes);
    CU_ASSERT_EQUAL(a->die_commands, b->die_commands);
    CU_ASSERT_EQUAL_FATAL(a->n_resources, b->n_resources);
    for (uint32_t i = 0; i < a->n_resources; i++) {
        CU_ASSERT_STRING_EQUAL(a->resources[i].name, b->resources[i].name);
        CU_ASSERT_EQUAL(a->resources[i].bytes, b->resources[i].bytes);
    }
}

static void agree(const char *what, const sim_run *page, const sim_run *other)
{
    const ifc_result *a = &page->result, *b = &other->result;
    CU_ASSERT_EQUAL(page->status, IFC_OK);
    CU_ASSERT_EQUAL(other->status, IFC_OK);
    if (page->status != IFC_OK || other->status != IFC_OK) {
        printf("\n    %s: %s%s\n", what, page->error, other->error);
        return;
    }
    same_counts(a, b);
    same_energy(a, b);
    CU_ASSERT_EQUAL(a->end_time, b->end_time);
    for (uint32_t t = 0; t < a->tokens && t < b->tokens; t++)
        CU_ASSERT(sim_near(what, (double)b->token_latency[t], (double)a->token_latency[t], 0, 0));
}

/* Run @s at every grain and compare. Takes @s over. */
static void check(const char *what, ifc_scenario *s)
{
    sim_run runs[3] = {0};
    char label[256];
    for (int g = 0; g < 3; g++) {
        runs[g].scenario = malloc(sizeof *s);
        if (!runs[g].scenario)
            exit(2);
        *runs[g].scenario = *s;
        sim_set(runs[g].scenario, "simulation.grain=%s", grains[g]);
    }
    sim_run_all(runs, 3);
    for (int g = 1; g < 3; g++) {
        CU_ASSERT_STRING_EQUAL(runs[g].result.grain ? runs[g].result.grain : "", grains[g]);
        snprintf(label, sizeof label, "%s at grain %s", what, grains[g]);
        agree(label, &runs[0], &runs[g]);
    }
    for (int g = 0; g < 3; g++)
        sim_run_fini(&runs[g]);
    free(s);
}

static void for_all_machines(const char *what, void (*change)(ifc_scenario *s))
{
    char label[256];
    for (int y = 0; y < 4; y++)
        for (int m = 0; m < 2; m++)
            for (int c = 0; c < 2; c++) {
                ifc_scenario *s = small(systems[y], models[m], contexts[c]);
                change(s);
                snprintf(label, sizeof label, "%s, %s, %s, %u", what, systems[y], models[m], contexts[c]);
                check(label, s);
            }
}

static void nothing(ifc_scenario *s)
{
    (void)s;
}

static void all_effects_on(void)
{
    for_all_machines("all effects", nothing);
}

/* All that can be off at every grain. */
static void leave_out(ifc_scenario *s)
{
    static const char *const effects[] = {"bus", "command", "kv_program", "vector_ops",
                                          "ecc", "lm_head", "kv_fill",    "kv_capacity"};
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
        sim_set(s, "effects.%s=false", effects[i]);
}

static void effects_off(void)
{
    for_all_machines("effects off", leave_out);
}

/* Results and scores go in pieces, ragged ones too: planes and heads do not divide each other. */
static void cut_in_pieces(ifc_scenario *s)
{
    for (uint32_t g = 0; g < s->n_groups; g++) {
        sim_set(s, "flash.groups.%s.global_buffer=1 KiB", s->groups[g].name);
        sim_set(s, "flash.groups.%s.planes=9", s->groups[g].name);
    }
}

static void commands_in_pieces(void)
{
    for_all_machines("pieces", cut_in_pieces);
}

/* The bus is no longer what a load waits for: the array or the decoder is. */
static void speed_up(ifc_scenario *s)
{
    sim_set(s, "channel.rate=100 GB/s");
}

static void fast_buses(void)
{
    for_all_machines("fast bus", speed_up);
}

/* Small buffers: every system programs what it has gathered several times. */
static void flush_often(ifc_scenario *s)
{
    unsigned token = 2u * s->model.layers * s->model.kv_heads * 256;
    bool plane = s->placement.kv_buffer.location == IFC_BUFFER_PLANE;
    unsigned planes = s->groups[0].dies * s->groups[0].planes;
    sim_set(s, "placement.kv_buffer.bytes=%u B", plane ? 3 * token / planes : 3 * token);
    sim_set(s, "workload.tokens=9");
}

static void decodes_with_flushes(void)
{
    char label[256];
    for (int y = 0; y < 4; y++)
        for (int m = 0; m < 2; m++) {
            ifc_scenario *s = small(systems[y], models[m], 200);
            flush_often(s);
            snprintf(label, sizeof label, "flushes, %s, %s", systems[y], models[m]);
            check(label, s);
        }
}

static void flushes_do_happen(void)
{
    for (int y = 1; y < 4; y++) {
        ifc_scenario *s = small(systems[y], models[0], 200);
        flush_often(s);
        sim_run run = sim_run_one(s);
        CU_ASSERT(run.result.flushes >= 2 * 2); /* of two layers */
        CU_ASSERT(run.result.pages_programmed > 0);
        sim_run_fini(&run);
    }
}

/* Any arbiter but the first come, first served waits for what asks at the moment the bus is free. */
static void arbiters(void)
{
    static const char *const names[] = {"priority", "up-before-down"};
    char label[256];
    for (int a = 0; a < 2; a++)
        for (int y = 0; y < 4; y++) {
            ifc_scenario *s = small(systems[y], models[0], 200);
            flush_often(s);
            sim_set(s, "policies.arbiter.name=%s", names[a]);
            snprintf(label, sizeof label, "%s, %s", names[a], systems[y]);
            check(label, s);
        }
}

/* Requests at random on few dies: several end at the same picosecond, and which of them makes room first, and
 * is followed by the next, decides who waits. */
static ifc_scenario *crowd(const char *op, unsigned dies, unsigned channels, unsigned depth)
{
    ifc_scenario *s = SIM_NEW("flash.groups.g.dies=8", "flash.groups.g.planes=4", "workload.kind=stream",
                              "workload.stream.group=g", "workload.stream.pattern=random",
                              "workload.stream.count=300", "flash.groups.g.page=4000 B");
    sim_set(s, "flash.groups.g.spare=0 B");
    sim_set(s, "flash.groups.g.dies=%u", dies);
    sim_set(s, "flash.groups.g.queue_depth=%u", 1 + depth % 2);
    sim_set(s, "channel.count=%u", channels);
    sim_set(s, "channel.rate=4 GB/s");
    sim_set(s, "channel.command_time=1 us");
    sim_set(s, "workload.stream.op=%s", op);
    sim_set(s, "workload.stream.queue_depth=%u", depth);
    return s;
}

static void moments_of_many(void)
{
    static const char *const arbiters_of[] = {"fifo", "up-before-down"};
    static const char *const ops[] = {"read", "read-compute"};
    char label[256];
    for (unsigned dies = 3; dies < 6; dies++)
        for (unsigned channels = 2; channels < 4; channels++)
            for (unsigned i = 0; i < 12; i++) {
                ifc_scenario *s = crowd(ops[i % 2], dies, channels, 4 + i);
                sim_set(s, "policies.arbiter.name=%s", arbiters_of[i / 2 % 2]);
                snprintf(label, sizeof label, "%s, %s, %u dies on %u channels, depth %u", ops[i % 2],
                         arbiters_of[i / 2 % 2], dies, channels, 4 + i);
                check(label, s);
            }
}

static void full_size(void)
{
    check("full size, discrete", SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "workload.context=1024",
                                          "workload.tokens=1", "model.layers=8"));
    check("full size, compact", SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "workload.context=1024",
                                         "workload.tokens=1", "model.layers=8"));
}

/* Fractions of a page, and runs without the fill of their pipeline, have no events of single pages. */
static const char *const coarse[] = {"page_rounding", "pipeline_fill"};

static void some_effects_need_the_die_grain(void)
{
    for (int e = 0; e < 2; e++)
        for (int g = 0; g < 2; g++)
            for (int y = 0; y < 4; y++) {
                ifc_scenario *s = small(systems[y], models[0], 128);
                sim_set(s, "effects.%s=false", coarse[e]);
                sim_set(s, "simulation.grain=%s", grains[g]);
                sim_run run = {.scenario = s};
                sim_run_all(&run, 1);
                CU_ASSERT_EQUAL(run.status, IFC_EDATA);
                CU_ASSERT_PTR_NOT_NULL(strstr(run.error, coarse[e]));
                CU_ASSERT_PTR_NOT_NULL(strstr(run.error, "simulation.grain"));
                sim_run_fini(&run);
            }
}

static void auto_takes_the_die_grain_then(void)
{
    for (int e = 0; e < 2; e++)
        for (int y = 0; y < 5; y++) {
            ifc_scenario *s = y < 4 ? small(systems[y], models[0], 128)
                                    : SIM_LOAD("stream/sequential-read-1mib.cfg", "workload.stream.count=20");
            sim_set(s, "effects.%s=false", coarse[e]);
            sim_run run = sim_run_one(s);
            CU_ASSERT_EQUAL(run.status, IFC_OK);
            CU_ASSERT_STRING_EQUAL(run.result.grain ? run.result.grain : "", "die");
            sim_run_fini(&run);
        }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"all effects on", all_effects_on},
        {"effects off", effects_off},
        {"commands in pieces", commands_in_pieces},
        {"fast buses", fast_buses},
        {"decodes with flushes", decodes_with_flushes},
        {"flushes do happen", flushes_do_happen},
        {"arbiters", arbiters},
        {"moments of many", moments_of_many},
        {"full size", full_size},
        {"some effects need the die grain", some_effects_need_the_die_grain},
        {"auto takes the die grain then", auto_takes_the_die_grain_then},
    };
    return IFC_RUN_TESTS("grains", tests);
}
