/*
 * Where streams lie: the placement policy says where each begins and, if it wants to, where every new page
 * goes.
 */
#include <stdlib.h>

#include "components/data/layout.h"
#include "components/hardware/hardware.h"
#include "platform/common/memory.h"

static const ifc_policy_run *policy_of(const ifc_kv *kv)
{
    return &kv->hw->policies.kinds[IFC_KIND_KV_PLACEMENT];
}

static ifc_stream_view view_stream(const ifc_kv *kv, uint32_t layer, uint32_t head, bool values)
{
    const ifc_scenario *s = kv->hw->s;
    return (ifc_stream_view){.layer = layer,
                             .head = head,
                             .values = values,
                             .heads = kv->heads,
                             .layers = s->model.layers,
                             .stored_pages = kv->prefill_pages,
                             .by_plane = kv->layout->by_plane,
                             .planes = (uint32_t)kv->group->planes_total};
}

static uint32_t first_plane(const ifc_kv *kv, uint32_t layer, uint32_t head, bool values)
{
    const ifc_policy_run *p = policy_of(kv);
    ifc_stream_view view = view_stream(kv, layer, head, values);
    ifc_policy_ask(p, "first_plane");
    uint32_t plane = p->policy->ops.kv_placement->first_plane(p->state, &view);
    ifc_policy_leave(p);
    if (plane >= view.planes)
        ifc_policy_misbehaves(p, "first_plane", "answers plane %u of %u (allowed: 0 .. %u)", plane,
                              view.planes, view.planes - 1);
    return plane;
}

static void place_heads(ifc_kv *kv)
{
    const ifc_policy_run *p = policy_of(kv);
    for (uint32_t h = 0; h < kv->heads; h++) {
        kv->starts[h] = first_plane(kv, 0, h, false);
        if (h == 0 ? kv->starts[0] != 0 : kv->starts[h] <= kv->starts[h - 1])
            ifc_policy_misbehaves(p, "first_plane", "head %u begins at plane %u (allowed: %s)", h,
                                  kv->starts[h], h ? "after where the head before it begins" : "0");
    }
}

void ifc_kv_place(ifc_kv *kv)
{
    const ifc_scenario *s = kv->hw->s;
    uint64_t streams = kv->kinds * (uint64_t)s->model.layers * kv->heads;
    kv->starts = ifc_alloc_zero(streams + 1, sizeof *kv->starts);
    kv->programs = ifc_alloc_zero(kv->group->planes_total, sizeof *kv->programs);
    if (kv->layout->by_plane) {
        place_heads(kv);
        return;
    }
    /* What is stored without a program asks nobody. */
    bool each_page = policy_of(kv)->policy->ops.kv_placement->page_plane && s->effects.page_rounding &&
                     s->effects.kv_program;
    if (each_page)
        kv->grown = ifc_alloc_zero(streams, sizeof *kv->grown);
    for (uint32_t l = 0; l < s->model.layers; l++)
        for (uint32_t i = 0; i < kv->kinds * kv->heads; i++) {
            uint64_t index = ifc_kv_stream_index(kv, l, i % kv->heads, i >= kv->heads);
            kv->starts[index] = first_plane(kv, l, i % kv->heads, i >= kv->heads);
            if (kv->grown)
                kv->grown[index].first = kv->layers[l].pages;
        }
}

void ifc_kv_place_fini(ifc_kv *kv)
{
    for (uint64_t i = 0; kv->grown && i < kv->kinds * (uint64_t)kv->hw->s->model.layers * kv->heads; i++)
        free(kv->grown[i].planes);
    free(kv->grown);
    free(kv->starts);
    free(kv->programs);
}

static uint32_t ask_page(const ifc_kv *kv, const ifc_stream_view *stream, uint64_t page)
{
    const ifc_policy_run *p = policy_of(kv);
    ifc_page_view view = {.stream = stream, .page = page, .programs = kv->first->programs};
    ifc_policy_ask(p, "page_plane");
    uint32_t plane = p->policy->ops.kv_placement->page_plane(p->state, &view);
    ifc_policy_leave(p);
    if (plane >= stream->planes)
        ifc_policy_misbehaves(p, "page_plane", "answers plane %u of %u (allowed: 0 .. %u)", plane,
                              stream->planes, stream->planes - 1);
    return plane;
}

static void grow(ifc_kv_stream *g, uint32_t plane)
{
    if (g->n == g->room) {
        g->room = g->room ? 2 * g->room : 4;
        g->planes = ifc_resize(g->planes, g->room, sizeof *g->planes);
    }
    g->planes[g->n++] = plane;
}

uint64_t ifc_kv_page_plane(const ifc_kv *kv, uint64_t stream, uint64_t page)
{
    const ifc_kv_stream *g = kv->grown ? &kv->grown[stream] : NULL;
    if (g && page >= g->first)
        return g->planes[page - g->first];
    return (kv->starts[stream] + page) % kv->group->planes_total;
}

uint64_t ifc_kv_program_plane(ifc_kv *kv, uint32_t layer, uint32_t head, bool values, uint64_t page)
{
    uint64_t index = ifc_kv_stream_index(kv, layer, head, values);
    uint64_t plane = (kv->starts[index] + page) % kv->group->planes_total;
    ifc_kv_stream *g = kv->grown ? &kv->grown[index] : NULL;
    if (g && page >= g->first) {
        if (page - g->first == g->n) {
            ifc_stream_view stream = view_stream(kv, layer, head, values);
            grow(g, ask_page(kv, &stream, page));
        }
        IFC_BUG_ON(page - g->first >= g->n, "page %llu of a stream comes before its turn",
                   (unsigned long long)page);
        plane = g->planes[page - g->first];
    }
    kv->first->programs[plane]++;
    return plane;
}
