/**
 * Where K and V lie: what a scan senses of each die, against pages dealt one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "components/data/kv_plan.h"
#include "components/system/elaborate.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define DIES_MAX   8
#define PLANES_MAX 64 /* of all dies */

struct machine {
    ifc_scenario *scenario; /* owned */
    ifc_system sys;
    ifc_kv kv; /* owned */
};

/* Pages of two tokens of 128 bytes: the context is not a whole number of rounds over the planes. */
static void build(struct machine *m, unsigned dies, unsigned planes, unsigned heads, unsigned context,
                  const char *const *more)
{
    ifc_error err = {.status = IFC_OK};
    ifc_scenario *s = m->scenario = SIM_NEW(
        "flash.groups.g1.page=256 B", "flash.groups.g1.spare=0 B", "placement.weights=g1", "placement.kv=g1",
        "model.layers=3", "model.hidden=64", "model.head_dim=64", "model.ffn=64", "model.vocab=100");
    sim_set(s, "flash.groups.g1.dies=%u", dies);
    sim_set(s, "flash.groups.g1.planes=%u", planes);
    sim_set(s, "model.heads=%u", 2 * heads);
    sim_set(s, "model.kv_heads=%u", heads);
    sim_set(s, "workload.context=%u", context);
    for (; more && *more; more++)
        sim_set(s, "%s", *more);
    bool ready = ifc_elaborate_derive(&m->sys, s, NULL, &err) == IFC_OK &&
                 ifc_policies_open(&m->sys.hw.policies, s, &err) == IFC_OK &&
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

/* The plane of the dealing order where a stream begins: the streams of a layer one plane apart. Plane i is
 * plane i / dies of die i mod dies. */
static unsigned begins(unsigned head, unsigned heads, bool values, unsigned planes)
{
    return (values * heads + head) % planes;
}

struct die {
    unsigned pages[PLANES_MAX], first, tokens;
    unsigned all, most, planes, results;
};

/* Streams of heads [head, head + n), page by page. */
static void deal(struct die *out, const ifc_scenario *s, unsigned head, unsigned n, bool values)
{
    unsigned dies = s->groups[0].dies, planes = s->groups[0].planes, all = dies * planes;
    unsigned pages = (s->workload.context + 1) / 2;
    memset(out, 0, dies * sizeof *out);
    for (unsigned h = head; h < head + n; h++) {
        bool on[DIES_MAX][PLANES_MAX] = {{false}};
        for (unsigned i = 0; i < pages; i++) {
            unsigned at = (begins(h, s->model.kv_heads, values, all) + i) % all;
            struct die *d = &out[at % dies];
            if (d->all == 0)
                d->first = at / dies;
            d->pages[at / dies]++;
            d->all++;
            d->results += !on[at % dies][at / dies];
            on[at % dies][at / dies] = true;
        }
    }
    for (unsigned d = 0; d < dies; d++)
        for (unsigned p = 0; p < planes; p++) {
            out[d].planes += out[d].pages[p] > 0;
            out[d].most = out[d].pages[p] > out[d].most ? out[d].pages[p] : out[d].most;
        }
}

static void compare(const struct machine *m, unsigned layer, unsigned head, unsigned n, bool values)
{
    const ifc_scenario *s = m->scenario;
    ifc_kv_share shares[DIES_MAX];
    struct die dies[DIES_MAX];
    uint64_t tokens = 0;
    memset(shares, 0, sizeof shares);
    ifc_kv_scan(&m->kv, layer, head, n, values, shares);
    deal(dies, s, head, n, values);
    for (unsigned d = 0; d < s->groups[0].dies; d++) {
        CU_ASSERT_EQUAL(shares[d].extent.pages, dies[d].all);
        CU_ASSERT_EQUAL(shares[d].extent.max_pages, dies[d].most);
        CU_ASSERT_EQUAL(shares[d].extent.planes, dies[d].planes);
        CU_ASSERT_EQUAL(shares[d].plane_heads, dies[d].results);
        if (n == 1 && dies[d].all > 0)
            CU_ASSERT_EQUAL(shares[d].first_plane, dies[d].first);
        uint32_t runs[PLANES_MAX] = {0};
        ifc_kv_runs(&m->kv, layer, head, n, values, d, runs);
        for (unsigned p = 0; p < s->groups[0].planes; p++)
            CU_ASSERT_EQUAL(runs[p], dies[d].pages[p]);
        tokens += shares[d].tokens;
    }
    CU_ASSERT_EQUAL(tokens, (uint64_t)n * s->workload.context);
}

static void pages_are_dealt_over_the_planes(void)
{
    static const unsigned shapes[][4] = {/* dies, planes, KV heads, context */
                                         {1, 1, 1, 1},  {1, 4, 1, 10}, {2, 2, 1, 10}, {2, 2, 4, 10},
                                         {3, 4, 2, 37}, {3, 5, 4, 64}, {4, 8, 8, 3},  {8, 8, 4, 400}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct machine m = {0};
        build(&m, shapes[i][0], shapes[i][1], shapes[i][2], shapes[i][3], NULL);
        for (unsigned layer = 0; layer < 3; layer++)
            for (unsigned head = 0; head < shapes[i][2]; head++)
                for (unsigned n = 1; head + n <= shapes[i][2]; n++) {
                    compare(&m, layer, head, n, false);
                    compare(&m, layer, head, n, true);
                }
        release(&m);
    }
}

/* A new page goes where the dealing would have put it. */
static void programs_go_on_where_the_context_ends(void)
{
    struct machine m = {0};
    build(&m, 3, 4, 2, 10, NULL);
    for (unsigned head = 0; head < 2; head++)
        for (unsigned page = 5; page < 30; page++)
            CU_ASSERT_EQUAL(ifc_kv_program_plane(&m.kv, 1, head, true, page),
                            (begins(head, 2, true, 12) + page) % 12);
    release(&m);
}

/* Pages known per layer only: each head senses those of all. */
static void unmapped_pages_are_all_sensed(void)
{
    static const char *const unmapped[] = {"placement.kv_layout=unmapped", NULL};
    struct machine m = {0};
    build(&m, 3, 4, 4, 37, unmapped);
    ifc_kv_share shares[3];
    uint64_t pages = 0, tokens = 0;
    ifc_kv_scan(&m.kv, 1, 2, 1, false, shares);
    for (unsigned d = 0; d < 3; d++) {
        pages += shares[d].extent.pages;
        tokens += shares[d].tokens;
    }
    CU_ASSERT_EQUAL(pages, 4 * 19);
    CU_ASSERT_EQUAL(tokens, 37);
    release(&m);
}

/* Heads own planes as evenly as whole planes allow. Each plane holds its elements of all tokens, as many as
 * the head with the fewest planes needs; none of an entry's elements is lost or held twice, and planes that
 * are left over hold nothing. */
static void heads_own_planes(void)
{
    static const char *const by_head[] = {"placement.kv_layout=head-parallel",
                                          "placement.kv_buffer.location=plane", NULL};
    static const unsigned shapes[][3] = {{2, 4, 1},  {2, 4, 2}, {3, 5, 4},  {4, 4, 8},
                                         {1, 16, 3}, {4, 3, 5}, {8, 32, 2}, {8, 20, 1}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        unsigned dies = shapes[i][0], planes = shapes[i][1], heads = shapes[i][2], all = dies * planes;
        unsigned slice = (64 + all / heads - 1) / (all / heads), used = (64 + slice - 1) / slice;
        struct machine m = {0};
        build(&m, dies, planes, heads, 40, by_head);
        for (unsigned head = 0; head < heads; head++)
            for (unsigned n = 1; head + n <= heads; n++) {
                ifc_kv_share shares[DIES_MAX];
                uint64_t owned = 0, dims = 0, whole = 0, alone = 0;
                ifc_kv_scan(&m.kv, 1, head, n, true, shares);
                for (unsigned d = 0; d < dies; d++) {
                    unsigned mine = 0;
                    uint32_t runs[PLANES_MAX] = {0};
                    ifc_kv_runs(&m.kv, 1, head, n, true, d, runs);
                    for (unsigned p = d * planes; p < (d + 1) * planes; p++) {
                        unsigned slices = 0;
                        for (unsigned h = head; h < head + n; h++)
                            slices += p >= h * all / heads && p < h * all / heads + used;
                        CU_ASSERT_EQUAL(runs[p - d * planes], slices * m.kv.layers[1].pages);
                        mine += slices;
                    }
                    CU_ASSERT_EQUAL(shares[d].plane_heads, mine);
                    CU_ASSERT_EQUAL(shares[d].extent.pages, mine * m.kv.layers[1].pages);
                    owned += mine;
                    dims += shares[d].dims;
                    whole += shares[d].whole_heads;
                }
                for (unsigned h = head; h < head + n; h++)
                    alone += h * all / heads / planes == (h * all / heads + used - 1) / planes;
                CU_ASSERT_EQUAL(owned, n * used);
                CU_ASSERT_EQUAL(dims, 64 * n);
                CU_ASSERT_EQUAL(whole, alone);
            }
        release(&m);
    }
}

/* Pages that a scan of all heads senses in each die, against those that are left, one by one. */
static bool scans_what_is_left(const struct machine *m)
{
    unsigned heads = m->kv.heads, dies = m->scenario->groups[0].dies;
    uint64_t total = m->kv.group->planes_total, pages[DIES_MAX] = {0};
    ifc_kv_share shares[DIES_MAX];
    for (unsigned h = 0; h < heads; h++)
        for (uint64_t p = ifc_kv_first_page(&m->kv, 0); p < m->kv.layers[0].pages; p++)
            pages[(m->kv.starts[ifc_kv_stream_index(&m->kv, 0, h, true)] + p) % total % dies]++;
    ifc_kv_scan(&m->kv, 0, 0, heads, true, shares);
    for (unsigned d = 0; d < dies; d++)
        if (shares[d].extent.pages != pages[d])
            return false;
    return true;
}

#define SLIDING                                                                                              \
    "model.window=9", "model.window_layers=1", "effects.kv_program=false", "flash.groups.g1.page=1 KiB",     \
        "placement.kv_buffer.partial_programs=2"

/* Pages close half full, some fuller: kept token by token, which page of its stream each lies in. */
static void a_window_leaves_pages_behind(void)
{
    static const char *const one[] = {SLIDING, "placement.kv_buffer.bytes=2304 B", NULL};
    static const char *const two[] = {SLIDING, "placement.kv_buffer.bytes=4608 B", NULL};
    for (unsigned i = 0; i < 10; i++) {
        unsigned heads = 1 + i % 2, context = i / 2 * 7;
        struct machine m;
        build(&m, 3, 2, heads, context, heads == 1 ? one : two); /* 3 tokens of each stream */
        unsigned page_of[200], n = 0, per_page = m.kv.layers[0].tokens_per_page;
        CU_ASSERT_EQUAL(per_page, 6);
        for (; n < context; n++)
            page_of[n] = n / per_page;
        for (unsigned step = 0; step < 60; step++) {
            ifc_kv_end_token(&m.kv, 0, 1); /* three tokens at a time are stored */
            for (; n < m.kv.layers[0].tokens; n++)
                page_of[n] = (unsigned)m.kv.layers[0].pages - 1;
            unsigned past = n > 9 ? n - 9 : 0;
            CU_ASSERT_EQUAL(ifc_kv_stored(&m.kv, 0), n - past);
            if (n > 0)
                CU_ASSERT_EQUAL(ifc_kv_first_page(&m.kv, 0), page_of[past]);
            CU_ASSERT_EQUAL(ifc_kv_pages(&m.kv, 0) + ifc_kv_first_page(&m.kv, 0), m.kv.layers[0].pages);
            CU_ASSERT(scans_what_is_left(&m));
            CU_ASSERT_EQUAL(ifc_kv_stored(&m.kv, 1), context); /* has no window, and got no token */
        }
        release(&m);
    }
}

/* Three tokens of a step, of which the buffer holds one: pages get no fuller than programs would make them.
 */
static void steps_fill_pages_as_programs_do(void)
{
    static const char *const one[] = {"effects.kv_program=false", "flash.groups.g1.page=1 KiB",
                                      "placement.kv_buffer.partial_programs=2",
                                      "placement.kv_buffer.bytes=768 B", NULL};
    struct machine m;
    build(&m, 3, 2, 1, 0, one);
    CU_ASSERT_EQUAL_FATAL(m.kv.layers[0].share, 1);
    CU_ASSERT_EQUAL(m.kv.layers[0].tokens_per_page, 2);
    for (uint64_t step = 1; step <= 20; step++) {
        ifc_kv_end_token(&m.kv, 0, 3);
        CU_ASSERT_EQUAL(ifc_kv_stored(&m.kv, 0), 3 * step);
        CU_ASSERT_EQUAL(ifc_kv_pages(&m.kv, 0), (3 * step + 1) / 2);
    }
    release(&m);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"steps fill pages as programs do", steps_fill_pages_as_programs_do},
        {"pages are dealt over the planes", pages_are_dealt_over_the_planes},
        {"programs go on where the context ends", programs_go_on_where_the_context_ends},
        {"unmapped pages are all sensed", unmapped_pages_are_all_sensed},
        {"heads own planes", heads_own_planes},
        {"a window leaves pages behind", a_window_leaves_pages_behind},
    };
    return IFC_RUN_TESTS("KV layout", tests);
}
