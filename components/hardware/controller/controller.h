/**
 * The flash controller: starts jobs, queues their commands per channel, dispatches them to dies that have
 * room, and tells who asked when a job is complete.
 */
#ifndef IFC_CONTROLLER_H
#define IFC_CONTROLLER_H

#include <ifc/txn.h>

#include "components/hardware/controller/queue.h"
#include "components/hardware/hardware.h"
#include "components/hardware/txn_fifo.h"

/** Power of array operations, nW (components/hardware/controller/power.h). */
typedef struct ifc_power {
    uint64_t budget; /* 0: none */
    uint64_t drawn;  /* by what dies hold */
    uint64_t peak;   /* at most so far */
    ifc_txn *oldest; /* command that waits for power before all others; NULL: none */
    ifc_time waited; /* by all commands together */
} ifc_power;

typedef struct ifc_controller {
    ifc_hardware *hw;
    ifc_signal work;
    ifc_job_fifo jobs;              /* to be started */
    ifc_txn_fifo made;              /* commands that wait for its time, where each takes some */
    ifc_command_queue *queues;      /* owned; per channel */
    ifc_txn **batch;                /* owned; scratch, per channel */
    struct ifc_command_view *views; /* owned; scratch, IFC_VIEWS_MAX of them */
    ifc_power power;
    struct ifc_die *freed; /* has room since a command left it, which nobody has looked at; NULL: none */
    uint64_t placed;       /* commands that were queued so far */
    uint64_t scans;        /* for a dispatch policy, so far */
} ifc_controller;

void ifc_controller_init(ifc_controller *c, ifc_hardware *hw);
void ifc_controller_fini(ifc_controller *c);

/** ifc_controller_run() - the actor. */
void ifc_controller_run(void *controller);

/** ifc_controller_submit() - start @job when its turn has come. Does not block. */
void ifc_controller_submit(ifc_controller *c, ifc_job *job);

/** ifc_controller_made() - all transactions of @job are made; it is done when they are. */
void ifc_controller_made(ifc_controller *c, ifc_job *job);

/** ifc_controller_part_done() - one thing less that @job waits for, which is no transaction. */
void ifc_controller_part_done(ifc_controller *c, ifc_job *job);

/** ifc_controller_enqueue() - queue a command (with its batch) for its channel, and dispatch what can go. */
void ifc_controller_enqueue(ifc_controller *c, ifc_txn *txn);

/**
 * ifc_controller_dispatch() - send what can go from a channel's queue
 * (components/hardware/controller/dispatch.c)
 * @cause: whose completion made room; NULL: something was queued
 * @new: it was; else NULL
 */
void ifc_controller_dispatch(ifc_controller *c, uint32_t channel, const ifc_txn *cause, ifc_txn *new);

#endif
