/**
 * The kernel boundary: exact wake-ups, signals with memory, and a deadlock that is found and named. Each test
 * runs its simulation in a process of its own and looks at what that left in shared memory.
 */
#include "platform/kernel/kernel.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/ifc_cunit.h"

#define LOG_MAX 4096

/* What a simulation saw. */
static struct shared {
    ifc_status status;
    char error[1024];
    uint32_t n, wrong;
    int who[LOG_MAX];
    ifc_time when[LOG_MAX];
    ifc_time end;
} * seen;

static void note(int who)
{
    if (seen->n < LOG_MAX) {
        seen->who[seen->n] = who;
        seen->when[seen->n] = ifc_now();
    }
    seen->n++;
}

static void begin(void)
{
    ifc_error err = {.status = IFC_OK};
    ifc_kernel_config config = {.program = "test",
                                .platform_xml =
                                    "<?xml version='1.0'?>\n"
                                    "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                                    "<platform version=\"4.1\"><zone id=\"z\" routing=\"None\">"
                                    "<host id=\"h\" speed=\"1Gf\"/></zone></platform>\n",
                                .stack_kib = 64};
    if (ifc_kernel_init(&config, &err) != IFC_OK)
        _exit(3);
}

/* Return: how the child ended, as its exit status; -1: by a signal. */
static int in_child(void (*simulate)(void))
{
    memset(seen, 0, sizeof *seen);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        begin();
        simulate();
        ifc_error err = {.status = IFC_OK};
        seen->status = ifc_kernel_run(&err);
        seen->end = ifc_now();
        memcpy(seen->error, err.text, sizeof seen->error);
        _exit(0);
    }
    int how = 0;
    if (pid < 0 || waitpid(pid, &how, 0) != pid)
        return -1;
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

/* Three actors wake 1, 3 and 7 ps apart, many times, from a base time on. */
/* Some across the moments from which SimGrid's clock counts in larger units. */
#define TURN ((ifc_time)1 << 53)
static const ifc_time bases[] = {0,        IFC_SECOND,   100 * IFC_SECOND,    1000 * IFC_SECOND,
                                 TURN - 9, 2 * TURN - 9, 3 * TURN / 2 - 1000, 1000000 * IFC_SECOND};
static ifc_time base_time;
#define WAKE_UPS 400

static void wake_every(void *spacing)
{
    ifc_time step = *(const ifc_time *)spacing;
    ifc_sleep_until(base_time);
    for (ifc_time i = 1; i <= WAKE_UPS; i++) {
        ifc_sleep_until(base_time + i * step);
        if (ifc_now() != base_time + i * step)
            seen->wrong++;
        note((int)step);
    }
}

static void three_sleepers(void)
{
    static ifc_time steps[] = {1, 3, 7};
    for (int i = 0; i < 3; i++)
        ifc_actor_start("sleeper", "h", wake_every, &steps[i], false);
}

static void wake_ups_are_exact(void)
{
    for (size_t b = 0; b < sizeof bases / sizeof bases[0]; b++) {
        base_time = bases[b];
        CU_ASSERT_EQUAL(in_child(three_sleepers), 0);
        CU_ASSERT_EQUAL(seen->status, IFC_OK);
        CU_ASSERT_EQUAL(seen->n, 3 * WAKE_UPS);
        CU_ASSERT_EQUAL(seen->wrong, 0);
        CU_ASSERT_EQUAL(seen->end, base_time + 7 * WAKE_UPS);
        for (uint32_t i = 1; i < seen->n && i < LOG_MAX; i++)
            CU_ASSERT(seen->when[i] >= seen->when[i - 1]);
    }
}

static void sleep_into_the_past(void *arg)
{
    (void)arg;
    ifc_sleep_until(500);
    ifc_sleep_until(100);
    ifc_sleep_until(500);
    note(0);
}

static void start_backwards(void)
{
    ifc_actor_start("a", "h", sleep_into_the_past, NULL, false);
}

static void a_time_that_has_come_does_not_wait(void)
{
    CU_ASSERT_EQUAL(in_child(start_backwards), 0);
    CU_ASSERT_EQUAL(seen->when[0], 500);
}

static ifc_time far;

static void sleep_far(void *arg)
{
    (void)arg;
    ifc_sleep_until(far);
    note(0);
}

static void wait_for_ever(void *arg)
{
    ifc_wait(arg, "what never comes");
    note(1);
}

