/**
 * One machine with its run and what is recorded of it.
 */
#ifndef IFC_SYSTEM_H
#define IFC_SYSTEM_H

#include "components/hardware/controller/controller.h"
#include "components/hardware/npu/npu.h"
#include "components/mapping/mapping.h"
#include "components/record/record.h"
#include "components/run/host.h"

typedef struct ifc_system {
    const ifc_scenario *s;
    const ifc_run_options *options;
    const char *grain_reason; /* why this one */
    ifc_hardware hw;
    ifc_npu npu;
    ifc_controller controller;
    ifc_graphs graphs, prompt_graphs;
    ifc_select_plan *plans; /* owned; of what attention reads, by layer */
    ifc_mapping mapping;
    ifc_host host;
    ifc_record record;
} ifc_system;

#endif
