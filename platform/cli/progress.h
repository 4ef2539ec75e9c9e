/**
 * One line on the terminal that says how far a run is and when it will be done.
 */
#ifndef IFC_PROGRESS_LINE_H
#define IFC_PROGRESS_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "components/system/machine.h"

typedef struct ifc_progress_line {
    bool on;            /* standard error is a terminal, and nobody asked for quiet */
    bool drawn;         /* there is a line to wipe */
    double begin, last; /* seconds of wall time */
} ifc_progress_line;

void ifc_progress_begin(ifc_progress_line *line, bool quiet);

/** ifc_progress_show() - for ifc_run_options.progress; @line is an ifc_progress_line. */
void ifc_progress_show(void *line, const ifc_progress *p);

/** ifc_progress_show_runs() - the same for @done of @total runs. */
void ifc_progress_show_runs(ifc_progress_line *line, size_t done, size_t total);

/** ifc_progress_end() - wipe the line, before anything else is printed. */
void ifc_progress_end(ifc_progress_line *line);

/** ifc_progress_share() - how much of a run is done, 0 .. 1. */
double ifc_progress_share(const ifc_progress *p);

/** ifc_progress_text() - "token 3 of 8, layer 5 of 32: 30 %, 12 s left" into @out; @elapsed in seconds. */
void ifc_progress_text(const ifc_progress *p, double elapsed, char *out, size_t size);

#endif
