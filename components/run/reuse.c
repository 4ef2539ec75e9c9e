#include "components/run/reuse.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/kernel/kernel.h"

void ifc_reuse_init(ifc_reuse *r, size_t most_bytes, const char *why_not)
{
    *r = (ifc_reuse){.most_bytes = most_bytes, .why_not = why_not};
}

static void keep_in_tree(void *entry)
{
    (void)entry; /* entries are freed through their list */
}

void ifc_reuse_fini(ifc_reuse *r)
{
    tdestroy(r->tree, keep_in_tree);
    while (r->oldest) {
        ifc_reuse_entry *next = r->oldest->newer;
        free(r->oldest);
        r->oldest = next;
    }
    free(r->ranges);
    free(r->before);
    free(r->key);
    free(r->flushes);
    free(r->programs);
    free(r->deltas);
    *r = (ifc_reuse){.why_not = NULL};
}

void ifc_reuse_forbid(ifc_reuse *r, const char *why)
{
    if (!r->why_not)
        r->why_not = why;
}

void ifc_reuse_watch(ifc_reuse *r, void *counters, size_t n)
{
    r->ranges = ifc_grow(r->ranges, &r->room_ranges, r->n_ranges, sizeof *r->ranges);
    r->ranges[r->n_ranges++] = (ifc_reuse_range){counters, n};
    r->n_counters += n;
}

void ifc_reuse_begin(ifc_reuse *r)
{
    r->key_bytes = 0;
}

void ifc_reuse_key(ifc_reuse *r, const void *part, size_t bytes)
{
    if (r->key_bytes + bytes > r->room_key) {
        r->room_key = 2 * (r->key_bytes + bytes);
        r->key = ifc_resize(r->key, r->room_key, 1);
    }
    if (bytes > 0)
        memcpy(r->key + r->key_bytes, part, bytes);
    r->key_bytes += bytes;
}

/* FNV-1a, a word at a time: only the order of the tree depends on it. */
static uint64_t hash_of(const uint8_t *key, size_t bytes)
{
    uint64_t hash = 0xcbf29ce484222325u, word;
    for (; bytes >= sizeof word; key += sizeof word, bytes -= sizeof word) {
        memcpy(&word, key, sizeof word);
        hash = (hash ^ word) * 0x100000001b3u;
        hash ^= hash >> 29;
    }
    for (; bytes > 0; key++, bytes--)
        hash = (hash ^ *key) * 0x100000001b3u;
    return hash;
}

static int by_key(const void *a, const void *b)
{
    const ifc_reuse_entry *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    if (x->key_bytes != y->key_bytes)
        return x->key_bytes < y->key_bytes ? -1 : 1;
    return memcmp(x->key, y->key, x->key_bytes);
}

static void unlink_entry(ifc_reuse *r, ifc_reuse_entry *e)
{
    *(e->older ? &e->older->newer : &r->oldest) = e->newer;
    *(e->newer ? &e->newer->older : &r->newest) = e->older;
}

static void append_entry(ifc_reuse *r, ifc_reuse_entry *e)
{
    e->older = r->newest;
    e->newer = NULL;
    *(r->newest ? &r->newest->newer : &r->oldest) = e;
    r->newest = e;
}

const ifc_reuse_entry *ifc_reuse_find(ifc_reuse *r)
{
    const ifc_reuse_entry wanted = {
        .hash = hash_of(r->key, r->key_bytes), .key = r->key, .key_bytes = r->key_bytes};
    void *const *found = tfind(&wanted, &r->tree, by_key);
    if (!found)
        return NULL;
    ifc_reuse_entry *e = *found;
    unlink_entry(r, e);
    append_entry(r, e);
    return e;
}

void ifc_reuse_record(ifc_reuse *r, ifc_time now)
{
    if (!r->before) {
        r->before = ifc_alloc_zero(r->n_counters + 1, sizeof *r->before);
        r->deltas = ifc_alloc_zero(r->n_counters + 1, sizeof *r->deltas);
    }
    uint64_t *to = r->before;
    for (size_t i = 0; i < r->n_ranges; to += r->ranges[i++].n)
        memcpy(to, r->ranges[i].first, r->ranges[i].n * sizeof *to);
    r->recording = true;
    r->begin = now;
    r->n_flushes = r->n_programs = 0;
}

