/* A read goes first wherever that is sooner than waiting. */
#include <ifc/policy.h>

struct state {
    uint64_t suspended, passed, waited;
};

static bool suspend(void *state, const ifc_array_view *view)
{
    struct state *s = state;
    bool yes = view->suspend_time < view->left;
    s->suspended += yes && view->running;
    s->passed += yes && !view->running;
    s->waited += !yes;
    return yes;
}

static const ifc_array_ops ops = {.suspend = suspend};

static const ifc_statistic statistics[] = {
    {"suspended", IFC_MEMBER(struct state, suspended), .unit = "count",
     .help = "operations stopped for a read"},
    {"passed", IFC_MEMBER(struct state, passed), .unit = "count",
     .help = "reads that went before an operation that had not begun, or was stopped"},
    {"waited", IFC_MEMBER(struct state, waited), .unit = "count",
     .help = "reads that found so little left of an operation that waiting was sooner"},
};

static uint64_t digest(const void *state)
{
    (void)state;
    return 0; /* nothing but what it is shown matters */
}

extern const ifc_policy ifc_array_reads_first;
const ifc_policy ifc_array_reads_first = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_ARRAY,
    .name = "reads-first",
    .summary = "a read goes first where suspending the operation is sooner than waiting for its end",
    .trade_off = "shortest reads; each suspend costs its time, and programs and erases end later",
    .state_size = sizeof(struct state),
    IFC_STATISTICS(statistics),
    IFC_OPS(array, ops),
    .digest = digest,
};
