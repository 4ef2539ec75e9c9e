/*
 * The ways to multiply a matrix with a vector, against closed forms: on the NPU from DRAM and from plain
 * flash, in two parts, and what a layer is charged beside its operators. On the machine of support/tiny.h,
 * with nothing but the four matrices of a layer: no token is attended to.
 */
#include <stdlib.h>
#include <string.h>

#include "components/data/tiling.h"
#include "components/hardware/hardware.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

#define TILE 4096u

static void only_matrices(ifc_scenario *s)
{
    static const char *const off[] = {"vector_ops", "lm_head", "kv_program", "command", "ecc"};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        sim_set(s, "effects.%s=false", off[i]);
    sim_set(s, "workload.context=0");
    sim_set(s, "workload.tokens=1");
    sim_set(s, "npu.launch=0 s");
    sim_set(s, "npu.tile=%u B", TILE);
    sim_set(s, "dram.latency=0 s");
}

static ifc_scenario *in_dram(const char *npu_rate)
{
    ifc_scenario *s = tiny_dram();
    only_matrices(s);
    sim_set(s, "placement.weights=dram");
    sim_set(s, "npu.rate=%s", npu_rate);
    return s;
}

/* Bytes of the matrices of a layer: queries, keys and values; project; gate and up; down. 16 bits, 64
 * columns. */
static const uint64_t matrices[] = {256 * 128, 64 * 256, 128 * 128, 64 * 128};

/* Of n equal tiles: the first one comes, the slower of coming and multiplying for each further one, the last
 * one is multiplied. Both DRAM channels bring half of each. */
static ifc_time streamed(double ops_per_ps)
{
    ifc_time fetch = sim_ps(TILE / 2, 8000), compute = (ifc_time)(TILE / ops_per_ps + 0.5), sum = 0;
    for (size_t i = 0; i < 4; i++) {
        ifc_time n = (ifc_time)(matrices[i] / TILE);
        sum += fetch + (n - 1) * (fetch > compute ? fetch : compute) + compute;
    }
    return sum;
}

static void tiles_from_dram(void)
{
    static const struct {
        const char *rate;
        double ops_per_ps;
    } npus[] = {{"1 GOPS", 1e-3}, {"100 GOPS", 0.1}, {"16 GOPS", 0.016}};
    for (size_t i = 0; i < 3; i++) {
        sim_run run = sim_run_one(in_dram(npus[i].rate));
        CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(sim_latency(&run.result), streamed(npus[i].ops_per_ps));
        CU_ASSERT_EQUAL(run.result.dram_bytes, 256 * 128 + 64 * 256 + 128 * 128 + 64 * 128);
        CU_ASSERT_EQUAL(run.result.pages_sensed, 0);
        ifc_time rows = 0;
        for (uint32_t k = 0; k < run.result.n_path; k++)
            rows += run.result.path[k].ps;
        CU_ASSERT_EQUAL(rows, sim_latency(&run.result));
        sim_run_fini(&run);
    }
}

/* The last tile of the layer is multiplied at that moment, and not one picosecond before. */
static void not_a_moment_earlier(void)
{
    for (int late = 0; late < 2; late++) {
        ifc_scenario *s = in_dram("100 GOPS");
        s->simulation.time_limit = streamed(0.1) - 1 + 2 * late;
        sim_run run = sim_run_one(s);
        CU_ASSERT_EQUAL(run.result.tokens, (uint32_t)late);
        sim_run_fini(&run);
    }
}

/* Capacity: the weights, head and embedding with them, lie in DRAM and nowhere else. */
static void capacity_of_dram(void)
{
    sim_run run = sim_run_one(in_dram("1 GOPS"));
    uint64_t layer = 256 * 128 + 64 * 256 + 128 * 128 + 64 * 128, words = 2 * 100 * 128;
    for (uint32_t i = 0; i < run.result.n_capacity; i++) {
        const ifc_capacity_row *c = &run.result.capacity[i];
        CU_ASSERT_EQUAL(c->weights, strcmp(c->name, "dram") == 0 ? layer + words : 0);
    }
    CU_ASSERT(
        sim_near("dram.access", sim_energy(&run.result, "dram.access"), (double)layer * 8 * 7e-12, 1e-12, 0));
    CU_ASSERT(
        sim_near("npu.compute", sim_energy(&run.result, "npu.compute"), (double)layer * 1e-9 * 4.6, 1e-9, 0));
    sim_run_fini(&run);
}

