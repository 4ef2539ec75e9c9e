/* Flushes nothing, whatever happens. */
#include <ifc/policy.h>

static uint32_t flush(void *state, const ifc_flush_view *view)
{
    (void)state, (void)view;
    return 0;
}

static const ifc_kv_flush_ops ops = {.flush = flush};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_KV_FLUSH,
    .name = "flush-nothing",  .summary = "flushes nothing, whatever happens",
    .trade_off = "a fixture", IFC_OPS(kv_flush, ops),
};
