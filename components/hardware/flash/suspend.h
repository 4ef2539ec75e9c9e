/**
 * Suspends: a PROGRAM, COPY or ERASE makes way for a READ or READ_COMPUTE, as the array policy says.
 *
 * An operation whose turn has come stands still (lane.stopped) until it begins; so it does when it is
 * suspended. While it stands still, commands that have come go first, one after the other, if the policy lets
 * them, no more of them than a die takes at a time; then it runs on with what is left of it. While it runs, a
 * command that comes meets it: it goes on, or stands still after the time that suspending takes. After
 * suspend.max of those it runs to its end. So an operation is held up by
 * (suspend.max + 1) x queue_depth commands and suspend.max times of suspending, and never for ever.
 *
 * Moments are worked out from the commands' times, not from when the die's actor looks: all grains agree.
 */
#ifndef IFC_SUSPEND_H
#define IFC_SUSPEND_H

#include "components/hardware/flash/lane.h"
#include "platform/scenario/scenario.h"

/** ifc_suspend_possible() - whether operations of a group may be suspended, and the policy is asked. */
bool ifc_suspend_possible(const struct ifc_hardware *hw, const ifc_flash_group *g);

/** ifc_suspend_meets() - the command that the operation at work, or @at if it stands still and could begin
 * then, makes way for: taken from the queue. NULL: none by now. @at: in; out: when it meets it. */
ifc_task *ifc_suspend_meets(ifc_lane *l, ifc_task *operation, ifc_time *at, ifc_time now);

/** ifc_suspend_stop() - the operation at work is suspended at @at. */
void ifc_suspend_stop(ifc_lane *l, ifc_task *command, ifc_time at);

/** ifc_suspend_next() - when a command that has not arrived yet will meet an operation. */
ifc_time ifc_suspend_next(const ifc_lane *l, ifc_time now);

#endif
