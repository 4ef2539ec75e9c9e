/**
 * What a move does to the rows of blocks that it leaves and fills.
 */
#include "components/data/blocks.h"

#include "tests/unit/ifc_cunit.h"

/* Logical row 5 moves from physical row 0 to 1: 1 is filled once more, 0 is erased once more and free. */
static void a_move_fills_one_row_and_frees_the_other(void)
{
    ifc_block_row rows[2] = {{.use = IFC_BLOCK_KV,
                              .logical = 5,
                              .pages = 7,
                              .cycles = 3,
                              .erases = 2,
                              .reads = 40,
                              .most_reads = 50},
                             {.use = IFC_BLOCK_FREE, .cycles = 10, .erases = 9, .most_reads = 60}};
    uint32_t map[6] = {0};
    ifc_blocks die = {.rows = rows, .map = map};
    ifc_block_table table = {.dies = &die, .n_dies = 1};
    ifc_blocks_filling(&table, 0, 0, 1);
    ifc_blocks_moved(&table, 0, 0, 1);
    CU_ASSERT_EQUAL(map[5], 1);
    CU_ASSERT_EQUAL(rows[1].use, IFC_BLOCK_KV);
    CU_ASSERT_EQUAL(rows[1].logical, 5);
    CU_ASSERT_EQUAL(rows[1].pages, 7);
    CU_ASSERT_EQUAL(rows[1].cycles, 11);
    CU_ASSERT_EQUAL(rows[1].erases, 9);
    CU_ASSERT_EQUAL(rows[1].reads, 0);
    CU_ASSERT_EQUAL(rows[1].most_reads, 60);
    CU_ASSERT_EQUAL(rows[0].use, IFC_BLOCK_FREE);
    CU_ASSERT_EQUAL(rows[0].pages, 0);
    CU_ASSERT_EQUAL(rows[0].cycles, 3);
    CU_ASSERT_EQUAL(rows[0].erases, 3);
    CU_ASSERT_EQUAL(rows[0].reads, 0);
    CU_ASSERT_EQUAL(rows[0].most_reads, 50);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a move fills one row and frees the other", a_move_fills_one_row_and_frees_the_other},
    };
    return IFC_RUN_TESTS("blocks", tests);
}
