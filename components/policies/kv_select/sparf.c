/*
 * SparF of InstAttention: K is stored once more, channel by channel; the largest channels of the query score
 * all tokens, and K and V of the best tokens are read.
 */
#include <math.h>

#include "components/policies/kv_select/draw.h"

struct state {
    ifc_draw draw;                   /* first: ifc_draw_init() */
    double channels, share;          /* parameters */
    uint32_t page_channels, cluster; /* parameters */
};

/* The channels are where the query is large, at random: of pages that hold c of them, 1 - (1 - r/d)^c are
 * read. */
static const char *plan(void *state, const ifc_select_layer *layer, ifc_select_plan *plan)
{
    const struct state *s = state;
    uint32_t parts = (layer->head_dim + s->page_channels - 1) / s->page_channels;
    double read = parts * (1 - pow(1 - s->channels, s->page_channels));
    uint32_t whole = (uint32_t)ceil(read - 1e-9);
    *plan = (ifc_select_plan){.selects = true,
                              .entry_tokens = 1,
                              .vectors = 1,
                              .parts = parts,
                              .read_parts = whole < 1       ? 1
                                            : whole > parts ? parts
                                                            : whole};
    return NULL;
}

static void select_pages(void *state, const ifc_select_view *view, ifc_selection *out)
{
    struct state *s = state;
    uint64_t tokens = (uint64_t)ceil(s->share * (double)(view->stored + view->buffered) - 1e-9);
    ifc_draw_pages(&s->draw, view, 0, 0, (tokens + s->cluster - 1) / s->cluster, s->cluster, out);
}

static const ifc_kv_select_ops ops = {.plan = plan, .select = select_pages};

static const ifc_parameter parameters[] = {
    {"channels", IFC_MEMBER(struct state, channels), .unit = "ratio", .default_text = "0.125", .min = 1e-6,
     .max = 1, .help = "r/d: share of the channels of K that are read to score tokens"},
    {"share", IFC_MEMBER(struct state, share), .unit = "ratio", .default_text = "0.125", .min = 1e-6,
     .max = 1, .help = "k/T: share of the tokens that are attended"},
    {"page_channels", IFC_MEMBER(struct state, page_channels), .unit = "count", .default_text = "1", .min = 1,
     .max = 65536, .help = "channels that a page of the channel-indexed K holds"},
    {"cluster", IFC_MEMBER(struct state, cluster), .unit = "count", .default_text = "3", .min = 1,
     .max = 4096,
     .help = "tokens that are chosen together: 1 is at random, of pages of 16 tokens 88 % at 1/8; 3 is about "
             "half of them, as published"},
};

extern const ifc_policy ifc_kv_select_sparf;
const ifc_policy ifc_kv_select_sparf = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_SELECT,
    .name = "sparf",
    .summary =
        "the best tokens, by the largest channels of the query, of a second K that is laid out by channels "
        "(SparF)",
    .trade_off =
        "a share of the tokens only, but they are scattered over pages; K is stored and programmed twice",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(ifc_draw_statistics),
    .init = ifc_draw_init,
    IFC_OPS(kv_select, ops),
};
