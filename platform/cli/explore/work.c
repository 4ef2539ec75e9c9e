#include "platform/cli/explore/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "components/system/machine.h"
#include "platform/cli/explore/row.h"
#include "platform/cli/progress.h"
#include "platform/common/memory.h"
#include "platform/jobs/fork_run.h"
#include "platform/jobs/stop.h"

/* A point that is worked on, or will be. Its scenario is there from its start to its end. */
typedef struct todo {
    size_t point;
    ifc_scenario *scenario; /* owned */
} todo;

typedef struct run {
    const ifc_work *work;
    todo *todos;            /* owned; by job */
    size_t n, done, failed; /* done: with an answer, not given up by Ctrl-C */
    ifc_status why;         /* of those that failed; lack of memory if of all */
    ifc_progress_line line;
    ifc_error error; /* of the journal */
} run;

/* In a child process. @arg: the journal; NULL: of one point alone. */
static ifc_status run_point(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    const ifc_journal *journal = arg;
    if (journal) /* the lock of the folder is the parent's, and ends with it */
        close(journal->fd);
    ifc_run_options o = {.program = "ifcsim", .stop = &ifc_stop_requested};
    ifc_status status = ifc_machine_run(s, &o, out, err);
    if (status == IFC_EINTERRUPTED && ifc_stop_requested) /* by a signal, and not by a limit of its own */
        return status;
    if (status == IFC_ENOFIT || status == IFC_EINTERRUPTED) {
        /* Results like any other: out->outcome says so. */
        status = IFC_OK;
        *err = (ifc_error){.status = IFC_OK};
    }
    return status;
}

static ifc_status prepare(void *arg, size_t index, ifc_fork_job *job, ifc_error *err)
{
    run *r = arg;
    todo *t = &r->todos[index];
    ifc_scenario *s = ifc_alloc_zero(1, sizeof *s);
    ifc_status status = ifc_points_load(r->work->points, t->point, s, err);
    if (status != IFC_OK) {
        free(s);
        return status;
    }
    t->scenario = s;
    job->scenario = s;
    return IFC_OK;
}

static void tell(run *r, size_t point, const char *what, const char *then)
{
    char name[512];
    ifc_progress_end(&r->line);
    ifc_points_name(r->work->points, point, name, sizeof name);
    fprintf(stderr, "ifcsim: %s: %s%s\n", name, what, then);
}

static void again(void *arg, size_t index, const ifc_fork_job *job)
{
    run *r = arg;
    tell(r, r->todos[index].point, job->error.text, "; tried once more");
}

static void record(run *r, size_t point, const char *status, const ifc_result *result, const char *why)
{
    json_t *row = ifc_row_new(r->work->points, point, status, result, why);
    if (r->error.status == IFC_OK && ifc_journal_add(r->work->journal, row, &r->error) != IFC_OK)
        ifc_stop_requested = 1; /* nothing more can be recorded */
}

static const char *status_of(const ifc_result *r)
{
    return r->outcome == IFC_RUN_OK              ? IFC_ROW_OK
           : r->outcome == IFC_RUN_OUT_OF_MEMORY ? IFC_ROW_NOFIT
                                                 : IFC_ROW_LIMITED;
}

static void overflow_text(const ifc_result *r, char *out, size_t size)
{
    out[0] = '\0';
    if (r->outcome == IFC_RUN_OUT_OF_MEMORY && r->overflow >= 0 && (uint32_t)r->overflow < r->n_capacity)
        snprintf(out, size, "%s is too small", r->capacity[r->overflow].name);
}

static void done(void *arg, size_t index, ifc_fork_job *job)
{
    run *r = arg;
    todo *t = &r->todos[index];
    char why[160];
    bool given_up = job->status != IFC_OK && job->status != IFC_EDATA && ifc_stop_requested;
    if (job->status == IFC_OK) {
        overflow_text(&job->result, why, sizeof why);
        record(r, t->point, status_of(&job->result), &job->result, why);
    } else if (job->status == IFC_EDATA) {
        record(r, t->point, IFC_ROW_REFUSED, NULL, job->error.text);
    } else if (!given_up) { /* not the scenario's fault: another time it may run */
        r->failed++;
        r->why = r->why == IFC_EINTERNAL ? r->why : job->status;
        tell(r, t->point, job->error.text, "");
        record(r, t->point, IFC_ROW_FAILED, NULL, job->error.text);
    }
    ifc_result_fini(&job->result);
    free(t->scenario);
    t->scenario = NULL;
    job->scenario = NULL;
    r->done += !given_up;
    ifc_progress_show_runs(&r->line, r->done, r->n);
}

static bool is_due(const ifc_work *w, size_t point)
{
    const json_t *row = w->journal->rows[point];
    if (w->shards > 0 && point % w->shards != w->shard - 1)
        return false;
    return !row || strcmp(ifc_row_status(row), IFC_ROW_FAILED) == 0;
}

static ifc_status judge(const run *r, ifc_status status, ifc_error *err)
{
    if (r->error.status != IFC_OK)
        return ifc_fail(err, r->error.status, "%s", r->error.text);
    if (ifc_stop_requested) {
        size_t left = 0;
        for (size_t i = 0; i < r->work->points->n; i++)
            left += is_due(r->work, i);
        return ifc_fail(err, IFC_EINTERRUPTED, "interrupted: %zu points are left; --resume goes on with them",
                        left);
    }
    if (status == IFC_OK && r->failed > 0)
        return ifc_fail(err, r->why, "%zu points failed; --resume tries them again", r->failed);
    return status;
}

ifc_status ifc_work_run(const ifc_work *w, ifc_error *err)
{
    run r = {.work = w};
    r.todos = ifc_alloc_zero(w->points->n + 1, sizeof *r.todos);
    for (size_t i = 0; i < w->points->n; i++)
        if (is_due(w, i))
            r.todos[r.n++].point = i;
    ifc_fork_job *jobs = ifc_alloc_zero(r.n + 1, sizeof *jobs);
    ifc_fork_options o = {.parallel = w->jobs,
                          .run = run_point,
                          .run_arg = w->journal,
                          .prepare = prepare,
                          .retries = 1,
                          .again = again,
                          .unordered = true,
                          .done = done,
                          .done_arg = &r,
                          .stop = &ifc_stop_requested};
    ifc_progress_begin(&r.line, w->quiet);
    ifc_progress_show_runs(&r.line, 0, r.n);
    ifc_status status = r.n > 0 ? ifc_fork_runs(jobs, r.n, &o, err) : IFC_OK;
    ifc_progress_end(&r.line);
    free(jobs);
    free(r.todos);
    return judge(&r, status, err);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double ifc_work_seconds(const ifc_points *p, size_t i)
{
    ifc_error err = {.status = IFC_OK};
    ifc_scenario *s = ifc_alloc_zero(1, sizeof *s);
    ifc_fork_job job = {.scenario = s};
    ifc_fork_options o = {.parallel = 1, .run = run_point, .stop = &ifc_stop_requested};
    double begin = now();
    bool ran = ifc_points_load(p, i, s, &err) == IFC_OK && ifc_fork_runs(&job, 1, &o, &err) == IFC_OK;
    ran = ran && job.status == IFC_OK;
    ifc_result_fini(&job.result);
    free(s);
    return ran ? now() - begin : -1;
}
