/**
 * Requests that arrive, wait, are answered and end.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/observe/figures.h"
#include "platform/observe/requests.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"
#include "tests/unit/support/tiny.h"

static ifc_scenario *serving(ifc_scenario *s, unsigned count)
{
    sim_set(s, "workload.kind=requests");
    sim_set(s, "workload.requests.count=%u", count);
    sim_set(s, "workload.requests.arrival=poisson");
    sim_set(s, "workload.requests.prompt=4");
    sim_set(s, "workload.requests.answer=uniform:min=1,max=7");
    return s;
}

/* One place: whoever comes first is served first, and nobody waits for longer than those before take. */
static void one_place_serves_in_order(void)
{
    ifc_scenario *s = serving(tiny_dram(), 400);
    sim_set(s, "workload.requests.rate=700 1/s");
    sim_run run = sim_run_one(s);
    const ifc_result *r = &run.result;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL_FATAL(r->n_requests, 400);
    ifc_time free = 0;
    uint64_t waits = 0, generated = 0;
    for (uint32_t i = 0; i < r->n_requests; i++) {
        const ifc_request_row *q = &r->requests[i];
        CU_ASSERT_EQUAL(q->start, q->arrival > free ? q->arrival : free);
        CU_ASSERT(q->first_token > q->start && q->end >= q->first_token);
        CU_ASSERT_EQUAL(q->generated, q->answer);
        waits += q->start > q->arrival;
        generated += q->generated;
        free = q->end;
    }
    CU_ASSERT(waits > 50 && waits < 400);
    CU_ASSERT_EQUAL(r->tokens, generated - 400); /* the first of each comes with its prompt */
    CU_ASSERT_EQUAL(r->prompt_tokens, 4 * 400);
    sim_run_fini(&run);
}

/* Pollaczek and Khinchine: mean wait = rate E[S^2] / (2 (1 - rate E[S])), of what was arriving and served. */
static void waiting_agrees_with_queueing_theory(void)
{
    ifc_scenario *s = serving(tiny_dram(), 40000);
    sim_set(s, "workload.requests.rate=150 1/s");
    sim_run run = sim_run_one(s);
    const ifc_result *r = &run.result;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    double sum = 0, squares = 0, wait = 0, n = r->n_requests;
    double rate = n / (double)r->requests[r->n_requests - 1].arrival;
    for (uint32_t i = 0; i < r->n_requests; i++) {
        double service = (double)(r->requests[i].end - r->requests[i].start);
        sum += service;
        squares += service * service;
        wait += (double)(r->requests[i].start - r->requests[i].arrival);
    }
    double load = rate * sum / n, expected = rate * squares / n / (2 * (1 - load));
    CU_ASSERT(load > 0.15 && load < 0.4);
    CU_ASSERT(sim_near("mean wait", wait / n, expected, 0.02, 0));
    ifc_request_figures f;
    CU_ASSERT_FATAL(ifc_request_figures_of(r, &f));
    CU_ASSERT(sim_near("mean wait, as told", f.queue.mean, wait / n, 1e-9, 0));
    CU_ASSERT(f.queue.p50 <= f.queue.p90 && f.queue.p90 <= f.queue.p99 && f.queue.p99 <= f.queue.max);
    CU_ASSERT(sim_near("served", f.requests_per_second, 150, 0.02, 0));
    sim_run_fini(&run);
}

/* Places side by side: more is served in the time, every token still has its keys and values. */
static void places_share_steps(void)
{
    sim_run runs[2] = {{.scenario = serving(tiny_discrete(), 60)},
                       {.scenario = serving(tiny_discrete(), 60)}};
    for (int i = 0; i < 2; i++) {
        sim_set(runs[i].scenario, "workload.requests.arrival=closed");
        sim_set(runs[i].scenario, "workload.batch=%d", i ? 4 : 1);
        sim_set(runs[i].scenario, "placement.kv_buffer.bytes=%d B", i ? 2048 : 512);
    }
    sim_run_all(runs, 2);
    const ifc_result *one = &runs[0].result, *four = &runs[1].result;
    CU_ASSERT_EQUAL_FATAL(runs[0].status, IFC_OK);
    CU_ASSERT_EQUAL_FATAL(runs[1].status, IFC_OK);
    CU_ASSERT_EQUAL(four->n_requests, 60);
    CU_ASSERT_EQUAL(four->tokens, one->tokens);
    /* What is in the buffer at the end of a request is dropped: two tokens, a page of K and one of V, at
     * most. */
    CU_ASSERT(four->pages_programmed + 2 * 60 >= one->pages_programmed &&
              four->pages_programmed <= one->pages_programmed + 2 * 60);
    CU_ASSERT(four->end_time < one->end_time);
    CU_ASSERT(four->pages_sensed < one->pages_sensed);
    for (int i = 0; i < 2; i++)
        sim_run_fini(&runs[i]);
}

