/**
 * What each built-in policy answers, asked without a machine.
 */
#include <stdlib.h>
#include <string.h>

#include "components/system/elaborate.h"
#include "components/system/policy_views.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

struct asked {
    ifc_scenario *scenario; /* owned */
    ifc_system sys;
    const ifc_policy_run *policy;
};

/* The policy @name of @kind with its parameter @parameter ("name=value"; may be NULL). */
static void open(struct asked *a, ifc_kind kind, const char *name, const char *parameter)
{
    static const char *const kinds[] = {"dispatch", "arbiter", "kv_placement", "kv_flush", "refresh"};
    ifc_error err = {.status = IFC_OK};
    a->sys = (ifc_system){.s = NULL};
    a->scenario = SIM_NEW("flash.groups.g1.dies=2", "flash.groups.g1.read_limit=1000", "placement.weights=g1",
                          "placement.kv=g1", "model.layers=3", "model.hidden=64", "model.heads=4",
                          "model.kv_heads=4", "model.ffn=64", "model.vocab=100");
    sim_set(a->scenario, "policies.%s.name=%s", kinds[kind], name);
    if (parameter)
        sim_set(a->scenario, "policies.%s.%s", kinds[kind], parameter);
    bool ready = ifc_elaborate_derive(&a->sys, a->scenario, NULL, &err) == IFC_OK &&
                 ifc_policies_open(&a->sys.hw.policies, a->scenario, &err) == IFC_OK &&
                 ifc_policy_views_start(&a->sys, &err) == IFC_OK;
    if (!ready)
        printf("\n    %s\n", err.text);
    CU_ASSERT_FATAL(ready);
    a->policy = &a->sys.hw.policies.kinds[kind];
    CU_ASSERT_STRING_EQUAL(a->policy->policy->name, name);
}

static void release(struct asked *a)
{
    ifc_policies_close(&a->sys.hw.policies);
    free(a->scenario);
}

/* One request of each class, oldest first. */
static const ifc_command_view waiting[] = {{.traffic_class = IFC_CLASS_REFRESH},
                                           {.traffic_class = IFC_CLASS_KV_WRITE, .up = false},
                                           {.traffic_class = IFC_CLASS_WEIGHTS, .up = true},
                                           {.traffic_class = IFC_CLASS_KV_READ, .up = true},
                                           {.traffic_class = IFC_CLASS_WEIGHTS},
                                           {.traffic_class = IFC_CLASS_KV_READ}};

static uint32_t arbitrate(const struct asked *a, uint32_t n)
{
    return a->policy->policy->ops.arbiter->pick(a->policy->state, 0, waiting, n);
}

static void arbiters(void)
{
    struct asked a;
    open(&a, IFC_KIND_ARBITER, "priority", NULL);
    CU_ASSERT_EQUAL(arbitrate(&a, 6), 3); /* KV reads first, the older one of two */
    CU_ASSERT_EQUAL(arbitrate(&a, 3), 2); /* then weights */
    CU_ASSERT_EQUAL(arbitrate(&a, 2), 1); /* programs, refresh */
    CU_ASSERT_EQUAL(arbitrate(&a, 1), 0);
    release(&a);
    open(&a, IFC_KIND_ARBITER, "priority", "kv_write=1");
    CU_ASSERT_EQUAL(arbitrate(&a, 6), 1); /* as high as KV reads, and older */
    release(&a);
    open(&a, IFC_KIND_ARBITER, "up-before-down", NULL);
    CU_ASSERT_EQUAL(arbitrate(&a, 6), 2);
    CU_ASSERT_EQUAL(arbitrate(&a, 2), 0);
    release(&a);
}

static uint32_t dispatch(const struct asked *a, uint32_t n)
{
    return a->policy->policy->ops.dispatch->pick(a->policy->state, 0, waiting, n);
}

static void dispatchers(void)
{
    struct asked a;
    open(&a, IFC_KIND_DISPATCH, "attention-first", NULL);
    CU_ASSERT_EQUAL(dispatch(&a, 6), 3);
    CU_ASSERT_EQUAL(dispatch(&a, 3), 2);
    CU_ASSERT_EQUAL(dispatch(&a, 2), 1);
    release(&a);
    /* Refresh, programs and weights always wait: over 60 choices their shares are 1, 1 and 4 of 6. */
    unsigned chosen[3] = {0};
    open(&a, IFC_KIND_DISPATCH, "weighted", NULL);
    for (int i = 0; i < 60; i++) {
        uint32_t pick = dispatch(&a, 3);
        CU_ASSERT_FATAL(pick < 3);
        chosen[pick]++;
    }
    CU_ASSERT(chosen[0] >= 9 && chosen[0] <= 11);
    CU_ASSERT(chosen[1] >= 9 && chosen[1] <= 11);
    CU_ASSERT(chosen[2] >= 38 && chosen[2] <= 42);
    release(&a);
}

