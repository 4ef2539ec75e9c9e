/**
 * Between flow.c and bound.c: what a flow keeps of each granule.
 */
#ifndef IFC_FLOW_INTERNAL_H
#define IFC_FLOW_INTERNAL_H

#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/flash/flow.h"
#include "components/hardware/hardware.h"

enum slot_time { ARRIVED, COMPUTED, COLLECTED, SENT, SLOT_TIMES };

static inline ifc_time *slot(const ifc_flow *f, uint32_t granule, enum slot_time which)
{
    return &f->times[(size_t)(granule % f->slots) * SLOT_TIMES + which];
}

static inline bool reads(const ifc_flow *f)
{
    return f->txn->command == IFC_READ;
}

static inline bool comes_in_granules(const ifc_flow *f)
{
    return f->txn->grows_down || f->page_commands;
}

/* The i-th of n equal parts of @all; all parts sum to it. */
static inline uint64_t part(uint64_t all, uint64_t i, uint64_t n)
{
    return all * (i + 1) / n - all * i / n;
}

static inline uint64_t ceil_div(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

static inline ifc_time whole_ps(double ps)
{
    return ps < (double)IFC_TIME_FAR ? (ifc_time)ps : IFC_TIME_FAR;
}

static inline ifc_time compute_time(const ifc_txn *txn)
{
    return ifc_time_max(txn->ecc_time, txn->mac_time);
}

static inline ifc_time transfer(const ifc_flow *f, uint64_t bytes)
{
    return ifc_time_for_bytes(bytes, f->die->hw->s->channel.rate);
}

/* Pieces in which a page leaves. */
static inline uint32_t slices(const ifc_flow *f)
{
    return f->txn->slices > 1 && !f->one_run ? f->txn->slices : 1;
}

#endif
