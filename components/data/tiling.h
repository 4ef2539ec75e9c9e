/**
 * A matrix that dies and NPU multiply together: cut into tiles of which each puts one page into every plane
 * of the computing group. Columns of a tile are dealt over the channels, its rows over the planes of a
 * channel.
 */
#ifndef IFC_TILING_H
#define IFC_TILING_H

#include <stdint.h>

struct ifc_group;
struct ifc_hardware;

/** A matrix as it lies: @cols weights in @row_bytes a row. */
typedef struct ifc_tiled {
    uint64_t rows, cols, row_bytes;
} ifc_tiled;

typedef struct ifc_tiling {
    uint64_t rows, cols;   /* of a tile */
    uint64_t plane_rows;   /* of them, in a plane: results of a page */
    uint64_t channel_cols; /* of them, in a channel: inputs */
    uint64_t tiles;        /* of the matrix, ragged ones included */
    uint64_t in_dies;      /* multiplied in the dies; the largest ones */
    uint64_t macs;         /* of those */
    uint64_t bytes;        /* of the others, as they are */
} ifc_tiling;

/**
 * ifc_tiling_choose() - tiles and share of a matrix in @group, by placement.split
 * What is "auto" is chosen by equations: a request takes a sense and its input's time on the bus; pages of
 * the NPU's part leave in what requests leave of the bus; both parts begin together. Nothing is timed by
 * them.
 */
void ifc_tiling_choose(ifc_tiling *out, const struct ifc_hardware *hw, const struct ifc_group *group,
                       const ifc_tiled *matrix);

/** ifc_tiling_bytes() - bytes of the @n largest tiles. */
uint64_t ifc_tiling_bytes(const ifc_tiling *t, const ifc_tiled *matrix, uint64_t n);

#endif
