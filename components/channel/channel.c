#include "components/channel/channel.h"

#include "components/system/detail.h"
#include <stdlib.h>

#include "components/system/policy_views.h"
#include "components/system/system.h"
#include "components/system/trace.h"

void ifc_channel_init(ifc_channel *c, ifc_system *sys, uint32_t index)
{
    *c = (ifc_channel){.sys = sys, .index = index};
    c->last = &c->first;
    snprintf(c->name, sizeof c->name, "channel%u", index);
    ifc_signal_init(&c->work);
    c->views = calloc(IFC_VIEWS_MAX, sizeof *c->views);
    IFC_BUG_ON(!c->views, "out of memory for the requests of %s", c->name);
}

void ifc_channel_fini(ifc_channel *c)
{
    ifc_signal_fini(&c->work);
}

static ifc_time command_time(const ifc_system *sys, const ifc_txn *txn)
{
    if (!sys->s->effects.command)
        return 0;
    const ifc_flash_group *g = sys->groups[txn->group].p;
    return sys->s->channel.command_time * (g->sequencer ? 1 : txn->extent.planes);
}

static ifc_time transfer_time(const ifc_channel *c, uint64_t bytes)
{
    return ifc_time_for_bytes(bytes, c->sys->s->channel.rate);
}

static void request(ifc_channel *c, ifc_txn *txn)
{
    txn->posted = ifc_now();
    txn->next = NULL;
    *c->last = txn;
    c->last = &txn->next;
    ifc_notify(&c->work);
}

static void deliver_down(ifc_channel *c, ifc_txn *txn, ifc_time begin, ifc_time commands_end, ifc_time end)
{
    ifc_system *sys = c->sys;
    for (ifc_txn *next; txn; txn = next) {
        next = txn->batch_next;
        txn->batch_next = NULL;
        txn->stamp[IFC_PHASE_BUS_WAIT] = begin;
        txn->stamp[IFC_PHASE_COMMAND] = commands_end;
        txn->stamp[IFC_PHASE_DATA_DOWN] = end;
        c->bytes_down += txn->bytes_down;
        c->commands++;
        ifc_die_accept(&sys->dies[txn->die], txn);
    }
}

void ifc_channel_send(ifc_channel *c, ifc_txn *txn)
{
    ifc_time time = 0;
    for (ifc_txn *t = txn; t; t = t->batch_next)
        time += command_time(c->sys, t) + transfer_time(c, t->bytes_down);
    txn->on_bus_up = false;
    if (time == 0)
        deliver_down(c, txn, ifc_now(), ifc_now(), ifc_now());
    else
        request(c, txn);
}

static void deliver_up(ifc_channel *c, ifc_txn *txn)
{
    txn->stamp[IFC_PHASE_DATA_UP] = ifc_now();
    c->bytes_up += txn->bytes_up;
    ifc_controller_receive(&c->sys->controller, txn);
}

void ifc_channel_return(ifc_channel *c, ifc_txn *txn)
{
    txn->on_bus_up = true;
    if (transfer_time(c, txn->bytes_up) > 0) {
        request(c, txn);
        return;
    }
    txn->stamp[IFC_PHASE_UP_WAIT] = ifc_now();
    deliver_up(c, txn);
}

static void account(ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time end)
{
    c->busy_ps += end - begin;
    ifc_span_add(&c->span, end - begin);
    c->wait_ps += begin - txn->posted;
    c->tenures++;
    c->free_at = end;
    ifc_detail_busy(c->sys, IFC_PATH_CHANNEL, begin, end);
}

/*
 * A tenure down needs no event of its own: the dies get the command at once with the time at which it will
 * have arrived, and begin no earlier. Only what comes after it on this bus has to wait, until free_at.
 */
static void grant_down(ifc_channel *c, ifc_txn *txn, ifc_time begin)
{
    ifc_time commands_end = begin, end;
    uint64_t bytes = 0;
    for (ifc_txn *t = txn; t; t = t->batch_next) {
        commands_end += command_time(c->sys, t);
        bytes += t->bytes_down;
    }
    end = commands_end + transfer_time(c, bytes);
    account(c, txn, begin, end);
    ifc_trace_tenure_down(c, txn, begin, commands_end, end, bytes);
    deliver_down(c, txn, begin, commands_end, end);
}

/* Pages of a READ may go one tenure each: after each of them others get their turn. */
static void grant_up(ifc_channel *c, ifc_txn *txn, ifc_time begin)
{
    uint64_t bytes = txn->tenure_bytes ? txn->tenure_bytes : txn->bytes_up;
    ifc_time end = begin + transfer_time(c, bytes);
    account(c, txn, begin, end);
    ifc_sleep_until(end);
    ifc_trace_tenure_up(c, txn, begin, end, bytes);
    if (!txn->stamp[IFC_PHASE_UP_WAIT])
        txn->stamp[IFC_PHASE_UP_WAIT] = begin;
    ifc_decoder *decoder = ifc_controller_decoder(&c->sys->controller, txn);
    if (decoder)
        ifc_decoder_feed(decoder, txn, begin, end, bytes);
    if (txn->tenures > 1) {
        txn->tenures--;
        request(c, txn);
        return;
    }
    txn->tenures = 0;
    if (txn->command == IFC_READ)
        ifc_die_cache_free(&c->sys->dies[txn->die]);
    if (!txn->more_rounds)
        deliver_up(c, txn);
}

static ifc_txn *take(ifc_channel *c, ifc_txn **at)
{
    ifc_txn *txn = *at;
    *at = txn->next;
    if (!*at)
        c->last = at;
    txn->next = NULL;
    return txn;
}

/* What the policy is shown: of each die and direction, the oldest request. Commands reach a die in the order
 * in which they were dispatched, which is what the vectors they share are counted on. */
static ifc_txn *take_by_policy(ifc_channel *c)
{
    ifc_txn **shown[IFC_VIEWS_MAX];
    ifc_command_view *views = c->views;
    uint64_t passed[2] = {0};
    uint32_t n = 0;
    for (ifc_txn **at = &c->first; *at && n < IFC_VIEWS_MAX; at = &(*at)->next) {
        uint64_t dies = 0, *before = &passed[(*at)->on_bus_up];
        for (const ifc_txn *t = *at; t; t = t->batch_next)
            dies |= (uint64_t)1 << (t->die / c->sys->s->channel.count);
        if (!(*before & dies)) {
            shown[n] = at;
            ifc_policy_view(*at, &views[n]);
            views[n].up = (*at)->on_bus_up;
            views[n].since = (*at)->posted;
            if ((*at)->tenure_bytes)
                views[n].bytes_up = (*at)->tenure_bytes;
            n++;
        }
        *before |= dies;
    }
    return take(c, shown[ifc_policy_arbitrate(c->sys, c->index, views, n)]);
}

void ifc_channel_run(void *channel)
{
    ifc_channel *c = channel;
    bool by_policy = c->sys->policies.kinds[IFC_KIND_ARBITER].policy->ops.arbiter->pick != NULL;
    for (;;) {
        while (!c->first)
            ifc_wait(&c->work, "a request for its bus");
        /* Oldest first is decided before the bus is free; a policy chooses among all who ask when it is. */
        if (by_policy)
            ifc_sleep_until(c->free_at);
        ifc_txn *txn = by_policy ? take_by_policy(c) : take(c, &c->first);
        ifc_time begin = ifc_time_max(ifc_now(), c->free_at);
        if (txn->on_bus_up)
            grant_up(c, txn, begin);
        else
            grant_down(c, txn, begin);
    }
}
