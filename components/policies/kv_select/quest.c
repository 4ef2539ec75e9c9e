/*
 * Quest: of every page of S tokens the least and the greatest value of each channel of K are kept; with them
 * the most that a page can score is known, and the B/S best pages are read.
 */
#include "components/policies/kv_select/draw.h"

struct state {
    ifc_draw draw;                  /* first: ifc_draw_init() */
    uint32_t page, dense_layers;    /* parameters */
    uint64_t budget, sinks, recent; /* parameters */
};

static const char *plan(void *state, const ifc_select_layer *layer, ifc_select_plan *plan)
{
    const struct state *s = state;
    if (layer->layer >= s->dense_layers)
        *plan = (ifc_select_plan){
            .selects = true, .entry_tokens = s->page, .vectors = 2, .parts = 1, .read_parts = 1};
    return NULL;
}

static void select_pages(void *state, const ifc_select_view *view, ifc_selection *out)
{
    struct state *s = state;
    uint64_t always = s->sinks + s->recent, left = s->budget > always ? s->budget - always : 0;
    ifc_draw_pages(&s->draw, view, s->sinks, s->recent, left / s->page, s->page, out);
}

static const ifc_kv_select_ops ops = {.plan = plan, .select = select_pages};

static const ifc_parameter parameters[] = {
    {"page", IFC_MEMBER(struct state, page), .unit = "count", .default_text = "16", .min = 1, .max = 4096,
     .help = "S: tokens of which a minimum and a maximum are kept, and that are read together"},
    {"budget", IFC_MEMBER(struct state, budget), .unit = "count", .default_text = "2048", .min = 1,
     .max = 1e9, .help = "B: tokens that are attended"},
    {"dense_layers", IFC_MEMBER(struct state, dense_layers), .unit = "count", .default_text = "2", .min = 0,
     .max = 1e6, .help = "first layers, which read all"},
    {"sinks", IFC_MEMBER(struct state, sinks), .unit = "count", .default_text = "0", .min = 0, .max = 1e9,
     .help = "first tokens that are attended in any case; of the budget"},
    {"recent", IFC_MEMBER(struct state, recent), .unit = "count", .default_text = "0", .min = 0, .max = 1e9,
     .help = "last tokens that are attended in any case; of the budget"},
};

extern const ifc_policy ifc_kv_select_quest;
const ifc_policy ifc_kv_select_quest = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_SELECT,
    .name = "quest",
    .summary = "the `budget` tokens of the best pages, by minima and maxima of K that are read first (Quest)",
    .trade_off =
        "K and V of the budget only; 2/S of K is kept and read more, and the choice costs a round trip",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(ifc_draw_statistics),
    .init = ifc_draw_init,
    IFC_OPS(kv_select, ops),
};
