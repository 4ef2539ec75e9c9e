/**
 * Which keys of a config.json may be passed over.
 */
#ifndef IFC_MODEL_KEYS_H
#define IFC_MODEL_KEYS_H

#include <jansson.h>
#include <stdbool.h>

typedef enum ifc__model_key {
    IFC__KEY_HARMLESS, /* read elsewhere, or without meaning for weights and keys */
    IFC__KEY_DRAFTS,   /* layers beside the model that guess its next tokens */
    IFC__KEY_UNKNOWN,  /* on no list, and its name speaks of nothing that has a size */
    IFC__KEY_ALTERS    /* may change how many weights there are, or what a token reads of them */
} ifc__model_key;

/**
 * ifc__model_key_kind() - what to do with a key of a model's file
 *
 * Nobody has a list of all keys. Those that are known are either harmless or not; of the others, one whose
 * name speaks of sizes, layers, heads, experts, ranks or blocks and whose value is neither 0, false, null nor
 * empty alters the shape: better a refusal than a wrong count.
 * @latent: the file has a latent in place of keys and values
 */
ifc__model_key ifc__model_key_kind(const char *key, const json_t *value, bool latent);

#endif
