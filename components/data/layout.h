/**
 * How the KV cache lies in a flash group: all that depends on it is one descriptor, in a file of its own
 * below layouts/. What a layout does not say is the same for all of them (kv.c, kv_place.c, layout.c).
 */
#ifndef IFC_LAYOUT_H
#define IFC_LAYOUT_H

#include "components/data/kv.h"

/** What a token adds to pages. */
typedef struct ifc_kv_unit {
    uint64_t bytes;   /* to one page: an entry, or a plane's slice of it */
    uint64_t data;    /* of it, without the scale factors */
    double exact;     /* bytes, where a group may be dealt in fractions (page_rounding off) */
    uint64_t slice;   /* elements of a plane's slice; 0: entries are not cut */
    uint64_t slices;  /* planes that hold a head; 0: entries are not cut */
    uint64_t streams; /* of K of a layer, that share a buffer; as many of V */
} ifc_kv_unit;

struct ifc_kv_layout {
    const char *name;
    bool
        by_plane; /* heads own planes: each plane buffers and programs what it generates, and reads its own */
    bool (*serves)(const ifc_placement *p);
    /* @fewest: planes of the head that has fewest, where heads own planes */
    ifc_kv_unit (*unit)(const ifc_scenario *s, const ifc_flash_group *g, uint64_t fewest);
    /* see ifc_kv_scan(); pages are whole */
    void (*scan)(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                 ifc_kv_share *shares);
    /* the same, plane by plane: see ifc_kv_runs() */
    void (*runs)(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_part part,
                 uint32_t die, uint32_t *out);
    /* see ifc_kv_index_scan(); pages are whole */
    void (*scan_index)(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_share *shares);
    /* see ifc_kv_dies(); pages are whole */
    uint32_t (*dies)(const ifc_kv *kv, uint32_t layer, uint32_t head);
};

/** ifc_kv_layout_of() - the one that a placement asks for. */
const ifc_kv_layout *ifc_kv_layout_of(const ifc_placement *p);

/** ifc_kv_unmapped() - pages are known per layer only: each head senses those of all. */
bool ifc_kv_unmapped(const ifc_kv *kv);

/** ifc_kv_repeat() - @times as many pages of each plane. */
static inline void ifc_kv_repeat(ifc_extent *e, uint64_t times)
{
    e->max_pages *= (uint32_t)times;
    e->pages *= times;
}

#endif
