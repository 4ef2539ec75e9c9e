/*
 * Pages of a stream are dealt over all planes of the group, one after the other; the SoC's buffer gathers
 * whole entries.
 */
#include <string.h>

#include "components/data/layout.h"
#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"
#include "workloads/model.h"

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

static void scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                 ifc_kv_share *shares)
{
    uint32_t dies = kv->group->p->dies;
    uint64_t pages = ifc_kv_pages(kv, layer), tokens = ifc_kv_stored(kv, layer) * heads, before = 0;
    bool unmapped = ifc_kv_unmapped(kv);
    if (unmapped)
        scan_streams(kv, layer, 0, kv->heads, values, pages, shares);
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
            ifc_kv_repeat(&shares[d].extent, heads);
            shares[d].plane_heads = shares[d].extent.planes * (uint64_t)heads;
            shares[d].heads = shares[d].extent.pages ? heads : 0;
        }
    }
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

static uint32_t dies(const ifc_kv *kv, uint32_t layer, uint32_t head)
{
    uint64_t pages = ifc_kv_pages(kv, layer);
    if (!kv->grown)
        return (uint32_t)min64(pages, kv->group->p->dies);
    return dies_of_pages(kv, ifc_kv_stream_index(kv, layer, head, true), ifc_kv_first_page(kv, layer), pages);
}

/* Pages from @first on of a stream: dealt plane by plane from where it begins, or each where the placement
 * policy put it. */
static void add_stream(const ifc_kv *kv, uint64_t stream, uint64_t first, uint64_t pages, uint32_t die,
                       uint32_t *runs)
{
    uint64_t total = kv->group->planes_total, count = kv->group->p->dies,
             start = (kv->starts[stream] + first) % total;
    const ifc_kv_stream *g = kv->grown ? &kv->grown[stream] : NULL;
    uint64_t dealt = dealt_pages(g, first, pages);
    for (uint32_t p = 0; p < kv->group->p->planes; p++) {
        uint64_t after = (p * count + die + total - start) % total;
        runs[p] += (uint32_t)(dealt / total + (after < dealt % total));
    }
    for (uint64_t i = dealt; i < pages; i++) {
        uint32_t plane = g->planes[first + i - g->first];
        runs[plane / count] += plane % count == die;
    }
}

static void runs(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values, uint32_t die,
                 uint32_t *out)
{
    for (uint32_t h = head; h < head + heads; h++)
        add_stream(kv, ifc_kv_stream_index(kv, layer, h, values), ifc_kv_first_page(kv, layer),
                   ifc_kv_pages(kv, layer), die, out);
}

static bool serves(const ifc_placement *p)
{
    return p->kv_buffer.location == IFC_BUFFER_SOC;
}

static ifc_kv_unit unit(const ifc_scenario *s, const ifc_flash_group *g, uint64_t fewest)
{
    const ifc_model *m = &s->model;
    (void)g, (void)fewest;
    return (ifc_kv_unit){.bytes = ifc_model_entry_bytes(m),
                         .data = ifc_div_up((uint64_t)m->head_dim * m->kv_bits, 8),
                         .exact = (double)ifc_model_entry_bytes(m),
                         .streams = m->kv_heads};
}

const ifc_kv_layout ifc_kv_striped = {
    .name = "striped", .serves = serves, .unit = unit, .scan = scan, .runs = runs, .dies = dies};
