#include "platform/common/memory.h"
#include "platform/observe/timeline_internal.h"

#include <stdlib.h>
#include <string.h>

static uint32_t hash_of(const char *text)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 16777619u;
    return h;
}

static uint32_t slot_of(const ifc__strings *pool, const char *text)
{
    uint32_t at = hash_of(text) & (pool->n_slots - 1);
    while (pool->slots[at] && strcmp(pool->text[pool->slots[at] - 1], text) != 0)
        at = (at + 1) & (pool->n_slots - 1);
    return at;
}

static void make_room(ifc__strings *pool)
{
    pool->room = pool->room ? pool->room * 2 : 64;
    pool->text = ifc_resize(pool->text, pool->room, sizeof *pool->text);
    free(pool->slots);
    pool->n_slots = pool->room * 2;
    pool->slots = ifc_alloc_zero(pool->n_slots, sizeof *pool->slots);
    for (uint32_t id = 0; id < pool->count; id++)
        pool->slots[slot_of(pool, pool->text[id])] = id + 1;
}

uint32_t ifc__intern(ifc__strings *pool, const char *text)
{
    if (pool->count == pool->room)
        make_room(pool);
    uint32_t slot = slot_of(pool, text);
    if (!pool->slots[slot]) {
        pool->text[pool->count] = ifc_copy_text(text);
        pool->slots[slot] = ++pool->count;
    }
    return pool->slots[slot] - 1;
}

const char *ifc__intern_text(ifc__strings *pool, const char *text)
{
    uint32_t id = ifc__intern(pool, text);
    return pool->text[id];
}

void ifc__strings_fini(ifc__strings *pool)
{
    for (uint32_t id = 0; id < pool->count; id++)
        free(pool->text[id]);
    free(pool->text);
    free(pool->slots);
    memset(pool, 0, sizeof *pool);
}
