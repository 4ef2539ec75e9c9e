#include "platform/jobs/fork_run.h"
#include "platform/common/memory.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/jobs/fork.h"
#include "platform/jobs/result_wire.h"

/* A child at work on job @index, and what it has answered so far. */
typedef struct child {
    pid_t pid;
    int fd;
    size_t index;
    char *data; /* owned */
    size_t size, room;
    bool failed; /* no memory for its answer */
} child;

typedef struct pool {
    const ifc_fork_options *options;
    ifc_fork_job *jobs;
    size_t n, started, reported;
    bool *finished;  /* owned */
    unsigned *died;  /* owned; times that a job's children died */
    size_t *waiting; /* owned; jobs to be started (again), before those never started */
    size_t n_waiting;
    child *children;    /* owned; running ones first */
    struct pollfd *fds; /* owned */
    size_t running, parallel;
    bool stopping;
} pool;

static void fail_job(ifc_fork_job *job, ifc_status status, const char *text)
{
    job->status = status;
    job->error.status = IFC_OK;
    if (job->scenario)
        (void)ifc_fail(&job->error, status, "%s: %s", job->scenario->file, text);
    else
        (void)ifc_fail(&job->error, status, "%s", text);
}

/* The job has its status: hand it over, or have it wait for those before it. */
static void end_job(pool *p, size_t index)
{
    p->finished[index] = true;
    if (!p->options->unordered)
        return;
    if (p->options->done)
        p->options->done(p->options->done_arg, index, &p->jobs[index]);
    p->reported++;
}

static void __attribute__((noreturn)) run_in_child(const ifc_fork_options *o, const ifc_scenario *s, int fd)
{
    ifc_result result = {0};
    ifc_error error = {.status = IFC_OK};
    ifc_status status = o->run(s, o->run_arg, &result, &error);
    bool sent = ifc_result_send(fd, status, &error, &result);
    ifc_result_fini(&result);
    fflush(NULL);
    _exit(sent ? 0 : IFC_EINTERNAL);
}

static bool start_job(pool *p, size_t index, ifc_error *err)
{
    int ends[2];
    pid_t pid = ifc_fork_joined(ends, false, err);
    if (pid < 0)
        return false;
    if (pid == 0) {
        for (size_t i = 0; i < p->running; i++)
            close(p->children[i].fd);
        run_in_child(p->options, p->jobs[index].scenario, ends[1]);
    }
    p->children[p->running++] = (child){.pid = pid, .fd = ends[0], .index = index};
    return true;
}

/* Return: false at the end of the answer. */
static bool read_some(child *c)
{
    char chunk[65536];
    ssize_t n = read(c->fd, chunk, sizeof chunk);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    if (n == 0)
        return false;
    if (c->size + (size_t)n > c->room) {
        size_t room = 2 * (c->size + (size_t)n);
        char *grown = realloc(c->data, room);
        if (!grown) {
            c->failed = true;
            return false;
        }
        c->data = grown;
        c->room = room;
    }
    memcpy(c->data + c->size, chunk, (size_t)n);
    c->size += (size_t)n;
    return true;
}

static void explain_death(ifc_fork_job *job, int how)
{
    char text[128];
    fail_job(job, ifc_fork_death(how, text, sizeof text), text);
}

/* A child that died is no answer yet while its job may be tried again. */
static bool try_again(pool *p, size_t index)
{
    const ifc_fork_options *o = p->options;
    if (p->stopping || p->jobs[index].status == IFC_EINTERRUPTED || p->died[index]++ >= o->retries)
        return false;
    if (o->again)
        o->again(o->done_arg, index, &p->jobs[index]);
    p->jobs[index].error = (ifc_error){.status = IFC_OK};
    p->waiting[p->n_waiting++] = index;
    return true;
}

/* The child has closed its pipe: take its answer and its place. */
static void finish_child(pool *p, size_t slot)
{
    child c = p->children[slot];
    ifc_fork_job *job = &p->jobs[c.index];
    int how = 0;
    bool dead = false;
    close(c.fd);
    while (waitpid(c.pid, &how, 0) < 0 && errno == EINTR)
        ;
    if (c.failed)
        fail_job(job, IFC_EINTERNAL, "out of memory for the result");
    else if (!ifc_result_receive(c.data, c.size, job->scenario, &job->status, &job->error, &job->result)) {
        explain_death(job, how);
        dead = true;
    }
    free(c.data);
    p->children[slot] = p->children[--p->running];
    if (!dead || !try_again(p, c.index))
        end_job(p, c.index);
}

