/**
 * What policies are told about the machine when a run begins.
 */
#ifndef IFC_POLICY_VIEWS_H
#define IFC_POLICY_VIEWS_H

#include "platform/registry/policies.h"

struct ifc_system;

/** ifc_policy_views_start() - tell the policies about the machine and call their init(). */
IFC_MUST_CHECK ifc_status ifc_policy_views_start(struct ifc_system *sys, ifc_error *err);

#endif
