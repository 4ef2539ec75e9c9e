/**
 * What the operators of one kind used, and for how long any of them was under way: the position of the kind
 * under the machine's ceilings.
 */
#ifndef IFC_OP_USE_H
#define IFC_OP_USE_H

#include <ifc/time.h>

typedef struct ifc_op_use {
    uint64_t count; /* operators begun */
    uint32_t open;  /* of them under way */
    ifc_time since; /* when the first of those began */
    ifc_time active_ps;
    ifc_time npu_ps; /* at the NPU's rates, without launches */
    double npu_ops;
    uint64_t macs;       /* in flash */
    double bytes_sensed; /* fractional pages count by their part */
    uint64_t bytes_down, bytes_up, dram_bytes;
} ifc_op_use;

static inline void ifc_op_use_begin(ifc_op_use *u, ifc_time now)
{
    u->count++;
    if (u->open++ == 0)
        u->since = now;
}

static inline void ifc_op_use_end(ifc_op_use *u, ifc_time now)
{
    if (--u->open == 0)
        u->active_ps += now - u->since;
}

#endif
