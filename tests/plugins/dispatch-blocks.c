/* Sleeps, with the kernel it is not to know. */
#include <ifc/policy.h>

int sg_actor_sleep_for(double seconds);

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    (void)state, (void)channel, (void)commands, (void)n;
    sg_actor_sleep_for(1000.0);
    return 0;
}

static const ifc_dispatch_ops ops = {.pick = pick};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,         .kind = IFC_KIND_DISPATCH,
    .name = "dispatch-blocks", .summary = "sleeps, with the kernel it is not to know",
    .trade_off = "a fixture",  IFC_OPS(dispatch, ops),
};
