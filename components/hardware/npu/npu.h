/**
 * The NPU: serves jobs one after the other, each for the time that it says.
 */
#ifndef IFC_NPU_H
#define IFC_NPU_H

#include "components/hardware/job.h"
#include "platform/kernel/kernel.h"

struct ifc_hardware;

typedef struct ifc_npu {
    struct ifc_hardware *hw;
    ifc_signal work;
    ifc_job_fifo queue;
    ifc_job *served_last;
    /* statistics */
    ifc_span span;                         /* of single services */
    ifc_time busy_ps, wait_ps, compute_ps; /* compute: without launches */
    uint64_t served;
} ifc_npu;

void ifc_npu_init(ifc_npu *n, struct ifc_hardware *hw);
void ifc_npu_fini(ifc_npu *n);
void ifc_npu_run(void *npu);

/** ifc_npu_submit() - queue a job whose npu_time is set. Does not block; job->done() is called when it is. */
void ifc_npu_submit(ifc_npu *n, ifc_job *job);

#endif
