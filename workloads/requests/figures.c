#include "workloads/requests/figures.h"

#include <stdlib.h>

#include "platform/common/memory.h"

/* How often each length was seen: a page of counts for each range that was. */
#define PAGE  4096
#define PAGES (IFC_REQUEST_TOKENS_MAX / PAGE + 1)

typedef struct histogram {
    uint64_t *pages[PAGES];
    ifc_lengths lengths;
} histogram;

static void count(histogram *h, uint64_t length)
{
    uint64_t **page = &h->pages[length / PAGE];
    if (!*page)
        *page = ifc_alloc_zero(PAGE, sizeof **page);
    (*page)[length % PAGE]++;
    h->lengths.sum += length;
    h->lengths.max = length > h->lengths.max ? length : h->lengths.max;
}

static uint64_t nearest_rank(const histogram *h, uint64_t n, unsigned percent)
{
    uint64_t rank = n / 100 * percent + (n % 100 * percent + 99) / 100, seen = 0;
    for (size_t p = 0; p < PAGES; p++)
        for (size_t i = 0; h->pages[p] && i < PAGE; i++)
            if ((seen += h->pages[p][i]) >= rank)
                return p * PAGE + i;
    return h->lengths.max;
}

static ifc_lengths close_histogram(histogram *h, uint64_t n)
{
    ifc_lengths l = h->lengths;
    if (n > 0) {
        l.mean = (double)l.sum / (double)n;
        l.p50 = nearest_rank(h, n, 50);
        l.p90 = nearest_rank(h, n, 90);
        l.p99 = nearest_rank(h, n, 99);
    }
    for (size_t p = 0; p < PAGES; p++)
        free(h->pages[p]);
    free(h);
    return l;
}

/* Ids of blocks that were seen, up to so many. */
#define IDS_MAX ((size_t)4 << 20)

typedef struct ids {
    uint64_t *slots; /* 0: free */
    size_t room, used;
    bool zero; /* id 0 was seen */
} ids;

static uint64_t *slot_of(const ids *s, uint64_t id)
{
    size_t i = (size_t)(id * 0x9e3779b97f4a7c15u >> 20) % s->room;
    while (s->slots[i] && s->slots[i] != id)
        i = (i + 1) % s->room;
    return &s->slots[i];
}

static void grow(ids *s)
{
    ids larger = {.room = s->room ? 2 * s->room : 1024};
    larger.slots = ifc_alloc_zero(larger.room, sizeof *larger.slots);
    for (size_t i = 0; i < s->room; i++)
        if (s->slots[i])
            *slot_of(&larger, s->slots[i]) = s->slots[i];
    free(s->slots);
    s->slots = larger.slots;
    s->room = larger.room;
}

/* Return: whether it had been seen. */
static bool see(ids *s, uint64_t id, bool *uncounted)
{
    bool seen = s->zero;
    if (id == 0) {
        s->zero = true;
        return seen;
    }
    if (2 * s->used >= s->room && s->used < IDS_MAX)
        grow(s);
    uint64_t *slot = slot_of(s, id);
    seen = *slot != 0;
    if (!seen && s->used >= IDS_MAX) {
        *uncounted = true;
    } else if (!seen) {
        *slot = id;
        s->used++;
    }
    return seen;
}

static void count_blocks(ids *s, const ifc_request *r, ifc_requests_figures *f)
{
    bool shares = true;
    uint64_t shared = 0;
    for (uint32_t i = 0; i < r->n_blocks; i++) {
        bool seen = see(s, r->blocks[i], &f->uncounted);
        shares = shares && seen;
        shared += shares;
    }
    f->blocks += r->n_blocks;
    f->shared_blocks += shared;
    uint64_t tokens = shared * IFC_TRACE_BLOCK_TOKENS;
    f->shared_tokens += tokens < r->prompt ? tokens : r->prompt;
}

ifc_status ifc_requests_measure(ifc_requests *q, ifc_requests_figures *out, ifc_error *err)
{
    ifc_requests_figures f = {0};
    histogram *prompts = ifc_alloc_zero(1, sizeof *prompts), *answers = ifc_alloc_zero(1, sizeof *answers);
    ids seen = {0};
    ifc_request r;
    bool more = true;
    ifc_status status = IFC_OK;
    for (;;) {
        status = ifc_requests_next(q, &r, &more, err);
        if (status != IFC_OK || !more)
            break;
        f.count++;
        f.seconds = r.seconds;
        count(prompts, r.prompt);
        count(answers, r.answer);
        if (r.session != IFC_NO_SESSION && r.session >= f.sessions)
            f.sessions = r.session + 1;
        f.later_turns += r.turn > 0;
        f.kept_tokens += r.kept;
        count_blocks(&seen, &r, &f);
    }
    f.prompt = close_histogram(prompts, f.count);
    f.answer = close_histogram(answers, f.count);
    free(seen.slots);
    if (status == IFC_OK)
        *out = f;
    return status;
}
