/**
 * Reuse: what was simulated once in an equal state is not simulated again.
 *
 * When the graph of a layer begins with nothing in flight, all that can influence it is a key. Its effects
 * (how long it took, by how much every counter grew, what the KV cache did when) are kept under that key;
 * where the key comes again they are added, and the host sleeps for that time. Exact by construction:
 * counters are integers, and what is not (the programs of dies) is added in the order in which it happened.
 */
#ifndef IFC_REUSE_H
#define IFC_REUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ifc/policy.h>
#include <ifc/time.h>

typedef enum ifc_reuse_event {
    IFC_REUSE_ASKED,  /* the flush policy, about a part of the step */
    IFC_REUSE_STORED, /* the tokens of a prompt go to their pages */
    IFC_REUSE_ENDED   /* a flush or a store */
} ifc_reuse_event;

/** Something that a graph did to the cache of a part of the step. */
typedef struct ifc_reuse_flush {
    ifc_reuse_event event;
    uint32_t part;
    ifc_flush_view view; /* asked */
    uint32_t tokens;     /* asked: the answer, 0: no flush; stored */
    ifc_time at;         /* ended: from the begin of the graph */
} ifc_reuse_flush;

/** A die has programmed, by so much of its pages. */
typedef struct ifc_reuse_program {
    uint32_t die;
    double pages;
} ifc_reuse_program;

typedef struct ifc_reuse_delta {
    uint32_t counter;
    uint64_t more;
} ifc_reuse_delta;

/** What a graph did. Arrays lie behind it in one block. */
typedef struct ifc_reuse_entry {
    struct ifc_reuse_entry *older, *newer;
    uint64_t hash;
    size_t key_bytes, bytes;
    const uint8_t *key;
    ifc_time duration;
    uint32_t n_deltas, n_flushes, n_programs;
    const ifc_reuse_delta *deltas;
    const ifc_reuse_flush *flushes; /* in the order in which they happened */
    const ifc_reuse_program *programs;
} ifc_reuse_entry;

typedef struct ifc_reuse_range {
    uint64_t *first;
    size_t n;
} ifc_reuse_range;

typedef struct ifc_reuse {
    const char *why_not; /* NULL: reuse is on */
    /* what is known, oldest use first; bounded */
    void *tree;
    ifc_reuse_entry *oldest, *newest;
    size_t bytes, most_bytes;
    /* counters */
    ifc_reuse_range *ranges; /* owned */
    size_t n_ranges, room_ranges, n_counters;
    uint64_t *before; /* owned */
    /* of the graph at work */
    uint8_t *key; /* owned */
    size_t key_bytes, room_key;
    bool recording;
    ifc_time begin;
    ifc_reuse_flush *flushes;    /* owned */
    ifc_reuse_program *programs; /* owned */
    size_t n_flushes, room_flushes, n_programs, room_programs;
    ifc_reuse_delta *deltas;     /* owned; scratch */
    uint64_t digests[IFC_KINDS]; /* of the policies, when it began */
    /* statistics */
    uint64_t layers, reused, busy; /* busy: began with work in flight */
} ifc_reuse;

/** ifc_reuse_init() - nothing is known. @most_bytes: that may be kept; @why_not: NULL, or why it is off. */
void ifc_reuse_init(ifc_reuse *r, size_t most_bytes, const char *why_not);
void ifc_reuse_fini(ifc_reuse *r);

/** ifc_reuse_forbid() - from now on nothing is reused. @why: static text; the first one stays. */
void ifc_reuse_forbid(ifc_reuse *r, const char *why);

/** ifc_reuse_watch() - @n counters that graphs add to: 64-bit integers, borrowed. Before the first graph. */
void ifc_reuse_watch(ifc_reuse *r, void *counters, size_t n);

/** ifc_reuse_begin() - the key of a graph begins. */
void ifc_reuse_begin(ifc_reuse *r);

/** ifc_reuse_key() - a further part of it; may be empty. */
void ifc_reuse_key(ifc_reuse *r, const void *part, size_t bytes);

/** ifc_reuse_find() - what is known under the key. Return: NULL: nothing; valid until the next
 * ifc_reuse_keep(). */
const ifc_reuse_entry *ifc_reuse_find(ifc_reuse *r);

/** ifc_reuse_record() - a graph begins @now that is not known. */
void ifc_reuse_record(ifc_reuse *r, ifc_time now);

/** ifc_reuse_asked() - a graph that is recorded: the flush policy was asked. */
void ifc_reuse_asked(ifc_reuse *r, uint32_t part, const ifc_flush_view *view, uint32_t answer);

/** ifc_reuse_stored() - a graph that is recorded stores the @tokens of its prompt. */
void ifc_reuse_stored(ifc_reuse *r, uint32_t part, uint32_t tokens);

/** ifc_reuse_flushed() - a flush, or a store, of that part has ended. */
void ifc_reuse_flushed(ifc_reuse *r, uint32_t part, ifc_time now);

/** ifc_reuse_programmed() - a die has programmed so much of its pages. */
void ifc_reuse_programmed(ifc_reuse *r, uint32_t die, double pages);

/** ifc_reuse_keep() - the graph is over, and nothing is in flight: keep what it did. */
void ifc_reuse_keep(ifc_reuse *r, ifc_time now);

/** ifc_reuse_add() - the counters grow as they did. */
void ifc_reuse_add(ifc_reuse *r, const ifc_reuse_entry *e);

#endif