/* A conversation that goes on finds what it left. */
static void a_conversation_keeps_its_cache(void)
{
    ifc_scenario *s = serving(tiny_discrete(), 30);
    sim_set(s, "workload.requests.arrival=closed");
    sim_set(s, "workload.requests.sessions=1");
    sim_set(s, "workload.requests.limit=64");
    sim_run run = sim_run_one(s);
    const ifc_result *r = &run.result;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    uint64_t kept = 0, prefilled = 0;
    for (uint32_t i = 0; i < r->n_requests; i++) {
        const ifc_request_row *q = &r->requests[i];
        bool goes_on = i > 0 && q->session == r->requests[i - 1].session;
        /* all but the last token of the answer has its keys and values */
        uint64_t there = goes_on ? r->requests[i - 1].prompt + r->requests[i - 1].generated - 1 : 0;
        CU_ASSERT_EQUAL(q->cached, there);
        kept += q->cached;
        prefilled += q->prompt - q->cached;
    }
    CU_ASSERT(kept > 0);
    CU_ASSERT_EQUAL(r->prompt_tokens, prefilled);
    sim_run_fini(&run);
}

/* Blocks of a request that is over are erased, in the background, and used again, those that were used least
 * first. */
static void blocks_come_back(void)
{
    ifc_scenario *s = serving(tiny_discrete(), 200);
    sim_set(s, "workload.requests.arrival=closed");
    sim_run run = sim_run_one(s);
    const ifc_result *r = &run.result;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    /* Every request has pages on both dies, in one block of each of their two planes. */
    CU_ASSERT_EQUAL(r->blocks_erased, 200 * 2 * 2);
    CU_ASSERT_EQUAL(r->wear[1].blocks_erased, r->blocks_erased);
    CU_ASSERT_EQUAL(r->wear[1].pe_max, 200.0 / 20); /* 20 blocks of each plane, in turn */
    CU_ASSERT_EQUAL(r->wear[1].pe.p50, 10);
    CU_ASSERT_EQUAL(r->wear[1].pe.max, 10);
    CU_ASSERT_EQUAL(r->wear[1].kv_reads.max, r->wear[1].reads_per_block_max);
    CU_ASSERT(r->wear[1].reads.p50 > 0 && r->wear[1].reads.p50 <= r->wear[1].reads.max);
    CU_ASSERT_EQUAL(r->wear[0].kv_reads.max, 0); /* weights alone */
    /* It goes on like that, day and night. */
    double years = (double)r->end_time * 1e-12 / (365.25 * 86400) * 1234;
    CU_ASSERT(sim_near("years", ifc_lifetime_years(r, 1234.0 * r->tokens), years, 1e-9, 0));
    sim_run_fini(&run);
}

/* A request may end while what it has is moved: the row that it comes to is erased, too, and no other data
 * goes there meanwhile. */
static void blocks_that_move_come_back(void)
{
    ifc_scenario *s = SIM_NEW("model.layers=1", "model.hidden=1", "model.heads=1", "model.kv_heads=1",
                              "model.ffn=1", "model.vocab=1", "placement.weights=g1", "placement.kv=g1",
                              "placement.kv_buffer.partial_programs=1", "flash.groups.g1.dies=1",
                              "flash.groups.g1.planes=1", "flash.groups.g1.pages_per_block=4",
                              "flash.groups.g1.read_limit=8", "workload.kind=requests",
                              "workload.requests.count=20", "workload.requests.arrival=closed",
                              "workload.requests.prompt=10", "workload.requests.answer=uniform:min=1,max=9",
                              "policies.kv_flush.name=at-token-end", "policies.refresh.name=erase-levelling");
    sim_run run = sim_run_one(s);
    const ifc_result *r = &run.result;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK); /* rows in use are those that are allocated: conservation */
    CU_ASSERT(r->wear[0].moves > 20);
    CU_ASSERT(r->blocks_erased >= r->wear[0].moves);
    sim_run_fini(&run);
}

