/**
 * The commands of one operator on their way into the queues, in batches where dies of a channel take the same
 * vector.
 */
#ifndef IFC_COMMANDS_H
#define IFC_COMMANDS_H

#include "components/hardware/controller/controller.h"

/** ifc_command_new() - a command for one die of a group; counted for @job. */
ifc_txn *ifc_command_new(ifc_controller *c, ifc_job *job, ifc_command command, ifc_class traffic,
                         const ifc_group *group, uint32_t die_in_group);

/** ifc_command_queue_one() - queue a command that goes alone; where planes are independent, all but a
 * READ_COMPUTE as one command for each of its planes. Takes it. */
void ifc_command_queue_one(ifc_controller *c, ifc_txn *t);

/**
 * ifc_command_add() - one die's part of an operator; what shares a vector waits for ifc_command_send_all()
 * @grows_down, @grows_up: its input, its result grows with the pages it reads, and comes or goes with them
 * Takes @t; a command of each die at most.
 */
void ifc_command_add(ifc_controller *c, ifc_txn *t, bool grows_down, bool grows_up);

/** ifc_command_send_all() - queue the batches that were added. */
void ifc_command_send_all(ifc_controller *c);

/** ifc_command_again() - a READ of the pages of @t that failed, in its place for its job. */
void ifc_command_again(ifc_controller *c, const ifc_txn *t);

#endif
