#include "components/record/trace.h"

#include <stdlib.h>

#include "components/record/trace_internal.h"
#include "platform/common/memory.h"

/* ---- tracks ---- */

static void declare_kind(const ifc_system *sys, uint32_t parent, ifc_op_kind kind)
{
    ifc__trace *t = ifc__trace_of(sys);
    if (!t->lanes[kind].kind_track)
        t->lanes[kind].kind_track = ifc_timeline_track(t->timeline, parent, ifc_op_name(kind));
}

static void declare_graph(const ifc_system *sys, uint32_t parent, const ifc_graph *g)
{
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].unit != IFC_UNIT_NONE)
            declare_kind(sys, parent, g->nodes[i].kind);
}

static void declare_host(ifc_system *sys)
{
    ifc__trace *t = ifc__trace_of(sys);
    uint32_t host = ifc_timeline_track(t->timeline, 0, "host");
    bool decode = sys->s->workload.kind == IFC_WORKLOAD_DECODE;
    if (decode) {
        sys->host.token_track = ifc_timeline_track(t->timeline, host, "token");
        t->path_track = ifc_timeline_track(t->timeline, host, "critical path");
    }
    uint32_t operators = sys->host.op_track = ifc_timeline_track(t->timeline, host, "operators");
    if (!decode) {
        declare_kind(sys, operators, IFC_OP_REQUEST);
        return;
    }
    declare_graph(sys, operators, &sys->host.prologue);
    declare_graph(sys, operators, &sys->host.layer);
    if (sys->controller.kv.group)
        declare_kind(sys, operators, IFC_OP_FLUSH);
    if (sys->policies.kinds[IFC_KIND_REFRESH].policy->ops.refresh->choose)
        declare_kind(sys, operators, IFC_OP_REFRESH);
    declare_graph(sys, operators, &sys->host.epilogue);
    sys->npu.track = ifc_timeline_track(t->timeline, 0, "npu");
}

static void declare_controller(ifc_system *sys)
{
    ifc__trace *t = ifc__trace_of(sys);
    uint32_t track = sys->controller.track = ifc_timeline_track(t->timeline, 0, "controller");
    if (sys->controller.kv.group)
        t->kv_buffer.track = ifc_timeline_counter_track(t->timeline, track, "KV buffer", "bytes");
    if (t->level < IFC_LEVEL_CHANNELS)
        return;
    t->outstanding.track = ifc_timeline_counter_track(t->timeline, track, "outstanding commands", "commands");
    t->queues = ifc_alloc_zero(t->buses, sizeof *t->queues);
    for (uint32_t i = 0; i < t->buses; i++) {
        char name[64];
        snprintf(name, sizeof name, "channel%u queue", i);
        t->queues[i].track = ifc_timeline_counter_track(t->timeline, track, name, "commands");
        sys->controller.queues[i].counter_track = t->queues[i].track;
    }
}

static void declare_buses(ifc_system *sys)
{
    ifc__trace *t = ifc__trace_of(sys);
    t->usage = ifc_alloc_zero((size_t)t->buses + t->drams, sizeof *t->usage);
    for (uint32_t i = 0; i < t->buses && t->level >= IFC_LEVEL_CHANNELS; i++) {
        ifc_channel *c = &sys->channels[i];
        c->track = ifc_timeline_track(t->timeline, 0, c->name);
        t->usage[i].counter.track = ifc_timeline_counter_track(t->timeline, c->track, "bus utilisation", "%");
    }
    for (uint32_t i = 0; i < t->drams; i++) {
        ifc_dram *d = &sys->drams[i];
        d->track = ifc_timeline_track(t->timeline, 0, d->name);
        t->usage[t->buses + i].counter.track =
            ifc_timeline_counter_track(t->timeline, d->track, "bus utilisation", "%");
    }
}

