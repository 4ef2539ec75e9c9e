/*
 * An observer: which die completes most commands, and how long reads of KV wait for a die's array.
 */
#include <stdlib.h>

#include <ifc/policy.h>

struct state {
    uint64_t *commands; /* per die */
    uint64_t busiest, most, kv_reads;
    ifc_time waited;
    double mean_wait;
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    (void)host;
    s->commands = calloc(machine->dies + 1, sizeof *s->commands);
    return s->commands ? NULL : "out of memory";
}

static void fini(void *state)
{
    struct state *s = state;
    free(s->commands);
}

static void complete(void *state, const ifc_txn_view *txn)
{
    struct state *s = state;
    uint32_t command = txn->command.command;
    if (command == IFC_DRAM_READ || command == IFC_DRAM_WRITE)
        return;
    if (++s->commands[txn->command.die] > s->most) {
        s->most = s->commands[txn->command.die];
        s->busiest = txn->command.die;
    }
    if (txn->command.traffic_class != IFC_CLASS_KV_READ)
        return;
    s->kv_reads++;
    s->waited += txn->stamp[IFC_PHASE_DIE_QUEUE] - txn->stamp[IFC_PHASE_DATA_DOWN];
    s->mean_wait = (double)s->waited / (double)s->kv_reads;
}

static const ifc_observer_ops ops = {.complete = complete};

static const ifc_statistic statistics[] = {
    {"busiest", IFC_MEMBER(struct state, busiest), .unit = "die", .help = "die with the most commands"},
    {"most", IFC_MEMBER(struct state, most), .unit = "count", .help = "its commands"},
    {"kv_reads", IFC_MEMBER(struct state, kv_reads), .unit = "count", .help = "commands that read KV"},
    {"mean_wait", IFC_MEMBER(struct state, mean_wait), .unit = "ps", .help = "their mean wait for the array"},
};

IFC_EXPORT const ifc_policy ifc_plugin = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_OBSERVER,
    .name = "busiest-die",
    .summary = "commands per die, and how long KV reads wait in one",
    .trade_off = "changes nothing in the simulated machine",
    .state_size = sizeof(struct state),
    IFC_STATISTICS(statistics),
    .init = init,
    .fini = fini,
    IFC_OPS(observer, ops),
};
