/*
 * From the command queue of a channel to dies that have room, in the order the dispatch policy gives.
 */
#include "components/hardware/controller/controller.h"
#include "components/hardware/controller/power.h"
#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/policy_ports.h"

/* The bytes that a command's input vector adds to what its die holds: none while another command keeps it. */
static uint64_t new_vector_bytes(const ifc_die *d, const ifc_txn *txn)
{
    return txn->vector && !(txn->vector == d->vector && d->vector_user) ? txn->bytes_down : 0;
}

static bool has_room(const ifc_die *d, const ifc_txn *txn)
{
    if (d->held == 0)
        return true;
    if (d->n_lanes == 1 && d->held >= d->group->p->queue_depth)
        return false;
    for (uint32_t i = 0; d->n_lanes > 1 && i < txn->n_tasks; i++)
        if (txn->tasks[i].lane->held >= d->group->p->queue_depth)
            return false;
    return d->buffer_used + new_vector_bytes(d, txn) + txn->footprint <= d->group->p->global_buffer;
}

/* There is room for all commands of a batch; with a power budget it is one command. */
static bool batch_has_room(ifc_controller *c, ifc_txn *lead)
{
    for (const ifc_txn *txn = lead; txn; txn = txn->batch_next)
        if (!has_room(&c->hw->dies[txn->die], txn))
            return false;
    return ifc_power_has_room(c, lead);
}

/* The newest command that uses a vector holds its bytes; with it the vector dies, but may still be there. */
static void hold_vector(ifc_die *d, ifc_txn *t, uint64_t bytes)
{
    if (d->vector == t->vector && d->vector_user)
        d->buffer_used -= d->vector_user->vector_bytes, d->vector_user->vector_bytes = 0;
    t->vector_bytes = bytes;
    d->buffer_used += bytes;
    d->vector = t->vector;
    d->vector_bytes = bytes;
    d->vector_user = t;
}

/* A vector that nobody uses any more is overwritten when its place is wanted. */
static void overwrite_dead_vector(ifc_die *d)
{
    if (d->vector && !d->vector_user && d->buffer_used + d->vector_bytes > d->group->p->global_buffer)
        d->vector = 0;
}

/* A shared input vector goes down once: with the first command of the batch, and only if a die does not hold
 * it yet. */
static void settle_vector(ifc_hardware *hw, ifc_txn *head)
{
    bool send = false;
    uint64_t bytes = head->bytes_down;
    for (ifc_txn *t = head; t; t = t->batch_next)
        if (t->vector) {
            ifc_die *d = &hw->dies[t->die];
            send |= d->vector != t->vector;
            hold_vector(d, t, bytes);
            t->bytes_down = 0;
        }
    if (head->vector && send)
        head->bytes_down = bytes;
}

static void dispatch_batch(ifc_controller *c, ifc_txn *head, const ifc_txn *cause)
{
    ifc_hardware *hw = c->hw;
    ifc_time now = ifc_now();
    settle_vector(hw, head);
    ifc_power_take(c, head);
    for (ifc_txn *t = head; t; t = t->batch_next) {
        ifc_die *d = &hw->dies[t->die];
        d->held++;
        for (uint32_t i = 0; d->n_lanes > 1 && i < t->n_tasks; i++)
            t->tasks[i].lane->held++;
        d->buffer_used += t->footprint;
        overwrite_dead_vector(d);
        t->stamp[IFC_PHASE_QUEUE] = now;
        ifc_probe_sent(&hw->probe, t);
        if (cause && now > t->issue) {
            t->after_room = (ifc_txn *)cause;
            t->after_room_id = cause->id;
        }
    }
    ifc_channel_send(&hw->channels[head->channel], head);
}

static void dispatch(ifc_controller *c, ifc_txn *lead, const ifc_txn *cause)
{
    ifc_queue_take(&c->queues[lead->channel], lead);
    dispatch_batch(c, lead, cause);
}

/* Commands of one lane stay in order. */
static bool can_go(ifc_controller *c, ifc_txn *lead)
{
    return ifc_queue_is_first(lead) && batch_has_room(c, lead);
}

