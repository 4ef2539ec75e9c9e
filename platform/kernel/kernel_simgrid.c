#include "platform/common/memory.h"
#include "platform/kernel/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/host.h>
#include <simgrid/semaphore.h>

/*
 * SimGrid's clock is a double that only grows. At first one of its seconds stands for one picosecond, so that
 * it counts integers, exact to 2^53. There a picosecond becomes two seconds, at the next power of two four,
 * and so on: every date stays a whole number of picoseconds that a double holds exactly. Nobody sleeps past
 * such a turn (who has farther to go sleeps once more from there), so no date of the old unit is left when
 * the new one begins. The precision must be below half a picosecond: events closer than it would be merged
 * silently.
 */
#define PRECISION  "surf/precision:0.25"
#define FIRST_TURN ((ifc_time)1 << 53)

/* Times that actors block between two looks at the surroundings: some milliseconds. */
#define LOOK_EVERY 1024

/* A stack with a guard page below it is two mappings, and Linux gives a process 65530. */
#define GUARDED_ACTORS 30000

struct ifc_actor {
    char name[64];
    ifc_actor_fn run;
    void *arg;
    const char *waits_for;
    bool daemon, finished;
    struct ifc_actor *next;
};

static struct {
    ifc_actor *actors, **tail;
    ifc_signal *deferred, **deferred_tail; /* raised signals whose waiters are woken when the caller blocks */
    uint64_t events;
    uint64_t wakes;          /* times that an actor went on */
    void (*violation)(void); /* blocking is forbidden; NULL: allowed */
    void (*look)(void *);    /* every so many times that somebody blocks; NULL: nobody watches */
    void *look_arg;
    uint64_t blocks;
    bool running, clock_ended;
    ifc_time turn, last_turn;           /* when the unit doubles, and when it did */
    double last_date;                   /* SimGrid's date of last_turn */
    double ps_in_seconds, second_in_ps; /* the unit, and its inverse: powers of two */
} kernel = {.turn = FIRST_TURN, .ps_in_seconds = 1, .second_in_ps = 1};

/* A file without a name, and the path under which SimGrid can open it; without /proc, one in a temporary
 * folder that the caller removes. Return: -1: none is to be had. */
static int open_unnamed(char *path, size_t size, bool *named)
{
    int fd = memfd_create("ifcsim-platform", 0);
    snprintf(path, size, "/proc/self/fd/%d", fd);
    *named = fd < 0 || access(path, R_OK) != 0;
    if (!*named)
        return fd;
    if (fd >= 0)
        close(fd);
    const char *folder = getenv("TMPDIR");
    int n = snprintf(path, size, "%s/ifcsim-platform-XXXXXX", folder && *folder ? folder : "/tmp");
    return n > 0 && (size_t)n < size ? mkstemp(path) : -1;
}

