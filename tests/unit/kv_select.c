/*
 * What attention reads when it does not read all: pages of K, V and index of each method against its formula,
 * what the choice costs, where the pages lie that were chosen, and how the index grows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "components/data/kv_plan.h"
#include "components/data/layout.h"
#include "components/system/elaborate.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

/* Three layers of two KV heads of 64 elements, each for two query heads: an entry has 128 bytes, a page 16.
 */
enum { LAYERS = 3, HEADS = 2, QUERIES = 2, DIMS = 64, PAGE = 2048, TOKENS = 4096, PAGES = TOKENS / 16 };

static ifc_scenario *small(const char *method)
{
    ifc_scenario *s =
        SIM_NEW("flash.groups.g1.dies=2", "flash.groups.g1.planes=4", "flash.groups.g1.page=2 KiB",
                "flash.groups.g1.spare=0 B", "flash.groups.g1.blocks_per_plane=400",
                "flash.groups.g1.pages_per_block=16", "channel.count=1", "npu.rate=1 GOPS",
                "npu.vector_rate=1 GOPS", "placement.weights=g1", "placement.kv=g1",
                "placement.attention=ifc", "placement.kv_buffer.bytes=8 KiB", "model.layers=3",
                "model.hidden=64", "model.heads=4", "model.kv_heads=2", "model.head_dim=64", "model.ffn=64",
                "model.vocab=100", "workload.context=4096", "workload.tokens=1", "effects.kv_program=false");
    sim_set(s, "policies.kv_select.name=%s", method);
    return s;
}

static void set_all(ifc_scenario *s, const char *const *sets)
{
    for (; *sets; sets++)
        sim_set(s, "policies.kv_select.%s", *sets);
}

static double pages(const ifc_result *r, const char *name)
{
    return sim_operator(r, name)->bytes_sensed / PAGE;
}

/* Of a share f, scattered at random, in pages of 16: docs of H2O. */
static double touched(double share, double together)
{
    return 1 - pow(1 - share, 16 / together);
}

struct method {
    const char *name, *sets[6];
    double index, first,
        others; /* pages of the index of a head; of K (and of V) in the first layer, in others */
    double slack;
    uint64_t entries, tokens; /* of a head in the last layer: scored, attended */
    uint64_t width;           /* elements multiplied for a score */
};

static void check_reads(const ifc_result *r, const struct method *m)
{
    double layers = m->first == m->others ? LAYERS : LAYERS - 1, first = LAYERS - layers;
    double reads = HEADS * (first * m->first + layers * m->others);
    CU_ASSERT(sim_near("K", pages(r, "logit"), reads, m->slack, 0));
    CU_ASSERT(sim_near("V", pages(r, "attend"), reads, m->slack, 0));
    CU_ASSERT(pages(r, "logit") == pages(r, "attend"));
    CU_ASSERT(sim_near("index", pages(r, "index"), HEADS * layers * m->index, 0, 0));
    uint64_t scores = (uint64_t)layers * HEADS * QUERIES * m->entries;
    CU_ASSERT_EQUAL(sim_operator(r, "index")->macs, scores * m->width);
    CU_ASSERT_EQUAL(sim_operator(r, "index")->bytes_up, 2 * scores);
    CU_ASSERT(sim_operator(r, "select")->npu_ops == layers * HEADS * (double)m->entries * (QUERIES + 3));
    uint64_t tokens = (uint64_t)layers * HEADS * m->tokens + (uint64_t)first * HEADS * TOKENS;
    CU_ASSERT_EQUAL(sim_operator(r, "logit")->macs, tokens * QUERIES * DIMS);
    CU_ASSERT(sim_operator(r, "softmax")->npu_ops == (double)tokens * QUERIES * 5);
    CU_ASSERT_EQUAL(r->useful_kv_bytes, 2 * tokens * 128);
}

