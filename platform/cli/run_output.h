/**
 * What `ifcsim run` does with a finished run: print it, save its statistics.
 */
#ifndef IFC_RUN_OUTPUT_H
#define IFC_RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/cli/scenarios.h"
#include "platform/observe/result.h"

enum ifc_format { IFC_FORMAT_TEXT, IFC_FORMAT_JSON, IFC_FORMAT_CSV };

/** One for all runs of a command line. */
typedef struct ifc_run_output {
    int format;               /* enum ifc_format of standard output */
    const char *stats;        /* file, or folder when several; NULL: none */
    const char *requests;     /* file for a line per request; NULL: none */
    const char *policy_files; /* folder for what policies write; NULL: none */
    const char *trace;        /* the timeline's file; NULL: none */
    const ifc_loaded *loaded; /* borrowed; the scenarios */
    size_t n_loaded;
    bool several;   /* more than one run: a JSON array, a table with a scenario column */
    size_t printed; /* runs so far */
    bool broken;    /* standard output cannot be written: complained once */
} ifc_run_output;

/**
 * ifc_run_output_check() - before any run: can the outputs be written where they shall be, and destroy
 * nothing?
 * Several scenarios go into the folder @o->stats, made if missing, as NAME.json or NAME.csv.
 * Return: IFC_EOUTPUT; IFC_EUSAGE when an output is an input, or two outputs are one file.
 */
IFC_MUST_CHECK ifc_status ifc_run_output_check(const ifc_run_output *o, ifc_error *err);

/** ifc_run_output_policy() - save what a policy of @s wrote, as FOLDER/NAME.LABEL.SUFFIX. Return:
 * IFC_EOUTPUT; IFC_EUSAGE when that is an input, or another output. */
IFC_MUST_CHECK ifc_status ifc_run_output_policy(const ifc_run_output *o, const ifc_scenario *s,
                                                const char *label, const char *suffix, const char *data,
                                                size_t size, ifc_error *err);

/** ifc_run_output_add() - print and save one result. Return: IFC_EOUTPUT, IFC_EINTERNAL. */
IFC_MUST_CHECK ifc_status ifc_run_output_add(ifc_run_output *o, const ifc_result *r, ifc_error *err);

/** ifc_run_output_end() - what follows the last run. */
IFC_MUST_CHECK ifc_status ifc_run_output_end(ifc_run_output *o, ifc_error *err);

#endif
