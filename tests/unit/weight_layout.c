/**
 * Which pages of which planes a matrix takes, counted plane by plane.
 */
#include <stdlib.h>

#include "components/data/weights.h"
#include "components/system/system.h"
#include "tests/unit/ifc_cunit.h"

#define DIES 3
#define PAGE 256

static uint64_t div_up(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

/* 16-bit weights and results. */
static void lay_out(ifc_weight_share *shares, unsigned planes, unsigned rows, unsigned cols)
{
    ifc_flash_group p = {.dies = DIES, .planes = planes, .page = PAGE, .fmacs = 1, .clock = 1e9};
    ifc_group g = {.p = &p, .planes_total = DIES * planes, .mac_rate = 1e9};
    ifc_weights_lay_out(shares, &g, rows, cols, 2 * cols, 16, true);
}

/* Rows of die d: as even as whole rows allow, and all of them. */
static uint64_t rows_of(unsigned rows, unsigned d)
{
    return rows * (d + 1) / DIES - rows * d / DIES;
}

static void whole_rows_are_packed_in_each_plane(void)
{
    static const unsigned shapes[][3] = {{2, 6, 128},  {2, 256, 64}, {4, 12, 64}, {4, 13, 64}, {4, 100, 64},
                                         {4, 23, 130}, {1, 3, 1},    {5, 64, 64}, {8, 24, 300}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        unsigned planes = shapes[i][0], rows = shapes[i][1], cols = shapes[i][2];
        ifc_weight_share shares[DIES];
        uint64_t all = 0;
        lay_out(shares, planes, rows, cols);
        for (unsigned d = 0; d < DIES; d++) {
            uint64_t n = rows_of(rows, d), pages = 0, most = 0;
            for (unsigned p = 0; p < planes; p++) {
                uint64_t run = div_up((n / planes + (p < n % planes)) * cols * 2, PAGE);
                CU_ASSERT_EQUAL(ifc_weights_plane_pages(&shares[d], p), run);
                pages += run;
                most = run > most ? run : most;
            }
            CU_ASSERT_EQUAL(shares[d].rows, n);
            CU_ASSERT_EQUAL(shares[d].macs, n * cols);
            CU_ASSERT_EQUAL(shares[d].up_bytes, 2 * n);
            CU_ASSERT_EQUAL(shares[d].collect_bytes, 2 * n);
            CU_ASSERT_EQUAL(shares[d].extent.pages, pages);
            CU_ASSERT_EQUAL(shares[d].extent.max_pages, most);
            CU_ASSERT_EQUAL(shares[d].extent.planes, n < planes ? n : planes);
            all += shares[d].rows;
        }
        CU_ASSERT_EQUAL(all, rows);
    }
}

/* Fewer rows than planes: their bytes are dealt over the planes of each die, and every plane at work hands
 * over a partial sum of 32 bits for each row it touches. */
static void few_rows_are_split_by_columns(void)
{
    static const unsigned shapes[][3] = {{8, 7, 512}, {32, 12, 4096}, {4, 2, 64}, {4, 11, 64}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        unsigned planes = shapes[i][0], rows = shapes[i][1], cols = shapes[i][2];
        ifc_weight_share shares[DIES];
        lay_out(shares, planes, rows, cols);
        for (unsigned d = 0; d < DIES; d++) {
            uint64_t n = rows_of(rows, d), pages = div_up(n * cols * 2, PAGE);
            uint64_t at_work = pages < planes ? pages : planes;
            CU_ASSERT_EQUAL(shares[d].extent.pages, pages);
            CU_ASSERT_EQUAL(shares[d].extent.max_pages, div_up(pages, planes));
            CU_ASSERT_EQUAL(shares[d].extent.planes, at_work);
            for (unsigned p = 0; p < planes; p++) /* page after page */
                CU_ASSERT_EQUAL(ifc_weights_plane_pages(&shares[d], p),
                                pages / planes + (p < pages % planes));
            CU_ASSERT_EQUAL(shares[d].macs, n * cols);
            CU_ASSERT_EQUAL(shares[d].up_bytes, 2 * n);
            CU_ASSERT_EQUAL(shares[d].collect_bytes, n ? 4 * (n + at_work - 1) : 0);
        }
    }
}

/* 128 weights of 16 bits to a page, a product each nanosecond. */
static void the_multipliers_of_a_plane_take_page_after_page(void)
{
    ifc_weight_share shares[DIES];
    lay_out(shares, 2, 60, 64);
    for (unsigned d = 0; d < DIES; d++)
        CU_ASSERT_EQUAL(shares[d].mac_time, 128 * 1000);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"whole rows are packed in each plane", whole_rows_are_packed_in_each_plane},
        {"few rows are split by columns", few_rows_are_split_by_columns},
        {"the multipliers of a plane take page after page", the_multipliers_of_a_plane_take_page_after_page},
    };
    return IFC_RUN_TESTS("weight layout", tests);
}
