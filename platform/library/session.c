/*
 * A stream whose requests another program makes, while it runs: the simulation is a child process at the
 * other end of a socket. The caller sends orders (components/run/source.h), the child answers with news.
 */
#include <ifcsim.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "components/run/source.h"
#include "platform/common/memory.h"
#include "platform/jobs/fork.h"
#include "platform/jobs/result_wire.h"
#include "platform/jobs/stop.h"
#include "platform/kernel/kernel.h"
#include "platform/library/shared.h"

typedef enum news_kind { NEWS_DONE, NEWS_REACHED, NEWS_ENDED } news_kind;

/* What the child says; after NEWS_ENDED comes its result, up to the end. */
typedef struct news {
    news_kind kind;
    ifc_time now;
    uint64_t id;
    ifc_time arrived;
} news;

struct ifcsim_session {
    ifc_scenario *scenario; /* owned */
    pid_t pid;
    int fd;
    ifc_time now;
    bool ended; /* the child has, and closed its end */
    ifcsim_status status;
    ifcsim_result *result; /* owned */
    char *why;             /* owned; message of a status that is not IFCSIM_OK */
};

/* ---- the child ---- */

typedef struct child {
    int fd;
    ifc_order orders[64];
    size_t n, at; /* orders read, and taken */
    size_t bytes; /* of one that is not here whole */
} child;

/* Return: false: no more come. */
static bool read_orders(child *c)
{
    char *to = (char *)c->orders;
    c->orders[0] = c->orders[c->n]; /* the begin of the next one */
    c->n = c->at = 0;
    while (c->bytes < sizeof(ifc_order)) {
        struct pollfd ready = {.fd = c->fd, .events = POLLIN};
        if (poll(&ready, 1, 200) <= 0 && !ifc_stop_requested)
            continue;
        ssize_t n = ifc_stop_requested
                        ? 0
                        : read(c->fd, to + c->bytes, sizeof c->orders - c->bytes - sizeof *c->orders);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        c->bytes += n > 0 ? (size_t)n : 0;
    }
    c->n = c->bytes / sizeof(ifc_order);
    c->bytes %= sizeof(ifc_order);
    return true;
}

static void next_order(void *arg, ifc_order *order)
{
    child *c = arg;
    if (c->at == c->n && !read_orders(c)) { /* the caller is gone, or wants it to stop */
        ifc_stop_requested = 1;
        *order = (ifc_order){.kind = IFC_ORDER_END};
        return;
    }
    *order = c->orders[c->at++];
}

static void send_all(int fd, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return; /* the other side is gone: reading says so */
        at += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
}

static void tell_done(void *arg, uint64_t id, ifc_time arrived)
{
    child *c = arg;
    news n = {.kind = NEWS_DONE, .now = ifc_now(), .id = id, .arrived = arrived};
    send_all(c->fd, &n, sizeof n);
}

static void tell_reached(void *arg)
{
    child *c = arg;
    news n = {.kind = NEWS_REACHED, .now = ifc_now()};
    send_all(c->fd, &n, sizeof n);
}

static void __attribute__((noreturn)) simulate(const ifc_scenario *s, int fd)
{
    child c = {.fd = fd};
    ifc_source source = {.arg = &c, .next = next_order, .done = tell_done, .reached = tell_reached};
    ifc_run_options o = {.source = &source};
    ifc_result result = {0};
    ifc_error error = {.status = IFC_OK};
    ifc_status status = ifc__library_simulate(s, &o, &result, &error);
    news n = {.kind = NEWS_ENDED, .now = result.end_time};
    send_all(fd, &n, sizeof n);
    bool sent = ifc_result_send(fd, status, &error, &result);
    ifc_result_fini(&result);
    fflush(NULL);
    _exit(sent ? 0 : IFC_EINTERNAL);
}

/* ---- the caller ---- */