static void report_in_order(pool *p)
{
    while (!p->options->unordered && p->reported < p->n && p->finished[p->reported]) {
        if (p->options->done)
            p->options->done(p->options->done_arg, p->reported, &p->jobs[p->reported]);
        p->reported++;
    }
}

static void stop_if_asked(pool *p)
{
    if (p->stopping || !p->options->stop || !*p->options->stop)
        return;
    p->stopping = true;
    for (size_t i = 0; i < p->running; i++)
        kill(p->children[i].pid, SIGTERM);
}

static void wait_for_children(pool *p)
{
    for (size_t i = 0; i < p->running; i++)
        p->fds[i] = (struct pollfd){.fd = p->children[i].fd, .events = POLLIN};
    /* The timeout notices a stop that came just before the call. */
    int ready = poll(p->fds, p->running, 200);
    if (p->options->tick)
        p->options->tick(p->options->tick_arg);
    if (ready <= 0)
        return;
    for (size_t i = p->running; i-- > 0;)
        if (p->fds[i].revents && !read_some(&p->children[i]))
            finish_child(p, i);
}

/* The job to be started next. Return: false when there is none. */
static bool next_job(pool *p, size_t *index)
{
    if (p->n_waiting > 0)
        *index = p->waiting[--p->n_waiting];
    else if (p->started < p->n)
        *index = p->started++;
    else
        return false;
    return true;
}

/* What was not started gets the reason why. */
static void give_up_rest(pool *p, ifc_status status, const char *text)
{
    size_t index;
    while (next_job(p, &index)) {
        fail_job(&p->jobs[index], status, text);
        end_job(p, index);
    }
}

/* Return: false: the job cannot be run, and has its status. */
static bool prepare_job(pool *p, size_t index)
{
    ifc_fork_job *job = &p->jobs[index];
    if (p->options->prepare && !job->scenario)
        job->status = p->options->prepare(p->options->done_arg, index, job, &job->error);
    if (job->status == IFC_OK && job->scenario)
        return true;
    end_job(p, index);
    return false;
}

static void start_jobs(pool *p, ifc_error *err)
{
    size_t index;
    while (p->running < p->parallel && next_job(p, &index)) {
        p->jobs[index].status = IFC_OK;
        if (!prepare_job(p, index) || start_job(p, index, err))
            continue;
        p->waiting[p->n_waiting++] = index;
        if (p->running > 0) { /* as many at a time as the system lets us */
            p->parallel = p->running;
            *err = (ifc_error){.status = IFC_OK};
        } else {
            give_up_rest(p, IFC_EINTERNAL, err->text);
        }
    }
}

static ifc_status run_pool(pool *p, ifc_error *err)
{
    ifc_error local = {.status = IFC_OK};
    while (p->reported < p->n) {
        stop_if_asked(p);
        if (p->stopping)
            give_up_rest(p, IFC_EINTERRUPTED, "not run: interrupted");
        start_jobs(p, &local);
        if (p->running > 0)
            wait_for_children(p);
        report_in_order(p);
    }
    return local.status == IFC_OK ? IFC_OK : ifc_fail(err, local.status, "%s", local.text);
}

ifc_status ifc_fork_runs(ifc_fork_job *jobs, size_t n, const ifc_fork_options *options, ifc_error *err)
{
    if (n == 0)
        return IFC_OK;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t parallel = options->parallel ? options->parallel : (size_t)(processors > 0 ? processors : 1);
    if (parallel > n)
        parallel = n;
    for (size_t i = 0; i < n; i++) {
        jobs[i].status = IFC_OK;
        memset(&jobs[i].error, 0, sizeof jobs[i].error);
        memset(&jobs[i].result, 0, sizeof jobs[i].result);
    }
    pool p = {.options = options, .jobs = jobs, .n = n, .parallel = parallel};
    p.finished = ifc_alloc_zero(n, sizeof *p.finished);
    p.died = ifc_alloc_zero(n, sizeof *p.died);
    p.waiting = ifc_alloc_zero(n, sizeof *p.waiting);
    p.children = ifc_alloc_zero(parallel, sizeof *p.children);
    p.fds = ifc_alloc_zero(parallel, sizeof *p.fds);
    ifc_status status = run_pool(&p, err);
    free(p.fds);
    free(p.children);
    free(p.waiting);
    free(p.died);
    free(p.finished);
    return status;
}
