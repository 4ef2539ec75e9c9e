/*
 * A dispatch policy: of the commands that could go now, the one with the fewest pages; but none waits longer
 * than its patience.
 *
 * Everything comes from the installed headers; ifc/policy.h is the contract.
 */
#include <ifc/policy.h>

struct state {
    const ifc_policy_host *host;
    ifc_time patience; /* parameter */
    uint64_t shorter, impatient;
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    s->host = host;
    return machine->channels > 0 ? NULL : "there is no channel";
}

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    struct state *s = state;
    uint32_t best = 0;
    (void)channel;
    if (s->host->now(s->host->self) - commands[0].since > s->patience) {
        s->impatient++;
        return 0; /* the oldest */
    }
    for (uint32_t i = 1; i < n; i++)
        if (commands[i].pages < commands[best].pages)
            best = i;
    s->shorter += best > 0;
    return best;
}

static const ifc_dispatch_ops ops = {.pick = pick};

static const ifc_parameter parameters[] = {
    {"patience", IFC_MEMBER(struct state, patience), .unit = "ps", .default_text = "1 ms", .min = 0,
     .max = 1e12, .help = "a command that waits longer than this goes first"},
};

static const ifc_statistic statistics[] = {
    {"shorter", IFC_MEMBER(struct state, shorter), .unit = "count",
     .help = "commands that overtook an older one"},
    {"impatient", IFC_MEMBER(struct state, impatient), .unit = "count",
     .help = "commands that went because they had waited long"},
};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_DISPATCH,
    .name = "shortest-first",
    .summary = "fewest pages first, within the patience of the oldest",
    .trade_off = "short commands wait less; long ones wait up to the patience longer",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    .init = init,
    IFC_OPS(dispatch, ops),
};
