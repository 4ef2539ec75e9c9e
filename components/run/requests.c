#include "components/run/requests.h"

#include <string.h>
#include <sys/stat.h>

#include "components/data/capacity.h"
#include "components/run/host.h"
#include "platform/common/memory.h"
#include "platform/observe/format.h"

static void fail(ifc_host *h, ifc_status status)
{
    h->serving.status = status;
    h->serving.more = false;
    h->stop.stopped = true;
}

static void take_next(ifc_host *h)
{
    ifc_serving *v = &h->serving;
    ifc_status status = ifc_requests_next(v->source, &v->next, &v->more, &v->err);
    if (status != IFC_OK)
        fail(h, status);
}

/* ---- places ---- */

static ifc_served *place_of(ifc_host *h, const ifc_sequence *q)
{
    return &h->serving.places[q->kv->sequence];
}

/* What a place's cache holds is given up: flushes under way come to their end, its blocks are erased. */
static void clear(ifc_host *h, ifc_sequence *q)
{
    while (ifc_kv_flushing(q->kv) && !ifc_stop_asked(&h->stop))
        ifc_host_wait_background(h);
    if (h->stop.stopped)
        return;
    ifc_event_freed(&h->events, q->kv);
    ifc_kv_reset(q->kv);
    ifc_event_kv_buffer(&h->events, h->mapping->kv.buffered_bytes);
    place_of(h, q)->session = IFC_NO_SESSION;
    ifc_host_erase(h, q->kv->sequence);
}

/* The place where the conversation was left, if no other request has taken it; else one that nobody may come
 * back to; else any. */
static ifc_sequence *choose_place(ifc_host *h, const ifc_request *r)
{
    ifc_sequence *found = NULL;
    for (uint32_t i = 0; i < h->steps.n; i++) {
        ifc_sequence *q = &h->steps.sequences[i];
        const ifc_served *p = place_of(h, q);
        if (r->session != IFC_NO_SESSION && p->session == r->session)
            return q->busy ? NULL : q; /* its turn before is not over */
        if (q->busy)
            continue;
        if (!found || (place_of(h, found)->session != IFC_NO_SESSION && p->session == IFC_NO_SESSION))
            found = q;
    }
    return found;
}

static uint64_t bytes_of(const ifc_host *h, uint64_t tokens)
{
    return ifc_kv_capacity(&h->mapping->kv, tokens, 0);
}

/* Whether the caches of all that are under way, and of this request, fit. */
static bool fits(const ifc_host *h, const ifc_request *r, uint64_t *needed)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < h->steps.n; i++) {
        const ifc_served *p = &h->serving.places[i];
        if (p->row != IFC_NO_ROW)
            sum += bytes_of(h, h->serving.rows[p->row].prompt + h->serving.rows[p->row].answer);
    }
    *needed = bytes_of(h, r->prompt + r->answer);
    return sum + *needed <= h->serving.kv_bytes;
}

static ifc_status refuse(const ifc_host *h, const ifc_request *r, uint64_t needed, ifc_error *err)
{
    return ifc_fail(err, IFC_EDATA,
                    "%s: request %llu of %llu + %llu tokens needs %s of KV, available %s (allowed: a lower "
                    "workload.requests.limit)",
                    h->hw->s->file, (unsigned long long)r->index, (unsigned long long)r->prompt,
                    (unsigned long long)r->answer, ifc_format_size(needed).text,
                    ifc_format_size(h->serving.kv_bytes).text);
}

static void begin(ifc_host *h, ifc_sequence *q, const ifc_request *r)
{
    ifc_serving *v = &h->serving;
    ifc_served *p = place_of(h, q);
    uint64_t kept = r->session != IFC_NO_SESSION && p->session == r->session ? ifc_kv_tokens(q->kv) : 0;
    kept = kept < r->kept ? kept : r->kept;
    if (kept < ifc_kv_tokens(q->kv))
        clear(h, q), kept = 0;
    bool closed = h->hw->s->workload.requests.arrival == IFC_REQUESTS_CLOSED;
    v->rows = ifc_grow(v->rows, &v->room, v->n, sizeof *v->rows);
    v->rows[v->n] = (ifc_request_row){.request = r->index,
                                      .session = r->session,
                                      .arrival = closed ? ifc_now() : r->arrival,
                                      .start = -1,
                                      .first_token = -1,
                                      .end = -1,
                                      .prompt = r->prompt,
                                      .cached = kept,
                                      .answer = r->answer};
    *p = (ifc_served){v->n++, r->session};
    ifc_steps_begin(&h->steps, q, r->prompt - kept, (uint32_t)r->answer - 1);
}

