/**
 * The two-stage register pipeline against its closed form, and against itself page by page.
 */
#include "components/hardware/flash/pipeline.h"

#include "tests/unit/ifc_cunit.h"

#define PAGE 1000000000u /* of run_ppb */

static ifc_pipeline_run pass(ifc_pipeline *p, ifc_time ready, uint32_t pages, ifc_time t_read,
                             ifc_time t_compute)
{
    ifc_extent e = {.planes = 1, .max_pages = pages, .pages = pages};
    return ifc_pipeline_advance(p, ready, 0, &e, t_read, t_compute, true);
}

static void check_closed_form(ifc_time t_read, ifc_time t_compute)
{
    ifc_time slower = t_read > t_compute ? t_read : t_compute;
    for (uint32_t pages = 1; pages < 300; pages += 7) {
        ifc_pipeline p = {0, 0};
        ifc_pipeline_run r = pass(&p, 1000, pages, t_read, t_compute);
        CU_ASSERT_EQUAL(r.begin, 1000);
        CU_ASSERT_EQUAL(r.first_move, 1000 + t_read);
        CU_ASSERT_EQUAL(r.last_move, 1000 + t_read + (pages - 1) * slower);
        CU_ASSERT_EQUAL(r.end, 1000 + t_read + (pages - 1) * slower + t_compute);
        CU_ASSERT_EQUAL(p.sense_free, r.last_move);
        CU_ASSERT_EQUAL(p.compute_free, r.end);
    }
}

static void a_run_from_idle_has_the_closed_form(void)
{
    check_closed_form(4000000, 2244384); /* tR longer */
    check_closed_form(4000000, 5120000); /* tC longer */
    check_closed_form(4000000, 4000000);
    check_closed_form(4000001, 4000000);
    check_closed_form(4000000, 4000001);
    check_closed_form(4000000, 0);
}

/* A run of a + b pages and runs of a and of b pages, back to back, end at the same moment. */
static void commands_back_to_back_share_the_pipeline(void)
{
    static const ifc_time computes[] = {2244384, 5120000, 4000000, 0};
    for (int c = 0; c < 4; c++)
        for (uint32_t a = 1; a < 9; a++)
            for (uint32_t b = 1; b < 9; b++) {
                ifc_pipeline whole = {0, 0}, parts = {0, 0};
                ifc_time end = pass(&whole, 0, a + b, 4000000, computes[c]).end;
                (void)pass(&parts, 0, a, 4000000, computes[c]);
                CU_ASSERT_EQUAL(pass(&parts, 0, b, 4000000, computes[c]).end, end);
            }
}

/* A command that comes late starts afresh; one that comes in between waits only for what is left. */
static void a_late_command_starts_when_it_comes(void)
{
    ifc_pipeline p = {0, 0};
    ifc_pipeline_run first = pass(&p, 0, 2, 100, 70); /* senses till 200, computes till 270 */
    CU_ASSERT_EQUAL(first.end, 270);
    ifc_pipeline_run late = pass(&p, 1000, 2, 100, 70);
    CU_ASSERT_EQUAL(late.begin, 1000);
    CU_ASSERT_EQUAL(late.end, 1270);
    p = (ifc_pipeline){0, 0};
    (void)pass(&p, 0, 2, 100, 70);
    ifc_pipeline_run between = pass(&p, 210, 1, 100, 70);
    CU_ASSERT_EQUAL(between.begin, 210);
    CU_ASSERT_EQUAL(between.end, 380);
    p = (ifc_pipeline){0, 0};
    (void)pass(&p, 0, 2, 100, 700); /* computes till 1500; the second page moves at 800 */
    ifc_pipeline_run behind = pass(&p, 810, 1, 100, 700);
    CU_ASSERT_EQUAL(behind.begin, 810);
    CU_ASSERT_EQUAL(behind.first_move, 1500); /* the sensed page waits for the engine */
    CU_ASSERT_EQUAL(behind.end, 2200);
}

