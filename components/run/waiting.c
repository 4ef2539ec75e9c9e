#include "components/run/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"

void ifc_waiting_add(ifc_waiting *w, const ifc_request *r)
{
    if (!w->requests) {
        w->requests = ifc_alloc_zero(IFC_WAITING_MAX, sizeof *w->requests);
        w->views = ifc_alloc_zero(IFC_WAITING_MAX, sizeof *w->views);
        w->of = ifc_alloc_zero(IFC_WAITING_MAX, sizeof *w->of);
    }
    ifc_request *copy = &w->requests[w->n++];
    *copy = *r;
    copy->blocks = NULL;
    if (r->n_blocks == 0)
        return;
    uint64_t *blocks = ifc_alloc_zero(r->n_blocks, sizeof *blocks);
    memcpy(blocks, r->blocks, r->n_blocks * sizeof *blocks);
    copy->blocks = blocks;
}

void ifc_waiting_remove(ifc_waiting *w, uint32_t index)
{
    free((void *)w->requests[index].blocks);
    w->n--;
    memmove(&w->requests[index], &w->requests[index + 1], (w->n - index) * sizeof *w->requests);
}

void ifc_waiting_fini(ifc_waiting *w)
{
    for (uint32_t i = 0; i < w->n; i++)
        free((void *)w->requests[i].blocks);
    free(w->requests);
    free(w->views);
    free(w->of);
    *w = (ifc_waiting){.n = 0};
}
