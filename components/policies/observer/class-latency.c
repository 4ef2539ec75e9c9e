/* How long transactions of each class take, from their making to their completion. */
#include <ifc/policy.h>

struct class_times {
    uint64_t count;
    ifc_time most;
    double sum, mean; /* of many: more than 64 bits of picoseconds hold */
};

struct state {
    const ifc_policy_host *host;
    struct class_times of[IFC_CLASSES];
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    (void)machine;
    s->host = host;
    return NULL;
}

static void complete(void *state, const ifc_txn_view *txn)
{
    struct state *s = state;
    struct class_times *t = &s->of[txn->command.traffic_class];
    ifc_time took = s->host->now(s->host->self) - txn->issue;
    t->count++;
    t->sum += (double)took;
    t->most = ifc_time_max(t->most, took);
    t->mean = t->sum / (double)t->count;
}

static const ifc_observer_ops ops = {.complete = complete};

static const ifc_statistic statistics[] = {
    {"weights_count", IFC_MEMBER(struct state, of[IFC_CLASS_WEIGHTS].count), .unit = "count",
     .help = "completed transactions of class weights"},
    {"weights_mean", IFC_MEMBER(struct state, of[IFC_CLASS_WEIGHTS].mean), .unit = "ps",
     .help = "their mean latency"},
    {"weights_max", IFC_MEMBER(struct state, of[IFC_CLASS_WEIGHTS].most), .unit = "ps",
     .help = "the longest"},
    {"kv_read_count", IFC_MEMBER(struct state, of[IFC_CLASS_KV_READ].count), .unit = "count",
     .help = "completed transactions of class kv_read"},
    {"kv_read_mean", IFC_MEMBER(struct state, of[IFC_CLASS_KV_READ].mean), .unit = "ps",
     .help = "their mean latency"},
    {"kv_read_max", IFC_MEMBER(struct state, of[IFC_CLASS_KV_READ].most), .unit = "ps",
     .help = "the longest"},
    {"kv_write_count", IFC_MEMBER(struct state, of[IFC_CLASS_KV_WRITE].count), .unit = "count",
     .help = "completed transactions of class kv_write"},
    {"kv_write_mean", IFC_MEMBER(struct state, of[IFC_CLASS_KV_WRITE].mean), .unit = "ps",
     .help = "their mean latency"},
    {"kv_write_max", IFC_MEMBER(struct state, of[IFC_CLASS_KV_WRITE].most), .unit = "ps",
     .help = "the longest"},
    {"refresh_count", IFC_MEMBER(struct state, of[IFC_CLASS_REFRESH].count), .unit = "count",
     .help = "completed transactions of class refresh"},
    {"refresh_mean", IFC_MEMBER(struct state, of[IFC_CLASS_REFRESH].mean), .unit = "ps",
     .help = "their mean latency"},
    {"refresh_max", IFC_MEMBER(struct state, of[IFC_CLASS_REFRESH].most), .unit = "ps",
     .help = "the longest"},
    {"host_count", IFC_MEMBER(struct state, of[IFC_CLASS_HOST].count), .unit = "count",
     .help = "completed transactions of class host"},
    {"host_mean", IFC_MEMBER(struct state, of[IFC_CLASS_HOST].mean), .unit = "ps",
     .help = "their mean latency"},
    {"host_max", IFC_MEMBER(struct state, of[IFC_CLASS_HOST].most), .unit = "ps", .help = "the longest"},
};

extern const ifc_policy ifc_observer_class_latency;
const ifc_policy ifc_observer_class_latency = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_OBSERVER,
    .name = "class-latency",
    .summary = "latency of transactions by class",
    .trade_off = "changes nothing in the simulated machine",
    .state_size = sizeof(struct state),
    IFC_STATISTICS(statistics),
    .init = init,
    IFC_OPS(observer, ops),
};
