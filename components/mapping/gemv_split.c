/*
 * A matrix times a vector in dies and on the NPU at the same time: the dies multiply tiles of it, a page in
 * each of their planes at a time; the rest streams to the NPU, in slices where a page would keep inputs and
 * results from the bus.
 */
#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/die.h"
#include "components/mapping/parts.h"
#include "components/mapping/passes.h"
#include "components/mapping/tiles.h"
#include "components/mapping/way.h"
#include "workloads/model.h"

/* One tile, with @vectors: each channel gets its columns of the input, each plane returns its rows. */
static void multiply_tile(ifc_mapping *map, ifc_op_run *op, const ifc_tiling *t, uint32_t matrix, uint64_t i,
                          uint32_t vectors)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_weight_place *place = ifc_weight_map_place(&map->weights, ifc_weight_class_of(op->node->kind));
    const ifc_group *g = place->part[IFC_BY_DIES].group;
    const ifc_weight_share *shares =
        ifc_weight_map_shares(&map->weights, op->node, op->job.layer, IFC_BY_DIES);
    uint64_t results = ifc_model_activation_bytes(&s->model, t->plane_rows * vectors) * g->p->planes;
    uint64_t inputs = t->channel_cols * vectors; /* of as many heads as have rows in a tile */
    if (op->node->blocks > 1)
        inputs *= ifc_gemv_inputs(op->node, t->rows) / op->node->cols;
    uint64_t vector = ifc__vector_new(map);
    for (uint32_t d = 0; d < g->p->dies; d++) {
        ifc_txn *c = ifc_command_new(map->controller, &op->job, IFC_READ_COMPUTE, IFC_CLASS_WEIGHTS, g, d);
        c->extent = (ifc_extent){.planes = g->p->planes, .max_pages = 1, .pages = g->p->planes};
        ifc_errors_matrix(&map->errors, c, matrix * t->in_dies + i, op->node, IFC_BY_DIES,
                          ifc_experts_read(op->node, op->step->vectors), matrix * t->in_dies + i);
        c->vector = vector;
        c->macs = (shares[d].macs * (i + 1) / t->in_dies - shares[d].macs * i / t->in_dies) * vectors;
        c->ecc_time = g->ecc_time;
        c->mac_time = ifc_time_times(vectors, shares[d].mac_time);
        c->collect_bytes = results;
        c->bytes_down = s->effects.bus ? ifc_model_activation_bytes(&s->model, inputs) : 0;
        c->bytes_up = s->effects.bus ? results : 0;
        if (c->bytes_down > g->p->global_buffer / 2)
            c->vector = 0;
        ifc_command_add(map->controller, c, false, true);
    }
    ifc_command_send_all(map->controller);
}

/* Vectors that are multiplied with the @i-th of the matrices that are read: those of a step are dealt over
 * the experts, and shared ones, the last, get all. */
static uint32_t vectors_of(const ifc_op_node *n, uint32_t vectors, uint32_t i, uint32_t matrices)
{
    uint32_t routed = matrices - n->always;
    uint64_t products = (uint64_t)(n->times - n->always) * vectors;
    return i < routed ? (uint32_t)(products * (i + 1) / routed - products * i / routed) : vectors;
}

static void expand(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_op_node *n = op->node;
    const ifc_tiling *t = ifc_weight_map_tiling(&map->weights, n, op->job.layer);
    uint32_t vectors = op->step->vectors, matrices = ifc_experts_read(n, vectors);
    uint64_t left = (n->rows * n->cols - t->macs) * n->times * vectors;
    ifc_streamed what = {.from = IFC_BY_NPU,
                         .matrices = matrices,
                         .bytes = t->bytes,
                         .ops = 2 * left,
                         .slice = map->hw->s->placement.split.slice};
    if (t->bytes > 0)
        ifc_tiles_start(map, op, &what);
    for (uint32_t m = 0; m < matrices; m++)
        for (uint64_t i = 0; i < t->in_dies; i++)
            multiply_tile(map, op, t, m, i, vectors_of(n, vectors, m, matrices));
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    return ifc__multiplied_by(map, kind, IFC_BY_NPU) && ifc__multiplied_by(map, kind, IFC_BY_DIES);
}

const ifc_way ifc__gemv_split = {.name = "gemv_split", .serves = serves, .expand = expand};
