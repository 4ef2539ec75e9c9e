/**
 * How long the NPU takes for an operator.
 */
#ifndef IFC_NPU_TIME_H
#define IFC_NPU_TIME_H

#include "components/mapping/mapping.h"

/** ifc_npu_time_set() - operations and time of @op, one of the NPU: npu_ops, npu_time and npu_launch of its
 * job. */
void ifc_npu_time_set(const ifc_scenario *s, ifc_op_run *op);

#endif
