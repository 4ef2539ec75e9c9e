/* All layers together after every n-th token: what is in flash is never more than n tokens behind. */
#include <ifc/policy.h>

struct state {
    uint32_t tokens; /* parameter */
    uint64_t forced;
};

static uint32_t flush(void *state, const ifc_flush_view *view)
{
    struct state *s = state;
    if (view->event == IFC_FLUSH_FULL) {
        s->forced++;
        return view->buffered;
    }
    return view->event == IFC_FLUSH_TOKEN_END && view->buffered >= s->tokens ? view->buffered : 0;
}

static const ifc_kv_flush_ops ops = {.flush = flush};

static const ifc_parameter parameters[] = {
    {"tokens", IFC_MEMBER(struct state, tokens), .unit = "count", .default_text = "1", .min = 1, .max = 1e6,
     .help = "buffered tokens of a layer that make it flush"},
};

static const ifc_statistic statistics[] = {
    {"forced", IFC_MEMBER(struct state, forced), .unit = "count",
     .help = "flushes because a new token found no room"},
};

static uint64_t digest(const void *state)
{
    (void)state;
    return 0; /* its parameters do not change, and nothing else matters */
}

extern const ifc_policy ifc_kv_flush_at_token_end;
const ifc_policy ifc_kv_flush_at_token_end = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_FLUSH,
    .name = "at-token-end",
    .summary = "every layer when a token is done",
    .trade_off =
        "little is lost when power fails; a program per token and stream, and emptier pages to sense",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    IFC_OPS(kv_flush, ops),
    .digest = digest,
};
