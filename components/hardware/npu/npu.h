/**
 * The NPU: serves operators one after the other, each at the matrix or the vector rate after a fixed launch
 * latency.
 */
#ifndef IFC_NPU_H
#define IFC_NPU_H

#include "platform/kernel/kernel.h"

struct ifc_system;
struct ifc_op_run;

typedef struct ifc_npu {
    struct ifc_system *sys;
    ifc_signal work;
    struct ifc_op_run *first, **last;
    struct ifc_op_run *served_last;
    uint32_t track;
    /* statistics */
    ifc_span span;                         /* of single services */
    ifc_time busy_ps, wait_ps, compute_ps; /* compute: without launches */
    uint64_t served;
} ifc_npu;

void ifc_npu_init(ifc_npu *n, struct ifc_system *sys);
void ifc_npu_fini(ifc_npu *n);
void ifc_npu_run(void *npu);

/** ifc_npu_submit() - queue an operator whose npu_time is set. Does not block; the host is told when it is
 * done. */
void ifc_npu_submit(ifc_npu *n, struct ifc_op_run *op);

#endif
