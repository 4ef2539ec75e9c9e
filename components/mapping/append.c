/*
 * A new key and value to the DRAM. (For a cache in flash they gather in a buffer, for no time.)
 */
#include "components/mapping/parts.h"
#include "components/mapping/way.h"

static void expand(ifc_mapping *map, ifc_op_run *op)
{
    uint64_t bytes =
        map->kv.kinds * (uint64_t)op->node->head_groups * map->kv.entry_bytes * op->step->vectors;
    ifc__access_dram(map, op, IFC_DRAM_WRITE, IFC_CLASS_KV_WRITE, bytes, 0);
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    return kind == IFC_OP_APPEND && !map->kv.group && map->hw->s->effects.kv_program;
}

const ifc_way ifc__append_dram = {.name = "append_dram", .serves = serves, .expand = expand};
