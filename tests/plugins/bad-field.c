/* Its statistic lies outside of its state. */
#include <ifc/policy.h>

struct state {
    uint64_t count, beyond;
};

static const ifc_dispatch_ops ops = {0};

static const ifc_statistic statistics[] = {
    {"beyond", IFC_MEMBER(struct state, beyond), .unit = "count", .help = "a count"},
};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,          .kind = IFC_KIND_DISPATCH,
    .name = "bad-field",        .summary = "its statistic lies outside of its state",
    .trade_off = "a fixture",   .state_size = sizeof(uint64_t),
    IFC_STATISTICS(statistics), IFC_OPS(dispatch, ops),
};
