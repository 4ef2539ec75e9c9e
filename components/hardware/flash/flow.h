/**
 * A READ or READ_COMPUTE under way: its pages pass the array and the engines of its die, what grows with them
 * crosses the bus a granule at a time while the array works.
 *
 * A granule is one round of pages (a page of every plane that takes part), or several where a round brings
 * less than IFC_GRANULE_BYTES; its size does not depend on the global buffer, which only bounds how many
 * granules are in flight. The input of a granule must be there before the engines begin on it; its result
 * asks for the bus when the global buffer has collected it. A READ has a granule for each round, whose pages
 * leave one by one; the next round may enter the cache registers when all of them have left.
 *
 * Nothing here has an event of its own. A tenure is decided when it is certain who asks first: the channel
 * grants, up to any moment, everything that was asked for until then (ifc_channel_advance). The die's actor
 * sleeps until its command may be over and looks again.
 */
#ifndef IFC_FLOW_H
#define IFC_FLOW_H

#include <ifc/txn.h>

#include "components/hardware/flash/lane.h"
#include "components/hardware/flash/pipeline.h"

struct ifc_die;
struct ifc_hardware;

#define IFC_GRANULE_BYTES                                                                                    \
    512                      /* a smaller result waits for the next round's (assumed: a burst of the bus)    \
                              */
#define IFC_GRANULES_MAX 256 /* of a command; longer ones have coarser granules */

typedef struct ifc_flow {
    struct ifc_die *die;
    ifc_txn *txn;
    struct ifc_flow *next_on_bus;        /* the channel's, in the order of their commands */
    struct ifc_flow *before, *after_out; /* results leave an exit in the order of its commands */
    uint32_t granules;
    uint32_t down, done, up;     /* granules whose input, work (of all parts), result is decided */
    uint32_t collected;          /* granules whose results have a time in the global buffer; READ: done */
    uint32_t tasks_over;         /* parts whose lanes are done with it */
    uint32_t room_down, room_up; /* granules of input, of results that the global buffer takes at a time */
    uint32_t tenures;   /* READ: pages (or slices) of the round at `up` that have been granted the bus */
    bool page_commands; /* every page and plane has a command of its own, a round's before its sense */
    bool one_run;       /* READ as a single tenure for all its pages: fractions of pages */
    bool down_on_bus, up_on_bus; /* each granule takes time on the bus, in that direction */
    ifc_time down_free, up_free; /* ends of its last tenures */
    uint64_t seen;               /* the die's changes, when the next two were found */
    ifc_time wants_down, wants_up;
    ifc_time page_time; /* READ: of a page on the bus, or of all of a run */
    ifc_time last_up;   /* begin of the last one up */
    ifc_time t_read;
    ifc_time *times; /* owned; four per slot: see slot() */
    uint32_t slots, room;
} ifc_flow;

/** ifc_flow_needed() - whether a command has one. */
static inline bool ifc_flow_needed(const ifc_txn *txn)
{
    return txn->command == IFC_READ || txn->command == IFC_READ_COMPUTE;
}

/** ifc_flow_sense_time() - of a page of each plane: a power limit lets only some sense at a time, in turns.
 */
ifc_time ifc_flow_sense_time(const struct ifc_die *d, const ifc_txn *txn);

/** ifc_flow_prepare() - the flow of a new READ or READ_COMPUTE, and what it holds of the global buffer. */
void ifc_flow_prepare(ifc_txn *txn, struct ifc_die *d);

/** ifc_flow_sent() - the command, and what came with it, crosses the bus until txn->arrived. */
void ifc_flow_sent(ifc_flow *f);

/** ifc_flow_wait() - a command on its way to a die: its results leave after those of the commands before. */
void ifc_flow_wait(ifc_flow *f);

/** ifc_flow_start() - a lane begins its part: its sequencer is free. */
void ifc_flow_start(ifc_task *p);

/** When the next tenure down, or up, is asked for. Return: IFC_TIME_MAX: that is not known yet, or none. */
ifc_time ifc_flow_wants_down(ifc_flow *f);
ifc_time ifc_flow_wants_up(ifc_flow *f);

/** What the next tenure moves, and the bus time of the commands in it. */
uint64_t ifc_flow_down_bytes(const ifc_flow *f);
uint64_t ifc_flow_up_bytes(const ifc_flow *f);
ifc_time ifc_flow_down_commands(const ifc_flow *f);
ifc_time ifc_flow_up_commands(const ifc_flow *f);

/** The bus is granted for [begin, end]. */
void ifc_flow_grant_down(ifc_flow *f, ifc_time end);
void ifc_flow_grant_up(ifc_flow *f, ifc_time begin, ifc_time end);

/** ifc_flow_decided() - all of a part's work on the array and in the engines has its time. */
static inline bool ifc_flow_decided(const ifc_task *p)
{
    const ifc_flow *f = p->txn->flow;
    return p->done == f->granules && (!f->one_run || f->up == f->granules);
}

/** ifc_flow_gone() - all of its result has been granted the bus; the last tenure ends at up_free. */
static inline bool ifc_flow_gone(const ifc_flow *f)
{
    return f->up == f->granules;
}

/** ifc_flow_bound() - no moment before this one can be the end of a part's last sense. */
ifc_time ifc_flow_bound(const ifc_task *p);

/** ifc_flow_bound_up() - no moment before this one can be the end of its last tenure. */
ifc_time ifc_flow_bound_up(const ifc_flow *f);

/** ifc_flow_stamp_up() - all of it has crossed the bus: the stamps from there on. */
void ifc_flow_stamp_up(const ifc_flow *f);

/** ifc_flow_round_pages() - READ: pages of the round that leaves next. */
uint64_t ifc_flow_round_pages(const ifc_flow *f);

/** ifc_flow_extent() - pages of a part's granule done last. */
ifc_extent ifc_flow_extent(const ifc_task *p);

/** ifc_flow_round() - its first round. */
uint64_t ifc_flow_round(const struct ifc_task *p);

void ifc_flow_free(ifc_flow *f);

#endif
