#include "components/data/contexts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/random.h"

void ifc_contexts_init(ifc_contexts *c, const ifc_scenario *s, uint64_t token_bytes, uint64_t room)
{
    *c = (ifc_contexts){.p = NULL};
    if (s->contexts.budget == 0 || s->workload.kind != IFC_WORKLOAD_REQUESTS)
        return;
    *c = (ifc_contexts){.p = &s->contexts,
                        .n = s->workload.batch,
                        .layers = s->model.layers,
                        .layer_bytes = token_bytes * s->contexts.chunk,
                        .room = s->contexts.store[0] ? room : 0,
                        .rng = s->simulation.seed};
    c->all = ifc_alloc_zero(c->n, sizeof *c->all);
}

void ifc_contexts_fini(ifc_contexts *c)
{
    for (uint32_t i = 0; i < c->n; i++)
        free(c->all[i].chunks);
    free(c->all);
    *c = (ifc_contexts){.p = NULL};
}

static uint64_t level_bytes(const ifc_contexts *c, uint8_t level)
{
    return (c->layer_bytes >> level) * c->layers;
}

uint64_t ifc_contexts_size(const ifc_contexts *c, uint64_t chunks)
{
    return chunks * level_bytes(c, 0);
}

uint64_t ifc_contexts_chunks(const ifc_contexts *c, uint64_t tokens)
{
    return (tokens + c->p->chunk - 1) / c->p->chunk;
}

uint64_t ifc_contexts_missing(const ifc_contexts *c, uint32_t i)
{
    const ifc_context *x = &c->all[i];
    uint64_t sum = 0;
    for (size_t k = 0; k < x->n; k++)
        sum += x->chunks[k].here ? 0 : level_bytes(c, x->chunks[k].level);
    return sum;
}

static uint64_t chunks_here(const ifc_context *x)
{
    return x->here[0] + x->here[1] + x->here[2];
}

uint64_t ifc_contexts_bytes(const ifc_contexts *c, uint32_t *n)
{
    uint64_t sum = 0;
    *n = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        *n += c->all[i].n > 0;
        for (size_t k = 0; k < c->all[i].n; k++)
            sum += level_bytes(c, c->all[i].chunks[k].level);
    }
    return sum;
}

uint32_t ifc_contexts_resident(const ifc_contexts *c)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < c->n; i++)
        sum += c->all[i].n > 0 && chunks_here(&c->all[i]) == c->all[i].n;
    return sum;
}

/* ---- into memory, and out of it ---- */

static void enter(ifc_contexts *c, ifc_context *x, ifc_context_chunk *k)
{
    k->here = true;
    x->here[k->level]++;
    c->bytes += level_bytes(c, k->level);
}

static void leave(ifc_contexts *c, ifc_context *x, ifc_context_chunk *k)
{
    k->here = false;
    x->here[k->level]--;
    c->bytes -= level_bytes(c, k->level);
}

/* What the store had of it is of no use any more. */
static void forget(ifc_contexts *c, ifc_context_chunk *k)
{
    c->room += k->stored ? level_bytes(c, k->level) : 0;
    k->stored = false;
}

/* A chunk that the store lacks goes there, if it fits. */
static bool store(ifc_contexts *c, ifc_context_chunk *k)
{
    uint64_t bytes = level_bytes(c, k->level);
    if (k->stored || c->room < bytes)
        return false;
    c->room -= bytes;
    return k->stored = k->moving = true;
}

void ifc_contexts_arrive(ifc_contexts *c, uint32_t i)
{
    ifc_context *x = &c->all[i];
    for (size_t k = 0; k < x->n; k++) {
        if (!x->chunks[k].here)
            enter(c, x, &x->chunks[k]);
        x->chunks[k].moving = false;
    }
    x->used = ++c->calls;
}

void ifc_contexts_drop(ifc_contexts *c, uint32_t i)
{
    ifc_context *x = &c->all[i];
    for (size_t k = 0; k < x->n; k++) {
        forget(c, &x->chunks[k]);
        if (x->chunks[k].here)
            leave(c, x, &x->chunks[k]);
    }
    x->n = 0;
    x->used = 0;
}

/* ---- who goes first ---- */

/* Of contexts that have chunks of a level in memory (any: IFC_CONTEXT_LEVELS), the one used longest ago. */
static ifc_context *oldest(const ifc_contexts *c, uint32_t busy, uint32_t level)
{
    ifc_context *found = NULL;
    for (uint32_t i = 0; i < c->n; i++) {
        ifc_context *x = &c->all[i];
        uint64_t there = level < IFC_CONTEXT_LEVELS ? x->here[level] : chunks_here(x);
        if (i != busy && there > 0 && (!found || x->used < found->used))
            found = x;
    }
    return found;
}