/* Into a list in the order of the queue. */
static void consider(ifc_txn **list, ifc_txn *lead)
{
    if (lead->maybe)
        return;
    while (*list && ifc_queue_before(*list, lead))
        list = &(*list)->maybe_next;
    lead->maybe = true;
    lead->maybe_next = *list;
    *list = lead;
}

static void consider_next(ifc_txn **list, const ifc_lane *l)
{
    if (l->waiting.first)
        consider(list, l->waiting.first->txn->lead);
}

/* Those that wait first for the lanes of a batch, now that it is gone. */
static void consider_behind(ifc_txn **list, const ifc_txn *lead)
{
    for (const ifc_txn *t = lead; t; t = t->batch_next)
        for (uint32_t i = 0; i < t->n_tasks; i++)
            consider_next(list, t->tasks[i].lane);
}

/* Send every queued command whose dies have room, in the order of the queue. What could not go before can now
 * only if it is new, if a command left one of its dies, or if the one before it goes. */
static void dispatch_oldest(ifc_controller *c, uint32_t channel, const ifc_txn *cause, ifc_txn *new)
{
    ifc_txn *list = NULL;
    const ifc_die *freed = c->freed;
    if (new)
        consider(&list, new);
    if (freed && freed->channel == channel) {
        for (uint32_t i = 0; i < freed->n_lanes; i++)
            consider_next(&list, &freed->lanes[i]);
        c->freed = NULL;
    }
    while (list) {
        ifc_txn *lead = list;
        list = lead->maybe_next;
        lead->maybe = false;
        if (!can_go(c, lead))
            continue;
        dispatch(c, lead, cause);
        consider_behind(&list, lead);
    }
}

/* Where power is short, what one command gives back is room for any other. */
static void dispatch_by_age(ifc_controller *c, uint32_t channel, const ifc_txn *cause)
{
    for (ifc_txn *lead = c->queues[channel].first, *next; lead; lead = next) {
        next = lead->next;
        if (can_go(c, lead))
            dispatch(c, lead, cause);
    }
}

/* One of the class and a die of @lead stands before it. It is noted that now one does. */
static bool passes(ifc_controller *c, const ifc_txn *lead)
{
    bool behind = false;
    for (const ifc_txn *t = lead; t; t = t->batch_next) {
        uint64_t *seen = &c->hw->dies[t->die].seen[lead->traffic_class];
        behind |= *seen == c->scans;
        *seen = c->scans;
    }
    return behind;
}

/*
 * Commands that could go now: of each class, the oldest of each die, if there is room for it. Of one class on
 * one die the order is kept: pieces of an operator and programs of a stream build on each other.
 */
static uint32_t find_ready(ifc_controller *c, uint32_t channel, ifc_txn **ready, ifc_command_view *views)
{
    uint32_t n = 0;
    c->scans++;
    for (ifc_txn *lead = c->queues[channel].first; lead && n < IFC_VIEWS_MAX; lead = lead->next)
        if (!passes(c, lead) && batch_has_room(c, lead)) {
            ready[n] = lead;
            ifc_policy_view(c->hw, lead, &views[n++]);
        }
    return n;
}

static void dispatch_by_policy(ifc_controller *c, uint32_t channel, const ifc_txn *cause)
{
    ifc_txn *ready[IFC_VIEWS_MAX];
    ifc_command_view *views = c->views;
    for (uint32_t n; (n = find_ready(c, channel, ready, views)) > 0;) {
        uint32_t i = ifc_policy_dispatch(c->hw, channel, views, n);
        if (i == IFC_NONE)
            return;
        dispatch(c, ready[i], cause);
    }
}

void ifc_controller_dispatch(ifc_controller *c, uint32_t channel, const ifc_txn *cause, ifc_txn *new)
{
    if (!c->queues[channel].first)
        return;
    if (c->hw->policies.kinds[IFC_KIND_DISPATCH].policy->ops.dispatch->pick)
        dispatch_by_policy(c, channel, cause);
    else if (c->power.budget > 0)
        dispatch_by_age(c, channel, cause);
    else
        dispatch_oldest(c, channel, cause, new);
}
