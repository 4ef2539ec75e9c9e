/**
 * Arithmetic on model shapes: how many weights, how many bytes.
 */
#ifndef IFC_MODEL_H
#define IFC_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/operator.h>

#include "platform/scenario/scenario.h"

/** What weights are for. Router, norms and biases are kept as wide as an activation. */
typedef enum ifc_weight_class {
    IFC_WEIGHTS_EMBED,
    IFC_WEIGHTS_QKV,
    IFC_WEIGHTS_PROJECT,
    IFC_WEIGHTS_GATE_UP,
    IFC_WEIGHTS_DOWN,
    IFC_WEIGHTS_LM_HEAD, /* none where it is tied */
    IFC_WEIGHTS_ROUTER,
    IFC_WEIGHTS_VECTORS, /* norms, biases, learned positions */
    IFC_WEIGHT_CLASSES
} ifc_weight_class;

/** ifc_weight_class_name() - "embed", "qkv", ...; static storage. */
const char *ifc_weight_class_name(ifc_weight_class class);

/** A model counted. */
typedef struct ifc_model_counts {
    uint64_t weights[IFC_WEIGHT_CLASSES]; /* parameters */
    uint64_t active[IFC_WEIGHT_CLASSES];  /* of them, all but those of experts that a token does not use */
    uint64_t bytes[IFC_WEIGHT_CLASSES];   /* rows of whole bytes, no pages */
} ifc_model_counts;

/** ifc_model_count() - by class, every layer and expert. */
void ifc_model_count(const ifc_model *m, ifc_model_counts *out);

/** ifc_weight_sum() - over all classes. */
uint64_t ifc_weight_sum(const uint64_t by_class[IFC_WEIGHT_CLASSES]);

/** ifc_model_layer_weights() - weights of attention and feed-forward matrices of all layers, every expert
 * counted. */
uint64_t ifc_model_layer_weights(const ifc_model *m);

/** ifc_model_parameters() - all parameters; norms are two a layer and one at the end, or what the model's
 * config.json has. */
uint64_t ifc_model_parameters(const ifc_model *m);

/** ifc_model_kv_bytes() - bytes that a token adds over all layers: K and V, or their latent. */
uint64_t ifc_model_kv_bytes(const ifc_model *m);

/** ifc_model_has_window() - whether a layer attends to the last model.window tokens only. */
bool ifc_model_has_window(const ifc_model *m, uint32_t layer);

/** ifc_model_window_layers() - how many do. */
uint32_t ifc_model_window_layers(const ifc_model *m);

/** ifc_model_kv_bytes_at() - bytes kept for @tokens tokens; layers with a window keep no more than that. */
uint64_t ifc_model_kv_bytes_at(const ifc_model *m, uint64_t tokens);

/** ifc_model_kv_kinds() - entries that a token, layer and KV head have: 2, K and V; 1, a latent that is both.
 */
uint32_t ifc_model_kv_kinds(const ifc_model *m);

/** ifc_model_value_width() - elements of an entry that are attended as values; all are as keys (head_dim). */
uint32_t ifc_model_value_width(const ifc_model *m);

/** ifc_model_entry_bytes() - bytes of one (token, layer, KV head) entry of K or of V. */
uint64_t ifc_model_entry_bytes(const ifc_model *m);

/** ifc_model_kv_slice_bytes() - bytes of so many elements of an entry, scales included. */
uint64_t ifc_model_kv_slice_bytes(const ifc_model *m, uint64_t elements);

/** ifc_model_bits() - bits of a weight. */
uint32_t ifc_model_bits(const ifc_model *m, ifc_weight_class class);

/** ifc_model_row_bytes() - bytes of one weight row of @cols weights, group scales included. */
uint64_t ifc_model_row_bytes(const ifc_model *m, ifc_weight_class class, uint64_t cols);

/** ifc_model_dense_ffn() - width of the feed-forward block of the first, dense layers. */
uint32_t ifc_model_dense_ffn(const ifc_model *m);

/** ifc_weight_class_of() - of a matrix that an operator reads; bug: it reads none. */
ifc_weight_class ifc_weight_class_of(ifc_op_kind kind);

/** ifc_model_activation_bytes() - bytes of a vector of @n activations. */
uint64_t ifc_model_activation_bytes(const ifc_model *m, uint64_t n);

#endif
