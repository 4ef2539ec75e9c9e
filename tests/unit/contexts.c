/**
 * Contexts that move: which chunks keep how many bits, which leave memory first, what a switch takes.
 */
#include <stdlib.h>
#include <string.h>

#include "components/data/contexts.h"
#include "components/run/swap_costs.h"
#include "platform/observe/requests.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

/* A chunk of 2 tokens has 1024 bytes in each of 2 layers. */
enum { CHUNK = 2, TOKEN = 512, LAYERS = 2, WHOLE = CHUNK * TOKEN * LAYERS };

static ifc_scenario *small(void)
{
    return SIM_NEW(
        "flash.groups.g1.dies=1", "flash.groups.g1.planes=1", "flash.groups.g1.page=1 KiB",
        "flash.groups.g1.spare=0 B", "flash.groups.g1.blocks_per_plane=400",
        "flash.groups.g1.pages_per_block=16", "flash.groups.g1.fmacs=0", "flash.groups.g1.ecc_rate=0 B/s",
        "flash.groups.g1.queue_depth=1", "flash.groups.g1.t_read=100 us", "channel.count=1",
        "channel.rate=10 MB/s", "channel.command_time=0 s", "soc.ecc_rate=0 B/s", "dram.channels=1",
        "dram.rate=1 GB/s", "dram.latency=0 s", "npu.rate=500 MOPS", "npu.launch=0 s",
        "placement.weights=dram", "placement.kv=dram", "placement.attention=npu", "model.layers=2",
        "model.hidden=128", "model.heads=2", "model.kv_heads=2", "model.head_dim=64", "model.ffn=128",
        "model.vocab=100", "effects.vector_ops=false", "effects.lm_head=false", "workload.kind=requests",
        "workload.batch=3", "workload.requests.sessions=3", "workload.requests.limit=100",
        "workload.requests.count=60", "workload.requests.arrival=poisson", "workload.requests.rate=0.1 1/s",
        "workload.requests.prompt=uniform:min=2,max=12", "workload.requests.answer=3",
        "contexts.budget=60 KiB", "contexts.store=g1", "contexts.chunk=2", "contexts.ahead=true",
        "contexts.object_time=1 ms");
}

static ifc_contexts make(ifc_scenario *s, uint64_t room)
{
    ifc_contexts c;
    ifc_contexts_init(&c, s, TOKEN, room);
    return c;
}

/* ---- how many bits ---- */

static double loss(const double *density, const int *level, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += density[i] * (1 << level[i]);
    return sum;
}

/* All ways to give chunks levels that keep to the mean: none loses less. */
static double least_loss(const double *density, size_t n, double ratio)
{
    double best = 1e300;
    int level[8], all = 1;
    for (size_t i = 0; i < n; i++)
        all *= 3;
    for (int code = 0; code < all; code++) {
        double sum = 0;
        for (size_t i = 0, rest = (size_t)code; i < n; i++, rest /= 3) {
            level[i] = (int)(rest % 3);
            sum += 1.0 / (1 << level[i]);
        }
        double lost = loss(density, level, n);
        best = sum <= ratio * (double)n + 1e-9 && lost < best ? lost : best;
    }
    return best;
}

/* As good as can be but for the bytes that are left over because the next best chunk does not fit. */
static void dense_chunks_keep_more(void)
{
    double worst = 1;
    for (unsigned seed = 1; seed <= 50; seed++) {
        ifc_scenario *s = small();
        sim_set(s, "contexts.ratio=0.5");
        sim_set(s, "simulation.seed=%u", seed);
        ifc_contexts c = make(s, 0);
        ifc_contexts_grow(&c, 0, 6 * CHUNK + 1);
        const ifc_context *x = &c.all[0];
        double density[6], kept = 0;
        int level[6];
        for (int i = 0; i < 6; i++) {
            density[i] = x->chunks[i].density;
            level[i] = x->chunks[i].level;
            kept += 1.0 / (1 << level[i]);
        }
        CU_ASSERT_EQUAL(x->n, 7);
        CU_ASSERT(x->chunks[6].level == 0 && !x->chunks[6].ranked); /* not full */
        CU_ASSERT(kept <= 3 && kept >= 2.5);
        CU_ASSERT_EQUAL(c.bytes, (uint64_t)((kept + 1) * WHOLE));
        for (int i = 0; i < 6; i++)
            for (int k = 0; k < 6; k++)
                CU_ASSERT(density[i] >= density[k] || level[i] >= level[k] || level[i] + 1 >= level[k]);
        double ratio = loss(density, level, 6) / least_loss(density, 6, 0.5);
        worst = ratio > worst ? ratio : worst;
        CU_ASSERT(ratio < 1.25);
        ifc_contexts_fini(&c);
        free(s);
    }
    CU_ASSERT(worst >= 1);
}

