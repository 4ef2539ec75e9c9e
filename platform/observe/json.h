/**
 * The statistics file. First-level keys and their order are fixed; docs/reference lists them.
 */
#ifndef IFC_JSON_H
#define IFC_JSON_H

#include <stdio.h>

#include "platform/observe/result.h"

#define IFC_JSON_SCHEMA 2 /* has all keys of schema 1, with their meanings */

/**
 * ifc_write_json() - one JSON object and a newline
 * @resolved: text of the scenario as run, for the key "resolved"; NULL: left out
 *
 * Equal results give equal bytes. Numbers are finite; reals carry 15 significant digits.
 *
 * Return: IFC_EOUTPUT, or IFC_EINTERNAL when there is no memory.
 */
IFC_MUST_CHECK ifc_status ifc_write_json(const ifc_result *r, const char *resolved, FILE *out,
                                         ifc_error *err);

/** ifc_write_stats() - the same with the scenario as run: what --stats saves and --format json prints. */
IFC_MUST_CHECK ifc_status ifc_write_stats(const ifc_result *r, FILE *out, ifc_error *err);

#endif