static void start_far(void)
{
    static ifc_signal never[2];
    ifc_signal_init(&never[0]);
    ifc_signal_init(&never[1]);
    ifc_actor_start("waits", "h", wait_for_ever, &never[0], false);
    ifc_actor_start("serves", "h", wait_for_ever, &never[1], true);
    ifc_actor_start("sleeps", "h", sleep_far, NULL, false);
}

/* At the end of the clock all is over, also for those who wait; that moment itself is a time like any other.
 */
static void the_clock_ends_at_the_horizon(void)
{
    const ifc_time past[] = {IFC_TIME_HORIZON + 1, IFC_TIME_MAX};
    for (size_t i = 0; i < sizeof past / sizeof past[0]; i++) {
        far = past[i];
        CU_ASSERT_EQUAL(in_child(start_far), 0);
        CU_ASSERT_EQUAL(seen->status, IFC_EINTERRUPTED);
        CU_ASSERT_EQUAL(seen->n, 0);
        CU_ASSERT_EQUAL(seen->end, IFC_TIME_HORIZON);
    }
    far = IFC_TIME_HORIZON;
    CU_ASSERT_EQUAL(in_child(start_far), 0);
    CU_ASSERT_EQUAL(seen->status, IFC_EINTERNAL); /* the one who waits is stuck */
    CU_ASSERT_EQUAL(seen->n, 1);
    CU_ASSERT_EQUAL(seen->end, IFC_TIME_HORIZON);
}

/* Who sleeps until the same moment past a turn, since before it or after, is there at the same moment. */
static void sleep_over_the_turn(void *first)
{
    ifc_sleep_until(*(const ifc_time *)first);
    ifc_sleep_until(TURN + 5);
    note(0);
    ifc_settle(1);
    seen->wrong += seen->n != 4;
}

static void start_over_the_turn(void)
{
    static ifc_time first_stops[] = {1, TURN - 1, TURN, TURN + 4};
    for (int i = 0; i < 4; i++)
        ifc_actor_start("sleeper", "h", sleep_over_the_turn, &first_stops[i], false);
}

static void sleepers_meet_after_a_turn(void)
{
    CU_ASSERT_EQUAL(in_child(start_over_the_turn), 0);
    CU_ASSERT_EQUAL(seen->status, IFC_OK);
    CU_ASSERT(seen->n == 4 && seen->wrong == 0);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(seen->when[i], TURN + 5);
}

static ifc_signal one, two;
static ifc_time knock_at;

static void wait_until_past_the_turn(void *arg)
{
    (void)arg;
    ifc_wait_until(&one, TURN + 10, "a knock");
    note(1);
    ifc_wait_until(&one, TURN + 20, "another");
    note(2);
}

static void knock_once(void *arg)
{
    (void)arg;
    ifc_sleep_until(knock_at);
    ifc_notify(&one);
}

static void start_wait_over_the_turn(void)
{
    ifc_signal_init(&one);
    if (knock_at % 2) /* wakes before the other at the turn, or after it */
        ifc_actor_start("knocks", "h", knock_once, NULL, false);
    ifc_actor_start("waits", "h", wait_until_past_the_turn, NULL, false);
    if (knock_at % 2 == 0)
        ifc_actor_start("knocks", "h", knock_once, NULL, false);
}

/* A deadline past a turn is one wait: it ends at its time, or with a notification before, at or after it. */
static void a_deadline_holds_over_a_turn(void)
{
    const ifc_time knocks[] = {TURN - 2, TURN - 1, TURN, TURN + 1, TURN + 9, TURN + 30};
    for (size_t i = 0; i < sizeof knocks / sizeof knocks[0]; i++) {
        knock_at = knocks[i];
        CU_ASSERT_EQUAL(in_child(start_wait_over_the_turn), 0);
        CU_ASSERT_EQUAL(seen->status, IFC_OK);
        CU_ASSERT_EQUAL_FATAL(seen->n, 2);
        CU_ASSERT_EQUAL(seen->when[0], ifc_time_min(knock_at, TURN + 10));
        CU_ASSERT_EQUAL(seen->when[1], TURN + 20);
    }
}

static void wait_for_two(void *arg)
{
    (void)arg;
    ifc_sleep_until(42);
    ifc_wait(&two, "the answer of bob");
    ifc_notify(&one);
    note(1);
}

static void wait_for_one(void *arg)
{
    (void)arg;
    ifc_wait(&one, "the question of alice");
    ifc_notify(&two);
    note(2);
}

