#include "components/hardware/flash/channel.h"

#include <stdlib.h>

#include "components/hardware/flash/decoder.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/flash/flow.h"
#include "components/hardware/hardware.h"
#include "components/hardware/policy_ports.h"
#include "platform/common/memory.h"

IFC_FIFO_FUNCTIONS(ifc_flow_fifo, ifc_flow, next_on_bus)

void ifc_channel_init(ifc_channel *c, ifc_hardware *hw, uint32_t index)
{
    *c = (ifc_channel){.hw = hw, .index = index};
    c->by_policy = hw->policies.kinds[IFC_KIND_ARBITER].policy->ops.arbiter->pick != NULL;
    snprintf(c->name, sizeof c->name, "channel%u", index);
    ifc_signal_init(&c->work);
    c->views = ifc_alloc_zero(IFC_VIEWS_MAX, sizeof *c->views);
}

void ifc_channel_fini(ifc_channel *c)
{
    ifc_signal_fini(&c->work);
    free(c->views);
}

static ifc_time command_time(const ifc_hardware *hw, const ifc_txn *txn)
{
    if (!hw->s->effects.command)
        return 0;
    const ifc_flash_group *g = hw->groups[txn->group].p;
    ifc_time each = ifc_flow_needed(txn) ? ifc_flow_down_commands(txn->flow) : 0;
    return ifc_time_times(g->sequencer ? 1 : txn->extent.planes, hw->s->channel.command_time) + each;
}

static ifc_time transfer_time(const ifc_channel *c, uint64_t bytes)
{
    return ifc_time_for_bytes(bytes, c->hw->s->channel.rate);
}

/* What goes down with a command itself. */
static uint64_t first_bytes(const ifc_txn *txn)
{
    return txn->grows_down ? ifc_flow_down_bytes(txn->flow) : txn->bytes_down;
}

static void account(ifc_channel *c, ifc_time asked, ifc_time begin, ifc_time end)
{
    c->busy_ps += end - begin;
    ifc_span_add(&c->span, end - begin);
    c->wait_ps = ifc_time_sum(c->wait_ps, begin - asked);
    c->tenures++;
    c->free_at = end;
    ifc_probe_busy(&c->hw->probe, IFC_PART_CHANNEL, begin, end);
}

static void deliver_down(ifc_channel *c, ifc_txn *txn, ifc_time begin, ifc_time commands_end, ifc_time end)
{
    ifc_hardware *hw = c->hw;
    for (ifc_txn *next; txn; txn = next) {
        next = txn->batch_next;
        txn->batch_next = NULL;
        txn->stamp[IFC_PHASE_BUS_WAIT] = begin;
        txn->stamp[IFC_PHASE_COMMAND] = commands_end;
        txn->arrived = end;
        c->bytes_down += first_bytes(txn);
        c->commands++;
        if (ifc_flow_needed(txn)) {
            ifc_flow_sent(txn->flow);
            ifc_flow_fifo_put(&c->flows, txn->flow);
        }
        ifc_die_accept(&hw->dies[txn->die], txn);
    }
}

/* The dies get the command at once, with the times at which it and its data will have arrived. */
static void grant_send(ifc_channel *c, ifc_txn *txn, ifc_time begin)
{
    ifc_time commands_end = begin, end;
    uint64_t bytes = 0;
    for (ifc_txn *t = txn; t; t = t->batch_next) {
        commands_end = ifc_time_add(commands_end, command_time(c->hw, t));
        bytes += first_bytes(t);
    }
    end = ifc_time_add(commands_end, transfer_time(c, bytes));
    if (end > begin) {
        account(c, txn->posted, begin, end);
        ifc_probe_down(&c->hw->probe, c, txn, begin, commands_end, end, bytes);
    }
    deliver_down(c, txn, begin, commands_end, end);
}

static bool takes_time(const ifc_channel *c, const ifc_txn *txn)
{
    for (; txn; txn = txn->batch_next)
        if (command_time(c->hw, txn) + transfer_time(c, first_bytes(txn)) > 0)
            return true;
    return false;
}

void ifc_channel_send(ifc_channel *c, ifc_txn *txn)
{
    ifc_time now = txn->posted = ifc_now();
    if (!takes_time(c, txn)) {
        grant_send(c, txn, now);
    } else if (c->by_policy) {
        ifc_txn_fifo_put(&c->sends, txn);
        ifc_notify(&c->work);
    } else {
        ifc_channel_advance(c, now);
        grant_send(c, txn, ifc_time_max(now, c->free_at));
    }
}

void ifc_channel_moved_up(ifc_channel *c, uint64_t bytes)
{
    c->bytes_up += bytes;
}

static void grant_down(ifc_channel *c, ifc_flow *f, ifc_time asked, ifc_time begin)
{
    uint64_t bytes = ifc_flow_down_bytes(f);
    ifc_time commands_end = ifc_time_add(begin, ifc_flow_down_commands(f)),
             end = ifc_time_add(commands_end, transfer_time(c, bytes));
    account(c, asked, begin, end);
    ifc_probe_down(&c->hw->probe, c, f->txn, begin, commands_end, end, bytes);
    c->bytes_down += bytes;
    ifc_flow_grant_down(f, end);
}

static void grant_up(ifc_channel *c, ifc_flow *f, ifc_time asked, ifc_time begin)
{
    uint64_t bytes = ifc_flow_up_bytes(f);
    ifc_time data = ifc_time_add(begin, ifc_flow_up_commands(f)),
             end = ifc_time_add(data, transfer_time(c, bytes));
    account(c, asked, begin, end);
    c->bytes_up += bytes;
    ifc_decoder *decoder = ifc_decoder_of(c->hw, f->txn);
    if (decoder)
        ifc_decoder_feed(decoder, f->txn, data, end, bytes);
    ifc_flow_grant_up(f, begin, end);
    ifc_probe_up(&c->hw->probe, c, f->txn, begin, end, bytes);
}

