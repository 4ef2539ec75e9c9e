#include "components/run/schedule.h"

#include <stdlib.h>

#include "components/run/host.h"
#include "platform/common/memory.h"

static const ifc_policy_run *policy_of(const ifc_host *h)
{
    return &h->hw->policies.kinds[IFC_KIND_SCHEDULE];
}

static const ifc_schedule_ops *ops_of(const ifc_host *h)
{
    return policy_of(h)->policy->ops.schedule;
}

bool ifc_schedule_admits(const ifc_host *h)
{
    return ops_of(h)->admit;
}

/* ---- who takes a place ---- */

static bool arrived(const ifc_host *h, const ifc_request *r)
{
    return h->hw->s->workload.requests.arrival == IFC_REQUESTS_CLOSED || r->arrival <= ifc_now();
}

/* The turn before of its conversation waits, or is under way. */
static bool follows(const ifc_host *h, uint32_t index)
{
    const ifc_serving *v = &h->serving;
    uint64_t session = v->waiting.requests[index].session;
    if (session == IFC_NO_SESSION)
        return false;
    for (uint32_t i = 0; i < index; i++)
        if (v->waiting.requests[i].session == session)
            return true;
    for (uint32_t i = 0; i < h->steps.n; i++)
        if (h->steps.sequences[i].busy && v->places[h->steps.sequences[i].kv->sequence].session == session)
            return true;
    return false;
}

static uint32_t show_waiting(ifc_host *h)
{
    ifc_serving *v = &h->serving;
    ifc_waiting *w = &v->waiting;
    uint32_t n = 0;
    while (v->more && !h->stop.stopped && w->n < IFC_WAITING_MAX && arrived(h, &v->next)) {
        ifc_waiting_add(w, &v->next);
        ifc_host_next_request(h);
    }
    for (uint32_t i = 0; i < w->n; i++) {
        const ifc_request *r = &w->requests[i];
        if (follows(h, i))
            continue;
        w->of[n] = i;
        w->views[n++] = (ifc_request_view){
            .request = r->index, .arrival = r->arrival, .prompt = r->prompt, .left = r->answer};
    }
    return n;
}

static uint32_t ask_admit(const ifc_host *h, uint32_t n)
{
    const ifc_policy_run *p = policy_of(h);
    ifc_policy_ask(p, "admit");
    uint32_t i = ops_of(h)->admit(p->state, h->serving.waiting.views, n);
    ifc_policy_leave(p);
    if (i >= n && i != IFC_NONE)
        ifc_policy_misbehaves(p, "admit", "picks request %u of %u (allowed: 0 .. %u, IFC_NONE)", i, n, n - 1);
    return i;
}

void ifc_schedule_admit(ifc_host *h)
{
    for (uint32_t n; (n = show_waiting(h)) > 0 && ifc_steps_free(&h->steps) && !h->stop.stopped;) {
        uint32_t i = ask_admit(h, n);
        if (i == IFC_NONE)
            return;
        uint32_t index = h->serving.waiting.of[i];
        if (!ifc_host_place(h, &h->serving.waiting.requests[index]))
            return;
        ifc_waiting_remove(&h->serving.waiting, index);
    }
}

/* ---- what the next step is ---- */

/* Those under way, in the order in which they began. */
static uint32_t under_way(ifc_host *h, ifc_sequence **of)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->steps.n; i++) {
        ifc_sequence *q = &h->steps.sequences[i];
        uint32_t at = n;
        if (!q->busy)
            continue;
        for (; at > 0 && of[at - 1]->order > q->order; at--)
            of[at] = of[at - 1];
        of[at] = q;
        n++;
    }
    return n;
}

static ifc_request_view view_of(const ifc_host *h, const ifc_sequence *q)
{
    const ifc_request_row *r = &h->serving.rows[h->serving.places[q->kv->sequence].row];
    uint64_t first = q->prompt > 0; /* the last token of a prompt has an answer's first */
    return (ifc_request_view){.request = r->request,
                              .arrival = r->arrival,
                              .prompt = q->prompt,
                              .left = q->left + first,
                              .tokens = ifc_kv_tokens(q->kv)};
}

static void check(const ifc_policy_run *p, const ifc_schedule_view *v, const ifc_step_choice *c)
{
    if (c->prompt != IFC_NONE && (c->prompt >= v->n || v->requests[c->prompt].prompt == 0))
        ifc_policy_misbehaves(p, "step", "goes on with prompt %u of %u, which %s", c->prompt, v->n,
                              c->prompt >= v->n ? "is not there" : "is done");
    for (uint32_t i = 0; i < v->n; i++)
        if (c->decodes[i] && (c->prompt != IFC_NONE || v->requests[i].prompt > 0))
            ifc_policy_misbehaves(p, "step", "decodes request %u, %s", i,
                                  c->prompt != IFC_NONE ? "and goes on with a prompt (allowed: one of both)"
                                                        : "whose prompt is not done");
}

static ifc_step_kind ask_step(ifc_host *h, ifc_sequence **of, ifc_request_view *views, bool *decodes)
{
    const ifc_policy_run *p = policy_of(h);
    bool *places = decodes + h->steps.n; /* the same, by place */
    uint32_t n = under_way(h, of);
    for (uint32_t i = 0; i < n; i++)
        views[i] = view_of(h, of[i]);
    if (n == 0)
        return IFC_STEP_NONE;
    ifc_schedule_view view = {.requests = views,
                              .n = n,
                              .waiting = h->serving.waiting.n,
                              .chunk = h->hw->s->workload.chunk,
                              .was_prompt = h->steps.step.prompt};
    ifc_step_choice choice = {.prompt = IFC_NONE, .decodes = decodes};
    ifc_policy_ask(p, "step");
    ops_of(h)->step(p->state, &view, &choice);
    ifc_policy_leave(p);
    choice.decodes = decodes;
    check(p, &view, &choice);
    for (uint32_t i = 0; i < n; i++)
        places[of[i] - h->steps.sequences] = decodes[i];
    return ifc_steps_make(&h->steps, choice.prompt == IFC_NONE ? NULL : of[choice.prompt], places);
}

ifc_step_kind ifc_schedule_step(ifc_host *h)
{
    uint32_t n = h->steps.n;
    if (!ops_of(h)->step)
        return ifc_steps_next(&h->steps);
    ifc_sequence **of = ifc_alloc_zero(n, sizeof(ifc_sequence *));
    ifc_request_view *views = ifc_alloc_zero(n, sizeof *views);
    bool *decodes = ifc_alloc_zero(2 * (size_t)n, sizeof *decodes);
    ifc_step_kind kind = ask_step(h, of, views, decodes);
    free(of);
    free(views);
    free(decodes);
    return kind;
}

/* ---- when nothing is done ---- */

static uint32_t busy(const ifc_host *h)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->steps.n; i++)
        n += h->steps.sequences[i].busy;
    return n;
}

bool ifc_schedule_over(const ifc_host *h)
{
    return !h->serving.more && h->serving.waiting.n == 0 && busy(h) == 0;
}

ifc_time ifc_schedule_next_moment(const ifc_host *h)
{
    const ifc_serving *v = &h->serving;
    const ifc_policy_run *p = policy_of(h);
    if (v->more && !arrived(h, &v->next))
        return v->next.arrival;
    if (p->wake_at == IFC_TIME_MAX && !h->stop.stopped)
        ifc_policy_misbehaves(p, v->waiting.n > 0 ? "admit" : "step",
                              "leaves %u requests waiting for ever: nothing else is under way",
                              v->waiting.n + busy(h));
    return IFC_TIME_MAX;
}
