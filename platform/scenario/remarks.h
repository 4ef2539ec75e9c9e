/**
 * Parameters that are given and have no effect.
 */
#ifndef IFC_REMARKS_H
#define IFC_REMARKS_H

#include "platform/scenario/load.h"

/**
 * ifc_scenario_remarks() - a line for each parameter that is given, and does not change anything in this
 * scenario
 * @origins: where values come from
 * Return: how many lines were written to @out.
 */
uint32_t ifc_scenario_remarks(const ifc_scenario *s, const ifc_origins *origins, FILE *out);

/** ifc_scenario_model_remarks() - the part that is about the model's config.json. Return: how many. */
uint32_t ifc_scenario_model_remarks(const ifc_scenario *s, FILE *out);

#endif
