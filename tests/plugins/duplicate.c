/* Two policies of one kind and name. */
#include <ifc/policy.h>

static const ifc_dispatch_ops ops = {0};

static const ifc_policy twin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_DISPATCH, .name = "twin", .summary = "there are two of it",
    .trade_off = "a fixture", IFC_OPS(dispatch, ops),
};

IFC_EXPORT const ifc_policy *const ifc_plugins[] = {&twin, &twin, NULL};
