/**
 * Where in its die a command acts: which planes, and how many pages of each.
 *
 * The pages of a command lie as its extent says, from its first plane on; or, where a layout deals them in
 * another way, as runs[] says for each plane.
 */
#ifndef IFC_ADDRESS_H
#define IFC_ADDRESS_H

#include "components/hardware/flash/extent.h"

/** ifc_address_takes_part() - whether plane @plane, of @planes of the die, is one of the command's. */
static inline bool ifc_address_takes_part(const ifc_txn *t, uint32_t plane, uint32_t planes)
{
    if (t->has_runs)
        return t->runs[plane] > 0;
    return (plane + planes - t->first_plane % planes) % planes < t->extent.planes;
}

/** ifc_address_pages() - pages of plane @plane that the command touches. */
static inline uint64_t ifc_address_pages(const ifc_txn *t, uint32_t plane, uint32_t planes)
{
    if (t->has_runs)
        return t->runs[plane];
    if (t->extent.pages == 0 || !ifc_address_takes_part(t, plane, planes))
        return 0;
    return ifc_extent_plane(&t->extent, (plane + planes - t->first_plane % planes) % planes);
}

/** ifc_address_runs() - the runs of a command for a die of @planes planes, all zero, to be filled in. */
uint32_t *ifc_address_runs(ifc_txn *t, uint32_t planes);

/** ifc_address_extent() - pages of a command whose runs are filled in, told together. */
ifc_extent ifc_address_extent(const ifc_txn *t, uint32_t planes);

#endif
