/**
 * What weights and KV take of each memory, counted from the model and the geometry.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

static uint64_t div_up(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

static const ifc_capacity_row *row(const sim_run *run, const char *name)
{
    for (uint32_t i = 0; i < run->result.n_capacity; i++)
        if (strcmp(run->result.capacity[i].name, name) == 0)
            return &run->result.capacity[i];
    printf("\n    no row %s\n", name);
    exit(2);
}

static uint64_t weight_bytes(const ifc_scenario *s)
{
    return tiny_stored_pages(s) * s->groups[0].page;
}

/* Takes @s over. KV of @tokens tokens, two to a page, lies in @kv. */
static void takes(ifc_scenario *s, const char *kv, uint64_t kv_bytes)
{
    sim_run run = sim_run_one(s);
    const ifc_flash_group *g = &s->groups[0];
    const ifc_capacity_row *g1 = row(&run, "g1");
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL(g1->total, 2u * 2 * 20 * 16 * 256);
    CU_ASSERT(sim_near("weights", (double)g1->weights, (double)weight_bytes(s), 0, 0));
    CU_ASSERT(sim_near("KV", (double)row(&run, kv)->kv, (double)kv_bytes, 0, 0));
    CU_ASSERT_EQUAL(g1->used, g1->weights + g1->kv);
    CU_ASSERT_EQUAL(g->page, 256);
    sim_run_fini(&run);
}

#define TOKENS (10 + 2) /* stored, and decoded */

static void weights_and_kv_in_flash(void)
{
    takes(tiny(), "g1", 2 * div_up(TOKENS, 2) * 256);
    ifc_scenario *s = tiny();
    sim_set(s, "model.kv_heads=2"); /* of 64: 4 streams */
    sim_set(s, "placement.kv_buffer.bytes=1 KiB");
    takes(s, "g1", 4 * div_up(TOKENS, 2) * 256);
}

/* A token of a quarter of a page, programmed one by one and twice a page: half of each page stays empty. */
static void pages_that_are_not_filled(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "model.kv_bits=8");
    sim_set(s, "placement.kv_buffer.bytes=128 B");
    sim_set(s, "placement.kv_buffer.partial_programs=2");
    sim_set(s, "policies.kv_flush.tokens=1");
    takes(s, "g1", 2 * div_up(TOKENS, 2) * 256);
    s = tiny();
    sim_set(s, "model.kv_bits=8");
    sim_set(s, "placement.kv_buffer.bytes=128 B");
    sim_set(s, "policies.kv_flush.tokens=1");
    takes(s, "g1", 2 * div_up(TOKENS, 4) * 256);
}

static void a_head_that_is_the_embedding(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "model.tied_head=true");
    takes(s, "g1", 2 * div_up(TOKENS, 2) * 256);
}

static void layers_add_up(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "model.layers=3");
    sim_set(s, "placement.kv_buffer.bytes=2 KiB");
    takes(s, "g1", 3 * 2 * div_up(TOKENS, 2) * 256);
}

static void experts_that_rest(void)
{
    takes(tiny_experts(), "g1", 2 * div_up(TOKENS, 2) * 256);
    ifc_scenario *s = tiny_experts();
    sim_set(s, "model.experts=3"); /* not a multiple of the active ones */
    takes(s, "g1", 2 * div_up(TOKENS, 2) * 256);
}

static void layers_and_matrices_of_different_kinds(void)
{
    takes(tiny_mixed(), "g1", 3 * 2 * div_up(TOKENS, 2) * 256);
    ifc_scenario *s = tiny_mixed();
    sim_set(s, "model.tied_head=true");
    sim_set(s, "model.bits.lm_head=4"); /* it is the embedding */
    takes(s, "g1", 3 * 2 * div_up(TOKENS, 2) * 256);
}

static void kv_elsewhere(void)
{
    takes(tiny_dram(), "dram", 2 * TOKENS * 128);
    takes(tiny_plain(), "g2", 2 * div_up(TOKENS, 2) * 256);
}

/* One block of a plane less than what is needed. */
static void what_does_not_fit(void)
{
    ifc_scenario *s = tiny();
    uint64_t needed = weight_bytes(s) + 2 * div_up(TOKENS, 2) * 256, block = 2 * 2 * 16 * 256;
    sim_set(s, "flash.groups.g1.blocks_per_plane=%u", (unsigned)(div_up(needed, block) - 1));
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_ENOFIT);
    CU_ASSERT_EQUAL(run.result.overflow, 0);
    CU_ASSERT(row(&run, "g1")->used > row(&run, "g1")->total);
    CU_ASSERT(row(&run, "g1")->used <= row(&run, "g1")->total + block);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"weights and KV in flash", weights_and_kv_in_flash},
        {"pages that are not filled", pages_that_are_not_filled},
        {"a head that is the embedding", a_head_that_is_the_embedding},
        {"layers add up", layers_add_up},
        {"experts that rest", experts_that_rest},
        {"layers and matrices of different kinds", layers_and_matrices_of_different_kinds},
        {"KV elsewhere", kv_elsewhere},
        {"what does not fit", what_does_not_fit},
    };
    return IFC_RUN_TESTS("capacity", tests);
}