static void sleep_for_ever(void *arg)
{
    (void)arg;
    ifc_signal never;
    ifc_signal_init(&never);
    ifc_wait(&never, "nothing");
}

static void start_deadlock(void)
{
    ifc_signal_init(&one);
    ifc_signal_init(&two);
    ifc_actor_start("alice", "h", wait_for_two, NULL, false);
    ifc_actor_start("bob", "h", wait_for_one, NULL, false);
    ifc_actor_start("server", "h", sleep_for_ever, NULL, true);
}

static void a_deadlock_is_found_and_named(void)
{
    CU_ASSERT_EQUAL(in_child(start_deadlock), 0);
    CU_ASSERT_EQUAL(seen->status, IFC_EINTERNAL);
    CU_ASSERT_EQUAL(seen->n, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(seen->error, "deadlock at 42 ps"));
    CU_ASSERT_PTR_NOT_NULL(strstr(seen->error, "alice waits for the answer of bob"));
    CU_ASSERT_PTR_NOT_NULL(strstr(seen->error, "bob waits for the question of alice"));
}

static void nap(void *arg)
{
    (void)arg;
    ifc_sleep_until(10);
}

static void start_with_server(void)
{
    ifc_actor_start("server", "h", sleep_for_ever, NULL, true);
    ifc_actor_start("client", "h", nap, NULL, false);
}

static void a_waiting_server_is_no_deadlock(void)
{
    CU_ASSERT_EQUAL(in_child(start_with_server), 0);
    CU_ASSERT_EQUAL(seen->status, IFC_OK);
    CU_ASSERT_EQUAL(seen->end, 10);
}

/* Raised twice before anyone waits: kept once. */
static void notify_then_wait(void *arg)
{
    (void)arg;
    ifc_notify(&one);
    ifc_notify(&one);
    ifc_wait(&one, "what was kept");
    note(1);
    ifc_wait(&one, "what comes at 30");
    note(2);
}

static void notify_at_30(void *arg)
{
    (void)arg;
    ifc_sleep_until(30);
    ifc_notify(&one);
    ifc_notify(&one);
    note(3); /* the waiter runs only when this one blocks or ends */
}

static void start_memory(void)
{
    ifc_signal_init(&one);
    ifc_actor_start("a", "h", notify_then_wait, NULL, false);
    ifc_actor_start("b", "h", notify_at_30, NULL, false);
}

static void a_signal_has_memory_of_one(void)
{
    CU_ASSERT_EQUAL(in_child(start_memory), 0);
    CU_ASSERT_EQUAL(seen->status, IFC_OK);
    CU_ASSERT_EQUAL_FATAL(seen->n, 3);
    CU_ASSERT(seen->who[0] == 1 && seen->when[0] == 0);
    CU_ASSERT(seen->who[1] == 3 && seen->when[1] == 30);
    CU_ASSERT(seen->who[2] == 2 && seen->when[2] == 30);
}

/* What is notified twice to a waiter that has gone on is kept for its next wait. */
static void wait_three_times(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) {
        ifc_wait(&one, "a knock");
        note(i);
    }
}

static void knock(void *arg)
{
    (void)arg;
    for (ifc_time t = 10; t <= 30; t += 10) {
        ifc_sleep_until(t);
        ifc_notify(&one);
    }
}

static void start_knocks(void)
{
    ifc_signal_init(&one);
    ifc_actor_start("a", "h", wait_three_times, NULL, false);
    ifc_actor_start("b", "h", knock, NULL, false);
}

static void no_notification_is_lost(void)
{
    CU_ASSERT_EQUAL(in_child(start_knocks), 0);
    CU_ASSERT_EQUAL(seen->status, IFC_OK);
    CU_ASSERT_EQUAL_FATAL(seen->n, 3);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(seen->when[i], 10 * (i + 1));
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"wake-ups are exact", wake_ups_are_exact},
        {"a time that has come does not wait", a_time_that_has_come_does_not_wait},
        {"the clock ends at the horizon", the_clock_ends_at_the_horizon},
        {"sleepers meet after a turn", sleepers_meet_after_a_turn},
        {"a deadline holds over a turn", a_deadline_holds_over_a_turn},
        {"a deadlock is found and named", a_deadlock_is_found_and_named},
        {"a waiting server is no deadlock", a_waiting_server_is_no_deadlock},
        {"a signal has memory of one", a_signal_has_memory_of_one},
        {"no notification is lost", no_notification_is_lost},
    };
    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seen == MAP_FAILED)
        return 2;
    return IFC_RUN_TESTS("kernel", tests);
}
