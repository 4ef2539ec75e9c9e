/*
 * Which planes a scan over the KV cache touches. Two ways of dealing: pages of a stream over all planes of
 * the group (token-striped), or every plane its slice of its head (head-parallel).
 */
#include <string.h>

#include "components/data/kv.h"
#include "components/hardware/hardware.h"

static uint64_t min64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Integers i in [begin, end) with i mod modulus == residue. */
static uint64_t count_residue(uint64_t begin, uint64_t end, uint64_t modulus, uint64_t residue)
{
    uint64_t shift = modulus - residue; /* i mod modulus == residue <=> (i + shift) mod modulus == 0 */
    return (end - 1 + shift) / modulus - (begin + shift - 1) / modulus;
}

static uint64_t stream_start(const ifc_kv *kv, uint32_t layer, uint32_t head, bool values)
{
    return kv->starts[ifc_kv_stream_index(kv, layer, head, values)];
}

/* Plane i of the dealing order is plane i / dies of die i mod dies: consecutive pages go to different dies.
 */
static void scan_one_stream(const ifc_kv *kv, uint64_t start, uint64_t pages, ifc_kv_share *shares)
{
    uint64_t dies = kv->group->p->dies, planes = kv->group->p->planes;
    for (uint64_t d = 0; d < dies; d++) {
        uint64_t n = pages ? count_residue(start, start + pages, dies, d) : 0;
        shares[d].extent = (ifc_extent){.planes = (uint32_t)min64(n, planes),
                                        .max_pages = (uint32_t)((n + planes - 1) / planes),
                                        .pages = n};
        shares[d].plane_heads = min64(n, planes);
        shares[d].heads = n > 0;
        shares[d].first_plane = (uint32_t)((start + (d + dies - start % dies) % dies) / dies % planes);
    }
}

/* Of @pages pages from @first on, those that are dealt plane by plane and not one by one. */
static uint64_t dealt_pages(const ifc_kv_stream *g, uint64_t first, uint64_t pages)
{
    if (!g)
        return pages;
    return first < g->first ? min64(pages, g->first - first) : 0;
}

/* Pages of one stream on each plane, beyond whole rounds over the group; heads: planes it has any page on. */
static void count_stream(const ifc_kv *kv, uint64_t stream, uint64_t first, uint64_t pages, uint32_t *count,
                         uint32_t *heads, uint32_t *seen)
{
    uint64_t total = kv->group->planes_total, start = kv->starts[stream] + first;
    const ifc_kv_stream *g = kv->grown ? &kv->grown[stream] : NULL;
    uint64_t dealt = dealt_pages(g, first, pages);
    for (uint64_t i = 0; i < dealt % total; i++) {
        uint64_t plane = (start + i) % total;
        count[plane]++;
        heads[plane]++;
        seen[plane] = (uint32_t)stream + 1;
    }
    for (uint64_t i = dealt; i < pages; i++) {
        uint32_t plane = g->planes[first + i - g->first];
        count[plane]++;
        heads[plane] += seen[plane] != stream + 1;
        seen[plane] = (uint32_t)stream + 1;
    }
}

/* Several streams: whole rounds over the group are alike, the rest is counted plane by plane. */
static void scan_streams(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                         uint64_t pages, ifc_kv_share *shares)
{
    uint64_t dies = kv->group->p->dies, planes = kv->group->p->planes, total = kv->group->planes_total;
    uint64_t first = ifc_kv_stream_index(kv, layer, head, values), begin = ifc_kv_first_page(kv, layer);
    uint32_t *count = kv->scratch, *with = count + total, *seen = with + total;
    memset(count, 0, 3 * total * sizeof *count);
    for (uint32_t h = 0; h < heads; h++)
        count_stream(kv, first + h, begin, pages, count, with, seen);
    uint64_t dealt = dealt_pages(kv->grown ? &kv->grown[first] : NULL, begin, pages);
    uint64_t rounds = dealt / total * heads;
    for (uint64_t d = 0; d < dies; d++) {
        ifc_kv_share *s = &shares[d];
        *s = (ifc_kv_share){0};
        for (uint64_t p = 0; p < planes; p++) {
            uint64_t n = rounds + count[p * dies + d];
            s->extent.planes += n > 0;
            s->extent.pages += n;
            if (n > s->extent.max_pages)
                s->extent.max_pages = (uint32_t)n;
            s->plane_heads += rounds ? heads : with[p * dies + d];
        }
        s->heads = s->extent.pages ? heads : 0;
    }
}

static void repeat(ifc_extent *e, uint64_t times)
{
    e->max_pages *= (uint32_t)times;
    e->pages *= times;
}

static void scan_striped(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                         ifc_kv_share *shares)
{
    const ifc_scenario *s = kv->hw->s;
    uint32_t dies = kv->group->p->dies;
    uint64_t pages = ifc_kv_pages(kv, layer), tokens = ifc_kv_stored(kv, layer) * heads, before = 0;
    bool unmapped = s->placement.kv_layout == IFC_LAYOUT_UNMAPPED;
    if (unmapped)
        scan_streams(kv, layer, 0, s->model.kv_heads, values, pages, shares);
    else if (heads == 1 && !kv->grown)
        scan_one_stream(kv, stream_start(kv, layer, head, values) + ifc_kv_first_page(kv, layer), pages,
                        shares);
    else
        scan_streams(kv, layer, head, heads, values, pages, shares);
    uint64_t total = 0;
    for (uint32_t d = 0; d < dies; d++)
        total += shares[d].extent.pages;
    for (uint32_t d = 0; d < dies; d++) {
        uint64_t after = before + shares[d].extent.pages;
        shares[d].tokens = total ? tokens * after / total - tokens * before / total : 0;
        before = after;
        if (unmapped) { /* pages are known per layer only: every head senses them all */
            repeat(&shares[d].extent, heads);
            shares[d].plane_heads = shares[d].extent.planes * (uint64_t)heads;
            shares[d].heads = shares[d].extent.pages ? heads : 0;
        }
    }
}

