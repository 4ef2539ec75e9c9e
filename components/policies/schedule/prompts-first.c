/* A first token as soon as can be: nobody decodes while there is a prompt. */
#include <ifc/policy.h>

#include "components/policies/schedule/choose.h"

static void step(void *state, const ifc_schedule_view *view, ifc_step_choice *choice)
{
    (void)state;
    for (uint32_t i = 0; i < view->n; i++)
        if (view->requests[i].prompt > 0) {
            choice->prompt = i;
            return;
        }
    ifc_schedule_decode_all(view, choice);
}

static const ifc_schedule_ops ops = {.step = step};

extern const ifc_policy ifc_schedule_prompts_first;
const ifc_policy ifc_schedule_prompts_first = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_SCHEDULE,
    .name = "prompts-first",
    .summary = "prompts to their end before anybody decodes; else as fcfs",
    .trade_off = "first tokens come soon, and steps are full; answers stop whenever a request arrives",
    IFC_OPS(schedule, ops),
};
