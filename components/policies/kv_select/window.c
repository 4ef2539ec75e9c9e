/*
 * StreamingLLM: the first tokens, which attention sinks into, and the last ones. What falls between is never
 * read again, and its pages are free.
 */
#include "components/policies/kv_select/draw.h"

struct state {
    ifc_draw draw;          /* first: ifc_draw_init() */
    uint64_t sinks, recent; /* parameters */
};

static const char *plan(void *state, const ifc_select_layer *layer, ifc_select_plan *plan)
{
    const struct state *s = state;
    (void)layer;
    *plan = (ifc_select_plan){.selects = true, .kept_first = s->sinks, .kept_last = s->recent};
    return NULL;
}

static void select_pages(void *state, const ifc_select_view *view, ifc_selection *out)
{
    struct state *s = state;
    ifc_draw_pages(&s->draw, view, s->sinks, s->recent, 0, 1, out);
}

static const ifc_kv_select_ops ops = {.plan = plan, .select = select_pages};

static const ifc_parameter parameters[] = {
    {"sinks", IFC_MEMBER(struct state, sinks), .unit = "count", .default_text = "4", .min = 0, .max = 1e9,
     .help = "first tokens that are always attended"},
    {"recent", IFC_MEMBER(struct state, recent), .unit = "count", .default_text = "1024", .min = 1,
     .max = 1e9, .help = "last tokens that are always attended, those in the KV buffer included"},
};

extern const ifc_policy ifc_kv_select_window;
const ifc_policy ifc_kv_select_window = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_SELECT,
    .name = "window",
    .summary = "the first `sinks` and the last `recent` tokens; pages between them are free (StreamingLLM)",
    .trade_off = "what is read and kept no longer grows with the context; what lies between is forgotten",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(ifc_draw_statistics),
    .init = ifc_draw_init,
    IFC_OPS(kv_select, ops),
};
