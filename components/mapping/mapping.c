#include "components/mapping/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "components/mapping/way.h"

ifc_status ifc_mapping_init(ifc_mapping *m, ifc_hardware *hw, ifc_controller *controller,
                            const ifc_graphs *graphs, ifc_stop *stop, ifc_error *err)
{
    const ifc_scenario *s = hw->s;
    ifc_status status = IFC_OK;
    memset(m, 0, sizeof *m);
    m->hw = hw;
    m->controller = controller;
    m->rng = s->simulation.seed;
    m->scan = calloc(hw->n_dies + 1, sizeof *m->scan);
    IFC_BUG_ON(!m->scan, "out of memory for the shares of %u dies", hw->n_dies);
    if (s->workload.kind == IFC_WORKLOAD_DECODE) {
        ifc_weight_map_init(&m->weights, hw, graphs);
        status = ifc_kv_init(&m->kv, hw, err);
    }
    for (int kind = 0; kind < IFC_OP_KINDS; kind++)
        m->ways[kind] = ifc__way_of(m, (ifc_op_kind)kind);
    ifc_blocks_init(&m->blocks, hw, &m->weights, &m->kv, stop);
    return status;
}

void ifc_mapping_fini(ifc_mapping *m)
{
    ifc_weight_map_fini(&m->weights);
    ifc_kv_fini(&m->kv);
    ifc_blocks_fini(&m->blocks);
    free(m->scan);
    memset(m, 0, sizeof *m);
}

void ifc_mapping_start(ifc_job *job)
{
    ifc_op_run *op = ifc_op_of(job);
    ifc_mapping *m = op->mapping;
    m->ways[job->kind]->expand(m, op);
    ifc_controller_made(m->controller, job);
}
