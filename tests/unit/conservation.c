/**
 * Nothing is lost or made up: pages, products, bytes, joules and picoseconds of whole decodes, counted here
 * from the model and the geometry alone.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

static const char *const files[] = {
    "full/base-1-llama2-7b.cfg",    "full/base-1-llama3.1-70b.cfg",   "full/base-2-llama2-7b.cfg",
    "full/base-2-llama3.1-70b.cfg", "full/kvnand-c-llama2-7b.cfg",    "full/kvnand-c-llama3.1-70b.cfg",
    "full/kvnand-d-llama2-7b.cfg",  "full/kvnand-d-llama3.1-70b.cfg",
};
#define FILES (sizeof files / sizeof files[0])

/* Fewer than fill a buffer: no flush happens and what is stored stays the context. */
#define CONTEXT 128
#define TOKENS  2

static sim_run runs[FILES];

static void decode_all(void)
{
    for (size_t i = 0; i < FILES; i++) {
        runs[i].scenario = sim_load(files[i], NULL);
        sim_set(runs[i].scenario, "workload.context=%d", CONTEXT);
        sim_set(runs[i].scenario, "workload.tokens=%d", TOKENS);
    }
    sim_run_all(runs, FILES);
    for (size_t i = 0; i < FILES; i++) {
        CU_ASSERT_EQUAL_FATAL(runs[i].status, IFC_OK);
        CU_ASSERT_EQUAL(runs[i].result.tokens, TOKENS);
        CU_ASSERT_EQUAL(runs[i].result.flushes, 0);
        CU_ASSERT_EQUAL(runs[i].result.pages_programmed, 0);
    }
}

