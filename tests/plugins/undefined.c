/* Calls what is not in the headers. */
#include <ifc/policy.h>

void ifc_sleep_until(ifc_time t);

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    (void)state, (void)channel, (void)commands, (void)n;
    ifc_sleep_until(1);
    return 0;
}

static const ifc_dispatch_ops ops = {.pick = pick};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_DISPATCH,
    .name = "undefined",      .summary = "calls what is not in the headers",
    .trade_off = "a fixture", IFC_OPS(dispatch, ops),
};
