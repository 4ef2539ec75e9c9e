/**
 * Where the machine meets the timeline. Each call is a test of one pointer when recording is off.
 */
#ifndef IFC_TRACE_H
#define IFC_TRACE_H

#include <ifc/txn.h>

#include "components/plane/pipeline.h"

struct ifc_system;
struct ifc_channel;
struct ifc_die;
struct ifc_dram;
struct ifc_engine;
struct ifc_op_run;

/** ifc_trace_init() - declare the tracks of every component. */
void ifc_trace_init(struct ifc_system *sys);

/* Bus tenures; @bytes: moved in this tenure. The tenure ends now. */
void ifc_trace_tenure_down(const struct ifc_channel *c, const ifc_txn *txn, ifc_time begin,
                           ifc_time commands_end, uint64_t bytes);
void ifc_trace_tenure_up(const struct ifc_channel *c, const ifc_txn *txn, ifc_time begin, uint64_t bytes);

/* What a die's array and engines do: a whole run; a round of a READ, a program, an erase; the global buffer.
 */
void ifc_trace_run(const struct ifc_die *d, const ifc_txn *txn, const ifc_pipeline_run *r);
void ifc_trace_round(const struct ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end,
                     uint64_t planes);
void ifc_trace_collect(const struct ifc_die *d, const ifc_txn *txn);

/* A page of a plane has moved to the cache register at @move. */
void ifc_trace_page(const struct ifc_engine *e, ifc_time move);

void ifc_trace_dram(const struct ifc_dram *d, const ifc_txn *txn);
void ifc_trace_npu(const struct ifc_system *sys, const struct ifc_op_run *op);
void ifc_trace_operator(const struct ifc_system *sys, const struct ifc_op_run *op);
void ifc_trace_token(const struct ifc_system *sys, uint32_t token, ifc_time begin);
void ifc_trace_queue(const struct ifc_system *sys, uint32_t channel, uint32_t waiting);
void ifc_trace_kv_buffer(const struct ifc_system *sys, uint64_t bytes);
void ifc_trace_txn_done(const struct ifc_system *sys, const ifc_txn *txn);

#endif
