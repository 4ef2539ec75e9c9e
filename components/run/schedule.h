/**
 * Where the schedule policy is asked: who takes a place, and what the next step is.
 */
#ifndef IFC_SCHEDULE_H
#define IFC_SCHEDULE_H

#include "components/run/steps.h"

struct ifc_host;

/** ifc_schedule_admits() - the policy chooses among those that wait. */
bool ifc_schedule_admits(const struct ifc_host *h);

/** ifc_schedule_admit() - those that it chooses take places, while there are any. May block. */
void ifc_schedule_admit(struct ifc_host *h);

/** ifc_schedule_step() - the next step, as it says; IFC_STEP_NONE: nothing is to be done now. */
ifc_step_kind ifc_schedule_step(struct ifc_host *h);

/** ifc_schedule_over() - no request is to come, waits or is under way. */
bool ifc_schedule_over(const struct ifc_host *h);

/**
 * ifc_schedule_next_moment() - nothing is done: when the next request arrives
 * IFC_TIME_MAX: none does before the policy is woken. Where it is never, its requests wait for ever, and the
 * run ends with its name.
 */
ifc_time ifc_schedule_next_moment(const struct ifc_host *h);

#endif