static ifc_scenario *in_plain_flash(void)
{
    ifc_scenario *s = tiny_plain();
    only_matrices(s);
    sim_set(s, "placement.weights=g2");
    sim_set(s, "placement.kv=dram");
    sim_set(s, "dram.channels=1");
    sim_set(s, "npu.rate=100 GOPS");
    return s;
}

/* One die of two planes: rounds of two pages of 256 bytes follow each other without a gap, since the next
 * tile is asked for long before the die has sensed this one; the last round leaves, and the last tile is
 * multiplied. */
static void tiles_from_plain_flash(void)
{
    sim_run run = sim_run_one(in_plain_flash());
    ifc_time sum = 0;
    for (size_t i = 0; i < 4; i++)
        sum += (ifc_time)(matrices[i] / 512) * 4000000 + 2 * sim_ps(256, 4800) + (ifc_time)TILE * 10;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(sim_latency(&run.result), sum);
    CU_ASSERT_EQUAL(run.result.pages_sensed, (256 * 128 + 64 * 256 + 128 * 128 + 64 * 128) / 256);
    CU_ASSERT_EQUAL(run.result.bus_bytes_up, 256 * 128 + 64 * 256 + 128 * 128 + 64 * 128);
    CU_ASSERT_EQUAL(run.result.macs, 0);
    CU_ASSERT_EQUAL(run.result.wear[0].reads_per_block_max, 0);
    CU_ASSERT(run.result.wear[1].reads_per_block_max > 0);
    sim_run_fini(&run);
}

/* All experts that are used stream, one after the other. */
static void experts_from_plain_flash(void)
{
    ifc_scenario *s = in_plain_flash();
    sim_set(s, "model.experts=4");
    sim_set(s, "model.active_experts=2");
    sim_set(s, "flash.groups.g2.blocks_per_plane=100");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.pages_sensed, (256 * 128 + 64 * 256 + 2 * (128 * 128 + 64 * 128)) / 256);
    sim_run_fini(&run);
}

/* An exception: the feed-forward part in the dies of g1, attention's matrices in DRAM. */
static void exceptions(void)
{
    ifc_scenario *s = tiny_dram();
    only_matrices(s);
    sim_set(s, "placement.matrices.qkv.store=dram");
    sim_set(s, "placement.matrices.project.store=dram");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.dram_bytes, 256 * 128 + 64 * 256);
    CU_ASSERT_EQUAL(run.result.macs, 128 * 64 + 64 * 64);
    CU_ASSERT_EQUAL(run.result.pages_sensed, (128 * 128 + 64 * 128) / 256);
    sim_run_fini(&run);
}

/* Once a layer, whatever else the NPU has to do. */
static void layer_time(void)
{
    ifc_scenario *s = in_dram("100 GOPS");
    sim_set(s, "npu.layer_time=75.6 us");
    sim_set(s, "model.layers=3");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(sim_latency(&run.result), 3 * (streamed(0.1) + 75600000));
    sim_run_fini(&run);
}

/* ---- two parts ---- */

/* Two dies of two planes on one channel: a tile has four pages, so 512 weights; 32 x 16 with 8 rows in each
 * plane. */
static ifc_scenario *split(const char *share)
{
    ifc_scenario *s = tiny_dram();
    only_matrices(s);
    sim_set(s, "channel.count=2");
    sim_set(s, "placement.gemv=split");
    sim_set(s, "placement.split.tile_rows=32");
    sim_set(s, "placement.split.share=%s", share);
    sim_set(s, "npu.rate=100 GOPS");
    return s;
}

/* All in the dies: a page of every plane for each tile, and the input of each crosses the bus. Nothing in the
 * dies: the matrix is read. Between them each tile is in one part. */
