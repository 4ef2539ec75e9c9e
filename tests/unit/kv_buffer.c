/**
 * The buffer of new tokens, and how full the pages get that it is programmed to.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

/* What the embedding takes, before the layer's token is in the buffer. */
static ifc_time embedding(const ifc_result *r)
{
    ifc_time sum = 0;
    for (uint32_t i = 0; i < r->n_path; i++)
        if (strcmp(r->path[i].operator_name, "embed") == 0)
            sum += r->path[i].ps;
    return sum;
}

/* One token's K and V are in the buffer from its layer on to the end of the run. */
static void bytes_are_held_until_they_are_programmed(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "workload.tokens=1");
    sim_run run = sim_run_one(s);
    double end = (double)run.result.end_time;
    CU_ASSERT_EQUAL(run.result.flushes, 0);
    CU_ASSERT_EQUAL(run.result.kv_buffer_peak, 2 * 128);
    CU_ASSERT_EQUAL(run.result.kv_buffer_bytes, 512);
    CU_ASSERT(embedding(&run.result) > 0);
    CU_ASSERT(sim_near("mean", run.result.kv_buffer_mean, 256 * (end - (double)embedding(&run.result)) / end,
                       1e-12, 0));
    sim_run_fini(&run);
}

static void a_flush_empties_it(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "workload.tokens=4");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.flushes, 2);
    CU_ASSERT_EQUAL(run.result.kv_buffer_peak, 512);
    CU_ASSERT_EQUAL(run.result.dram_bytes, 0);
    sim_run_fini(&run);
}

/*
 * Pages of 8 tokens, programmed token by token: a page takes as many tokens as it may be programmed times.
 * Token t attends t tokens in as many pages as that makes, of K and of V. Each program is as much of a page's
 * wear and energy as it is of the programs the page takes.
 */
static void pages_take_a_number_of_programs(void)
{
    for (unsigned most = 1; most <= 5; most++) {
        ifc_scenario *s = tiny();
        sim_set(s, "flash.groups.g1.page=1 KiB");
        sim_set(s, "placement.kv_buffer.bytes=256 B");
        sim_set(s, "placement.kv_buffer.partial_programs=%u", most);
        sim_set(s, "policies.kv_flush.tokens=1");
        sim_set(s, "workload.context=0");
        sim_set(s, "workload.tokens=12");
        sim_run run = sim_run_one(s);
        uint64_t pages = 0;
        for (unsigned t = 0; t < 12; t++)
            pages += 2 * ((t + most - 1) / most);
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(run.result.flushes, 12);
        CU_ASSERT(sim_near("sensed", (double)run.result.sensed_kv_bytes, (double)pages * 1024, 0, 0));
        double written = 2 * 12.0 / most;
        CU_ASSERT(sim_near("programmed", (double)run.result.pages_programmed, written, 0, 0.5));
        CU_ASSERT(sim_near("worn", run.result.wear[0].pe_mean, written / 16 / 80, 1e-9, 0));
        CU_ASSERT(sim_near("energy", sim_energy(&run.result, "g1.program"),
                           written * (1024 + 32) * 8 * 7.5e-12, 1e-9, 0));
        CU_ASSERT(sim_near("useful", (double)run.result.useful_kv_bytes, 2 * 128 * (11 * 12 / 2), 0, 0));
        sim_run_fini(&run);
    }
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"bytes are held until they are programmed", bytes_are_held_until_they_are_programmed},
        {"a flush empties it", a_flush_empties_it},
        {"pages take a number of programs", pages_take_a_number_of_programs},
    };
    return IFC_RUN_TESTS("KV buffer", tests);
}
