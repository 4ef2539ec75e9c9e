/* A strict order of classes on the bus; within a class, oldest first. */
#include <ifc/policy.h>

struct state {
    uint32_t rank[IFC_CLASSES];
    uint64_t overtaken;
};

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *requests, uint32_t n)
{
    struct state *s = state;
    uint32_t best = 0;
    (void)channel;
    for (uint32_t i = 1; i < n; i++)
        if (s->rank[requests[i].traffic_class] < s->rank[requests[best].traffic_class])
            best = i;
    s->overtaken += best > 0;
    return best;
}

static const ifc_arbiter_ops ops = {.pick = pick};

static const ifc_parameter parameters[] = {
    {"weights", IFC_MEMBER(struct state, rank[IFC_CLASS_WEIGHTS]), .unit = "count", .default_text = "2",
     .min = 1, .max = 100, .help = "rank of class weights; the lowest goes first"},
    {"kv_read", IFC_MEMBER(struct state, rank[IFC_CLASS_KV_READ]), .unit = "count", .default_text = "1",
     .min = 1, .max = 100, .help = "rank of class kv_read; the lowest goes first"},
    {"kv_write", IFC_MEMBER(struct state, rank[IFC_CLASS_KV_WRITE]), .unit = "count", .default_text = "4",
     .min = 1, .max = 100, .help = "rank of class kv_write; the lowest goes first"},
    {"refresh", IFC_MEMBER(struct state, rank[IFC_CLASS_REFRESH]), .unit = "count", .default_text = "5",
     .min = 1, .max = 100, .help = "rank of class refresh; the lowest goes first"},
    {"host", IFC_MEMBER(struct state, rank[IFC_CLASS_HOST]), .unit = "count", .default_text = "3", .min = 1,
     .max = 100, .help = "rank of class host; the lowest goes first"},
};

static const ifc_statistic statistics[] = {
    {"overtaken", IFC_MEMBER(struct state, overtaken), .unit = "count",
     .help = "tenures that went before an older request"},
};

static uint64_t digest(const void *state)
{
    (void)state;
    return 0; /* its parameters do not change, and nothing else matters */
}

extern const ifc_policy ifc_arbiter_priority;
const ifc_policy ifc_arbiter_priority = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_ARBITER,
    .name = "priority",
    .summary = "classes in the order of their ranks, oldest first within each",
    .trade_off =
        "the first class never waits for another; the last may wait for as long as there is other work",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    IFC_OPS(arbiter, ops),
    .digest = digest,
};
