/*
 * A command of a move: pages of a row of blocks are copied, or what is left of it is erased.
 */
#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/die.h"
#include "components/mapping/way.h"

/* One command of a move: some pages of every plane, or the erase at its end. */
/* What a sequence has left: its blocks on all dies. */
static void erase_sequence(ifc_mapping *map, ifc_op_run *op, uint32_t sequence)
{
    const ifc_group *g = map->kv.group;
    uint32_t planes = g->p->planes;
    for (uint32_t d = 0; d < g->p->dies; d++) {
        uint32_t rows = ifc_blocks_dying(&map->blocks, g->first_die + d, sequence);
        if (rows == 0)
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_ERASE, IFC_CLASS_REFRESH, g, d);
        t->extent = (ifc_extent){.planes = planes, .max_pages = rows, .pages = (uint64_t)rows * planes};
        ifc_command_queue_one(map->controller, t);
    }
}

static void expand(ifc_mapping *map, ifc_op_run *op)
{
    if (op->request >= map->hw->n_dies) {
        erase_sequence(map, op, (uint32_t)op->request - map->hw->n_dies);
        return;
    }
    uint32_t die = (uint32_t)op->request;
    const ifc_group *g = map->hw->dies[die].group;
    uint32_t planes = g->p->planes;
    ifc_txn *t = ifc_command_new(map->controller, &op->job, op->copied ? IFC_COPY : IFC_ERASE,
                                 IFC_CLASS_REFRESH, g, die - g->first_die);
    uint32_t pages = op->copied ? op->copied : 1;
    t->extent = (ifc_extent){.planes = planes, .max_pages = pages, .pages = (uint64_t)pages * planes};
    ifc_errors_move(&map->errors, t);
    ifc_command_queue_one(map->controller, t);
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    (void)map;
    return kind == IFC_OP_REFRESH;
}

const ifc_way ifc__refresh = {.name = "refresh", .serves = serves, .expand = expand};
