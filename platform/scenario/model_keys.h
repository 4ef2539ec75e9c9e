/**
 * Which keys of a config.json may be passed over.
 */
#ifndef IFC_MODEL_KEYS_H
#define IFC_MODEL_KEYS_H

#include <jansson.h>
#include <stdbool.h>

/**
 * ifc__model_key_alters() - whether a key that is not read (platform/scenario/model_config.c) may change how
 * many weights there are or what a token reads of them
 *
 * Nobody has a list of all keys. Those that are known are either harmless or not; of the others, one whose
 * name speaks of sizes, layers, heads, experts or ranks and whose value is neither 0, false, null nor empty
 * alters the shape: better a refusal than a wrong count.
 */
bool ifc__model_key_alters(const char *key, const json_t *value);

#endif
