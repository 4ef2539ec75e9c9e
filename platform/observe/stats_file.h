/**
 * Reading back the statistics file that ifc_write_json() wrote.
 */
#ifndef IFC_STATS_FILE_H
#define IFC_STATS_FILE_H

#include <jansson.h>

#include <ifc/status.h>

/**
 * ifc_stats_load() - the root object of a statistics file
 *
 * Only the schema number is checked: a file of an older or newer version may lack keys.
 *
 * Return: owned by the caller; NULL with @err: IFC_ENOINPUT (cannot open or read), IFC_EDATA (not JSON, not a
 * statistics file, another schema).
 */
json_t *ifc_stats_load(const char *file, ifc_error *err);

#endif