/* A flow's next request in one direction. */
struct request {
    ifc_flow *flow;
    bool up;
    ifc_time asked;
};

static void consider(struct request *best, ifc_flow *f, bool up, ifc_time asked)
{
    if (asked < best->asked)
        *best = (struct request){f, up, asked};
}

static struct request oldest_request(const ifc_channel *c)
{
    struct request best = {.asked = IFC_TIME_MAX};
    for (ifc_flow *f = c->flows.first; f; f = f->next_on_bus) {
        consider(&best, f, false, ifc_flow_wants_down(f));
        consider(&best, f, true, ifc_flow_wants_up(f));
    }
    return best;
}

static void grant(ifc_channel *c, const struct request *r, ifc_time begin)
{
    if (r->up)
        grant_up(c, r->flow, r->asked, begin);
    else
        grant_down(c, r->flow, r->asked, begin);
}

void ifc_channel_advance(ifc_channel *c, ifc_time until)
{
    if (c->by_policy) { /* the actor grants: it hears what flows ask for by now */
        (void)oldest_request(c);
        ifc_notify(&c->work);
        return;
    }
    for (;;) {
        struct request r = oldest_request(c);
        if (r.asked > until || !r.flow)
            return;
        grant(c, &r, ifc_time_max(r.asked, c->free_at));
    }
}

ifc_time ifc_channel_next(const ifc_channel *c, ifc_time now)
{
    ifc_time next = oldest_request(c).asked;
    IFC_BUG_ON(next <= now && !c->by_policy, "%s has not granted what was asked for", c->name);
    return c->by_policy ? IFC_TIME_MAX : next;
}

void ifc_channel_forget(ifc_channel *c, ifc_flow *f)
{
    ifc_flow **at = &c->flows.first;
    while (*at != f)
        at = &(*at)->next_on_bus;
    ifc_flow_fifo_take_at(&c->flows, at);
}

/* ---- by policy ---- */

/* Who asks for the bus now: commands to be sent and requests of flows. */
struct shown {
    ifc_txn **send; /* NULL: a flow's */
    struct request request;
};

static void view_request(const ifc_channel *c, const struct request *r, ifc_command_view *view)
{
    ifc_policy_view(c->hw, r->flow->txn, view);
    view->up = r->up;
    view->since = r->asked;
    if (r->up)
        view->bytes_up = ifc_flow_up_bytes(r->flow);
    else
        view->bytes_down = ifc_flow_down_bytes(r->flow);
}

/* Of each die the oldest command. Commands reach a die in the order in which they were dispatched, which is
 * what the vectors they share are counted on. */
static uint32_t show_sends(const ifc_channel *c, struct shown *shown)
{
    uint64_t passed = 0;
    uint32_t n = 0;
    for (ifc_txn **at = (ifc_txn **)&c->sends.first; *at && n < IFC_VIEWS_MAX / 2; at = &(*at)->next) {
        uint64_t dies = 0;
        for (const ifc_txn *t = *at; t; t = t->batch_next)
            dies |= (uint64_t)1 << c->hw->dies[t->die].slot;
        if (!(passed & dies)) {
            shown[n].send = at;
            ifc_policy_view(c->hw, *at, &c->views[n]);
            c->views[n].since = (*at)->posted;
            n++;
        }
        passed |= dies;
    }
    return n;
}

static void show_flow(const ifc_channel *c, struct shown *shown, uint32_t *n, const struct request *r,
                      ifc_time now)
{
    if (r->asked > now || *n >= IFC_VIEWS_MAX)
        return;
    shown[*n] = (struct shown){.request = *r};
    view_request(c, r, &c->views[*n]);
    ++*n;
}

static void sort_by_age(ifc_command_view *views, struct shown *shown, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t k = i; k > 0 && views[k].since < views[k - 1].since; k--) {
            ifc_command_view view = views[k];
            struct shown what = shown[k];
            views[k] = views[k - 1];
            shown[k] = shown[k - 1];
            views[k - 1] = view;
            shown[k - 1] = what;
        }
}

static uint32_t show(const ifc_channel *c, struct shown *shown, ifc_time now)
{
    uint32_t n = show_sends(c, shown);
    for (ifc_flow *f = c->flows.first; f; f = f->next_on_bus) {
        show_flow(c, shown, &n, &(struct request){f, false, ifc_flow_wants_down(f)}, now);
        show_flow(c, shown, &n, &(struct request){f, true, ifc_flow_wants_up(f)}, now);
    }
    sort_by_age(c->views, shown, n);
    return n;
}

void ifc_channel_run(void *channel)
{
    ifc_channel *c = channel;
    struct shown shown[IFC_VIEWS_MAX];
    for (;;) {
        ifc_sleep_until(c->free_at);
        ifc_time now = ifc_now();
        ifc_settle(2); /* after the controller: all that ask at this moment are chosen from */
        uint32_t n = show(c, shown, now);
        if (n == 0) {
            ifc_wait_until(&c->work, oldest_request(c).asked, "a request for its bus");
            continue;
        }
        const struct shown *s = &shown[ifc_policy_arbitrate(c->hw, c->index, c->views, n)];
        if (s->send) {
            grant_send(c, ifc_txn_fifo_take_at(&c->sends, s->send), now);
        } else {
            grant(c, &s->request, now);
            ifc_die_look_again(s->request.flow->die);
        }
    }
}
