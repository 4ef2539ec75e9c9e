/* Program as late as can be: when the buffer's share of a layer is full, or has no room for what comes next.
 */
#include <ifc/policy.h>

static uint32_t flush(void *state, const ifc_flush_view *view)
{
    (void)state;
    bool full = view->event == IFC_FLUSH_APPEND && view->buffered == view->room;
    return full || view->event == IFC_FLUSH_FULL ? view->buffered : 0;
}

static const ifc_kv_flush_ops ops = {.flush = flush};

static uint64_t digest(const void *state)
{
    (void)state;
    return 0; /* its parameters do not change, and nothing else matters */
}

extern const ifc_policy ifc_kv_flush_when_full;
const ifc_policy ifc_kv_flush_when_full = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_KV_FLUSH,
    .name = "when-full",
    .summary = "a layer's tokens when its share of the buffer is full",
    .trade_off =
        "fewest programs and fullest pages; the programs start right before the layer's own attention",
    IFC_OPS(kv_flush, ops),
    .digest = digest,
};
