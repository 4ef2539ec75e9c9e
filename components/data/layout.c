#include "components/data/layout.h"

#include "components/hardware/hardware.h"

/* All there are, a file each below layouts/; the first that serves is taken. */
extern const ifc_kv_layout ifc_kv_striped, ifc_kv_by_head;
static const ifc_kv_layout *const layouts[] = {&ifc_kv_striped, &ifc_kv_by_head};

const ifc_kv_layout *ifc_kv_layout_of(const ifc_placement *p)
{
    uint32_t i = 0;
    while (!layouts[i]->serves(p))
        i++;
    return layouts[i];
}

bool ifc_kv_by_plane(const ifc_kv *kv)
{
    return kv->layout && kv->layout->by_plane;
}

bool ifc_kv_unmapped(const ifc_kv *kv)
{
    return kv->hw->s->placement.kv_layout == IFC_LAYOUT_UNMAPPED;
}

/* Everything spread evenly, in fractions of a page. @pages: of each head. */
static void spread(const ifc_kv *kv, double pages, uint32_t heads, ifc_kv_share *shares)
{
    const ifc_scenario *s = kv->hw->s;
    const ifc_flash_group *g = kv->group->p;
    double per_head = pages * (ifc_kv_unmapped(kv) ? s->model.kv_heads : 1.0);
    double run = kv->layout->by_plane ? per_head * heads / s->model.kv_heads
                                      : per_head * heads / (double)kv->group->planes_total;
    for (uint32_t d = 0; d < g->dies; d++) {
        shares[d].extent = (ifc_extent){.planes = g->planes, .run_ppb = (uint64_t)(run * 1e9 + 0.5)};
        shares[d].extent.max_pages = (uint32_t)((shares[d].extent.run_ppb + 999999999u) / 1000000000u);
        shares[d].extent.pages = (uint64_t)shares[d].extent.max_pages * g->planes;
    }
}

void ifc_kv_scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                 ifc_kv_share *shares)
{
    kv->layout->scan(kv, layer, head, heads, values, shares);
    uint64_t read = ifc_kv_pages_read(kv, layer, head, heads), all = ifc_kv_pages(kv, layer) * heads;
    double tokens = (double)ifc_kv_stored(kv, layer);
    if (read < all) /* of what is spread, the part that was chosen */
        tokens *= (double)read / (double)all;
    if (!kv->hw->s->effects.page_rounding)
        spread(kv, tokens / kv->page_run_tokens, heads, shares);
}

void ifc_kv_index_scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_share *shares)
{
    double read = kv->plans[layer].read_parts, bytes = (double)kv->layers[layer].index.part_bytes;
    if (kv->slices) /* each plane has parts of its own */
        read = read / (double)kv->slices > 1 ? read / (double)kv->slices : 1;
    kv->layout->scan_index(kv, layer, head, heads, shares);
    if (!kv->hw->s->effects.page_rounding)
        spread(kv, (double)kv->chosen.index_entries * bytes * read / (double)kv->group->p->page, heads,
               shares);
}

uint64_t ifc_kv_index_dims(const ifc_kv *kv, uint32_t layer)
{
    const ifc_select_plan *p = &kv->plans[layer];
    return p->parts ? ((uint64_t)kv->hw->s->model.head_dim * p->read_parts + p->parts - 1) / p->parts : 0;
}

uint64_t ifc_kv_index_bytes(const ifc_kv *kv, uint32_t layer, uint64_t entries)
{
    const ifc_select_plan *p = &kv->plans[layer];
    return p->parts ? (entries * p->vectors * kv->entry_bytes * p->read_parts + p->parts - 1) / p->parts : 0;
}

void ifc_kv_runs(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_part part,
                 uint32_t die, uint32_t *runs)
{
    bool all = ifc_kv_unmapped(kv) && !kv->layout->by_plane;
    kv->layout->runs(kv, layer, all ? 0 : head, all ? kv->heads : heads, part, die, runs);
    for (uint32_t p = 0; ifc_kv_unmapped(kv) && p < kv->group->p->planes; p++)
        runs[p] *= heads; /* every head senses them all */
}

uint32_t ifc_kv_dies(const ifc_kv *kv, uint32_t layer, uint32_t head)
{
    if (kv->hw->s->effects.page_rounding || kv->layout->by_plane)
        return kv->layout->dies(kv, layer, head);
    return ifc_kv_pages(kv, layer) ? kv->group->p->dies : 0;
}
