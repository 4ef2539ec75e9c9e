/*
 * Classes share each channel's commands in proportion to their weights: stride scheduling. The class whose
 * pass is least goes next, and its pass grows by 1 / weight.
 */
#include <stdlib.h>

#include <ifc/policy.h>

struct state {
    uint32_t share[IFC_CLASSES];
    uint64_t served[IFC_CLASSES];
    uint64_t overtaken;
    double *pass; /* [channel][class] */
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    (void)host;
    s->pass = calloc((size_t)machine->channels * IFC_CLASSES, sizeof *s->pass);
    return s->pass ? NULL : "out of memory";
}

static void fini(void *state)
{
    struct state *s = state;
    free(s->pass);
}

/* A class that was away does not come back with credit: it starts where the least of those present is. */
static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    struct state *s = state;
    double *pass = s->pass + (size_t)channel * IFC_CLASSES;
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++)
        if (pass[commands[i].traffic_class] < pass[commands[best].traffic_class])
            best = i;
    uint32_t chosen = commands[best].traffic_class;
    pass[chosen] += 1.0 / s->share[chosen];
    for (uint32_t c = 0; c < IFC_CLASSES; c++)
        if (c != chosen && pass[c] < pass[chosen] - 1.0)
            pass[c] = pass[chosen] - 1.0;
    s->served[chosen]++;
    s->overtaken += best > 0;
    return best;
}

static const ifc_dispatch_ops ops = {.pick = pick};

static const ifc_parameter parameters[] = {
    {"weights", IFC_MEMBER(struct state, share[IFC_CLASS_WEIGHTS]), .unit = "count", .default_text = "4",
     .min = 1, .max = 1000, .help = "share of class weights"},
    {"kv_read", IFC_MEMBER(struct state, share[IFC_CLASS_KV_READ]), .unit = "count", .default_text = "8",
     .min = 1, .max = 1000, .help = "share of class kv_read"},
    {"kv_write", IFC_MEMBER(struct state, share[IFC_CLASS_KV_WRITE]), .unit = "count", .default_text = "1",
     .min = 1, .max = 1000, .help = "share of class kv_write"},
    {"refresh", IFC_MEMBER(struct state, share[IFC_CLASS_REFRESH]), .unit = "count", .default_text = "1",
     .min = 1, .max = 1000, .help = "share of class refresh"},
    {"host", IFC_MEMBER(struct state, share[IFC_CLASS_HOST]), .unit = "count", .default_text = "4", .min = 1,
     .max = 1000, .help = "share of class host"},
};

static const ifc_statistic statistics[] = {
    {"served_weights", IFC_MEMBER(struct state, served[IFC_CLASS_WEIGHTS]), .unit = "count",
     .help = "commands of class weights that were chosen"},
    {"served_kv_read", IFC_MEMBER(struct state, served[IFC_CLASS_KV_READ]), .unit = "count",
     .help = "commands of class kv_read that were chosen"},
    {"served_kv_write", IFC_MEMBER(struct state, served[IFC_CLASS_KV_WRITE]), .unit = "count",
     .help = "commands of class kv_write that were chosen"},
    {"served_refresh", IFC_MEMBER(struct state, served[IFC_CLASS_REFRESH]), .unit = "count",
     .help = "commands of class refresh that were chosen"},
    {"served_host", IFC_MEMBER(struct state, served[IFC_CLASS_HOST]), .unit = "count",
     .help = "commands of class host that were chosen"},
    {"overtaken", IFC_MEMBER(struct state, overtaken), .unit = "count",
     .help = "commands that went before an older one"},
};

extern const ifc_policy ifc_dispatch_weighted;
const ifc_policy ifc_dispatch_weighted = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_DISPATCH,
    .name = "weighted",
    .summary = "classes take turns in proportion to their shares",
    .trade_off = "no class starves, and none has all of the dies; the shares must be found by trying",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    .init = init,
    .fini = fini,
    IFC_OPS(dispatch, ops),
};
