/*
 * A request of a stream.
 */
#include "components/hardware/controller/commands.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"

/* A stream request: the same extent on each of its dies. */
static void expand(ifc_mapping *map, ifc_op_run *op)
{
    static const ifc_command commands[] = {IFC_READ, IFC_READ_COMPUTE, IFC_PROGRAM, IFC_ERASE};
    const ifc_stream_params *w = ifc_scenario_flow(map->hw->s, op->flow);
    const ifc_group *g = &map->hw->groups[ifc_scenario_group(map->hw->s, w->group)];
    for (uint32_t i = 0; i < w->dies; i++) {
        uint32_t die = (uint32_t)((op->request + i) % g->p->dies);
        ifc_txn *t = ifc_command_new(map->controller, &op->job, op->reads ? IFC_READ : commands[w->op],
                                     IFC_CLASS_HOST, g, die);
        t->extent =
            (ifc_extent){.planes = w->planes, .max_pages = w->pages, .pages = (uint64_t)w->planes * w->pages};
        t->first_plane = (uint16_t)op->job.token;
        t->priority = (uint8_t)w->priority;
        t->ecc_time = g->ecc_time;
        if (t->command == IFC_READ) {
            t->bytes_up = t->extent.pages * g->bus_page_bytes;
        } else if (t->command == IFC_PROGRAM) {
            t->bytes_down = t->extent.pages * g->bus_page_bytes;
        } else if (t->command == IFC_READ_COMPUTE) {
            double macs_per_page = (double)g->p->page / 2.0; /* 16-bit operands */
            t->mac_time = ifc_time_from_ps(macs_per_page / g->mac_rate * 1e12);
            t->macs = t->extent.pages * (g->p->page / 2);
            t->bytes_down = w->bytes_down;
            t->bytes_up = t->collect_bytes = w->bytes_up;
            t->grows_up = true;
        }
        ifc_errors_request(&map->errors, t);
        ifc_blocks_request(&map->blocks, g->first_die + die, t);
        ifc_command_queue_one(map->controller, t);
    }
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    (void)map;
    return kind == IFC_OP_REQUEST;
}

const ifc_way ifc__request = {.name = "request", .serves = serves, .expand = expand};
