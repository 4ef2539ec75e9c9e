/**
 * A flash die: the sequencer of each of its lanes decodes commands in order and runs one array operation at a
 * time on its planes, except that commands that follow each other share the register pipeline. Its global
 * buffer collects and reduces plane results.
 */
#ifndef IFC_DIE_H
#define IFC_DIE_H

#include <ifc/txn.h>

#include "components/hardware/flash/lane.h"
#include "platform/kernel/kernel.h"

struct ifc_hardware;
struct ifc_group;

typedef struct ifc_die {
    struct ifc_hardware *hw;
    const struct ifc_group *group;
    uint32_t index, channel;
    uint32_t slot;     /* of its channel, which it is the slot-th die of */
    uint32_t in_group; /* its number within the group */
    char name[64];     /* "g1.die3" */

    ifc_signal work;
    ifc_time wakes;  /* when its actor will look again */
    ifc_lane *lanes; /* owned; one, or where planes are independent one for each */
    uint32_t n_lanes;
    uint64_t changes; /* of all that its flows depend on: what one of them wants holds until the next */
    ifc_exit exit;    /* of commands; where planes are independent, of those that use the global buffer */

    /* global buffer */
    ifc_time collect_free;

    /* what the controller keeps about it: room for commands */
    uint32_t held;        /* commands dispatched and not completed */
    uint64_t buffer_used; /* bytes of the global buffer promised to them, live input vectors included */
    uint64_t vector;      /* input vector that is (or will be) resident; 0: none */
    uint64_t vector_bytes;
    ifc_txn *vector_user; /* the newest command that uses it; NULL: it is dead, and may be overwritten */

    uint64_t seen[IFC_CLASSES]; /* scan for a policy in which a command of a class was last seen for it */

    /* statistics */
    ifc_time wait_ps;
    ifc_time longest_page; /* of the commands so far: what the slowest of sense, decode and compute takes */
    uint64_t commands, pages_sensed, pages_resensed, pages_copied, programs, blocks_erased, macs, suspends;
    double pages_programmed; /* a partial program is a part of its page's fill */
    ifc_span span;         /* of single uses of the array: from a first sense until the last page has moved */
    double peak_watts;     /* of the command that draws most while its planes work */
    uint64_t bytes_sensed; /* of whole pages */
    double part_bytes_sensed; /* of fractions of pages */
} ifc_die;

void ifc_die_init(ifc_die *d, struct ifc_hardware *hw, const struct ifc_group *group, uint32_t index,
                  uint32_t in_group);
void ifc_die_fini(ifc_die *d);

/** ifc_die_run() - the actor. */
void ifc_die_run(void *die);

/** ifc_die_accept() - a command, whose cycles and data are on the bus until the times noted in it. Takes it.
 * Does not block. */
void ifc_die_accept(ifc_die *d, ifc_txn *txn);

/** ifc_die_look_again() - something it may wait for has been decided. Does not block. */
void ifc_die_look_again(ifc_die *d);

/** ifc_die_idle() - nothing of what it did reaches past @now. */
bool ifc_die_idle(const ifc_die *d, ifc_time now);

/** ifc_die_exit() - where what a command returns leaves the die in turn. */
ifc_exit *ifc_die_exit(const ifc_txn *txn);

/** ifc_die_collect_time() - plane results of a command, @bytes of them, into the global buffer. */
ifc_time ifc_die_collect_time(const ifc_die *d, const ifc_txn *txn, uint64_t bytes);

/** ifc_die_programs() - pages that a PROGRAM or COPY uses up: of KV, parts of pages may be 0 (what a prompt
 * has filled as far as the buffer ever would is used up already). */
static inline double ifc_die_programs(const ifc_txn *txn)
{
    return txn->traffic_class == IFC_CLASS_KV_WRITE ? txn->fill : (double)txn->extent.pages;
}

/** ifc_die_watts() - what a part of a command draws above the die's static power while its planes work at
 * their pace. */
double ifc_die_watts(const ifc_task *p);

#endif
