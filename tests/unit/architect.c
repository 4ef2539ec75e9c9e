/**
 * Numbers that an architect acts on: what a machine costs must not depend on how it is written down. Each
 * value is counted here from the machine and the model, or is an order that must hold.
 */
#include <math.h>
#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

static const ifc_wear_row *wear_of(const ifc_result *r, const char *group)
{
    for (uint32_t i = 0; i < r->n_wear; i++)
        if (strcmp(r->wear[i].group, group) == 0)
            return &r->wear[i];
    CU_FAIL_FATAL("no such group");
    return NULL;
}

static double rate_share(const ifc_result *r, const char *name)
{
    for (uint32_t i = 0; i < r->n_rates; i++)
        if (strcmp(r->rates[i].name, name) == 0)
            return r->rates[i].attained / r->rates[i].peak;
    CU_FAIL_FATAL("no such rate");
    return 0;
}

/* LLaMA3.1-8B on compact machines. */
static ifc_scenario *compact_8b(unsigned dies)
{
    ifc_scenario *s = SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "model.kv_heads=8", "model.ffn=14336",
                               "model.vocab=128256", "workload.tokens=1", "workload.context=1024");
    sim_set(s, "flash.groups.g1.dies=%u", dies);
    return s;
}

/*
 * 8 heads of 128 elements fill 1024 planes; further planes hold nothing, sense nothing and take no room. A
 * page takes 4 x 64 tokens of 2 bytes from its plane's share of the buffer: 4 pages of a stream for 1024
 * tokens.
 */
static void planes_that_hold_nothing_do_nothing(void)
{
    static const unsigned dies[] = {32, 64, 128};
    for (size_t i = 0; i < 3; i++) {
        sim_run run = sim_run_one(compact_8b(dies[i]));
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(run.result.sensed_kv_bytes, (uint64_t)4 * 1024 * 2 * 32 * 4096);
        CU_ASSERT_EQUAL(run.result.capacity[0].kv, (uint64_t)5 * 1024 * 2 * 32 * 4096); /* 1025 tokens */
        sim_run_fini(&run);
    }
    /* One head of 64 elements: 64 of 512 planes hold it. */
    ifc_scenario *s =
        SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "model.hidden=4544", "model.heads=71", "model.kv_heads=1",
                 "model.head_dim=64", "model.ffn=18176", "model.ffn_matrices=2", "model.vocab=65024",
                 "model.tied_head=true", "workload.tokens=1", "workload.context=1000");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.sensed_kv_bytes, 67108864);
    CU_ASSERT_EQUAL(run.result.useful_kv_bytes, (uint64_t)1000 * 2 * 32 * 64 * 2);
    sim_run_fini(&run);
}

/* A plane programs 8 tokens at a time, 4 times a page: 32 tokens fill a page of each of 512 planes, of K and
 * of V, in 32 layers. */
static void partial_programs_are_parts_of_pages(void)
{
    for (unsigned tokens = 8; tokens <= 32; tokens += 8) {
        ifc_scenario *s = SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "workload.context=1024");
        sim_set(s, "workload.tokens=%u", tokens);
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(wear_of(&run.result, "g1")->pages_programmed, 32768u / 32 * tokens);
        CU_ASSERT(sim_near("program", sim_energy(&run.result, "g1.program"),
                           32768.0 / 32 * tokens * (4096 + 448) * 8 * 7.5e-12, 1e-9, 0));
        sim_run_fini(&run);
    }
    /* Striped: 10 tokens are 10/16 of a page of each of 64 streams. */
    ifc_scenario *s = SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "workload.context=1024", "workload.tokens=80");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(wear_of(&run.result, "g2")->pages_programmed, 80u / 16 * 64 * 32);
    CU_ASSERT(wear_of(&run.result, "g2")->pe_mean <= wear_of(&run.result, "g2")->pe_max);
    sim_run_fini(&run);
    /* Single tokens close a page after its 4 programs, whatever it could hold. */
    s = SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "workload.context=1024", "workload.tokens=8",
                 "policies.kv_flush.name=at-token-end");
    run = sim_run_one(s);
    CU_ASSERT_EQUAL(wear_of(&run.result, "g2")->pages_programmed, 8u / 4 * 64 * 32);
    sim_run_fini(&run);
}

