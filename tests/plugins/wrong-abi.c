/* Made for the next ABI. */
#include <ifc/policy.h>

static const ifc_dispatch_ops ops = {0};

IFC_EXPORT const ifc_policy ifc_plugin = {
    .abi = IFC_POLICY_ABI + 1,
    .size = sizeof(ifc_policy),
    .kind = IFC_KIND_DISPATCH,
    .name = "wrong-abi",
    .summary = "made for the next ABI",
    .trade_off = "a fixture",
    IFC_OPS(dispatch, ops),
};
