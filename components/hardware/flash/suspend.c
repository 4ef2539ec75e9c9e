#include "components/hardware/flash/suspend.h"

#include "components/hardware/flash/die.h"
#include "components/hardware/flash/flow.h"
#include "components/hardware/hardware.h"
#include "components/hardware/policy_ports.h"

bool ifc_suspend_possible(const ifc_hardware *hw, const ifc_flash_group *g)
{
    return g->suspend.max > 0 && hw->policies.kinds[IFC_KIND_ARRAY].policy->ops.array->suspend;
}

static ifc_time come(const ifc_task *command)
{
    return command->txn->stamp[IFC_PHASE_COMMAND];
}

static bool refused(const ifc_task *command, const ifc_task *operation)
{
    return command->refused_by == operation->txn->id && command->refused_stretch == operation->stretch;
}

static ifc_time suspend_time(const ifc_lane *l, const ifc_task *operation)
{
    const ifc_flash_group *g = l->die->group->p;
    return operation->txn->command == IFC_ERASE ? g->suspend.erase : g->suspend.program;
}

static bool ask(const ifc_lane *l, ifc_task *operation, ifc_task *command, ifc_time at)
{
    const ifc_die *d = l->die;
    bool running = l->current == operation;
    ifc_time left = running ? l->write_end - at : operation->left;
    ifc_command_view op, with;
    ifc_policy_view(d->hw, operation->txn, &op);
    ifc_policy_view(d->hw, command->txn, &with);
    ifc_array_view view = {.operation = &op,
                           .command = &with,
                           .running = running,
                           .done = operation->whole - left,
                           .left = left,
                           .suspend_time = running ? suspend_time(l, operation) : 0,
                           .suspends = operation->suspends,
                           .most = d->group->p->suspend.max,
                           .passed = operation->passed};
    if (ifc_policy_suspend(d->hw, &view))
        return true;
    command->refused_by = operation->txn->id;
    command->refused_stretch = operation->stretch;
    return false;
}

/* Whether another command may go before it. */
static bool yields(const ifc_lane *l, const ifc_task *operation)
{
    const ifc_flash_group *g = l->die->group->p;
    return l->current == operation ? operation->suspends < g->suspend.max
                                   : operation->passed < g->queue_depth;
}

ifc_task *ifc_suspend_meets(ifc_lane *l, ifc_task *operation, ifc_time *at, ifc_time now)
{
    bool running = l->current == operation;
    for (ifc_task **i = &l->queue.first; *i && yields(l, operation); i = &(*i)->next) {
        ifc_task *command = *i;
        if (!ifc_flow_needed(command->txn) || refused(command, operation))
            continue;
        ifc_time meets = ifc_time_max(come(command), running ? l->write_begin : 0);
        if (meets > now || (running ? meets >= l->write_end : meets > *at))
            return NULL;
        if (!ask(l, operation, command, meets))
            continue;
        *at = meets;
        return ifc_task_fifo_take_at(&l->queue, i);
    }
    return NULL;
}

void ifc_suspend_stop(ifc_lane *l, ifc_task *command, ifc_time at)
{
    ifc_task *operation = l->current;
    ifc_die *d = l->die;
    ifc_time time = suspend_time(l, operation), still = ifc_time_add(at, time);
    ifc_lane_not_busy(l, ifc_time_max(at, l->write_counted), l->write_end);
    ifc_lane_busy(l, at, still);
    ifc_probe_suspended(&d->hw->probe, d, operation->txn, l->write_begin, at, still);
    operation->left = l->write_end - at;
    operation->since = at;
    operation->passed = 1;
    operation->suspends++;
    operation->stretch++;
    command->txn->suspending = time;
    l->pipeline = (ifc_pipeline){.sense_free = still, .compute_free = still};
    l->stopped = operation;
    l->current = NULL;
    d->suspends++;
}

ifc_time ifc_suspend_next(const ifc_lane *l, ifc_time now)
{
    const ifc_task *operation = l->current ? l->current : l->stopped;
    if (!operation || ifc_flow_needed(operation->txn))
        return IFC_TIME_MAX;
    for (const ifc_task *c = l->queue.first; c; c = c->next)
        if (ifc_flow_needed(c->txn) && come(c) > now)
            return come(c);
    return IFC_TIME_MAX;
}
