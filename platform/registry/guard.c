/*
 * The guard around a policy's ops: nothing may block in them, and who breaks a contract is named.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "platform/kernel/kernel.h"
#include "platform/registry/policies.h"

static struct {
    const ifc_policy_run *policy; /* whose op runs; NULL: none */
    const char *op;
    ifc_time since;
    unsigned long entered; /* ops so far */
} guard;

static struct sigaction abort_before; /* the kernel's own word on it */

void ifc_policy_misbehaves(const ifc_policy_run *p, const char *op, const char *format, ...)
{
    va_list args;
    fflush(stdout);
    fprintf(stderr, "ifcsim: %s: ", ifc_run_name());
    if (p->entry->source)
        fprintf(stderr, "plug-in %s: ", p->entry->source);
    else
        fprintf(stderr, "built-in ");
    fprintf(stderr, "%s policy \"%s\", op %s: ", ifc_kind_name(p->policy->kind), p->policy->name, op);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (at %lld ps)\n", (long long)ifc_now());
    fflush(stderr);
    _exit(IFC_EINTERNAL);
}

/* An op that ends the process, or crashes, is named, too: nobody should take its exit status for the
 * simulator's. */
static void ended(void)
{
    if (guard.policy)
        ifc_policy_misbehaves(guard.policy, guard.op, "ends the process");
}

static void crashed(int signal)
{
    if (guard.policy)
        ifc_policy_misbehaves(guard.policy, guard.op, "crashes (%s)", strsignal(signal));
    if (signal == SIGABRT)
        sigaction(SIGABRT, &abort_before, NULL);
    raise(signal); /* not the policy's: as if there were no handler */
}

static void watch(void)
{
    static bool watching;
    static char stack[64 * 1024]; /* an op may have used up its actor's */
    if (watching)
        return;
    watching = true;
    atexit(ended);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_RESETHAND};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGABRT, &action, &abort_before);
}

/* After the wall limit, every second: an op that still runs the next time does not return. The machine looks
 * at the limit itself, but only between ops. */
static void late(int signal)
{
    static unsigned long seen;
    (void)signal;
    if (guard.policy && guard.entered == seen)
        ifc_policy_misbehaves(guard.policy, guard.op, "has not returned at simulation.wall_limit");
    seen = guard.policy ? guard.entered : 0;
}

void ifc_policy_limit_time(double seconds)
{
    struct sigaction action = {.sa_handler = late, .sa_flags = SA_ONSTACK | SA_RESTART};
    struct itimerval timer = {.it_interval.tv_sec = seconds > 0 ? 1 : 0};
    timer.it_value.tv_sec = (time_t)seconds;
    timer.it_value.tv_usec = (suseconds_t)((seconds - (double)timer.it_value.tv_sec) * 1e6);
    if (seconds > 0 && timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0)
        timer.it_value.tv_usec = 1;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void blocked(void)
{
    ifc_policy_misbehaves(guard.policy, guard.op, "blocks, and an op must not");
}

void ifc_policy_enter(const ifc_policy_run *p, const char *op)
{
    watch();
    guard.policy = p;
    guard.op = op;
    guard.entered++;
    guard.since = ifc_now();
    ifc_kernel_forbid_blocking(blocked);
}

void ifc_policy_ask(const ifc_policy_run *p, const char *op)
{
    ((ifc_policy_run *)p)->asked = true;
    ifc_policy_enter(p, op);
}

/* Who slept behind the kernel's back is found out by the clock. */
void ifc_policy_leave(const ifc_policy_run *p)
{
    if (guard.policy != p || ifc_now() != guard.since)
        ifc_policy_misbehaves(p, guard.op, "blocks, and an op must not");
    ifc_kernel_forbid_blocking(NULL);
    guard.policy = NULL;
}
