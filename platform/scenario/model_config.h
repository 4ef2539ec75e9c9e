/**
 * The config.json of a published model (keys of Hugging Face) as a layer of a scenario.
 */
#ifndef IFC_MODEL_CONFIG_H
#define IFC_MODEL_CONFIG_H

#include <stdbool.h>

#include "platform/scenario/layers.h"

/** ifc__is_model_config() - whether a file named on a command line is a config.json and no scenario. */
bool ifc__is_model_config(const char *file);

/**
 * ifc__model_config_read() - add an assignment for every parameter of the shape, also where it is the
 * default: nothing of another model stays. What no parameter takes goes to layers->beside.
 * @file: index of the file in @layers
 * @content: its text
 * Return: IFC_EDATA with messages that name file and key: no JSON, a key that is missing or has no meaning, a
 * key that changes the shape and is not understood.
 */
IFC_MUST_CHECK ifc_status ifc__model_config_read(ifc_layers *layers, int file, const char *content,
                                                 ifc_diagnostics *diag);

#endif
