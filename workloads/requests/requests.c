#include "workloads/requests/requests.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/random.h"
#include "workloads/requests/sessions.h"
#include "workloads/requests/trace.h"

/* A conversation that is drawn. */
typedef struct talk {
    uint64_t number, tokens;
    uint32_t turns;
    uint64_t spoke; /* of all turns, which was its last */
} talk;

struct ifc_requests {
    ifc_requests_options o;
    ifc__trace trace;        /* open when o.trace is given */
    ifc__sessions *sessions; /* of a trace; NULL: it has shown none yet */
    talk *talks;             /* o.sessions of them */
    uint64_t n_talks;        /* begun so far */
    uint64_t lengths, times; /* states of the two random numbers */
    uint64_t rows, taken;
    int64_t base_seconds, last_seconds; /* of the first row taken, and of the last one read */
    ifc_time base_part, last_part;
    double at; /* of drawn arrivals, s */
    ifc_requests_remarks remarks;
};

static ifc_status check(const ifc_requests_options *o, ifc_error *err)
{
    bool rated = o->arrival == IFC_ARRIVE_CONSTANT || o->arrival == IFC_ARRIVE_POISSON;
    if (!o->trace && o->count == 0)
        return ifc_fail(err, IFC_EDATA, "requests that are drawn need a count");
    if (!o->trace && o->arrival == IFC_ARRIVE_AS_TRACED)
        return ifc_fail(err, IFC_EDATA,
                        "requests that are drawn need an arrival (allowed: closed, constant, poisson)");
    if (rated && !(o->rate > 0 && o->rate <= 1e12))
        return ifc_fail(err, IFC_EDATA, "rate = %g: out of range (allowed: above 0 .. 1e12 1/s)", o->rate);
    if (!(o->speed >= 0 && o->speed <= 1e12))
        return ifc_fail(err, IFC_EDATA, "speed = %g: out of range (allowed: above 0 .. 1e12)", o->speed);
    if (o->trace && o->sessions > 0)
        return ifc_fail(err, IFC_EDATA, "a trace tells its sessions; sessions are drawn only without one");
    if (!(o->recent >= 0 && o->recent < 1))
        return ifc_fail(err, IFC_EDATA, "recent = %g: out of range (allowed: 0 .. below 1)", o->recent);
    if (o->sessions > 0 && o->limit == 0)
        return ifc_fail(err, IFC_EDATA, "conversations that are drawn need a limit, where they end");
    if (o->limit == 1)
        return ifc_fail(err, IFC_EDATA, "limit = 1: out of range (allowed: 0, no limit; from 2 tokens on)");
    return IFC_OK;
}

ifc_status ifc_requests_open(const ifc_requests_options *o, ifc_requests **out, ifc_error *err)
{
    ifc_status status = check(o, err);
    if (status != IFC_OK)
        return status;
    ifc_requests *q = ifc_alloc_zero(1, sizeof *q);
    q->o = *o;
    q->o.speed = o->speed > 0 ? o->speed : 1;
    q->lengths = o->seed;
    q->times = ~o->seed;
    if (o->trace)
        status = ifc__trace_open(&q->trace, o->trace, o->form, err);
    else
        q->talks = ifc_alloc_zero(o->sessions, sizeof *q->talks);
    for (uint32_t i = 0; q->talks && i < o->sessions; i++)
        q->talks[i].spoke = i;
    if (status != IFC_OK) {
        free(q);
        return status;
    }
    *out = q;
    return IFC_OK;
}

void ifc_requests_close(ifc_requests *q)
{
    if (!q)
        return;
    ifc__trace_close(&q->trace);
    ifc__sessions_free(q->sessions);
    free(q->talks);
    free(q);
}

ifc_trace_form ifc_requests_form(const ifc_requests *q)
{
    return q->trace.form;
}

const ifc_requests_remarks *ifc_requests_remarks_of(const ifc_requests *q)
{
    return &q->remarks;
}

/* ---- when ---- */

static void draw_arrival(ifc_requests *q, ifc_request *r)
{
    r->seconds = 0;
    r->arrival = 0;
    if (q->o.arrival == IFC_ARRIVE_CLOSED)
        return;
    if (q->o.arrival == IFC_ARRIVE_CONSTANT)
        q->at = (double)q->taken / q->o.rate;
    else
        q->at += -log(ifc_random_unit(&q->times)) / q->o.rate;
    r->seconds = q->at;
    r->arrival = ifc_time_from_ps(q->at * 1e12 / q->o.speed);
}

/* To the picosecond where the speed is 1. */
static void arrive_as_traced(ifc_requests *q, ifc_request *r)
{
    const ifc__row *row = &q->trace.row;
    int64_t seconds = row->seconds - q->base_seconds;
    ifc_time part = row->part - q->base_part;
    r->seconds = (double)seconds + (double)part * 1e-12;
    ifc_time whole = ifc_time_times((uint64_t)seconds, IFC_SECOND);
    if (q->o.speed == 1)
        r->arrival = whole < IFC_TIME_FAR ? ifc_time_add(whole, part) : whole;
    else
        r->arrival = ifc_time_from_ps(r->seconds * 1e12 / q->o.speed);
}