/* ---- who goes ---- */

/* Contexts 0, 1, 2 with 4, 3, 2 full chunks, used in that order, all in memory. */
static ifc_contexts three(ifc_scenario *s, uint64_t room)
{
    ifc_contexts c = make(s, room);
    for (uint32_t i = 0; i < 3; i++) {
        ifc_contexts_arrive(&c, i);
        ifc_contexts_grow(&c, i, (4 - i) * CHUNK);
    }
    return c;
}

static void the_oldest_chunk_leaves(void)
{
    ifc_scenario *s = small();
    ifc_contexts c = three(s, 1u << 20);
    CU_ASSERT_EQUAL(ifc_contexts_resident(&c), 3);
    CU_ASSERT_EQUAL(c.bytes, 9 * WHOLE);
    CU_ASSERT(ifc_contexts_evict(&c, 1));
    CU_ASSERT(!c.all[0].chunks[0].here && c.all[0].chunks[0].stored && c.all[0].chunks[0].moving);
    for (int i = 0; i < 3; i++)
        CU_ASSERT(ifc_contexts_evict(&c, 1));
    CU_ASSERT(c.all[2].chunks[0].here); /* the last of context 0 was the fourth */
    CU_ASSERT(ifc_contexts_evict(&c, 1) && ifc_contexts_evict(&c, 1));
    CU_ASSERT(!ifc_contexts_evict(&c, 1)); /* the busy one stays */
    CU_ASSERT_EQUAL(c.bytes, 3 * WHOLE);
    CU_ASSERT_EQUAL(ifc_contexts_missing(&c, 0), 4 * WHOLE);
    CU_ASSERT_EQUAL(ifc_contexts_resident(&c), 1);
    ifc_contexts_settle(&c);
    ifc_contexts_arrive(&c, 0);
    CU_ASSERT_EQUAL(ifc_contexts_missing(&c, 0), 0);
    CU_ASSERT(ifc_contexts_evict(&c, 2) && !c.all[1].chunks[0].here); /* 0 is the newest now */
    ifc_contexts_drop(&c, 0);
    CU_ASSERT_EQUAL(c.bytes, 2 * WHOLE);
    CU_ASSERT_EQUAL(c.room, (1u << 20) - 3 * WHOLE);
    ifc_contexts_fini(&c);
    free(s);
}

static void most_bits_leave_first(void)
{
    ifc_scenario *s = small();
    sim_set(s, "contexts.ratio=0.5");
    sim_set(s, "contexts.evict=lctru");
    ifc_contexts c = three(s, 1u << 20);
    uint8_t last = 0;
    uint32_t context = 0, moves = 0;
    for (; ifc_contexts_evict(&c, 2); moves++) {
        uint8_t level = 0;
        uint32_t which = 0;
        for (uint32_t i = 0; i < 2; i++)
            for (size_t k = 0; k < c.all[i].n; k++)
                if (c.all[i].chunks[k].moving) {
                    level = c.all[i].chunks[k].level;
                    which = i;
                    c.all[i].chunks[k].moving = false;
                }
        CU_ASSERT(level > last || (level == last && which >= context));
        last = level;
        context = which;
    }
    CU_ASSERT_EQUAL(moves, 7);
    ifc_contexts_fini(&c);
    free(s);
}

