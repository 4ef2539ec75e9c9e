/* Moves to a row that is not there. */
#include <ifc/policy.h>

static bool choose(void *state, const ifc_refresh_view *view, ifc_move *move)
{
    (void)state, (void)view;
    *move = (ifc_move){.from = 0, .to = view->n, .pages_at_once = 1};
    return true;
}

static const ifc_refresh_ops ops = {.choose = choose};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_REFRESH,
    .name = "refresh-row",    .summary = "moves to a row that is not there",
    .trade_off = "a fixture", IFC_OPS(refresh, ops),
};