/* Formulas of the methods, of pages of 16 tokens and T = 4096. */
static void each_reads_what_it_says(void)
{
    const struct method all[] = {
        {"all", {NULL}, 0, PAGES, PAGES, 0, 0, TOKENS, 0},
        {"window", {"sinks=4", "recent=1024", NULL}, 0, 65, 65, 0, 0, 1028, 0},
        /* minimum and maximum of S tokens: 8 such entries fit a page */
        {"quest", {"budget=1024", "dense_layers=1", NULL}, 32, PAGES, 64, 0, 256, 1024, 2 * DIMS},
        {"quest", {"page=32", "budget=512", "dense_layers=0", NULL}, 16, 32, 32, 0, 128, 512, 2 * DIMS},
        {"quest",
         {"budget=656", "sinks=16", "recent=128", "dense_layers=0", NULL},
         32,
         41,
         41,
         0,
         256,
         656,
         2 * DIMS},
        /* an eighth of 64 channels, each 8 KiB long; then tokens */
        {"sparf",
         {"cluster=1", NULL},
         8 * 4,
         PAGES * touched(0.125, 1),
         PAGES * touched(0.125, 1),
         0.02,
         TOKENS,
         TOKENS / 8,
         DIMS / 8},
        {"sparf",
         {"cluster=4", NULL},
         8 * 4,
         PAGES * touched(0.125, 4),
         PAGES * touched(0.125, 4),
         0.02,
         TOKENS,
         TOKENS / 8,
         DIMS / 8},
        {"sparf",
         {"page_channels=4", "channels=0.5", "cluster=4", NULL},
         15 * 16,
         PAGES * touched(0.125, 4),
         PAGES * touched(0.125, 4),
         0.03,
         TOKENS,
         TOKENS / 8,
         60},
        {"random",
         {"share=0.0625", NULL},
         0,
         PAGES * touched(0.0625, 1),
         PAGES * touched(0.0625, 1),
         0.04,
         0,
         TOKENS / 16,
         0},
        {"random", {"share=0.25", "cluster=16", NULL}, 0, 64, 64, 0, 0, TOKENS / 4, 0},
    };
    enum { N = sizeof all / sizeof all[0] };
    sim_run runs[N];
    for (size_t i = 0; i < N; i++) {
        runs[i] = (sim_run){.scenario = small(all[i].name)};
        set_all(runs[i].scenario, all[i].sets);
    }
    sim_run_all(runs, N);
    for (size_t i = 0; i < N; i++) {
        CU_ASSERT_EQUAL(runs[i].status, IFC_OK);
        if (runs[i].status != IFC_OK)
            printf("\n    %s: %s", all[i].name, runs[i].error);
        else
            check_reads(&runs[i].result, &all[i]);
        sim_run_fini(&runs[i]);
    }
}

/* Reading all by way of an index costs what the index costs: reading it, its scores on their way up,
 * choosing. */
static void choosing_is_a_round_trip(void)
{
    sim_run runs[2];
    for (int i = 0; i < 2; i++) {
        runs[i] = (sim_run){.scenario = small(i ? "quest" : "all")};
        sim_set(runs[i].scenario, "model.layers=1");
        sim_set(runs[i].scenario, "npu.launch=3 us");
        if (i)
            set_all(runs[i].scenario, (const char *const[]){"budget=4096", "dense_layers=0", NULL});
    }
    sim_run_all(runs, 2);
    const ifc_result *all = &runs[0].result, *quest = &runs[1].result;
    ifc_time select =
        (3 * 1000 + HEADS * 256 * (QUERIES + 3)) * (ifc_time)1000; /* launch, 1 ns an operation */
    ifc_time read = sim_operator(quest, "index")->active_ps;
    CU_ASSERT_EQUAL(sim_operator(quest, "select")->active_ps, select);
    CU_ASSERT_EQUAL(sim_latency(quest) - sim_latency(all), read + select);
    /* 64 pages on 8 planes, then the scores */
    CU_ASSERT(read >= 8 * runs[1].scenario->groups[0].t_read);
    CU_ASSERT_EQUAL(sim_operator(quest, "logit")->active_ps, sim_operator(all, "logit")->active_ps);
    sim_run_fini(&runs[0]);
    sim_run_fini(&runs[1]);
}

