/*
 * A command of a move: pages of a row of blocks are copied, or what is left of it is erased.
 */
#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/die.h"
#include "components/mapping/way.h"

/* One command of a move: some pages of every plane, or the erase at its end. */
static void expand(ifc_mapping *map, ifc_op_run *op)
{
    uint32_t die = (uint32_t)op->request;
    const ifc_group *g = map->hw->dies[die].group;
    uint32_t planes = g->p->planes;
    ifc_txn *t = ifc_command_new(map->controller, &op->job, op->copied ? IFC_COPY : IFC_ERASE,
                                 IFC_CLASS_REFRESH, g, die - g->first_die);
    uint32_t pages = op->copied ? op->copied : 1;
    t->extent = (ifc_extent){.planes = planes, .max_pages = pages, .pages = (uint64_t)pages * planes};
    ifc_command_queue_one(map->controller, t);
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    (void)map;
    return kind == IFC_OP_REFRESH;
}

const ifc_way ifc__refresh = {"refresh", serves, expand, NULL};
