/**
 * Where each kind of operator stands under the ceilings of the machine.
 *
 * A ceiling is the rate the operator would have if it only waited for that one resource, all of it busy all
 * the time: its work over (what it needs of the resource / the resource's peak rate).
 */
#ifndef IFC_ROOFLINE_H
#define IFC_ROOFLINE_H

#include "platform/observe/result.h"

typedef enum ifc_ceiling {
    IFC_CEILING_ARRAY, /* sensing: planes x page / tR */
    IFC_CEILING_ECC,   /* decoding, in the planes or in the controller */
    IFC_CEILING_MAC,
    IFC_CEILING_BUS,
    IFC_CEILING_NPU,
    IFC_CEILING_DRAM,
    IFC_CEILINGS
} ifc_ceiling;

typedef struct ifc_roofline_row {
    const ifc_operator_row *of;
    const char *unit;             /* of its work: "MAC", "op" (NPU) or "B" (neither: bytes moved or sensed) */
    double work;                  /* over the run */
    double attained;              /* work per second while it was under way */
    double ceiling[IFC_CEILINGS]; /* work per second; 0: it uses none of that */
    ifc_ceiling bound;            /* the lowest */
    double share;                 /* attained of the lowest */
} ifc_roofline_row;

/** ifc_roofline_of() - the position of @row, a row of r->operators. */
ifc_roofline_row ifc_roofline_of(const ifc_result *r, const ifc_operator_row *row);

/** ifc_group_array_rate() - bytes per second that the planes of a group sense at most, spare bytes counted or
 * not. */
double ifc_group_array_rate(const ifc_flash_group *g, bool spare);

/** ifc_ceiling_name() - "array", "ECC", ...; static storage. */
const char *ifc_ceiling_name(ifc_ceiling c);

#endif
