#include "components/hardware/flash/retry.h"

#include "components/hardware/flash/die.h"
#include "components/hardware/flash/lane.h"
#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"
#include "platform/common/memory.h"

void ifc_retry_add(ifc_txn *t, const ifc_retry *page)
{
    for (uint32_t i = t->n_retries; i-- > 0 && t->retries[i].round == page->round;)
        if (t->retries[i].plane == page->plane) {
            ifc_retry *r = &t->retries[i];
            r->times = page->times > r->times ? page->times : r->times;
            r->lost |= page->lost;
            return;
        }
    size_t room = t->room_retries;
    t->retries = ifc_grow(t->retries, &room, t->n_retries, sizeof *t->retries);
    t->room_retries = (uint32_t)room;
    t->retries[t->n_retries++] = *page;
}

void ifc_retry_copy(ifc_txn *to, const ifc_txn *from, uint32_t plane, uint32_t since)
{
    uint32_t n = from->n_retries;
    to->n_retries = 0;
    for (uint32_t i = 0; i < n; i++) {
        const ifc_retry page = from->retries[i];
        if ((plane == IFC_NONE || page.plane == plane) && page.times >= since)
            ifc_retry_add(to, &page);
    }
}

static bool in_dies(const ifc_hardware *hw, const ifc_txn *t)
{
    return !hw->groups[t->group].decode_in_controller;
}

uint64_t ifc_retry_senses(const ifc_hardware *hw, const ifc_txn *t)
{
    uint64_t senses = 0;
    for (uint32_t i = 0; i < t->n_retries && in_dies(hw, t); i++)
        senses += t->retries[i].times;
    return senses;
}

/* ---- in the die ---- */

/* The pages [first, end) of one round: the planes that fail sense together, as many as may, and all wait. */
static ifc_time round_time(const ifc_lane *l, const ifc_txn *t, uint32_t first, uint32_t end)
{
    const ifc_flash_group *g = l->die->group->p;
    ifc_time sum = 0;
    for (uint32_t time = 1;; time++) {
        uint64_t failing = 0;
        for (uint32_t i = first; i < end; i++)
            failing += t->retries[i].times >= time && t->retries[i].plane >= l->first_plane &&
                       t->retries[i].plane < l->first_plane + l->planes;
        if (failing == 0)
            return sum;
        uint64_t turns = g->sense_planes ? ifc_div_up(failing, g->sense_planes) : 1;
        sum = ifc_time_add(sum, ifc_time_add(l->die->group->ecc_time, ifc_time_times(turns, g->t_read)));
    }
}

ifc_time ifc_retry_time(const ifc_lane *l, const ifc_txn *t, uint64_t from, uint64_t to)
{
    ifc_time sum = 0;
    if (t->n_retries == 0 || !in_dies(l->die->hw, t))
        return 0;
    for (uint32_t i = 0, end; i < t->n_retries; i = end) {
        for (end = i + 1; end < t->n_retries && t->retries[end].round == t->retries[i].round; end++)
            continue;
        if (t->retries[i].round >= from && t->retries[i].round < to)
            sum = ifc_time_add(sum, round_time(l, t, i, end));
    }
    return sum;
}

/*
 * A retry holds up the move of its page, after the page has waited for its gate: what the array sensed ahead
 * is lost with the data register, and the gate hides nothing of it.
 */
ifc_time ifc_retry_run(const ifc_task *task, ifc_pipeline *p, ifc_pipeline_run *r, ifc_time gate,
                       uint64_t from, uint64_t to)
{
    const ifc_txn *t = task->txn;
    ifc_time all = ifc_retry_time(task->lane, t, from, to);
    if (all == 0)
        return 0;
    if (ifc_retry_time(task->lane, t, from, from + 1) > 0) {
        ifc_time stall = gate > r->first_move ? gate - r->first_move : 0;
        r->last_move = ifc_time_add(r->last_move, stall - (r->last_move > r->first_move ? r->stall : 0));
        r->stall = stall;
    }
    r->last_move = ifc_time_add(r->last_move, all);
    r->end = ifc_time_add(r->last_move, ifc_time_max(t->ecc_time, t->mac_time));
    *p = (ifc_pipeline){.sense_free = r->last_move, .compute_free = r->end};
    return all;
}

bool ifc_retry_wanted(const ifc_hardware *hw, const ifc_txn *t)
{
    if (t->n_retries == 0 || t->command != IFC_READ || in_dies(hw, t))
        return false;
    for (uint32_t i = 0; i < t->n_retries; i++)
        if (t->retries[i].times > t->attempt)
            return true;
    return false;
}

/* Of a command's pages that fail, how they lie: the longest run of a plane comes first, as extents are. */
ifc_extent ifc_retry_extent(const ifc_txn *t)
{
    ifc_extent e = {.pages = t->n_retries};
    for (uint32_t i = 0; i < t->n_retries; i++) {
        uint32_t pages = 0;
        bool first = true;
        for (uint32_t k = 0; k < t->n_retries; k++) {
            bool same = t->retries[k].plane == t->retries[i].plane;
            pages += same;
            first &= !same || k >= i;
        }
        e.planes += first;
        e.max_pages = pages > e.max_pages ? pages : e.max_pages;
    }
    return e;
}
