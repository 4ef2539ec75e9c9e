/* The requests of a stream scenario, made from outside while the machine works: each is submitted when the
 * one whose place it takes is complete. They take as long, to the picosecond, as in a run of the scenario
 * itself. */
#include <ifcsim.h>

#include <stdio.h>

enum { COUNT = 400, DEPTH = 8, SETS = 32 / 16 }; /* requests of 16 of 32 dies, all 4 planes of them */

struct loop {
    ifcsim_session *session;
    uint64_t next;
    double sum;
};

static int submit(struct loop *l, int64_t at)
{
    uint64_t n = l->next++;
    ifcsim_request r = {.id = n, .at_ps = at, .die = (uint32_t)(n % SETS * 16)};
    return ifcsim_submit(l->session, &r) != IFCSIM_OK;
}

static int complete(void *arg, const ifcsim_completion *c)
{
    struct loop *l = arg;
    l->sum += (double)(c->completed_ps - c->arrived_ps);
    return l->next < COUNT ? submit(l, c->completed_ps) : 0;
}

static int compare(const ifcsim_result *inside, const ifcsim_result *outside)
{
    static const char *const figures[] = {"end_time_ps", "stream.latency_ps.mean", "stream.latency_ps.p50",
                                          "stream.latency_ps.p99", "stream.latency_ps.max"};
    int different = 0;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        double a = -1, b = -2;
        ifcsim_number(inside, figures[i], &a);
        ifcsim_number(outside, figures[i], &b);
        printf("%-24s %14.0f ps inside, %14.0f ps outside\n", figures[i], a, b);
        different += a != b;
    }
    return different;
}

int main(void)
{
    struct loop l = {0};
    ifcsim_scenario *s = NULL;
    ifcsim_result *inside = NULL, *outside = NULL;
    int failed = ifcsim_load("stream/sequential-read-1mib", &s) ||
                 ifcsim_set(s, "workload.stream.count", "400") || ifcsim_run(s, 0, NULL, NULL, &inside) ||
                 ifcsim_open(s, &l.session);
    while (!failed && l.next < DEPTH)
        failed = submit(&l, 0);
    failed = failed || ifcsim_step(l.session, IFCSIM_IDLE, complete, &l) || ifcsim_close(l.session, &outside);
    if (failed)
        fprintf(stderr, "outside: %s\n", ifcsim_error());
    else
        failed = compare(inside, outside) != 0 || l.next != COUNT;
    ifcsim_result_free(inside);
    ifcsim_result_free(outside);
    ifcsim_free(s);
    return failed;
}
