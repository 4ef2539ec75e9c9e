/**
 * A job: what the hardware is asked to do as one, an operator of the host. The controller starts it when its
 * turn has come (its start() makes the transactions), the NPU serves it for a time; done() tells who asked.
 */
#ifndef IFC_JOB_H
#define IFC_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/operator.h>
#include <ifc/txn.h>

#include "components/hardware/probe.h"
#include "platform/common/fifo.h"

typedef struct ifc_job {
    ifc_op_kind kind;
    uint32_t token, layer, head_group;  /* what it is for, to be shown; the hardware does not look at it */
    uint32_t lane;                      /* timeline */
    uint32_t pending;                   /* transactions not completed */
    bool issued_all;                    /* all its transactions are made */
    ifc_time issue, begin, end;         /* begin: NPU service */
    ifc_time npu_time;                  /* service time on the NPU */
    ifc_time npu_launch;                /* part of it that is launch latency */
    double npu_ops;                     /* what the NPU works on in that time */
    ifc_time link_since;                /* when it asked for the link to the host, and ... */
    uint64_t link_bytes;                /* that cross the link to the host, or have; stream */
    struct ifc_job *part_of;            /* the job that this is a tile of; NULL: a job of its own */
    struct ifc_job *after_npu;          /* job that held the NPU before it, when it had to wait */
    ifc_txn *last_txn;                  /* transaction that completed last */
    void (*start)(struct ifc_job *job); /* called by the controller; does not block */
    void (*landed)(struct ifc_job *job,
                   ifc_txn *txn);      /* of each transaction that completes; NULL: not asked for */
    void (*done)(struct ifc_job *job); /* called once, when it is complete; does not block */
    void *owner;                       /* who asked */
    struct ifc_job *next;              /* queue it is in */
} ifc_job;

IFC_FIFO_TYPE(ifc_job_fifo, ifc_job)
IFC_FIFO_FUNCTIONS(ifc_job_fifo, ifc_job, next)

/** ifc_job_begins() - @job has come to a part of the hardware: tell those who listen. Tiles are not jobs to
 * them. */
static inline void ifc_job_begins(const ifc_probe *probe, const ifc_job *job)
{
    if (!job->part_of)
        ifc_probe_job_begin(probe, job);
}

/** ifc_job_done() - nothing of @job is left to be done: tell those who listen, then who asked. */
static inline void ifc_job_done(const ifc_probe *probe, ifc_job *job)
{
    if (!job->part_of)
        ifc_probe_job_end(probe, job);
    job->done(job);
}

#endif