/* A trace of our own form, in a file that the caller removes. */
static void write_trace(ifc_scenario *s, char file[32], const char *rows)
{
    snprintf(file, 32, "/tmp/ifc-serving-XXXXXX");
    int fd = mkstemp(file);
    CU_ASSERT_FATAL(fd >= 0);
    bool sessions = strchr(rows, ',')[1] > '9';
    CU_ASSERT_FATAL(
        dprintf(fd, "arrival_ps,%sprompt,generated,blocks\n%s", sessions ? "session," : "", rows) > 0);
    close(fd);
    sim_set(s, "workload.kind=requests");
    sim_set(s, "workload.requests.trace=%s", file);
}

/* Blocks of 512 tokens: the cache that is there is cut to what the next prompt begins with, and goes on. */
static void prompts_that_begin_alike_are_kept(void)
{
    char file[32];
    ifc_scenario *s = tiny_discrete();
    sim_set(s, "flash.groups.g2.blocks_per_plane=200");
    write_trace(s, file,
                "0,1100,4,1 2 3\n0,1300,4,1 2 4\n0,1100,4,1 5 3\n0,511,3,1\n0,600,3,9 8\n0,1100,4,1 2 3\n");
    sim_run run = sim_run_one(s);
    const ifc_result *r = &run.result;
    static const uint64_t cached[] = {0, 1024, 512, 510, 0, 0};
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_EQUAL_FATAL(r->n_requests, 6);
    for (uint32_t i = 0; i < 6; i++)
        CU_ASSERT_EQUAL(r->requests[i].cached, cached[i]);
    CU_ASSERT_EQUAL(r->prompt_tokens, 1100 + 276 + 588 + 1 + 600 + 1100);
    sim_run_fini(&run);
    unlink(file);
}

/* While the first decodes, the second reads the same pages; they stay when the first is over. */
static void prompts_that_begin_alike_are_kept_once(void)
{
    uint64_t programmed[2];
    for (int alike = 0; alike < 2; alike++) {
        char file[32], rows[160];
        ifc_scenario *s = tiny_discrete();
        sim_set(s, "flash.groups.g2.blocks_per_plane=40"); /* 2,560 pages: of two tokens, K or V */
        sim_set(s, "placement.kv_buffer.bytes=1536 B");
        sim_set(s, "workload.batch=3");
        snprintf(
            rows, sizeof rows,
            "0,1030,400,1 2 3\n1000000000000,1030,900,%s\n1000000000000,40,900,6\n1900000000000,600,2,%s\n",
            alike ? "1 2 4" : "7 8 9", alike ? "1 2" : "7 8");
        write_trace(s, file, rows);
        sim_run run = sim_run_one(s);
        const ifc_result *r = &run.result;
        CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
        CU_ASSERT_EQUAL_FATAL(r->n_requests, 4);
        CU_ASSERT_EQUAL(r->requests[1].cached, alike ? 1024 : 0);
        /* together they need more than there is, were it not for what they share */
        CU_ASSERT_EQUAL(r->requests[1].start < r->requests[0].end, alike);
        programmed[alike] = r->pages_programmed;
        sim_run_fini(&run);
        unlink(file);
    }
    CU_ASSERT(programmed[0] - programmed[1] >= 1020 &&
              programmed[0] - programmed[1] <= 1024); /* 1024 tokens */
}

static void a_request_that_never_fits_is_an_error(void)
{
    ifc_scenario *s = serving(tiny_discrete(), 3);
    sim_set(s, "workload.requests.arrival=closed");
    sim_set(s, "workload.requests.prompt=100000");
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_EDATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(run.error, "request 0 of 100000 + "));
    sim_run_fini(&run);
}

/* ---- who is served, and what the next step is ---- */

static sim_run scheduled(const char *policy, const char *rows, const char *more)
{
    char file[32];
    ifc_scenario *s = tiny_dram();
    sim_set(s, "workload.chunk=1");
    sim_set(s, "workload.requests.arrival=closed");
    sim_set(s, "policies.schedule.%s", policy);
    if (more)
        sim_set(s, "%s", more);
    write_trace(s, file, rows);
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    unlink(file);
    return run;
}

