/* What the token waits for goes before what it does not: KV reads, weights, then programs and refresh. */
#include <ifc/policy.h>

struct state {
    uint64_t overtaken;
};

static uint32_t rank(uint32_t traffic_class)
{
    static const uint8_t ranks[IFC_CLASSES] = {
        [IFC_CLASS_KV_READ] = 0,  [IFC_CLASS_WEIGHTS] = 1, [IFC_CLASS_HOST] = 1,
        [IFC_CLASS_KV_WRITE] = 2, [IFC_CLASS_REFRESH] = 3,
    };
    return ranks[traffic_class];
}

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    struct state *s = state;
    uint32_t best = 0;
    (void)channel;
    for (uint32_t i = 1; i < n; i++)
        if (rank(commands[i].traffic_class) < rank(commands[best].traffic_class))
            best = i;
    s->overtaken += best > 0;
    return best;
}

static const ifc_dispatch_ops ops = {.pick = pick};

static const ifc_statistic statistics[] = {
    {"overtaken", IFC_MEMBER(struct state, overtaken), .unit = "count",
     .help = "commands that went before an older one"},
};

static uint64_t digest(const void *state)
{
    (void)state;
    return 0; /* its parameters do not change, and nothing else matters */
}

extern const ifc_policy ifc_dispatch_attention_first;
const ifc_policy ifc_dispatch_attention_first = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_DISPATCH,
    .name = "attention-first",
    .summary = "KV reads, then weights, then KV programs, then refresh",
    .trade_off = "attention does not queue behind programs; those wait, and the KV buffer stays full longer",
    .state_size = sizeof(struct state),
    IFC_STATISTICS(statistics),
    IFC_OPS(dispatch, ops),
    .digest = digest,
};
