/**
 * What streams have in common, whoever makes their requests.
 */
#ifndef IFC_STREAM_H
#define IFC_STREAM_H

#include "components/run/host.h"

/** One flow of requests. */
typedef struct ifc_flow {
    ifc_host *host;
    const ifc_stream_params *w; /* what they are */
    uint32_t index;
    uint64_t issued, open; /* requests so far; under way */
    uint64_t rng;
    bool over;        /* none comes any more */
    ifc_op_run *runs; /* owned; of a closed loop */
    /* of those that are complete */
    ifc_latencies latency, reads; /* reads: of READs that stand beside other requests */
    uint64_t bytes;               /* page data */
    uint64_t pages, macs;         /* to be sensed, to be multiplied */
} ifc_flow;

/** ifc__stream_submit() - a request arrives now, at dies from @die on and planes from @plane on of its group.
 * @reads: it is a READ, whatever the flow's kind
 * @op: out, borrowed until it is complete */
void ifc__stream_submit(ifc_flow *f, ifc_op_run *op, uint64_t die, uint64_t plane, bool reads);

/** ifc__stream_submit_pages() - likewise, of @pages pages from page @first on, of a block trace. */
void ifc__stream_submit_pages(ifc_flow *f, ifc_op_run *op, uint64_t first, uint64_t pages, bool reads);

/** ifc__stream_spare() - room for a request of an open loop; the host takes it back when that is complete. */
ifc_op_run *ifc__stream_spare(ifc_host *h);

/** ifc__stream_returns() - a request is done in the dies. Return: whether its data go up the link now; it is
 * told of again when they are across. */
bool ifc__stream_returns(ifc_host *h, ifc_op_run *op);

/** ifc__stream_finish() - it is complete: op->job.end is set. */
void ifc__stream_finish(ifc_host *h, ifc_op_run *op);

/** ifc__stream_over() - whether nothing may begin any more: stopped, or a limit has come. */
bool ifc__stream_over(ifc_host *h);

/** ifc__stream_play_trace() - the actor of a flow (components/run/traced.c) that has a block trace. */
void ifc__stream_play_trace(void *flow);
void ifc__stream_traces_fini(ifc_host *h);

/** ifc__stream_play_outside() - requests of options->source, from the host's actor. */
void ifc__stream_play_outside(ifc_host *h);
void ifc__stream_outside_fini(ifc_host *h);

#endif