/* Tokens that are flushed of @buffered at @event, with room for 8. */
static uint32_t flush(const struct asked *a, ifc_flush_event event, uint32_t buffered)
{
    ifc_flush_view view = {.event = event, .buffered = buffered, .room = 8, .page_tokens = 16};
    return a->policy->policy->ops.kv_flush->flush(a->policy->state, &view);
}

static void flushes(void)
{
    struct asked a;
    open(&a, IFC_KIND_KV_FLUSH, "when-full", NULL);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_APPEND, 7), 0);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_APPEND, 8), 8);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_KV_IDLE, 8), 0);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_TOKEN_END, 8), 0);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_FULL, 8), 8);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_FULL, 7), 7); /* two tokens come together */
    release(&a);
    open(&a, IFC_KIND_KV_FLUSH, "idle-window", "fill=0.5");
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_KV_IDLE, 3), 0);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_KV_IDLE, 4), 4);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_APPEND, 8), 0);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_FULL, 8), 8);
    release(&a);
    open(&a, IFC_KIND_KV_FLUSH, "at-token-end", "tokens=3");
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_TOKEN_END, 2), 0);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_TOKEN_END, 3), 3);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_LAYER_END, 3), 0);
    CU_ASSERT_EQUAL(flush(&a, IFC_FLUSH_FULL, 8), 8);
    release(&a);
}

/* The plane of page 5 of a stream that begins at plane 0, when planes have programmed this much. */
static uint32_t place(const struct asked *a, const uint32_t *programs)
{
    ifc_stream_view stream = {.heads = 4, .layers = 3, .stored_pages = 5, .planes = 8};
    ifc_page_view page = {.stream = &stream, .page = 5, .programs = programs};
    return a->policy->policy->ops.kv_placement->page_plane(a->policy->state, &page);
}

static void placements(void)
{
    static const uint32_t even[8] = {0}, worn[8] = {3, 1, 3, 3, 3, 2, 1, 3},
                          first[8] = {1, 1, 1, 1, 1, 0, 1, 0};
    struct asked a;
    open(&a, IFC_KIND_KV_PLACEMENT, "wear-aware", NULL);
    CU_ASSERT_EQUAL(place(&a, even), 5);
    CU_ASSERT_EQUAL(place(&a, worn), 6); /* the first of two after plane 5 */
    CU_ASSERT_EQUAL(place(&a, first), 5);
    release(&a);
}

/* Of row @i: a full row of KV, unless said otherwise. */
static ifc_block_view row(ifc_block_use use, uint32_t cycles, double reads)
{
    return (ifc_block_view){.use = use, .pages = 16, .cycles = cycles, .reads = reads};
}

static bool choose(const struct asked *a, const ifc_block_view *rows, uint32_t n, ifc_move *move)
{
    ifc_refresh_view view = {.blocks = rows, .n = n};
    return a->policy->policy->ops.refresh->choose(a->policy->state, &view, move);
}

static void refreshes(void)
{
    ifc_block_view rows[] = {row(IFC_BLOCK_KV, 2, 700), row(IFC_BLOCK_FREE, 5, 0),
                             row(IFC_BLOCK_WEIGHTS, 0, 799), row(IFC_BLOCK_KV, 3, 900),
                             row(IFC_BLOCK_FREE, 4, 0)};
    ifc_move move;
    struct asked a;
    rows[3].open = true; /* takes pages: cannot move */
    open(&a, IFC_KIND_REFRESH, "read-count", "share=0.8");
    CU_ASSERT_FALSE(choose(&a, rows, 5, &move)); /* 800 of 1000 reads */
    rows[2].reads = 800;
    CU_ASSERT_FATAL(choose(&a, rows, 5, &move));
    CU_ASSERT_EQUAL(move.from, 2);
    CU_ASSERT_EQUAL(move.to, 1); /* the first free one */
    CU_ASSERT_EQUAL(move.pages_at_once, 1);
    release(&a);
    open(&a, IFC_KIND_REFRESH, "erase-levelling", "share=0.8");
    CU_ASSERT_FATAL(choose(&a, rows, 5, &move));
    CU_ASSERT_EQUAL(move.from, 2);
    CU_ASSERT_EQUAL(move.to, 4); /* filled least often */
    rows[2].reads = 0;
    CU_ASSERT_FALSE(choose(&a, rows, 5, &move)); /* no free row is 8 cycles ahead */
    rows[1].cycles = 8;
    CU_ASSERT_FATAL(choose(&a, rows, 5, &move));
    CU_ASSERT_EQUAL(move.from, 2); /* cold data to the most worn row */
    CU_ASSERT_EQUAL(move.to, 1);
    release(&a);
}

/* ---- policies that are asked when they want to (tests/plugins/wakes.c) ---- */

static uint64_t statistic(const ifc_result *r, const char *name)
{
    for (uint32_t i = 0; i < r->n_policy_values; i++)
        if (r->policy_values[i].statistic && strcmp(r->policy_values[i].name, name) == 0)
            return (uint64_t)r->policy_values[i].value;
    return UINT64_MAX;
}

