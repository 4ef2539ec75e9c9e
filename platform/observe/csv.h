/**
 * The statistics as a table, for spreadsheets and data frames.
 */
#ifndef IFC_CSV_H
#define IFC_CSV_H

#include <stdio.h>

#include "platform/observe/result.h"

/**
 * ifc_write_csv() - long form, RFC 4180: section,name,field,value,unit
 * @scenario_column: put the scenario's file name in a first column, for tables of several runs
 * @header: write the line of column names
 */
IFC_MUST_CHECK ifc_status ifc_write_csv(const ifc_result *r, bool scenario_column, bool header, FILE *out,
                                        ifc_error *err);

#endif
