#include "components/run/latency_table.h"

#include <stdlib.h>

#include "platform/common/memory.h"

static ifc_latency_count *slot_of(const ifc_latency_table *l, ifc_time ps)
{
    size_t at = (size_t)((uint64_t)ps * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (l->room - 1);
    while (l->slots[at].tokens && l->slots[at].ps != ps)
        at = (at + 1) & (l->room - 1);
    return &l->slots[at];
}

static void make_room(ifc_latency_table *l)
{
    ifc_latency_table grown = {.room = l->room ? 2 * l->room : 256, .n = l->n};
    grown.slots = ifc_alloc_zero(grown.room, sizeof *grown.slots);
    for (size_t i = 0; i < l->room; i++)
        if (l->slots[i].tokens)
            *slot_of(&grown, l->slots[i].ps) = l->slots[i];
    free(l->slots);
    *l = grown;
}

void ifc_latency_table_add(ifc_latency_table *l, ifc_time ps)
{
    if (2 * l->n >= l->room)
        make_room(l);
    ifc_latency_count *slot = slot_of(l, ps);
    l->n += slot->tokens == 0;
    slot->ps = ps;
    slot->tokens++;
}

static int by_time(const void *a, const void *b)
{
    ifc_time x = ((const ifc_latency_count *)a)->ps, y = ((const ifc_latency_count *)b)->ps;
    return (x > y) - (x < y);
}

ifc_latency_count *ifc_latency_table_sorted(const ifc_latency_table *l)
{
    ifc_latency_count *out = ifc_alloc_zero(l->n + 1, sizeof *out);
    size_t n = 0;
    for (size_t i = 0; i < l->room; i++)
        if (l->slots[i].tokens)
            out[n++] = l->slots[i];
    qsort(out, n, sizeof *out, by_time);
    return out;
}

void ifc_latency_table_fini(ifc_latency_table *l)
{
    free(l->slots);
    *l = (ifc_latency_table){.room = 0};
}
