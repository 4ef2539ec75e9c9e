/* Has the name of a built-in policy. */
#include <ifc/policy.h>

static const ifc_dispatch_ops ops = {0};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_DISPATCH,
    .name = "fifo",           .summary = "has the name of a built-in policy",
    .trade_off = "a fixture", IFC_OPS(dispatch, ops),
};