/* Four fills of 64 x 64 pages, block after block. */
static void a_full_device_is_filled_again_in_order(void)
{
    ifc_scenario *s = SIM_NEW("workload.kind=stream", "workload.stream.group=s", "workload.stream.op=program",
                              "workload.stream.count=16384", "channel.count=1", "flash.groups.s.dies=1",
                              "flash.groups.s.planes=1", "flash.groups.s.pages_per_block=64",
                              "flash.groups.s.blocks_per_plane=64");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.wear[0].pe_mean, 4);
    CU_ASSERT_EQUAL(run.result.wear[0].pe_max, 4);
    sim_run_fini(&run);
}

/* The streams of a layer begin one plane apart: a flush programs as many planes as there are streams. */
static void programs_of_a_flush_spread(void)
{
    ifc_scenario *s = SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "flash.groups.g1.dies=14",
                               "flash.groups.g2.dies=2", "workload.context=1024", "workload.tokens=10");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.result.flushes, 32);
    CU_ASSERT(wear_of(&run.result, "g2")->program_skew <= 2);
    CU_ASSERT(sim_latency(&run.result) < (ifc_time)(33.2e9 * 10));
    sim_run_fini(&run);
}

/* 60 experts of 1408: each of the four that are read is rounded to pages of its own. */
static void experts_are_rounded_one_by_one(void)
{
    ifc_scenario *s =
        SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "model.hidden=2048", "model.heads=16", "model.kv_heads=16",
                 "model.ffn=1408", "model.experts=60", "model.active_experts=4", "model.layers=2",
                 "workload.context=0", "workload.tokens=1");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    /* 2816 rows of 4 KiB over 512 planes: the longest run has 6 pages. 2048 rows of 2816 bytes: 4 rows, 3
     * pages. */
    uint64_t up = 2816, down = 512 * 3, expected = 4 * (up + down);
    double sensed = 0;
    for (uint32_t i = 0; i < run.result.n_operators; i++)
        if (strcmp(run.result.operators[i].name, "gate_up") == 0 ||
            strcmp(run.result.operators[i].name, "down") == 0)
            sensed += run.result.operators[i].bytes_sensed;
    CU_ASSERT(sim_near("experts", sensed, (double)expected * 2 * (4096 + 448), 1e-12, 0));
    sim_run_fini(&run);
}

/* Who has no KV buffer on the SoC is not charged for it; what idles is charged if it is said to draw power.
 */
static void static_power_belongs_to_who_has_the_part(void)
{
    static const struct {
        const char *scenario;
        double watts;
    } systems[] = {{"full/base-1-llama2-7b.cfg", 0},
                   {"full/base-2-llama2-7b.cfg", 0.36},
                   {"full/kvnand-c-llama2-7b.cfg", 0},
                   {"full/kvnand-d-llama2-7b.cfg", 0.36}};
    for (size_t i = 0; i < 4; i++) {
        ifc_scenario *s = SIM_LOAD(systems[i].scenario, "model.layers=1", "workload.tokens=1");
        sim_run run = sim_run_one(s);
        double seconds = (double)run.result.end_time * 1e-12;
        CU_ASSERT(
            sim_near("soc", sim_energy(&run.result, "soc.static"), systems[i].watts * seconds, 1e-9, 1e-18));
        sim_run_fini(&run);
    }
    ifc_scenario *s = SIM_LOAD("full/base-1-llama2-7b.cfg", "model.layers=1", "npu.idle_power=0.5 W",
                               "dram.standby_power=20 mW");
    sim_run run = sim_run_one(s);
    double seconds = (double)run.result.end_time * 1e-12,
           busy = (double)sim_resource(&run.result, "npu")->busy_ps * 1e-12;
    CU_ASSERT(sim_near("npu", sim_energy(&run.result, "npu.idle"), 0.5 * (seconds - busy), 1e-9, 0));
    CU_ASSERT(sim_near("dram", sim_energy(&run.result, "dram.standby"), 8 * 0.02 * seconds, 1e-9, 0));
    sim_run_fini(&run);
}