static void whole_contexts_leave_together(void)
{
    ifc_scenario *s = small();
    sim_set(s, "contexts.evict=context");
    ifc_contexts c = three(s, 3 * WHOLE);
    ifc_context_cursor at = {0};
    uint64_t bytes;
    CU_ASSERT(ifc_contexts_evict(&c, 2));
    CU_ASSERT_EQUAL(c.bytes, 5 * WHOLE);
    for (int i = 0; i < 3; i++) { /* the store had no room for the fourth: it is lost */
        CU_ASSERT(ifc_contexts_object(&c, &at, &bytes));
        CU_ASSERT_EQUAL(bytes, CHUNK * TOKEN);
    }
    CU_ASSERT(!ifc_contexts_object(&c, &at, &bytes));
    CU_ASSERT(!c.all[0].chunks[3].stored && !c.all[0].chunks[3].here);
    ifc_contexts_settle(&c);
    CU_ASSERT(!ifc_contexts_write(&c)); /* it is full */
    ifc_contexts_drop(&c, 0);
    CU_ASSERT(ifc_contexts_write(&c));
    CU_ASSERT_EQUAL(c.room, 2 * WHOLE);
    ifc_contexts_fini(&c);
    free(s);
}

/* What a call has changed is to be written once more. */
static void what_has_changed_is_not_stored(void)
{
    ifc_scenario *s = small();
    ifc_contexts c = make(s, 10 * WHOLE);
    ifc_contexts_grow(&c, 1, CHUNK + 1);
    CU_ASSERT(ifc_contexts_write(&c) && ifc_contexts_write(&c) && !ifc_contexts_write(&c));
    CU_ASSERT_EQUAL(c.room, 8 * WHOLE);
    ifc_contexts_settle(&c);
    ifc_contexts_grow(&c, 1, 2 * CHUNK);
    CU_ASSERT(c.all[1].chunks[0].stored && !c.all[1].chunks[1].stored && c.all[1].chunks[1].here);
    CU_ASSERT_EQUAL(c.room, 9 * WHOLE);
    CU_ASSERT(ifc_contexts_write(&c) && c.all[1].chunks[1].moving && !c.all[1].chunks[0].moving);
    ifc_contexts_fini(&c);
    free(s);
}

/* ---- costs ---- */

static void lines_are_found(void)
{
    ifc_swap_costs c = {0};
    ifc_swap_recomputed(&c, 100, 1000);
    CU_ASSERT_DOUBLE_EQUAL(ifc_swap_recompute_ps(&c, 200), 2000, 1e-6); /* one point: through the origin */
    CU_ASSERT(!ifc_swap_known(&c));
    ifc_swap_recomputed(&c, 300, 2000);
    ifc_swap_recomputed(&c, 200, 1500);
    CU_ASSERT_DOUBLE_EQUAL(ifc_swap_recompute_ps(&c, 400), 2500, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(ifc_swap_recompute_ps(&c, 0), 0, 0);
    ifc_swap_loaded(&c, 1, 1000, 12000);
    CU_ASSERT(ifc_swap_known(&c));
    CU_ASSERT_DOUBLE_EQUAL(ifc_swap_load_ps(&c, 2, 2000), 24000, 1e-6);
    ifc_swap_loaded(&c, 3, 1000, 32000); /* 10000 each, and 2 a byte */
    CU_ASSERT_DOUBLE_EQUAL(ifc_swap_load_ps(&c, 2, 500), 21000, 1e-3);
    ifc_swap_costs falls = {0};
    ifc_swap_recomputed(&falls, 1, 30);
    ifc_swap_recomputed(&falls, 2, 15);
    CU_ASSERT_DOUBLE_EQUAL(ifc_swap_recompute_ps(&falls, 5), 60, 1e-6); /* (30 + 30) / (1 + 4) of each */
}

/* ---- switches ---- */

/* Each object is a page: sensed, sent, unpacked, one after the other, layer after layer; all was written
 * before. */
static void reading_takes_what_its_objects_take(void)
{
    sim_run run = sim_run_one(small());
    const ifc_result *r = &run.result;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL_FATAL(r->n_requests, 60);
    ifc_time each = 100 * IFC_US + sim_ps(1024, 10) + IFC_MS;
    uint64_t loaded = 0, missed = 0, ahead = 0;
    for (uint32_t i = 0; i < r->n_requests; i++) {
        const ifc_request_row *q = &r->requests[i];
        CU_ASSERT(q->start >= q->arrival && q->switched <= q->first_token);
        CU_ASSERT_EQUAL(q->switched - q->start, (ifc_time)(q->loaded / 1024) * each);
        CU_ASSERT_EQUAL(q->loaded, q->missing);
        CU_ASSERT_EQUAL(q->recomputed, 0);
        CU_ASSERT_EQUAL(q->written, 0);
        CU_ASSERT(q->resident <= q->contexts && q->contexts <= 3);
        loaded += q->loaded;
        ahead += q->ahead;
        missed += q->missing > 0;
    }
    CU_ASSERT(missed > 10 && missed < 50);
    CU_ASSERT_EQUAL(sim_operator(r, "swap_in")->bytes_up, loaded);
    CU_ASSERT_EQUAL(sim_operator(r, "swap_in")->dram_bytes, loaded);
    CU_ASSERT_EQUAL(sim_operator(r, "swap_out")->bytes_down, ahead);
    CU_ASSERT_EQUAL(r->pages_programmed, ahead / 1024);
    ifc_request_figures f;
    CU_ASSERT_FATAL(ifc_request_figures_of(r, &f));
    CU_ASSERT_DOUBLE_EQUAL(f.switching.mean, (double)(loaded / 1024) * (double)each / 60, 1);
    CU_ASSERT_EQUAL(f.loaded, loaded);
    CU_ASSERT_DOUBLE_EQUAL(f.resident_share, 1 - (double)missed / 60, 1e-9);
    sim_run_fini(&run);
}

static uint64_t total(const sim_run *run, size_t field)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < run->result.n_requests; i++)
        sum += *(const uint64_t *)((const char *)&run->result.requests[i] + field);
    return sum;
}

