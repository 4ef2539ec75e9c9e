/**
 * Conversations of a service that keep their keys and values in a part of DRAM that is too small for all of
 * them. A context is the cache of a place; it consists of chunks, each so many tokens of all layers. A chunk
 * is in memory, in a flash group (stored), in both, or nowhere: then only its text is left. Here is who is
 * where, who goes first, and with how many bits; run/swap.c moves them (arXiv 2403.11805).
 */
#ifndef IFC_CONTEXTS_H
#define IFC_CONTEXTS_H

#include "platform/scenario/scenario.h"

/** A chunk takes 1, 1/2 or 1/4 of its bytes. */
#define IFC_CONTEXT_LEVELS 3

typedef struct ifc_context_chunk {
    double density; /* how much attention it gets, of its kind: drawn */
    uint8_t level;  /* its bytes are those of a whole one >> level */
    bool ranked;    /* full, and its level is decided */
    bool here;      /* in memory */
    bool stored;    /* in the store, as it is now */
    bool moving;    /* what the operator under way reads or writes */
} ifc_context_chunk;

typedef struct ifc_context {
    ifc_context_chunk *chunks; /* owned */
    size_t n, room;
    uint64_t here[IFC_CONTEXT_LEVELS]; /* chunks in memory */
    uint64_t used;                     /* of all calls, which was its last */
} ifc_context;

typedef struct ifc_contexts {
    const ifc_contexts_params *p; /* borrowed; NULL: there are none */
    ifc_context *all;             /* owned; by place */
    uint32_t n, layers;
    uint64_t layer_bytes; /* of a chunk that is not compressed, of a layer */
    uint64_t bytes;       /* in memory */
    uint64_t room;        /* bytes that the store still has */
    uint64_t calls;       /* so far */
    uint64_t sent;        /* pieces that went to the store's dies, in turn */
    uint64_t rng;
} ifc_contexts;

/**
 * ifc_contexts_init() - no context has anything yet; contexts.budget = 0: there are none
 * @token_bytes: keys and values of a token and layer
 * @room:        bytes of the store
 */
void ifc_contexts_init(ifc_contexts *c, const ifc_scenario *s, uint64_t token_bytes, uint64_t room);
void ifc_contexts_fini(ifc_contexts *c);

/** ifc_contexts_size() - bytes of @chunks chunks of all layers that are not compressed. */
uint64_t ifc_contexts_size(const ifc_contexts *c, uint64_t chunks);

/** ifc_contexts_chunks() - chunks that so many tokens take. */
uint64_t ifc_contexts_chunks(const ifc_contexts *c, uint64_t tokens);

/** ifc_contexts_missing() - bytes of context @i that are not in memory. */
uint64_t ifc_contexts_missing(const ifc_contexts *c, uint32_t i);

/** ifc_contexts_bytes() - of all contexts, wherever they are. @n: out; how many there are. */
uint64_t ifc_contexts_bytes(const ifc_contexts *c, uint32_t *n);

/** ifc_contexts_resident() - contexts that are wholly in memory. */
uint32_t ifc_contexts_resident(const ifc_contexts *c);

/**
 * ifc_contexts_evict() - what goes first leaves memory, but nothing of context @busy
 * What the store has not got, and has room for, is moving from then on. Return: false: nothing is left.
 */
bool ifc_contexts_evict(ifc_contexts *c, uint32_t busy);

/** ifc_contexts_arrive() - all of context @i is in memory, and nothing moves. */
void ifc_contexts_arrive(ifc_contexts *c, uint32_t i);

/** ifc_contexts_grow() - a call is over that has left context @i with @tokens tokens, which are in memory:
 * chunks that it filled are ranked and compressed. */
void ifc_contexts_grow(ifc_contexts *c, uint32_t i, uint64_t tokens);

/** ifc_contexts_write() - something that is in memory and not in the store, and fits there, is moving, and
 * counts as stored. Return: false: there is nothing. */
bool ifc_contexts_write(ifc_contexts *c);

/** ifc_contexts_settle() - what was moving is where it should be. */
void ifc_contexts_settle(ifc_contexts *c);

/** ifc_contexts_drop() - context @i is given up. */
void ifc_contexts_drop(ifc_contexts *c, uint32_t i);

/** What moves, object by object: a chunk of a layer. */
typedef struct ifc_context_cursor {
    uint32_t context;
    size_t chunk;
} ifc_context_cursor;

/** ifc_contexts_object() - the next object, from {0} on. @bytes: out. Return: false: there is none. */
bool ifc_contexts_object(const ifc_contexts *c, ifc_context_cursor *at, uint64_t *bytes);

#endif
