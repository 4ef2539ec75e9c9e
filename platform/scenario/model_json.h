/**
 * What the files that read a config.json share: values of its keys, and assignments that are made of them.
 */
#ifndef IFC_MODEL_JSON_H
#define IFC_MODEL_JSON_H

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>

#include "platform/scenario/layers.h"
#include "platform/scenario/model_types.h"

typedef struct ifc__config {
    json_t *root; /* borrowed */
    const ifc__model_type *type;
    ifc_layers *layers;
    ifc_diagnostics *diag;
    int file;
    bool nested; /* root is text_config of the file */
    bool failed;
    uint64_t hidden, layers_n, heads, kv_heads, head_dim, ffn, experts, active, shared, dense, dense_ffn,
        vocab, kv_rank, query_rank, rope;
    ifc_model_beside beside;
} ifc__config;

/** Names of one key, the usual one first; NULL at the end. "a.b" is the key b of the object a. */
typedef const char *const ifc__names[7];

/** ifc__json_at() - the value of a key; NULL: there is none. */
json_t *ifc__json_at(const ifc__config *c, const char *key);

/** ifc__json_wrong() - a message that names file, key, and its value where there is one. */
IFC_PRINTF(3, 4) void ifc__json_wrong(ifc__config *c, const char *key, const char *format, ...);

/** ifc__json_note() - a remark of one line, which is printed when the model is used. */
IFC_PRINTF(2, 3) void ifc__json_note(ifc__config *c, const char *format, ...);

/** ifc__json_there() - the name under which the file has a key; NULL: it has none of them, or null. */
const char *ifc__json_there(const ifc__config *c, ifc__names key);

/**
 * ifc__json_whole() - a whole number from @least to @most, or @otherwise where the file has none
 * Two names of one key must have the same value. @name: out, the key's name there or NULL; may be NULL.
 */
uint64_t ifc__json_whole(ifc__config *c, ifc__names key, uint64_t otherwise, const char **name);
uint64_t ifc__json_between(ifc__config *c, ifc__names key, uint64_t otherwise, uint64_t least, uint64_t most);

/** ifc__json_flag() - true or false, or @otherwise. */
bool ifc__json_flag(ifc__config *c, ifc__names key, bool otherwise);

/** ifc__json_text() - NULL: none, or no text, which is said. */
const char *ifc__json_text(ifc__config *c, const char *key);

/** ifc__json_is_idle() - null, false, 0, or empty: nothing is said with it. */
bool ifc__json_is_idle(const json_t *value);

/** ifc__config_put() - assign to the parameter @path; @key: what the file calls it, static. */
void ifc__config_put(ifc__config *c, const char *path, const char *key, uint64_t value);
void ifc__config_put_flag(ifc__config *c, const char *path, const char *key, bool value);
void ifc__config_put_text(ifc__config *c, const char *path, const char *key, const char *value);

/**
 * ifc__config_read_experts() - and the width of a block (platform/scenario/model_experts.c)
 * @dense_width: of a block without experts; 0: the file has none. @dense_key: where it stands, static.
 */
void ifc__config_read_experts(ifc__config *c, uint64_t dense_width, const char *dense_key);

/** ifc__config_read_bits() - bits of weights: quantization_config and torch_dtype
 * (platform/scenario/model_bits.c). */
void ifc__config_read_bits(ifc__config *c);

#endif
