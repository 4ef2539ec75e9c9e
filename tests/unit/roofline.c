/**
 * The ceilings of an operator against the peak rates of a machine small enough for paper.
 */
#include "platform/observe/roofline.h"

#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

#define PLANES 8.0 /* of two dies */

static void setup(ifc_scenario *s, ifc_result *r)
{
    *s = (ifc_scenario){
        .n_groups = 1,
        .groups = {{.name = "g1",
                    .dies = 2,
                    .planes = 4,
                    .page = 256,
                    .spare = 32,
                    .t_read = 4 * IFC_US,
                    .fmacs = 16,
                    .clock = 400e6,
                    .ecc_rate = 1e9}},
        .channel = {.count = 8, .rate = 4.8e9},
        .soc = {.ecc_rate = 2e9},
        .dram = {.channels = 3, .rate = 8e9},
        .effects = {.ecc = true},
    };
    *r = (ifc_result){.scenario = s};
}

/* 1000 pages of 288 bytes, 128000 products, 5000 bytes down and 3000 up, in 1 ms. */
static const ifc_operator_row product = {.name = "qkv",
                                         .group = 0,
                                         .count = 1,
                                         .active_ps = IFC_MS,
                                         .macs = 128000,
                                         .bytes_sensed = 288000,
                                         .bytes_down = 5000,
                                         .bytes_up = 3000};

static void ceiling_is(const ifc_roofline_row *row, ifc_ceiling c, double seconds)
{
    CU_ASSERT(
        sim_near(ifc_ceiling_name(c), row->ceiling[c], seconds > 0 ? row->work / seconds : 0, 1e-12, 0));
}

static void a_product_in_flash(void)
{
    ifc_scenario s;
    ifc_result r;
    setup(&s, &r);
    ifc_roofline_row row = ifc_roofline_of(&r, &product);
    CU_ASSERT_STRING_EQUAL(row.unit, "MAC");
    CU_ASSERT_EQUAL(row.work, 128000);
    CU_ASSERT(sim_near("attained", row.attained, 128000 / 1e-3, 1e-12, 0));
    ceiling_is(&row, IFC_CEILING_ARRAY, 1000 * 4e-6 / PLANES);
    ceiling_is(&row, IFC_CEILING_ECC, 1000 * 256 / (PLANES * 1e9));
    ceiling_is(&row, IFC_CEILING_MAC, 128000 / (PLANES * 16 * 400e6));
    ceiling_is(&row, IFC_CEILING_BUS, 8000 / (2 * 4.8e9)); /* two dies reach two channels */
    ceiling_is(&row, IFC_CEILING_NPU, 0);
    ceiling_is(&row, IFC_CEILING_DRAM, 0);
    CU_ASSERT_EQUAL(row.bound, IFC_CEILING_ARRAY);
    CU_ASSERT(sim_near("share", row.share, 1000 * 4e-6 / PLANES / 1e-3, 1e-12, 0));
}

/* Three of four planes sense at a time. */
static void a_power_limit_lowers_the_array(void)
{
    ifc_scenario s;
    ifc_result r;
    setup(&s, &r);
    s.groups[0].sense_planes = 3;
    ifc_roofline_row row = ifc_roofline_of(&r, &product);
    ceiling_is(&row, IFC_CEILING_ARRAY, 1000 * 4e-6 / (2 * 3));
}

/* Plain NAND is decoded on the SoC, by one decoder for each channel. */
static void plain_nand_is_decoded_on_the_soc(void)
{
    ifc_scenario s;
    ifc_result r;
    setup(&s, &r);
    s.groups[0].fmacs = 0;
    ifc_roofline_row row = ifc_roofline_of(&r, &product);
    ceiling_is(&row, IFC_CEILING_ECC, 1000 * 256 / (2 * 2e9));
    s.effects.ecc = false;
    row = ifc_roofline_of(&r, &product);
    ceiling_is(&row, IFC_CEILING_ECC, 0);
    ceiling_is(&row, IFC_CEILING_ARRAY, 288000.0 / 256 * 4e-6 / PLANES); /* pages without spare bytes */
}

static void work_elsewhere(void)
{
    ifc_scenario s;
    ifc_result r;
    setup(&s, &r);
    ifc_operator_row npu = {.group = -1, .active_ps = IFC_US, .npu_ps = IFC_US / 2, .npu_ops = 600};
    ifc_operator_row dram = {.group = -1, .active_ps = IFC_US, .dram_bytes = 4800};
    ifc_roofline_row row = ifc_roofline_of(&r, &npu);
    CU_ASSERT_STRING_EQUAL(row.unit, "op");
    CU_ASSERT_EQUAL(row.bound, IFC_CEILING_NPU);
    ceiling_is(&row, IFC_CEILING_NPU, 0.5e-6);
    row = ifc_roofline_of(&r, &dram);
    CU_ASSERT_STRING_EQUAL(row.unit, "B");
    CU_ASSERT_EQUAL(row.bound, IFC_CEILING_DRAM);
    ceiling_is(&row, IFC_CEILING_DRAM, 4800 / (3 * 8e9));
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a product in flash", a_product_in_flash},
        {"a power limit lowers the array", a_power_limit_lowers_the_array},
        {"plain NAND is decoded on the SoC", plain_nand_is_decoded_on_the_soc},
        {"work elsewhere", work_elsewhere},
    };
    return IFC_RUN_TESTS("roofline", tests);
}
