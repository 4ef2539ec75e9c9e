/*
 * A matrix times a vector where it lies: each die multiplies its rows.
 */
#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/die.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"
#include "workloads/model.h"

/* Matrices of one shape, each in whole pages of its own. */
static ifc_extent times(ifc_extent e, uint32_t n)
{
    e.max_pages *= n;
    e.pages *= n;
    e.run_ppb *= n;
    return e;
}

static void expand(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_group *g = map->weights.group;
    const ifc_weight_share *shares = ifc_weight_map_shares(&map->weights, op->node, op->job.layer);
    uint64_t inputs = op->node->kind == IFC_OP_DOWN ? op->node->cols * op->node->times : op->node->cols;
    uint64_t vector = ifc_model_activation_bytes(&s->model, inputs);
    for (uint32_t d = 0; d < g->p->dies; d++) {
        const ifc_weight_share *share = &shares[d];
        if (share->rows == 0)
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ_COMPUTE, IFC_CLASS_WEIGHTS, g, d);
        t->extent = times(share->extent, op->node->times);
        t->vector = ifc__vector_id(op, op->node->vector);
        t->macs = share->macs * op->node->times;
        t->ecc_time = g->ecc_time;
        t->mac_time = share->mac_time;
        t->collect_bytes = share->collect_bytes * op->node->times;
        t->bytes_down = s->effects.bus ? vector : 0;
        t->bytes_up = s->effects.bus ? share->up_bytes * op->node->times : 0;
        if (t->bytes_down > g->p->global_buffer / 2)
            t->vector = 0; /* too large to be kept: every command brings it */
        ifc_command_add(map->controller, t, false, true);
    }
    ifc_command_send_all(map->controller);
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    (void)map;
    return ifc__multiplies(kind);
}

const ifc_way ifc__gemv_ifc = {"gemv_ifc", serves, expand};
