/**
 * What whole machines wear: published lifetimes, and the busiest block of conversations.
 */
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

/* Published: a model of 65B parameters writes about 143 TB of KV in five years at 3 tokens/s, and so wears 8
 * dies by about 1000 cycles. LLaMA3.1-70B keeps 320 KiB a token: the same order. */
static void five_years_of_a_large_model(void)
{
    ifc_scenario *s = sim_load("full/kvnand-d-llama3.1-70b.cfg", NULL);
    CU_ASSERT_EQUAL(s->groups[1].dies, 8);
    sim_set(s, "workload.tokens=16");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    double tokens = 3.0 * 86400 * 365.25 * 5;
    CU_ASSERT(sim_near("cycles", run.result.wear[1].pe_mean / 16 * tokens, 1000, 0.15, 0));
    /* The same, from what pages of 16 tokens take of 8 dies. */
    double pages = 2 * 80 * 8 / 16.0, all = 8.0 * 32 * 177 * 768;
    CU_ASSERT(sim_near("cycles of a token", run.result.wear[1].pe_mean / 16, pages / all, 1e-9, 0));
    sim_run_fini(&run);
}

/* Published for InstAttention: OPT-13B writes 819,200 B of KV a token to 4 devices of 2 TiB that stand 3000
 * cycles: 32.2 G tokens. Full pages, and no reads that ask for moves. */
static void a_device_full_of_keys_and_values(void)
{
    ifc_scenario *s = sim_load("full/base-2-llama2-7b.cfg", NULL);
    const char *const sets[] = {"model.layers=40",
                                "model.hidden=5120",
                                "model.heads=40",
                                "model.kv_heads=40",
                                "model.ffn=20480",
                                "model.ffn_matrices=2",
                                "flash.groups.g2.dies=8",
                                "flash.groups.g2.planes=4",
                                "flash.groups.g2.page=16 KiB",
                                "flash.groups.g2.pages_per_block=1024",
                                "flash.groups.g2.blocks_per_plane=16384",
                                "flash.groups.g2.endurance=3000",
                                "flash.groups.g2.read_limit=1e15",
                                "placement.kv_buffer.bytes=52428800 B",
                                "workload.context=64",
                                "workload.tokens=period"};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        sim_set(s, "%s", sets[i]);
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT(sim_near("tokens", run.result.wear[1].lifetime_projected, 32.2e9, 0.01, 0));
    CU_ASSERT(
        sim_near("exactly", run.result.wear[1].lifetime_projected, 8796093022208.0 * 3000 / 819200, 1e-6, 0));
    sim_run_fini(&run);
}

static double busiest_kv(const char *file, const char *layout)
{
    ifc_scenario *s = sim_load(file, NULL);
    const char *const sets[] = {"model.layers=2",
                                "model.kv_heads=8",
                                "workload.kind=requests",
                                "workload.requests.count=25",
                                "workload.requests.arrival=closed",
                                "workload.requests.prompt=1024",
                                "workload.requests.answer=1024"};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        sim_set(s, "%s", sets[i]);
    /* 2 layers of 32 have their part of the buffer */
    sim_set(s, "placement.kv_buffer.bytes=%llu B", (unsigned long long)s->placement.kv_buffer.bytes / 16);
    if (layout)
        sim_set(s, "placement.kv_layout=%s", layout);
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.n_requests, 25);
    double reads = run.result.wear[run.result.n_wear - 1].kv_reads.max;
    sim_run_fini(&run);
    return reads;
}

/* Published: unmapped caches wear the busiest block most, mapped ones on compact less, on discrete least. */
static void the_busiest_block_by_layout(void)
{
    double d = busiest_kv("full/kvnand-d-llama2-7b.cfg", NULL);
    double c = busiest_kv("full/kvnand-c-llama2-7b.cfg", NULL);
    double d_unmapped = busiest_kv("full/kvnand-d-llama2-7b.cfg", "unmapped");
    double c_unmapped = busiest_kv("full/kvnand-c-llama2-7b.cfg", "unmapped");
    CU_ASSERT(0 < d && d < c && c < d_unmapped && d_unmapped < c_unmapped);
    CU_ASSERT(
        sim_near("discrete", d_unmapped / d, 8, 0.01, 0)); /* each of 8 heads reads what all of them have */
    CU_ASSERT(sim_near("compact", c_unmapped / c, 8, 0.01, 0));
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a device full of keys and values", a_device_full_of_keys_and_values},
        {"five years of a large model", five_years_of_a_large_model},
        {"the busiest block by layout", the_busiest_block_by_layout},
    };
    return IFC_RUN_TESTS("lifetime", tests);
}
