/**
 * What refresh policies share: the row that has been read most.
 */
#ifndef IFC_CHOOSE_H
#define IFC_CHOOSE_H

#include <ifc/policy.h>

/** ifc_choose_most_read() - the row that could move and has been read most; IFC_NONE: none could. */
static inline uint32_t ifc_choose_most_read(const ifc_refresh_view *view)
{
    uint32_t best = IFC_NONE;
    for (uint32_t i = 0; i < view->n; i++) {
        const ifc_block_view *b = &view->blocks[i];
        if (b->use != IFC_BLOCK_FREE && !b->open && (best == IFC_NONE || b->reads > view->blocks[best].reads))
            best = i;
    }
    return best;
}

#endif
