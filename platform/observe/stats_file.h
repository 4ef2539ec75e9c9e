/**
 * Reading back the statistics file that ifc_write_json() wrote.
 */
#ifndef IFC_STATS_FILE_H
#define IFC_STATS_FILE_H

#include <jansson.h>

#include <ifc/status.h>

/**
 * ifc_stats_load() - the root object of a statistics file
 * @file: "-" is standard input
 *
 * Only the schema number is checked: a file of an older or newer version may lack keys.
 *
 * Return: owned by the caller; NULL with @err: IFC_ENOINPUT (cannot open or read), IFC_EDATA (not JSON, not a
 * statistics file, another schema).
 */
json_t *ifc_stats_load(const char *file, ifc_error *err);

/**
 * ifc_stats_in() - the names of the statistics files in @folder, in alphabetical order
 * @names: out, owned by the caller, each and all; NULL after an error
 * Return: how many; -1 with IFC_ENOINPUT in @err: the folder cannot be read, or has none.
 */
int ifc_stats_in(const char *folder, char ***names, ifc_error *err);

#endif
