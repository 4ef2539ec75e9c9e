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

static uint64_t die_bit(const ifc_hardware *hw, const ifc_txn *txn)
{
    return (uint64_t)1 << hw->dies[txn->die].slot;
}

/* Commands of one lane stay in order: an older one waits. @busy: dies all of whose lanes have such a one. */
static bool must_wait(const ifc_controller *c, const ifc_txn *txn, uint64_t busy)
{
    if (busy & die_bit(c->hw, txn))
        return true;
    bool lanes = c->hw->dies[txn->die].n_lanes > 1;
    for (uint32_t i = 0; lanes && i < txn->n_tasks; i++)
        if (txn->tasks[i].lane->blocked == c->scans)
            return true;
    return false;
}

static void wait(const ifc_controller *c, const ifc_txn *txn, uint64_t *busy)
{
    const ifc_die *d = &c->hw->dies[txn->die];
    uint32_t blocked = d->n_lanes == 1;
    for (uint32_t i = 0; d->n_lanes > 1 && i < txn->n_tasks; i++)
        txn->tasks[i].lane->blocked = c->scans;
    for (uint32_t i = 0; d->n_lanes > 1 && i < d->n_lanes; i++)
        blocked += d->lanes[i].blocked == c->scans;
    if (blocked == d->n_lanes)
        *busy |= die_bit(c->hw, txn);
}

/* With a power budget a batch is one command. */
static bool batch_has_room(ifc_controller *c, ifc_txn *head, uint64_t busy)
{
    for (const ifc_txn *txn = head; txn; txn = txn->batch_next)
        if (must_wait(c, txn, busy) || !has_room(&c->hw->dies[txn->die], txn))
            return false;
    return ifc_power_has_room(c, head);
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

static ifc_txn *take(ifc_command_queue *q, ifc_txn **at)
{
    q->waiting--;
    return ifc_txn_fifo_take_at(&q->commands, at);
}

/* Send every queued command whose dies have room, oldest first; the order of commands of one die is kept. */
static void dispatch_oldest(ifc_controller *c, uint32_t channel, const ifc_txn *cause)
{
    ifc_command_queue *q = &c->queues[channel];
    ifc_hardware *hw = c->hw;
    uint64_t busy = 0, all = ~(uint64_t)0;
    c->scans++;
    uint32_t per_channel = hw->channels[channel].dies;
    if (per_channel < 64)
        all = ((uint64_t)1 << per_channel) - 1;
    for (ifc_txn **at = &q->commands.first; *at && (busy & all) != all;) {
        ifc_txn *t = *at;
        if (!batch_has_room(c, t, busy)) {
            for (ifc_txn *b = t; b; b = b->batch_next)
                wait(c, b, &busy);
            at = &t->next;
            continue;
        }
        take(q, at);
        dispatch_batch(c, t, cause);
    }
}

static uint64_t dies_of(const ifc_hardware *hw, const ifc_txn *txn)
{
    uint64_t bits = 0;
    for (; txn; txn = txn->batch_next)
        bits |= die_bit(hw, txn);
    return bits;
}

/*
 * Commands that could go now: of each class, the oldest of each die, if there is room for it. Of one class on
 * one die the order is kept: pieces of an operator and programs of a stream build on each other.
 */
static uint32_t find_ready(ifc_controller *c, uint32_t channel, ifc_txn ***ready, ifc_command_view *views)
{
    uint64_t passed[IFC_CLASSES] = {0};
    uint32_t n = 0;
    for (ifc_txn **at = &c->queues[channel].commands.first; *at && n < IFC_VIEWS_MAX; at = &(*at)->next) {
        uint64_t dies = dies_of(c->hw, *at), *before = &passed[(*at)->traffic_class];
        if (!(*before & dies) && batch_has_room(c, *at, 0)) {
            ready[n] = at;
            ifc_policy_view(c->hw, *at, &views[n++]);
        }
        *before |= dies;
    }
    return n;
}

static void dispatch_by_policy(ifc_controller *c, uint32_t channel, const ifc_txn *cause)
{
    ifc_txn **ready[IFC_VIEWS_MAX];
    ifc_command_view *views = c->views;
    c->scans++;
    for (uint32_t n; (n = find_ready(c, channel, ready, views)) > 0;) {
        uint32_t i = ifc_policy_dispatch(c->hw, channel, views, n);
        if (i == IFC_NONE)
            return;
        dispatch_batch(c, take(&c->queues[channel], ready[i]), cause);
    }
}

void ifc_controller_dispatch(ifc_controller *c, uint32_t channel, const ifc_txn *cause)
{
    if (!c->queues[channel].commands.first)
        return;
    if (c->hw->policies.kinds[IFC_KIND_DISPATCH].policy->ops.dispatch->pick)
        dispatch_by_policy(c, channel, cause);
    else
        dispatch_oldest(c, channel, cause);
}
