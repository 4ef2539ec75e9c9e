/* Made with a smaller descriptor. */
#include <ifc/policy.h>

static const ifc_dispatch_ops ops = {0};

IFC_EXPORT const ifc_policy ifc_plugin = {
    .abi = IFC_POLICY_ABI,
    .size = sizeof(ifc_policy) + 8,
    .kind = IFC_KIND_DISPATCH,
    .name = "wrong-size",
    .summary = "made with a smaller descriptor",
    .trade_off = "a fixture",
    IFC_OPS(dispatch, ops),
};
