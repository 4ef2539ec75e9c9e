/**
 * Where the machine meets the timeline. When nothing is recorded each call is a test of one word: of the
 * track id that the component carries (0: not recorded, or not at this level) or of sys->trace.
 */
#ifndef IFC_TRACE_H
#define IFC_TRACE_H

#include <ifc/txn.h>

#include "components/system/system.h"

#define IFC_TRACE_OFTEN(word) __builtin_expect((word) != 0, 0)

/** ifc_trace_init() - declare the tracks of every component; does nothing when nothing is recorded. */
void ifc_trace_init(ifc_system *sys);
/** ifc__trace_end() - behind ifc_trace_end(), the workload has ended: write what counters still hold back. */
void ifc__trace_end(const ifc_system *sys);
/** ifc_trace_fini() - release what sys->trace owns; the timeline itself is the caller's. */
void ifc_trace_fini(ifc_system *sys);

void ifc__trace_down(const ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time commands_end,
                     ifc_time end, uint64_t bytes);
void ifc__trace_up(const ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bytes);
void ifc__trace_run(const ifc_die *d, const ifc_txn *txn, const ifc_pipeline_run *r);
void ifc__trace_round(const ifc_die *d, const ifc_txn *txn, uint64_t round, ifc_time begin, ifc_time sensed,
                      ifc_time moved, ifc_time there);
void ifc__trace_read(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end);
void ifc__trace_read_rest(const ifc_die *d, uint64_t id, ifc_time begin, ifc_time end);
void ifc__trace_write(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end);
void ifc__trace_collect(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bytes);
void ifc__trace_pages(const ifc_engine *e, ifc_time move, uint32_t pages);
void ifc__trace_dram(const ifc_dram *d, const ifc_txn *txn);
void ifc__trace_npu(const ifc_npu *n, const ifc_op_run *op);
void ifc__trace_operator_begin(const ifc_system *sys, ifc_op_run *op);
void ifc__trace_operator_end(const ifc_system *sys, const ifc_op_run *op);
void ifc__trace_token_begin(const ifc_system *sys, uint32_t token);
void ifc__trace_token_end(const ifc_system *sys, uint32_t token, ifc_time begin);
void ifc__trace_queue(const ifc_system *sys, uint32_t channel, uint32_t waiting);
void ifc__trace_kv_buffer(const ifc_system *sys);
void ifc__trace_issue(const ifc_system *sys, const ifc_txn *txn);
void ifc__trace_done(const ifc_system *sys);
void ifc__trace_path_step(const ifc_system *sys, ifc_op_kind op, uint32_t resource, uint32_t phase,
                          ifc_time begin, ifc_time end);
void ifc__trace_path(const ifc_system *sys, uint32_t token, uint32_t layer);

/* ---- bus tenures; @bytes: moved in this tenure ---- */

static inline void ifc_trace_tenure_down(const ifc_channel *c, const ifc_txn *txn, ifc_time begin,
                                         ifc_time commands_end, ifc_time end, uint64_t bytes)
{
    if (IFC_TRACE_OFTEN(c->track))
        ifc__trace_down(c, txn, begin, commands_end, end, bytes);
}

static inline void ifc_trace_tenure_up(const ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time end,
                                       uint64_t bytes)
{
    if (IFC_TRACE_OFTEN(c->track))
        ifc__trace_up(c, txn, begin, end, bytes);
}

/* ---- what a die's array, engines and global buffer do ---- */

/** ifc_trace_run() - a READ_COMPUTE: its whole run through the register pipeline. */
static inline void ifc_trace_run(const ifc_die *d, const ifc_txn *txn, const ifc_pipeline_run *r)
{
    if (IFC_TRACE_OFTEN(d->array_track))
        ifc__trace_run(d, txn, r);
}

/** ifc_trace_round() - one page of each plane of a READ: sensed, moved out of the data register, there in the
 * cache registers. */
static inline void ifc_trace_round(const ifc_die *d, const ifc_txn *txn, uint64_t round, ifc_time begin,
                                   ifc_time sensed, ifc_time moved, ifc_time there)
{
    if (IFC_TRACE_OFTEN(d->array_track))
        ifc__trace_round(d, txn, round, begin, sensed, moved, there);
}

