/**
 * The policies that come with the machine.
 */
#ifndef IFC_BUILTINS_H
#define IFC_BUILTINS_H

#include <ifc/policy.h>

/** All of them, in the order in which they are shown, NULL at the end. */
extern const ifc_policy *const ifc_builtin_policies[];

#endif
