/**
 * Every row of the energy table against a closed form, on a machine small enough for paper.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

#define EXACT 1e-9

static bool row(const sim_run *run, const char *name, double joule)
{
    return sim_near(name, sim_energy(&run->result, name), joule, EXACT, 0);
}

static double seconds(const sim_run *run)
{
    return (double)run->result.end_time * 1e-12;
}

/* Two tokens, and one flush of a page of K and a page of V. */
static void a_decode_in_flash(void)
{
    ifc_scenario *set = tiny();
    sim_set(set, "soc.static_power=0.36 W");
    sim_run run = sim_run_one(set);
    const ifc_scenario *s = run.scenario;
    const ifc_flash_group *g = &s->groups[0];
    tiny_cost weights = tiny_weights(s), kv = tiny_attention(s, 10);
    double pages = 2.0 * (double)(weights.pages + kv.pages), decode = 256 / (14.6e9 / 8);
    double bytes = 2.0 * (double)(weights.down + weights.up + kv.down + kv.up) + 2.0 * 2 * 128;
    double ops = (double)(tiny_npu_ops(s, 10, 1) + tiny_npu_ops(s, 10, 2));
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(run.result.flushes, 1);
    CU_ASSERT_EQUAL(tiny_page_bits(g), 2304);
    CU_ASSERT(row(&run, "g1.read", pages * 2304 * 3e-12));
    CU_ASSERT(row(&run, "g1.mac", 2.0 * (double)(weights.macs + kv.macs) * 2.97e-12));
    CU_ASSERT(row(&run, "g1.program", 2 * 2304 * 7.5e-12));
    CU_ASSERT(row(&run, "g1.erase", 0));
    CU_ASSERT(sim_near("g1.ecc", sim_energy(&run.result, "g1.ecc"), pages * decode * 5.24e-3, 1e-5, 0));
    CU_ASSERT(row(&run, "g1.static", 2 * 18.4e-3 * seconds(&run)));
    CU_ASSERT(row(&run, "channel.transfer", bytes * 8 * 4.9e-12));
    CU_ASSERT(row(&run, "npu.compute", ops * 1e-9 * 4.6));
    CU_ASSERT(row(&run, "dram.access", 0));
    CU_ASSERT(row(&run, "soc.static", 0.36 * seconds(&run)));
    CU_ASSERT(sim_near("all", sim_energy(&run.result, NULL),
                       sim_energy(&run.result, "g1.read") + sim_energy(&run.result, "g1.mac") +
                           sim_energy(&run.result, "g1.program") + sim_energy(&run.result, "g1.ecc") +
                           sim_energy(&run.result, "g1.static") +
                           sim_energy(&run.result, "channel.transfer") +
                           sim_energy(&run.result, "npu.compute") + sim_energy(&run.result, "soc.static"),
                       EXACT, 0));
    sim_run_fini(&run);
}

/* Fractions of a page take their part of everything, of the decoder's power and of its rate too. */
static void fractions_count_by_their_part(void)
{
    ifc_scenario *set = tiny();
    sim_set(set, "effects.page_rounding=false");
    sim_set(set, "flash.groups.g1.t_read=1 ps"); /* the decoder sets the pace */
    sim_run run = sim_run_one(set);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK); /* nothing is used for more than all of the time */
    double pages = sim_energy(&run.result, "g1.read") / (2304 * 3e-12), decode = 256 / (14.6e9 / 8);
    CU_ASSERT(pages < (double)run.result.pages_sensed - 1);
    CU_ASSERT(sim_near("g1.ecc", sim_energy(&run.result, "g1.ecc"), pages * decode * 5.24e-3, 1e-5, 0));
    for (uint32_t i = 0; i < run.result.n_rates; i++)
        if (strcmp(run.result.rates[i].name, "g1 ecc") == 0)
            CU_ASSERT(sim_near("rate", run.result.rates[i].attained, pages * 256 / seconds(&run), EXACT, 0));
    sim_run_fini(&run);
}

/* A token is five millionths of a page, which whole billionths of one give to a ten thousandth: no internal
 * error. */
static void small_fractions_are_rounded(void)
{
    ifc_scenario *set = SIM_NEW(
        "flash.groups.g1.dies=1", "flash.groups.g1.planes=1", "flash.groups.g1.page=377822 B",
        "flash.groups.g1.clock=1 kHz", "placement.weights=g1", "placement.kv=g1", "placement.attention=ifc",
        "placement.kv_layout=head-parallel", "placement.kv_buffer.location=plane", "model.layers=1",
        "model.hidden=1", "model.heads=1", "model.kv_heads=1", "model.head_dim=1", "model.ffn=1",
        "model.vocab=1", "model.window=1", "effects.page_rounding=false", "effects.bus=false",
        "effects.command=false", "effects.vector_ops=false", "effects.lm_head=false");
    sim_run run = sim_run_one(set);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    sim_run_fini(&run);
}

/* Without ECC there is no decoder and there are no spare bytes. */
static void spare_bytes_cost_with_ecc_only(void)
{
    ifc_scenario *set = tiny();
    sim_set(set, "effects.ecc=false");
    sim_run run = sim_run_one(set);
    tiny_cost weights = tiny_weights(run.scenario), kv = tiny_attention(run.scenario, 10);
    CU_ASSERT(row(&run, "g1.read", 2.0 * (double)(weights.pages + kv.pages) * 2048 * 3e-12));
    CU_ASSERT(row(&run, "g1.program", 2 * 2048 * 7.5e-12));
    CU_ASSERT(row(&run, "g1.ecc", 0));
    sim_run_fini(&run);
}

