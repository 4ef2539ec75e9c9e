/**
 * From a scenario to a machine: derived parameters, components, actors, and SimGrid's view of them.
 */
#ifndef IFC_ELABORATE_H
#define IFC_ELABORATE_H

#include <stdio.h>

#include "components/system/system.h"

/** ifc_elaborate_derive() - groups, grain and dies of the scenario; no kernel needed. @options: borrowed,
 * NULL: none. Return: IFC_EDATA if impossible; IFC_EUSAGE for a timeline that this grain cannot give. */
IFC_MUST_CHECK ifc_status ifc_elaborate_derive(ifc_system *sys, const ifc_scenario *s,
                                               const ifc_run_options *options, ifc_error *err);

/** ifc_elaborate_platform() - SimGrid's platform: a host per component. Writes to @out. */
void ifc_elaborate_platform(const ifc_system *sys, FILE *out);

/** ifc_elaborate_build() - parts and their actors, after ifc_kernel_init(). @stop: how the run may end early.
 * Return: IFC_ENOFIT, IFC_EDATA. */
IFC_MUST_CHECK ifc_status ifc_elaborate_build(ifc_system *sys, const ifc_stop *stop, ifc_error *err);

/** ifc_elaborate_fini() - release everything that was built. */
void ifc_elaborate_fini(ifc_system *sys);

/** ifc_elaborate_graphs() - the operators of the model, or of workload.trace; after ifc_elaborate_derive().
 * Return: as ifc_graphs_read(). */
IFC_MUST_CHECK ifc_status ifc_elaborate_graphs(ifc_system *sys, ifc_error *err);

#endif
