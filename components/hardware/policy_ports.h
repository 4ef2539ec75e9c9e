/**
 * Where the hardware asks policies: what they are shown, and the calls of their ops.
 */
#ifndef IFC_POLICY_PORTS_H
#define IFC_POLICY_PORTS_H

#include <ifc/policy.h>
#include <ifc/txn.h>

struct ifc_hardware;

/** Most commands or requests that a policy is shown at a time: one of each class for each die of a channel.
 */
#define IFC_VIEWS_MAX (64 * IFC_CLASSES)

/** ifc_policy_view() - @txn as a policy sees it. */
void ifc_policy_view(const struct ifc_hardware *hw, const ifc_txn *txn, ifc_command_view *out);

/** ifc_policy_dispatch() - which of the commands goes next: index, or IFC_NONE. */
uint32_t ifc_policy_dispatch(const struct ifc_hardware *hw, uint32_t channel,
                             const ifc_command_view *commands, uint32_t n);

/** ifc_policy_arbitrate() - which of the requests gets the bus. */
uint32_t ifc_policy_arbitrate(const struct ifc_hardware *hw, uint32_t channel,
                              const ifc_command_view *requests, uint32_t n);

/** ifc_policy_suspend() - ask the array policy. Return: whether the operation makes way. */
bool ifc_policy_suspend(const struct ifc_hardware *hw, const ifc_array_view *view);

#endif
