/**
 * Where the matrices of the model lie: in which store, and of which part of a matrix the dies or the NPU take
 * care.
 */
#ifndef IFC_WEIGHT_MAP_H
#define IFC_WEIGHT_MAP_H

#include "components/data/tiling.h"
#include "components/data/weights.h"
#include "workloads/graph.h"

struct ifc_hardware;

/** Who multiplies. */
typedef enum ifc_multiplier { IFC_BY_DIES, IFC_BY_NPU, IFC_MULTIPLIERS } ifc_multiplier;

/** Where the matrices of a class lie. */
typedef struct ifc_weight_place {
    struct {
        bool has;                      /* there is such a part */
        const struct ifc_group *group; /* that holds it; NULL: DRAM */
    } part[IFC_MULTIPLIERS];
} ifc_weight_place;

/** The matrices of one graph as they lie. */
typedef struct ifc_weight_layout {
    ifc_weight_share *shares; /* owned; [matrix of the graph][multiplier][die of its group] */
    ifc_tiling *tilings;      /* owned; [matrix]: zero where it is not in two parts */
} ifc_weight_layout;

typedef struct ifc_weight_map {
    const struct ifc_hardware *hw;
    const ifc_graphs *graphs;
    uint32_t dense_layers;
    uint32_t most_dies; /* of a group: room for shares */
    ifc_weight_place places[IFC_PLACED];
    ifc_weight_layout dense, layer, epilogue;
} ifc_weight_map;

/** ifc_weight_map_init() - lay out all matrices of @graphs (borrowed). */
void ifc_weight_map_init(ifc_weight_map *map, const struct ifc_hardware *hw, const ifc_graphs *graphs);
void ifc_weight_map_fini(ifc_weight_map *map);

/** ifc_weight_map_place() - where the matrices of a class lie, which is one with a place of its own. */
const ifc_weight_place *ifc_weight_map_place(const ifc_weight_map *map, ifc_weight_class class);

/** ifc_weight_map_embed() - the group that holds the embedding; NULL: it is in DRAM. */
const struct ifc_group *ifc_weight_map_embed(const ifc_weight_map *map);

/** ifc_weight_map_shares() - of a part of the matrix of @node in @layer, one share for each die; the part is
 * in a group. */
const ifc_weight_share *ifc_weight_map_shares(const ifc_weight_map *map, const ifc_op_node *node,
                                              uint32_t layer, ifc_multiplier by);

/** ifc_weight_map_tiling() - of the matrix of @node in @layer; zero where it is not in two parts. */
const ifc_tiling *ifc_weight_map_tiling(const ifc_weight_map *map, const ifc_op_node *node, uint32_t layer);

/**
 * ifc_weight_map_lay() - lay out a part of a matrix of @class, which is in a group
 * @shares: out, one per die of the group
 * @tiling: out; zero where the matrix is not in two parts
 */
void ifc_weight_map_lay(const ifc_weight_map *map, ifc_weight_class class, uint64_t rows, uint64_t cols,
                        ifc_multiplier by, ifc_weight_share *shares, ifc_tiling *tiling);

#endif
