/* Pages lie as they come, known per layer only: every head has to sense all pages of the layer. */
#include "components/policies/kv_placement/dealing.h"

static uint32_t first_plane(void *state, const ifc_stream_view *stream)
{
    (void)state;
    return stream->by_plane ? ifc_dealing_by_head(stream) : ifc_dealing_striped(stream);
}

static const ifc_kv_placement_ops ops = {.layout = IFC_LAYOUT_UNMAPPED, .first_plane = first_plane};

extern const ifc_policy ifc_kv_placement_unmapped;
const ifc_policy ifc_kv_placement_unmapped = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_PLACEMENT,
    .name = "unmapped",
    .summary = "pages as they come, known per layer only",
    .trade_off = "no map to keep; each head senses the pages of all heads",
    IFC_OPS(kv_placement, ops),
};