static uint64_t div_up(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

static const ifc_flash_group *group_of(const ifc_scenario *s, const char *name)
{
    int g = ifc_scenario_group(s, name);
    return g < 0 ? NULL : &s->groups[g];
}

/* Pages of a matrix whose rows are dealt over all planes, packed in each; 16-bit weights. Rows fewer than
 * planes do not occur here. */
static uint64_t matrix_pages(const ifc_flash_group *g, uint64_t rows, uint64_t cols)
{
    uint64_t planes = (uint64_t)g->dies * g->planes, each = rows / planes, more = rows % planes;
    return more * div_up((each + 1) * cols * 2, g->page) + (planes - more) * div_up(each * cols * 2, g->page);
}

/* Generated per head group where stages overlap, for all at once otherwise. */
static uint64_t weight_pages(const ifc_scenario *s)
{
    const ifc_model *m = &s->model;
    const ifc_flash_group *g = group_of(s, s->placement.weights);
    bool staged = s->placement.overlap == IFC_OVERLAP_HEAD_GROUP;
    uint64_t qkv_rows = (m->heads + 2 * (uint64_t)m->kv_heads) * m->head_dim,
             groups = staged ? m->kv_heads : 1;
    uint64_t layer = groups * matrix_pages(g, qkv_rows / groups, m->hidden) +
                     matrix_pages(g, m->hidden, (uint64_t)m->heads * m->head_dim) +
                     matrix_pages(g, 2 * (uint64_t)m->ffn, m->hidden) + matrix_pages(g, m->hidden, m->ffn);
    return m->layers * layer + matrix_pages(g, m->vocab, m->hidden) + div_up(m->hidden * 2, g->page);
}

/* Pages of K and V of the context: of every head where whole entries are striped, 16 to a page of 4 KiB; of
 * every plane where each holds a slice. */
static uint64_t kv_pages(const ifc_scenario *s)
{
    const ifc_model *m = &s->model;
    const ifc_flash_group *g = group_of(s, s->placement.kv);
    if (!g)
        return 0;
    if (s->placement.kv_buffer.location == IFC_BUFFER_SOC)
        return 2 * (uint64_t)m->layers * m->kv_heads * div_up(CONTEXT, g->page / 256);
    uint64_t planes = (uint64_t)g->dies * g->planes, slice = 256 * m->kv_heads / planes;
    uint64_t pages = 0, streams = 2 * (uint64_t)m->layers, units = s->placement.kv_buffer.bytes / slice;
    for (uint64_t layer = 0; layer < m->layers; layer++) {
        uint64_t share =
            units / streams + (layer < units % streams / 2); /* the first layers get what is left */
        pages += 2 * planes * div_up(CONTEXT, share * s->placement.kv_buffer.partial_programs);
    }
    return pages;
}

static void pages_are_those_of_the_layouts(void)
{
    for (size_t i = 0; i < FILES; i++) {
        const ifc_scenario *s = runs[i].scenario;
        CU_ASSERT(sim_near(files[i], (double)runs[i].result.pages_sensed,
                           (double)(TOKENS * (weight_pages(s) + kv_pages(s))), 0, 0));
    }
}

/* A product for each weight of the layers and the head; attention's too where flash computes it, with the
 * tokens in the buffers of the planes, but not those on the SoC. */
static void products_are_those_of_the_model(void)
{
    for (size_t i = 0; i < FILES; i++) {
        const ifc_scenario *s = runs[i].scenario;
        const ifc_model *m = &s->model;
        uint64_t q = (uint64_t)m->heads * m->head_dim, kv = (uint64_t)m->kv_heads * m->head_dim;
        uint64_t weights = m->layers * (m->hidden * (2 * q + 2 * kv) + 3 * (uint64_t)m->hidden * m->ffn) +
                           (uint64_t)m->vocab * m->hidden;
        uint64_t expected = TOKENS * weights;
        bool plane = s->placement.kv_buffer.location == IFC_BUFFER_PLANE;
        for (uint64_t t = 0; t < TOKENS && s->placement.attention == IFC_ATTENTION_IFC; t++)
            expected += 2 * m->layers * q * (CONTEXT + (plane ? t + 1 : 0));
        CU_ASSERT(sim_near(files[i], (double)runs[i].result.macs, (double)expected, 0, 0));
    }
}

static void bytes_of_resources_sum_to_those_of_the_run(void)
{
    for (size_t i = 0; i < FILES; i++) {
        const ifc_result *r = &runs[i].result;
        const ifc_scenario *s = runs[i].scenario;
        uint64_t bytes[4] = {0}, page = s->groups[0].page + s->groups[0].spare;
        for (uint32_t k = 0; k < r->n_resources; k++)
            bytes[r->resources[k].kind] += r->resources[k].bytes;
        CU_ASSERT_EQUAL(bytes[IFC_RESOURCE_CHANNEL], r->bus_bytes_down + r->bus_bytes_up);
        CU_ASSERT_EQUAL(bytes[IFC_RESOURCE_DRAM], r->dram_bytes);
        CU_ASSERT_EQUAL(bytes[IFC_RESOURCE_DIE], r->pages_sensed * page);
        CU_ASSERT(r->sensed_kv_bytes >= r->useful_kv_bytes);
        CU_ASSERT_EQUAL(r->bus_bytes_down == 0 || r->bus_bytes_up == 0, false);
    }
}

/* K and V of the tokens before are loaded once a token, and the new token's, which the SoC still holds, are
 * stored. */
static void dram_traffic_is_that_of_the_cache(void)
{
    for (size_t i = 0; i < FILES; i++) {
        const ifc_scenario *s = runs[i].scenario;
        uint64_t token = 2 * (uint64_t)s->model.layers * s->model.kv_heads * 256, expected = 0;
        for (uint64_t t = 0; t < TOKENS && strcmp(s->placement.kv, "dram") == 0; t++)
            expected += token * (CONTEXT + t) + token;
        if (expected && runs[i].result.dram_bytes != expected)
            printf("\n    %s: %llu, %llu\n", files[i], (unsigned long long)runs[i].result.dram_bytes,
                   (unsigned long long)expected);
        CU_ASSERT_EQUAL(runs[i].result.dram_bytes, expected);
    }
}

/* Each row from the counts of the run and the scenario's energies; all of them, and no other row. */
static void energy_is_the_sum_of_its_parts(void)
{
    for (size_t i = 0; i < FILES; i++) {
        const ifc_result *r = &runs[i].result;
        const ifc_scenario *s = runs[i].scenario;
        double seconds = (double)r->end_time * 1e-12, flash = 0, mac = 0,
               still = s->soc.static_power * seconds;
        for (uint32_t k = 0; k < r->n_resources; k++)
            if (r->resources[k].kind == IFC_RESOURCE_DIE)
                flash += 8.0 * (double)r->resources[k].bytes * s->groups[r->resources[k].group].read_energy;
        mac = (double)r->macs * s->groups[0].mac_energy;
        for (uint32_t g = 0; g < s->n_groups; g++)
            still += s->groups[g].static_power * s->groups[g].dies * seconds;
        double bus = 8.0 * (double)(r->bus_bytes_down + r->bus_bytes_up) * s->channel.energy;
        double dram = 8.0 * (double)r->dram_bytes * s->dram.energy;
        double measured = sim_energy(r, NULL), others = sim_energy(r, "npu.compute");
        double ecc = sim_energy(r, "g1.ecc") + sim_energy(r, "g2.ecc");
        CU_ASSERT(sim_near("read", sim_energy(r, "g1.read") + sim_energy(r, "g2.read"), flash, 1e-9, 0));
        CU_ASSERT(sim_near("products", sim_energy(r, "g1.mac") + sim_energy(r, "g2.mac"), mac, 1e-9, 0));
        CU_ASSERT(sim_near("channel", sim_energy(r, "channel.transfer"), bus, 1e-9, 0));
        CU_ASSERT(sim_near("dram", sim_energy(r, "dram.access"), dram, 1e-9, 0));
        CU_ASSERT(sim_near("all", measured, flash + mac + still + bus + dram + ecc + others, 1e-9, 0));
        CU_ASSERT(others > 0);
        /* 2.244 us of 5.24 mW for each page of a die that decodes */
        double decoded = s->n_groups > 1 && s->groups[1].fmacs == 0 ? (double)(TOKENS * weight_pages(s))
                                                                    : (double)r->pages_sensed;
        CU_ASSERT(sim_near("ecc", ecc, decoded * 2244384e-12 * 5.24e-3, 1e-9, 0));
    }
}

static void the_critical_path_sums_to_the_latency(void)
{
    for (size_t i = 0; i < FILES; i++) {
        const ifc_result *r = &runs[i].result;
        ifc_time sum = 0;
        for (uint32_t k = 0; k < r->n_path; k++) {
            CU_ASSERT(r->path[k].ps > 0);
            CU_ASSERT(k == 0 || r->path[k].ps <= r->path[k - 1].ps);
            sum += r->path[k].ps;
        }
        CU_ASSERT(r->n_path > 0);
        CU_ASSERT_EQUAL(sum, sim_latency(r));
        CU_ASSERT_EQUAL(sum, r->end_time); /* no flush goes on after the last token */
    }
}

static void no_resource_is_busier_than_the_run_is_long(void)
{
    for (size_t i = 0; i < FILES; i++) {
        const ifc_result *r = &runs[i].result;
        for (uint32_t k = 0; k < r->n_resources; k++)
            CU_ASSERT(r->resources[k].busy_ps <= r->end_time);
        for (uint32_t k = 0; k < r->n_rates; k++)
            CU_ASSERT(r->rates[k].attained <= r->rates[k].peak && r->rates[k].busy_share <= 1.0);
        CU_ASSERT(sim_finite(r));
    }
}

/* The same sums over decodes that program what they gather. */
static void with_flushes_too(void)
{
    for (size_t i = 0; i < FILES; i++) {
        ifc_scenario *s = sim_load(files[i], NULL);
        sim_set(s, "workload.context=%d", CONTEXT);
        sim_set(s, "workload.tokens=20");
        sim_set(s, "model.layers=2");
        sim_set(s, "model.ffn=2048");
        sim_set(s, "model.vocab=4096");
        bool flash = strcmp(s->placement.kv, "dram") != 0;
        if (flash && s->placement.kv_buffer.location == IFC_BUFFER_SOC)
            sim_set(s, "placement.kv_buffer.bytes=%u B", 6 * 2 * 2 * s->model.kv_heads * 256); /* 6 tokens */
        else if (flash)
            sim_set(s, "placement.kv_buffer.bytes=%u B", 6 * 2 * 2 * s->model.kv_heads * 256 / 512);
        sim_run run = sim_run_one(s);
        const ifc_result *r = &run.result;
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(r->tokens, 20);
        CU_ASSERT_EQUAL(r->flushes > 0, flash);
        CU_ASSERT_EQUAL(r->pages_programmed > 0, flash);
        ifc_time sum = 0;
        for (uint32_t k = 0; k < r->n_path; k++)
            sum += r->path[k].ps;
        CU_ASSERT_EQUAL(sum, sim_latency(r));
        uint64_t worn = 0;
        for (uint32_t g = 0; g < r->n_wear; g++)
            worn += r->wear[g].pages_programmed;
        CU_ASSERT_EQUAL(worn, r->pages_programmed);
        CU_ASSERT(r->kv_buffer_peak <= r->kv_buffer_bytes);
        CU_ASSERT(sim_finite(r));
        sim_run_fini(&run);
    }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"all full scenarios decode", decode_all},
        {"pages are those of the layouts", pages_are_those_of_the_layouts},
        {"products are those of the model", products_are_those_of_the_model},
        {"bytes of resources sum to those of the run", bytes_of_resources_sum_to_those_of_the_run},
        {"DRAM traffic is that of the cache", dram_traffic_is_that_of_the_cache},
        {"energy is the sum of its parts", energy_is_the_sum_of_its_parts},
        {"the critical path sums to the latency", the_critical_path_sums_to_the_latency},
        {"no resource is busier than the run is long", no_resource_is_busier_than_the_run_is_long},
        {"with flushes too", with_flushes_too},
    };
    int status = IFC_RUN_TESTS("conservation", tests);
    for (size_t i = 0; i < FILES; i++)
        sim_run_fini(&runs[i]);
    return status;
}
