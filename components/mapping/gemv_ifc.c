/*
 * A matrix times a vector where it lies: each die multiplies its rows.
 */
#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/die.h"
#include "components/mapping/parts.h"
#include "components/mapping/passes.h"
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

static const ifc_group *group_of(const ifc_mapping *map, const ifc_op_node *n)
{
    return ifc_weight_map_place(&map->weights, ifc_weight_class_of(n->kind))->part[IFC_BY_DIES].group;
}

/* One reading of the matrices, for some of the vectors. @id: of these vectors; 0: not kept. */
static void expand_pass(ifc_mapping *map, ifc_op_run *op, uint32_t pass, uint32_t vectors, uint64_t id)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_op_node *n = op->node;
    const ifc_group *g = group_of(map, n);
    const ifc_weight_share *shares = ifc_weight_map_shares(&map->weights, n, op->job.layer, IFC_BY_DIES);
    uint64_t down = ifc_model_activation_bytes(&s->model, ifc_gemv_inputs(n, n->rows) * vectors);
    uint32_t matrices = ifc_experts_read(n, vectors);
    uint64_t products = (uint64_t)n->times * vectors; /* of a vector with a matrix */
    for (uint32_t d = 0; d < g->p->dies; d++) {
        const ifc_weight_share *share = &shares[d];
        if (share->rows == 0)
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ_COMPUTE, IFC_CLASS_WEIGHTS, g, d);
        t->extent = times(share->extent, matrices);
        ifc__address_rows(map, t, share, matrices, 0, t->extent.max_pages);
        ifc_errors_matrix(&map->errors, t, pass, n, IFC_BY_DIES, matrices, 0);
        t->vector = id;
        t->macs = share->macs * products;
        t->ecc_time = g->ecc_time;
        t->mac_time = products % matrices == 0
                          ? ifc_time_times(products / matrices, share->mac_time)
                          : ifc_time_scale(share->mac_time, (double)products / (double)matrices);
        t->collect_bytes = share->collect_bytes * products;
        t->bytes_down = s->effects.bus ? down : 0;
        t->bytes_up = s->effects.bus ? share->up_bytes * products : 0;
        if (t->bytes_down > g->p->global_buffer / 2)
            t->vector = 0; /* too large to be kept: every command brings it */
        ifc_command_add(map->controller, t, false, true);
    }
    ifc_command_send_all(map->controller);
}

/* Pages are sensed once for as many vectors as the global buffer holds. */
static uint32_t passes_of(const ifc_mapping *map, const ifc_op_node *node, uint32_t vectors)
{
    return ifc_gemv_passes(group_of(map, node), map->hw->s, node, vectors);
}

static void expand(ifc_mapping *map, ifc_op_run *op)
{
    uint32_t vectors = op->step->vectors, passes = passes_of(map, op->node, vectors);
    for (uint32_t i = 0; i < passes && !ifc_stop_asked(map->stop); i++) /* there may be millions */
        expand_pass(map, op, i, ifc_pass_part(vectors, i, passes),
                    passes == 1 ? ifc__vector_id(op, op->node->vector) : ifc__vector_new(map));
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    return ifc__multiplied_by(map, kind, IFC_BY_DIES) && !ifc__multiplied_by(map, kind, IFC_BY_NPU);
}

const ifc_way ifc__gemv_ifc = {.name = "gemv_ifc", .serves = serves, .expand = expand, .passes = passes_of};
