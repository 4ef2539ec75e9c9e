#include "components/run/requests.h"

#include <string.h>
#include <sys/stat.h>

#include "components/data/capacity.h"
#include "components/run/host.h"
#include "components/run/prefix.h"
#include "components/run/schedule.h"
#include "platform/common/memory.h"
#include "platform/observe/format.h"

static void fail(ifc_host *h, ifc_status status)
{
    h->serving.status = status;
    h->serving.more = false;
    h->stop.stopped = true;
}

void ifc_host_next_request(ifc_host *h)
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

static void wait_for_flushes(ifc_host *h, const ifc_sequence *q)
{
    while (ifc_kv_flushing(q->kv) && !ifc_stop_asked(&h->stop))
        ifc_host_wait_background(h);
}

/* What a place's cache holds is given up: flushes under way come to their end, its blocks are erased. */
static void clear(ifc_host *h, ifc_sequence *q)
{
    wait_for_flushes(h, q);
    if (h->stop.stopped)
        return;
    ifc_event_freed(&h->events, q->kv);
    ifc_kv_reset(q->kv);
    if (h->mapping->contexts.p)
        ifc_contexts_drop(&h->mapping->contexts, q->kv->sequence);
    ifc_event_kv_buffer(&h->events, h->mapping->kv.buffered_bytes);
    place_of(h, q)->session = IFC_NO_SESSION;
    ifc_prefix_leave(h, q);
    ifc_host_erase(h, q->kv->sequence);
}

/* Places that are taken before others: those that hold nothing, and then those that were left first. */
static bool rather(const ifc_host *h, const ifc_sequence *a, const ifc_sequence *b)
{
    bool empty_a = ifc_kv_tokens(a->kv) == 0, empty_b = ifc_kv_tokens(b->kv) == 0;
    if (empty_a || empty_b)
        return empty_a && !empty_b;
    return h->serving.places[a->kv->sequence].last < h->serving.places[b->kv->sequence].last;
}

/* The place where the conversation was left, if no other request has taken it; else any that is free. */
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
        if (!found || rather(h, q, found))
            found = q;
    }
    return found;
}

static uint64_t bytes_of(const ifc_host *h, uint64_t tokens)
{
    return ifc_kv_capacity(&h->mapping->kv, tokens, 0);
}

/* What a place holds, or will: what it has of another one is there once. */
static uint64_t held(const ifc_host *h, const ifc_sequence *q)
{
    const ifc_served *p = &h->serving.places[q->kv->sequence];
    uint64_t tokens = ifc_kv_tokens(q->kv);
    if (p->row != IFC_NO_ROW)
        tokens = h->serving.rows[p->row].prompt + h->serving.rows[p->row].answer;
    return bytes_of(h, tokens) - bytes_of(h, p->kept);
}

/* Whether a request that has @shared tokens of another place's fits at @mine beside the others; those that
 * only wait for somebody to come back make room, the ones that were left first before others. */
