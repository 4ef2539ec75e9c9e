/* Nothing moves. */
#include <ifc/policy.h>

static const ifc_refresh_ops ops = {0};

extern const ifc_policy ifc_refresh_none;
const ifc_policy ifc_refresh_none = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_REFRESH,
    .name = "none",
    .summary = "nothing moves",
    .trade_off = "no traffic; blocks pass their read limit unnoticed in long runs",
    IFC_OPS(refresh, ops),
};