static void shares(void)
{
    static const struct {
        const char *share;
        uint64_t tiles;
    } of[] = {{"1", 72}, {"0", 0}, {"0.5", 36}};
    uint64_t weights = 256 * 64 + 64 * 128 + 128 * 64 + 64 * 64; /* 32 + 16 + 16 + 8 tiles */
    ifc_time npu_alone = 0;                                      /* when the dies have all tiles */
    for (size_t i = 0; i < 3; i++) {
        sim_run run = sim_run_one(split(of[i].share));
        CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(run.result.macs, of[i].tiles * 512);
        CU_ASSERT_EQUAL(run.result.pages_sensed, weights * 2 / 256);
        CU_ASSERT_EQUAL(run.result.bus_bytes_down, of[i].tiles * 16 * 2);
        CU_ASSERT_EQUAL(run.result.bus_bytes_up, of[i].tiles * 2 * 32 * 2 + (72 - of[i].tiles) * 1024);
        ifc_time npu = sim_resource(&run.result, "npu")->busy_ps;
        npu_alone = i == 0 ? npu : npu_alone;
        CU_ASSERT_EQUAL(npu - npu_alone, (ifc_time)(72 - of[i].tiles) * 512 * 2 * 10);
        sim_run_fini(&run);
    }
}

/* Three quarters of a tile cost a whole one in the dies; what is read is as long as it is. */
static void ragged_tiles(void)
{
    for (int in_dies = 0; in_dies < 2; in_dies++) {
        ifc_scenario *s = split(in_dies ? "1" : "0");
        sim_set(s, "model.ffn=60"); /* gate and up: 120 rows of 64; down: 64 rows of 60 */
        sim_run run = sim_run_one(s);
        uint64_t read = (256 * 64 + 64 * 128) * 2 / 256 + 120 * 64 * 2 / 256 + 64 * 60 * 2 / 256;
        CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL(run.result.pages_sensed, in_dies ? 72 * 4 : read);
        CU_ASSERT_EQUAL(run.result.macs, in_dies ? 256 * 64 + 64 * 128 + 120 * 64 + 64 * 60 : 0);
        sim_run_fini(&run);
    }
}

/* Two vectors, an expert of three for each, and one that is shared: each expert multiplies its own vectors.
 */
static void split_experts(void)
{
    ifc_scenario *s = split("1");
    sim_set(s, "model.experts=3");
    sim_set(s, "model.shared_experts=1");
    sim_set(s, "workload.batch=2");
    sim_run run = sim_run_one(s);
    uint64_t attention = 32 + 16, expert = 16 + 8; /* tiles */
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.pages_sensed, (attention + 3 * expert) * 4);
    CU_ASSERT_EQUAL(run.result.macs, (2 * attention + (1 + 1 + 2) * expert) * 512);
    CU_ASSERT_EQUAL(run.result.bus_bytes_down, (2 * attention + (1 + 1 + 2) * expert) * 16 * 2);
    sim_run_fini(&run);
}

/* Slices are tenures of their own: the same bytes in as much time where nothing else wants the bus. */
static void slices(void)
{
    sim_run whole, cut;
    ifc_scenario *s = split("0");
    sim_set(s, "placement.split.slice=0 B");
    whole = sim_run_one(s);
    s = split("0");
    sim_set(s, "placement.split.slice=64 B");
    cut = sim_run_one(s);
    const ifc_resource_row *a = sim_resource(&whole.result, "channel0"),
                           *b = sim_resource(&cut.result, "channel0");
    CU_ASSERT_EQUAL(4 * a->served, b->served);
    CU_ASSERT_EQUAL(a->bytes, b->bytes);
    CU_ASSERT(
        sim_near("time", (double)sim_latency(&cut.result), (double)sim_latency(&whole.result), 0, 4.0 * 288));
    sim_run_fini(&whole);
    sim_run_fini(&cut);
}

