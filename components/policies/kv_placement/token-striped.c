/* Pages of a stream are dealt over all planes of the group; the streams of a layer begin one plane apart. */
#include "components/policies/kv_placement/dealing.h"

static uint32_t first_plane(void *state, const ifc_stream_view *stream)
{
    (void)state;
    return ifc_dealing_striped(stream);
}

static const ifc_kv_placement_ops ops = {.layout = IFC_LAYOUT_TOKEN_STRIPED, .first_plane = first_plane};

extern const ifc_policy ifc_kv_placement_token_striped;
const ifc_policy ifc_kv_placement_token_striped = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_PLACEMENT,
    .name = "token-striped",
    .summary = "pages of a stream over all planes, each stream of a layer from the next plane on",
    .trade_off =
        "every plane works on every head and flushes spread; few streams on many planes wear the first ones",
    IFC_OPS(kv_placement, ops),
};