/* Rows are in the order in which requests began. */
static void the_shortest_goes_first(void)
{
    static const struct {
        const char *policy, *patience;
        uint64_t order[4];
    } cases[] = {
        {"name=fcfs", NULL, {0, 1, 2, 3}},
        {"name=shortest-first", NULL, {1, 2, 3, 0}},
        {"name=shortest-first",
         "policies.schedule.patience=0 s",
         {1, 0, 2, 3}}, /* nobody has waited at first */
        {"name=prompts-first", NULL, {0, 1, 2, 3}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sim_run run = scheduled(cases[c].policy, "0,9,9,\n0,2,2,\n0,4,3,\n0,5,3,\n", cases[c].patience);
        CU_ASSERT_EQUAL_FATAL(run.result.n_requests, 4);
        for (uint32_t i = 0; i < 4; i++)
            CU_ASSERT_EQUAL(run.result.requests[i].request, cases[c].order[i]);
        sim_run_fini(&run);
    }
}

/* Two requests in two places, a token of a prompt at a time. */
static void prompts_and_answers_take_turns(void)
{
    static const char *const policies[] = {"name=fcfs", "name=prompts-first", "name=decode-first"};
    ifc_request_row rows[3][2];
    for (int i = 0; i < 3; i++) {
        sim_run run = scheduled(policies[i], "0,4,4,\n0,4,4,\n", "workload.batch=2");
        CU_ASSERT_EQUAL_FATAL(run.result.n_requests, 2);
        memcpy(rows[i], run.result.requests, sizeof rows[i]);
        sim_run_fini(&run);
    }
    CU_ASSERT_EQUAL(rows[0][0].first_token, rows[1][0].first_token); /* nobody decodes before */
    CU_ASSERT_EQUAL(rows[0][0].first_token, rows[2][0].first_token);
    /* in turns: three tokens of the first between four of the second's prompt */
    CU_ASSERT(rows[0][0].end < rows[0][1].first_token);
    /* the prompt of the second before the first goes on, then both together */
    CU_ASSERT_EQUAL(rows[1][1].first_token, 2 * rows[1][0].first_token);
    CU_ASSERT_EQUAL(rows[1][0].end, rows[1][1].end);
    /* one after the other */
    CU_ASSERT_EQUAL(rows[2][1].first_token - rows[2][0].end, rows[2][0].first_token);
    CU_ASSERT(rows[2][0].end < rows[0][0].end);
}

/* The next turn of a conversation never passes the one before, however short it is. */
static void turns_stay_in_order(void)
{
    sim_run run = scheduled("name=shortest-first", "0,ann,9,9,\n0,ann,20,1,\n0,bob,3,9,\n0,bob,13,1,\n",
                            "workload.batch=2");
    CU_ASSERT_EQUAL_FATAL(run.result.n_requests, 4);
    const ifc_request_row *r = run.result.requests;
    for (uint32_t i = 0; i < 4; i++)
        for (uint32_t k = 0; k < 4; k++)
            if (r[i].session == r[k].session && r[i].request < r[k].request) {
                CU_ASSERT(r[k].start >= r[i].end);
                CU_ASSERT(r[k].cached > 0);
            }
    CU_ASSERT_EQUAL(r[0].request, 2);
    sim_run_fini(&run);
}

static void warmup_is_left_out(void)
{
    ifc_scenario *s = serving(tiny_dram(), 20);
    sim_set(s, "workload.requests.rate=1000 1/s");
    sim_set(s, "workload.warmup=15");
    sim_run run = sim_run_one(s);
    ifc_request_figures f;
    CU_ASSERT_EQUAL_FATAL(run.status, IFC_OK);
    CU_ASSERT_FATAL(ifc_request_figures_of(&run.result, &f));
    CU_ASSERT_EQUAL(run.result.n_requests, 20);
    CU_ASSERT_EQUAL(f.count, 5);
    sim_run_fini(&run);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"one place serves in order", one_place_serves_in_order},
        {"waiting agrees with queueing theory", waiting_agrees_with_queueing_theory},
        {"places share steps", places_share_steps},
        {"a conversation keeps its cache", a_conversation_keeps_its_cache},
        {"blocks come back", blocks_come_back},
        {"blocks that move come back", blocks_that_move_come_back},
        {"prompts that begin alike are kept", prompts_that_begin_alike_are_kept},
        {"prompts that begin alike are kept once", prompts_that_begin_alike_are_kept_once},
        {"a request that never fits is an error", a_request_that_never_fits_is_an_error},
        {"the shortest goes first", the_shortest_goes_first},
        {"prompts and answers take turns", prompts_and_answers_take_turns},
        {"turns stay in order", turns_stay_in_order},
        {"warmup is left out", warmup_is_left_out},
    };
    return IFC_RUN_TESTS("serving", tests);
}
