/**
 * What flows of requests come to in a result.
 */
#ifndef IFC_COLLECT_STREAM_H
#define IFC_COLLECT_STREAM_H

#include "components/record/record.h"

/** ifc_collect_stream() - fill the figures of a stream in @r, whose end is known. Sorts the host's latencies.
 */
void ifc_collect_stream(ifc_record *rec, ifc_result *r);

/** ifc_collect_stream_group() - the group that all flows are for; -1: several. */
int ifc_collect_stream_group(const ifc_scenario *s);

#endif
