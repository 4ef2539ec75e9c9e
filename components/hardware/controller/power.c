#include "components/hardware/controller/power.h"

#include "components/hardware/flash/die.h"

void ifc_power_init(ifc_controller *c)
{
    c->power = (ifc_power){.budget = (uint64_t)(c->hw->s->soc.power_budget * 1e9 + 0.5)};
}

/* nW, whole ones: sums of them come back to 0. */
static uint64_t need(const ifc_task *p)
{
    return (uint64_t)(ifc_die_watts(p) * 1e9 + 0.5);
}

static uint64_t more(const ifc_txn *txn)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < txn->n_tasks; i++) {
        uint64_t wanted = need(&txn->tasks[i]), granted = txn->tasks[i].lane->granted;
        sum += wanted > granted ? wanted - granted : 0;
    }
    return sum;
}

bool ifc_power_has_room(ifc_controller *c, ifc_txn *txn)
{
    ifc_power *p = &c->power;
    bool by_age = !c->hw->policies.kinds[IFC_KIND_DISPATCH].policy->ops.dispatch->pick;
    if (p->budget == 0)
        return true;
    bool behind = by_age && p->oldest && p->oldest != txn && ifc_queue_before(p->oldest, txn);
    if (!behind && (p->drawn == 0 || p->drawn + more(txn) <= p->budget))
        return true;
    if (!txn->waits_for_power)
        txn->power_since = ifc_now();
    txn->waits_for_power = true;
    if (!behind)
        p->oldest = txn;
    return false;
}

void ifc_power_take(ifc_controller *c, ifc_txn *txn)
{
    ifc_power *p = &c->power;
    if (p->budget == 0)
        return;
    if (p->oldest == txn)
        p->oldest = NULL;
    for (uint32_t i = 0; i < txn->n_tasks; i++) {
        ifc_lane *l = txn->tasks[i].lane;
        uint64_t wanted = need(&txn->tasks[i]);
        if (wanted <= l->granted)
            continue;
        p->drawn += wanted - l->granted;
        l->granted = wanted;
    }
    p->peak = p->drawn > p->peak ? p->drawn : p->peak;
    txn->power_wait = txn->waits_for_power ? ifc_now() - txn->power_since : 0;
    p->waited = ifc_time_sum(p->waited, txn->power_wait);
}

void ifc_power_give(ifc_controller *c, const ifc_txn *txn)
{
    for (uint32_t i = 0; c->power.budget > 0 && i < txn->n_tasks; i++) {
        ifc_lane *l = txn->tasks[i].lane;
        if ((l->die->n_lanes == 1 ? l->die->held : l->held) > 0)
            continue;
        c->power.drawn -= l->granted;
        l->granted = 0;
    }
}
