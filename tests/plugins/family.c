/* Several policies that share what they know; one has the name of a built-in one, one says at the end how it
 * went. */
#include <string.h>

#include <ifc/policy.h>

static uint64_t picks; /* of all of them */

struct pick_state {
    char classes[32]; /* parameter */
};

static uint32_t pick(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    const struct pick_state *s = state;
    (void)channel;
    picks++;
    for (uint32_t i = 0; i < n; i++)
        if (strstr(s->classes, ifc_class_name((ifc_class)commands[i].traffic_class)))
            return i;
    return 0;
}

static uint32_t newest(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    (void)state, (void)channel, (void)commands;
    picks++;
    return n - 1;
}

static const ifc_dispatch_ops by_class = {.pick = pick}, by_age = {.pick = newest};

static const ifc_parameter parameters[] = {
    {"classes", IFC_MEMBER(struct pick_state, classes), .unit = "text", .default_text = "kv_read",
     .help = "names of the classes that go first"},
};

struct watch_state {
    uint64_t seen, shared, finished, on_npu, bad;
};

static void complete(void *state, const ifc_txn_view *txn)
{
    struct watch_state *s = state;
    s->seen++;
    s->bad += txn->command.first_plane + txn->command.planes > 32 || txn->command.load > 3;
}

static void operator_done(void *state, const ifc_operator_view *op)
{
    struct watch_state *s = state;
    s->on_npu += op->unit == IFC_UNIT_NPU;
    s->bad += op->end < op->issue || strcmp(ifc_op_name((ifc_op_kind)op->op_kind), "unknown") == 0;
}

static void finish(void *state)
{
    struct watch_state *s = state;
    s->shared = picks;
    s->finished++;
}

static const ifc_observer_ops watches = {.complete = complete, .operator_done = operator_done};

static const ifc_statistic statistics[] = {
    {"seen", IFC_MEMBER(struct watch_state, seen), .unit = "count", .help = "transactions done"},
    {"shared", IFC_MEMBER(struct watch_state, shared), .unit = "count",
     .help = "choices of the other policies"},
    {"finished", IFC_MEMBER(struct watch_state, finished), .unit = "count",
     .help = "times that the run was over"},
    {"on_npu", IFC_MEMBER(struct watch_state, on_npu), .unit = "count", .help = "operators of the NPU"},
    {"bad", IFC_MEMBER(struct watch_state, bad), .unit = "count", .help = "what contradicts the contract"},
};

static const ifc_policy fifo = {IFC_POLICY_HEADER,
                                .kind = IFC_KIND_DISPATCH,
                                .name = "fifo",
                                .summary = "classes by name",
                                .trade_off = "a fixture",
                                .state_size = sizeof(struct pick_state),
                                IFC_PARAMETERS(parameters),
                                IFC_OPS(dispatch, by_class)};

static const ifc_policy age = {IFC_POLICY_HEADER,        .kind = IFC_KIND_DISPATCH,
                               .name = "newest",         .summary = "newest first",
                               .trade_off = "a fixture", IFC_OPS(dispatch, by_age)};

static const ifc_policy watch = {IFC_POLICY_HEADER,
                                 .kind = IFC_KIND_OBSERVER,
                                 .name = "watch",
                                 .summary = "counts, and asks the others",
                                 .trade_off = "a fixture",
                                 .state_size = sizeof(struct watch_state),
                                 IFC_STATISTICS(statistics),
                                 .finish = finish,
                                 IFC_OPS(observer, watches)};

IFC_EXPORT const ifc_policy *const ifc_plugins[] = {&fifo, &age, &watch, NULL};
