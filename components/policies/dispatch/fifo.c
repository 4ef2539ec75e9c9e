/* Commands leave in the order they came, past those whose dies are full. */
#include <ifc/policy.h>

static const ifc_dispatch_ops ops = {0}; /* oldest first is what the controller does by itself */

extern const ifc_policy ifc_dispatch_fifo;
const ifc_policy ifc_dispatch_fifo = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_DISPATCH,
    .name = "fifo",
    .summary = "oldest command first",
    .trade_off =
        "fair and cheap; a program queued first is dispatched before the attention that a token waits for",
    IFC_OPS(dispatch, ops),
};
