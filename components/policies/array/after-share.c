/* A read goes first while a share of the operation's time is, or is not yet, over. */
#include <ifc/policy.h>

struct state {
    double from, until; /* parameters */
    uint64_t suspended, waited;
};

static bool suspend(void *state, const ifc_array_view *view)
{
    struct state *s = state;
    double done = (double)view->done, all = done + (double)view->left;
    bool yes = done >= s->from * all && done <= s->until * all && view->suspend_time < view->left;
    s->suspended += yes && view->running;
    s->waited += !yes;
    return yes;
}

static const ifc_array_ops ops = {.suspend = suspend};

static const ifc_parameter parameters[] = {
    {"from", IFC_MEMBER(struct state, from), .unit = "ratio", .default_text = "0", .min = 0, .max = 1,
     .help = "share of the operation that must be over when the read comes"},
    {"until", IFC_MEMBER(struct state, until), .unit = "ratio", .default_text = "0.5", .min = 0, .max = 1,
     .help = "share after which it goes on to its end"},
};

static const ifc_statistic statistics[] = {
    {"suspended", IFC_MEMBER(struct state, suspended), .unit = "count",
     .help = "operations stopped for a read"},
    {"waited", IFC_MEMBER(struct state, waited), .unit = "count",
     .help = "reads that waited for an operation"},
};

static uint64_t digest(const void *state)
{
    (void)state;
    return 0; /* its parameters do not change, and nothing else matters */
}

extern const ifc_policy ifc_array_after_share;
const ifc_policy ifc_array_after_share = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_ARRAY,
    .name = "after-share",
    .summary = "a read goes first while the operation is between two shares of its time",
    .trade_off = "operations that are nearly done are not torn; reads that come then wait",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    IFC_OPS(array, ops),
    .digest = digest,
};
