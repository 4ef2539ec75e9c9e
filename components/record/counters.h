/**
 * What the transactions and jobs of a run add up to, by operator and by class of traffic.
 */
#ifndef IFC_COUNTERS_H
#define IFC_COUNTERS_H

#include <ifc/operator.h>
#include <ifc/txn.h>

#include "components/hardware/probe.h"
#include "components/run/reuse.h"

/** What the operators of one kind used, and for how long any of them was under way. */
typedef struct ifc_op_use {
    uint64_t count; /* operators begun */
    uint32_t open;  /* of them under way */
    ifc_time since; /* when the first of those began */
    ifc_time active_ps;
    ifc_time npu_ps; /* at the NPU's rates, without launches */
    uint64_t npu_ops;
    uint64_t macs;            /* in flash */
    uint64_t bytes_sensed;    /* of whole pages */
    double part_bytes_sensed; /* of fractions of pages */
    uint64_t bytes_down, bytes_up, dram_bytes;
} ifc_op_use;

typedef struct ifc_counters {
    ifc_op_use use[IFC_OP_KINDS];
    uint64_t pages_sensed[IFC_CLASSES];
    uint64_t dram_bytes[IFC_CLASSES];
    uint64_t die_commands;
    uint64_t expected_up; /* bytes of results, to be compared with what came up the channels */
} ifc_counters;

/** ifc_counters_listen() - count what @probe tells from now on. @c: zeroed. */
void ifc_counters_listen(ifc_counters *c, ifc_probe *probe);

/** ifc_counters_watch() - they grow when a graph is known from before. */
void ifc_counters_watch(ifc_counters *c, ifc_reuse *reuse);

#endif
