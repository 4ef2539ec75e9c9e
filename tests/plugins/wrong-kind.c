/* Of a kind that there is not. */
#include <ifc/policy.h>

static const ifc_dispatch_ops ops = {0};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KINDS + 3,
    .name = "wrong-kind",     .summary = "of a kind that there is not",
    .trade_off = "a fixture", IFC_OPS(dispatch, ops),
};
