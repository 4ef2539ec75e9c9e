/**
 * A matrix, or a part of one, that streams to the NPU in tiles: one is multiplied while the next one comes.
 *
 * Two tiles have room at the NPU. The first two are asked for at once, each further one when the tile two
 * before it has been multiplied. A tile is multiplied when all of it is there and the NPU has time.
 */
#ifndef IFC_TILES_H
#define IFC_TILES_H

#include "components/mapping/mapping.h"

typedef struct ifc_tile {
    ifc_job work; /* the first member. Fetches the tile, then is served by the NPU */
    ifc_txn *last_txn;
    uint32_t pending; /* transactions of it that are not complete */
} ifc_tile;

typedef struct ifc_tiles {
    ifc_mapping *map;
    ifc_op_run *op;
    const ifc_group *group; /* that holds it; NULL: DRAM */
    uint64_t bytes;         /* of all matrices together */
    uint32_t matrices;      /* read one after the other: experts */
    uint64_t ops;           /* of the NPU, for all tiles */
    uint32_t n, asked;      /* tiles; those asked for */
    uint32_t slices;        /* in which pages leave their dies; 0, 1: whole */
    ifc_tile *tile;         /* owned; n of them */
    uint32_t room;
    struct ifc_tiles *next;
} ifc_tiles;

/**
 * ifc_tiles_start() - stream matrices to the NPU, its part of what @op multiplies
 * @matrices: experts, one after the other
 * @bytes:    of each
 * @ops:      of the NPU for all of them
 * @slice:    bytes in which pages leave their dies; 0: whole pages
 * The job of @op waits for the last tile.
 */
void ifc_tiles_start(ifc_mapping *map, ifc_op_run *op, uint32_t matrices, uint64_t bytes, uint64_t ops,
                     uint64_t slice);

/** ifc_tiles_recycle() - the tiles of all operators so far can be used again. */
void ifc_tiles_recycle(ifc_mapping *map);
void ifc_tiles_fini(ifc_mapping *map);

#endif
