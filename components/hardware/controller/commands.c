#include "components/hardware/controller/commands.h"

#include "components/hardware/flash/die.h"
#include "components/hardware/flash/flow.h"

ifc_txn *ifc_command_new(ifc_controller *c, ifc_job *job, ifc_command command, ifc_class traffic,
                         const ifc_group *group, uint32_t die_in_group)
{
    ifc_txn *t = ifc_txn_new(c->hw);
    t->command = (uint8_t)command;
    t->traffic_class = (uint8_t)traffic;
    t->group = (uint16_t)group->index;
    t->die = (uint16_t)(group->first_die + die_in_group);
    t->channel = (uint16_t)(t->die % c->hw->s->channel.count);
    t->job = job;
    t->op_kind = job->kind;
    t->issue = ifc_now();
    job->pending++;
    return t;
}

static void prepare(ifc_controller *c, ifc_txn *t)
{
    ifc_probe_made(&c->hw->probe, t);
    if (ifc_flow_needed(t))
        ifc_flow_prepare(t, &c->hw->dies[t->die]);
}

void ifc_command_queue_one(ifc_controller *c, ifc_txn *t)
{
    prepare(c, t);
    ifc_controller_enqueue(c, t);
}

/* Dies of one channel that take the same vector share one tenure; a command without company goes alone. */
static void add_to_batch(ifc_controller *c, ifc_txn *t)
{
    prepare(c, t);
    if (!c->hw->s->channel.broadcast || !t->vector) {
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
