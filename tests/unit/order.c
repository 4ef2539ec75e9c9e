/**
 * More work never takes less time, and more of a resource never more: one token, all effects, every shipped
 * system. Two layers stand for all of them (they are alike), with their part of the KV buffer.
 */
#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define LAYERS 2

static const char *const systems[] = {"base-1", "base-2", "kvnand-c", "kvnand-d"};
static const struct model {
    const char *name;
    unsigned layers, hidden, heads, kv_heads, ffn, vocab;
} models[] = {{"LLaMA2-7B", 32, 4096, 32, 32, 11008, 32000},
              {"LLaMA3.1-8B", 32, 4096, 32, 8, 14336, 128256},
              {"LLaMA3.1-70B", 80, 8192, 64, 8, 28672, 128256}};

static ifc_scenario *machine(const char *system, const struct model *m, unsigned context)
{
    char name[64];
    snprintf(name, sizeof name, "full/%s-llama2-7b.cfg", system);
    ifc_scenario *s = SIM_LOAD(name, "workload.tokens=1", "effects.kv_capacity=false");
    sim_set(s, "model.hidden=%u", m->hidden);
    sim_set(s, "model.heads=%u", m->heads);
    sim_set(s, "model.kv_heads=%u", m->kv_heads);
    sim_set(s, "model.ffn=%u", m->ffn);
    sim_set(s, "model.vocab=%u", m->vocab);
    sim_set(s, "model.layers=%u", LAYERS);
    sim_set(s, "placement.kv_buffer.bytes=%llu B",
            (unsigned long long)s->placement.kv_buffer.bytes * LAYERS / m->layers);
    sim_set(s, "workload.context=%u", context);
    return s;
}

/* Latencies of @n contexts 1K apart; 0: does not fit. */
static void sweep(const char *system, const struct model *m, ifc_time *latency, unsigned n)
{
    sim_run *runs = calloc(n, sizeof *runs);
    for (unsigned i = 0; i < n; i++)
        runs[i].scenario = machine(system, m, 1024 * (i + 1));
    sim_run_all(runs, n);
    for (unsigned i = 0; i < n; i++) {
        latency[i] = runs[i].status == IFC_OK ? sim_latency(&runs[i].result) : 0;
        sim_run_fini(&runs[i]);
    }
    free(runs);
}

static void more_context_never_takes_less_time(void)
{
    for (size_t s = 0; s < 4; s++)
        for (size_t m = 0; m < 3; m++) {
            ifc_time latency[100];
            sweep(systems[s], &models[m], latency, 100);
            CU_ASSERT(latency[0] > 0);
            for (unsigned i = 1; i < 100 && latency[i]; i++) {
                bool falls = (double)latency[i] < 0.999 * (double)latency[i - 1];
                if (falls)
                    printf("\n    %s, %s: %lld ps at %uK, %lld ps at %uK\n", systems[s], models[m].name,
                           (long long)latency[i - 1], i, (long long)latency[i], i + 1);
                CU_ASSERT(!falls);
            }
        }
}

/* A resource, and twice as much of it (half, where less is more). */
static const struct resource {
    const char *path, *twice;
} resources[] = {
    {"planes", "64"},
    {"fmacs", "32"},
    {"clock", "800 MHz"},
    {"global_buffer", "520 KiB"},
    {"collect_rate", "51.2 GB/s"},
    {"collect_lane", "1.6 GB/s"},
    {"ecc_rate", "29.2 Gb/s"},
    {"queue_depth", "6"},
    {"t_read", "2 us"},
    {"t_program", "37.5 us"},
    {"dies", NULL},
};
static const struct resource shared[] = {
    {"channel.count", "16"},
    {"channel.rate", "9.6 GB/s"},
    {"channel.command_time", "87500 ps"},
    {"channel.page_command", "0 s"},
    {"npu.rate", "64 TOPS"},
    {"npu.vector_rate", "512 GOPS"},
    {"npu.launch", "500 ns"},
    {"soc.ecc_rate", "9.6 GB/s"},
    {"dram.channels", "16"},
    {"dram.rate", "16 GB/s"},
    {"dram.latency", "50 ns"},
    {"placement.kv_buffer.bytes", NULL},
    {"placement.kv_buffer.partial_programs", "8"},
};
#define MOST_VARIANTS 48