/* From DRAM come whole entries: of a token, and of the index. */
static void dram_gives_tokens(void)
{
    sim_run runs[3];
    for (int i = 0; i < 3; i++) {
        ifc_scenario *s = small(i == 0 ? "random" : i == 1 ? "sparf" : "quest");
        sim_set(s, "placement.kv=dram");
        sim_set(s, "placement.attention=npu");
        sim_set(s, "dram.channels=2");
        runs[i] = (sim_run){.scenario = s};
    }
    set_all(runs[0].scenario, (const char *const[]){"share=0.25", NULL});
    set_all(runs[1].scenario, (const char *const[]){"cluster=1", NULL});
    set_all(runs[2].scenario, (const char *const[]){"budget=256", "dense_layers=0", NULL});
    static const uint64_t read[] = {2 * TOKENS / 4, 2 * TOKENS / 8, 2 * 256},
                          index[] = {0, TOKENS / 8, 2 * PAGES};
    static const double ops[] = {0, 2.0 * TOKENS * DIMS / 8, 2.0 * PAGES * 2 * DIMS};
    sim_run_all(runs, 3);
    for (int i = 0; i < 3; i++) {
        const ifc_result *r = &runs[i].result;
        uint64_t kv = sim_operator(r, "load_k")->dram_bytes + sim_operator(r, "load_v")->dram_bytes;
        CU_ASSERT_EQUAL(runs[i].status, IFC_OK);
        CU_ASSERT_EQUAL(kv, LAYERS * HEADS * read[i] * 128);
        CU_ASSERT_EQUAL(sim_operator(r, "index")->dram_bytes, LAYERS * HEADS * index[i] * 128);
        CU_ASSERT(sim_operator(r, "score")->npu_ops == LAYERS * HEADS * QUERIES * ops[i]);
        sim_run_fini(&runs[i]);
    }
}

static const ifc_capacity_row *capacity(const ifc_result *r)
{
    return &r->capacity[0];
}

/* Five tokens a flush; of 1024 + 60 that are stored, 3 entries of 16 tokens are new: each a program of its
 * own, of which a page takes 4. */
static void the_index_grows_and_wears(void)
{
    static const char *const names[] = {"all", "quest", "window"};
    sim_run runs[3];
    for (int i = 0; i < 3; i++) {
        ifc_scenario *s = small(names[i]);
        sim_set(s, "effects.kv_program=true");
        sim_set(s, "workload.context=1024");
        sim_set(s, "workload.tokens=61");
        runs[i] = (sim_run){.scenario = s};
    }
    set_all(runs[1].scenario, (const char *const[]){"dense_layers=1", "budget=64", NULL});
    set_all(runs[2].scenario, (const char *const[]){"sinks=4", "recent=256", NULL});
    sim_run_all(runs, 3);
    const ifc_result *all = &runs[0].result, *quest = &runs[1].result, *window = &runs[2].result;
    CU_ASSERT_EQUAL(all->wear[0].pages_programmed, LAYERS * HEADS * 2 * 60 / 16); /* 22.5 */
    CU_ASSERT_EQUAL(quest->wear[0].pages_programmed - all->wear[0].pages_programmed, 2 * HEADS * 3 / 4);
    /* 67 entries in pages of 4, of two layers; without one, K and V only */
    uint64_t index = 2 * HEADS * 17 * PAGE;
    CU_ASSERT_EQUAL(capacity(quest)->kv - capacity(all)->kv, index);
    /* pages of the first 4 tokens, of the last 256, and one that slides */
    CU_ASSERT_EQUAL(capacity(window)->kv, (uint64_t)LAYERS * HEADS * 2 * (1 + 16 + 1) * PAGE);
    for (int i = 0; i < 3; i++)
        sim_run_fini(&runs[i]);
}

struct machine {
    ifc_scenario *scenario; /* owned */
    ifc_system sys;
    ifc_kv kv; /* owned */
};

static uint64_t next_random(uint64_t *state)
{
    return *state = *state * 6364136223846793005u + 1442695040888963407u;
}

static void build(struct machine *m, const char *const *sets)
{
    ifc_error err = {.status = IFC_OK};
    m->scenario = small("random");
    for (; *sets; sets++)
        sim_set(m->scenario, "%s", *sets);
    m->sys.hw.policies.services.random = next_random;
    bool ready = ifc_elaborate_derive(&m->sys, m->scenario, NULL, &err) == IFC_OK &&
                 ifc_policies_open(&m->sys.hw.policies, m->scenario, &err) == IFC_OK;
    m->sys.hw.policies.services.random = next_random;
    ready = ready && ifc_policies_start(&m->sys.hw.policies, &err) == IFC_OK &&
            ifc_kv_plan(&m->sys.hw, &m->sys.plans, &err) == IFC_OK &&
            ifc_kv_init(&m->kv, NULL, &m->sys.hw, m->sys.plans, &err) == IFC_OK;
    if (!ready)
        printf("\n    %s\n", err.text);
    CU_ASSERT_FATAL(ready);
}