static void admit(ifc_host *h)
{
    ifc_serving *v = &h->serving;
    bool closed = h->hw->s->workload.requests.arrival == IFC_REQUESTS_CLOSED;
    while (v->more && !h->stop.stopped && (closed || v->next.arrival <= ifc_now())) {
        uint64_t needed;
        bool fit = fits(h, &v->next, &needed);
        ifc_sequence *q = choose_place(h, &v->next);
        if (needed > v->kv_bytes)
            fail(h, refuse(h, &v->next, needed, &v->err));
        if (!q || !fit)
            return;
        begin(h, q, &v->next);
        take_next(h);
    }
}

/* ---- what a step has done ---- */

static void begun(ifc_host *h)
{
    const ifc_step *step = &h->steps.step;
    for (uint32_t i = 0; i < step->n; i++) {
        ifc_request_row *r = &h->serving.rows[place_of(h, h->steps.of[i])->row];
        if (r->start < 0)
            r->start = ifc_now();
    }
}

static void finish(ifc_host *h, ifc_sequence *q)
{
    ifc_serving *v = &h->serving;
    ifc_served *p = place_of(h, q);
    v->rows[p->row].end = ifc_now();
    v->finished++;
    ifc_event_request(&h->events, q->kv->sequence, &v->rows[p->row]);
    p->row = IFC_NO_ROW;
    q->busy = false;
    if (p->session == IFC_NO_SESSION)
        clear(h, q);
}

static void advanced(ifc_host *h)
{
    for (uint32_t i = 0; i < h->steps.n && !h->stop.stopped; i++) {
        ifc_sequence *q = &h->steps.sequences[i];
        if (!q->busy || q->prompt > 0)
            continue;
        ifc_request_row *r = &h->serving.rows[place_of(h, q)->row];
        if (r->first_token < 0) {
            r->first_token = ifc_now();
            ifc_event_request(&h->events, q->kv->sequence, r);
        }
        r->generated = r->answer - q->left;
        if (q->left == 0)
            finish(h, q);
    }
}

static void wait_for_arrival(ifc_host *h)
{
    while (ifc_now() < h->serving.next.arrival && !ifc_stop_asked(&h->stop)) {
        if (h->done.first)
            ifc_host_wait_background(h);
        else
            ifc_wait_until(&h->work, h->serving.next.arrival, "a request to arrive");
    }
}

/* The store that holds the cache, less the weights that lie there. */
static uint64_t room_for_kv(const ifc_host *h)
{
    const ifc_scenario *s = h->hw->s;
    const ifc_group *g = h->mapping->kv.group;
    uint64_t all = g ? g->planes_total * g->p->blocks_per_plane * g->p->pages_per_block * g->p->page
                     : s->dram.channels * s->dram.bytes;
    uint64_t weights = ifc_capacity_weights(&h->mapping->weights, g);
    return weights < all ? all - weights : 0;
}

#define CHECKED_MAX 10000000

/* Whether all can be seen before they are served, and one of them may not fit. */
static bool worth_checking(const ifc_host *h)
{
    const ifc_scenario *s = h->hw->s;
    const char *trace = ifc_scenario_trace(s);
    uint64_t limit = s->workload.requests.limit;
    struct stat is;
    if (trace)
        return stat(trace, &is) == 0 && S_ISREG(is.st_mode);
    return limit == 0 || bytes_of(h, limit) > h->serving.kv_bytes;
}

ifc_status ifc_host_check_requests(ifc_host *h, ifc_error *err)
{
    const ifc_scenario *s = h->hw->s;
    ifc_serving all;
    h->serving.kv_bytes = room_for_kv(h);
    if (!worth_checking(h))
        return IFC_OK;
    uint64_t left = ifc_scenario_trace(s) ? UINT64_MAX : CHECKED_MAX;
    ifc_status status = ifc_serving_open(&all, s, err);
    while (status == IFC_OK && all.more && left-- > 0 && !ifc_stop_asked(&h->stop)) {
        uint64_t needed = bytes_of(h, all.next.prompt + all.next.answer);
        if (needed > h->serving.kv_bytes)
            status = refuse(h, &all.next, needed, err);
        else
            status = ifc_requests_next(all.source, &all.next, &all.more, err);
    }
    ifc_serving_fini(&all);
    return status;
}

void ifc_host_serve(ifc_host *h)
{
    ifc_serving *v = &h->serving;
    while (!h->stop.stopped) {
        admit(h);
        ifc_step_kind kind = h->stop.stopped ? IFC_STEP_NONE : ifc_steps_next(&h->steps);
        if (kind == IFC_STEP_NONE && !v->more)
            break;
        if (kind == IFC_STEP_NONE) {
            wait_for_arrival(h);
            continue;
        }
        begun(h);
        ifc_host_step(h, kind);
        if (!h->stop.stopped)
            advanced(h);
    }
}
