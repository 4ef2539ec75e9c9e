/* Flushes more tokens than there are. */
#include <ifc/policy.h>

static uint32_t flush(void *state, const ifc_flush_view *view)
{
    (void)state, (void)view;
    return view->buffered + 1;
}

static const ifc_kv_flush_ops ops = {.flush = flush};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_KV_FLUSH,
    .name = "flush-too-many", .summary = "flushes more tokens than there are",
    .trade_off = "a fixture", IFC_OPS(kv_flush, ops),
};
