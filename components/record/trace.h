/**
 * The machine as tracks of a timeline: slices of what its parts do, counters, the critical path.
 */
#ifndef IFC_TRACE_H
#define IFC_TRACE_H

#include "components/record/record.h"

/** ifc_trace_start() - declare the tracks of every part and listen, if rec->options ask for a timeline. */
void ifc_trace_start(ifc_record *rec);

/** ifc_trace_fini() - release what rec->trace owns; the timeline itself is the caller's. */
void ifc_trace_fini(ifc_record *rec);

/** ifc_trace_path_step() - a stretch of the critical path, which is found backwards. @t may be NULL. */
void ifc_trace_path_step(struct ifc__trace *t, ifc_op_kind op, uint32_t resource, uint32_t phase,
                         ifc_time begin, ifc_time end);

/** ifc_trace_path() - the steps of a layer are all there: write them. @t may be NULL. */
void ifc_trace_path(struct ifc__trace *t, uint32_t token, uint32_t layer);

#endif