static void release(struct machine *m)
{
    ifc_kv_fini(&m->kv);
    ifc_policies_close(&m->sys.hw.policies);
    free(m->sys.plans);
    free(m->scenario);
}

/* Streams of a layer begin one plane apart; page p of one is p planes further. Plane i is of die i mod 2. */
static void scan_of_pages(struct machine *m, bool values, uint32_t first, uint32_t heads)
{
    ifc_kv_share shares[2];
    ifc_kv_scan(&m->kv, 1, first, heads, values, shares);
    for (uint32_t die = 0; die < 2; die++) {
        uint32_t of_plane[4] = {0}, most = 0, all = 0;
        for (uint32_t h = first; h < first + heads; h++)
            for (size_t i = 0; i < m->kv.chosen.heads[h].n; i++)
                for (uint64_t p = 0; p < m->kv.chosen.heads[h].spans[i].pages; p++) {
                    uint64_t at = values * HEADS + h + m->kv.chosen.heads[h].spans[i].first + p;
                    if (at % 2 == die)
                        of_plane[at / 2 % 4]++;
                }
        for (uint32_t p = 0; p < 4; p++) {
            all += of_plane[p];
            most = of_plane[p] > most ? of_plane[p] : most;
        }
        CU_ASSERT_EQUAL(shares[die].extent.pages, all);
        CU_ASSERT_EQUAL(shares[die].extent.max_pages, most);
    }
}

static void chosen_pages_lie_where_they_are(void)
{
    struct machine m = {0};
    build(&m, (const char *const[]){"policies.kv_select.share=0.02", "workload.context=1000", NULL});
    ifc_kv_choose(&m.kv, 1, 0);
    CU_ASSERT(m.kv.chosen.heads[0].pages > 10 && m.kv.chosen.heads[0].pages < 21);
    CU_ASSERT_EQUAL(m.kv.chosen.heads[0].tokens, 20);
    CU_ASSERT(memcmp(m.kv.chosen.heads[0].spans, m.kv.chosen.heads[1].spans, sizeof(ifc_page_span)) != 0 ||
              m.kv.chosen.heads[0].n != m.kv.chosen.heads[1].n);
    for (uint32_t values = 0; values < 2; values++) {
        scan_of_pages(&m, values, 0, 1);
        scan_of_pages(&m, values, 1, 1);
        scan_of_pages(&m, values, 0, 2);
    }
    ifc_kv_choose_all(&m.kv);
    CU_ASSERT_EQUAL(ifc_kv_pages_read(&m.kv, 1, 0, 2), 2 * 63);
    release(&m);
}

/* Heads own four planes each, of slices of 16 elements: a page has 64 tokens, and each plane reads what was
 * chosen. */
static void planes_read_what_was_chosen(void)
{
    struct machine m = {0};
    ifc_kv_share shares[2];
    build(&m, (const char *const[]){"placement.kv_layout=head-parallel", "placement.kv_buffer.location=plane",
                                    "effects.kv_fill=false", "policies.kv_select.share=0.25",
                                    "policies.kv_select.cluster=64", NULL});
    ifc_kv_choose(&m.kv, 2, 0);
    ifc_kv_scan(&m.kv, 2, 0, 2, false, shares);
    for (uint32_t die = 0; die < 2; die++) {
        CU_ASSERT_EQUAL(shares[die].extent.planes, 4);
        CU_ASSERT_EQUAL(shares[die].extent.max_pages, TOKENS / 64 / 4);
        CU_ASSERT_EQUAL(shares[die].extent.pages, TOKENS / 64);
        CU_ASSERT_EQUAL(shares[die].products, (uint64_t)DIMS * TOKENS / 4);
    }
    release(&m);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"each reads what it says", each_reads_what_it_says},
        {"choosing is a round trip", choosing_is_a_round_trip},
        {"DRAM gives tokens", dram_gives_tokens},
        {"the index grows and wears", the_index_grows_and_wears},
        {"chosen pages lie where they are", chosen_pages_lie_where_they_are},
        {"planes read what was chosen", planes_read_what_was_chosen},
    };
    return IFC_RUN_TESTS("kv_select", tests);
}
