/* Refuses to work anywhere. */
#include <ifc/policy.h>

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    (void)state, (void)machine, (void)host;
    return "it is Monday";
}

static const ifc_dispatch_ops ops = {0};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_DISPATCH,
    .name = "refuses",        .summary = "refuses to work anywhere",
    .trade_off = "a fixture", .init = init,
    IFC_OPS(dispatch, ops),
};
