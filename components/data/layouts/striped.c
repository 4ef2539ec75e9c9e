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

/* What each die has of @heads heads: @rounds pages on every plane, and those that were counted plane by
 * plane. */
static void gather(const ifc_kv *kv, uint32_t heads, uint64_t rounds, ifc_kv_share *shares)
{
    uint64_t dies = kv->group->p->dies, planes = kv->group->p->planes;
    const uint32_t *count = kv->scratch, *with = count + kv->group->planes_total;
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

/* Several streams: whole rounds over the group are alike, the rest is counted plane by plane. */
static void scan_streams(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                         uint64_t pages, ifc_kv_share *shares)
{
    uint64_t total = kv->group->planes_total;
    uint64_t first = ifc_kv_stream_index(kv, layer, head, values), begin = ifc_kv_first_page(kv, layer);
    uint32_t *count = kv->scratch, *with = count + total, *seen = with + total;
    memset(count, 0, 3 * total * sizeof *count);
    for (uint32_t h = 0; h < heads; h++)
        count_stream(kv, first + h, begin, pages, count, with, seen);
    uint64_t dealt = dealt_pages(kv->grown ? &kv->grown[first] : NULL, begin, pages);
    gather(kv, heads, dealt / total * heads, shares);
}

/* The same of the pages that were chosen. */
static void scan_chosen(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                        ifc_kv_share *shares)
{
    uint64_t total = kv->group->planes_total, first = ifc_kv_stream_index(kv, layer, 0, values);
    uint32_t *count = kv->scratch, *with = count + total, *seen = with + total;
    memset(count, 0, 3 * total * sizeof *count);
    for (uint32_t h = head; h < head + heads; h++) {
        const ifc_kv_choice *c = &kv->chosen.heads[h];
        for (size_t i = 0; i < c->n; i++)
            for (uint64_t p = c->spans[i].first; p < c->spans[i].first + c->spans[i].pages; p++) {
                uint64_t plane = ifc_kv_page_plane(kv, first + h, p);
                count[plane]++;
                with[plane] += seen[plane] != h + 1;
                seen[plane] = h + 1;
            }
    }
    gather(kv, heads, 0, shares);
}

/* Tokens, or entries, lie as pages do. */
static void share_tokens(const ifc_kv *kv, uint32_t heads, uint64_t tokens, ifc_kv_share *shares)
{
    uint64_t total = 0, before = 0, dies = kv->group->p->dies;
    for (uint32_t d = 0; d < dies; d++)
        total += shares[d].extent.pages;
    for (uint32_t d = 0; d < dies; d++) {
        uint64_t after = before + shares[d].extent.pages;
        shares[d].tokens = total ? tokens * after / total - tokens * before / total : 0;
        before = after;
        if (ifc_kv_unmapped(kv)) { /* pages are known per layer only: every head senses them all */
            ifc_kv_repeat(&shares[d].extent, heads);
            shares[d].plane_heads = shares[d].extent.planes * (uint64_t)heads;
            shares[d].heads = shares[d].extent.pages ? heads : 0;
        }
    }
}

static void scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                 ifc_kv_share *shares)
{
    uint64_t pages = ifc_kv_pages(kv, layer);
    bool unmapped = ifc_kv_unmapped(kv);
    if (ifc_kv_choice_of(kv, layer, head))
        scan_chosen(kv, layer, unmapped ? 0 : head, unmapped ? kv->heads : heads, values, shares);
    else if (unmapped)
        scan_streams(kv, layer, 0, kv->heads, values, pages, shares);
    else if (heads == 1 && !kv->grown)
        scan_one_stream(kv, stream_start(kv, layer, head, values) + ifc_kv_first_page(kv, layer), pages,
                        shares);
    else
        scan_streams(kv, layer, head, heads, values, pages, shares);
    share_tokens(kv, heads, ifc_kv_tokens_read(kv, layer, head, heads), shares);
}

uint64_t ifc_kv_index_plane(const ifc_kv *kv, uint32_t layer, uint32_t head, uint64_t page, uint32_t part)
{
    uint64_t first = stream_start(kv, layer, head, false) + page;
    return (first + (uint64_t)part * kv->group->p->dies) % kv->group->planes_total;
}

