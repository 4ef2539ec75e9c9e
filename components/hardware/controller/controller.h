/**
 * The flash controller: turns operators into die commands through the layouts, queues them per channel,
 * dispatches them to dies that have room, and tells the host when an operator is complete.
 */
#ifndef IFC_CONTROLLER_H
#define IFC_CONTROLLER_H

#include <ifc/operator.h>
#include <ifc/txn.h>

#include "components/data/blocks.h"
#include "components/data/kv.h"
#include "components/data/weights.h"
#include "platform/kernel/kernel.h"
#include "workloads/graph.h"

struct ifc_system;
struct ifc_op_run;
struct ifc_die;

/** Commands for the dies of one channel that wait for room, oldest first; broadcast batches hang on their
 * first. */
typedef struct ifc_command_queue {
    ifc_txn *first, **last;
    uint32_t waiting;
    uint32_t counter_track; /* timeline */
} ifc_command_queue;

/** Decoder of one channel's plain-NAND pages. */
typedef struct ifc_decoder {
    struct ifc_system *sys;
    ifc_signal work;
    ifc_txn *first, **last; /* transactions whose last page has arrived */
    ifc_time free;          /* when all that arrived is decoded */
} ifc_decoder;

typedef struct ifc_controller {
    struct ifc_system *sys;
    ifc_signal work;
    struct ifc_op_run *first, **last; /* operators from the host */
    ifc_txn *completed;               /* of this moment, in the order of their numbers */
    ifc_command_queue *queues;        /* per channel */
    ifc_decoder *decoders;            /* per channel; NULL: none needed */
    ifc_kv kv;
    ifc_block_table blocks;
    ifc_weight_share *layer_shares;    /* [matrix of the layer graph][die of the weights group] */
    ifc_weight_share *dense_shares;    /* the same for the graph of dense layers */
    ifc_weight_share *epilogue_shares; /* the same for the epilogue graph */
    ifc_kv_share *scan;                /* scratch, per die of the KV group */
    ifc_txn **batch;                   /* scratch, per channel */
    struct ifc_command_view *views;    /* scratch, IFC_VIEWS_MAX of them */
    uint64_t rng;
    uint32_t track;
    uint64_t expected_up; /* bytes of results, to be compared with what came up the channels */
    double useful_kv_bytes, sensed_kv_bytes;
    uint64_t pages_by_class[IFC_CLASSES];
    uint64_t die_commands;
} ifc_controller;

IFC_MUST_CHECK ifc_status ifc_controller_init(ifc_controller *c, struct ifc_system *sys, ifc_error *err);
void ifc_controller_fini(ifc_controller *c);

/** ifc_controller_run() - the actor. */
void ifc_controller_run(void *controller);

/** ifc_decoder_run() - the actor of one channel's decoder. */
void ifc_decoder_run(void *decoder);

/** ifc_decoder_feed() - pages of @txn came up the channel in [begin, end]; sets txn->ready. Does not block.
 */
void ifc_decoder_feed(ifc_decoder *d, ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bus_bytes);

/** ifc_controller_decoder() - the decoder that pages of @txn go through; NULL: they need none. */
ifc_decoder *ifc_controller_decoder(ifc_controller *c, const ifc_txn *txn);

/** ifc_controller_submit() - an operator from the host. Does not block; the host is told when it is done. */
void ifc_controller_submit(ifc_controller *c, struct ifc_op_run *op);

/** ifc_controller_receive() - a transaction has left the bus (or DRAM), or a die has finished one without a
 * result. */
void ifc_controller_receive(ifc_controller *c, ifc_txn *txn);

/** ifc_controller_expand() - make and queue the transactions of one operator
 * (components/mapping/expand.c). */
void ifc_controller_expand(ifc_controller *c, struct ifc_op_run *op);

/** ifc_controller_enqueue() - queue a command (with its batch) for its channel, and dispatch what can go. */
void ifc_controller_enqueue(ifc_controller *c, ifc_txn *txn);

/**
 * ifc_controller_dispatch() - send what can go from a channel's queue
 * (components/hardware/controller/dispatch.c)
 * @cause: whose completion made room; NULL: something was queued
 */
void ifc_controller_dispatch(ifc_controller *c, uint32_t channel, const ifc_txn *cause);

/** ifc_controller_complete() - a transaction is done: its room is freed, it counts for its operator, at this
 * moment. */
void ifc_controller_complete(ifc_controller *c, ifc_txn *txn);

/** ifc_controller_weights() - shares of the matrix of @op, one for each die of the group of the weights. */
const ifc_weight_share *ifc_controller_weights(const ifc_controller *c, const struct ifc_op_run *op);

#endif
