#include "components/record/observers.h"

#include "components/hardware/hardware.h"
#include "components/hardware/policy_ports.h"

static void view_txn(const ifc_hardware *hw, const ifc_txn *txn, ifc_txn_view *out)
{
    ifc_policy_view(hw, txn, &out->command);
    out->issue = txn->issue;
    out->stamp = txn->stamp;
}

static void tell_issue(const ifc_hardware *hw, const ifc_txn *txn)
{
    const ifc_policies *policies = &hw->policies;
    ifc_txn_view view;
    for (uint32_t i = 0; i < policies->n_observers; i++) {
        const ifc_policy_run *p = &policies->observers[i];
        if (!p->policy->ops.observer->issue)
            continue;
        view_txn(hw, txn, &view);
        ifc_policy_ask(p, "issue");
        p->policy->ops.observer->issue(p->state, &view);
        ifc_policy_leave(p);
    }
}

/* A batch is told one by one; accesses to DRAM are not. */
static void issue(void *hardware, const ifc_txn *txn)
{
    if (txn->command == IFC_DRAM_READ || txn->command == IFC_DRAM_WRITE)
        return;
    for (; txn; txn = txn->batch_next)
        tell_issue(hardware, txn);
}

static void complete(void *hardware, const ifc_txn *txn)
{
    const ifc_hardware *hw = hardware;
    const ifc_policies *policies = &hw->policies;
    ifc_txn_view view;
    for (uint32_t i = 0; i < policies->n_observers; i++) {
        const ifc_policy_run *p = &policies->observers[i];
        if (!p->policy->ops.observer->complete)
            continue;
        view_txn(hw, txn, &view);
        ifc_policy_ask(p, "complete");
        p->policy->ops.observer->complete(p->state, &view);
        ifc_policy_leave(p);
    }
}

static void token_over(void *hardware, uint32_t token, ifc_time begin)
{
    const ifc_policies *policies = &((const ifc_hardware *)hardware)->policies;
    for (uint32_t i = 0; i < policies->n_observers; i++) {
        const ifc_policy_run *p = &policies->observers[i];
        if (!p->policy->ops.observer->token)
            continue;
        ifc_policy_ask(p, "token");
        p->policy->ops.observer->token(p->state, token, begin);
        ifc_policy_leave(p);
    }
}

static void op_end(void *hardware, const ifc_op_run *op)
{
    const ifc_policies *policies = &((const ifc_hardware *)hardware)->policies;
    const ifc_operator_view view = {.op_kind = op->job.kind,
                                    .unit = op->node->unit,
                                    .token = op->job.kind == IFC_OP_REQUEST ? 0 : op->job.token,
                                    .layer = op->job.layer,
                                    .head_group = op->job.head_group,
                                    .issue = op->job.issue,
                                    .end = op->job.end};
    for (uint32_t i = 0; i < policies->n_observers; i++) {
        const ifc_policy_run *p = &policies->observers[i];
        if (!p->policy->ops.observer->operator_done)
            continue;
        ifc_policy_ask(p, "operator_done");
        p->policy->ops.observer->operator_done(p->state, &view);
        ifc_policy_leave(p);
    }
}

void ifc_observers_listen(ifc_hardware *hw, ifc_events *events)
{
    if (hw->policies.n_observers == 0)
        return;
    ifc_probe_listen_issue(&hw->probe, issue, hw);
    ifc_probe_listen_done(&hw->probe, complete, hw);
    ifc_event_listen_token_over(events, token_over, hw);
    ifc_event_listen_op_end(events, op_end, hw);
}
