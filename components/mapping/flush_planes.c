/*
 * A flush from the buffers of the planes, without the bus.
 */
#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/address.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"
#include "platform/common/arithmetic.h"

/* Keys and values of a prompt come from the NPU, in whole pages. */
static uint64_t prompt_bytes(const ifc_mapping *map, const ifc_kv *kv, const ifc_kv_share *share,
                             uint64_t tokens)
{
    uint64_t scales = share->plane_heads * (kv->unit_bytes - kv->unit_data);
    uint64_t bytes = ifc_div_up(share->dims * map->hw->s->model.kv_bits, 8) + scales;
    return kv->kinds * tokens * bytes * kv->group->bus_page_bytes / kv->group->p->page;
}

/* Every plane that holds a slice programs what it has buffered, of K and of V, without the bus. */
/* @op: NULL: without commands. */
static void flush(ifc_mapping *map, ifc_kv *kv, uint32_t layer, ifc_op_run *op)
{
    const ifc_group *g = map->kv.group;
    ifc_kv_flush plan;
    ifc_kv_begin_flush(kv, layer, &plan);
    ifc_block_data what = ifc__flushed(kv, layer, &plan);
    double fill = plan.first_fill + (plan.programs > 1 ? plan.programs - 2 + plan.last_fill : 0);
    uint32_t index = plan.index_programs * kv->layers[layer].index.parts;
    double index_fill = plan.index_fill * kv->layers[layer].index.parts;
    ifc_kv_scan(kv, layer, 0, kv->heads, false, map->scan);
    for (uint32_t d = 0; d < g->p->dies; d++) {
        uint32_t planes = (uint32_t)map->scan[d].plane_heads;
        if (planes == 0)
            continue;
        double filled = (kv->kinds * fill + index_fill) * planes;
        ifc_blocks_program(&map->blocks, g->first_die + d, &what, filled);
        if (!op)
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_PROGRAM, IFC_CLASS_KV_WRITE, g, d);
        uint32_t pages = kv->kinds * plan.programs + index;
        t->extent = (ifc_extent){.planes = planes, .max_pages = pages, .pages = (uint64_t)pages * planes};
        t->first_plane = (uint16_t)map->scan[d].first_plane;
        if (g->p->independent_planes)
            ifc_kv_slices(kv, d, pages, ifc_address_runs(t, g->p->planes));
        t->fill = filled;
        if (plan.direct && map->hw->s->effects.bus)
            t->bytes_down = prompt_bytes(map, kv, &map->scan[d], plan.tokens);
        ifc_command_queue_one(map->controller, t);
    }
}

static void expand(ifc_mapping *map, ifc_op_run *op)
{
    flush(map, op->kv, op->job.layer, op);
}

static void again(ifc_mapping *map, ifc_kv *kv, uint32_t layer)
{
    flush(map, kv, layer, NULL);
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    return kind == IFC_OP_FLUSH && ifc__kv_by_plane(map);
}

const ifc_way ifc__flush_planes = {
    .name = "flush_planes", .serves = serves, .expand = expand, .again = again};
