/* Short requests first: the mean wait is least; an oracle, since it knows how long answers will be. */
#include <ifc/policy.h>

#include "components/policies/schedule/choose.h"

struct state {
    const ifc_policy_host *host;
    ifc_time patience; /* parameter */
    uint64_t overtaken, impatient;
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    (void)machine;
    ((struct state *)state)->host = host;
    return NULL;
}

static uint64_t work(const ifc_request_view *r)
{
    return r->prompt + r->left;
}

static uint32_t admit(void *state, const ifc_request_view *waiting, uint32_t n)
{
    struct state *s = state;
    uint32_t best = 0;
    if (s->host->now(s->host->self) - waiting[0].arrival > s->patience) {
        s->impatient++;
        return 0;
    }
    for (uint32_t i = 1; i < n; i++)
        if (work(&waiting[i]) < work(&waiting[best]))
            best = i;
    s->overtaken += best > 0;
    return best;
}

/* In turns, as fcfs, but the prompt that has least left goes on. */
static void step(void *state, const ifc_schedule_view *view, ifc_step_choice *choice)
{
    (void)state;
    uint32_t best = IFC_NONE;
    for (uint32_t i = 0; i < view->n; i++)
        if (view->requests[i].prompt > 0 &&
            (best == IFC_NONE || view->requests[i].prompt < view->requests[best].prompt))
            best = i;
    if ((best != IFC_NONE && !view->was_prompt) || !ifc_schedule_decode_all(view, choice))
        choice->prompt = best;
}

static const ifc_schedule_ops ops = {.admit = admit, .step = step};

static const ifc_parameter parameters[] = {
    {"patience", IFC_MEMBER(struct state, patience), .unit = "ps", .default_text = "1000 s", .min = 0,
     .max = 1e18,
     .help = "the one that has waited longest goes first when it has waited for longer than this"},
};

static const ifc_statistic statistics[] = {
    {"overtaken", IFC_MEMBER(struct state, overtaken), .unit = "count",
     .help = "requests that took a place before one that had come earlier"},
    {"impatient", IFC_MEMBER(struct state, impatient), .unit = "count",
     .help = "requests that took a place because they had waited long"},
};

extern const ifc_policy ifc_schedule_shortest_first;
const ifc_policy ifc_schedule_shortest_first = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_SCHEDULE,
    .name = "shortest-first",
    .summary =
        "of those that wait the one with the fewest tokens, and its prompt first; knows answers before",
    .trade_off =
        "the mean wait is least; long requests wait up to the patience, and no machine knows answers",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    .init = init,
    IFC_OPS(schedule, ops),
};
