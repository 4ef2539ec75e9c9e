/*
 * A matrix times a vector on the NPU, to which the matrix streams from flash or DRAM.
 */
#include "components/mapping/parts.h"
#include "components/mapping/passes.h"
#include "components/mapping/tiles.h"
#include "components/mapping/way.h"
#include "workloads/model.h"

static void expand(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_op_node *n = op->node;
    uint64_t row = ifc_model_row_bytes(&map->hw->s->model, ifc_weight_class_of(n->kind), n->cols);
    uint32_t vectors = op->step->vectors, matrices = ifc_experts_read(n, vectors);
    uint64_t products = n->rows * n->cols * n->times * vectors;
    ifc_streamed what = {
        .from = IFC_BY_NPU, .matrices = matrices, .bytes = n->rows * row, .ops = 2 * products};
    what.whole = op->step->prompt && !map->hw->s->placement.prefill_overlap;
    ifc_tiles_start(map, op, &what);
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    return ifc__multiplied_by(map, kind, IFC_BY_NPU) && !ifc__multiplied_by(map, kind, IFC_BY_DIES);
}

const ifc_way ifc__gemv_npu = {.name = "gemv_npu", .serves = serves, .expand = expand};
