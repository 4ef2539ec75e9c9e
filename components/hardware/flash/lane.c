#include "components/hardware/flash/lane.h"

#include <stdlib.h>

#include "components/hardware/flash/address.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/flash/suspend.h"
#include "components/hardware/hardware.h"
#include "platform/common/memory.h"

void ifc_lane_init(ifc_lane *l, ifc_die *die, uint32_t first_plane, uint32_t planes)
{
    *l = (ifc_lane){.die = die, .first_plane = first_plane, .planes = planes};
    l->suspends = ifc_suspend_possible(die->hw, die->group->p);
}

void ifc_lane_busy(ifc_lane *l, ifc_time begin, ifc_time end)
{
    begin = ifc_time_max(begin, l->busy_until);
    if (end <= begin)
        return;
    if (begin > l->busy_until)
        l->busy_from = begin;
    l->busy_ps += end - begin;
    l->busy_until = end;
    ifc_probe_busy(&l->die->hw->probe, IFC_PART_GROUP + l->die->group->index, begin, end);
}

void ifc_lane_not_busy(ifc_lane *l, ifc_time at, ifc_time end)
{
    if (at >= end)
        return;
    l->busy_ps -= end - at;
    l->busy_until = at;
    ifc_probe_not_busy(&l->die->hw->probe, IFC_PART_GROUP + l->die->group->index, at, end);
}

bool ifc_lane_idle(const ifc_lane *l, ifc_time now)
{
    return !l->current && !l->stopped && !l->exit.first && !l->reading && l->busy_until <= now &&
           l->pipeline.sense_free <= now && l->pipeline.compute_free <= now && l->exit.free <= now &&
           l->cache_free <= now;
}

static void make_room(ifc_txn *txn, uint32_t n)
{
    if (n <= txn->room_tasks)
        return;
    free(txn->tasks);
    txn->tasks = ifc_alloc_zero(n, sizeof *txn->tasks);
    txn->room_tasks = (uint16_t)n;
}

static void add(ifc_txn *txn, ifc_lane *l, const ifc_extent *extent, uint32_t first_plane)
{
    txn->tasks[txn->n_tasks++] =
        (ifc_task){.txn = txn, .lane = l, .extent = *extent, .first_plane = (uint16_t)first_plane};
}

/* A command without pages (products with buffered tokens alone) is on all planes that it names. */
static ifc_extent of_plane(const ifc_txn *txn, uint64_t pages)
{
    return (ifc_extent){
        .planes = 1, .max_pages = (uint32_t)pages, .pages = pages, .run_ppb = txn->extent.run_ppb};
}

void ifc_tasks_prepare(ifc_txn *txn, ifc_die *d)
{
    txn->n_tasks = 0;
    if (d->n_lanes == 1) {
        make_room(txn, 1);
        add(txn, d->lanes, &txn->extent, txn->first_plane);
        return;
    }
    make_room(txn, d->n_lanes);
    for (uint32_t p = 0; p < d->n_lanes; p++) {
        uint64_t pages = ifc_address_pages(txn, p, d->n_lanes);
        ifc_extent e = of_plane(txn, pages);
        if (pages > 0 || (txn->extent.pages == 0 && ifc_address_takes_part(txn, p, d->n_lanes)))
            add(txn, &d->lanes[p], &e, p);
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < txn->n_tasks; i++)
        sum += txn->tasks[i].extent.pages;
    IFC_BUG_ON(txn->n_tasks == 0 || sum != txn->extent.pages, "a command for %llu pages of %s finds %llu",
               (unsigned long long)txn->extent.pages, d->name, (unsigned long long)sum);
}
