/**
 * One direction of the link between host and controller: jobs whose data cross it one after the other, whole.
 */
#ifndef IFC_LINK_H
#define IFC_LINK_H

#include "components/hardware/job.h"
#include "platform/kernel/kernel.h"

typedef struct ifc_link {
    char name[16];
    double rate; /* B/s */
    void (*arrived)(ifc_job *job);
    ifc_signal work;
    ifc_job_fifo queue;
    /* statistics */
    ifc_span span;
    ifc_time busy_ps, wait_ps;
    uint64_t served, bytes;
} ifc_link;

/** ifc_link_init() - @arrived: called when the data of a job are across; may not block. */
void ifc_link_init(ifc_link *l, const char *name, double rate, void (*arrived)(ifc_job *job));
void ifc_link_fini(ifc_link *l);

/** ifc_link_run() - the actor. */
void ifc_link_run(void *link);

/** ifc_link_send() - queue job->link_bytes; the job is borrowed until it has arrived. Does not block. */
void ifc_link_send(ifc_link *l, ifc_job *job);

#endif
