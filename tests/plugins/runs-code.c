/* Says when its code runs: at load, before anything is asked of it. */
#include <stdio.h>

#include <ifc/policy.h>

__attribute__((constructor)) static void loaded(void)
{
    fputs("code of the plug-in runs\n", stderr);
}

static const ifc_dispatch_ops ops = {.pick = NULL};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_DISPATCH,
    .name = "runs-code",      .summary = "says when it is loaded",
    .trade_off = "a fixture", IFC_OPS(dispatch, ops),
};
