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
} ifc_weight_share;

/**
 * ifc_weights_lay_out() - spread @rows rows of @row_bytes (@cols weights each) over the dies of @group
 * @shares:      out, one per die of the group
 * @result_bits: of one output element
 * @rounding:    false: spread evenly, fractional pages (effect page_rounding off)
 */
void ifc_weights_lay_out(ifc_weight_share *shares, const struct ifc_group *group, uint64_t rows,
                         uint64_t cols, uint64_t row_bytes, uint32_t result_bits, bool rounding);

#endif
