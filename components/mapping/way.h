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
    /** How often dies sense a matrix for so many vectors; NULL: once. */
    uint32_t (*passes)(const ifc_mapping *map, const ifc_op_node *node, uint32_t vectors);
    bool of_prompts; /* serves tokens of a prompt only, and before the others */
} ifc_way;

/** ifc__way_of() - the way in which operators of a kind are done, for tokens of a prompt or others; NULL:
 * there is nothing to do in flash or DRAM. */
const ifc_way *ifc__way_of(const ifc_mapping *map, ifc_op_kind kind, bool prompt);

#endif
