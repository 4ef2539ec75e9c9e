/**
 * What a run records only when asked: how busy each kind of resource was over time, and the operators of one
 * token. Memory is fixed whatever the run's length.
 */
#ifndef IFC_DETAIL_H
#define IFC_DETAIL_H

#include "components/record/record.h"

typedef struct ifc_detail ifc_detail;

/** ifc_detail_start() - listen, and record into rec->detail. */
void ifc_detail_start(ifc_record *rec);
void ifc_detail_fini(ifc_record *rec);

/** ifc_detail_collect() - move what was recorded into @r, which owns it. */
void ifc_detail_collect(const ifc_record *rec, ifc_result *r);

#endif
