#include "workloads/requests/sessions.h"

#include <stdlib.h>

#include "platform/common/memory.h"

#define NONE UINT32_MAX

typedef struct session {
    uint64_t
        key; /* of its name: two of 2^32 conversations would have to share one to be taken for each other */
    uint64_t number, tokens;
    uint32_t turns, same_slot, older, newer;
} session;

struct ifc__sessions {
    session *all;
    uint32_t *slots;
    uint32_t max, used, oldest, newest;
    uint64_t seen;
};

ifc__sessions *ifc__sessions_new(uint32_t max)
{
    ifc__sessions *s = ifc_alloc_zero(1, sizeof *s);
    *s = (ifc__sessions){.max = max, .oldest = NONE, .newest = NONE};
    s->all = ifc_alloc_zero(max, sizeof *s->all);
    s->slots = ifc_alloc_zero(max, sizeof *s->slots);
    for (uint32_t i = 0; i < max; i++)
        s->slots[i] = NONE;
    return s;
}

void ifc__sessions_free(ifc__sessions *s)
{
    if (!s)
        return;
    free(s->all);
    free(s->slots);
    free(s);
}

/* FNV-1a, 64 bits. */
static uint64_t key_of(const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001b3u;
    return h;
}

static void unlink_age(ifc__sessions *s, uint32_t i)
{
    session *e = &s->all[i];
    *(e->older == NONE ? &s->oldest : &s->all[e->older].newer) = e->newer;
    *(e->newer == NONE ? &s->newest : &s->all[e->newer].older) = e->older;
}

static void link_newest(ifc__sessions *s, uint32_t i)
{
    s->all[i].older = s->newest;
    s->all[i].newer = NONE;
    *(s->newest == NONE ? &s->oldest : &s->all[s->newest].newer) = i;
    s->newest = i;
}

static uint32_t find(const ifc__sessions *s, uint64_t key)
{
    uint32_t i = s->slots[key % s->max];
    while (i != NONE && s->all[i].key != key)
        i = s->all[i].same_slot;
    return i;
}

static uint32_t forget_oldest(ifc__sessions *s)
{
    uint32_t i = s->oldest, *at = &s->slots[s->all[i].key % s->max];
    while (*at != i)
        at = &s->all[*at].same_slot;
    *at = s->all[i].same_slot;
    unlink_age(s, i);
    return i;
}

bool ifc__sessions_take(ifc__sessions *s, const char *name, ifc_request *r)
{
    uint64_t key = key_of(name);
    uint32_t i = find(s, key);
    bool full = i == NONE && s->used == s->max;
    if (i != NONE) {
        unlink_age(s, i);
    } else {
        i = full ? forget_oldest(s) : s->used++;
        s->all[i] = (session){.key = key, .number = s->seen++, .same_slot = s->slots[key % s->max]};
        s->slots[key % s->max] = i;
    }
    link_newest(s, i);
    session *e = &s->all[i];
    r->session = e->number;
    r->turn = e->turns++;
    r->kept = r->prompt > e->tokens ? e->tokens : 0;
    e->tokens = r->prompt + r->answer;
    return full;
}
