#include "components/mapping/way.h"

static const ifc_way *const ways[] = {
    &ifc__gemv_ifc,       &ifc__gemv_npu,      &ifc__gemv_split,    &ifc__embed_dram,
    &ifc__attend_striped, &ifc__attend_planes, &ifc__load_flash,    &ifc__load_dram,
    &ifc__append_dram,    &ifc__embed_flash,   &ifc__flush_striped, &ifc__flush_planes,
    &ifc__request,        &ifc__refresh,       &ifc__index_dies,    &ifc__index_load,
};

const ifc_way *ifc__way_of(const ifc_mapping *map, ifc_op_kind kind)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (ways[i]->serves(map, kind))
            return ways[i];
    return NULL;
}
