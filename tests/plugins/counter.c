/* Counts what it sees issued and completed. */
#include <ifc/policy.h>

struct state {
    uint64_t issued, completed, tokens, bad;
};

static void issue(void *state, const ifc_txn_view *txn)
{
    struct state *s = state;
    s->issued++;
    s->bad += txn->command.id == 0;
}

static void complete(void *state, const ifc_txn_view *txn)
{
    struct state *s = state;
    s->completed++;
    s->bad += txn->stamp[IFC_PHASE_DATA_DOWN] < txn->issue;
}

static void token(void *state, uint32_t n, ifc_time begin)
{
    struct state *s = state;
    (void)begin;
    s->bad += n != s->tokens++;
}

static const ifc_observer_ops ops = {.issue = issue, .complete = complete, .token = token};

static const ifc_statistic statistics[] = {
    {"issued", IFC_MEMBER(struct state, issued), .unit = "count", .help = "transactions made"},
    {"completed", IFC_MEMBER(struct state, completed), .unit = "count", .help = "transactions done"},
    {"tokens", IFC_MEMBER(struct state, tokens), .unit = "count", .help = "tokens done"},
    {"bad", IFC_MEMBER(struct state, bad), .unit = "count", .help = "what contradicts the contract"},
};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,          .kind = IFC_KIND_OBSERVER,
    .name = "counter",          .summary = "counts what it sees issued and completed",
    .trade_off = "a fixture",   .state_size = sizeof(struct state),
    IFC_STATISTICS(statistics), IFC_OPS(observer, ops),
};
