/**
 * Weight layout: a matrix lies in whole rows over the planes of its group, rows packed within a plane. A
 * matrix with fewer rows than planes is split by columns inside each die, and its partial sums are reduced
 * there.
 */
#ifndef IFC_WEIGHTS_H
#define IFC_WEIGHTS_H

#include <ifc/txn.h>

struct ifc_group;

/** What one die holds of a matrix, and what reading it once means. */
typedef struct ifc_weight_share {
    ifc_extent extent;
    uint64_t rows, macs;
    uint64_t up_bytes;      /* results */
    uint64_t collect_bytes; /* plane results, partial sums included */
    ifc_time mac_time;      /* MAC time of a full page */
    uint32_t long_planes;   /* whole rows: the first planes, that hold one more */
    uint32_t short_run;     /* ... and pages of the others; all else lies as the extent says */
    bool whole;
} ifc_weight_share;

/**
 * ifc_weights_lay_out() - spread @rows rows of @row_bytes (@cols weights each) over the dies of @group
 * @shares:      out, one per die of the group
 * @result_bits: of one output element
 * @rounding:    false: spread evenly, fractional pages (effect page_rounding off)
 */
void ifc_weights_lay_out(ifc_weight_share *shares, const struct ifc_group *group, uint64_t rows,
                         uint64_t cols, uint64_t row_bytes, uint32_t result_bits, bool rounding);

/** ifc_weights_plane_pages() - pages of plane @plane of the die. */
uint64_t ifc_weights_plane_pages(const ifc_weight_share *share, uint32_t plane);

#endif
