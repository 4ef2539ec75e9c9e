/*
 * Attention reads every token.
 */
#include <ifc/policy.h>

struct state {
    char nothing;
};

static const ifc_kv_select_ops ops = {.plan = NULL};

extern const ifc_policy ifc_kv_select_all;
const ifc_policy ifc_kv_select_all = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_SELECT,
    .name = "all",
    .summary = "attention reads every token: 2T/16 pages a layer and head, of 16 tokens each",
    .trade_off = "nothing is lost, and nothing is kept to choose by; what is read grows with the context",
    .state_size = sizeof(struct state),
    IFC_OPS(kv_select, ops),
};
