/*
 * Keys or values to the NPU, which attends to them: from flash or from DRAM.
 */
#include "components/mapping/parts.h"
#include "components/mapping/way.h"

/* For all tokens of a sequence once. */
static void load(ifc_mapping *map, ifc_op_run *op, const ifc_kv *kv)
{
    const ifc_group *g = kv->group;
    bool values = op->node->kind == IFC_OP_LOAD_V;
    ifc_kv_scan(kv, op->job.layer, op->node->head_group, op->node->head_groups, values, map->scan);
    for (uint32_t d = 0; d < g->p->dies; d++)
        if (map->scan[d].extent.pages > 0)
            ifc__read_pages(map, op, kv, d, &map->scan[d], values ? IFC_KV_V : IFC_KV_K);
}

static void expand_flash(ifc_mapping *map, ifc_op_run *op)
{
    ifc__account_entries(map, op);
    for (uint32_t i = 0; i < op->step->n; i++)
        load(map, op, op->step->parts[i].kv);
}

static void expand_dram(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_op_node *n = op->node;
    uint64_t tokens = 0; /* of all heads */
    for (uint32_t i = 0; i < op->step->n; i++)
        tokens += ifc_kv_tokens_read(op->step->parts[i].kv, op->job.layer, n->head_group, n->head_groups);
    uint64_t bytes = tokens * map->kv.entry_bytes;
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

const ifc_way ifc__load_flash = {.name = "load_flash", .serves = from_flash, .expand = expand_flash};
const ifc_way ifc__load_dram = {.name = "load_dram", .serves = from_dram, .expand = expand_dram};
