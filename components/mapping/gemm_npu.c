/*
 * Tokens of a prompt, all with a matrix on the NPU, to which it streams once: wherever it lies, also where
 * dies multiply it with the tokens of a decode.
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
    uint32_t vectors = op->step->vectors;
    ifc_streamed what = {.from = IFC_BY_DIES,
                         .matrices = ifc_experts_read(n, vectors),
                         .bytes = n->rows * row,
                         .ops = 2 * n->rows * n->cols * n->times * vectors,
                         .whole = !map->hw->s->placement.prefill_overlap};
    ifc_tiles_start(map, op, &what);
}

/* The head is for the last token alone: as in a decode. */
static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    return map->hw->s->placement.prefill == IFC_PREFILL_NPU && kind != IFC_OP_LM_HEAD &&
           ifc__multiplied_by(map, kind, IFC_BY_DIES) && !ifc__multiplied_by(map, kind, IFC_BY_NPU);
}

const ifc_way ifc__gemm_npu = {.name = "gemm_npu", .serves = serves, .expand = expand, .of_prompts = true};
