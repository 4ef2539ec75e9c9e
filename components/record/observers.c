#include "components/record/observers.h"

#include "components/hardware/policy_ports.h"

static void view_txn(const ifc_txn *txn, ifc_txn_view *out)
{
    ifc_policy_view(txn, &out->command);
    out->issue = txn->issue;
    out->stamp = txn->stamp;
}

static void tell_issue(const ifc_policies *policies, const ifc_txn *txn)
{
    ifc_txn_view view;
    for (uint32_t i = 0; i < policies->n_observers; i++) {
        const ifc_policy_run *p = &policies->observers[i];
        if (!p->policy->ops.observer->issue)
            continue;
        view_txn(txn, &view);
        ifc_policy_enter(p, "issue");
        p->policy->ops.observer->issue(p->state, &view);
        ifc_policy_leave(p);
    }
}

/* A batch is told one by one; accesses to DRAM are not. */
static void issue(void *observers, const ifc_txn *txn)
{
    if (txn->command == IFC_DRAM_READ || txn->command == IFC_DRAM_WRITE)
        return;
    for (; txn; txn = txn->batch_next)
        tell_issue(observers, txn);
}

static void complete(void *observers, const ifc_txn *txn)
{
    const ifc_policies *policies = observers;
    ifc_txn_view view;
    for (uint32_t i = 0; i < policies->n_observers; i++) {
        const ifc_policy_run *p = &policies->observers[i];
        if (!p->policy->ops.observer->complete)
            continue;
        view_txn(txn, &view);
        ifc_policy_enter(p, "complete");
        p->policy->ops.observer->complete(p->state, &view);
        ifc_policy_leave(p);
    }
}

static void token_over(void *observers, uint32_t token, ifc_time begin)
{
    const ifc_policies *policies = observers;
    for (uint32_t i = 0; i < policies->n_observers; i++) {
        const ifc_policy_run *p = &policies->observers[i];
        if (!p->policy->ops.observer->token)
            continue;
        ifc_policy_enter(p, "token");
        p->policy->ops.observer->token(p->state, token, begin);
        ifc_policy_leave(p);
    }
}

void ifc_observers_listen(ifc_policies *policies, ifc_probe *probe, ifc_events *events)
{
    if (policies->n_observers == 0)
        return;
    ifc_probe_listen_issue(probe, issue, policies);
    ifc_probe_listen_done(probe, complete, policies);
    ifc_event_listen_token_over(events, token_over, policies);
}
