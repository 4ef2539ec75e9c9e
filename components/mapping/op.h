/**
 * One operator at run time: a node of a graph for one token and layer, or one of the background.
 */
#ifndef IFC_OP_H
#define IFC_OP_H

#include <ifc/operator.h>

#include "components/hardware/job.h"

struct ifc_kv;
struct ifc_mapping;

/** A sequence's part of a step: so many tokens, each a vector for every matrix and a query to its own cache.
 */
typedef struct ifc_step_part {
    struct ifc_kv *kv;
    uint32_t tokens;
    uint32_t kept; /* of them; the others were drafted and are refused */
} ifc_step_part;

/** What a graph is run for: some sequences, that advance together. */
typedef struct ifc_step {
    ifc_step_part *parts;
    uint32_t n;
    uint32_t vectors; /* tokens of all parts: what matrices are multiplied with */
    bool prompt;      /* tokens of a prompt: they attend to each other, and are in no buffer */
} ifc_step;

typedef struct ifc_op_run {
    ifc_job job; /* the first member: see ifc_op_of() */
    const ifc_op_node *node;
    struct ifc_mapping *mapping; /* makes its transactions */
    const ifc_step *step;        /* of a graph; NULL: of the background */
    struct ifc_kv *kv;           /* flush: whose tokens */
    uint32_t deps_left;
    bool background;          /* nothing waits for it (flush, refresh) */
    struct ifc_op_run *after; /* dependency that came last, NULL: begin of the graph */
    uint64_t request; /* stream: first die; token is the first plane. Refresh: die; after the last, sequence
                         that ended */
    struct ifc_tiles
        *tiles;      /* of a matrix that streams to the NPU (components/mapping/tiles.h); NULL: none */
    uint64_t pages;  /* of a block trace, request is the first one; 0: of another stream */
    uint32_t flow;   /* stream: which one it is of */
    bool returned;   /* stream: done but for the link to the host */
    bool reads;      /* stream: a READ that stands beside other requests */
    uint32_t copied; /* refresh: pages of each plane; 0: it erases */
} ifc_op_run;

/** ifc_op_of() - the operator of a job, or of a tile of it; NULL of NULL. */
static inline ifc_op_run *ifc_op_of(const ifc_job *job)
{
    return (ifc_op_run *)(job && job->part_of ? job->part_of : job);
}

#endif
