/* Policies that are asked again when they want to, and write files: a dispatch policy that holds commands
 * back, a flush policy for layers other than the one at work, an observer that looks at intervals. */
#include <ifc/policy.h>

struct state {
    const ifc_policy_host *host;
    ifc_time every; /* parameter */
    ifc_time last;
    uint32_t at_work; /* layer whose token came last */
    uint64_t asked, woken, other_layers, late, lines;
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    (void)machine;
    s->host = host;
    return NULL;
}

static ifc_time now(const struct state *s)
{
    return s->host->now(s->host->self);
}

/* Commands go at whole multiples of the interval only. */
static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    struct state *s = state;
    ifc_time past = now(s) % s->every;
    (void)channel, (void)commands, (void)n;
    s->asked++;
    if (past == 0)
        return 0;
    s->woken++;
    s->host->wake(s->host->self, now(s) - past + s->every);
    return IFC_NONE;
}

/* When the dies are idle, layers that are not at work; and all that there is at each moment of its own. */
static uint32_t flush(void *state, const ifc_flush_view *view)
{
    struct state *s = state;
    s->asked++;
    if (view->event == IFC_FLUSH_KV_IDLE && view->layer != s->at_work) {
        s->other_layers++;
        return view->buffered;
    }
    if (view->event == IFC_FLUSH_APPEND)
        s->at_work = view->layer;
    if (view->event == IFC_FLUSH_APPEND && s->every > 0 && s->last == 0)
        s->host->wake(s->host->self, s->last = now(s) + s->every);
    s->woken += view->event == IFC_FLUSH_WAKE;
    s->late += view->event == IFC_FLUSH_WAKE && now(s) != s->last;
    return view->event == IFC_FLUSH_WAKE || view->event == IFC_FLUSH_FULL ? view->buffered : 0;
}

static const char *start_looking(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    (void)init(state, machine, host);
    s->last = s->every;
    host->wake(host->self, s->every);
    return NULL;
}

static void look(void *state)
{
    struct state *s = state;
    FILE *f = s->host->output(s->host->self, "csv");
    s->woken++;
    s->late += now(s) != s->last;
    if (f)
        s->lines += fprintf(f, "%lld\n", (long long)now(s)) > 0;
    s->host->wake(s->host->self, s->last = now(s) + s->every);
}

static uint32_t wakes_in_vain(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    struct state *s = state;
    (void)channel, (void)commands, (void)n;
    s->host->wake(s->host->self, 0);
    return 0;
}

static void bad_file(void *state, const ifc_txn_view *txn)
{
    struct state *s = state;
    (void)txn;
    (void)s->host->output(s->host->self, "../x");
}

static const ifc_dispatch_ops beats = {.pick = pick};
static const ifc_dispatch_ops past = {.pick = wakes_in_vain};
static const ifc_arbiter_ops vain = {.pick = wakes_in_vain};
static const ifc_kv_flush_ops flushes = {.flush = flush, .every_layer = true};
static const ifc_observer_ops looks = {.wake = look};
static const ifc_observer_ops writes = {.complete = bad_file};

static const ifc_parameter parameters[] = {
    {"every", IFC_MEMBER(struct state, every), .unit = "ps", .default_text = "1 us", .min = 0, .max = 1e12,
     .help = "interval"},
};

static const ifc_statistic statistics[] = {
    {"asked", IFC_MEMBER(struct state, asked), .unit = "count", .help = "times that it was asked"},
    {"woken", IFC_MEMBER(struct state, woken), .unit = "count", .help = "times that it wanted it"},
    {"other_layers", IFC_MEMBER(struct state, other_layers), .unit = "count",
     .help = "flushes of layers that are not at work"},
    {"late", IFC_MEMBER(struct state, late), .unit = "count", .help = "not at the moment asked for"},
    {"lines", IFC_MEMBER(struct state, lines), .unit = "count", .help = "written"},
};

#define POLICY(KIND, kind_name, policy_name, start, table)                                                   \
    {                                                                                                        \
        IFC_POLICY_HEADER, .kind = KIND, .name = policy_name, .summary = "wakes", .trade_off = "a fixture",  \
                           .state_size = sizeof(struct state), IFC_PARAMETERS(parameters),                   \
                           IFC_STATISTICS(statistics), .init = start, IFC_OPS(kind_name, table)              \
    }

static const ifc_policy all[] = {
    POLICY(IFC_KIND_DISPATCH, dispatch, "beats", init, beats),
    POLICY(IFC_KIND_DISPATCH, dispatch, "past", init, past),
    POLICY(IFC_KIND_ARBITER, arbiter, "vain", init, vain),
    POLICY(IFC_KIND_KV_FLUSH, kv_flush, "any-layer", init, flushes),
    POLICY(IFC_KIND_OBSERVER, observer, "looks", start_looking, looks),
    POLICY(IFC_KIND_OBSERVER, observer, "bad-file", init, writes),
};

IFC_EXPORT const ifc_policy *const ifc_plugins[] = {&all[0], &all[1], &all[2], &all[3],
                                                    &all[4], &all[5], NULL};
