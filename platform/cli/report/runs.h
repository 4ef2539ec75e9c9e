/**
 * Runs as a table: a row each, with what machines are compared by.
 */
#ifndef IFC_REPORT_RUNS_H
#define IFC_REPORT_RUNS_H

#include <stdio.h>

#include "platform/cli/report/page.h"
#include "platform/cli/table.h"

/** ifc_report_table() - write it; columns that no run has are left out. Errors are left to ifc_text_end(). */
void ifc_report_table(const ifc_report_run *runs, size_t n, enum ifc_table_kind kind, FILE *out);

#endif
