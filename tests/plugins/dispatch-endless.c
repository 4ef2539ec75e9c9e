/* Never returns. */
#include <ifc/policy.h>

static volatile uint32_t turns;

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    (void)state, (void)channel, (void)commands, (void)n;
    while (turns != UINT32_MAX)
        turns = turns % 2 + 1;
    return 0;
}

static const ifc_dispatch_ops ops = {.pick = pick};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,          .kind = IFC_KIND_DISPATCH, .name = "dispatch-endless",
    .summary = "never returns", .trade_off = "a fixture",  IFC_OPS(dispatch, ops),
};
