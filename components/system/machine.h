/**
 * A whole machine from a scenario: elaborate, run, report. The door the command line uses.
 */
#ifndef IFC_MACHINE_H
#define IFC_MACHINE_H

#include <signal.h>
#include <stdio.h>

#include <ifc/status.h>

#include "platform/observe/result.h"
#include "platform/scenario/scenario.h"

struct ifc_timeline;

/** How far a run is. */
typedef struct ifc_progress {
    uint32_t token, tokens, layer, layers;
    uint64_t requests, total_requests; /* stream workload */
    ifc_time now;
} ifc_progress;

typedef struct ifc_run_options {
    const char *program; /* argv[0] */
    int simgrid_argc;    /* options for SimGrid itself */
    char **simgrid_argv;
    struct ifc_timeline *timeline; /* borrowed; NULL: none */
    volatile sig_atomic_t *stop;   /* set from outside: finish early, result is interrupted; may be NULL */
    void (*progress)(void *arg, const ifc_progress *p); /* now and then; may be NULL */
    void *progress_arg;
} ifc_run_options;

/**
 * ifc_machine_run() - simulate @s; once per process
 * @out: filled, owned by the caller (ifc_result_fini()); borrows @s
 * Return: IFC_OK, IFC_ENOFIT (the result says what overflowed), IFC_EINTERRUPTED (the result holds what was
 * finished), IFC_EUSAGE for unknown SimGrid options, IFC_EINTERNAL for a deadlock.
 */
IFC_MUST_CHECK ifc_status ifc_machine_run(const ifc_scenario *s, const ifc_run_options *options,
                                          ifc_result *out, ifc_error *err);

/** ifc_machine_topology() - the SimGrid platform of @s as XML. Return: IFC_EOUTPUT if @out cannot be written.
 */
IFC_MUST_CHECK ifc_status ifc_machine_topology(const ifc_scenario *s, FILE *out, ifc_error *err);

#endif
