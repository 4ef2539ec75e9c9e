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

/* Requests begin at whole multiples of the interval, and decode one after the other. */
static uint32_t admit(void *state, const ifc_request_view *waiting, uint32_t n)
{
    struct state *s = state;
    ifc_time past = now(s) % s->every;
    s->asked++;
    for (uint32_t i = 0; i < n; i++)
        s->late += waiting[i].arrival > now(s) || waiting[i].tokens > 0 || waiting[i].prompt == 0;
    if (past == 0)
        return n - 1;
    s->woken++;
    s->host->wake(s->host->self, now(s) - past + s->every);
    return IFC_NONE;
}

static void one_decodes(void *state, const ifc_schedule_view *view, ifc_step_choice *choice)
{
    struct state *s = state;
    for (uint32_t i = 0; i < view->n; i++)
        s->late +=
            (view->requests[i].prompt == 0 && view->requests[i].tokens == 0) || view->requests[i].left == 0;
    for (uint32_t i = 0; i < view->n; i++)
        if (view->requests[i].prompt > 0) {
            choice->prompt = i;
            return;
        }
    choice->decodes[0] = true;
}

static void does_nothing(void *state, const ifc_schedule_view *view, ifc_step_choice *choice)
{
    (void)state, (void)view, (void)choice;
}

static void does_both(void *state, const ifc_schedule_view *view, ifc_step_choice *choice)
{
    (void)state, (void)view;
    choice->prompt = 0;
    choice->decodes[0] = true;
}

static void no_such_prompt(void *state, const ifc_schedule_view *view, ifc_step_choice *choice)
{
    (void)state;
    choice->prompt = view->n;
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
static const ifc_schedule_ops one = {.admit = admit, .step = one_decodes};
static const ifc_schedule_ops nothing = {.step = does_nothing}, both = {.step = does_both};
static const ifc_schedule_ops beyond = {.step = no_such_prompt};
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
    POLICY(IFC_KIND_SCHEDULE, schedule, "one", init, one),
    POLICY(IFC_KIND_SCHEDULE, schedule, "nothing", init, nothing),
    POLICY(IFC_KIND_SCHEDULE, schedule, "both", init, both),
    POLICY(IFC_KIND_SCHEDULE, schedule, "beyond", init, beyond),
    POLICY(IFC_KIND_OBSERVER, observer, "looks", start_looking, looks),
    POLICY(IFC_KIND_OBSERVER, observer, "bad-file", init, writes),
};

IFC_EXPORT const ifc_policy *const ifc_plugins[] = {&all[0], &all[1], &all[2], &all[3], &all[4], &all[5],
                                                    &all[6], &all[7], &all[8], &all[9], NULL};