/* Elements of a head in the first @planes planes that it owns. */
static uint64_t elements_before(const ifc_kv *kv, uint64_t planes)
{
    return min64(planes * kv->slice, kv->hw->s->model.head_dim);
}

/* Head h owns the planes from where it begins to where the next one does, die after die; the first of them
 * hold its slices, what is left over holds nothing. */
static void scan_head_parallel(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads,
                               ifc_kv_share *shares)
{
    const ifc_scenario *s = kv->hw->s;
    uint64_t planes = kv->group->p->planes;
    uint64_t pages = ifc_kv_pages(kv, layer), tokens = ifc_kv_stored(kv, layer);
    bool unmapped = s->placement.kv_layout == IFC_LAYOUT_UNMAPPED;
    for (uint64_t d = 0; d < kv->group->p->dies; d++) {
        uint64_t from = d * planes, to = from + planes;
        ifc_kv_share *share = &shares[d];
        *share = (ifc_kv_share){0};
        for (uint64_t h = head; h < head + heads; h++) {
            uint64_t begin = kv->starts[h], end = begin + kv->slices;
            uint64_t low = begin > from ? begin : from, high = end < to ? end : to;
            if (low >= high)
                continue;
            share->heads++;
            share->whole_heads += low == begin && high == end;
            share->plane_heads += high - low;
            share->dims += elements_before(kv, high - begin) - elements_before(kv, low - begin);
        }
        share->tokens = tokens * share->heads;
        share->extent.planes = (uint32_t)share->plane_heads;
        share->extent.max_pages = share->plane_heads ? (uint32_t)pages : 0;
        share->extent.pages = pages * share->plane_heads;
        if (unmapped)
            repeat(&share->extent, heads);
    }
}

/* Everything spread evenly, in fractions of a page. */
static void spread(const ifc_kv *kv, uint32_t layer, uint32_t heads, ifc_kv_share *shares)
{
    const ifc_scenario *s = kv->hw->s;
    const ifc_flash_group *g = kv->group->p;
    bool unmapped = s->placement.kv_layout == IFC_LAYOUT_UNMAPPED;
    double repeats = unmapped ? s->model.kv_heads : 1.0, tokens = (double)ifc_kv_stored(kv, layer);
    bool by_plane = s->placement.kv_buffer.location == IFC_BUFFER_PLANE;
    double per_head = tokens / kv->page_run_tokens * repeats;
    double run =
        by_plane ? per_head * heads / s->model.kv_heads : per_head * heads / (double)kv->group->planes_total;
    for (uint32_t d = 0; d < g->dies; d++) {
        shares[d].extent = (ifc_extent){.planes = g->planes, .run_ppb = (uint64_t)(run * 1e9 + 0.5)};
        shares[d].extent.max_pages = (uint32_t)((shares[d].extent.run_ppb + 999999999u) / 1000000000u);
        shares[d].extent.pages = (uint64_t)shares[d].extent.max_pages * g->planes;
    }
}

void ifc_kv_scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                 ifc_kv_share *shares)
{
    const ifc_scenario *s = kv->hw->s;
    if (s->placement.kv_buffer.location == IFC_BUFFER_PLANE)
        scan_head_parallel(kv, layer, head, heads, shares);
    else
        scan_striped(kv, layer, head, heads, values, shares);
    if (!s->effects.page_rounding)
        spread(kv, layer, heads, shares);
}

static uint32_t dies_of_slices(const ifc_kv *kv, uint32_t head)
{
    uint64_t planes = kv->group->p->planes, first = kv->starts[head] / planes,
             last = (kv->starts[head] + kv->slices - 1) / planes;
    return (uint32_t)(last - first + 1);
}

/* Pages that the policy placed one by one may lie on any die. */
static uint32_t dies_of_pages(const ifc_kv *kv, uint64_t stream, uint64_t first, uint64_t pages)
{
    uint32_t dies = kv->group->p->dies, n = 0;
    const ifc_kv_stream *g = kv->grown ? &kv->grown[stream] : NULL;
    uint64_t dealt = dealt_pages(g, first, pages);
    if (dealt >= dies)
        return dies;
    uint32_t *seen = kv->scratch;
    memset(seen, 0, dies * sizeof *seen);
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t plane = i < dealt ? kv->starts[stream] + first + i : g->planes[first + i - g->first];
        n += seen[plane % dies]++ == 0;
    }
    return n;
}

uint32_t ifc_kv_dies(const ifc_kv *kv, uint32_t layer, uint32_t head)
{
    if (kv->hw->s->placement.kv_buffer.location == IFC_BUFFER_PLANE)
        return dies_of_slices(kv, head);
    uint64_t pages = ifc_kv_pages(kv, layer);
    if (!kv->grown && kv->hw->s->effects.page_rounding)
        return (uint32_t)min64(pages, kv->group->p->dies);
    if (!kv->hw->s->effects.page_rounding)
        return pages ? kv->group->p->dies : 0;
    return dies_of_pages(kv, ifc_kv_stream_index(kv, layer, head, true), ifc_kv_first_page(kv, layer), pages);
}
