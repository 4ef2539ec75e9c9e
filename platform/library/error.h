/**
 * What was wrong with the last call of a thread.
 */
#ifndef IFC_LIBRARY_ERROR_H
#define IFC_LIBRARY_ERROR_H

#include <ifcsim.h>

#include "platform/scenario/diag.h"

/** ifc__library_clear() - a call begins: nothing is wrong yet. */
void ifc__library_clear(void);

/** ifc__library_fail() - keep the messages of @diag, or that of @err when there are none. Return: @status. */
ifcsim_status ifc__library_fail(ifc_status status, const ifc_diagnostics *diag, const ifc_error *err);

#endif