/* 12 heads on 3 dies of 32 planes: 8 planes a head, none straddles. 10 heads: 2 of them lie on two dies. */
static void sums_of_heads_that_straddle_dies_are_counted(void)
{
    double softmax[2];
    static const unsigned heads[] = {12, 10};
    for (int i = 0; i < 2; i++) {
        ifc_scenario *s = SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "model.layers=1", "flash.groups.g1.dies=3",
                                   "model.hidden=1536", "workload.context=100", "workload.tokens=1",
                                   "effects.lm_head=false");
        sim_set(s, "model.heads=%u", heads[i]);
        sim_set(s, "model.kv_heads=%u", heads[i]);
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(run.status, IFC_OK);
        for (uint32_t k = 0; k < run.result.n_operators; k++)
            if (strcmp(run.result.operators[k].name, "softmax") == 0)
                softmax[i] = run.result.operators[k].npu_ops;
        sim_run_fini(&run);
    }
    CU_ASSERT_EQUAL(softmax[0], 5.0 * 12 * 101);
    CU_ASSERT_EQUAL(softmax[1], 5.0 * 10 * 101 + 2.0 * 101);
}

/* The peak of the array counts only planes that may sense together, and the decoder has a ceiling of its own.
 */
static void ceilings_are_what_can_be_attained(void)
{
    ifc_scenario *s = SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "flash.groups.g1.sense_planes=8",
                               "model.layers=4", "workload.tokens=1");
    sim_run run = sim_run_one(s);
    CU_ASSERT(rate_share(&run.result, "g1 array") > 0.9);
    CU_ASSERT(rate_share(&run.result, "g1 array") <= 1);
    sim_run_fini(&run);
    s = SIM_LOAD("full/kvnand-c-llama2-7b.cfg", "flash.groups.g1.t_read=2 us", "model.layers=4",
                 "workload.tokens=1");
    run = sim_run_one(s);
    CU_ASSERT(rate_share(&run.result, "g1 ecc") > 0.85);
    CU_ASSERT(rate_share(&run.result, "g1 ecc") <= 1);
    CU_ASSERT_STRING_EQUAL(run.result.path[0].phase, "ecc");
    sim_run_fini(&run);
}

/* A bus so fast that a page takes no picosecond. */
static void a_transfer_may_round_to_nothing(void)
{
    ifc_scenario *s =
        SIM_NEW("workload.kind=stream", "workload.stream.group=s", "workload.stream.count=3",
                "workload.stream.queue_depth=1", "channel.count=1", "channel.rate=1000 TB/s",
                "channel.command_time=0 s", "soc.ecc_rate=0 B/s", "flash.groups.s.dies=1",
                "flash.groups.s.planes=1", "flash.groups.s.page=256 B", "flash.groups.s.spare=0 B",
                "flash.groups.s.fmacs=0", "flash.groups.s.t_read=40 us");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.end_time, 120 * IFC_US);
    sim_run_fini(&run);
}

/* A policy that decides on every page is not asked where nothing is programmed. */
static void pages_that_nobody_programs_are_dealt(void)
{
    ifc_scenario *s =
        SIM_LOAD("full/kvnand-d-llama2-7b.cfg", "model.layers=2", "workload.context=10", "workload.tokens=20",
                 "policies.kv_placement.name=wear-aware", "effects.kv_program=false", "placement.stage=4");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.tokens, 20);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"planes that hold nothing do nothing", planes_that_hold_nothing_do_nothing},
        {"partial programs are parts of pages", partial_programs_are_parts_of_pages},
        {"a full device is filled again in order", a_full_device_is_filled_again_in_order},
        {"programs of a flush spread", programs_of_a_flush_spread},
        {"experts are rounded one by one", experts_are_rounded_one_by_one},
        {"static power belongs to who has the part", static_power_belongs_to_who_has_the_part},
        {"sums of heads that straddle dies are counted", sums_of_heads_that_straddle_dies_are_counted},
        {"ceilings are what can be attained", ceilings_are_what_can_be_attained},
        {"pages that nobody programs are dealt", pages_that_nobody_programs_are_dealt},
        {"a transfer may round to nothing", a_transfer_may_round_to_nothing},
    };
    return IFC_RUN_TESTS("architect", tests);
}
