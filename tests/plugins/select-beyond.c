/* Chooses a page after the last. */
#include <ifc/policy.h>

static const char *plan(void *state, const ifc_select_layer *layer, ifc_select_plan *plan)
{
    (void)state, (void)layer;
    plan->selects = true;
    return NULL;
}

static void select_pages(void *state, const ifc_select_view *view, ifc_selection *out)
{
    (void)state, (void)view, (void)out;
    out->n = 1;
    out->spans[0] = (ifc_page_span){view->first_page + view->pages, 1};
}

static const ifc_kv_select_ops ops = {.plan = plan, .select = select_pages};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_KV_SELECT,
    .name = "select-beyond",  .summary = "chooses what is not allowed",
    .trade_off = "a fixture", IFC_OPS(kv_select, ops),
};