static void declare_planes(ifc_timeline *timeline, ifc_die *d)
{
    for (uint32_t i = 0; d->engines && i < d->group->p->planes; i++) {
        ifc_engine *e = &d->engines[i];
        char name[32];
        snprintf(name, sizeof name, "plane%u", i);
        uint32_t plane = ifc_timeline_track(timeline, d->track, name);
        e->track = ifc_timeline_track(timeline, plane, "array");
        e->compute_track = ifc_timeline_track(timeline, plane, "engine");
    }
}

static void declare_dies(ifc_system *sys)
{
    ifc__trace *t = ifc__trace_of(sys);
    uint32_t group = 0;
    for (uint32_t i = 0; i < sys->n_dies; i++) {
        ifc_die *d = &sys->dies[i];
        char name[32];
        snprintf(name, sizeof name, "die%u", d->in_group);
        if (d->in_group == 0)
            group = ifc_timeline_track(t->timeline, 0, d->group->p->name);
        d->track = ifc_timeline_track(t->timeline, group, name);
        d->array_track = ifc_timeline_track(t->timeline, d->track, "array");
        d->compute_track = ifc_timeline_track(t->timeline, d->track, "engine");
        d->buffer_track = ifc_timeline_track(t->timeline, d->track, "global buffer");
        if (t->level >= IFC_LEVEL_PLANES)
            declare_planes(t->timeline, d);
    }
}

void ifc_trace_init(ifc_system *sys)
{
    if (!sys->options || !sys->options->timeline)
        return;
    ifc__trace *t = sys->trace = ifc_alloc_zero(1, sizeof *t);
    t->timeline = sys->options->timeline;
    t->level = ifc_timeline_level(t->timeline);
    t->buses = sys->s->channel.count;
    t->drams = sys->s->dram.channels;
    declare_host(sys);
    declare_controller(sys);
    declare_buses(sys);
    if (t->level >= IFC_LEVEL_DIES)
        declare_dies(sys);
    ifc__trace_kv_buffer(sys);
}

void ifc__trace_end(const ifc_system *sys)
{
    ifc__trace *t = ifc__trace_of(sys);
    ifc__trace_settle_end(t, ifc_now());
    ifc__trace_count_end(t, &t->kv_buffer);
    ifc__trace_count_end(t, &t->outstanding);
    for (uint32_t i = 0; t->queues && i < t->buses; i++)
        ifc__trace_count_end(t, &t->queues[i]);
    for (uint32_t i = 0; i < t->buses + t->drams; i++)
        ifc__trace_use_end(t, &t->usage[i], ifc_now());
}

static void free_step_names(ifc__trace *t)
{
    char **names = &t->step_names[0][0][0];
    for (size_t i = 0; i < sizeof t->step_names / sizeof *names; i++)
        free(names[i]);
}

void ifc_trace_fini(ifc_system *sys)
{
    ifc__trace *t = ifc__trace_of(sys);
    if (!t)
        return;
    for (uint32_t kind = 0; kind < IFC_OP_KINDS; kind++) {
        free(t->lanes[kind].tracks);
        free(t->lanes[kind].issue_tracks);
        free(t->lanes[kind].taken);
    }
    free_step_names(t);
    free(t->queues);
    free(t->usage);
    free(t->steps);
    free(t->ahead);
    free(t);
    sys->trace = NULL;
}

/* ---- arguments ---- */

/* What comes before and after the layers of a token. */
static bool in_a_layer(ifc_op_kind kind)
{
    return kind != IFC_OP_EMBED && kind != IFC_OP_FINAL_NORM && kind != IFC_OP_LM_HEAD &&
           kind != IFC_OP_SAMPLE;
}

ifc_slice_args ifc__trace_op_args(const ifc_op_run *op)
{
    ifc_slice_args args = IFC_SLICE_ARGS_NONE;
    ifc_op_kind kind = op->node->kind;
    args.operator_name = ifc_op_name(kind);
    if (kind == IFC_OP_REQUEST)
        return args;
    args.token = op->token;
    if (in_a_layer(kind))
        args.layer = op->layer;
    if (op->node->head_groups > 0)
        args.head_group = op->node->head_group;
    return args;
}

