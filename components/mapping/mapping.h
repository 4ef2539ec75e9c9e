/**
 * How an operator is done: which dies, which pages, which bytes. It turns operators into transactions through
 * the layouts of weights and KV.
 */
#ifndef IFC_MAPPING_H
#define IFC_MAPPING_H

#include "components/data/blocks.h"
#include "components/data/contexts.h"
#include "components/data/errors.h"
#include "components/data/kv.h"
#include "components/data/residency.h"
#include "components/data/weight_map.h"
#include "components/hardware/controller/controller.h"
#include "components/hardware/npu/npu.h"
#include "components/mapping/op.h"

struct ifc_way;

typedef struct ifc_mapping {
    ifc_hardware *hw;
    ifc_controller *controller;
    ifc_npu *npu;
    ifc_stop *stop; /* borrowed */
    ifc_weight_map weights;
    ifc_kv kv;          /* of the first sequence; what does not change is the same for all */
    ifc_kv *others;     /* owned; of the other sequences */
    uint32_t sequences; /* that can be under way together */
    ifc_block_table blocks;
    ifc_errors errors;
    ifc_residency residency; /* neurons in DRAM */
    ifc_contexts contexts;   /* of a service: chunks of caches that are in DRAM */
    ifc_kv_share *scan;      /* owned; scratch, per die of the KV group */
    uint64_t rng;
    uint64_t vectors;                                /* input vectors so far that no other operator shares */
    struct ifc_tiles *tiles, *spare_tiles;           /* owned; of the operators so far, and for others */
    const struct ifc_way *prompt_ways[IFC_OP_KINDS]; /* of the tokens of a prompt */
    const struct ifc_way *ways[IFC_OP_KINDS];        /* NULL: nothing to do in flash or DRAM */
    uint64_t useful_kv_bytes, sensed_kv_bytes;       /* read: entries that were needed; whole pages */
    double part_sensed_kv_bytes;                     /* and fractions of pages */
} ifc_mapping;

/**
 * ifc_mapping_init() - where everything lies at the start of a run
 * @graphs: borrowed; of the model, empty for a stream
 * @plans:  borrowed; of what attention reads, by layer
 * @stop:   asked while blocks are set up: true ends that, and the run
 * Return: IFC_ENOFIT if the KV buffer cannot hold one token of every stream.
 */
IFC_MUST_CHECK ifc_status ifc_mapping_init(ifc_mapping *m, ifc_hardware *hw, ifc_controller *controller,
                                           ifc_npu *npu, const ifc_graphs *graphs,
                                           const ifc_select_plan *plans, ifc_stop *stop, ifc_error *err);
void ifc_mapping_fini(ifc_mapping *m);

/** ifc_mapping_cache() - the cache of sequence @i. */
static inline ifc_kv *ifc_mapping_cache(ifc_mapping *m, uint32_t i)
{
    return i == 0 ? &m->kv : &m->others[i - 1];
}

/** ifc_step_buffered() - tokens of @layer in the buffer that the tokens of a part attend to, summed over
 * them: each does not see those after it. */
uint64_t ifc_step_buffered(const ifc_step_part *part, uint32_t layer);

/** ifc_step_tokens() - the same of all tokens, stored ones too; of those that were chosen, the mean over the
 * heads of @node. */
double ifc_step_tokens(const ifc_step *step, const ifc_step_part *part, const ifc_op_node *node,
                       uint32_t layer);

/** ifc_mapping_does() - whether operators of a kind have something to do in flash or DRAM. */
static inline bool ifc_mapping_does(const ifc_mapping *m, ifc_op_kind kind)
{
    return m->ways[kind] != NULL;
}

/** ifc_mapping_recycle() - the transactions and tiles of all operators so far can be used again. */
void ifc_mapping_recycle(ifc_mapping *m);

/** ifc_mapping_start() - make the transactions of an operator: the start() of its job. */
void ifc_mapping_start(ifc_job *job);

/** ifc_mapping_end_layer() - the graph @g of @layer (after the last: what follows them) has been run for
 * @step, or is given up: blocks count what it read of its matrices and of its KV. */
void ifc_mapping_end_layer(ifc_mapping *m, const ifc_graph *g, const ifc_step *step, uint32_t layer);

/** ifc_mapping_flush_again() - a flush of a layer of @kv that is known: what it does to cache and blocks,
 * without commands. */
void ifc_mapping_flush_again(ifc_mapping *m, ifc_kv *kv, uint32_t layer);

#endif
