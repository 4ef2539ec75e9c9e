/**
 * Where the matrices of the model lie.
 */
#ifndef IFC_WEIGHT_MAP_H
#define IFC_WEIGHT_MAP_H

#include "components/data/weights.h"
#include "workloads/graph.h"

struct ifc_hardware;

/** The shares of all matrices of the model, over the dies of the group of the weights. */
typedef struct ifc_weight_map {
    const struct ifc_group *group;
    const ifc_graphs *graphs;
    uint32_t dense_layers;
    ifc_weight_share *dense, *layer, *epilogue; /* owned; [matrix of the graph][die of the group] */
} ifc_weight_map;

/** ifc_weight_map_init() - lay out all matrices of @graphs (borrowed). */
void ifc_weight_map_init(ifc_weight_map *map, const struct ifc_hardware *hw, const ifc_graphs *graphs);
void ifc_weight_map_fini(ifc_weight_map *map);

/** ifc_weight_map_shares() - of the matrix of @node in @layer, one share for each die. */
const ifc_weight_share *ifc_weight_map_shares(const ifc_weight_map *map, const ifc_op_node *node,
                                              uint32_t layer);

#endif
