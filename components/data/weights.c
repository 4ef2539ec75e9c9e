#include "components/data/weights.h"

#include "components/hardware/flash/extent.h"
#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"

#define PARTIAL_SUM_BYTES 4 /* partial sums are kept and moved in 32 bits */

/* Whole rows: each plane packs its own, the first planes of a die hold one more. */
static ifc_extent whole_rows(uint64_t rows, uint64_t row_bytes, uint64_t page, uint64_t planes)
{
    uint64_t more = rows % planes, each = rows / planes;
    uint64_t long_run = ifc_div_up((each + 1) * row_bytes, page),
             short_run = ifc_div_up(each * row_bytes, page);
    return (ifc_extent){.planes = (uint32_t)(each ? planes : more),
                        .max_pages = (uint32_t)(more ? long_run : short_run),
                        .pages = more * long_run + (planes - more) * short_run};
}

static ifc_extent split_columns(uint64_t bytes, uint64_t page, uint64_t planes)
{
    uint64_t pages = ifc_div_up(bytes, page);
    return (ifc_extent){.planes = (uint32_t)(pages < planes ? pages : planes),
                        .max_pages = (uint32_t)ifc_div_up(pages, planes),
                        .pages = pages};
}

void ifc_weights_lay_out(ifc_weight_share *shares, const ifc_group *group, uint64_t rows, uint64_t cols,
                         uint64_t row_bytes, uint32_t result_bits, bool rounding)
{
    const ifc_flash_group *p = group->p;
    bool whole = rows >= group->planes_total;
    double macs_per_page = (double)cols * (double)p->page / (double)row_bytes;
    double run = (double)rows * (double)row_bytes / (double)(group->planes_total * p->page);
    for (uint64_t d = 0; d < p->dies; d++) {
        ifc_weight_share *s = &shares[d];
        s->rows = rows * (d + 1) / p->dies - rows * d / p->dies;
        s->macs = s->rows * cols;
        s->up_bytes = ifc_div_up(s->rows * result_bits, 8);
        s->mac_time = ifc_time_from_ps(macs_per_page / group->mac_rate * 1e12);
        s->whole = whole;
        s->long_planes = (uint32_t)(s->rows % p->planes);
        s->short_run = (uint32_t)ifc_div_up(s->rows / p->planes * row_bytes, p->page);
        if (whole)
            s->extent = whole_rows(s->rows, row_bytes, p->page, p->planes);
        else
            s->extent = split_columns(s->rows * row_bytes, p->page, p->planes);
        s->collect_bytes = s->up_bytes;
        if (!whole && s->rows)
            s->collect_bytes = PARTIAL_SUM_BYTES * (s->rows + s->extent.planes - 1);
        if (!rounding) {
            s->extent.run_ppb = (uint64_t)(run * 1e9 + 0.5);
            s->extent.planes = p->planes;
        }
    }
}

uint64_t ifc_weights_plane_pages(const ifc_weight_share *share, uint32_t plane)
{
    if (share->extent.pages == 0)
        return 0;
    if (share->whole)
        return plane < share->long_planes ? share->extent.max_pages : share->short_run;
    return plane < share->extent.planes ? ifc_extent_plane(&share->extent, plane) : 0;
}
