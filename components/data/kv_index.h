/**
 * The index that a kv_select policy keeps beside the keys: how its pages fill.
 *
 * As pages of K do: each flush that completes entries programs them into the open page of every part, until
 * that is full or takes no more partial programs.
 */
#ifndef IFC_KV_INDEX_H
#define IFC_KV_INDEX_H

#include "components/data/kv.h"

/**
 * ifc_kv_index_init() - the index of @layer as it is at the start of a run, with its tokens
 * Return: IFC_EDATA if an entry is larger than a page.
 */
IFC_MUST_CHECK ifc_status ifc_kv_index_init(ifc_kv *kv, uint32_t layer, ifc_error *err);

/** ifc_kv_index_grow() - @tokens tokens follow the layer's; @plan: out, what is programmed. */
void ifc_kv_index_grow(const ifc_kv *kv, ifc_kv_layer *l, uint32_t tokens, ifc_kv_flush *plan);

/** ifc_kv_index_end() - it is programmed. */
void ifc_kv_index_end(ifc_kv_layer *l);

/** ifc_kv_index_reset() - its sequence has ended. */
void ifc_kv_index_reset(ifc_kv_layer *l);

/** ifc_kv_index_pages() - pages of all parts of a head, of each plane where planes hold slices, for @tokens
 * tokens;
 * @full: as full as they get. */
uint64_t ifc_kv_index_pages(const ifc_kv *kv, uint32_t layer, uint64_t tokens, bool full);

#endif
