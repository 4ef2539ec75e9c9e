/**
 * The machine: a scenario in, a result out. The one door between the command line and the modelled system.
 */
#ifndef IFC_MACHINE_H
#define IFC_MACHINE_H

#include <stdint.h>
#include <stdio.h>

#include <ifc/status.h>

#include "components/run/options.h"
#include "platform/observe/result.h"
#include "platform/scenario/scenario.h"

/**
 * ifc_machine_run() - build the system of @s and run its workload
 * @out: filled and owned by the caller (ifc_result_fini); borrows @s
 *
 * Once per process. A workload that does not fit and a run that was stopped are results: @out is filled and
 * its outcome says so, besides the status. The caller's handlers of SIGINT and SIGTERM are in place while it
 * runs (the kernel installs its own at start).
 *
 * Return: IFC_OK, IFC_ENOFIT or IFC_EINTERRUPTED with a result; IFC_EUSAGE (kernel options), IFC_EDATA,
 * IFC_EOUTPUT (timeline), IFC_EMACHINE or IFC_EINTERNAL without one, @out is empty then.
 */
IFC_MUST_CHECK ifc_status ifc_machine_run(const ifc_scenario *s, const ifc_run_options *options,
                                          ifc_result *out, ifc_error *err);

/**
 * ifc_machine_check() - what can be said without building the machine; loads no plug-in
 * @bytes: out, memory that a run takes, about
 * Return: IFC_EDATA; IFC_EMACHINE: this computer has not so much memory, and everything else is well.
 */
IFC_MUST_CHECK ifc_status ifc_machine_check(const ifc_scenario *s, uint64_t *bytes, ifc_error *err);

/** ifc_machine_topology() - write the kernel's platform (XML) of @s. Return: IFC_EDATA, IFC_EOUTPUT. */
IFC_MUST_CHECK ifc_status ifc_machine_topology(const ifc_scenario *s, FILE *out, ifc_error *err);

/** ifc_machine_operators() - write the operators of a decode (workloads/graph_file.h). Return: IFC_EDATA:
 * there are none. */
IFC_MUST_CHECK ifc_status ifc_machine_operators(const ifc_scenario *s, FILE *out, ifc_error *err);

#endif