static bool write_text(int fd, const char *text)
{
    for (size_t length = strlen(text), done = 0; done < length;) {
        ssize_t n = write(fd, text + done, length - done);
        if (n <= 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static int load_platform(const char *xml, ifc_error *err)
{
    char path[PATH_MAX];
    bool named;
    ifc_status status = IFC_OK;
    int fd = open_unnamed(path, sizeof path, &named);
    if (fd < 0)
        return ifc_fail(err, IFC_EOUTPUT, "cannot make a file for the platform (%s): %s", path,
                        strerror(errno));
    if (write_text(fd, xml))
        simgrid_load_platform(path);
    else
        status = ifc_fail(err, IFC_EOUTPUT, "cannot write the platform, %zu bytes, to %s: %s", strlen(xml),
                          path, strerror(errno));
    close(fd);
    if (named)
        unlink(path);
    return status;
}

/*
 * SimGrid aborts, with pages of text, over options whose name it knows and whose value it does not like. A
 * child tries them first.
 */
static bool accepts(int argc, char *const *argv, const char *xml)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        char **copies = ifc_alloc_zero((size_t)argc + 1, sizeof *copies);
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDERR_FILENO);
        dup2(null, STDOUT_FILENO);
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        for (int i = 0; i < argc; i++)
            copies[i] = ifc_copy_text(argv[i]);
        simgrid_init(&argc, copies);
        _exit(load_platform(xml, NULL));
    }
    int how = 0;
    if (child < 0 || waitpid(child, &how, 0) != child)
        return true; /* no child to be had: let SimGrid speak for itself */
    return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

/* C++ libraries abort when there is no memory left, or when SimGrid finds itself in a state that it does not
 * know. */
static void aborted(int number)
{
    static const char text[] =
        "ifcsim: the simulation kernel gave up: out of memory, or a fault of its own\n";
    (void)number;
    ssize_t told = write(STDERR_FILENO, text, sizeof text - 1);
    (void)told;
    _exit(IFC_EINTERNAL);
}

ifc_status ifc_kernel_init(const ifc_kernel_config *config, ifc_error *err)
{
    if (ifc_kernel_check_options(config->argc, config->argv, err) != IFC_OK)
        return IFC_EUSAGE;
    char stack[64];
    snprintf(stack, sizeof stack, "--cfg=contexts/stack-size:%u", config->stack_kib);
    bool guarded = config->actors <= GUARDED_ACTORS;
#ifdef __GLIBC__
    /* Memory that calloc() takes from the system, and no more than that, need not be cleared: of a stack
     * without a guard, too, only what is used is there. */
    if (!guarded)
        mallopt(M_TOP_PAD, 0);
#endif
#ifdef IFC_SANITIZE
    const char *factory = "--cfg=contexts/factory:thread";
#else
    const char *factory = "--cfg=contexts/factory:raw";
#endif
    const char *own[] = {config->program,
                         "--log=root.thres:critical",
                         "--cfg=" PRECISION,
                         stack,
                         factory,
                         guarded ? "--cfg=contexts/guard-size:8" : "--cfg=contexts/guard-size:0",
                         "--cfg=debug/clean-atexit:off",
                         "--cfg=tracing/platform/topology:no"}; /* our hosts have no routes to trace */
    int n_own = (int)(sizeof own / sizeof own[0]);
    int argc = n_own + config->argc;
    char **argv = ifc_alloc_zero((size_t)argc + 1, sizeof *argv);
    char **copies =
        ifc_alloc_zero((size_t)argc + 1, sizeof *copies); /* SimGrid drops what it takes from argv */
    for (int i = 0; i < argc; i++)
        argv[i] = copies[i] = ifc_copy_text(i < n_own ? own[i] : config->argv[i - n_own]);
    /* SimGrid takes Ctrl-C for itself and exits; it belongs to whoever started the run. */
    struct sigaction interrupt;
    bool accepted = config->argc == 0 || accepts(argc, argv, config->platform_xml);
    sigaction(SIGINT, NULL, &interrupt);
    ifc_status status = IFC_OK;
    if (accepted) {
        simgrid_init(&argc, argv);
        sigaction(SIGINT, &interrupt, NULL);
    } else {
        status = ifc_fail(err, IFC_EUSAGE, "SimGrid refuses the options after -- (%s ...)", config->argv[0]);
    }
    if (accepted && argc > 1)
        status = ifc_fail(err, IFC_EUSAGE, "SimGrid does not know the option '%s' (after --)", argv[1]);
    for (int i = 0; i < n_own + config->argc; i++)
        free(copies[i]);
    free(copies);
    free(argv);
    if (status != IFC_OK)
        return status;
    kernel.tail = &kernel.actors;
    signal(SIGABRT, aborted);
    return load_platform(config->platform_xml, err);
}

static void flush_notifications(void)
{
    while (kernel.deferred) {
        ifc_signal *s = kernel.deferred;
        kernel.deferred = s->next;
        s->queued = false;
        if (!s->waiting)
            continue;
        s->waiting = false;
        sg_sem_release(s->semaphore); /* other actors may run here */
    }
}

static void trampoline(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    ifc_actor *a = sg_actor_self_get_data();
    a->run(a->arg);
    a->finished = true;
    flush_notifications();
    if (a->daemon) /* one that ends as soon as it begins: who started it has yet to say that it is one */
        sg_actor_yield();
}

ifc_actor *ifc_actor_start(const char *name, const char *host, ifc_actor_fn run, void *arg, bool daemon)
{
    ifc_actor *a = ifc_alloc_zero(1, sizeof *a);
    snprintf(a->name, sizeof a->name, "%s", name);
    a->run = run;
    a->arg = arg;
    a->daemon = daemon;
    *kernel.tail = a;
    kernel.tail = &a->next;
    sg_host_t where = sg_host_by_name(host);
    IFC_BUG_ON(!where, "no host %s in the platform", host);
    sg_actor_t actor = sg_actor_init(name, where);
    sg_actor_set_data(actor, a);
    sg_actor_start(actor, trampoline, 0, NULL);
    if (daemon)
        sg_actor_daemonize(actor);
    return a;
}

static void describe_waiters(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (ifc_actor *a = kernel.actors; a && used < size; a = a->next)
        if (!a->finished && a->waits_for && !a->daemon)
            used += (size_t)snprintf(text + used, size - used, "%s waits for %s; ", a->name, a->waits_for);
}

ifc_status ifc_kernel_run(ifc_error *err)
{
    kernel.running = true;
    simgrid_run();
    kernel.running = false;
    bool stuck = false;
    for (ifc_actor *a = kernel.actors; a; a = a->next)
        stuck |= !a->finished && !a->daemon;
    ifc_status status = kernel.clock_ended ? IFC_EINTERRUPTED : IFC_OK;
    if (stuck && !kernel.clock_ended) {
        char who[600];
        describe_waiters(who, sizeof who);
        status = ifc_fail(err, IFC_EINTERNAL, "deadlock at %lld ps: %s", (long long)ifc_now(), who);
    }
    while (kernel.actors) {
        ifc_actor *next = kernel.actors->next;
        free(kernel.actors);
        kernel.actors = next;
    }
    kernel.tail = &kernel.actors;
    return status;
}

ifc_time ifc_now(void)
{
    return kernel.last_turn + (ifc_time)((simgrid_get_clock() - kernel.last_date) * kernel.second_in_ps);
}

/* SimGrid's seconds from @now to @t, or to the turn before it. */
static double seconds_until(ifc_time now, ifc_time t)
{
    if (now == kernel.turn) {
        kernel.last_turn = now;
        kernel.last_date = simgrid_get_clock();
        kernel.turn += FIRST_TURN / 2;
        kernel.ps_in_seconds *= 2;
        kernel.second_in_ps /= 2;
    }
    return (double)(ifc_time_min(t, kernel.turn) - now) * kernel.ps_in_seconds;
}

void ifc_kernel_forbid_blocking(void (*violation)(void))
{
    kernel.violation = violation;
}

void ifc_kernel_watch(void (*look)(void *), void *arg)
{
    kernel.look = look;
    kernel.look_arg = arg;
}

static void before_blocking(void)
{
    if (kernel.violation)
        kernel.violation();
    if (kernel.look && ++kernel.blocks % LOOK_EVERY == 0)
        kernel.look(kernel.look_arg);
    if (kernel.deferred)
        flush_notifications();
}

/* Nothing can happen after this moment: every actor ends, the caller too. */
static void end_clock(void)
{
    kernel.clock_ended = true;
    sg_actor_kill_all();
    sg_actor_exit();
}

void ifc_sleep_until(ifc_time t)
{
    before_blocking();
    ifc_time now = ifc_now(), until = ifc_time_min(t, IFC_TIME_HORIZON);
    if (t <= now)
        return;
    kernel.events++;
    for (; now < until; now = ifc_now())
        sg_actor_sleep_for(seconds_until(now, until));
    if (t > IFC_TIME_HORIZON)
        end_clock();
    kernel.wakes++;
}

void ifc_signal_init(ifc_signal *s)
{
    *s = (ifc_signal){.semaphore = sg_sem_init(0)};
}

void ifc_signal_fini(ifc_signal *s)
{
    if (s->semaphore)
        sg_sem_destroy(s->semaphore);
    s->semaphore = NULL;
}

void ifc_wait(ifc_signal *s, const char *what)
{
    before_blocking();
    if (!s->raised) {
        ifc_actor *a = sg_actor_self_get_data();
        a->waits_for = what;
        s->waiting = true;
        kernel.events++;
        sg_sem_acquire(s->semaphore);
        kernel.wakes++;
        a->waits_for = NULL;
    }
    s->raised = false;
}

void ifc_wait_until(ifc_signal *s, ifc_time deadline, const char *what)
{
    if (deadline == IFC_TIME_MAX) {
        ifc_wait(s, what);
        return;
    }
    before_blocking();
    ifc_time now = ifc_now();
    if (!s->raised && deadline > now) {
        ifc_time until = ifc_time_min(deadline, IFC_TIME_HORIZON);
        if (until <= now)
            end_clock();
        ifc_actor *a = sg_actor_self_get_data();
        a->waits_for = what;
        s->waiting = true;
        kernel.events++;
        bool late = true;
        for (; late && now < until; now = ifc_now())
            late = sg_sem_acquire_timeout(s->semaphore, seconds_until(now, until));
        if (late && deadline > IFC_TIME_HORIZON)
            end_clock();
        kernel.wakes++;
        s->waiting = false;
        a->waits_for = NULL;
    }
    s->raised = false;
}

void ifc_settle(unsigned turns)
{
    before_blocking();
    for (unsigned quiet = 0; quiet < turns;) {
        uint64_t before = kernel.wakes;
        sg_actor_yield();
        quiet = kernel.wakes == before ? quiet + 1 : 0;
    }
    kernel.wakes++;
}

void ifc_notify(ifc_signal *s)
{
    s->raised = true;
    if (s->queued || !s->waiting)
        return;
    s->queued = true;
    s->next = NULL;
    if (!kernel.deferred)
        kernel.deferred_tail = &kernel.deferred;
    *kernel.deferred_tail = s;
    kernel.deferred_tail = &s->next;
}

const char *ifc_actor_name(void)
{
    if (!kernel.running)
        return "main";
    ifc_actor *a = sg_actor_self_get_data();
    return a ? a->name : "kernel";
}

uint64_t ifc_kernel_events(void)
{
    return kernel.events;
}
