/**
 * What the workload stores, and whether it fits.
 */
#ifndef IFC_CAPACITY_H
#define IFC_CAPACITY_H

#include "components/data/kv.h"
#include "components/data/weight_map.h"
#include "components/hardware/hardware.h"
#include "platform/observe/result.h"

/**
 * ifc_capacity_check() - fill the result's capacity rows
 * Return: IFC_ENOFIT with the first memory that overflows in r->overflow and in @err.
 */
IFC_MUST_CHECK ifc_status ifc_capacity_check(const ifc_hardware *hw, const ifc_weight_map *weights,
                                             const ifc_kv *cache, ifc_result *r, ifc_error *err);

/** ifc_capacity_weights() - bytes that weights take up in @group (whole pages with page_rounding); NULL: in
 * DRAM. */
uint64_t ifc_capacity_weights(const ifc_weight_map *weights, const ifc_group *group);

#endif
