/**
 * How the pages of an extent lie on its planes: as evenly as they can; where the longest run is longer than
 * an even spread gives, the first planes hold it.
 */
#ifndef IFC_EXTENT_H
#define IFC_EXTENT_H

#include <ifc/txn.h>

/** ifc_extent_plane() - pages of the i-th plane that takes part. */
static inline uint64_t ifc_extent_plane(const ifc_extent *e, uint64_t i)
{
    uint64_t n = e->planes, even = n * (e->max_pages - 1);
    if (e->pages > even)
        return e->max_pages - 1 + (i < e->pages - even);
    uint64_t extra = e->pages - n, most = e->max_pages - 1;
    return 1 + (extra <= i * most ? 0 : extra - i * most < most ? extra - i * most : most);
}

/** ifc_extent_before() - pages of all planes in the first @rounds rounds (a round is one page of each plane).
 */
static inline uint64_t ifc_extent_before(const ifc_extent *e, uint64_t rounds)
{
    uint64_t n = e->planes;
    if (rounds >= e->max_pages)
        return e->pages;
    if (rounds == 0 || e->pages > n * (e->max_pages - 1))
        return n * rounds;
    uint64_t most = e->max_pages - 1, extra = e->pages - n;
    uint64_t full = extra / most, rest = 1 + extra % most;
    return full * rounds + (full < n ? (rest < rounds ? rest : rounds) + (n - full - 1) : 0);
}

#endif
