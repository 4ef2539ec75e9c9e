/*
 * Over how many tokens a variant is compared: like with like, and no more work than there is time for.
 */
#include <math.h>
#include <stdlib.h>

#include "components/data/kv_period.h"
#include "platform/cli/explain.h"
#include "platform/common/arithmetic.h"
#include "platform/common/memory.h"

/* Events of the kernel that all variants together may take: a core of today works off 2 million a second. */
#define EVENTS_MOST 60e6
/* One row may take so many times its share, or so many events, if that gets it a whole flush period. */
#define STRETCH  2.5
#define ROW_MOST 40e6
/* A row whose cache goes another way than the scenario's may take so many: half a dozen rows do. */
#define CACHE_ROW_MOST 10e6
/* Flushes within this of what is due are worth no more work; windows this close are equally good. */
#define FEW         0.02
#define NEAR_ENOUGH 0.005

/* How far the flushes that a side sees in @tokens tokens are from what it is due; the worse of the sides. */
static double missed(const ifc_kv_period *sides, size_t n, uint64_t tokens)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        double due = ifc_kv_flushes_due(&sides[i], tokens);
        double off = due > 0 ? fabs((double)ifc_kv_flushes_seen(&sides[i], tokens) / due - 1) : 0;
        worst = off > worst ? off : worst;
    }
    return worst;
}

/* The longest window up to @most in which flushes are nearly as good as in the best one. */
static uint64_t nearest(const ifc_kv_period *sides, size_t n, uint64_t most)
{
    double least = INFINITY;
    for (uint64_t t = 1; t <= most; t++)
        least = fmin(least, missed(sides, n, t));
    while (most > 1 && missed(sides, n, most) > least + NEAR_ENOUGH)
        most--;
    return most;
}

/* What bounds a window. */
typedef struct bounds {
    uint64_t wanted; /* tokens, at least, if that is not too many */
    uint64_t most;   /* tokens */
    uint64_t room;   /* tokens, if that makes a whole flush period */
} bounds;

/* Whole common periods, or what @b allows. @period: out, the common one. */
static uint64_t window_of(const ifc_kv_period *sides, size_t n, const bounds *b, uint64_t *period)
{
    uint64_t flush = 1, longest = 0;
    *period = 1;
    for (size_t i = 0; i < n; i++) {
        uint64_t share = ifc_kv_longest_share(&sides[i]);
        *period = ifc_lcm(*period, sides[i].tokens);
        flush = ifc_lcm(flush, sides[i].flush_tokens);
        longest = share > longest ? share : longest;
    }
    if (*period <= b->most) {
        uint64_t times = (b->wanted + *period - 1) / *period, fit = b->most / *period;
        return (times > fit ? fit : times) * *period;
    }
    uint64_t tokens = nearest(sides, n, b->most), least = flush <= b->room ? flush : longest;
    if (missed(sides, n, tokens) > FEW && least > b->most && least <= b->room)
        tokens = nearest(sides, n, least);
    return tokens;
}

static void set_window(ifc_variant *v, uint64_t tokens, uint64_t period)
{
    v->tokens = (uint32_t)tokens;
    v->period = period;
    if (v->scenario)
        v->scenario->workload.tokens = v->tokens;
}

/* Bounds of a row whose tokens take @events; @own: tokens that the scenario itself takes. */
static bounds bounds_of(const ifc_explanation *x, uint64_t wanted, double events, uint64_t own)
{
    double share = EVENTS_MOST / ((double)x->n * events),
           most = share > IFC_KV_PERIOD_MAX ? IFC_KV_PERIOD_MAX : share;
    most = fmax(most, 1);
    double room = fmin(STRETCH * (double)own, ROW_MOST / events);
    return (bounds){.wanted = wanted, .most = (uint64_t)most, .room = (uint64_t)fmax(room, STRETCH * most)};
}

/* All steps over the same tokens: their costs add up. */
static void set_waterfall(ifc_explanation *x, const double *events, uint64_t wanted)
{
    ifc_kv_period *sides = ifc_alloc_zero(x->n, sizeof *sides);
    double dearest = 1;
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++)
        if (x->variants[i].kind == IFC_VARIANT_STEP) {
            ifc_kv_period_of(x->variants[i].scenario ? x->variants[i].scenario : x->own, &sides[n++]);
            dearest = fmax(dearest, events[i]);
        }
    bounds b = bounds_of(x, wanted, dearest, 0);
    uint64_t period, tokens = window_of(sides, n, &b, &period);
    for (size_t i = 0; i < x->n; i++)
        if (x->variants[i].kind == IFC_VARIANT_STEP)
            set_window(&x->variants[i], tokens, period);
    free(sides);
}

static uint64_t kv_planes(const ifc_scenario *s)
{
    int g = ifc_scenario_group(s, s->placement.kv);
    return g < 0 ? 0 : (uint64_t)s->groups[g].dies * s->groups[g].planes;
}

/* Whether the two sides store and flush alike, token for token: then a short window weighs both the same. */
static bool caches_go_alike(const ifc_scenario *a, const ifc_scenario *b, const ifc_kv_period sides[2])
{
    return sides[0].tokens == sides[1].tokens && sides[0].flush_tokens == sides[1].flush_tokens &&
           ifc_kv_longest_share(&sides[0]) == ifc_kv_longest_share(&sides[1]) && kv_planes(a) == kv_planes(b);
}

/* Variants whose caches go another way than the scenario's, or with dearer tokens, are few, and get more
 * room. */
static void set_doubled(ifc_explanation *x, const double *events, uint64_t wanted)
{
    ifc_kv_period sides[2];
    uint64_t period;
    ifc_kv_period_of(x->own, &sides[0]);
    bounds b = bounds_of(x, wanted, events[0], 0);
    uint64_t own = window_of(sides, 1, &b, &period);
    for (size_t i = 0; i < x->n; i++) {
        ifc_variant *v = &x->variants[i];
        if (v->kind != IFC_VARIANT_DOUBLED)
            continue;
        ifc_kv_period_of(v->scenario, &sides[1]);
        b = bounds_of(x, wanted, fmax(events[0], events[i]), own);
        uint64_t both = ifc_lcm(sides[0].tokens, sides[1].tokens);
        bool whole = (double)both * fmax(events[0], events[i]) <= CACHE_ROW_MOST;
        if (whole && both > b.most && !caches_go_alike(x->own, v->scenario, sides))
            b.most = both;
        uint64_t tokens = window_of(sides, 2, &b, &period);
        set_window(v, tokens, period);
    }
}

bool ifc_explain_needs_windows(const ifc_explanation *x)
{
    return x->n > 1 && x->own->workload.kind == IFC_WORKLOAD_DECODE;
}

void ifc_explain_windows(ifc_explanation *x, const double *events)
{
    ifc_kv_period own;
    ifc_kv_period_of(x->own, &own);
    bool counted = x->own->workload.tokens != IFC_TOKENS_PERIOD;
    uint32_t has = counted ? x->own->workload.tokens : ifc_kv_period_run(&own), longest = 0;
    set_waterfall(x, events, counted ? has : 1);
    set_doubled(x, events, counted ? has : 1);
    for (size_t i = 0; i < x->n; i++)
        longest = x->variants[i].tokens > longest ? x->variants[i].tokens : longest;
    if (longest <= has)
        return;
    x->longer = ifc__explain_copy(x->own);
    x->longer->workload.tokens = longest;
}
