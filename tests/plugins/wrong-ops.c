/* Made with larger ops. */
#include <ifc/policy.h>

static const ifc_dispatch_ops ops = {0};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,         .kind = IFC_KIND_DISPATCH,
    .name = "wrong-ops",       .summary = "made with larger ops",
    .trade_off = "a fixture",  .ops_size = sizeof(ops) + 8,
    .ops = {.dispatch = &ops},
};