/* Of a fraction of a page that fraction is sensed and decoded. */
static void fractions_of_pages(void)
{
    ifc_scenario *set = tiny();
    sim_set(set, "effects.page_rounding=false");
    sim_run run = sim_run_one(set);
    double decode = 256 / (14.6e9 / 8), pages = sim_energy(&run.result, "g1.read") / (2304 * 3e-12);
    tiny_cost weights = tiny_weights(run.scenario), kv = tiny_attention(run.scenario, 10);
    CU_ASSERT(pages > 0 && pages < 2.0 * (double)(weights.pages + kv.pages));
    CU_ASSERT(sim_near("ecc", sim_energy(&run.result, "g1.ecc"), pages * decode * 5.24e-3, 1e-5, 0));
    sim_run_fini(&run);
}

/* K and V of 10 and 11 tokens are read, those of one token written each time. */
static void a_decode_with_dram(void)
{
    sim_run run = sim_run_one(tiny_dram());
    const ifc_scenario *s = run.scenario;
    double bytes = 2.0 * 128 * (10 + 11) + 2 * 2.0 * 128;
    double ops = (double)(tiny_npu_ops(s, 10, 1) + tiny_npu_ops(s, 11, 1));
    CU_ASSERT(row(&run, "dram.access", bytes * 8 * 7e-12));
    CU_ASSERT(row(&run, "npu.compute", ops * 1e-9 * 4.6));
    CU_ASSERT(row(&run, "g1.program", 0));
    CU_ASSERT(row(&run, "g1.read", 2.0 * (double)tiny_weights(s).pages * 2304 * 3e-12));
    sim_run_fini(&run);
}

/* Plain NAND senses and programs spare bits, too, but decodes nothing and draws no power for it. */
static void a_decode_with_plain_nand(void)
{
    sim_run run = sim_run_one(tiny_plain());
    CU_ASSERT(row(&run, "g2.read", 2.0 * 2 * 5 * 2304 * 3e-12));
    CU_ASSERT(row(&run, "g2.program", 2 * 2304 * 7.5e-12));
    CU_ASSERT(row(&run, "g2.mac", 0));
    CU_ASSERT(row(&run, "g2.ecc", 0));
    CU_ASSERT(row(&run, "g2.static", 18.4e-3 * seconds(&run)));
    CU_ASSERT(row(&run, "g1.static", 2 * 18.4e-3 * seconds(&run)));
    sim_run_fini(&run);
}

static sim_run stream(const char *op)
{
    ifc_scenario *s = tiny();
    sim_set(s, "workload.kind=stream");
    sim_set(s, "workload.stream.group=g1");
    sim_set(s, "workload.stream.op=%s", op);
    sim_set(s, "workload.stream.count=3");
    sim_set(s, "workload.stream.planes=2");
    sim_set(s, "workload.stream.queue_depth=1");
    return sim_run_one(s);
}

/* An erase costs by the block, whatever a block holds. */
static void requests_that_write(void)
{
    sim_run erase = stream("erase"), program = stream("program");
    CU_ASSERT(row(&erase, "g1.erase", 3 * 2 * 123.75e-6));
    CU_ASSERT(row(&erase, "g1.program", 0));
    CU_ASSERT(row(&erase, "channel.transfer", 0));
    CU_ASSERT(row(&program, "g1.program", 3 * 2 * 2304 * 7.5e-12));
    CU_ASSERT(row(&program, "channel.transfer", 3 * 2 * 256 * 8 * 4.9e-12));
    CU_ASSERT(row(&program, "g1.read", 0));
    sim_run_fini(&erase);
    sim_run_fini(&program);
}

/* A copy senses, decodes and programs its pages: here 3 of each plane of both dies, once. */
static void pages_that_move(void)
{
    ifc_scenario *set = tiny();
    sim_set(set, "workload.tokens=1");
    sim_set(set, "policies.refresh.name=read-count");
    sim_set(set, "policies.refresh.pages=3");
    sim_set(set, "flash.groups.g1.read_limit=1");
    sim_run run = sim_run_one(set);
    tiny_cost weights = tiny_weights(run.scenario), kv = tiny_attention(run.scenario, 10);
    double copied = 3 * 4, sensed = (double)(weights.pages + kv.pages) + copied;
    CU_ASSERT(row(&run, "g1.read", sensed * 2304 * 3e-12));
    CU_ASSERT(row(&run, "g1.program", copied * 2304 * 7.5e-12));
    CU_ASSERT(
        sim_near("g1.ecc", sim_energy(&run.result, "g1.ecc"), sensed * 256 / 1.825e9 * 5.24e-3, 1e-5, 0));
    sim_run_fini(&run);
}

/* Power while a command works: a program of two planes for tPROG. Nothing draws more here. */
static void the_largest_power_of_a_die(void)
{
    sim_run program = stream("program"), erase = stream("erase");
    CU_ASSERT(sim_near("program", program.result.peak_power, 18.4e-3 + 2 * 2304 * 7.5e-12 / 75e-6, EXACT, 0));
    CU_ASSERT(sim_near("erase", erase.result.peak_power, 18.4e-3 + 2 * 82.5e-3, EXACT, 0));
    sim_run_fini(&program);
    sim_run_fini(&erase);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a decode in flash", a_decode_in_flash},
        {"fractions count by their part", fractions_count_by_their_part},
        {"small fractions are rounded", small_fractions_are_rounded},
        {"spare bytes cost with ECC only", spare_bytes_cost_with_ecc_only},
        {"fractions of pages", fractions_of_pages},
        {"a decode with DRAM", a_decode_with_dram},
        {"a decode with plain NAND", a_decode_with_plain_nand},
        {"requests that write", requests_that_write},
        {"pages that move", pages_that_move},
        {"the largest power of a die", the_largest_power_of_a_die},
    };
    return IFC_RUN_TESTS("energy", tests);
}
