/*
 * Prompts that begin alike: the keys and values of what they have in common are kept once. A cache that stays
 * begins with what another prompt had; rows of blocks stay as long as any sequence reads them.
 */
#include "components/run/prefix.h"

#include <string.h>

#include "components/run/host.h"
#include "platform/common/memory.h"

/* Whether place @i reads what lies in rows of place @of. */
static bool *uses(ifc_serving *v, uint32_t i, uint32_t of)
{
    return &v->uses[(size_t)i * v->n_places + of];
}

/* Tokens that the prompts of a place and of a request begin with. */
static uint64_t common(const ifc_served *p, const ifc_request *r)
{
    uint32_t n = 0;
    while (n < p->n_blocks && n < r->n_blocks && p->blocks[n] == r->blocks[n])
        n++;
    uint64_t tokens = (uint64_t)n * IFC_TRACE_BLOCK_TOKENS;
    tokens = tokens < p->prompt ? tokens : p->prompt;
    return tokens < r->prompt ? tokens : r->prompt - 1; /* the last one is looked at anew */
}

/* Of them, those whose whole pages another cache can have. */
static uint64_t shareable(const ifc_host *h, const ifc_sequence *q, const ifc_request *r)
{
    const ifc_served *p = &h->serving.places[q->kv->sequence];
    return ifc_kv_shareable(q->kv, common(p, r));
}

ifc_sequence *ifc_prefix_find(ifc_host *h, const ifc_request *r, uint64_t *tokens)
{
    ifc_sequence *found = NULL;
    *tokens = 0;
    for (uint32_t i = 0; r->n_blocks > 0 && i < h->steps.n; i++) {
        ifc_sequence *q = &h->steps.sequences[i];
        uint64_t n = shareable(h, q, r);
        /* of equal ones, one that is free: its place is taken with what it has */
        if (n > *tokens || (n == *tokens && found && found->busy && !q->busy)) {
            *tokens = n;
            found = n > 0 ? q : NULL;
        }
    }
    return found;
}

void ifc_prefix_take(ifc_host *h, ifc_sequence *q, ifc_sequence *from, uint64_t tokens)
{
    ifc_serving *v = &h->serving;
    uint32_t mine = q->kv->sequence, theirs = from->kv->sequence;
    if (q == from)
        ifc_event_freed(&h->events, q->kv);
    ifc_kv_inherit(q->kv, from->kv, tokens);
    ifc_event_shared(&h->events, q->kv);
    ifc_event_kv_buffer(&h->events, h->mapping->kv.buffered_bytes);
    uint64_t *kept = &v->places[mine].kept;
    *kept = q != from || tokens < *kept ? tokens : *kept;
    if (q == from)
        return;
    *uses(v, mine, theirs) = true;
    for (uint32_t i = 0; i < v->n_places; i++)
        *uses(v, mine, i) |= i != mine && *uses(v, theirs, i);
}

void ifc_prefix_note(ifc_host *h, const ifc_sequence *q, const ifc_request *r)
{
    ifc_served *p = &h->serving.places[q->kv->sequence];
    for (p->n_blocks = 0; p->n_blocks < r->n_blocks; p->n_blocks++) {
        p->blocks = ifc_grow(p->blocks, &p->room, p->n_blocks, sizeof *p->blocks);
        p->blocks[p->n_blocks] = r->blocks[p->n_blocks];
    }
    p->prompt = r->prompt;
}

/* Another one that reads rows of a place; IFC_NONE: nobody does. */
static uint32_t reader(ifc_serving *v, uint32_t place)
{
    for (uint32_t i = 0; i < v->n_places; i++)
        if (*uses(v, i, place))
            return i;
    return IFC_NONE;
}

void ifc_prefix_leave(ifc_host *h, const ifc_sequence *q)
{
    ifc_serving *v = &h->serving;
    const ifc_group *g = h->mapping->kv.group;
    uint32_t place = q->kv->sequence, heir = reader(v, place);
    v->places[place].n_blocks = v->places[place].kept = 0;
    if (heir != IFC_NONE)
        v->places[heir].kept = 0;
    memset(uses(v, place, 0), 0, v->n_places * sizeof *v->uses);
    for (uint32_t d = 0; g && heir != IFC_NONE && d < g->p->dies; d++)
        ifc_blocks_give(&h->mapping->blocks, g->first_die + d, place, heir);
    for (uint32_t i = 0; heir != IFC_NONE && i < v->n_places; i++) {
        *uses(v, i, heir) |= i != heir && *uses(v, i, place);
        *uses(v, i, place) = false;
    }
}
