/*
 * A stream whose requests come from outside. The host's actor lets them arrive; what is complete is told at
 * that very moment, and may bring new ones.
 */
#include <stdlib.h>

#include "components/run/source.h"
#include "components/run/stream.h"
#include "platform/common/memory.h"

typedef struct guest guest;

/* A request of the source: waiting for its time, under way, or spare. */
struct guest {
    ifc_op_run op; /* first: an operator that is done is its guest */
    ifc_order order;
    guest *next, *made; /* of its list; the one made before it */
};

struct ifc_stream_outside {
    const ifc_source *source;
    guest *made;             /* all; owned */
    guest *waiting, *latest; /* in the order of their times */
    guest *spare;
    ifc_time until;
    bool over;
};

typedef struct ifc_stream_outside outside;

static void begin(ifc_host *h, guest *g)
{
    h->open++;
    ifc__stream_submit(&h->flows[0], &g->op, g->order.die, g->order.plane, false);
}

/* Requests of one time arrive in the order in which they were submitted. */
static void keep(outside *o, guest *g)
{
    bool last = o->latest && o->latest->order.at <= g->order.at;
    guest **at = last ? &o->latest->next : &o->waiting;
    while (*at && (*at)->order.at <= g->order.at)
        at = &(*at)->next;
    g->next = *at;
    *at = g;
    if (!g->next)
        o->latest = g;
}

static guest *spare_guest(outside *o)
{
    guest *g = o->spare;
    if (g) {
        o->spare = g->next;
        return g;
    }
    g = ifc_alloc_zero(1, sizeof *g);
    g->made = o->made;
    o->made = g;
    return g;
}

static void take(ifc_host *h, outside *o, const ifc_order *order)
{
    guest *g = spare_guest(o);
    g->order = *order;
    if (order->at <= ifc_now() && !ifc__stream_over(h))
        begin(h, g);
    else
        keep(o, g);
}

/* Simulated time stands still until it is said to go on. */
static void listen(ifc_host *h, outside *o)
{
    ifc_order order;
    for (o->source->next(o->source->arg, &order); order.kind == IFC_ORDER_SUBMIT;
         o->source->next(o->source->arg, &order))
        take(h, o, &order);
    o->until = order.at;
    o->over = order.kind == IFC_ORDER_END;
}

static bool complete(ifc_host *h, ifc_op_run *op)
{
    outside *o = h->outside;
    guest *g = (guest *)op;
    if (ifc__stream_returns(h, op))
        return true;
    op->job.end = ifc_now();
    ifc__stream_finish(h, op);
    h->open--;
    g->next = o->spare;
    o->spare = g;
    if (!o->over && !ifc__stream_over(h)) {
        o->source->done(o->source->arg, g->order.id, op->job.issue);
        listen(h, o);
    }
    ifc_notify(&h->work); /* it may wait for another time now */
    return true;
}

static void arrive(ifc_host *h, outside *o)
{
    while (o->waiting && o->waiting->order.at <= ifc_now()) {
        guest *g = o->waiting;
        o->waiting = g->next;
        o->latest = o->waiting ? o->latest : NULL;
        begin(h, g);
    }
}

static bool has_come(const ifc_host *h, const outside *o)
{
    return o->until == IFC_TIME_MAX ? h->open == 0 && !o->waiting : ifc_now() >= o->until;
}

/* Return: whether it is where it was told to go to, and was told where to go next. */
static bool reach(ifc_host *h, outside *o)
{
    if (o->over || !has_come(h, o))
        return false;
    ifc_settle(3); /* what is complete at this moment is told before */
    if (!has_come(h, o) || ifc__stream_over(h))
        return false;
    o->source->reached(o->source->arg);
    listen(h, o);
    return true;
}

static void wait_for(ifc_host *h, const outside *o)
{
    ifc_time next = o->waiting ? o->waiting->order.at : IFC_TIME_MAX;
    if (!o->over && o->until < next)
        next = o->until;
    if (ifc__stream_over(h) || next == IFC_TIME_MAX)
        ifc_wait(&h->work, "a request to arrive or complete, or a limit");
    else
        ifc_wait_until(&h->work, next, "a request to arrive or complete");
}

static void play(ifc_host *h, outside *o)
{
    listen(h, o);
    while (!h->stop.stopped && (!o->over || h->open > 0 || o->waiting)) {
        arrive(h, o);
        if (!reach(h, o))
            wait_for(h, o);
    }
}

void ifc__stream_play_outside(ifc_host *h)
{
    outside *o = h->outside = ifc_alloc_zero(1, sizeof *o);
    o->source = h->options->source;
    h->on_done = complete;
    play(h, o);
}

void ifc__stream_outside_fini(ifc_host *h)
{
    while (h->outside && h->outside->made) {
        guest *g = h->outside->made;
        h->outside->made = g->made;
        free(g);
    }
    free(h->outside);
    h->outside = NULL;
}
