/**
 * How long tokens took, by how many took as long: what is kept does not grow with their number where they
 * repeat.
 */
#ifndef IFC_LATENCY_TABLE_H
#define IFC_LATENCY_TABLE_H

#include "platform/observe/result.h"

typedef struct ifc_latency_table {
    ifc_latency_count *slots; /* owned; tokens 0: free */
    size_t room, n;           /* room: 0 or a power of 2 */
} ifc_latency_table;

/** ifc_latency_table_add() - one more token that took @ps. */
void ifc_latency_table_add(ifc_latency_table *l, ifc_time ps);

/** ifc_latency_table_sorted() - @l->n of them by time; owned by the caller. */
ifc_latency_count *ifc_latency_table_sorted(const ifc_latency_table *l);
void ifc_latency_table_fini(ifc_latency_table *l);

#endif
