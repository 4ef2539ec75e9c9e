/**
 * What choosing takes in each layer, as the kv_select policy plans it.
 */
#ifndef IFC_KV_PLAN_H
#define IFC_KV_PLAN_H

#include <ifc/policy.h>
#include <ifc/status.h>

struct ifc_hardware;

/**
 * ifc_kv_plan() - ask for the plan of every layer; policies have been started
 * @plans: out, by layer; owned by the caller, free(). All zero: the layer is read whole.
 * Return: IFC_OK; IFC_EDATA when the policy refuses to work here.
 */
IFC_MUST_CHECK ifc_status ifc_kv_plan(const struct ifc_hardware *hw, ifc_select_plan **plans, ifc_error *err);

#endif