static void add_flush(ifc_reuse *r, const ifc_reuse_flush *flush)
{
    if (!r->recording)
        return;
    r->flushes = ifc_grow(r->flushes, &r->room_flushes, r->n_flushes, sizeof *r->flushes);
    r->flushes[r->n_flushes++] = *flush;
}

void ifc_reuse_asked(ifc_reuse *r, uint32_t part, const ifc_flush_view *view, uint32_t answer)
{
    add_flush(r, &(ifc_reuse_flush){.part = part, .event = IFC_REUSE_ASKED, .view = *view, .tokens = answer});
}

void ifc_reuse_stored(ifc_reuse *r, uint32_t part, uint32_t tokens)
{
    add_flush(r, &(ifc_reuse_flush){.part = part, .event = IFC_REUSE_STORED, .tokens = tokens});
}

void ifc_reuse_flushed(ifc_reuse *r, uint32_t part, ifc_time now)
{
    add_flush(r, &(ifc_reuse_flush){.part = part, .event = IFC_REUSE_ENDED, .at = now - r->begin});
}

void ifc_reuse_programmed(ifc_reuse *r, uint32_t die, double pages)
{
    if (!r->recording)
        return;
    r->programs = ifc_grow(r->programs, &r->room_programs, r->n_programs, sizeof *r->programs);
    r->programs[r->n_programs++] = (ifc_reuse_program){die, pages};
}

static uint32_t find_deltas(ifc_reuse *r)
{
    uint32_t n = 0, counter = 0;
    for (size_t i = 0; i < r->n_ranges; i++)
        for (size_t k = 0; k < r->ranges[i].n; k++, counter++)
            if (r->ranges[i].first[k] != r->before[counter])
                r->deltas[n++] = (ifc_reuse_delta){counter, r->ranges[i].first[k] - r->before[counter]};
    return n;
}

/* An array behind the entry; @at moves past it. */
static const void *place(uint8_t **at, const void *from, size_t bytes)
{
    const void *here = memcpy(*at, from, bytes);
    *at += (bytes + 15) / 16 * 16;
    return here;
}

static ifc_reuse_entry *make_entry(ifc_reuse *r, ifc_time now)
{
    uint32_t n_deltas = find_deltas(r);
    size_t deltas = n_deltas * sizeof *r->deltas, flushes = r->n_flushes * sizeof *r->flushes,
           programs = r->n_programs * sizeof *r->programs;
    size_t bytes = sizeof(ifc_reuse_entry) + r->key_bytes + deltas + flushes + programs + 5 * 16;
    ifc_reuse_entry *e = ifc_resize(NULL, bytes, 1);
    uint8_t *at = (uint8_t *)e + (sizeof *e + 15) / 16 * 16;
    *e = (ifc_reuse_entry){.hash = hash_of(r->key, r->key_bytes),
                           .key_bytes = r->key_bytes,
                           .bytes = bytes,
                           .duration = now - r->begin,
                           .n_deltas = n_deltas,
                           .n_flushes = (uint32_t)r->n_flushes,
                           .n_programs = (uint32_t)r->n_programs};
    e->key = place(&at, r->key, r->key_bytes);
    e->deltas = place(&at, r->deltas, deltas);
    if (flushes)
        e->flushes = place(&at, r->flushes, flushes);
    if (programs)
        e->programs = place(&at, r->programs, programs);
    return e;
}

void ifc_reuse_keep(ifc_reuse *r, ifc_time now)
{
    ifc_reuse_entry *e = make_entry(r, now);
    r->recording = false;
    while (r->oldest && r->bytes + e->bytes > r->most_bytes) {
        ifc_reuse_entry *old = r->oldest;
        tdelete(old, &r->tree, by_key);
        unlink_entry(r, old);
        r->bytes -= old->bytes;
        free(old);
    }
    if (e->bytes > r->most_bytes) {
        free(e);
        return;
    }
    void *const *kept = tsearch(e, &r->tree, by_key);
    IFC_BUG_ON(!kept || *kept != e, "a layer is known already");
    append_entry(r, e);
    r->bytes += e->bytes;
}

void ifc_reuse_add(ifc_reuse *r, const ifc_reuse_entry *e)
{
    const ifc_reuse_range *range = r->ranges;
    uint32_t first = 0; /* number of the range's first counter; deltas come in order */
    for (uint32_t i = 0; i < e->n_deltas; i++) {
        while (e->deltas[i].counter - first >= range->n)
            first += (uint32_t)(range++)->n;
        range->first[e->deltas[i].counter - first] += e->deltas[i].more;
    }
}
