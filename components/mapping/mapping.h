/**
 * How an operator is done: which dies, which pages, which bytes. It turns operators into transactions through
 * the layouts of weights and KV.
 */
#ifndef IFC_MAPPING_H
#define IFC_MAPPING_H

#include "components/data/blocks.h"
#include "components/data/kv.h"
#include "components/data/weight_map.h"
#include "components/hardware/controller/controller.h"
#include "components/mapping/op.h"

struct ifc_way;

typedef struct ifc_mapping {
    ifc_hardware *hw;
    ifc_controller *controller;
    ifc_weight_map weights;
    ifc_kv kv;
    ifc_block_table blocks;
    ifc_kv_share *scan; /* owned; scratch, per die of the KV group */
    uint64_t rng;
    const struct ifc_way *ways[IFC_OP_KINDS]; /* NULL: nothing to do in flash or DRAM */
    uint64_t useful_kv_bytes, sensed_kv_bytes; /* read: entries that were needed; whole pages */
    double part_sensed_kv_bytes;               /* and fractions of pages */
} ifc_mapping;

/**
 * ifc_mapping_init() - where everything lies at the start of a run
 * @graphs: borrowed; of the model, empty for a stream
 * @stop:   asked while blocks are set up: true ends that, and the run
 * Return: IFC_ENOFIT if the KV buffer cannot hold one token of every stream.
 */
IFC_MUST_CHECK ifc_status ifc_mapping_init(ifc_mapping *m, ifc_hardware *hw, ifc_controller *controller,
                                           const ifc_graphs *graphs, ifc_stop *stop, ifc_error *err);
void ifc_mapping_fini(ifc_mapping *m);

/** ifc_mapping_does() - whether operators of a kind have something to do in flash or DRAM. */
static inline bool ifc_mapping_does(const ifc_mapping *m, ifc_op_kind kind)
{
    return m->ways[kind] != NULL;
}

/** ifc_mapping_start() - make the transactions of an operator: the start() of its job. */
void ifc_mapping_start(ifc_job *job);

#endif