static void evict_first(ifc_contexts *c, ifc_context *x, uint32_t level)
{
    size_t k = 0;
    while (!x->chunks[k].here || (level < IFC_CONTEXT_LEVELS && x->chunks[k].level != level))
        k++;
    leave(c, x, &x->chunks[k]);
    store(c, &x->chunks[k]);
}

static void evict_all(ifc_contexts *c, ifc_context *x)
{
    for (size_t k = 0; k < x->n; k++)
        if (x->chunks[k].here) {
            leave(c, x, &x->chunks[k]);
            store(c, &x->chunks[k]);
        }
}

bool ifc_contexts_evict(ifc_contexts *c, uint32_t busy)
{
    ifc_context *x = NULL;
    if (c->p->evict != IFC_EVICT_LCTRU) {
        x = oldest(c, busy, IFC_CONTEXT_LEVELS);
        if (x && c->p->evict == IFC_EVICT_CONTEXT)
            evict_all(c, x);
        else if (x)
            evict_first(c, x, IFC_CONTEXT_LEVELS);
        return x != NULL;
    }
    for (uint32_t level = 0; level < IFC_CONTEXT_LEVELS && !x; level++) {
        x = oldest(c, busy, level);
        if (x)
            evict_first(c, x, level);
    }
    return x != NULL;
}

bool ifc_contexts_write(ifc_contexts *c)
{
    bool moves = false;
    for (uint32_t i = 0; i < c->n && !moves; i++)
        for (size_t k = 0; k < c->all[i].n && !moves; k++)
            moves |= c->all[i].chunks[k].here && store(c, &c->all[i].chunks[k]);
    return moves;
}

void ifc_contexts_settle(ifc_contexts *c)
{
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->all[i].n; k++)
            c->all[i].chunks[k].moving = false;
}

/* ---- growth and compression ---- */

/* Having twice the bytes lowers density / ratio by 2 densities from 1/4 to 1/2, and by 1 from 1/2 to 1: per
 * whole chunk of bytes, by 8 and by 2. */
static double gain(const ifc_context_chunk *k)
{
    return k->level == 0 ? 0 : k->density * (k->level == 2 ? 8 : 2);
}

/* Chunks [first, end) have just been filled: what the sum of density / ratio is least with, so that all
 * ranked ones together keep to the mean ratio. In units of an eighth of a chunk. */
static void rank(ifc_contexts *c, ifc_context *x, size_t first, size_t end)
{
    double left = 8 * c->p->ratio * (double)end;
    for (size_t k = 0; k < first; k++)
        left -= 8 >> x->chunks[k].level;
    for (size_t k = first; k < end; k++) {
        x->chunks[k].density = -log(ifc_random_unit(&c->rng));
        x->chunks[k].level = IFC_CONTEXT_LEVELS - 1;
        left -= 2;
    }
    for (;;) {
        ifc_context_chunk *best = NULL;
        for (size_t k = first; k < end; k++) {
            ifc_context_chunk *this = &x->chunks[k];
            bool fits = this->level == 2 ? left >= 2 : left >= 4;
            if (fits && gain(this) > 0 && (!best || gain(this) > gain(best)))
                best = this;
        }
        if (!best)
            return;
        left -= best->level == 2 ? 2 : 4;
        best->level--;
    }
}

/* The first chunk that is not ranked; ranked ones come before all others. */
static size_t ranked(const ifc_context *x)
{
    size_t k = 0;
    while (k < x->n && x->chunks[k].ranked)
        k++;
    return k;
}

void ifc_contexts_grow(ifc_contexts *c, uint32_t i, uint64_t tokens)
{
    ifc_context *x = &c->all[i];
    size_t first = ranked(x), end = tokens / c->p->chunk, all = ifc_contexts_chunks(c, tokens);
    for (size_t k = first; k < x->n; k++) { /* it has changed */
        forget(c, &x->chunks[k]);
        leave(c, x, &x->chunks[k]);
    }
    for (; x->n < all; x->n++) {
        x->chunks = ifc_grow(x->chunks, &x->room, x->n, sizeof *x->chunks);
        x->chunks[x->n] = (ifc_context_chunk){.level = 0};
    }
    if (c->p->ratio < 1)
        rank(c, x, first, end);
    for (size_t k = first; k < all; k++) {
        x->chunks[k].ranked = k < end;
        enter(c, x, &x->chunks[k]);
    }
}

bool ifc_contexts_object(const ifc_contexts *c, ifc_context_cursor *at, uint64_t *bytes)
{
    *bytes = 0;
    for (; at->context < c->n; at->context++, at->chunk = 0) {
        const ifc_context *x = &c->all[at->context];
        while (at->chunk < x->n && *bytes == 0) {
            const ifc_context_chunk *k = &x->chunks[at->chunk++];
            *bytes += k->moving ? c->layer_bytes >> k->level : 0;
        }
        if (*bytes > 0)
            return true;
    }
    return false;
}
