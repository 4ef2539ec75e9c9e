/*
 * Caches that begin with the same tokens of a prompt.
 */
#include <string.h>

#include "components/data/layout.h"
#include "components/hardware/hardware.h"

/* A prompt fills page after page, whatever its chunks. */
static bool fills_pages(const ifc_kv *kv)
{
    const ifc_scenario *s = kv->hw->s;
    uint32_t chunk = s->workload.chunk;
    bool again = !s->effects.kv_fill || s->placement.kv_buffer.partial_programs > 1;
    return chunk == 0 || chunk % kv->page_tokens == 0 || (chunk >= kv->page_tokens && again);
}

uint64_t ifc_kv_shareable(const ifc_kv *kv, uint64_t tokens)
{
    const ifc_scenario *s = kv->hw->s;
    if (s->model.window > 0 || kv->grown || (kv->group && !fills_pages(kv)))
        return 0;
    for (uint32_t l = 0; l < s->model.layers; l++) {
        if (kv->layers[l].index.fit > 0) /* its pages end elsewhere */
            return 0;
        tokens = kv->layers[l].tokens < tokens ? kv->layers[l].tokens : tokens;
    }
    return kv->group ? tokens - tokens % kv->page_tokens : tokens;
}

static void share_layer(ifc_kv *kv, ifc_kv_layer *l, uint64_t tokens)
{
    l->tokens = tokens;
    l->pages = l->closed_pages = kv->group ? tokens / kv->page_tokens : 0;
    l->prompted = true;
}

void ifc_kv_inherit(ifc_kv *kv, const ifc_kv *from, uint64_t tokens)
{
    IFC_BUG_ON(ifc_kv_flushing(kv), "a cache begins anew while it is flushed");
    ifc_kv_reset(kv);
    for (uint32_t l = 0; l < kv->hw->s->model.layers; l++)
        share_layer(kv, &kv->layers[l], tokens);
    if (kv != from && kv->group && !kv->layout->by_plane) /* the same pages, wherever they begin */
        memcpy(kv->starts, from->starts,
               kv->kinds * (size_t)kv->hw->s->model.layers * kv->heads * sizeof *kv->starts);
}
