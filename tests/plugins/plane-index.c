/* Begins streams on a plane that is not there. */
#include <ifc/policy.h>

static uint32_t first_plane(void *state, const ifc_stream_view *stream)
{
    (void)state;
    return stream->planes;
}

static const ifc_kv_placement_ops ops = {.layout = IFC_LAYOUT_TOKEN_STRIPED, .first_plane = first_plane};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,        .kind = IFC_KIND_KV_PLACEMENT,
    .name = "plane-index",    .summary = "begins streams on a plane that is not there",
    .trade_off = "a fixture", IFC_OPS(kv_placement, ops),
};
