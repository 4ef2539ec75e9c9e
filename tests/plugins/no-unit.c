/* Its statistic has no unit. */
#include <ifc/policy.h>

struct state {
    uint64_t count;
};

static const ifc_dispatch_ops ops = {0};

static const ifc_statistic statistics[] = {
    {"count", IFC_MEMBER(struct state, count), .unit = "", .help = "a count"},
};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,          .kind = IFC_KIND_DISPATCH,
    .name = "no-unit",          .summary = "its statistic has no unit",
    .trade_off = "a fixture",   .state_size = sizeof(struct state),
    IFC_STATISTICS(statistics), IFC_OPS(dispatch, ops),
};
