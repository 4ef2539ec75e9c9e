/* An op that takes 100 KB of its actor's stack, which is more than there is. */
#include <ifc/policy.h>

static uint32_t deeper(uint32_t depth)
{
    volatile char room[2000];
    room[0] = (char)depth;
    return depth == 50 ? 0 : deeper(depth + 1) + (uint32_t)room[0];
}

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    (void)state, (void)channel, (void)commands, (void)n;
    return deeper(0);
}

static const ifc_dispatch_ops ops = {.pick = pick};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,     .kind = IFC_KIND_DISPATCH, .name = "dispatch-overruns",
    .summary = "recurses", .trade_off = "a fixture",  IFC_OPS(dispatch, ops),
};