/* Return: false: the child is gone before. */
static bool receive(int fd, void *to, size_t size)
{
    char *at = to;
    while (size > 0) {
        ssize_t n = read(fd, at, size);
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        at += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static char *receive_rest(int fd, size_t *size)
{
    size_t room = 0;
    char *data = NULL;
    for (*size = 0;;) {
        data = ifc_grow(data, &room, *size + 65535, 1);
        ssize_t n = read(fd, data + *size, room - *size);
        if (n == 0 || (n < 0 && errno != EINTR))
            return data;
        *size += n > 0 ? (size_t)n : 0;
    }
}

/* Take what the child left: its result, or how it died. */
static void end(ifcsim_session *s, bool with_result)
{
    ifc_result result = {0};
    ifc_error err = {.status = IFC_OK};
    ifc_status status = IFC_OK;
    size_t size = 0;
    int how = 0;
    char *data = with_result ? receive_rest(s->fd, &size) : NULL;
    while (waitpid(s->pid, &how, 0) < 0 && errno == EINTR)
        ;
    s->ended = true;
    if (data && ifc_result_receive(data, size, s->scenario, &status, &err, &result)) {
        if (status == IFC_OK)
            status = ifc__library_keep(&result, &s->result, &err);
        s->status = status == IFC_OK ? ifc__library_outcome(s->scenario, &result)
                                     : ifc__library_fail(status, NULL, &err);
    } else {
        char text[128];
        status = ifc_fork_death(how, text, sizeof text);
        s->status = ifc__library_fail_with((ifcsim_status)status, "%s: %s", s->scenario->file, text);
    }
    s->why = ifc_copy_text(ifcsim_error());
    ifc_result_fini(&result);
    free(data);
}

static ifcsim_status start(ifcsim_session *s)
{
    int ends[2];
    ifc_error err = {.status = IFC_OK};
    s->pid = ifc_fork_joined(ends, true, &err);
    if (s->pid < 0)
        return ifc__library_fail(IFC_EINTERNAL, NULL, &err);
    if (s->pid == 0)
        simulate(s->scenario, ends[1]);
    s->fd = ends[0];
    return IFCSIM_OK;
}

ifcsim_status ifcsim_open(const ifcsim_scenario *scenario, ifcsim_session **out)
{
    ifc__library_clear();
    *out = NULL;
    ifcsim_session *s = ifc_alloc_zero(1, sizeof *s);
    s->fd = -1;
    s->ended = true; /* until it begins */
    s->scenario = ifc_alloc_zero(1, sizeof *s->scenario);
    ifcsim_status status = ifc__library_read(scenario, s->scenario);
    if (status == IFCSIM_OK && s->scenario->workload.kind != IFC_WORKLOAD_STREAM)
        status = ifc__library_fail_with(IFCSIM_BAD_DATA,
                                        "%s: workload.kind: a session takes requests (allowed: \"stream\")",
                                        s->scenario->file);
    const ifc_workload *w = &s->scenario->workload;
    if (status == IFCSIM_OK && (w->n_flows > 0 || w->stream.trace[0]))
        status = ifc__library_fail_with(IFCSIM_BAD_DATA,
                                        "%s: %s: requests of a session come from its caller, and are what "
                                        "workload.stream says (allowed: none)",
                                        s->scenario->file,
                                        w->n_flows ? "workload.flows" : "workload.stream.trace");
    if (status == IFCSIM_OK)
        status = start(s);
    if (status != IFCSIM_OK) {
        free(s->scenario);
        free(s);
        return status;
    }
    s->ended = false;
    *out = s;
    return IFCSIM_OK;
}

/* What an ended run says whatever is asked of it. */
static ifcsim_status say_ended(const ifcsim_session *s)
{
    if (s->status == IFCSIM_OK)
        return ifc__library_fail_with(IFCSIM_INTERNAL, "%s: the run has ended", s->scenario->file);
    return ifc__library_fail_with(s->status, "%s", s->why);
}

static ifcsim_status check(const ifcsim_session *s, const ifcsim_request *r)
{
    const ifc_stream_params *w = &s->scenario->workload.stream;
    const ifc_flash_group *g = &s->scenario->groups[ifc_scenario_group(s->scenario, w->group)];
    if (r->at_ps < s->now)
        return ifc__library_fail_with(IFCSIM_USAGE, "a request at %lld ps (allowed: from now on, %lld ps)",
                                      (long long)r->at_ps, (long long)s->now);
    if (r->die >= g->dies)
        return ifc__library_fail_with(IFCSIM_USAGE, "a request to die %u (allowed: 0 .. %u of group %s)",
                                      r->die, g->dies - 1, g->name);
    if (r->plane > g->planes - w->planes)
        return ifc__library_fail_with(
            IFCSIM_USAGE, "a request to plane %u (allowed: 0 .. %u, workload.stream.planes = %u of %u)",
            r->plane, g->planes - w->planes, w->planes, g->planes);
    return IFCSIM_OK;
}

ifcsim_status ifcsim_submit(ifcsim_session *s, const ifcsim_request *r)
{
    ifc__library_clear();
    if (s->ended)
        return say_ended(s);
    ifcsim_status status = check(s, r);
    if (status != IFCSIM_OK)
        return status;
    ifc_order order = {
        .kind = IFC_ORDER_SUBMIT, .at = r->at_ps, .id = r->id, .die = r->die, .plane = r->plane};
    send_all(s->fd, &order, sizeof order);
    return IFCSIM_OK;
}

ifcsim_status ifcsim_step(ifcsim_session *s, int64_t until_ps, ifcsim_listener listener, void *arg)
{
    news n;
    ifc__library_clear();
    if (s->ended)
        return say_ended(s);
    if (until_ps < s->now)
        return ifc__library_fail_with(IFCSIM_USAGE, "a step to %lld ps (allowed: from now on, %lld ps)",
                                      (long long)until_ps, (long long)s->now);
    ifc_order go = {.kind = IFC_ORDER_GO, .at = until_ps};
    do {
        send_all(s->fd, &go, sizeof go);
        bool heard = receive(s->fd, &n, sizeof n);
        if (!heard || n.kind == NEWS_ENDED) {
            end(s, heard);
            return say_ended(s);
        }
        s->now = n.now;
        if (n.kind == NEWS_REACHED)
            return IFCSIM_OK;
    } while (
        !listener ||
        listener(arg, &(ifcsim_completion){.id = n.id, .arrived_ps = n.arrived, .completed_ps = n.now}) == 0);
    return IFCSIM_OK;
}

int64_t ifcsim_now(const ifcsim_session *s)
{
    return s->now;
}

ifcsim_status ifcsim_close(ifcsim_session *s, ifcsim_result **out)
{
    ifc__library_clear();
    if (out)
        *out = NULL;
    if (!s)
        return IFCSIM_OK;
    if (!s->ended) {
        news n = {0};
        ifc_order order = {.kind = IFC_ORDER_END};
        send_all(s->fd, &order, sizeof order);
        end(s, receive(s->fd, &n, sizeof n) && n.kind == NEWS_ENDED);
    }
    ifcsim_status status = s->status;
    if (status != IFCSIM_OK)
        (void)say_ended(s);
    if (out) {
        *out = s->result;
        s->result = NULL;
    }
    close(s->fd);
    ifcsim_result_free(s->result);
    free(s->why);
    free(s->scenario);
    free(s);
    return status;
}
