/**
 * Many runs, each in its own child process (the kernel runs once per process), some of them at a time.
 */
#ifndef IFC_FORK_RUN_H
#define IFC_FORK_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "platform/observe/result.h"

/** One run: @scenario goes in, the rest comes out. */
typedef struct ifc_fork_job {
    const ifc_scenario *scenario; /* borrowed; NULL: prepare fills it */
    ifc_status status;            /* IFC_OK: result holds; otherwise error says why */
    ifc_error error;
    ifc_result result; /* owned by the caller: ifc_result_fini() */
} ifc_fork_job;

typedef struct ifc_fork_options {
    unsigned parallel; /* children at a time; 0: as many as there are processors */
    /* Runs in the child. */
    ifc_status (*run)(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err);
    void *run_arg;
    /* Runs in the parent, with done_arg, before a job is started: gives it its scenario. May be NULL. Another
     * status than IFC_OK is the job's, which is not run then. */
    ifc_status (*prepare)(void *arg, size_t index, ifc_fork_job *job, ifc_error *err);
    unsigned retries; /* times that a job whose child died without an answer is started again */
    /* Runs in the parent when that happens; job->error says how it died. May be NULL. */
    void (*again)(void *arg, size_t index, const ifc_fork_job *job);
    bool unordered; /* done runs as soon as a job is: not in the order of the jobs */
    /* Runs in the parent, once per job and in the order of the jobs, as soon as all before it are done. */
    void (*done)(void *arg, size_t index, ifc_fork_job *job);
    void *done_arg; /* done may be NULL */
    /* Runs in the parent, with tick_arg, about five times a second while children work. May be NULL. */
    void (*tick)(void *arg);
    void *tick_arg;
    volatile sig_atomic_t *stop; /* non-zero: pass SIGTERM on to the children, start no more; may be NULL */
} ifc_fork_options;

/**
 * ifc_fork_runs() - run @n jobs; each gets its status, error and result whatever happens to the others
 *
 * A child that dies without an answer gives its job IFC_EINTERNAL, or IFC_EMACHINE if it says so; a job that
 * was never started because of
 * @stop gives IFC_EINTERRUPTED. Several threads may call this at a time. What a child prints goes where the
 * parent's output goes.
 *
 * Return: IFC_OK when every job was dealt with, also if some failed; IFC_EINTERNAL when no process, pipe or
 * memory could be had (the jobs not done have that status too).
 */
IFC_MUST_CHECK ifc_status ifc_fork_runs(ifc_fork_job *jobs, size_t n, const ifc_fork_options *options,
                                        ifc_error *err);

#endif
