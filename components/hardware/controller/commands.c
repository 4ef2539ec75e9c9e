#include "components/hardware/controller/commands.h"
#include "components/hardware/controller/power.h"

#include <stdlib.h>

#include "components/hardware/flash/address.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/flash/flow.h"
#include "components/hardware/flash/retry.h"

ifc_txn *ifc_command_new(ifc_controller *c, ifc_job *job, ifc_command command, ifc_class traffic,
                         const ifc_group *group, uint32_t die_in_group)
{
    ifc_txn *t = ifc_txn_new(c->hw);
    t->command = (uint8_t)command;
    t->traffic_class = (uint8_t)traffic;
    t->group = (uint16_t)group->index;
    t->die = (uint16_t)(group->first_die + die_in_group);
    t->channel = (uint16_t)c->hw->dies[t->die].channel;
    t->job = job;
    t->op_kind = job->kind;
    t->issue = ifc_now();
    job->pending++;
    return t;
}

static void prepare(ifc_controller *c, ifc_txn *t)
{
    ifc_probe_made(&c->hw->probe, t);
    ifc_tasks_prepare(t, &c->hw->dies[t->die]);
    if (ifc_flow_needed(t))
        ifc_flow_prepare(t, &c->hw->dies[t->die]);
}

static uint64_t part(uint64_t all, uint64_t from, uint64_t to, uint64_t of)
{
    return all * to / of - all * from / of;
}

/* What @whole does in one plane: pages [from, to) of all of its. */
static ifc_txn of_plane(const ifc_txn *whole, uint32_t plane, uint64_t from, uint64_t to)
{
    ifc_txn t = *whole;
    uint64_t all = whole->extent.pages;
    t.extent = (ifc_extent){.planes = 1, .max_pages = (uint32_t)(to - from), .pages = to - from};
    t.first_plane = (uint16_t)plane;
    t.has_runs = false;
    t.bytes_up = part(whole->bytes_up, from, to, all);
    t.bytes_down = part(whole->bytes_down, from, to, all);
    t.fill = whole->fill * (double)(to - from) / (double)all;
    return t;
}

static void copy_work(ifc_txn *to, const ifc_txn *from)
{
    to->extent = from->extent;
    to->first_plane = from->first_plane;
    to->first_page = from->first_page;
    to->bytes_up = from->bytes_up;
    to->bytes_down = from->bytes_down;
    to->fill = from->fill;
    to->ecc_time = from->ecc_time;
    to->tile = from->tile;
    to->slices = from->slices;
    to->has_runs = false;
}

/* One command for each of its planes, which are independent. */
static void queue_each(ifc_controller *c, ifc_txn *t)
{
    const ifc_die *d = &c->hw->dies[t->die];
    const ifc_txn whole = *t;
    uint64_t done = 0;
    t->retries = NULL; /* each has its own */
    t->n_retries = t->room_retries = 0;
    for (uint32_t p = 0; p < d->n_lanes; p++) {
        uint64_t pages = ifc_address_pages(&whole, p, d->n_lanes);
        if (pages == 0)
            continue;
        ifc_txn work = of_plane(&whole, p, done, done + pages);
        ifc_txn *each = done == 0 ? t
                                  : ifc_command_new(c, t->job, (ifc_command)whole.command,
                                                    (ifc_class)whole.traffic_class, d->group, d->in_group);
        copy_work(each, &work);
        ifc_retry_copy(each, &whole, p, 0);
        prepare(c, each);
        ifc_controller_enqueue(c, each);
        done += pages;
    }
    free(whole.retries);
}

void ifc_command_queue_one(ifc_controller *c, ifc_txn *t)
{
    if (c->hw->dies[t->die].n_lanes > 1 && t->command != IFC_READ_COMPUTE) {
        queue_each(c, t);
        return;
    }
    prepare(c, t);
    ifc_controller_enqueue(c, t);
}

/* Dies of one channel that take the same vector share one tenure; a command without company goes alone. */
static void add_to_batch(ifc_controller *c, ifc_txn *t)
{
    prepare(c, t);
    if (!c->hw->s->channel.broadcast || !t->vector || ifc_power_takes_turns(c)) {
        ifc_controller_enqueue(c, t);
        return;
    }
    ifc_txn *head = c->batch[t->channel];
    if (head) {
        t->batch_next = head->batch_next;
        head->batch_next = t;
    } else {
        c->batch[t->channel] = t;
    }
}

void ifc_command_add(ifc_controller *c, ifc_txn *t, bool grows_down, bool grows_up)
{
    t->grows_down = grows_down;
    t->grows_up = grows_up;
    add_to_batch(c, t);
}

void ifc_command_send_all(ifc_controller *c)
{
    for (uint32_t i = 0; i < c->hw->s->channel.count; i++)
        if (c->batch[i]) {
            ifc_txn *head = c->batch[i];
            c->batch[i] = NULL;
            ifc_controller_enqueue(c, head);
        }
}

void ifc_command_again(ifc_controller *c, const ifc_txn *t)
{
    const ifc_group *g = &c->hw->groups[t->group];
    ifc_txn *again =
        ifc_command_new(c, t->job, IFC_READ, (ifc_class)t->traffic_class, g, t->die - g->first_die);
    again->attempt = (uint8_t)(t->attempt + 1);
    ifc_retry_copy(again, t, IFC_NONE, again->attempt);
    again->extent = ifc_retry_extent(again);
    again->first_plane = again->retries[0].plane;
    again->first_page = t->first_page + again->retries[0].round;
    again->tile = t->tile;
    again->slices = t->slices;
    again->bytes_up = again->extent.pages * g->bus_page_bytes;
    again->retry_of = (ifc_txn *)t;
    again->retry_of_id = t->id;
    ifc_command_queue_one(c, again);
}
