/*
 * The row of a token, from where the embedding lies to the SoC.
 */
#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/die.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"
#include "platform/common/arithmetic.h"
#include "platform/common/random.h"
#include "workloads/model.h"

static void read_row(ifc_mapping *map, ifc_op_run *op, uint32_t vector)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_group *g = ifc_weight_map_embed(&map->weights);
    uint64_t pages =
        ifc_div_up(ifc_model_row_bytes(&s->model, IFC_WEIGHTS_EMBED, op->node->cols), g->p->page);
    ifc_txn *t = ifc_command_new(
        map->controller, &op->job, IFC_READ, IFC_CLASS_WEIGHTS, g,
        (uint32_t)(ifc_random(&map->rng) % g->p->dies)); /* the token's row may lie anywhere */
    t->extent = (ifc_extent){.planes = 1, .max_pages = (uint32_t)pages, .pages = pages};
    t->first_plane = (uint16_t)(ifc_random(&map->rng) % g->p->planes);
    t->ecc_time = g->ecc_time;
    t->bytes_up = pages * g->bus_page_bytes;
    ifc_errors_embed(&map->errors, t, vector);
    ifc_blocks_read_embed(&map->blocks, t->die, pages);
    ifc_command_queue_one(map->controller, t);
}

static void expand_flash(ifc_mapping *map, ifc_op_run *op)
{
    for (uint32_t i = 0; i < op->step->vectors; i++)
        read_row(map, op, i);
}

static void expand_dram(ifc_mapping *map, ifc_op_run *op)
{
    uint64_t bytes = ifc_model_row_bytes(&map->hw->s->model, IFC_WEIGHTS_EMBED, op->node->cols);
    ifc__access_dram(map, op, IFC_DRAM_READ, IFC_CLASS_WEIGHTS, bytes * op->step->vectors, 0);
}

static bool in_flash(const ifc_mapping *map, ifc_op_kind kind)
{
    return kind == IFC_OP_EMBED && ifc_weight_map_embed(&map->weights);
}

static bool in_dram(const ifc_mapping *map, ifc_op_kind kind)
{
    return kind == IFC_OP_EMBED && !ifc_weight_map_embed(&map->weights);
}

const ifc_way ifc__embed_flash = {.name = "embed_flash", .serves = in_flash, .expand = expand_flash};
const ifc_way ifc__embed_dram = {.name = "embed_dram", .serves = in_dram, .expand = expand_dram};
