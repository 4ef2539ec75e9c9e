/**
 * A way: how operators of some kinds are done, a file each. Each descriptor says for which it is; who looks
 * for one takes the first of the list that serves (components/mapping/ways.c).
 */
#ifndef IFC_WAY_H
#define IFC_WAY_H

#include "components/mapping/mapping.h"

typedef struct ifc_way {
    const char *name;
    /** Whether operators of this kind are done in this way. Everything but the ways is there. */
    bool (*serves)(const ifc_mapping *map, ifc_op_kind kind);
    /** Make the transactions of an operator. Does not block. */
    void (*expand)(ifc_mapping *map, ifc_op_run *op);
    /** A flush: what it does to cache and blocks, without the transactions. */
    void (*again)(ifc_mapping *map, ifc_kv *kv, uint32_t layer);
} ifc_way;

extern const ifc_way ifc__gemm_npu, ifc__gemv_ifc, ifc__gemv_npu, ifc__gemv_split, ifc__embed_dram,
    ifc__attend_striped, ifc__attend_planes, ifc__load_flash, ifc__load_dram, ifc__append_dram,
    ifc__index_dies, ifc__index_load, ifc__embed_flash, ifc__flush_striped, ifc__flush_planes, ifc__request,
    ifc__refresh;

/** ifc__way_of() - the way in which operators of a kind are done; NULL: there is nothing to do in flash or
 * DRAM. */
const ifc_way *ifc__way_of(const ifc_mapping *map, ifc_op_kind kind);

#endif