/** ifc_trace_read() - a READ of fractions of pages, until they may begin to leave. */
static inline void ifc_trace_read(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end)
{
    if (IFC_TRACE_OFTEN(d->array_track))
        ifc__trace_read(d, txn, begin, end);
}

/** ifc_trace_read_rest() - the same READ (its number: it may be recycled), sensing on while pages leave. */
static inline void ifc_trace_read_rest(const ifc_die *d, uint64_t id, ifc_time begin, ifc_time end)
{
    if (IFC_TRACE_OFTEN(d->array_track))
        ifc__trace_read_rest(d, id, begin, end);
}

/** ifc_trace_write() - a PROGRAM or ERASE of all its pages. */
static inline void ifc_trace_write(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end)
{
    if (IFC_TRACE_OFTEN(d->array_track))
        ifc__trace_write(d, txn, begin, end);
}

/** ifc_trace_collect() - the global buffer takes the results of a granule. */
static inline void ifc_trace_collect(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end,
                                     uint64_t bytes)
{
    if (IFC_TRACE_OFTEN(d->buffer_track))
        ifc__trace_collect(d, txn, begin, end, bytes);
}

/** ifc_trace_pages() - a plane has moved @pages more pages to its cache register, the last of them at @move.
 */
static inline void ifc_trace_pages(const ifc_engine *e, ifc_time move, uint32_t pages)
{
    if (IFC_TRACE_OFTEN(e->track))
        ifc__trace_pages(e, move, pages);
}

/* ---- DRAM, NPU, host ---- */

static inline void ifc_trace_dram(const ifc_dram *d, const ifc_txn *txn)
{
    if (IFC_TRACE_OFTEN(d->track))
        ifc__trace_dram(d, txn);
}

static inline void ifc_trace_npu(const ifc_npu *n, const ifc_op_run *op)
{
    if (IFC_TRACE_OFTEN(n->track))
        ifc__trace_npu(n, op);
}

static inline void ifc_trace_operator_begin(const ifc_system *sys, ifc_op_run *op)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_operator_begin(sys, op);
}

static inline void ifc_trace_operator_end(const ifc_system *sys, const ifc_op_run *op)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_operator_end(sys, op);
}

static inline void ifc_trace_token_begin(const ifc_system *sys, uint32_t token)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_token_begin(sys, token);
}

static inline void ifc_trace_token_end(const ifc_system *sys, uint32_t token, ifc_time begin)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_token_end(sys, token, begin);
}

static inline void ifc_trace_end(const ifc_system *sys)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_end(sys);
}

/* ---- controller ---- */

/** ifc_trace_queue() - so many entries wait in a channel's queue (a broadcast is one). */
static inline void ifc_trace_queue(const ifc_system *sys, uint32_t channel, uint32_t waiting)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_queue(sys, channel, waiting);
}

/** ifc_trace_kv_buffer() - the bytes gathered in the KV buffers may have changed. */
static inline void ifc_trace_kv_buffer(const ifc_system *sys)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_kv_buffer(sys);
}

/** ifc_trace_issue() - @txn (and the rest of its broadcast batch) is given to its channel's queue or to DRAM.
 */
static inline void ifc_trace_issue(const ifc_system *sys, const ifc_txn *txn)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_issue(sys, txn);
}

/** ifc_trace_done() - one transaction has completed. */
static inline void ifc_trace_done(const ifc_system *sys)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_done(sys);
}

/* ---- the critical path, which is found backwards: steps from late to early, then all of them at once ----
 */

static inline void ifc_trace_path_step(const ifc_system *sys, ifc_op_kind op, uint32_t resource,
                                       uint32_t phase, ifc_time begin, ifc_time end)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_path_step(sys, op, resource, phase, begin, end);
}

static inline void ifc_trace_path(const ifc_system *sys, uint32_t token, uint32_t layer)
{
    if (IFC_TRACE_OFTEN(sys->trace))
        ifc__trace_path(sys, token, layer);
}

#endif
