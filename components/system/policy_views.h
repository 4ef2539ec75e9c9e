/**
 * Where the machine meets the policies: what they are shown, and the calls of their ops.
 */
#ifndef IFC_POLICY_VIEWS_H
#define IFC_POLICY_VIEWS_H

#include <ifc/txn.h>

#include "platform/registry/policies.h"

struct ifc_system;
struct ifc_channel;

/** Most commands or requests that a policy is shown at a time: one of each class for each die of a channel.
 */
#define IFC_VIEWS_MAX (64 * IFC_CLASSES)

/** ifc_policy_views_start() - tell the policies about the machine and call their init(). */
IFC_MUST_CHECK ifc_status ifc_policy_views_start(struct ifc_system *sys, ifc_error *err);

/** ifc_policy_view() - @txn as a policy sees it. */
void ifc_policy_view(const ifc_txn *txn, ifc_command_view *out);

/** ifc_policy_dispatch() - which of the commands goes next: index, or IFC_NONE. */
uint32_t ifc_policy_dispatch(struct ifc_system *sys, uint32_t channel, const ifc_command_view *commands,
                             uint32_t n);

/** ifc_policy_arbitrate() - which of the requests gets the bus. */
uint32_t ifc_policy_arbitrate(struct ifc_system *sys, uint32_t channel, const ifc_command_view *requests,
                              uint32_t n);

/* Observers; a test of one counter when there are none. */
void ifc_policy_observe_issue(struct ifc_system *sys, const ifc_txn *txn);
void ifc_policy_observe_complete(struct ifc_system *sys, const ifc_txn *txn);
void ifc_policy_observe_token(struct ifc_system *sys, uint32_t token, ifc_time begin);

#endif
