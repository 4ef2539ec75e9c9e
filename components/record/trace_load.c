/*
 * Counters of what is under way at a time: requests, and the power of arrays.
 */
#include "components/hardware/flash/die.h"
#include "components/record/trace_internal.h"
#include "platform/common/memory.h"

void ifc__trace_requests(ifc__trace *t)
{
    ifc__trace_count(t, &t->requests, ifc_now(), (int64_t)(t->serving->n - t->serving->finished));
}

static void tell_power(ifc__trace *t)
{
    double sum = 0;
    for (size_t i = 0; i < t->n_lanes; i++)
        sum += t->drawn[i];
    ifc__trace_count(t, &t->power, ifc_now(), (int64_t)(sum * 1e3 + 0.5));
}

/* As a power budget counts it: the most that commands of a lane draw, until none of them is left. */
static void sent(void *trace, const ifc_txn *txn)
{
    ifc__trace *t = trace;
    for (uint32_t i = 0; i < txn->n_tasks; i++) {
        const ifc_lane *l = txn->tasks[i].lane;
        double *drawn = &t->drawn[t->first_lane[l->die->index] + (size_t)(l - l->die->lanes)];
        double wanted = ifc_die_watts(&txn->tasks[i]);
        *drawn = wanted > *drawn ? wanted : *drawn;
    }
    tell_power(t);
}

static void done(void *trace, const ifc_txn *txn)
{
    ifc__trace *t = trace;
    for (uint32_t i = 0; i < txn->n_tasks; i++) {
        const ifc_lane *l = txn->tasks[i].lane;
        if ((l->die->n_lanes == 1 ? l->die->held : l->held) == 0)
            t->drawn[t->first_lane[l->die->index] + (size_t)(l - l->die->lanes)] = 0;
    }
    tell_power(t);
}

void ifc__trace_listen_power(ifc__trace *t, ifc_hardware *hw)
{
    t->first_lane = ifc_alloc_zero(hw->n_dies + 1, sizeof *t->first_lane);
    for (uint32_t d = 0; d < hw->n_dies; d++)
        t->first_lane[d + 1] = t->first_lane[d] + hw->dies[d].n_lanes;
    t->n_lanes = t->first_lane[hw->n_dies];
    t->drawn = ifc_alloc_zero(t->n_lanes + 1, sizeof *t->drawn);
    ifc_probe_listen_sent(&hw->probe, sent, t);
    ifc_probe_listen_done(&hw->probe, done, t);
}
