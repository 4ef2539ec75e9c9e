/**
 * The memory of a run, before there is one.
 */
#ifndef IFC_FOOTPRINT_H
#define IFC_FOOTPRINT_H

#include "components/hardware/hardware.h"

#define IFC_ACTOR_STACK_KIB 64

/**
 * ifc_footprint() - bytes that a run of @sys, which is derived and not built, takes at its peak; about
 * What grows with the time that a run takes (latencies, timelines, requests that pile up) is left out.
 */
uint64_t ifc_footprint(const ifc_hardware *hw);

/** ifc_footprint_actors() - actors that a run of @hw has, about */
uint64_t ifc_footprint_actors(const ifc_hardware *hw);

/** ifc_footprint_check() - Return: IFC_EMACHINE: this computer has not so much memory. */
IFC_MUST_CHECK ifc_status ifc_footprint_check(const ifc_hardware *hw, ifc_error *err);

#endif
