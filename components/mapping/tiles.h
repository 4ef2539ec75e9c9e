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
    ifc_multiplier from;    /* whose part of the matrix it is */
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

/** What streams to the NPU of what an operator multiplies. */
typedef struct ifc_streamed {
    ifc_multiplier from; /* whose part of the matrices */
    uint32_t matrices;   /* experts, one after the other */
    uint64_t bytes;      /* of each */
    uint64_t ops;        /* of the NPU for all of them */
    uint64_t slice;      /* bytes in which pages leave their dies; 0: whole pages */
    bool dram;           /* from there, wherever they lie */
    bool whole;          /* one tile: nothing is multiplied before all is there */
} ifc_streamed;

/** ifc_tiles_start() - stream matrices to the NPU. The job of @op waits for the last tile. */
void ifc_tiles_start(ifc_mapping *map, ifc_op_run *op, const ifc_streamed *what);

/** ifc_tiles_recycle() - the tiles of all operators so far can be used again. */
void ifc_tiles_recycle(ifc_mapping *map);
void ifc_tiles_fini(ifc_mapping *map);

#endif
