/*
 * Over how many tokens a variant is compared: like with like, and no more work than there is time for.
 */
#include <math.h>
#include <stdlib.h>

#include "components/controller/kv_period.h"
#include "platform/cli/explain.h"
#include "platform/common/arithmetic.h"
#include "platform/common/memory.h"

/* Events of the kernel that all variants together may take: a core of today works off 2 million a second. */
#define EVENTS_MOST 100e6
/* One row may take so many times its share, if that gets it a whole flush period. */
#define STRETCH 2.5
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

/* All steps over the same tokens: their costs add up. */
static void set_waterfall(ifc_explanation *x, const bounds *b)
{
    ifc_kv_period *sides = ifc_alloc_zero(x->n, sizeof *sides);
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++)
        if (x->variants[i].kind == IFC_VARIANT_STEP)
            ifc_kv_period_of(x->variants[i].scenario ? x->variants[i].scenario : x->own, &sides[n++]);
    uint64_t period, tokens = window_of(sides, n, b, &period);
    for (size_t i = 0; i < x->n; i++)
        if (x->variants[i].kind == IFC_VARIANT_STEP)
            set_window(&x->variants[i], tokens, period);
    free(sides);
}

/* A variant may have longer periods than the scenario: there are few such, and they get the room. */
static void set_doubled(ifc_explanation *x, const bounds *b)
{
    ifc_kv_period sides[2];
    uint64_t period;
    bounds wide = *b;
    ifc_kv_period_of(x->own, &sides[0]);
    uint64_t own = window_of(sides, 1, b, &period), room = (uint64_t)(STRETCH * (double)own);
    wide.room = room > b->room ? room : b->room;
    for (size_t i = 0; i < x->n; i++) {
        ifc_variant *v = &x->variants[i];
        if (v->kind != IFC_VARIANT_DOUBLED)
            continue;
        ifc_kv_period_of(v->scenario, &sides[1]);
        uint64_t tokens = window_of(sides, 2, &wide, &period);
        set_window(v, tokens, period);
    }
}

bool ifc_explain_needs_windows(const ifc_explanation *x)
{
    return x->n > 1 && x->own->workload.kind == IFC_WORKLOAD_DECODE;
}

void ifc_explain_windows(ifc_explanation *x, double events)
{
    ifc_kv_period own;
    ifc_kv_period_of(x->own, &own);
    bool counted = x->own->workload.tokens != IFC_TOKENS_PERIOD;
    uint32_t has = counted ? x->own->workload.tokens : ifc_kv_period_run(&own), longest = 0;
    double share = EVENTS_MOST / ((double)x->n * (events > 1 ? events : 1));
    bounds b = {.wanted = counted ? has : 1,
                .most = share < 1                   ? 1
                        : share > IFC_KV_PERIOD_MAX ? IFC_KV_PERIOD_MAX
                                                    : (uint64_t)share};
    b.room = (uint64_t)(STRETCH * (double)b.most);
    set_waterfall(x, &b);
    set_doubled(x, &b);
    for (size_t i = 0; i < x->n; i++)
        longest = x->variants[i].tokens > longest ? x->variants[i].tokens : longest;
    if (longest <= has)
        return;
    x->longer = ifc__explain_copy(x->own);
    x->longer->workload.tokens = longest;
}
