/**
 * What the files of the library share: scenarios as they are read, and what was wrong with the last call of a
 * thread.
 */
#ifndef IFC_LIBRARY_SHARED_H
#define IFC_LIBRARY_SHARED_H

#include <ifcsim.h>

#include "components/run/options.h"
#include "platform/observe/result.h"
#include "platform/scenario/diag.h"

/** ifc__library_clear() - a call begins: nothing is wrong yet. */
void ifc__library_clear(void);

/** ifc__library_fail() - keep the messages of @diag, or that of @err when there are none. Return: @status. */
ifcsim_status ifc__library_fail(ifc_status status, const ifc_diagnostics *diag, const ifc_error *err);

/** ifc__library_fail_with() - a message of the library's own. Return: @status. */
ifcsim_status ifc__library_fail_with(ifcsim_status status, const char *format, ...) IFC_PRINTF(2, 3);

/** ifc__library_read() - the scenario with everything that was set. Return: as ifcsim_run(). */
ifcsim_status ifc__library_read(const ifcsim_scenario *s, ifc_scenario *out);

/** ifc__library_simulate() - the run, in a child process. @o: program and stop are filled in. What does not
 * fit and what was stopped are results. Return: IFC_OK, or as ifc_machine_run(). */
IFC_MUST_CHECK ifc_status ifc__library_simulate(const ifc_scenario *s, ifc_run_options *o, ifc_result *out,
                                                ifc_error *err);

/** ifc__library_keep() - a result as its caller gets it. @out: owned by the caller. Return: IFC_EINTERNAL. */
IFC_MUST_CHECK ifc_status ifc__library_keep(const ifc_result *r, ifcsim_result **out, ifc_error *err);

/** ifc__library_outcome() - what a run that has a result came to; says why it is no IFCSIM_OK. */
ifcsim_status ifc__library_outcome(const ifc_scenario *s, const ifc_result *r);

#endif
