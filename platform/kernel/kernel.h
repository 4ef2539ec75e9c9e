/**
 * The event kernel: actors, integer time, signals. The only window to SimGrid; nothing else knows it.
 *
 * One engine per process: a simulation runs once, tests and sweeps fork.
 * Every call that "may block" lets other actors run; nothing else does, so code between two such calls is
 * atomic.
 */
#ifndef IFC_KERNEL_H
#define IFC_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <ifc/status.h>
#include <ifc/time.h>

typedef struct ifc_actor ifc_actor;

/** Shortest and longest of some times; all zero: none yet. */
typedef struct ifc_span {
    ifc_time least, most;
} ifc_span;

static inline void ifc_span_add(ifc_span *s, ifc_time t)
{
    s->least = s->most == 0 || t < s->least ? t : s->least;
    s->most = t > s->most ? t : s->most;
}

typedef void (*ifc_actor_fn)(void *arg);

/**
 * A signal with memory: a notification that nobody waits for is kept (once) until the next wait.
 * One actor at most waits for a signal.
 */
typedef struct ifc_signal {
    void *semaphore;
    bool raised, waiting, queued;
    struct ifc_signal *next; /* raised after it, to be woken after it */
} ifc_signal;

typedef struct ifc_kernel_config {
    const char *program;      /* argv[0] for SimGrid's messages */
    int argc;                 /* SimGrid's own options (--cfg=, --log=), may be 0 */
    char *const *argv;        /* borrowed for the call */
    const char *platform_xml; /* SimGrid platform: one host per component; borrowed for the call */
    uint32_t stack_kib;       /* stack of each actor; what is not used of it takes no memory */
    uint64_t actors;          /* how many there will be, or more: up to 30,000 have a guard page, so that who
                                 overruns a stack crashes (SIGSEGV) */
} ifc_kernel_config;

/**
 * ifc_kernel_check_options() - whether these options of SimGrid may be given: those that show what the kernel
 * does
 * (--log=CATEGORY.thres:LEVEL, --cfg=tracing...). Others change what a run finds, or kill it.
 * Return: IFC_EUSAGE, @err names the option and what is allowed.
 */
IFC_MUST_CHECK ifc_status ifc_kernel_check_options(int argc, char *const *argv, ifc_error *err);

/** ifc_kernel_init() - start the engine. Return: IFC_EUSAGE for options that are not allowed or refused. */
IFC_MUST_CHECK ifc_status ifc_kernel_init(const ifc_kernel_config *config, ifc_error *err);

/**
 * ifc_actor_start() - an actor that begins at time 0, or now when the simulation runs
 * @name, @host: copied; @host must exist in the platform
 * @daemon:      true: a server that does not keep the simulation alive
 */
ifc_actor *ifc_actor_start(const char *name, const char *host, ifc_actor_fn run, void *arg, bool daemon);

/**
 * ifc_kernel_run() - run until every actor that is not a daemon has ended
 * Return: IFC_EINTERRUPTED when somebody sleeps past the end of the clock: ifc_now() is then
 * IFC_TIME_HORIZON, and actors ended where they stood. IFC_EINTERNAL when actors are left that wait for each
 * other; @err names who waits for what.
 */
IFC_MUST_CHECK ifc_status ifc_kernel_run(ifc_error *err);

/** ifc_now() - simulated time; callable from anywhere. */
ifc_time ifc_now(void);

/**
 * ifc_sleep_until() - actor only, may block; returns at once for a time that has come
 * A time past IFC_TIME_HORIZON never comes: when the clock gets there, the simulation ends
 * (ifc_kernel_run()).
 */
void ifc_sleep_until(ifc_time t);

/** ifc_signal_init() / ifc_signal_fini() - in place; after ifc_kernel_init(). */
void ifc_signal_init(ifc_signal *s);
void ifc_signal_fini(ifc_signal *s);

/** ifc_wait() - actor only; blocks until @s is raised, and lowers it. @what: for the deadlock message,
 * static. */
void ifc_wait(ifc_signal *s, const char *what);

/**
 * ifc_wait_until() - the same, but no longer than until @deadline; actor only, may block
 * @deadline: IFC_TIME_MAX: no deadline. A time that has come: returns at once. One past IFC_TIME_HORIZON: as
 * in ifc_sleep_until().
 */
void ifc_wait_until(ifc_signal *s, ifc_time deadline, const char *what);

/**
 * ifc_settle() - let everybody else do what there is to do at this moment; actor only, may block
 * @turns: of those who settle, who asks for fewer goes on first.
 *
 * For choices that must not depend on the order in which the actors of one moment take their turns.
 */
void ifc_settle(unsigned turns);

/**
 * ifc_notify() - raise a signal. Does not block: the waiter runs once the caller blocks or ends.
 * Several notifications before that count as one.
 */
void ifc_notify(ifc_signal *s);

/**
 * ifc_kernel_watch() - call @look every now and then while the simulation runs, whatever it does
 * @look: may notify, may not block. It is called at moments that are not the same in every run.
 */
void ifc_kernel_watch(void (*look)(void *), void *arg);

/**
 * ifc_kernel_forbid_blocking() - from now on any sleep or wait calls @violation, which does not return
 * @violation: NULL: blocking is allowed again
 */
void ifc_kernel_forbid_blocking(void (*violation)(void));

/**
 * ifc_run_name_set() - what this process simulates, for its messages: of several runs, or of variants of one,
 * each is a process of its own
 * @name: copied
 */
void ifc_run_name_set(const char *name);

/** ifc_run_name() - "" when nothing was set. */
const char *ifc_run_name(void);

/** ifc_actor_name() - the running actor's name, "main" outside of actors. */
const char *ifc_actor_name(void);

/** ifc_kernel_events() - sleeps, waits and wake-ups so far. */
uint64_t ifc_kernel_events(void);

#endif