/* Slices may take less than half a picosecond: all of their bytes cross the bus all the same. */
static void slices_that_take_no_time(void)
{
    ifc_scenario *s = split("0");
    sim_set(s, "placement.split.slice=0 B");
    sim_run whole = sim_run_one(s);
    s = split("0");
    sim_set(s, "placement.split.slice=1 B");
    sim_set(s, "channel.rate=1000 TB/s");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK); /* bytes that left the dies came up the channels */
    CU_ASSERT_EQUAL(run.result.bus_bytes_up, whole.result.bus_bytes_up);
    sim_run_fini(&whole);
    sim_run_fini(&run);
}

/* ---- the equations that choose ---- */

static ifc_tiling chosen(ifc_scenario *s, uint64_t rows, uint64_t cols)
{
    static ifc_hardware hw;
    ifc_group g = {.p = &s->groups[0], .planes_total = (uint64_t)s->groups[0].dies * s->groups[0].planes};
    ifc_tiling t;
    memset(&hw, 0, sizeof hw);
    hw.s = s;
    ifc_tiling_choose(&t, &hw, &g, &(ifc_tiled){rows, cols, cols});
    return t;
}

/*
 * Eight channels of four cores with pages of 16 KiB, a bus of 1 GB/s, tR = 30 us: a tile moves least when it
 * is 256 x 2048. A request takes 30.256 us, a plain page 16.384 us in what requests leave of the bus, 512
 * bytes of 30,000; of all requests 0.3552 are for the cores, with four pages each, so 68.79 % of the bytes.
 */
static void tiles_and_share(void)
{
    ifc_scenario *s = SIM_LOAD("systems/cambricon-s.cfg", "placement.split.tile_rows=256");
    double request = 30.256, plain = 16.384 / (1 - 512.0 / 30000), of_requests = plain / (plain + request);
    double share = 4 * of_requests / (4 * of_requests + 1 - of_requests);
    ifc_tiling t = chosen(s, 256 * 1000, 2048 * 10);
    CU_ASSERT_EQUAL(t.rows, 256);
    CU_ASSERT_EQUAL(t.cols, 2048);
    CU_ASSERT_EQUAL(t.tiles, 10000);
    CU_ASSERT(sim_near("of requests", of_requests, 0.3552, 0, 5e-5));
    CU_ASSERT(sim_near("share", (double)t.in_dies / 10000, share, 0, 1e-4));
    t = chosen(s, 256 * 1000 + 1, 2048 * 10);
    CU_ASSERT_EQUAL(t.tiles, 10010); /* a row more is a row of tiles more */
    sim_set(s, "placement.split.tile_rows=4096");
    t = chosen(s, 4096, 4096);
    CU_ASSERT_EQUAL(t.cols, 128);
    CU_ASSERT_EQUAL(t.tiles, 32);
    sim_set(s, "placement.split.share=0.25");
    CU_ASSERT_EQUAL(chosen(s, 4096, 4096).in_dies, 8);
    sim_set(s, "placement.split.tile_rows=auto");
    sim_set(
        s,
        "placement.split.tile_cols=1024"); /* 128 of a row in a channel: 128 rows fill a page of each core */
    t = chosen(s, 4096, 4096);
    CU_ASSERT_EQUAL(t.rows, 512);
    CU_ASSERT_EQUAL(t.cols, 1024);
    CU_ASSERT_EQUAL(t.tiles, 32);
    sim_set(s, "placement.split.tile_rows=256"); /* both: half of each page */
    t = chosen(s, 4096, 4096);
    CU_ASSERT_EQUAL(t.cols, 1024);
    CU_ASSERT_EQUAL(t.tiles, 64);
    free(s);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"tiles from DRAM", tiles_from_dram},
        {"not a moment earlier", not_a_moment_earlier},
        {"capacity of DRAM", capacity_of_dram},
        {"tiles from plain flash", tiles_from_plain_flash},
        {"experts from plain flash", experts_from_plain_flash},
        {"exceptions", exceptions},
        {"time of a layer", layer_time},
        {"shares of a matrix", shares},
        {"ragged tiles", ragged_tiles},
        {"experts in two parts", split_experts},
        {"slices", slices},
        {"slices that take no time", slices_that_take_no_time},
        {"tiles and share", tiles_and_share},
    };
    return IFC_RUN_TESTS("ways to multiply", tests);
}
