/**
 * libifcsim: IFCSim from a program of one's own. Load a scenario, set parameters, run it, read figures by
 * name.
 *
 *     ifcsim_scenario *s;
 *     ifcsim_result *r;
 *     double speed;
 *     if (ifcsim_load("quickstart", &s) == IFCSIM_OK && ifcsim_set(s, "workload.context", "4K") == IFCSIM_OK
 * && ifcsim_run(s, 0, NULL, NULL, &r) == IFCSIM_OK && ifcsim_number(r, "decode.tokens_per_second", &speed))
 *         printf("%g tokens/s\n", speed);
 *     else
 *         fputs(ifcsim_error(), stderr);
 *
 * A run works in a child process, so any number of them can follow each other or, from several threads, go on
 * at the same time; nothing of one is seen by another. An object is used by one thread at a time. A plug-in
 * that a scenario names is loaded into the calling process, too. Out of memory in the calling process ends
 * it.
 */
#ifndef IFCSIM_H
#define IFCSIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IFCSIM_API __attribute__((visibility("default")))

/** Outcomes, with the numbers of the program's exit status. */
typedef enum ifcsim_status {
    IFCSIM_OK = 0,
    IFCSIM_DOES_NOT_FIT = 3, /* the workload does not fit into the machine's memory: a result */
    IFCSIM_USAGE = 64,       /* a setting that is no PATH and VALUE */
    IFCSIM_BAD_DATA = 65,    /* bad scenario */
    IFCSIM_NO_INPUT = 66,    /* a file cannot be opened */
    IFCSIM_INTERNAL = 70,    /* an internal check failed, or no process could be had */
    IFCSIM_NO_MEMORY = 71,   /* this computer has not the memory that a run takes */
    IFCSIM_INTERRUPTED =
        130, /* stopped by the watcher, a signal or a limit: a result, of what was finished */
} ifcsim_status;

/** A scenario file and what was set over it. */
typedef struct ifcsim_scenario ifcsim_scenario;

/** What a run found. */
typedef struct ifcsim_result ifcsim_result;

/** How far a run is. A decode counts tokens and layers, a stream requests; the other counters are 0. */
typedef struct ifcsim_progress {
    double share;   /* of the work, 0 .. 1 */
    int64_t now_ps; /* simulated time */
    uint32_t token, tokens, layer, layers;
    uint64_t requests, total_requests;
} ifcsim_progress;

/**
 * Called about five times a second from the thread that called ifcsim_run(), while it waits.
 * Return: 0 to go on; anything else ends the run at the next safe point.
 */
typedef int (*ifcsim_watcher)(void *arg, const ifcsim_progress *progress);

enum {
    IFCSIM_DETAIL = 1
}; /* record utilisation over time and the operators of one token, for 'ifcsim report' */

/** ifcsim_version() - "0.2.0"; static storage. */
IFCSIM_API const char *ifcsim_version(void);

/** ifcsim_error() - what was wrong with the last call of this thread that failed, a line for each problem,
 * without a newline at the end; "" when there was none. It stays until the next call of this thread. */
IFCSIM_API const char *ifcsim_error(void);

/**
 * ifcsim_load() - read and check a scenario
 * @name: a file, or a shipped scenario as 'ifcsim run' takes it ("quickstart")
 * @out:  owned by the caller, ifcsim_free(); NULL after an error
 * Return: IFCSIM_OK, IFCSIM_NO_INPUT or IFCSIM_BAD_DATA.
 */
IFCSIM_API ifcsim_status ifcsim_load(const char *name, ifcsim_scenario **out);

/**
 * ifcsim_set() - set a parameter, as --set PATH=VALUE does
 * Key and value are checked now, what goes together when it is run. A later value of a parameter replaces an
 * earlier one. Return: IFCSIM_OK; IFCSIM_USAGE, IFCSIM_BAD_DATA or IFCSIM_NO_INPUT, and the scenario as it
 * was.
 */
IFCSIM_API ifcsim_status ifcsim_set(ifcsim_scenario *s, const char *path, const char *value);

/**
 * ifcsim_run() - simulate; blocks until it is done
 * @flags:   0 or IFCSIM_DETAIL
 * @watcher: may be NULL; gets @arg
 * @out:     owned by the caller, ifcsim_result_free(); NULL where the status is no result
 * The scenario is read again with everything that was set, so it must still be there, and can be run again.
 * SIGINT and SIGTERM in the child process end its run as they end the program's.
 * Return: IFCSIM_OK, IFCSIM_DOES_NOT_FIT or IFCSIM_INTERRUPTED with a result; another status without one.
 */