static double switching(const sim_run *run)
{
    ifc_request_figures f = {.count = 0};
    CU_ASSERT(ifc_request_figures_of(&run->result, &f));
    return f.switching.mean;
}

#define TOTAL(run, field) total(&(run), offsetof(ifc_request_row, field))

/* The same calls: read, both at a time, computed (nothing is stored), written when they leave. */
static void a_part_is_computed_meanwhile(void)
{
    enum { READ, BOTH, COMPUTED, LATE, FULL, N };
    static const char *const sets[N][2] = {{"contexts.ratio=1", "contexts.ratio=1"},
                                           {"contexts.recompute=true", "contexts.ratio=1"},
                                           {"contexts.store=", "contexts.ratio=1"},
                                           {"contexts.ahead=false", "contexts.ratio=1"},
                                           {"flash.groups.g1.blocks_per_plane=2", "contexts.ratio=1"}};
    sim_run runs[N];
    for (int i = 0; i < N; i++) {
        runs[i] = (sim_run){.scenario = small()};
        for (int k = 0; k < 2; k++)
            sim_set(runs[i].scenario, "%s", sets[i][k]);
    }
    sim_run_all(runs, N);
    for (int i = 0; i < N; i++)
        CU_ASSERT_EQUAL_FATAL(runs[i].status, IFC_OK);
    CU_ASSERT(TOTAL(runs[BOTH], recomputed) > 0 && TOTAL(runs[BOTH], loaded) > 0);
    CU_ASSERT(switching(&runs[BOTH]) < 0.8 * switching(&runs[READ]));
    CU_ASSERT(switching(&runs[BOTH]) < 0.95 * switching(&runs[COMPUTED]));
    CU_ASSERT_EQUAL(TOTAL(runs[COMPUTED], loaded), 0);
    CU_ASSERT_EQUAL(TOTAL(runs[COMPUTED], ahead), 0);
    CU_ASSERT_EQUAL(TOTAL(runs[LATE], ahead), 0);
    CU_ASSERT(TOTAL(runs[LATE], written) > 0 && switching(&runs[LATE]) > switching(&runs[READ]));
    CU_ASSERT(TOTAL(runs[FULL], recomputed) > 0 && TOTAL(runs[FULL], loaded) > 0); /* some are lost */
    for (int i = 0; i < N; i++)
        sim_run_fini(&runs[i]);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"dense chunks keep more", dense_chunks_keep_more},
        {"the oldest chunk leaves", the_oldest_chunk_leaves},
        {"most bits leave first", most_bits_leave_first},
        {"whole contexts leave together", whole_contexts_leave_together},
        {"what has changed is not stored", what_has_changed_is_not_stored},
        {"lines are found", lines_are_found},
        {"reading takes what its objects take", reading_takes_what_its_objects_take},
        {"a part is computed meanwhile", a_part_is_computed_meanwhile},
    };
    return IFC_RUN_TESTS("contexts", tests);
}
