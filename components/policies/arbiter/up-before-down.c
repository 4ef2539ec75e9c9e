/* Results before new work: what leaves a die makes room in it, and may be what the token waits for. */
#include <ifc/policy.h>

struct state {
    uint64_t overtaken;
};

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *requests, uint32_t n)
{
    struct state *s = state;
    (void)channel;
    for (uint32_t i = 0; i < n; i++)
        if (requests[i].up) {
            s->overtaken += i > 0;
            return i;
        }
    return 0;
}

static const ifc_arbiter_ops ops = {.pick = pick};

static const ifc_statistic statistics[] = {
    {"overtaken", IFC_MEMBER(struct state, overtaken), .unit = "count",
     .help = "tenures that went before an older request"},
};

static uint64_t digest(const void *state)
{
    (void)state;
    return 0; /* its parameters do not change, and nothing else matters */
}

extern const ifc_policy ifc_arbiter_up_before_down;
const ifc_policy ifc_arbiter_up_before_down = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_ARBITER,
    .name = "up-before-down",
    .summary = "results before commands and vectors, oldest first within each",
    .trade_off =
        "buffers of dies empty sooner; dies that wait for a command idle longer when results are many",
    .state_size = sizeof(struct state),
    IFC_STATISTICS(statistics),
    IFC_OPS(arbiter, ops),
    .digest = digest,
};
