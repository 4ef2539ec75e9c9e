/**
 * The operator graph of a decode step: one layer, and the parts of a token before and after its layers.
 *
 * Dataflow of a layer (KVNAND, section 4): norm, Q/K/V generation per head group, rotary embedding, append of
 * K and V, logits, softmax, attend, reduction, output projection, feed-forward with its activation,
 * residuals.
 */
#ifndef IFC_GRAPH_H
#define IFC_GRAPH_H

#include <ifc/operator.h>
#include <ifc/status.h>

#include "platform/scenario/scenario.h"
#include "workloads/model.h"

/** A distinct weight matrix of a graph, as one operator reads it; the layer stores stored_rows rows of its
 * kind. */
typedef struct ifc_matrix {
    ifc_weight_class class;
    uint64_t rows, cols;
    uint64_t stored_rows; /* over all head groups or experts that have a matrix of this shape */
} ifc_matrix;

typedef struct ifc_graph {
    ifc_op_node *nodes; /* in an order where dependencies come first; all arrays owned */
    uint32_t n_nodes, room_nodes;
    uint32_t *deps, n_deps, room_deps;
    uint32_t *successors;
    ifc_matrix *matrices;
    uint32_t n_matrices;
} ifc_graph;

/** All graphs of a model: what comes before the layers, a layer, and what comes after them. */
typedef struct ifc_graphs {
    ifc_graph prologue, dense, layer, epilogue; /* dense: of the first layers, where others have experts */
} ifc_graphs;

/** Which sums of several dies are left to the NPU. */
typedef enum ifc_sums { IFC_SUMS_NONE, IFC_SUMS_OF_LOGITS, IFC_SUMS_OF_OUTPUTS } ifc_sums;

/** What the machine's composition means for the graph. */
typedef struct ifc_graph_options {
    uint32_t stages;          /* pipeline stages over the head groups; 1: no overlap */
    bool attention_npu;       /* logit and attend on the NPU, K and V loaded to it */
    bool early_attention;     /* attention of a stage may start with its generation (pipeline_fill off) */
    ifc_time layer_time;      /* of the NPU, once a layer */
    bool vector_ops, lm_head; /* effects */
    bool neurons;             /* of the feed-forward part, those that a token needs are fetched to DRAM */
    uint32_t predictor;       /* rank of what says which; 0: nothing does */
    bool index;               /* attention reads what is chosen from an index */
    bool buffer_on_soc;       /* buffered tokens are attended by the NPU */
    ifc_sums sums;
} ifc_graph_options;

/** ifc_graph_layer() - build the graph of one layer; release with ifc_graph_fini(). Bug: out of memory. */
void ifc_graph_layer(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o);

/** ifc_graph_dense_layer() - the same of a first layer that has one feed-forward block in place of experts.
 */
void ifc_graph_dense_layer(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o);

/** ifc_graph_prologue() - what comes before the layers of a token: reading its embedding row. May be empty.
 */
void ifc_graph_prologue(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o);

/** ifc_graph_epilogue() - what comes after the layers: norm, LM head, sampling. May be empty. */
void ifc_graph_epilogue(ifc_graph *g, const ifc_model *m, const ifc_graph_options *o);

void ifc_graph_fini(ifc_graph *g);

/** ifc_graphs_init() - build all graphs of @m; release with ifc_graphs_fini(). */
void ifc_graphs_init(ifc_graphs *g, const ifc_model *m, const ifc_graph_options *o);
void ifc_graphs_fini(ifc_graphs *g);

/** ifc_graphs_layer() - the graph of layer @layer of @m. */
const ifc_graph *ifc_graphs_layer(const ifc_graphs *g, const ifc_model *m, uint32_t layer);

#endif
