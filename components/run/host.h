/**
 * The host SoC: walks the operator graph of every token, issues what is ready, waits for what is not.
 */
#ifndef IFC_HOST_H
#define IFC_HOST_H

#include <ifc/operator.h>
#include <ifc/policy.h>
#include <ifc/txn.h>

#include "components/hardware/controller/controller.h"
#include "components/hardware/limits.h"
#include "components/hardware/link/link.h"
#include "components/hardware/npu/npu.h"
#include "components/mapping/mapping.h"
#include "components/run/events.h"
#include "components/run/latency_table.h"
#include "components/run/options.h"
#include "components/run/prefetch.h"
#include "components/run/refresh.h"
#include "components/run/requests.h"
#include "components/run/reuse.h"
#include "components/run/steps.h"
#include "components/run/swap.h"
#include "workloads/graph.h"

typedef struct ifc_stream_chunk ifc_stream_chunk;

/** Times of what is done, in that order. */
typedef struct ifc_latencies {
    ifc_time *ps; /* owned */
    uint64_t n, room;
} ifc_latencies;

typedef struct ifc_host {
    ifc_hardware *hw;
    ifc_controller *controller;
    ifc_npu *npu;
    ifc_mapping *mapping;
    const ifc_graphs *graphs;
    const ifc_graphs *prompt_graphs; /* of the tokens of a prompt: layers only */
    const ifc_run_options *options;
    ifc_stop stop;
    ifc_reuse reuse;
    ifc_events events;
    uint32_t n_runs;
    ifc_op_run *runs;      /* of the graph at work */
    ifc_steps steps;       /* of the sequences that decode */
    ifc_op_run *flushes;   /* per sequence and layer: at most one in flight */
    ifc_op_run *refreshes; /* per die: at most one in flight */
    ifc_die_move *moves;   /* per die */
    uint64_t copied_pages; /* of all moves, that are done */
    bool ending;           /* no new background work */
    uint32_t open;         /* operators of the graph (or requests) not done */
    uint32_t appended;     /* head groups of the layer that have appended K and V */
    uint32_t attended;     /* head groups of the layer whose attention is over */
    ifc_serving serving;   /* of requests */
    ifc_swap swap;         /* of contexts */
    ifc_prefetch prefetch; /* of keys and values */
    bool (*before_layer)(struct ifc_host *h, uint32_t layer); /* false: the run was stopped; NULL: nothing */
    ifc_signal work;
    ifc_signal alarm; /* a policy wants to be woken at some moment (wake.c) */
    bool (*on_done)(struct ifc_host *h,
                    ifc_op_run *op); /* stream: told at once; false, or NULL: the list below and the signal */
    struct ifc_flow *flows;          /* stream: owned */
    uint64_t finished;               /* stream: requests so far */
    ifc_link down, up;               /* stream: to the controller, and back; rate 0: there is none */
    struct ifc_block_trace *traces[IFC_FLOWS_MAX]; /* owned; of flows that have one */
    ifc_stream_chunk *chunks;                      /* open stream: owned; the requests there were */
    ifc_op_run *spare;                             /* of them, those that are not under way */
    struct ifc_stream_outside *outside;            /* owned; NULL: the requests are the scenario's */
    ifc_job_fifo done;                             /* completed operators, not yet looked at */
    uint64_t background;                           /* background operators in flight */
    /* results */
    ifc_latencies latency; /* per finished token */
    ifc_latency_table
        token_latency;        /* of tokens of requests, in place of the first: that has only their number */
    ifc_time decode_ps;       /* all steps together */
    uint64_t prompt_tokens;   /* prefilled */
    ifc_time ttft;            /* until all sequences of a decode had their first token */
    const ifc_graph *reading; /* blocks have not been told yet what it reads; NULL: there is none */
    uint32_t reads_layer;     /* its layer */
    ifc_time decode_end;      /* last token or request done; background work may go on */
} ifc_host;

/** What a host works with; all of it is borrowed. */
typedef struct ifc_host_parts {
    ifc_hardware *hw;
    ifc_controller *controller;
    ifc_npu *npu;
    ifc_mapping *mapping;
    const ifc_graphs *graphs, *prompt_graphs;
} ifc_host_parts;

