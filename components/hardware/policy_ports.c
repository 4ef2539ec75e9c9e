#include "components/hardware/policy_ports.h"

#include "components/hardware/flash/die.h"
#include "components/hardware/hardware.h"

void ifc_policy_view(const ifc_hardware *hw, const ifc_txn *txn, ifc_command_view *out)
{
    const ifc_job *job = txn->job;
    uint32_t dies = 1;
    for (const ifc_txn *t = txn->batch_next; t; t = t->batch_next)
        dies++;
    *out = (ifc_command_view){.id = txn->id,
                              .command = txn->command,
                              .traffic_class = txn->traffic_class,
                              .op_kind = job->kind,
                              .token = job->kind == IFC_OP_REQUEST ? 0 : job->token,
                              .layer = job->layer,
                              .head_group = job->head_group,
                              .group = txn->group,
                              .channel = txn->channel,
                              .die = txn->die,
                              .dies = dies,
                              .planes = txn->extent.planes,
                              .pages = txn->extent.pages,
                              .bytes_down = txn->bytes_down,
                              .bytes_up = txn->bytes_up,
                              .since = txn->issue};
    if (txn->command == IFC_DRAM_READ || txn->command == IFC_DRAM_WRITE)
        return;
    out->first_plane = txn->first_plane;
    out->load = hw->dies[txn->die].held;
}

uint32_t ifc_policy_dispatch(const ifc_hardware *hw, uint32_t channel, const ifc_command_view *commands,
                             uint32_t n)
{
    const ifc_policy_run *p = &hw->policies.kinds[IFC_KIND_DISPATCH];
    ifc_policy_ask(p, "pick");
    uint32_t answer = p->policy->ops.dispatch->pick(p->state, channel, commands, n);
    ifc_policy_leave(p);
    if (answer >= n && answer != IFC_NONE)
        ifc_policy_misbehaves(p, "pick", "picks command %u of %u (allowed: 0 .. %u, IFC_NONE)", answer, n,
                              n - 1);
    return answer;
}

uint32_t ifc_policy_arbitrate(const ifc_hardware *hw, uint32_t channel, const ifc_command_view *requests,
                              uint32_t n)
{
    const ifc_policy_run *p = &hw->policies.kinds[IFC_KIND_ARBITER];
    ifc_policy_ask(p, "pick");
    uint32_t answer = p->policy->ops.arbiter->pick(p->state, channel, requests, n);
    ifc_policy_leave(p);
    if (answer >= n)
        ifc_policy_misbehaves(p, "pick", "picks request %u of %u (allowed: 0 .. %u)", answer, n, n - 1);
    return answer;
}

bool ifc_policy_suspend(const ifc_hardware *hw, const ifc_array_view *view)
{
    const ifc_policy_run *p = &hw->policies.kinds[IFC_KIND_ARRAY];
    ifc_policy_ask(p, "suspend");
    bool answer = p->policy->ops.array->suspend(p->state, view);
    ifc_policy_leave(p);
    return answer;
}
