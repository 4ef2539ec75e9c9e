/**
 * A power budget over all dies: commands go to dies only while the array operations that dies hold stay
 * within it.
 *
 * A lane of a die (components/hardware/flash/lane.h) counts with the command that draws most of those it
 * holds, from the moment that one is sent until the lane holds none: an upper bound of what its planes draw
 * at any time. Which command goes next is the dispatch policy's choice; without one the oldest goes first,
 * whatever channel it is for, so none waits for ever. Without a budget nothing here has an effect.
 */
#ifndef IFC_POWER_H
#define IFC_POWER_H

#include "components/hardware/controller/controller.h"

/** ifc_power_takes_turns() - there is a budget. */
static inline bool ifc_power_takes_turns(const ifc_controller *c)
{
    return c->power.budget > 0;
}

void ifc_power_init(ifc_controller *c);

/** ifc_power_has_room() - the budget lets @txn, whose die has room, go now. Else it waits, as the oldest if
 * it is that. */
bool ifc_power_has_room(ifc_controller *c, ifc_txn *txn);

/** ifc_power_take() - @txn goes. */
void ifc_power_take(ifc_controller *c, ifc_txn *txn);

/** ifc_power_give() - a command of these lanes is complete, and has left them. */
void ifc_power_give(ifc_controller *c, const ifc_txn *txn);

#endif
