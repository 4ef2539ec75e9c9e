/* Whoever comes first is served first; a prompt does not hold up those that decode for longer than a chunk.
 */
#include <ifc/policy.h>

static const ifc_schedule_ops ops = {.admit = NULL, .step = NULL}; /* what happens without a policy */

extern const ifc_policy ifc_schedule_fcfs;
const ifc_policy ifc_schedule_fcfs = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_SCHEDULE,
    .name = "fcfs",
    .summary = "in order of arrival; a chunk of a prompt and a token of all that decode take turns",
    .trade_off = "nobody starves; a long request holds up short ones, and every prompt slows all answers",
    IFC_OPS(schedule, ops),
};
