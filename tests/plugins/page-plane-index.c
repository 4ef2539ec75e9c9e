/* Puts pages on a plane that is not there. */
#include <ifc/policy.h>

static uint32_t first_plane(void *state, const ifc_stream_view *stream)
{
    (void)state, (void)stream;
    return 0;
}

static uint32_t page_plane(void *state, const ifc_page_view *page)
{
    (void)state;
    return page->stream->planes + 1;
}

static const ifc_kv_placement_ops ops = {
    .layout = IFC_LAYOUT_TOKEN_STRIPED, .first_plane = first_plane, .page_plane = page_plane};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,          .kind = IFC_KIND_KV_PLACEMENT,
    .name = "page-plane-index", .summary = "puts pages on a plane that is not there",
    .trade_off = "a fixture",   IFC_OPS(kv_placement, ops),
};
