/**
 * A layer that begins in a state that was simulated before is not simulated again, and nothing shows that but
 * the number of events: on machines small enough for a run to take no time, with flushes that end in a layer,
 * partial programs, and several states in a token.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "components/run/reuse.h"
#include "platform/observe/json.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

/* The statistics without what says how they were come by; owned. */
static char *statistics(ifc_result *r)
{
    char *text = NULL;
    size_t size = 0;
    ifc_error err = {.status = IFC_OK};
    FILE *f = open_memstream(&text, &size);
    CU_ASSERT_FATAL(f != NULL);
    r->layers_reused = r->kernel_events = 0;
    memset(r->reuse_why_not, 0, sizeof r->reuse_why_not);
    memset(r->scenario_hash, '0', 16);
    CU_ASSERT_EQUAL(ifc_write_json(r, NULL, f, &err), IFC_OK);
    fclose(f);
    return text;
}

/* tiny() with KV in dies of its own and another flush policy. */
static ifc_scenario *flushing(const char *policy)
{
    ifc_scenario *s = tiny_discrete();
    s->policies[IFC_KIND_KV_FLUSH].n_params = 0;
    sim_set(s, "policies.kv_flush.name=%s", policy);
    return s;
}

static ifc_scenario *when_full(void)
{
    return flushing("when-full");
}

static ifc_scenario *idle_window(void)
{
    return flushing("idle-window");
}

static ifc_scenario *drafts_after_a_prompt(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "workload.prompt=4");
    sim_set(s, "workload.chunk=2");
    sim_set(s, "workload.draft.tokens=1");
    return s;
}

/* Run @make() with both; return: layers that were reused. @set: one more assignment, NULL: none. */
static uint64_t compare(ifc_scenario *(*make)(void), const char *set)
{
    sim_run runs[2] = {{.scenario = make()}, {.scenario = make()}};
    for (int i = 0; i < 2; i++) {
        sim_set(runs[i].scenario, "model.layers=5");
        sim_set(runs[i].scenario, "workload.tokens=9");
        sim_set(runs[i].scenario, "placement.kv_buffer.bytes=2560 B"); /* two tokens of ten streams */
        for (uint32_t g = 0; g < runs[i].scenario->n_groups; g++)
            runs[i].scenario->groups[g].blocks_per_plane = 200;
        if (set)
            sim_set(runs[i].scenario, "%s", set);
        sim_set(runs[i].scenario, "simulation.reuse=%s", i ? "true" : "false");
    }
    sim_run_all(runs, 2);
    CU_ASSERT_EQUAL(runs[0].status, IFC_OK);
    CU_ASSERT_EQUAL(runs[1].status, IFC_OK);
    if (runs[0].status != IFC_OK)
        printf("\n    %s\n", runs[0].error);
    uint64_t reused = runs[1].result.layers_reused;
    CU_ASSERT(runs[1].result.kernel_events <= runs[0].result.kernel_events);
    char *without = statistics(&runs[0].result), *with = statistics(&runs[1].result);
    if (strcmp(without, with) != 0)
        printf("\n--- without\n%s--- with\n%s", without, with);
    CU_ASSERT_STRING_EQUAL(without, with);
    free(without);
    free(with);
    sim_run_fini(&runs[0]);
    sim_run_fini(&runs[1]);
    return reused;
}

static void equal_layers_are_simulated_once(void)
{
    CU_ASSERT_EQUAL(compare(tiny, NULL), 9 * 4);
    CU_ASSERT_EQUAL(compare(tiny_dram, NULL), 9 * 4);
    CU_ASSERT(compare(tiny_plain, NULL) > 0);
    CU_ASSERT(compare(tiny_experts, NULL) > 0);
    CU_ASSERT(compare(tiny_mixed, NULL) > 0); /* the first layer is another one */
}

static void flushes_end_in_a_layer_or_prevent_it(void)
{
    CU_ASSERT(compare(tiny_discrete, NULL) > 0);
    CU_ASSERT(compare(tiny_discrete, "policies.kv_flush.tokens=1") > 0);
    CU_ASSERT(compare(when_full, NULL) > 0);
    CU_ASSERT(compare(idle_window, NULL) > 0);
    CU_ASSERT(compare(idle_window, "placement.kv_buffer.partial_programs=3") > 0);
    CU_ASSERT(compare(idle_window, "flash.groups.g2.t_program=1 us") > 0); /* ends within the layer */
    CU_ASSERT(compare(tiny_discrete, "policies.refresh.name=erase-levelling") > 0);
}

/* As many tokens in a chunk as in a step of the decode, but one of them goes through the head. */
static void the_head_of_a_prompt_is_for_its_last_token(void)
{
    CU_ASSERT(compare(drafts_after_a_prompt, NULL) > 0);
}

static void little_room_keeps_little(void)
{
    uint64_t all = compare(tiny, NULL), few = compare(tiny, "simulation.reuse_bytes=8 kB");
    CU_ASSERT(few > 0 && few <= all);
    CU_ASSERT_EQUAL(compare(tiny, "simulation.reuse_bytes=0 B"), 0);
}

/* The table alone: counters grow by what they did, the oldest entry goes, keys differ in their last byte. */
static void the_table(void)
{
    ifc_reuse r;
    uint64_t a[3] = {1, 2, 3}, b = 10;
    ifc_reuse_init(&r, 2 * 300, NULL);
    ifc_reuse_watch(&r, a, 3);
    ifc_reuse_watch(&r, &b, 1);
    for (uint8_t key = 0; key < 3; key++) {
        ifc_reuse_begin(&r);
        ifc_reuse_key(&r, "state", 5);
        ifc_reuse_key(&r, &key, 1);
        ifc_reuse_key(&r, NULL, 0); /* nothing more, and nothing is forgotten */
        CU_ASSERT_PTR_NULL(ifc_reuse_find(&r));
        ifc_reuse_record(&r, 100);
        a[1] += 5;
        b += key;
        ifc_reuse_programmed(&r, 7, 0.25);
        ifc_reuse_keep(&r, 130 + key);
    }
    const ifc_reuse_entry *e = ifc_reuse_find(&r);
    CU_ASSERT_FATAL(e != NULL);
    CU_ASSERT_EQUAL(e->duration, 32);
    CU_ASSERT(e->n_programs == 1 && e->programs[0].die == 7 && e->programs[0].pages == 0.25);
    ifc_reuse_add(&r, e);
    CU_ASSERT(a[0] == 1 && a[1] == 22 && a[2] == 3 && b == 15);
    CU_ASSERT(r.bytes <= r.most_bytes && r.oldest != r.newest);
    ifc_reuse_begin(&r);
    ifc_reuse_key(&r, "state\0", 6);
    CU_ASSERT_PTR_NULL(ifc_reuse_find(&r)); /* it had to make room */
    ifc_reuse_fini(&r);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"equal layers are simulated once", equal_layers_are_simulated_once},
        {"flushes end in a layer, or prevent it", flushes_end_in_a_layer_or_prevent_it},
        {"the head of a prompt is for its last token", the_head_of_a_prompt_is_for_its_last_token},
        {"little room keeps little", little_room_keeps_little},
        {"the table", the_table},
    };
    return IFC_RUN_TESTS("reuse", tests);
}
