/*
 * Token-striped, but a new page goes to the plane that has programmed least so far; planes after the stream's
 * last page are looked at first, so that equal wear means the usual dealing.
 */
#include <stdlib.h>

#include "components/policies/kv_placement/dealing.h"

struct state {
    uint64_t moved;
};

static uint32_t first_plane(void *state, const ifc_stream_view *stream)
{
    (void)state;
    return ifc_dealing_striped(stream);
}

static uint32_t page_plane(void *state, const ifc_page_view *page)
{
    struct state *s = state;
    const ifc_stream_view *stream = page->stream;
    uint32_t usual = (uint32_t)((ifc_dealing_striped(stream) + page->page) % stream->planes), best = usual;
    for (uint32_t i = 1; i < stream->planes && page->programs[best] > 0; i++) {
        uint32_t plane = (usual + i) % stream->planes;
        if (page->programs[plane] < page->programs[best])
            best = plane;
    }
    s->moved += best != usual;
    return best;
}

static const ifc_kv_placement_ops ops = {
    .layout = IFC_LAYOUT_TOKEN_STRIPED, .first_plane = first_plane, .page_plane = page_plane};

static const ifc_statistic statistics[] = {
    {"moved", IFC_MEMBER(struct state, moved), .unit = "count",
     .help = "pages that went to another plane than the next one"},
};

extern const ifc_policy ifc_kv_placement_wear_aware;
const ifc_policy ifc_kv_placement_wear_aware = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_PLACEMENT,
    .name = "wear-aware",
    .summary = "token-striped, new pages to the planes that have programmed least",
    .trade_off = "programs and wear spread over all planes; needs a map of every new page",
    .state_size = sizeof(struct state),
    IFC_STATISTICS(statistics),
    IFC_OPS(kv_placement, ops),
};
