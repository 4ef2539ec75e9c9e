/* Its parameter refuses its own default. */
#include <ifc/policy.h>

struct state {
    uint32_t depth;
};

static const ifc_dispatch_ops ops = {0};

static const ifc_parameter parameters[] = {
    {"depth", IFC_MEMBER(struct state, depth), .unit = "count", .default_text = "0", .min = 1, .max = 8,
     .help = "a depth"},
};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,          .kind = IFC_KIND_DISPATCH,
    .name = "bad-default",      .summary = "its parameter refuses its own default",
    .trade_off = "a fixture",   .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters), IFC_OPS(dispatch, ops),
};
