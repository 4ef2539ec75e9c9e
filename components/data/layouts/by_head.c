/*
 * Heads own planes: each of them holds, in its own pages, its slice of every entry of its head. A plane
 * buffers what it generates.
 */
#include "components/data/layout.h"
#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"
#include "workloads/model.h"

static uint64_t min64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Elements of a head, as keys or values, in the first @planes planes that it owns. */
static uint64_t elements_before(const ifc_kv *kv, uint64_t planes, bool values)
{
    const ifc_model *m = &kv->hw->s->model;
    return min64(planes * kv->slice, values ? ifc_model_value_width(m) : m->head_dim);
}

/* A head's planes within a die, and what they hold. */
static void add_head(const ifc_kv *kv, uint32_t layer, uint32_t head, bool values, uint64_t from, uint64_t to,
                     ifc_kv_share *share)
{
    uint64_t begin = kv->starts[head], end = begin + kv->slices;
    uint64_t low = begin > from ? begin : from, high = end < to ? end : to;
    if (low >= high)
        return;
    bool whole = low == begin && high == end;
    uint64_t dims = elements_before(kv, high - begin, values) - elements_before(kv, low - begin, values);
    uint64_t tokens = ifc_kv_tokens_read(kv, layer, head, 1), pages = ifc_kv_pages_read(kv, layer, head, 1);
    share->first_plane = share->heads ? share->first_plane : (uint32_t)(low - from);
    share->heads++;
    share->whole_heads += whole;
    share->plane_heads += high - low;
    share->dims += dims;
    share->tokens += tokens;
    share->products += dims * tokens;
    share->whole_tokens += whole ? tokens : 0;
    share->sliced_tokens += whole ? 0 : tokens;
    share->plane_tokens += (high - low) * tokens;
    share->extent.pages += pages * (high - low);
    if (pages > share->extent.max_pages)
        share->extent.max_pages = (uint32_t)pages;
}

/* Head h owns the planes from where it begins to where the next one does, die after die; the first of them
 * hold its slices, what is left over holds nothing. */
static void scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                 ifc_kv_share *shares)
{
    uint64_t planes = kv->group->p->planes;
    for (uint64_t d = 0; d < kv->group->p->dies; d++) {
        ifc_kv_share *share = &shares[d];
        *share = (ifc_kv_share){0};
        for (uint32_t h = head; h < head + heads; h++)
            add_head(kv, layer, h, values, d * planes, (d + 1) * planes, share);
        share->extent.planes = (uint32_t)share->plane_heads;
        if (ifc_kv_unmapped(kv))
            ifc_kv_repeat(&share->extent, heads);
    }
}

/* Each plane has the index of its slices; where fewer parts are read than it has planes, evenly spread ones
 * have some of them. */
static void add_index(const ifc_kv *kv, uint32_t layer, uint32_t head, uint64_t from, uint64_t to,
                      ifc_kv_share *share)
{
    const ifc_kv_chosen *c = &kv->chosen;
    uint64_t begin = kv->starts[head], end = begin + kv->slices, slices = kv->slices;
    uint64_t low = begin > from ? begin : from, high = end < to ? end : to,
             read = kv->plans[layer].read_parts;
    if (low >= high)
        return;
    uint64_t planes = min64(read, slices), dims = ifc_kv_index_dims(kv, layer);
    uint64_t first = (low - begin) * planes / slices, after = (high - begin) * planes / slices;
    uint64_t at_work = after - first, pages = c->index_pages * ((read + slices - 1) / slices);
    if (at_work == 0 || pages == 0)
        return;
    share->first_plane = share->heads ? share->first_plane : (uint32_t)(low - from);
    share->dims += after * dims / planes - first * dims / planes;
    share->heads++;
    share->whole_heads += low == begin && high == end;
    share->plane_heads += at_work;
    share->tokens += c->index_entries;
    share->extent.planes += (uint32_t)at_work;
    share->extent.pages += pages * at_work;
    share->extent.max_pages = (uint32_t)pages;
}

