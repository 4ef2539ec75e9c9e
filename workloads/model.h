/**
 * Arithmetic on model shapes: how many weights, how many bytes.
 */
#ifndef IFC_MODEL_H
#define IFC_MODEL_H

#include <stdint.h>

#include "platform/scenario/scenario.h"

/** ifc_model_layer_weights() - weights of attention and feed-forward matrices of all layers, every expert
 * counted. */
uint64_t ifc_model_layer_weights(const ifc_model *m);

/**
 * ifc_model_parameters() - all parameters: layers, embedding, LM head (unless tied), norms (one scale vector
 * before attention, one before the feed-forward part, one at the end), routers
 */
uint64_t ifc_model_parameters(const ifc_model *m);

/** ifc_model_kv_bytes() - bytes of K and V of one token over all layers. */
uint64_t ifc_model_kv_bytes(const ifc_model *m);

/** ifc_model_entry_bytes() - bytes of one (token, layer, KV head) entry of K or of V. */
uint64_t ifc_model_entry_bytes(const ifc_model *m);

/** ifc_model_row_bytes() - bytes of one weight row of @cols weights, group scales of low-bit weights
 * included. */
uint64_t ifc_model_row_bytes(const ifc_model *m, uint64_t cols);

/** ifc_model_activation_bytes() - bytes of a vector of @n activations. */
uint64_t ifc_model_activation_bytes(const ifc_model *m, uint64_t n);

#endif
