/* Answers are not held up: a prompt begins when nobody decodes. */
#include <ifc/policy.h>

#include "components/policies/schedule/choose.h"

static void step(void *state, const ifc_schedule_view *view, ifc_step_choice *choice)
{
    (void)state;
    if (!ifc_schedule_decode_all(view, choice))
        choice->prompt = 0; /* nobody decodes: all have prompts, and this one came first */
}

static const ifc_schedule_ops ops = {.step = step};

extern const ifc_policy ifc_schedule_decode_first;
const ifc_policy ifc_schedule_decode_first = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_SCHEDULE,
    .name = "decode-first",
    .summary = "a prompt goes on only when nobody decodes; else as fcfs",
    .trade_off = "tokens follow each other without a break; first tokens wait for whole answers, and steps "
                 "are rarely full",
    IFC_OPS(schedule, ops),
};