/* Where one path has no fixed double. */
static void set_twice(ifc_scenario *s, const char *path, const struct resource *r, unsigned long long now)
{
    if (r->twice)
        sim_set(s, "%s=%s", path, r->twice);
    else
        sim_set(s, strcmp(r->path, "dies") == 0 ? "%s=%llu" : "%s=%llu B", path, 2 * now);
}

/* Each resource doubled on its own; the first run is the machine as it is. */
static unsigned double_each(const char *system, const struct model *m, unsigned context, sim_run *runs,
                            char names[][64])
{
    unsigned n = 0;
    runs[n++].scenario = machine(system, m, context);
    const ifc_scenario *base = runs[0].scenario;
    for (uint32_t g = 0; g < base->n_groups; g++)
        for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++) {
            bool engine =
                strcmp(resources[i].path, "fmacs") == 0 || strcmp(resources[i].path, "ecc_rate") == 0;
            if (engine && base->groups[g].fmacs == 0)
                continue; /* plain NAND stays plain */
            snprintf(names[n], 64, "flash.groups.%.20s.%.30s", base->groups[g].name, resources[i].path);
            runs[n].scenario = machine(system, m, context);
            set_twice(runs[n].scenario, names[n], &resources[i], base->groups[g].dies);
            n++;
        }
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        if (strncmp(shared[i].path, "dram.", 5) == 0 && base->dram.channels == 0)
            continue;
        snprintf(names[n], 64, "%s", shared[i].path);
        runs[n].scenario = machine(system, m, context);
        set_twice(runs[n].scenario, shared[i].path, &shared[i], base->placement.kv_buffer.bytes);
        n++;
    }
    return n;
}

static void more_of_a_resource_never_takes_more_time(void)
{
    static const unsigned contexts[] = {128, 1024, 10240};
    for (size_t s = 0; s < 4; s++)
        for (size_t m = 0; m < 3; m++)
            for (size_t c = 0; c < 3; c++) {
                sim_run runs[MOST_VARIANTS] = {0};
                char names[MOST_VARIANTS][64];
                unsigned n = double_each(systems[s], &models[m], contexts[c], runs, names);
                sim_run_all(runs, n);
                for (unsigned i = 1; i < n; i++) {
                    double before = (double)sim_latency(&runs[0].result),
                           after = (double)sim_latency(&runs[i].result);
                    CU_ASSERT_EQUAL(runs[i].status, IFC_OK);
                    if (after > 1.005 * before)
                        printf("\n    %s, %s at %u: twice %s: %+.2f %%\n", systems[s], models[m].name,
                               contexts[c], names[i], 100 * (after / before - 1));
                    CU_ASSERT(after <= 1.005 * before);
                }
                for (unsigned i = 0; i < n; i++)
                    sim_run_fini(&runs[i]);
            }
}

/*
 * One KV die more. Exception: Base-2, whose pages cross the channels. Dies are dealt over 8 channels one by
 * one, pages over dies evenly: a ninth die makes one channel carry two ninths of the pages where it carried
 * an eighth.
 */
static void a_kv_die_more_never_takes_more_time(void)
{
    static const unsigned contexts[] = {128, 1024, 10240}, weights[] = {4, 8, 12};
    for (size_t c = 0; c < 3; c++)
        for (size_t w = 0; w < 3; w++) {
            sim_run runs[16] = {0};
            for (unsigned d = 0; d < 16; d++) {
                runs[d].scenario = machine("kvnand-d", &models[0], contexts[c]);
                sim_set(runs[d].scenario, "flash.groups.g1.dies=%u", weights[w]);
                sim_set(runs[d].scenario, "flash.groups.g2.dies=%u", d + 1);
            }
            sim_run_all(runs, 16);
            for (unsigned d = 1; d < 16; d++) {
                double before = (double)sim_latency(&runs[d - 1].result),
                       after = (double)sim_latency(&runs[d].result);
                if (after > 1.005 * before)
                    printf("\n    %u + %u dies at %u: %+.2f %%\n", weights[w], d + 1, contexts[c],
                           100 * (after / before - 1));
                CU_ASSERT(after <= 1.005 * before);
            }
            for (unsigned d = 0; d < 16; d++)
                sim_run_fini(&runs[d]);
        }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"more context never takes less time", more_context_never_takes_less_time},
        {"more of a resource never takes more time", more_of_a_resource_never_takes_more_time},
        {"a KV die more never takes more time", a_kv_die_more_never_takes_more_time},
    };
    return IFC_RUN_TESTS("order", tests);
}
