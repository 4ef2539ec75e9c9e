/**
 * An exploration as one HTML page that holds all it needs: picture, best points, table.
 */
#ifndef IFC_EXPLORE_PAGE_H
#define IFC_EXPLORE_PAGE_H

#include <stdio.h>

#include <jansson.h>

#include "platform/cli/explore/plot.h"
#include "platform/cli/explore/spec.h"

/**
 * ifc_points_page() - write it; equal input gives equal bytes
 * @first: what the picture shows at first; what is NULL there the page chooses
 * Return: IFC_EOUTPUT; IFC_EINTERNAL: no memory; IFC_EUSAGE: an objective that there is not.
 */
IFC_MUST_CHECK ifc_status ifc_points_page(json_t *const *rows, size_t n, const ifc_spec *spec,
                                          const ifc_plot *first, FILE *out, ifc_error *err);

#endif
