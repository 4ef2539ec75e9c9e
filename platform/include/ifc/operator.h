/**
 * Operators of a decode step: what the host asks of NPU, flash and DRAM. A graph of them is one layer (or the
 * part of a token before or after the layers).
 */
#ifndef IFC_OPERATOR_H
#define IFC_OPERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ifc/names.h>

#include <ifc/time.h>

/* kind, name shown to users */
#define IFC_OP_MAP(X)                                                                                        \
    X(IFC_OP_EMBED, "embed")                                                                                 \
    X(IFC_OP_NORM, "norm")                                                                                   \
    X(IFC_OP_QKV, "qkv")                                                                                     \
    X(IFC_OP_ROPE, "rope")                                                                                   \
    X(IFC_OP_APPEND, "append")                                                                               \
    X(IFC_OP_LOAD_K, "load_k")                                                                               \
    X(IFC_OP_LOGIT, "logit")                                                                                 \
    X(IFC_OP_SOFTMAX, "softmax")                                                                             \
    X(IFC_OP_LOAD_V, "load_v")                                                                               \
    X(IFC_OP_ATTEND, "attend")                                                                               \
    X(IFC_OP_REDUCE, "reduce")                                                                               \
    X(IFC_OP_PROJECT, "project")                                                                             \
    X(IFC_OP_FFN_NORM, "ffn_norm")                                                                           \
    X(IFC_OP_ROUTER, "router")                                                                               \
    X(IFC_OP_GATE_UP, "gate_up")                                                                             \
    X(IFC_OP_ACTIVATION, "activation")                                                                       \
    X(IFC_OP_DOWN, "down")                                                                                   \
    X(IFC_OP_RESIDUAL, "residual")                                                                           \
    X(IFC_OP_FINAL_NORM, "final_norm")                                                                       \
    X(IFC_OP_LM_HEAD, "lm_head")                                                                             \
    X(IFC_OP_SAMPLE, "sample")                                                                               \
    X(IFC_OP_FLUSH, "flush")                                                                                 \
    X(IFC_OP_REFRESH, "refresh")                                                                             \
    X(IFC_OP_REQUEST, "request")                                                                             \
    X(IFC_OP_INDEX, "index")                                                                                 \
    X(IFC_OP_SCORE, "score")                                                                                 \
    X(IFC_OP_SELECT, "select")                                                                               \
    X(IFC_OP_PREDICT, "predict")                                                                             \
    X(IFC_OP_FLAG, "flag")                                                                                   \
    X(IFC_OP_FETCH, "fetch")                                                                                 \
    X(IFC_OP_ARRANGE, "arrange")                                                                             \
    X(IFC_OP_SWAP_IN, "swap_in")                                                                             \
    X(IFC_OP_SWAP_OUT, "swap_out")

typedef enum ifc_op_kind {
#define X(kind, name) kind,
    IFC_OP_MAP(X)
#undef X
        IFC_OP_KINDS
} ifc_op_kind;

/** ifc_op_name() - static storage. */
IFC_NAMES(ifc_op_name, ifc_op_kind, IFC_OP_MAP)

/** Who executes an operator. */
typedef enum ifc_unit {
    IFC_UNIT_NONE, /* takes no time: a join, or an effect switched off */
    IFC_UNIT_NPU,
    IFC_UNIT_WEIGHTS, /* matrix-vector product in the flash group of the weights */
    IFC_UNIT_KV,      /* logit or attend in the flash group of the KV cache */
    IFC_UNIT_LOAD,    /* KV pages to the SoC: from flash or DRAM */
    IFC_UNIT_EMBED,   /* one row of the embedding to the SoC */
    IFC_UNIT_STORE,   /* new K and V into the KV buffer (or DRAM) */
} ifc_unit;

/** One node of a graph; constant after it is built. */
typedef struct ifc_op_node {
    ifc_op_kind kind;
    ifc_unit unit;
    uint32_t head_group, head_groups; /* first and number of head groups it serves (0 of them: whole layer) */
    uint64_t rows, cols;              /* weights: output and input width of the product */
    uint32_t vector; /* weights: which input vector of the layer (shared by nodes with one number) */
    uint32_t blocks; /* weights: parts of the rows, each of which has an input of its own: heads; else 1 */
    uint32_t times;  /* weights: matrices of that shape read one after the other (experts); rows is of one */
    uint32_t stored; /* weights: matrices of that shape that the layer has ... */
    uint32_t always; /* ... of which every token reads the last ones: shared experts */
    uint32_t matrix; /* weights: index into the graph's distinct matrices */
    ifc_time npu_fixed;                    /* NPU: beside its operations */
    bool npu_matrix;                       /* NPU: matrix work (rate) rather than vector work (vector_rate) */
    double npu_ops, npu_ops_per_token;     /* NPU operations: fixed, and per attended token */
    double ops_per_sum, ops_per_token_sum; /* for each die beyond the first that holds a part of a head:
                                              fixed, and per attended token */
    double buffer_ops_per_token; /* NPU operations per token that is still in a KV buffer on the SoC */
    uint32_t n_deps;
    uint32_t first_dep; /* into ifc_graph.deps */
    uint32_t n_successors;
    uint32_t first_successor; /* into ifc_graph.successors */
} ifc_op_node;

#endif