/* ---- how long ---- */

/* Cut the end of the prompt, not the answer, as far as that goes. */
static void keep_to_limit(ifc_requests *q, ifc_request *r)
{
    uint64_t limit = q->o.limit;
    if (limit == 0 || r->prompt + r->answer <= limit)
        return;
    r->answer = r->answer < limit ? r->answer : limit - 1;
    r->prompt = r->prompt < limit - r->answer ? r->prompt : limit - r->answer;
    uint64_t blocks = (r->prompt + IFC_TRACE_BLOCK_TOKENS - 1) / IFC_TRACE_BLOCK_TOKENS;
    r->n_blocks = r->n_blocks < blocks ? r->n_blocks : (uint32_t)blocks;
    q->remarks.capped++;
}

/* A Markov chain over who spoke last, down the line; the last in it, if nobody before was taken. */
static talk *choose_talk(ifc_requests *q)
{
    if (q->o.recent <= 0)
        return &q->talks[ifc_random(&q->lengths) % q->o.sessions];
    uint64_t below = UINT64_MAX;
    for (uint32_t left = q->o.sessions;; left--) {
        talk *next = NULL;
        for (uint32_t i = 0; i < q->o.sessions; i++)
            if (q->talks[i].spoke < below && (!next || q->talks[i].spoke > next->spoke))
                next = &q->talks[i];
        below = next->spoke;
        if (left == 1 || ifc_random_unit(&q->lengths) <= q->o.recent)
            return next;
    }
}

/* A conversation that has no room for its next turn ends, and another begins. */
static void draw_turn(ifc_requests *q, ifc_request *r)
{
    talk *t = choose_talk(q);
    bool over = t->turns > 0 && t->tokens + r->prompt + r->answer > q->o.limit;
    if (over)
        r->ends = t->number;
    if (t->turns == 0 || over)
        *t = (talk){.number = q->n_talks++};
    t->spoke = q->o.sessions + q->taken;
    r->session = t->number;
    r->turn = t->turns++;
    r->kept = t->tokens;
    r->prompt += t->tokens;
    keep_to_limit(q, r);
    t->tokens = r->prompt + r->answer;
}

static void draw(ifc_requests *q, ifc_request *r)
{
    *r = (ifc_request){.index = q->taken, .session = IFC_NO_SESSION, .ends = IFC_NO_SESSION};
    draw_arrival(q, r);
    r->prompt = ifc_distribution_draw(&q->o.prompt, &q->lengths);
    r->answer = ifc_distribution_draw(&q->o.answer, &q->lengths);
    if (q->o.sessions > 0)
        draw_turn(q, r);
    else
        keep_to_limit(q, r);
}

/* ---- which ---- */

/* The next row that is taken. */
static ifc_status read_row(ifc_requests *q, bool *more, ifc_error *err)
{
    for (;;) {
        const ifc__row *row = &q->trace.row;
        ifc_status status = ifc__trace_next(&q->trace, more, err);
        if (status != IFC_OK || !*more)
            return status;
        if (q->rows > 0 &&
            (row->seconds < q->last_seconds || (row->seconds == q->last_seconds && row->part < q->last_part)))
            return ifc__line_fails(&q->trace.lines, err,
                                   "it arrives before the row above it; rows are in order of arrival");
        q->last_seconds = row->seconds;
        q->last_part = row->part;
        if (q->rows++ < q->o.first)
            continue;
        if (row->prompt > 0 && row->answer > 0)
            return IFC_OK;
        q->remarks.empty++;
    }
}

static ifc_status take_row(ifc_requests *q, ifc_request *r, bool *more, ifc_error *err)
{
    const ifc__row *row = &q->trace.row;
    ifc_status status = read_row(q, more, err);
    if (status != IFC_OK || !*more)
        return status;
    if (q->taken == 0) {
        q->base_seconds = row->seconds;
        q->base_part = row->part;
    }
    *r = (ifc_request){.index = q->rows - 1,
                       .session = IFC_NO_SESSION,
                       .ends = IFC_NO_SESSION,
                       .prompt = row->prompt,
                       .answer = row->answer,
                       .blocks = row->blocks,
                       .n_blocks = (uint32_t)row->n_blocks};
    if (q->o.arrival == IFC_ARRIVE_AS_TRACED)
        arrive_as_traced(q, r);
    else
        draw_arrival(q, r);
    keep_to_limit(q, r);
    if (!row->session || !*row->session)
        return IFC_OK;
    if (!q->sessions)
        q->sessions = ifc__sessions_new(IFC__SESSIONS_MAX);
    q->remarks.forgotten += ifc__sessions_take(q->sessions, row->session, r);
    return IFC_OK;
}

ifc_status ifc_requests_next(ifc_requests *q, ifc_request *r, bool *more, ifc_error *err)
{
    ifc_request next;
    ifc_status status = IFC_OK;
    *more = q->o.count == 0 || q->taken < q->o.count;
    if (*more && q->o.trace)
        status = take_row(q, &next, more, err);
    else if (*more)
        draw(q, &next);
    if (status != IFC_OK || !*more)
        return status;
    q->taken++;
    *r = next;
    return IFC_OK;
}
