/* Every plane keeps a slice of all tokens of its head, K and V. */
#include "components/policies/kv_placement/dealing.h"

static uint32_t first_plane(void *state, const ifc_stream_view *stream)
{
    (void)state;
    return stream->by_plane ? ifc_dealing_by_head(stream) : ifc_dealing_striped(stream);
}

static const ifc_kv_placement_ops ops = {.layout = IFC_LAYOUT_HEAD_PARALLEL, .first_plane = first_plane};

extern const ifc_policy ifc_kv_placement_head_parallel;
const ifc_policy ifc_kv_placement_head_parallel = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_PLACEMENT,
    .name = "head-parallel",
    .summary = "each plane a slice of its head's K and V",
    .trade_off =
        "appended tokens stay in the plane that made them; few heads or odd plane counts leave planes idle",
    IFC_OPS(kv_placement, ops),
};