static bool make_room(ifc_host *h, const ifc_sequence *mine, uint64_t needed)
{
    for (;;) {
        uint64_t sum = needed;
        ifc_sequence *idle = NULL;
        for (uint32_t i = 0; i < h->steps.n; i++) {
            ifc_sequence *q = &h->steps.sequences[i];
            if (q == mine)
                continue;
            sum += held(h, q);
            if (!q->busy && ifc_kv_tokens(q->kv) > 0 && (!idle || rather(h, q, idle)))
                idle = q;
        }
        if (sum <= h->serving.kv_bytes || !idle || h->stop.stopped)
            return sum <= h->serving.kv_bytes;
        clear(h, idle);
    }
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

/* What the conversation's turns before have left at @q is all wanted. */
static bool goes_on(ifc_host *h, const ifc_sequence *q, const ifc_request *r)
{
    uint64_t there = ifc_kv_tokens(q->kv);
    return r->session != IFC_NO_SESSION && place_of(h, q)->session == r->session && there > 0 &&
           there <= r->kept;
}

/* What the cache of @q has of a request: its conversation's, or the beginning of its prompt, @shared tokens
 * of @from. */
static uint64_t keep(ifc_host *h, ifc_sequence *q, const ifc_request *r, ifc_sequence *from, uint64_t shared)
{
    if (goes_on(h, q, r))
        return ifc_kv_tokens(q->kv);
    if (from == q)
        wait_for_flushes(h, q);
    else if (ifc_kv_tokens(q->kv) > 0)
        clear(h, q);
    if (shared > 0 && !h->stop.stopped)
        ifc_prefix_take(h, q, from, shared);
    ifc_prefix_note(h, q, r);
    return shared;
}

static void begin(ifc_host *h, ifc_sequence *q, const ifc_request *r, ifc_sequence *from, uint64_t shared)
{
    ifc_serving *v = &h->serving;
    ifc_served *p = place_of(h, q);
    uint64_t kept = keep(h, q, r, from, shared);
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
    p->row = v->n++;
    p->session = r->session;
    ifc_steps_begin(&h->steps, q, r->prompt - kept, (uint32_t)r->answer - 1);
    if (h->mapping->contexts.p && !h->stop.stopped)
        ifc_host_switch(h, q, &v->rows[p->row]);
}

/* Contexts are served one call after the other. */
static bool served_alone(const ifc_host *h)
{
    for (uint32_t i = 0; h->mapping->contexts.p && i < h->steps.n; i++)
        if (h->steps.sequences[i].busy)
            return true;
    return false;
}

/* A conversation that has ended is no context any more. */
static void end_session(ifc_host *h, uint64_t session)
{
    for (uint32_t i = 0; h->mapping->contexts.p && session != IFC_NO_SESSION && i < h->steps.n; i++)
        if (place_of(h, &h->steps.sequences[i])->session == session)
            clear(h, &h->steps.sequences[i]);
}

bool ifc_host_place(ifc_host *h, const ifc_request *r)
{
    ifc_serving *v = &h->serving;
    uint64_t shared, needed = bytes_of(h, r->prompt + r->answer);
    if (served_alone(h))
        return false;
    end_session(h, r->ends);
    ifc_sequence *q = choose_place(h, r), *from = ifc_prefix_find(h, r, &shared);
    if (h->mapping->contexts.p)
        from = NULL, shared = 0;
    if (q && goes_on(h, q, r))
        from = NULL, shared = 0;
    else if (q && from && !from->busy)
        q = from;
    if (needed > v->kv_bytes)
        fail(h, refuse(h, r, needed, &v->err));
    bool room =
        h->mapping->contexts.p || make_room(h, q, needed - (from && from != q ? bytes_of(h, shared) : 0));
    if (!q || !room || h->stop.stopped)
        return false;
    begin(h, q, r, from, shared);
    return true;
}

/* In order of arrival. */
static void admit(ifc_host *h)
{
    ifc_serving *v = &h->serving;
    bool closed = h->hw->s->workload.requests.arrival == IFC_REQUESTS_CLOSED;
    while (v->more && !h->stop.stopped && (closed || v->next.arrival <= ifc_now())) {
        if (!ifc_host_place(h, &v->next))
            return;
        ifc_host_next_request(h);
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
    if (h->mapping->contexts.p)
        ifc_host_switched(h, q);
    p->row = IFC_NO_ROW;
    q->busy = false;
    p->last = v->over++;
    if (p->session == IFC_NO_SESSION && p->n_blocks == 0)
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
    ifc_time until = ifc_schedule_next_moment(h);
    h->serving.woken = false;
    while (ifc_now() < until && !h->serving.woken && !ifc_stop_asked(&h->stop)) {
        if (h->done.first)
            ifc_host_wait_background(h);
        else
            ifc_wait_until(&h->work, until, "a request to arrive");
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
    if (s->contexts.budget > h->serving.kv_bytes)
        return ifc_fail(
            err, IFC_EDATA,
            "%s: contexts.budget = %s: beside weights DRAM has room for %s (allowed: 0 B .. that)", s->file,
            ifc_format_size(s->contexts.budget).text, ifc_format_size(h->serving.kv_bytes).text);
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
        if (ifc_schedule_admits(h))
            ifc_schedule_admit(h);
        else
            admit(h);
        ifc_step_kind kind = h->stop.stopped ? IFC_STEP_NONE : ifc_schedule_step(h);
        if (kind == IFC_STEP_NONE && ifc_schedule_over(h))
            break;
        if (kind == IFC_STEP_NONE) {
            uint64_t written = v->n > 0 ? ifc_host_write_ahead(h) : 0;
            if (written > 0)
                v->rows[v->n - 1].ahead += written;
            else if (!h->stop.stopped)
                wait_for_arrival(h);
            continue;
        }
        begun(h);
        ifc_host_step(h, kind);
        if (!h->stop.stopped)
            advanced(h);
    }
}