IFCSIM_API ifcsim_status ifcsim_run(const ifcsim_scenario *s, unsigned flags, ifcsim_watcher watcher,
                                    void *arg, ifcsim_result **out);

/**
 * ifcsim_number() - a figure by its path in the statistics JSON, which docs/results.md explains
 * @path: keys with dots between them: "decode.tokens_per_second". An element of a list is named by its index
 * or by its "name": "decode.token_latency_ps.0", "rates.g1 array.share" Times are in picoseconds, and whole
 * numbers are exact up to 2^53. Return: 1 and *out; 0 when there is no number of this name, and @out is as it
 * was.
 */
IFCSIM_API int ifcsim_number(const ifcsim_result *r, const char *path, double *out);

/** ifcsim_text() - the same for a text ("status", "version"); owned by the result; NULL: there is none. */
IFCSIM_API const char *ifcsim_text(const ifcsim_result *r, const char *path);

/** ifcsim_json() - the whole statistics, byte for byte what 'ifcsim run --format json' prints; owned by the
 * result. */
IFCSIM_API const char *ifcsim_json(const ifcsim_result *r);

/** A run whose requests the caller makes as it goes: co-simulation with a model of what is around the flash.
 */
typedef struct ifcsim_session ifcsim_session;

/** A request of a session. What it does (op, dies, planes, pages, bytes) is what workload.stream says. */
typedef struct ifcsim_request {
    uint64_t id;         /* the caller's, for the completion */
    int64_t at_ps;       /* when it arrives; not before ifcsim_now() */
    uint32_t die, plane; /* its first ones, in the group of workload.stream */
} ifcsim_request;

typedef struct ifcsim_completion {
    uint64_t id;
    int64_t arrived_ps, completed_ps;
} ifcsim_completion;

/**
 * Called from ifcsim_step() for each request that is complete, at that simulated moment; it may submit
 * requests, from that moment on. Return: 0 to go on; anything else ends the step here: ifcsim_now() is the
 * completion's time.
 */
typedef int (*ifcsim_listener)(void *arg, const ifcsim_completion *completion);

/** Time to step to: when no request is under way or waiting to arrive. */
#define IFCSIM_IDLE INT64_MAX

/**
 * ifcsim_open() - begin a session at time 0
 * @s:   its workload.kind is "stream"; arrival, rate, pattern, count and queue_depth mean nothing here. Its
 * limits hold: a wall_limit counts the caller's time, too
 * @out: owned by the caller, ifcsim_close(); NULL after an error
 * The machine works in a child process, so there may be several sessions at a time; one is used by one
 * thread. Return: IFCSIM_OK; as ifcsim_run() without a result.
 */
IFCSIM_API ifcsim_status ifcsim_open(const ifcsim_scenario *s, ifcsim_session **out);

/** ifcsim_submit() - a request; it takes no simulated time, and those of one time arrive in the order of the
 * calls. Return: IFCSIM_OK; IFCSIM_USAGE: a time that is over, or no such die or plane; the status of a run
 * that ended. */
IFCSIM_API ifcsim_status ifcsim_submit(ifcsim_session *session, const ifcsim_request *request);

/**
 * ifcsim_step() - simulate until @until_ps; blocks
 * @listener: told what is complete on the way, that time included; may be NULL; gets @arg
 * What happens at @until_ps has happened: a request submitted then comes after it.
 * Return: IFCSIM_OK; IFCSIM_USAGE for a time that is over; IFCSIM_INTERRUPTED when a limit or a signal ended
 * the run; IFCSIM_INTERNAL when it failed, or machine and settings do not go together (IFCSIM_BAD_DATA).
 */
IFCSIM_API ifcsim_status ifcsim_step(ifcsim_session *session, int64_t until_ps, ifcsim_listener listener,
                                     void *arg);

/** ifcsim_now() - simulated time that was reached, ps. */
IFCSIM_API int64_t ifcsim_now(const ifcsim_session *session);

/**
 * ifcsim_close() - let what was submitted complete, unheard, and end the session; blocks. NULL is fine.
 * @out: the statistics, as ifcsim_run() gives them; may be NULL
 * Return: as ifcsim_run().
 */
IFCSIM_API ifcsim_status ifcsim_close(ifcsim_session *session, ifcsim_result **out);

/** ifcsim_free(), ifcsim_result_free() - release; NULL is fine. */
IFCSIM_API void ifcsim_free(ifcsim_scenario *s);
IFCSIM_API void ifcsim_result_free(ifcsim_result *r);

#ifdef __cplusplus
}
#endif

#endif
