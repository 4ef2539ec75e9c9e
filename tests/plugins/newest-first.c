/* Newest command first, with a parameter and a statistic of its own. */
#include <ifc/policy.h>

struct state {
    const ifc_policy_host *host;
    ifc_time patience; /* parameter */
    uint64_t overtaken;
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    (void)machine;
    s->host = host;
    return NULL;
}

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    struct state *s = state;
    (void)channel;
    if (s->host->now(s->host->self) - commands[0].since > s->patience)
        return 0;
    s->overtaken += n > 1;
    if (n > 1)
        s->host->mark(s->host->self, "overtaken");
    return n - 1;
}

static const ifc_dispatch_ops ops = {.pick = pick};

static const ifc_parameter parameters[] = {
    {"patience", IFC_MEMBER(struct state, patience), .unit = "ps", .default_text = "1 ms", .min = 0,
     .max = 1e12, .help = "a command older than this goes first"},
};

static const ifc_statistic statistics[] = {
    {"overtaken", IFC_MEMBER(struct state, overtaken), .unit = "count",
     .help = "times a newer command went first"},
};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_DISPATCH,
    .name = "newest-first",
    .summary = "newest command first, with a parameter and a statistic of its own",
    .trade_off = "a fixture",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    .init = init,
    IFC_OPS(dispatch, ops),
};
