/**
 * The row of a point: a line of the journal, and of the table.
 */
#ifndef IFC_EXPLORE_ROW_H
#define IFC_EXPLORE_ROW_H

#include <jansson.h>

#include "platform/cli/explore/points.h"
#include "platform/observe/result.h"

/** How a point ended, as its row has it. */
#define IFC_ROW_OK      "ok"
#define IFC_ROW_NOFIT   "out_of_memory" /* does not fit: a result */
#define IFC_ROW_LIMITED "limited"       /* a limit of the scenario's own ended it */
#define IFC_ROW_REFUSED "refused"       /* no scenario that can be run */
#define IFC_ROW_FAILED                                                                                       \
    "failed" /* the run died, twice, or the computer was at fault; --resume tries it again */

/**
 * ifc_row_new() - the row of point @i
 * @status: one of the above
 * @r:      its result; NULL: none
 * @why:    what there is to say of a point that did not end well; ""
 * Return: owned by the caller; ends the process when there is no memory.
 */
json_t *ifc_row_new(const ifc_points *p, size_t i, const char *status, const ifc_result *r, const char *why);

/** ifc_row_text() - a member as the table has it: "" when the row has none. */
void ifc_row_text(const json_t *row, const char *name, char *out, size_t size);

/** ifc_row_number() - a figure. Return: false when the row has none. */
bool ifc_row_number(const json_t *row, const char *name, double *out);

/** ifc_row_status(), ifc_row_point() - its status; its number, from 1 on. */
const char *ifc_row_status(const json_t *row);
size_t ifc_row_point(const json_t *row);

/** ifc_rows_table() - all rows as CSV (RFC 4180); NULL rows are left out. Return: IFC_EOUTPUT, IFC_EINTERNAL.
 */
IFC_MUST_CHECK ifc_status ifc_rows_table(json_t *const *rows, size_t n, const char *file, ifc_error *err);

#endif
