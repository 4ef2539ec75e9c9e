/*
 * A request of a stream.
 */
#include "components/hardware/controller/commands.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"

static void send(ifc_mapping *map, ifc_txn *t)
{
    ifc_errors_request(&map->errors, t);
    ifc_blocks_request(&map->blocks, t->die, t);
    ifc_command_queue_one(map->controller, t);
}

/*
 * Pages of a block trace: page p is on die p mod dies, then on plane p / dies mod planes. A command takes
 * planes side by side, each of them once.
 */
static void expand_pages(ifc_mapping *map, ifc_op_run *op, const ifc_stream_params *w, const ifc_group *g)
{
    uint64_t dies = g->p->dies, planes = g->p->planes, end = op->request + op->pages;
    for (uint64_t first = op->request; first < end && first < op->request + dies; first++)
        for (uint64_t row = first / dies, left = (end - first + dies - 1) / dies, n; left > 0;
             left -= n, row += n) {
            uint64_t plane = row % planes;
            n = left < planes - plane ? left : planes - plane;
            ifc_txn *t = ifc_command_new(map->controller, &op->job, op->reads ? IFC_READ : IFC_PROGRAM,
                                         IFC_CLASS_HOST, g, (uint32_t)(first % dies));
            t->extent = (ifc_extent){.planes = (uint32_t)n, .max_pages = 1, .pages = n};
            t->first_plane = (uint16_t)plane;
            t->first_page = op->reads ? (uint32_t)(row / planes % g->p->pages_per_block)
                                      : ifc_blocks_next_page(&map->blocks, t->die, IFC_PROGRAM);
            t->priority = (uint8_t)w->priority;
            t->ecc_time = g->ecc_time;
            *(op->reads ? &t->bytes_up : &t->bytes_down) = n * g->bus_page_bytes;
            send(map, t);
        }
}

/* A stream request: the same extent on each of its dies. */
static void expand(ifc_mapping *map, ifc_op_run *op)
{
    static const ifc_command commands[] = {IFC_READ, IFC_READ_COMPUTE, IFC_PROGRAM, IFC_ERASE};
    const ifc_stream_params *w = ifc_scenario_flow(map->hw->s, op->flow);
    const ifc_group *g = &map->hw->groups[ifc_scenario_group(map->hw->s, w->group)];
    if (op->pages > 0)
        expand_pages(map, op, w, g);
    for (uint32_t i = 0; op->pages == 0 && i < w->dies; i++) {
        uint32_t die = (uint32_t)((op->request + i) % g->p->dies);
        ifc_txn *t = ifc_command_new(map->controller, &op->job, op->reads ? IFC_READ : commands[w->op],
                                     IFC_CLASS_HOST, g, die);
        t->extent =
            (ifc_extent){.planes = w->planes, .max_pages = w->pages, .pages = (uint64_t)w->planes * w->pages};
        t->first_plane = (uint16_t)op->job.token;
        t->first_page = ifc_blocks_next_page(&map->blocks, t->die, (ifc_command)t->command);
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
        send(map, t);
    }
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    (void)map;
    return kind == IFC_OP_REQUEST;
}

const ifc_way ifc__request = {.name = "request", .serves = serves, .expand = expand};