/* All parts of an entry lie in one die, which adds their products; those that are read, on as many planes as
 * can be.
 */
static void scan_index(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_share *shares)
{
    const ifc_kv_chosen *c = &kv->chosen;
    bool all = ifc_kv_unmapped(kv);
    uint64_t total = kv->group->planes_total, first = all ? 0 : head, n = all ? kv->heads : heads;
    uint64_t read = kv->plans[layer].read_parts;
    uint32_t *count = kv->scratch, *with = count + total, *seen = with + total;
    memset(count, 0, 3 * total * sizeof *count);
    for (uint32_t h = (uint32_t)first; h < first + n; h++)
        for (uint64_t i = 0; i < c->index_pages * read; i++) {
            uint64_t plane = ifc_kv_index_plane(kv, layer, h, c->index_page + i / read, (uint32_t)(i % read));
            count[plane]++;
            with[plane] += seen[plane] != h + 1;
            seen[plane] = h + 1;
        }
    gather(kv, heads, 0, shares);
    share_tokens(kv, heads, c->index_entries * heads, shares);
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

static uint32_t dies_of_chosen(const ifc_kv *kv, uint64_t stream, const ifc_kv_choice *c)
{
    uint32_t *seen = kv->scratch, n = 0;
    memset(seen, 0, kv->group->p->dies * sizeof *seen);
    for (size_t i = 0; i < c->n; i++)
        for (uint64_t p = c->spans[i].first; p < c->spans[i].first + c->spans[i].pages; p++)
            n += seen[ifc_kv_page_plane(kv, stream, p) % kv->group->p->dies]++ == 0;
    return n;
}

static uint32_t dies(const ifc_kv *kv, uint32_t layer, uint32_t head)
{
    uint64_t pages = ifc_kv_pages(kv, layer), stream = ifc_kv_stream_index(kv, layer, head, true);
    const ifc_kv_choice *choice = ifc_kv_choice_of(kv, layer, head);
    if (choice)
        return dies_of_chosen(kv, stream, choice);
    if (!kv->grown)
        return (uint32_t)min64(pages, kv->group->p->dies);
    return dies_of_pages(kv, stream, ifc_kv_first_page(kv, layer), pages);
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

static void add_page(const ifc_kv *kv, uint64_t plane, uint32_t die, uint32_t *runs)
{
    runs[plane / kv->group->p->dies] += plane % kv->group->p->dies == die;
}

static void add_index(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t die, uint32_t *runs)
{
    const ifc_kv_chosen *c = &kv->chosen;
    uint32_t read = kv->plans[layer].read_parts;
    for (uint64_t p = c->index_page; p < c->index_page + c->index_pages; p++)
        for (uint32_t k = 0; k < read; k++)
            add_page(kv, ifc_kv_index_plane(kv, layer, head, p, k), die, runs);
}

static void add_chosen(const ifc_kv *kv, uint64_t stream, const ifc_kv_choice *c, uint32_t die,
                       uint32_t *runs)
{
    for (size_t i = 0; i < c->n; i++)
        for (uint64_t p = c->spans[i].first; p < c->spans[i].first + c->spans[i].pages; p++)
            add_page(kv, ifc_kv_page_plane(kv, stream, p), die, runs);
}

static void runs(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_part part,
                 uint32_t die, uint32_t *out)
{
    for (uint32_t h = head; h < head + heads; h++) {
        uint64_t stream = ifc_kv_stream_index(kv, layer, h, part == IFC_KV_V);
        const ifc_kv_choice *choice = ifc_kv_choice_of(kv, layer, h);
        if (part == IFC_KV_INDEX)
            add_index(kv, layer, h, die, out);
        else if (choice)
            add_chosen(kv, stream, choice, die, out);
        else
            add_stream(kv, stream, ifc_kv_first_page(kv, layer), ifc_kv_pages(kv, layer), die, out);
    }
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

const ifc_kv_layout ifc_kv_striped = {.name = "striped",
                                      .serves = serves,
                                      .unit = unit,
                                      .scan = scan,
                                      .scan_index = scan_index,
                                      .runs = runs,
                                      .dies = dies};
