/*
 * Program while the KV dies have nothing to do: when a layer's attention is over, its feed-forward part hides
 * the programs of its full buffer, which then never start before an attention.
 */
#include <ifc/policy.h>

struct state {
    double fill; /* parameter */
    uint64_t in_window, forced;
};

static uint32_t flush(void *state, const ifc_flush_view *view)
{
    struct state *s = state;
    if (view->event == IFC_FLUSH_FULL) {
        s->forced++;
        return view->buffered;
    }
    if (view->event != IFC_FLUSH_KV_IDLE || view->buffered < s->fill * view->room)
        return 0;
    s->in_window++;
    return view->buffered;
}

static const ifc_kv_flush_ops ops = {.flush = flush};

static const ifc_parameter parameters[] = {
    {"fill", IFC_MEMBER(struct state, fill), .unit = "ratio", .default_text = "1", .min = 0, .max = 1,
     .help = "part of the layer's share of the buffer that must be full"},
};

static const ifc_statistic statistics[] = {
    {"in_window", IFC_MEMBER(struct state, in_window), .unit = "count",
     .help = "flushes begun while the KV dies had nothing to do"},
    {"forced", IFC_MEMBER(struct state, forced), .unit = "count",
     .help = "flushes because a new token found no room"},
};

static uint64_t digest(const void *state)
{
    (void)state;
    return 0; /* its parameters do not change, and nothing else matters */
}

extern const ifc_policy ifc_kv_flush_idle_window;
const ifc_policy ifc_kv_flush_idle_window = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_FLUSH,
    .name = "idle-window",
    .summary = "a layer's tokens when its attention is over and the KV dies are idle",
    .trade_off = "programs hide behind the feed-forward part; without separate KV dies there is no window",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    IFC_OPS(kv_flush, ops),
    .digest = digest,
};
