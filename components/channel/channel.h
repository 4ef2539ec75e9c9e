/**
 * A flash channel: one half-duplex bus that its actor grants in exclusive tenures.
 */
#ifndef IFC_CHANNEL_H
#define IFC_CHANNEL_H

#include <ifc/txn.h>

#include "platform/kernel/kernel.h"

struct ifc_system;

typedef struct ifc_channel {
    struct ifc_system *sys;
    uint32_t index;
    char name[32];
    ifc_signal work;
    ifc_txn *first, **last;         /* requests for a tenure, oldest first */
    struct ifc_command_view *views; /* scratch, IFC_VIEWS_MAX of them */
    ifc_time free_at;               /* end of the tenures granted so far */
    uint32_t track;                 /* timeline */
    /* statistics */
    ifc_span span; /* of single services */
    ifc_time busy_ps, wait_ps;
    uint64_t tenures, bytes_down, bytes_up, commands;
} ifc_channel;

void ifc_channel_init(ifc_channel *c, struct ifc_system *sys, uint32_t index);
void ifc_channel_fini(ifc_channel *c);

/** ifc_channel_run() - the actor. */
void ifc_channel_run(void *channel);

/**
 * ifc_channel_send() - ask for a tenure that takes @txn (and the rest of its broadcast batch) down to its die
 * Takes the transaction until the die has it. Does not block. A tenure that costs no time is delivered at
 * once.
 */
void ifc_channel_send(ifc_channel *c, ifc_txn *txn);

/**
 * ifc_channel_return() - ask for txn->tenures tenures that together take bytes_up up to the controller
 * Takes the transaction; when the last tenure ends the controller has it. Does not block.
 */
void ifc_channel_return(ifc_channel *c, ifc_txn *txn);

#endif