static void a_fraction_of_a_page_takes_its_fraction_of_time(void)
{
    ifc_pipeline p = {0, 0};
    ifc_extent e = {.planes = 4, .max_pages = 3, .pages = 12, .run_ppb = 2 * PAGE + PAGE / 2};
    ifc_pipeline_run r = ifc_pipeline_advance(&p, 0, 0, &e, 4000, 2000, true);
    CU_ASSERT_EQUAL(r.end, 4000 + 6000 + 2000); /* first sense, 1.5 pages at 4000, last compute */
    p = (ifc_pipeline){0, 0};
    e = (ifc_extent){.planes = 4, .max_pages = 1, .pages = 4, .run_ppb = PAGE / 4};
    r = ifc_pipeline_advance(&p, 0, 0, &e, 4000, 2000, true);
    CU_ASSERT_EQUAL(r.end, 1000 + 500);
    p = (ifc_pipeline){0, 0};
    e.run_ppb = 3 * PAGE; /* whole pages, written as a fraction */
    r = ifc_pipeline_advance(&p, 0, 0, &e, 4000, 2000, true);
    CU_ASSERT_EQUAL(r.end, 3 * 4000 + 2000);
}

static void without_fill_a_run_costs_the_slower_of_both(void)
{
    static const ifc_time computes[] = {2000, 7000};
    for (int c = 0; c < 2; c++) {
        ifc_time slower = computes[c] > 4000 ? computes[c] : 4000;
        ifc_pipeline p = {0, 0};
        ifc_extent e = {.planes = 1, .max_pages = 5, .pages = 5};
        CU_ASSERT_EQUAL(ifc_pipeline_advance(&p, 0, 0, &e, 4000, computes[c], false).end, 5 * slower);
        CU_ASSERT_EQUAL(ifc_pipeline_advance(&p, 0, 0, &e, 4000, computes[c], false).end, 10 * slower);
        e.run_ppb = PAGE + PAGE / 2;
        CU_ASSERT_EQUAL(ifc_pipeline_advance(&p, 0, 0, &e, 4000, computes[c], false).end,
                        10 * slower + slower + slower / 2);
    }
}

/* Page by page: two registers, and work on the first page that begins at the gate or later. */
static ifc_pipeline_run page_by_page(ifc_time gate, uint32_t pages, ifc_time t_read, ifc_time t_compute)
{
    ifc_pipeline_run r = {.begin = 0};
    ifc_time sensed = t_read, move = 0, end = 0;
    for (uint32_t i = 0; i < pages; i++) {
        move = sensed > end ? sensed : end;
        r.first_move = i == 0 ? move : r.first_move;
        ifc_time start = i == 0 && gate > move ? gate : move;
        sensed = move + t_read;
        end = start + t_compute;
    }
    r.last_move = move;
    r.end = end;
    return r;
}

static void a_gate_holds_the_engine_not_the_array(void)
{
    static const ifc_time reads[] = {4000, 2000, 3000}, computes[] = {2000, 4000, 3000};
    for (int c = 0; c < 3; c++)
        for (uint32_t pages = 1; pages < 6; pages++)
            for (ifc_time gate = 0; gate < 30000; gate += 500) {
                ifc_pipeline p = {0, 0};
                ifc_extent e = {.planes = 1, .max_pages = pages, .pages = pages};
                ifc_pipeline_run r = ifc_pipeline_advance(&p, 0, gate, &e, reads[c], computes[c], true);
                ifc_pipeline_run expected = page_by_page(gate, pages, reads[c], computes[c]);
                ifc_pipeline_run free = page_by_page(0, pages, reads[c], computes[c]);
                CU_ASSERT_EQUAL(r.first_move, expected.first_move);
                CU_ASSERT_EQUAL(r.last_move, expected.last_move);
                CU_ASSERT_EQUAL(r.end, expected.end);
                CU_ASSERT_EQUAL(r.stall, expected.end - free.end);
            }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a run from idle has the closed form", a_run_from_idle_has_the_closed_form},
        {"commands back to back share the pipeline", commands_back_to_back_share_the_pipeline},
        {"a late command starts when it comes", a_late_command_starts_when_it_comes},
        {"a fraction of a page takes its fraction of time", a_fraction_of_a_page_takes_its_fraction_of_time},
        {"a gate holds the engine, not the array", a_gate_holds_the_engine_not_the_array},
        {"without fill a run costs the slower of both", without_fill_a_run_costs_the_slower_of_both},
    };
    return IFC_RUN_TESTS("pipeline", tests);
}
