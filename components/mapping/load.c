/*
 * Keys or values to the NPU, which attends to them: from flash or from DRAM.
 */
#include "components/hardware/controller/commands.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"

/* For all tokens of a sequence once. */
static void load(ifc_mapping *map, ifc_op_run *op, const ifc_kv *kv)
{
    const ifc_group *g = kv->group;
    bool values = op->node->kind == IFC_OP_LOAD_V;
    ifc_kv_scan(kv, op->job.layer, op->node->head_group, op->node->head_groups, values, map->scan);
    for (uint32_t d = 0; d < g->p->dies; d++) {
        const ifc_kv_share *share = &map->scan[d];
        if (share->extent.pages == 0)
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ, IFC_CLASS_KV_READ, g, d);
        t->extent = share->extent;
        t->first_plane = (uint16_t)share->first_plane;
        ifc__address_kv(map, t, kv, op->node, values);
        t->ecc_time = g->ecc_time;
        t->bytes_up = share->extent.pages * g->bus_page_bytes;
        if (share->extent.run_ppb)
            t->bytes_up =
                (uint64_t)((double)share->extent.run_ppb * 1e-9 * g->p->planes * (double)g->bus_page_bytes);
        ifc__account_pages(map, t, values);
        ifc_command_queue_one(map->controller, t);
    }
}

static void expand_flash(ifc_mapping *map, ifc_op_run *op)
{
    ifc__account_entries(map, op);
    for (uint32_t i = 0; i < op->step->n; i++)
        load(map, op, op->step->parts[i].kv);
}

static void expand_dram(ifc_mapping *map, ifc_op_run *op)
{
    uint64_t tokens = 0;
    for (uint32_t i = 0; i < op->step->n; i++)
        tokens += ifc_kv_stored(op->step->parts[i].kv, op->job.layer);
    uint64_t bytes = tokens * op->node->head_groups * map->kv.entry_bytes;
    ifc__account_entries(map, op);
    map->sensed_kv_bytes += bytes;
    ifc__access_dram(map, op, IFC_DRAM_READ, IFC_CLASS_KV_READ, bytes, 0);
}

static bool loads(ifc_op_kind kind)
{
    return kind == IFC_OP_LOAD_K || kind == IFC_OP_LOAD_V;
}

static bool from_flash(const ifc_mapping *map, ifc_op_kind kind)
{
    return loads(kind) && map->kv.group;
}

static bool from_dram(const ifc_mapping *map, ifc_op_kind kind)
{
    return loads(kind) && !map->kv.group;
}

const ifc_way ifc__load_flash = {"load_flash", from_flash, expand_flash, NULL};
const ifc_way ifc__load_dram = {"load_dram", from_dram, expand_dram, NULL};