ifc_slice_args ifc__trace_txn_args(const ifc_txn *txn)
{
    ifc_slice_args args = ifc__trace_op_args(txn->op);
    args.txn = (int64_t)txn->id;
    args.traffic_class = ifc_class_name((ifc_class)txn->traffic_class);
    return args;
}

/* ---- operators: a lane is taken from issue to completion, the lowest that is free ---- */

static uint32_t add_lane(ifc__trace *t, ifc_op_kind kind)
{
    ifc__trace_lanes *l = &t->lanes[kind];
    uint32_t lane = l->n++;
    if (lane % 64 == 0) {
        l->tracks = reallocarray(l->tracks, lane + 64, sizeof *l->tracks);
        l->issue_tracks = reallocarray(l->issue_tracks, lane + 64, sizeof *l->issue_tracks);
        l->taken = reallocarray(l->taken, lane / 64 + 1, sizeof *l->taken);
        IFC_BUG_ON(!l->tracks || !l->issue_tracks || !l->taken, "out of memory for lanes of a timeline");
        l->taken[lane / 64] = 0;
    }
    char name[64];
    snprintf(name, sizeof name, "%s %u", ifc_op_name(kind), lane + 1);
    l->tracks[lane] = lane == 0 ? l->kind_track : ifc_timeline_track(t->timeline, l->kind_track, name);
    l->issue_tracks[lane] =
        t->level >= IFC_LEVEL_CHANNELS ? ifc_timeline_track(t->timeline, l->tracks[lane], "commands") : 0;
    return lane;
}

void ifc__trace_operator_begin(const ifc_system *sys, ifc_op_run *op)
{
    ifc__trace *t = ifc__trace_of(sys);
    ifc__trace_lanes *l = &t->lanes[op->node->kind];
    uint32_t word = 0, words = (l->n + 63) / 64;
    while (word < words && l->taken[word] == UINT64_MAX)
        word++;
    uint32_t lane = word < words ? 64 * word + (uint32_t)__builtin_ctzll(~l->taken[word]) : l->n;
    if (lane >= l->n)
        lane = add_lane(t, op->node->kind);
    l->taken[lane / 64] |= (uint64_t)1 << lane % 64;
    op->lane = lane;
}

void ifc__trace_operator_end(const ifc_system *sys, const ifc_op_run *op)
{
    ifc__trace *t = ifc__trace_of(sys);
    ifc__trace_lanes *l = &t->lanes[op->node->kind];
    ifc_slice_args args = ifc__trace_op_args(op);
    l->taken[op->lane / 64] &= ~((uint64_t)1 << op->lane % 64);
    ifc_timeline_slice(t->timeline, l->tracks[op->lane], args.operator_name, op->issue, op->done, &args, 0,
                       0);
}

void ifc__trace_token_begin(const ifc_system *sys, uint32_t token)
{
    ifc_timeline_token_begin(ifc__trace_of(sys)->timeline, token, ifc_now());
}

void ifc__trace_token_end(const ifc_system *sys, uint32_t token, ifc_time begin)
{
    ifc_slice_args args = IFC_SLICE_ARGS_NONE;
    ifc_timeline *timeline = ifc__trace_of(sys)->timeline;
    args.token = token;
    ifc_timeline_slice(timeline, sys->host.token_track, "token", begin, ifc_now(), &args, 0, 0);
    ifc_timeline_token_end(timeline, token, ifc_now());
}

void ifc__trace_npu(const ifc_npu *n, const ifc_op_run *op)
{
    ifc_slice_args args = ifc__trace_op_args(op);
    ifc_timeline_slice(ifc__trace_of(n->sys)->timeline, n->track, args.operator_name, op->begin,
                       op->begin + op->npu_time, &args, 0, 0);
}

