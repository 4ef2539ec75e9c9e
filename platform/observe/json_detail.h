/**
 * The parts of the statistics file that are there only when the run recorded them.
 */
#ifndef IFC_JSON_DETAIL_H
#define IFC_JSON_DETAIL_H

#include <jansson.h>

#include "platform/observe/result.h"

/** ifc_json_usage() - value of "utilisation_over_time". Return: owned; NULL when there is no memory. */
json_t *ifc_json_usage(const ifc_result *r);

/** ifc_json_lanes() - value of "token_lanes". Return: owned; NULL when there is no memory. */
json_t *ifc_json_lanes(const ifc_result *r);

#endif
