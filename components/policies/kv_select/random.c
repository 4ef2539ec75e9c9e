/*
 * A share of the tokens, scattered at random, known without reading: what heavy hitters (H2O) cost on pages.
 */
#include <math.h>

#include "components/policies/kv_select/draw.h"

struct state {
    ifc_draw draw;          /* first: ifc_draw_init() */
    double share;           /* parameter */
    uint64_t sinks, recent; /* parameters */
    uint32_t cluster;       /* parameter */
};

static const char *plan(void *state, const ifc_select_layer *layer, ifc_select_plan *plan)
{
    (void)state, (void)layer;
    *plan = (ifc_select_plan){.selects = true};
    return NULL;
}

static void select_pages(void *state, const ifc_select_view *view, ifc_selection *out)
{
    struct state *s = state;
    uint64_t tokens = (uint64_t)ceil(s->share * (double)(view->stored + view->buffered) - 1e-9);
    uint64_t always = s->sinks + s->recent, left = tokens > always ? tokens - always : 0;
    ifc_draw_pages(&s->draw, view, s->sinks, s->recent, (left + s->cluster - 1) / s->cluster, s->cluster,
                   out);
}

static const ifc_kv_select_ops ops = {.plan = plan, .select = select_pages};

static const ifc_parameter parameters[] = {
    {"share", IFC_MEMBER(struct state, share), .unit = "ratio", .default_text = "0.2", .min = 0, .max = 1,
     .help = "f: share of the tokens that are attended; they touch 1 - (1 - f)^16 of the pages of 16 tokens"},
    {"cluster", IFC_MEMBER(struct state, cluster), .unit = "count", .default_text = "1", .min = 1,
     .max = 4096, .help = "tokens that are chosen together; as many as a page has: compacted"},
    {"sinks", IFC_MEMBER(struct state, sinks), .unit = "count", .default_text = "0", .min = 0, .max = 1e9,
     .help = "first tokens that are attended in any case; of the share"},
    {"recent", IFC_MEMBER(struct state, recent), .unit = "count", .default_text = "0", .min = 0, .max = 1e9,
     .help = "last tokens that are attended in any case; of the share"},
};

extern const ifc_policy ifc_kv_select_random;
const ifc_policy ifc_kv_select_random = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_SELECT,
    .name = "random",
    .summary = "a share of the tokens at random, known without reading anything (heavy hitters: H2O)",
    .trade_off = "shows what scattered tokens cost: nearly all pages are read unless they are compacted",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(ifc_draw_statistics),
    .init = ifc_draw_init,
    IFC_OPS(kv_select, ops),
};