/** ifc_host_init() - a host that has nothing to do yet. @stop: how the run may end early; copied. */
void ifc_host_init(ifc_host *h, const ifc_host_parts *parts, const ifc_run_options *options,
                   const ifc_stop *stop);
void ifc_host_fini(ifc_host *h);

/** ifc_host_run() - the actor: decodes the tokens of the scenario or plays its stream, then ends the
 * simulation. */
void ifc_host_run(void *host);

/** ifc_host_decode() - the tokens of the scenario; actor only. */
void ifc_host_decode(ifc_host *h);

/** ifc_host_drain() - wait for what is in the background; nothing new is begun. Actor only. */
void ifc_host_drain(ifc_host *h);

/** ifc_host_op() - an operator that is issued now. */
ifc_op_run ifc_host_op(ifc_host *h, const ifc_op_node *node, uint32_t token, uint32_t layer);

/**
 * ifc_host_ask_flush() - the flush policy decides on the buffered tokens of a layer (components/run/flush.c)
 * @after: what happened before, NULL: the begin of what runs now
 */
void ifc_host_ask_flush(ifc_host *h, ifc_flush_event event, uint32_t token, uint32_t layer,
                        ifc_op_run *after);

/** ifc_host_kv_is_idle() - the dies that hold KV are, and the attention @op of the step's layer is over. */
void ifc_host_kv_is_idle(ifc_host *h, ifc_op_run *op);

/** ifc_host_wake_flush() - the flush policy asked for this moment: it is asked about every layer. */
void ifc_host_wake_flush(ifc_host *h);

/** ifc_host_store_prompt() - keys and values of a layer's prompt, that is the step, leave for their pages.
 * @after: what happened before */
void ifc_host_store_prompt(ifc_host *h, ifc_op_run *after);

/** ifc_host_flush_answer() - what the flush policy says to @view, checked. */
uint32_t ifc_host_flush_answer(const ifc_host *h, const ifc_flush_view *view);

/** ifc_host_step() - the step that h->steps has made, from its begin to its end. Blocks. */
void ifc_host_step(ifc_host *h, ifc_step_kind kind);

/** ifc_host_wait_background() - something in the background comes to its end, or the run is stopped. Blocks.
 */
void ifc_host_wait_background(ifc_host *h);

/** ifc_host_erase() - the blocks that held the keys and values of a sequence are erased in the background. */
void ifc_host_erase(ifc_host *h, uint32_t sequence);

/** ifc_host_erase_late() - those that moved when it ended, too, once what is being erased of it has been. */
void ifc_host_erase_late(ifc_host *h, uint32_t sequence);

/** ifc_host_kv_idle() - whether the dies that hold KV have nothing to do. */
bool ifc_host_kv_idle(const ifc_host *h);

/** ifc_host_take_done() - actor only; waits for an operator to complete and takes it from the list. Return:
 * NULL: the run was stopped. */
ifc_op_run *ifc_host_take_done(ifc_host *h);

/** ifc_host_cut_off() - the clock ended under the host's feet: what it has not written yet. */
void ifc_host_cut_off(ifc_host *h);

/** ifc_host_record() - keep one more latency. */
void ifc_host_record(ifc_latencies *l, ifc_time latency);

/** ifc_host_play_stream() - the stream workload, from the host's actor. A limit ends it with requests under
 * way. */
void ifc_host_play_stream(ifc_host *h);

/**
 * ifc_host_check_traces() - before the first event: what a block trace of a stream would be refused for in
 * its course (components/run/traced.c) A trace is read to its end, but for one that is no file (it can be
 * read once). h->stop ends it early. Return: as ifc_block_trace_next().
 */
IFC_MUST_CHECK ifc_status ifc_host_check_traces(ifc_host *h, ifc_error *err);

/** ifc_host_stream_fini() - what a stream kept; before ifc_host_fini(). */
void ifc_host_stream_fini(ifc_host *h);

#endif
