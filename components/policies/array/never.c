/* Programs and erases go on. */
#include <ifc/policy.h>

static const ifc_array_ops ops = {0}; /* what a die does by itself */

extern const ifc_policy ifc_array_never;
const ifc_policy ifc_array_never = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_ARRAY,
    .name = "never",
    .summary = "programs and erases go on to their end",
    .trade_off = "nothing is lost to suspending; a read waits for all of the operation that it meets",
    IFC_OPS(array, ops),
};
