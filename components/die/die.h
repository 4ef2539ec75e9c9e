/**
 * A flash die: its sequencer decodes commands in order and runs one array operation at a time on its planes,
 * except that commands that follow each other share the register pipeline. Its global buffer collects and
 * reduces plane results.
 */
#ifndef IFC_DIE_H
#define IFC_DIE_H

#include <ifc/txn.h>

#include "components/plane/engine.h"
#include "components/plane/pipeline.h"
#include "platform/kernel/kernel.h"

struct ifc_system;
struct ifc_group;

typedef struct ifc_die {
    struct ifc_system *sys;
    const struct ifc_group *group;
    uint32_t index, channel;
    uint32_t in_group; /* its number within the group */
    char name[64];     /* "g1.die3" */

    /* sequencer */
    ifc_signal work;
    ifc_txn *first, **last; /* commands that arrived */
    ifc_pipeline pipeline;
    ifc_txn *last_array; /* the command that used the array last */
    uint64_t last_array_id;
    bool cache_busy;     /* cache registers hold pages of a READ that are still being moved */
    bool cache_is_later; /* than the sense, the last time both were waited for */
    ifc_signal cache_free;

    /* engines, at the grains page and plane */
    ifc_engine *engines; /* one per plane; NULL at grain die */
    uint32_t engines_sensing;
    ifc_signal engines_done;

    /* global buffer */
    ifc_signal collect_work;
    ifc_txn *collect_first, **collect_last;
    ifc_time collect_free;

    /* what the controller keeps about it: room for commands */
    uint32_t held;        /* commands dispatched and not completed */
    uint64_t buffer_used; /* bytes of the global buffer promised to them */
    uint64_t vector;      /* input vector that is (or will be) resident; 0: none */
    uint64_t vector_bytes;

    uint32_t track, array_track, compute_track, buffer_track; /* timeline; 0: not recorded */
    /* statistics */
    ifc_time busy_until, busy_ps, wait_ps;
    uint64_t commands, pages_sensed, pages_programmed, blocks_erased, macs;
    ifc_span span;       /* of single uses of the array: from a first sense until the last page has moved */
    double peak_watts;   /* of the command that draws most while its planes work */
    double bytes_sensed; /* fractional pages count by their part */
} ifc_die;

void ifc_die_init(ifc_die *d, struct ifc_system *sys, const struct ifc_group *group, uint32_t index,
                  uint32_t in_group);
void ifc_die_fini(ifc_die *d);

/** ifc_die_run() - the sequencer's actor. */
void ifc_die_run(void *die);

/** ifc_die_collect_run() - the global buffer's actor (grains page and plane; at grain die the sequencer does
 * it). */
void ifc_die_collect_run(void *die);

/** ifc_die_accept() - the channel delivers a command. Takes it. Does not block. */
void ifc_die_accept(ifc_die *d, ifc_txn *txn);

/** ifc_die_cache_free() - the last page of a READ has left the cache registers. Does not block. */
void ifc_die_cache_free(ifc_die *d);

#endif
