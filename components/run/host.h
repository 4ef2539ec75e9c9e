/**
 * The host SoC: walks the operator graph of every token, issues what is ready, waits for what is not.
 */
#ifndef IFC_HOST_H
#define IFC_HOST_H

#include <ifc/operator.h>
#include <ifc/policy.h>
#include <ifc/txn.h>

#include "components/record/path.h"
#include "components/run/refresh.h"
#include "platform/kernel/kernel.h"
#include "workloads/graph.h"

struct ifc_system;

/** One operator at run time: a node of the graph for one token and layer. */
typedef struct ifc_op_run {
    const ifc_op_node *node;
    uint32_t token, layer;
    uint32_t deps_left;
    uint32_t pending;             /* transactions not completed */
    bool issued_all;              /* the controller has made all its transactions */
    bool background;              /* nothing waits for it (flush, refresh) */
    uint32_t lane;                /* timeline */
    ifc_time issue, begin, done;  /* begin: NPU service */
    ifc_time npu_time;            /* service time on the NPU */
    ifc_time npu_launch;          /* part of it that is launch latency */
    struct ifc_op_run *after;     /* dependency that came last, NULL: begin of the graph */
    struct ifc_op_run *after_npu; /* operator that held the NPU before it, when it had to wait */
    ifc_txn *last_txn;            /* transaction that completed last */
    uint64_t request;             /* stream: first die; token is the first plane. Refresh: die */
    uint32_t copied;              /* refresh: pages of each plane; 0: it erases */
    struct ifc_op_run *next;      /* queue it is in */
} ifc_op_run;

typedef struct ifc_stream_chunk ifc_stream_chunk;

typedef struct ifc_host {
    struct ifc_system *sys;
    ifc_graph prologue, dense, layer, epilogue; /* dense: of the first layers, where others have experts */
    ifc_op_run *runs;                           /* of the graph at work */
    ifc_op_run *flushes;                        /* per layer: at most one in flight */
    ifc_op_run *refreshes;                      /* per die: at most one in flight */
    ifc_die_move *moves;                        /* per die */
    uint64_t copied_pages;                      /* of all moves, that are done */
    bool ending;                                /* no new background work */
    uint32_t open;                              /* operators of the graph (or requests) not done */
    uint32_t appended;                          /* head groups of the layer that have appended K and V */
    uint32_t attended;                          /* head groups of the layer whose attention is over */
    ifc_signal work;
    void (*on_done)(struct ifc_host *h,
                    ifc_op_run *op);     /* stream: told at once; NULL: the list below and the signal */
    uint64_t issued, rng;                /* stream: requests so far */
    ifc_stream_chunk *chunks;            /* open stream: owned; the requests there were */
    ifc_op_run *spare;                   /* of them, those that are not under way */
    ifc_op_run *done_first, **done_last; /* completed operators, not yet looked at */
    uint64_t background;                 /* background operators in flight */
    ifc_path path;                       /* where the tokens' time went */
    uint32_t token_track, op_track;      /* timeline */
    /* results */
    ifc_time *latency; /* per finished token or request; owned */
    uint64_t n_latency, room_latency;
    bool stopped;
    ifc_time decode_end; /* last token or request done; background work may go on */
} ifc_host;

/** ifc_host_layer() - the graph of a layer. */
const ifc_graph *ifc_host_layer(const ifc_host *h, uint32_t layer);

void ifc_host_init(ifc_host *h, struct ifc_system *sys);
void ifc_host_fini(ifc_host *h);

/** ifc_host_run() - the actor: decodes the tokens of the scenario or plays its stream, then ends the
 * simulation. */
void ifc_host_run(void *host);

/** ifc_host_op_done() - an operator has completed. Does not block. */
void ifc_host_op_done(ifc_host *h, ifc_op_run *op);

/**
 * ifc_host_ask_flush() - the flush policy decides on the buffered tokens of a layer (components/run/flush.c)
 * @after: what happened before, NULL: the begin of what runs now
 */
void ifc_host_ask_flush(ifc_host *h, ifc_flush_event event, uint32_t token, uint32_t layer,
                        ifc_op_run *after);

/** ifc_host_kv_idle() - whether the dies that hold KV have nothing to do. */
bool ifc_host_kv_idle(const ifc_host *h);

/** ifc_host_take_done() - actor only; waits for an operator to complete and takes it from the list. */
ifc_op_run *ifc_host_take_done(ifc_host *h);

/** ifc_host_record() - keep the latency of a finished token or request. */
void ifc_host_record(ifc_host *h, ifc_time latency);

/** ifc_host_should_stop() - somebody asked for the end, or a limit of the scenario is reached. */
bool ifc_host_should_stop(ifc_host *h);

/** ifc_host_play_stream() - the stream workload, from the host's actor. A limit ends it with requests under
 * way. */
void ifc_host_play_stream(ifc_host *h);

/** ifc_host_stream_fini() - what a stream kept; before ifc_host_fini(). */
void ifc_host_stream_fini(ifc_host *h);

#endif
