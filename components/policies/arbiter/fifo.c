/* The bus goes to who asked first. */
#include <ifc/policy.h>

static const ifc_arbiter_ops ops = {0}; /* oldest first is what the channel does by itself */

extern const ifc_policy ifc_arbiter_fifo;
const ifc_policy ifc_arbiter_fifo = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_ARBITER,
    .name = "fifo",
    .summary = "oldest request first",
    .trade_off = "fair between dies and directions; a short result waits for a long vector before it",
    IFC_OPS(arbiter, ops),
};