void ifc__trace_dram(const ifc_dram *d, const ifc_txn *txn)
{
    ifc__trace *t = ifc__trace_of(d->sys);
    ifc_slice_args args = ifc__trace_txn_args(txn);
    ifc_time begin = txn->stamp[IFC_PHASE_QUEUE], end = txn->stamp[IFC_PHASE_DECODE];
    args.bytes = (int64_t)(txn->bytes_up + txn->bytes_down);
    ifc__trace_use(t, &t->usage[t->buses + d->index], begin, end);
    ifc_timeline_slice(t->timeline, d->track, ifc_command_name((ifc_command)txn->command), begin, end, &args,
                       t->level >= IFC_LEVEL_CHANNELS ? txn->id : 0, 0);
}

/* ---- controller ---- */

void ifc__trace_queue(const ifc_system *sys, uint32_t channel, uint32_t waiting)
{
    ifc__trace *t = ifc__trace_of(sys);
    if (t->queues)
        ifc__trace_count(t, &t->queues[channel], ifc_now(), waiting);
}

void ifc__trace_kv_buffer(const ifc_system *sys)
{
    ifc__trace *t = ifc__trace_of(sys);
    ifc__trace_count(t, &t->kv_buffer, ifc_now(), (int64_t)sys->controller.kv.buffered_bytes);
}

/* A mark without duration next to the operator's lane: there the flow of each of its commands begins. */
void ifc__trace_issue(const ifc_system *sys, const ifc_txn *txn)
{
    ifc__trace *t = ifc__trace_of(sys);
    if (t->level < IFC_LEVEL_CHANNELS)
        return;
    for (; txn; txn = txn->batch_next) {
        const ifc_op_run *op = txn->op;
        ifc_slice_args args = ifc__trace_txn_args(txn);
        args.bytes = (int64_t)(txn->bytes_down + txn->bytes_up);
        args.pages = txn->extent.planes ? (int64_t)txn->extent.pages : -1;
        ifc_timeline_slice(t->timeline, t->lanes[op->node->kind].issue_tracks[op->lane],
                           ifc_command_name((ifc_command)txn->command), txn->issue, txn->issue, &args, 0,
                           txn->id);
        t->n_outstanding++;
    }
    ifc__trace_count(t, &t->outstanding, ifc_now(), t->n_outstanding);
}

void ifc__trace_done(const ifc_system *sys)
{
    ifc__trace *t = ifc__trace_of(sys);
    ifc__trace_count(t, &t->outstanding, ifc_now(), --t->n_outstanding);
}

/* ---- critical path ---- */

void ifc__trace_path_step(const ifc_system *sys, ifc_op_kind op, uint32_t resource, uint32_t phase,
                          ifc_time begin, ifc_time end)
{
    ifc__trace *t = ifc__trace_of(sys);
    t->steps = ifc_grow(t->steps, &t->room_steps, t->n_steps, sizeof *t->steps);
    t->steps[t->n_steps++] = (ifc__trace_step){op, resource, phase, begin, end};
}

static const char *step_name(ifc__trace *t, const ifc_system *sys, const ifc__trace_step *s)
{
    static const char *const resources[] = {"host", "controller", "channel", "npu", "dram"};
    char **name = &t->step_names[s->op][s->resource][s->phase];
    if (*name)
        return *name;
    const char *resource = s->resource < IFC_PATH_GROUP ? resources[s->resource]
                                                        : sys->groups[s->resource - IFC_PATH_GROUP].p->name;
    char text[160];
    snprintf(text, sizeof text, "%s: %.60s %s", ifc_op_name(s->op), resource, ifc_path_phase_name(s->phase));
    *name = ifc_copy_text(text);
    return *name;
}

void ifc__trace_path(const ifc_system *sys, uint32_t token, uint32_t layer)
{
    ifc__trace *t = ifc__trace_of(sys);
    while (t->n_steps > 0) {
        const ifc__trace_step *s = &t->steps[--t->n_steps];
        ifc_slice_args args = IFC_SLICE_ARGS_NONE;
        args.token = token;
        if (in_a_layer(s->op))
            args.layer = layer;
        args.operator_name = ifc_op_name(s->op);
        ifc_timeline_slice(t->timeline, t->path_track, step_name(t, sys, s), s->begin, s->end, &args, 0, 0);
    }
}
