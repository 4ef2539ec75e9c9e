/*
 * Chunks of contexts between DRAM and the flash group that stores them.
 */
#include "components/hardware/controller/commands.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"
#include "platform/common/arithmetic.h"

/* An object lies in whole pages, as many on a die as it has planes, die after die: each part is a command. */
static void move_object(ifc_mapping *map, ifc_op_run *op, const ifc_group *g, uint64_t bytes)
{
    bool reads = op->node->kind == IFC_OP_SWAP_IN;
    uint64_t pages = ifc_div_up(bytes, g->p->page), part;
    for (; pages > 0; pages -= part) {
        part = pages < g->p->planes ? pages : g->p->planes;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, reads ? IFC_READ : IFC_PROGRAM,
                                     reads ? IFC_CLASS_KV_READ : IFC_CLASS_KV_WRITE, g,
                                     (uint32_t)(map->contexts.sent++ % g->p->dies));
        t->extent = (ifc_extent){.planes = (uint32_t)part, .max_pages = 1, .pages = part};
        *(reads ? &t->bytes_up : &t->bytes_down) = part * g->bus_page_bytes;
        t->ecc_time = reads ? g->ecc_time : 0;
        t->fill = reads ? 0 : (double)part;
        ifc_command_queue_one(map->controller, t);
    }
}

/* Of one layer when they are read, of all when they are written. */
static void expand(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_contexts *c = &map->contexts;
    const ifc_group *g = &map->hw->groups[ifc_scenario_group(map->hw->s, c->p->store)];
    bool reads = op->node->kind == IFC_OP_SWAP_IN;
    uint64_t bytes, sum = 0;
    for (uint32_t l = 0; l < (reads ? 1 : c->layers); l++) {
        ifc_context_cursor at = {0};
        for (; ifc_contexts_object(c, &at, &bytes); sum += bytes)
            move_object(map, op, g, bytes);
    }
    ifc__access_dram(map, op, reads ? IFC_DRAM_WRITE : IFC_DRAM_READ,
                     reads ? IFC_CLASS_KV_READ : IFC_CLASS_KV_WRITE, sum, 0);
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    return (kind == IFC_OP_SWAP_IN || kind == IFC_OP_SWAP_OUT) && map->contexts.p;
}

const ifc_way ifc__swap = {.name = "swap", .serves = serves, .expand = expand};
