/**
 * A flash channel: one half-duplex bus that is granted in exclusive tenures.
 *
 * Commands ask for it when they are sent, and what grows with their pages each time a granule can go
 * (components/hardware/flash/flow.h). With the built-in arbiter, oldest first, a tenure needs no event: who
 * asks at @t gets the bus when all that was asked for before @t has been served. Any other arbiter chooses
 * among all who ask at the moment the bus is free; then an actor waits for those moments.
 */
#ifndef IFC_CHANNEL_H
#define IFC_CHANNEL_H

#include <ifc/txn.h>

#include "components/hardware/txn_fifo.h"
#include "platform/kernel/kernel.h"

struct ifc_hardware;
struct ifc_flow;

IFC_FIFO_TYPE(ifc_flow_fifo, struct ifc_flow)

typedef struct ifc_channel {
    struct ifc_hardware *hw;
    uint32_t index;
    uint32_t dies; /* that hang on it */
    char name[32];
    bool by_policy;
    ifc_flow_fifo flows; /* commands under way, in the order in which they were sent */
    ifc_time free_at;    /* end of the tenures granted so far */
    /* by policy only */
    ifc_signal work;
    ifc_txn_fifo sends;             /* commands to be sent */
    struct ifc_command_view *views; /* scratch, IFC_VIEWS_MAX of them */
    /* statistics */
    ifc_span span; /* of single services */
    ifc_time busy_ps, wait_ps;
    uint64_t tenures, bytes_down, bytes_up, commands;
} ifc_channel;

void ifc_channel_init(ifc_channel *c, struct ifc_hardware *hw, uint32_t index);
void ifc_channel_fini(ifc_channel *c);

/** ifc_channel_run() - the actor; needed where by_policy. */
void ifc_channel_run(void *channel);

/**
 * ifc_channel_send() - ask for a tenure that takes @txn (and the rest of its broadcast batch) down to its die
 * Takes the transaction until the die has it. Does not block. A tenure that costs no time is delivered at
 * once.
 */
void ifc_channel_send(ifc_channel *c, ifc_txn *txn);

/** ifc_channel_advance() - grant what was asked for until @until; by policy: tell the actor. Does not block.
 */
void ifc_channel_advance(ifc_channel *c, ifc_time until);

/**
 * ifc_channel_next() - when a flow will ask for the bus next, after ifc_channel_advance()
 * Return: IFC_TIME_MAX: none knows yet, or the actor will tell the die.
 */
ifc_time ifc_channel_next(const ifc_channel *c, ifc_time now);

/** ifc_channel_forget() - all of @f is on the other side. */
void ifc_channel_forget(ifc_channel *c, struct ifc_flow *f);

/** ifc_channel_moved_up() - bytes that took no time. */
void ifc_channel_moved_up(ifc_channel *c, uint64_t bytes);

#endif