static void scan_index(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_share *shares)
{
    uint64_t planes = kv->group->p->planes;
    for (uint64_t d = 0; d < kv->group->p->dies; d++) {
        shares[d] = (ifc_kv_share){0};
        for (uint32_t h = head; h < head + heads; h++)
            add_index(kv, layer, h, d * planes, (d + 1) * planes, &shares[d]);
        if (ifc_kv_unmapped(kv))
            ifc_kv_repeat(&shares[d].extent, heads);
    }
}

/* @pages for each slice of the heads that lies in a plane of the die. */
static void add_slices(const ifc_kv *kv, uint32_t head, uint32_t heads, uint32_t die, uint32_t pages,
                       uint32_t *out)
{
    uint64_t from = (uint64_t)die * kv->group->p->planes;
    for (uint32_t h = head; h < head + heads; h++)
        for (uint64_t plane = kv->starts[h]; plane < kv->starts[h] + kv->slices; plane++)
            if (plane >= from && plane < from + kv->group->p->planes)
                out[plane - from] += pages;
}

void ifc_kv_slices(const ifc_kv *kv, uint32_t die, uint32_t pages, uint32_t *runs)
{
    add_slices(kv, 0, kv->heads, die, pages, runs);
}

/* Of a plane, its pages of a head's index: see add_index(). */
static void add_index_slices(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t die, uint32_t *out)
{
    uint64_t from = (uint64_t)die * kv->group->p->planes, slices = kv->slices;
    uint64_t read = kv->plans[layer].read_parts, planes = min64(read, slices);
    for (uint64_t i = 0; i < slices; i++) {
        uint64_t plane = kv->starts[head] + i;
        if (plane >= from && plane < from + kv->group->p->planes)
            out[plane - from] += (uint32_t)(((i + 1) * planes / slices - i * planes / slices) *
                                            kv->chosen.index_pages * ((read + slices - 1) / slices));
    }
}

static void runs(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_part part,
                 uint32_t die, uint32_t *out)
{
    for (uint32_t h = head; h < head + heads; h++)
        if (part == IFC_KV_INDEX)
            add_index_slices(kv, layer, h, die, out);
        else /* K and V lie alike */
            add_slices(kv, h, 1, die, (uint32_t)ifc_kv_pages_read(kv, layer, h, 1), out);
}

static uint32_t dies(const ifc_kv *kv, uint32_t layer, uint32_t head)
{
    (void)layer; /* all layers lie alike */
    uint64_t planes = kv->group->p->planes, first = kv->starts[head] / planes,
             last = (kv->starts[head] + kv->slices - 1) / planes;
    return (uint32_t)(last - first + 1);
}

static bool serves(const ifc_placement *p)
{
    return p->kv_buffer.location == IFC_BUFFER_PLANE;
}

static ifc_kv_unit unit(const ifc_scenario *s, const ifc_flash_group *g, uint64_t fewest)
{
    const ifc_model *m = &s->model;
    uint64_t slice = fewest ? ifc_div_up(m->head_dim, fewest) : m->head_dim;
    return (ifc_kv_unit){.bytes = ifc_model_kv_slice_bytes(m, slice),
                         .data = ifc_div_up(slice * m->kv_bits, 8),
                         .exact = (double)ifc_model_entry_bytes(m) * m->kv_heads /
                                  (double)((uint64_t)g->dies * g->planes),
                         .slice = slice,
                         .slices = ifc_div_up(m->head_dim, slice),
                         .streams = 1};
}

const ifc_kv_layout ifc_kv_by_head = {.name = "by head",
                                      .by_plane = true,
                                      .serves = serves,
                                      .unit = unit,
                                      .scan = scan,
                                      .runs = runs,
                                      .scan_index = scan_index,
                                      .dies = dies};
