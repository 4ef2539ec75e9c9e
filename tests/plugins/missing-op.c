/* Lacks a mandatory op. */
#include <ifc/policy.h>

static const ifc_kv_flush_ops ops = {0};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_KV_FLUSH,
    .name = "missing-op",     .summary = "lacks a mandatory op",
    .trade_off = "a fixture", IFC_OPS(kv_flush, ops),
};