static void take(ifc_policy_choice *c, const char *name, const char *every)
{
    c->n_params = 1;
    snprintf(c->plugin, sizeof c->plugin, "%s/wakes.so", IFC_PLUGINS_DIR);
    snprintf(c->name, sizeof c->name, "%s", name);
    c->params[0] = (ifc_policy_param){.key = "every", .where = "here"};
    snprintf(c->params[0].value, sizeof c->params[0].value, "%s", every);
}

static sim_run with_wakes(uint32_t kind, const char *name, const char *every)
{
    ifc_scenario *s = tiny_discrete();
    sim_set(s, "model.layers=2");
    sim_set(s, "workload.tokens=8");
    sim_set(s, "placement.kv_buffer.bytes=4096 B");
    if (kind == IFC_KIND_OBSERVER)
        snprintf(s->observers[s->n_observers++].label, IFC_NAME_MAX, "o");
    take(kind == IFC_KIND_OBSERVER ? &s->observers[0] : &s->policies[kind], name, every);
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    return run;
}

/* Its moments are those that it asked for, to the picosecond, and they go on until the end of the run. */
static void an_observer_is_woken(void)
{
    sim_run run = with_wakes(IFC_KIND_OBSERVER, "looks", "1000003 ps");
    CU_ASSERT_EQUAL(statistic(&run.result, "woken"), (uint64_t)(run.result.end_time / 1000003));
    CU_ASSERT_EQUAL(statistic(&run.result, "late"), 0);
    CU_ASSERT_EQUAL(statistic(&run.result, "lines"), 0); /* nobody wants files */
    sim_run_fini(&run);
}

/* Commands that are held back go when their policy is woken, not only when another one comes. */
static void a_dispatcher_is_woken(void)
{
    ifc_time before = 0;
    for (int slow = 0; slow < 2; slow++) {
        sim_run run = with_wakes(IFC_KIND_DISPATCH, "beats", slow ? "1 ms" : "1 ps");
        CU_ASSERT_EQUAL(statistic(&run.result, "woken") > 0, slow == 1);
        CU_ASSERT(run.result.end_time > before + (slow ? 8 * 2 * IFC_MS : 0)); /* a beat or more a layer */
        before = run.result.end_time;
        sim_run_fini(&run);
    }
}

/* Of two layers, the one that is not at work is flushed while KV dies are idle; and at a moment of its own.
 */
static void other_layers_are_flushed(void)
{
    sim_run run = with_wakes(IFC_KIND_KV_FLUSH, "any-layer", "1 ms");
    uint64_t others = statistic(&run.result, "other_layers");
    CU_ASSERT(others > 8 && others < 16); /* all but what is flushed when it wakes, or at the end */
    CU_ASSERT(statistic(&run.result, "woken") > 0);
    CU_ASSERT_EQUAL(statistic(&run.result, "late"), 0);
    CU_ASSERT(run.result.flushes >= others && run.result.layers_reused == 0);
    sim_run_fini(&run);
}

/* A request begins when its policy is woken, the last that waits first; each decodes alone. */
static void a_scheduler_is_woken(void)
{
    ifc_scenario *s = tiny_discrete();
    sim_set(s, "workload.kind=requests");
    sim_set(s, "workload.batch=2");
    sim_set(s, "workload.requests.count=6");
    sim_set(s, "workload.requests.arrival=poisson");
    sim_set(s, "workload.requests.rate=2000 1/s");
    sim_set(s, "workload.requests.prompt=3");
    sim_set(s, "workload.requests.answer=4");
    sim_set(s, "placement.kv_buffer.bytes=4096 B");
    take(&s->policies[IFC_KIND_SCHEDULE], "one", "7 ms");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL_FATAL(run.result.n_requests, 6);
    for (uint32_t i = 0; i < 6; i++) {
        const ifc_request_row *r = &run.result.requests[i];
        CU_ASSERT(r->end > r->start && r->start >= 7 * IFC_MS);
        /* two prompts, then one decodes alone, and then the other */
        CU_ASSERT(i % 2 == 0 || r->first_token < run.result.requests[i - 1].end);
        CU_ASSERT(i % 2 == 0 || r->end > run.result.requests[i - 1].end);
    }
    CU_ASSERT_EQUAL(run.result.requests[0].start, 7 * IFC_MS);
    CU_ASSERT_EQUAL(run.result.requests[0].request, 5); /* all had come by then */
    CU_ASSERT_EQUAL(statistic(&run.result, "late"), 0);
    CU_ASSERT(statistic(&run.result, "woken") > 0);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"arbiters", arbiters},
        {"dispatchers", dispatchers},
        {"flushes", flushes},
        {"placements", placements},
        {"refreshes", refreshes},
        {"an observer is woken", an_observer_is_woken},
        {"a dispatcher is woken", a_dispatcher_is_woken},
        {"a scheduler is woken", a_scheduler_is_woken},
        {"other layers are flushed", other_layers_are_flushed},
    };
    return IFC_RUN_TESTS("policy rules", tests);
}
