/**
 * From a machine that has run to its result.
 */
#ifndef IFC_COLLECT_H
#define IFC_COLLECT_H

#include "components/record/record.h"

/** ifc_collect_result() - fill @r (its capacity rows may be there already); @status: how the run ended. */
void ifc_collect_result(ifc_record *rec, ifc_status status, ifc_result *r);

/** ifc_collect_resource_name() - of an enum ifc_path_resource; borrows from @s. */
const char *ifc_collect_resource_name(const ifc_scenario *s, uint32_t resource);

/** ifc__collect_blocks() - how cycles and reads are spread over the blocks of a group (collect_blocks.c). */
void ifc__collect_blocks(const ifc_record *rec, const ifc_group *g, ifc_wear_row *w);

#endif
