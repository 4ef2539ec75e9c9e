/**
 * Runs in child processes: results come back whole and in order, whatever a child does.
 */
#include "platform/jobs/fork_run.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sample_result.h"

#define JOBS 6

static ifc_scenario scenario[JOBS];
static ifc_fork_job jobs[JOBS];
static size_t order[JOBS], reported;

static void prepare(size_t n)
{
    reported = 0;
    for (size_t i = 0; i < n; i++) {
        sample_scenario(&scenario[i]);
        scenario[i].workload.tokens = (uint32_t)i;
        jobs[i].scenario = &scenario[i];
    }
}

static void note(void *arg, size_t index, ifc_fork_job *job)
{
    CU_ASSERT_PTR_EQUAL(arg, &jobs[0]);
    CU_ASSERT_PTR_EQUAL(job, &jobs[index]);
    order[reported++] = index;
}

static ifc_status sample_run(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    (void)arg;
    (void)err;
    /* The first jobs take longest, so that they end in another order than they began. */
    usleep((useconds_t)(20000 * (JOBS - s->workload.tokens)));
    sample_result(out, s);
    out->pages_sensed = s->workload.tokens;
    return IFC_OK;
}

static bool same_rows(const ifc_result *a, const ifc_result *b)
{
    return a->tokens == b->tokens && a->n_path == b->n_path && a->n_wear == b->n_wear &&
           memcmp(a->token_latency, b->token_latency, a->tokens * sizeof *a->token_latency) == 0 &&
           memcmp(a->energy, b->energy, a->n_energy * sizeof *a->energy) == 0 &&
           memcmp(a->path, b->path, a->n_path * sizeof *a->path) == 0 &&
           memcmp(a->resources, b->resources, a->n_resources * sizeof *a->resources) == 0 &&
           memcmp(a->rates, b->rates, a->n_rates * sizeof *a->rates) == 0 &&
           memcmp(a->capacity, b->capacity, a->n_capacity * sizeof *a->capacity) == 0 &&
           memcmp(a->wear, b->wear, a->n_wear * sizeof *a->wear) == 0;
}

static void results_come_back_in_order(void)
{
    prepare(JOBS);
    ifc_fork_options options = {.parallel = 3, .run = sample_run, .done = note, .done_arg = &jobs[0]};
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_fork_runs(jobs, JOBS, &options, &err), IFC_OK);
    CU_ASSERT_EQUAL(reported, JOBS);
    ifc_result expected;
    sample_result(&expected, &scenario[0]);
    for (size_t i = 0; i < JOBS; i++) {
        CU_ASSERT_EQUAL(order[i], i);
        CU_ASSERT_EQUAL(jobs[i].status, IFC_OK);
        CU_ASSERT_EQUAL(jobs[i].result.pages_sensed, i);
        CU_ASSERT_PTR_EQUAL(jobs[i].result.scenario, &scenario[i]);
        CU_ASSERT_STRING_EQUAL(jobs[i].result.grain, "die");
        CU_ASSERT(same_rows(&jobs[i].result, &expected));
        ifc_result_fini(&jobs[i].result);
    }
    ifc_result_fini(&expected);
}

static ifc_status troubled_run(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    if (s->workload.tokens == 1)
        return ifc_fail(err, IFC_EDATA, "told so");
    if (s->workload.tokens == 2)
        raise(SIGKILL);
    if (s->workload.tokens == 3)
        _exit(IFC_EINTERNAL);
    return sample_run(s, arg, out, err);
}

static void a_failing_child_harms_no_other(void)
{
    prepare(5);
    ifc_fork_options options = {.parallel = 2, .run = troubled_run};
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_fork_runs(jobs, 5, &options, &err), IFC_OK);
    CU_ASSERT_EQUAL(jobs[0].status, IFC_OK);
    CU_ASSERT_EQUAL(jobs[1].status, IFC_EDATA);
    CU_ASSERT_STRING_EQUAL(jobs[1].error.text, "told so");
    CU_ASSERT_EQUAL(jobs[2].status, IFC_EINTERNAL);
    CU_ASSERT_STRING_EQUAL(jobs[2].error.text, "scenarios/sample.cfg: the run ended by signal 9 (Killed)");
    CU_ASSERT_EQUAL(jobs[3].status, IFC_EINTERNAL);
    CU_ASSERT_STRING_EQUAL(jobs[3].error.text,
                           "scenarios/sample.cfg: the run ended with status 70 and without a result");
    CU_ASSERT_EQUAL(jobs[4].status, IFC_OK);
    for (size_t i = 0; i < 5; i++)
        ifc_result_fini(&jobs[i].result);
}

static volatile sig_atomic_t stop_now;

static void stop_after_first(void *arg, size_t index, ifc_fork_job *job)
{
    (void)arg;
    (void)index;
    (void)job;
    stop_now = 1;
}

static void a_stop_starts_no_more(void)
{
    prepare(JOBS);
    stop_now = 0;
    ifc_fork_options options = {
        .parallel = 1, .run = sample_run, .done = stop_after_first, .stop = &stop_now};
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_fork_runs(jobs, JOBS, &options, &err), IFC_OK);
    CU_ASSERT_EQUAL(jobs[0].status, IFC_OK);
    ifc_result_fini(&jobs[0].result);
    for (size_t i = 1; i < JOBS; i++)
        CU_ASSERT_EQUAL(jobs[i].status, IFC_EINTERRUPTED);
}

