/* Picks a request that is not there. */
#include <ifc/policy.h>

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *requests, uint32_t n)
{
    (void)state, (void)channel, (void)requests;
    return n;
}

static const ifc_arbiter_ops ops = {.pick = pick};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_ARBITER,
    .name = "arbiter-index",  .summary = "picks a request that is not there",
    .trade_off = "a fixture", IFC_OPS(arbiter, ops),
};