static ifc_status large_run(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    (void)arg;
    (void)err;
    *out = (ifc_result){.scenario = s, .grain = "page", .overflow = -1, .tokens = 300000};
    out->token_latency = malloc(out->tokens * sizeof *out->token_latency);
    for (uint32_t i = 0; i < out->tokens; i++)
        out->token_latency[i] = (ifc_time)i * 7;
    return IFC_OK;
}

/* More than a pipe holds, from two children at a time. */
static void large_results_fit(void)
{
    prepare(2);
    ifc_fork_options options = {.parallel = 2, .run = large_run};
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_fork_runs(jobs, 2, &options, &err), IFC_OK);
    for (size_t j = 0; j < 2; j++) {
        CU_ASSERT_EQUAL(jobs[j].result.tokens, 300000);
        uint32_t wrong = 0;
        for (uint32_t i = 0; i < jobs[j].result.tokens; i++)
            wrong += jobs[j].result.token_latency[i] != (ifc_time)i * 7;
        CU_ASSERT_EQUAL(wrong, 0);
        ifc_result_fini(&jobs[j].result);
    }
}

static void no_jobs_is_fine(void)
{
    ifc_fork_options options = {.run = sample_run};
    CU_ASSERT_EQUAL(ifc_fork_runs(NULL, 0, &options, NULL), IFC_OK);
}

static volatile size_t *noted; /* seen by the children, too */

static void note_for_all(void *arg, size_t index, ifc_fork_job *job)
{
    note(arg, index, job);
    *noted = reported;
}

/* The first job ends when all others were reported, however slow the machine is. */
static ifc_status first_waits(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    for (int i = 0; s->workload.tokens == 0 && *noted < JOBS - 1 && i < 60000; i++)
        usleep(1000);
    return sample_run(s, arg, out, err);
}

static ifc_status fill(void *arg, size_t index, ifc_fork_job *job, ifc_error *err)
{
    (void)arg;
    if (index == 2)
        return ifc_fail(err, IFC_EDATA, "cannot be run");
    job->scenario = &scenario[index];
    return IFC_OK;
}

static void jobs_get_their_scenarios_late_and_end_as_they_come(void)
{
    ifc_error err = {.status = IFC_OK};
    prepare(JOBS);
    for (size_t i = 0; i < JOBS; i++)
        jobs[i].scenario = NULL;
    void *shared = mmap(NULL, sizeof *noted, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_FATAL(shared != MAP_FAILED);
    noted = shared;
    ifc_fork_options o = {.parallel = JOBS,
                          .run = first_waits,
                          .prepare = fill,
                          .unordered = true,
                          .done = note_for_all,
                          .done_arg = &jobs[0]};
    CU_ASSERT_EQUAL(ifc_fork_runs(jobs, JOBS, &o, &err), IFC_OK);
    CU_ASSERT_EQUAL_FATAL(reported, JOBS);
    CU_ASSERT_EQUAL(order[0], 2); /* refused before anything runs */
    CU_ASSERT_EQUAL(jobs[2].status, IFC_EDATA);
    CU_ASSERT_EQUAL(order[JOBS - 1], 0); /* it waits for the others */
    munmap(shared, sizeof *noted);
    for (size_t i = 0; i < JOBS; i++) {
        CU_ASSERT(i == 2 || (jobs[i].status == IFC_OK && jobs[i].result.pages_sensed == i));
        ifc_result_fini(&jobs[i].result);
    }
}

static char marker[] = "/tmp/ifc-fork-run-XXXXXX";
static size_t deaths;

static void count_death(void *arg, size_t index, const ifc_fork_job *job)
{
    CU_ASSERT_PTR_EQUAL(arg, &jobs[0]);
    CU_ASSERT(index == 1 || index == 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(job->error.text, "signal 9"));
    deaths++;
}

/* Job 1 dies once, job 3 always. */
static ifc_status mortal_run(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    if (s->workload.tokens == 3 || (s->workload.tokens == 1 && unlink(marker) == 0))
        kill(getpid(), SIGKILL);
    return sample_run(s, arg, out, err);
}

static void a_child_that_died_is_tried_again(void)
{
    ifc_error err = {.status = IFC_OK};
    int fd = mkstemp(marker);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    prepare(JOBS);
    ifc_fork_options o = {.parallel = 2,
                          .run = mortal_run,
                          .retries = 1,
                          .again = count_death,
                          .done = note,
                          .done_arg = &jobs[0]};
    CU_ASSERT_EQUAL(ifc_fork_runs(jobs, JOBS, &o, &err), IFC_OK);
    CU_ASSERT_EQUAL(reported, JOBS);
    CU_ASSERT_EQUAL(deaths, 2);
    for (size_t i = 0; i < JOBS; i++) {
        CU_ASSERT_EQUAL(order[i], i);
        CU_ASSERT_EQUAL(jobs[i].status, i == 3 ? IFC_EINTERNAL : IFC_OK);
        ifc_result_fini(&jobs[i].result);
    }
    unlink(marker);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"results come back in order", results_come_back_in_order},
        {"a failing child harms no other", a_failing_child_harms_no_other},
        {"a stop starts no more", a_stop_starts_no_more},
        {"large results fit", large_results_fit},
        {"no jobs is fine", no_jobs_is_fine},
        {"jobs get their scenarios late and end as they come",
         jobs_get_their_scenarios_late_and_end_as_they_come},
        {"a child that died is tried again", a_child_that_died_is_tried_again},
    };
    return IFC_RUN_TESTS("fork_run", tests);
}
