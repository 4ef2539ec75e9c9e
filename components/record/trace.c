#include "components/record/trace.h"

#include <stdlib.h>

#include "components/record/trace_internal.h"
#include "platform/common/memory.h"

/* ---- tracks ---- */

static void declare_kind(const ifc_record *rec, uint32_t parent, ifc_op_kind kind)
{
    ifc__trace *t = rec->trace;
    if (!t->lanes[kind].kind_track)
        t->lanes[kind].kind_track = ifc_timeline_track(t->timeline, parent, ifc_op_name(kind));
}

static void declare_graph(const ifc_record *rec, uint32_t parent, const ifc_graph *g)
{
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].unit != IFC_UNIT_NONE)
            declare_kind(rec, parent, g->nodes[i].kind);
}

static void declare_host(ifc_record *rec)
{
    ifc__trace *t = rec->trace;
    uint32_t host = ifc_timeline_track(t->timeline, 0, "host");
    bool decode = rec->hw->s->workload.kind != IFC_WORKLOAD_STREAM;
    if (decode) {
        t->token_track = ifc_timeline_track(t->timeline, host, "token");
        t->path_track = ifc_timeline_track(t->timeline, host, "critical path");
    }
    if (rec->host->serving.source)
        ifc__trace_declare_places(rec, host);
    uint32_t operators = ifc_timeline_track(t->timeline, host, "operators");
    if (!decode) {
        declare_kind(rec, operators, IFC_OP_REQUEST);
        return;
    }
    declare_graph(rec, operators, &rec->graphs->prologue);
    declare_graph(rec, operators, &rec->graphs->layer);
    declare_graph(rec, operators, &rec->prompt_graphs->layer);
    if (rec->mapping->kv.group)
        declare_kind(rec, operators, IFC_OP_FLUSH);
    bool moves = rec->hw->policies.kinds[IFC_KIND_REFRESH].policy->ops.refresh->choose;
    /* requests that end leave blocks to be erased, and so do windows */
    if (moves || rec->host->serving.source || rec->mapping->blocks.kinds > 1)
        declare_kind(rec, operators, IFC_OP_REFRESH);
    if (rec->mapping->contexts.p) {
        declare_kind(rec, operators, IFC_OP_SWAP_IN);
        declare_kind(rec, operators, IFC_OP_SWAP_OUT);
    }
    declare_graph(rec, operators, &rec->graphs->epilogue);
    t->npu_track = ifc_timeline_track(t->timeline, 0, "npu");
}

static void declare_controller(ifc_record *rec)
{
    ifc__trace *t = rec->trace;
    uint32_t track = ifc_timeline_track(t->timeline, 0, "controller");
    if (rec->mapping->kv.group)
        t->kv_buffer.track = ifc_timeline_counter_track(t->timeline, track, "KV buffer", "bytes");
    if (rec->host->serving.source)
        t->requests.track = ifc_timeline_counter_track(t->timeline, track, "requests under way", "requests");
    if (t->level < IFC_LEVEL_CHANNELS)
        return;
    t->power.track = ifc_timeline_counter_track(t->timeline, track, "power of arrays", "mW");
    t->outstanding.track = ifc_timeline_counter_track(t->timeline, track, "outstanding commands", "commands");
    t->queues = ifc_alloc_zero(t->buses, sizeof *t->queues);
    for (uint32_t i = 0; i < t->buses; i++) {
        char name[64];
        snprintf(name, sizeof name, "channel%u queue", i);
        t->queues[i].track = ifc_timeline_counter_track(t->timeline, track, name, "commands");
    }
}

static void declare_buses(ifc_record *rec)
{
    ifc__trace *t = rec->trace;
    t->usage = ifc_alloc_zero((size_t)t->buses + t->drams, sizeof *t->usage);
    t->bus_tracks = ifc_alloc_zero((size_t)t->buses + t->drams, sizeof *t->bus_tracks);
    for (uint32_t i = 0; i < t->buses && t->level >= IFC_LEVEL_CHANNELS; i++) {
        t->bus_tracks[i] = ifc_timeline_track(t->timeline, 0, rec->hw->channels[i].name);
        t->usage[i].counter.track =
            ifc_timeline_counter_track(t->timeline, t->bus_tracks[i], "bus utilisation", "%");
    }
    for (uint32_t i = 0; i < t->drams; i++) {
        uint32_t track = ifc_timeline_track(t->timeline, 0, rec->hw->drams[i].name);
        t->bus_tracks[t->buses + i] = track;
        t->usage[t->buses + i].counter.track =
            ifc_timeline_counter_track(t->timeline, track, "bus utilisation", "%");
    }
}

static void declare_planes(ifc_timeline *timeline, const ifc_die *d, ifc__trace_die *tracks)
{
    tracks->planes = ifc_alloc_zero(d->group->p->planes, sizeof *tracks->planes);
    for (uint32_t i = 0; i < d->group->p->planes; i++) {
        char name[32];
        snprintf(name, sizeof name, "plane%u", i);
        uint32_t plane = ifc_timeline_track(timeline, tracks->die, name);
        tracks->planes[i].array = ifc_timeline_track(timeline, plane, "array");
        tracks->planes[i].engine = ifc_timeline_track(timeline, plane, "engine");
    }
}

static void declare_dies(ifc_record *rec)
{
    ifc__trace *t = rec->trace;
    uint32_t group = 0;
    t->dies = ifc_alloc_zero(rec->hw->n_dies, sizeof *t->dies);
    for (uint32_t i = 0; i < rec->hw->n_dies; i++) {
        const ifc_die *d = &rec->hw->dies[i];
        ifc__trace_die *tracks = &t->dies[i];
        char name[32];
        snprintf(name, sizeof name, "die%u", d->in_group);
        if (d->in_group == 0)
            group = ifc_timeline_track(t->timeline, 0, d->group->p->name);
        tracks->die = ifc_timeline_track(t->timeline, group, name);
        if (d->n_lanes == 1) {
            tracks->array = ifc_timeline_track(t->timeline, tracks->die, "array");
            tracks->engine = ifc_timeline_track(t->timeline, tracks->die, "engine");
        }
        tracks->buffer = ifc_timeline_track(t->timeline, tracks->die, "global buffer");
        if (d->n_lanes > 1 || (t->level >= IFC_LEVEL_PLANES && d->lanes[0].engines))
            declare_planes(t->timeline, d, tracks);
    }
}

static void free_step_names(ifc__trace *t)
{
    char **names = &t->step_names[0][0][0];
    for (size_t i = 0; i < sizeof t->step_names / sizeof *names; i++)
        free(names[i]);
}

void ifc_trace_fini(ifc_record *rec)
{
    ifc__trace *t = rec->trace;
    if (!t)
        return;
    for (uint32_t kind = 0; kind < IFC_OP_KINDS; kind++) {
        free(t->lanes[kind].tracks);
        free(t->lanes[kind].issue_tracks);
        free(t->lanes[kind].taken);
    }
    free_step_names(t);
    for (uint32_t i = 0; t->dies && i < rec->hw->n_dies; i++)
        free(t->dies[i].planes);
    free(t->dies);
    free(t->bus_tracks);
    free(t->place_tracks);
    free(t->queues);
    free(t->drawn);
    free(t->first_lane);
    free(t->usage);
    free(t->steps);
    free(t->ahead);
    free(t);
    rec->trace = NULL;
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
    args.token = op->job.token;
    if (in_a_layer(kind))
        args.layer = op->job.layer;
    if (op->node->head_groups > 0)
        args.head_group = op->node->head_group;
    return args;
}

ifc_slice_args ifc__trace_txn_args(const ifc_txn *txn)
{
    ifc_slice_args args = ifc__trace_op_args(ifc_op_of(txn->job));
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
        l->tracks = ifc_resize(l->tracks, lane + 64, sizeof *l->tracks);
        l->issue_tracks = ifc_resize(l->issue_tracks, lane + 64, sizeof *l->issue_tracks);
        l->taken = ifc_resize(l->taken, lane / 64 + 1, sizeof *l->taken);
        l->taken[lane / 64] = 0;
    }
    char name[64];
    snprintf(name, sizeof name, "%s %u", ifc_op_name(kind), lane + 1);
    l->tracks[lane] = lane == 0 ? l->kind_track : ifc_timeline_track(t->timeline, l->kind_track, name);
    l->issue_tracks[lane] =
        t->level >= IFC_LEVEL_CHANNELS ? ifc_timeline_track(t->timeline, l->tracks[lane], "commands") : 0;
    return lane;
}

static void op_begin(void *trace, ifc_op_run *op)
{
    ifc__trace *t = trace;
    ifc__trace_lanes *l = &t->lanes[op->node->kind];
    ifc__trace_requests(t);
    uint32_t word = 0, words = (l->n + 63) / 64;
    while (word < words && l->taken[word] == UINT64_MAX)
        word++;
    uint32_t lane = word < words ? 64 * word + (uint32_t)__builtin_ctzll(~l->taken[word]) : l->n;
    if (lane >= l->n)
        lane = add_lane(t, op->node->kind);
    l->taken[lane / 64] |= (uint64_t)1 << lane % 64;
    op->job.lane = lane;
}

static void op_end(void *trace, const ifc_op_run *op)
{
    ifc__trace *t = trace;
    ifc__trace_lanes *l = &t->lanes[op->node->kind];
    ifc_slice_args args = ifc__trace_op_args(op);
    l->taken[op->job.lane / 64] &= ~((uint64_t)1 << op->job.lane % 64);
    ifc_timeline_slice(t->timeline, l->tracks[op->job.lane], args.operator_name, op->job.issue, op->job.end,
                       &args, 0, 0);
}

static void token_begin(void *trace, uint32_t token)
{
    ifc_timeline_token_begin(((ifc__trace *)trace)->timeline, token, ifc_now());
}

static void token_end(void *trace, uint32_t token, ifc_time begin)
{
    ifc__trace *t = trace;
    ifc_slice_args args = IFC_SLICE_ARGS_NONE;
    ifc_timeline *timeline = t->timeline;
    args.token = token;
    ifc_timeline_slice(timeline, t->token_track, "token", begin, ifc_now(), &args, 0, 0);
    ifc_timeline_token_end(timeline, token, ifc_now());
}

static void served(void *trace, const ifc_npu *n, const ifc_job *job)
{
    const ifc__trace *t = trace;
    ifc_slice_args args = ifc__trace_op_args(ifc_op_of(job));
    (void)n;
    ifc_timeline_slice(t->timeline, t->npu_track, args.operator_name, job->begin, job->begin + job->npu_time,
                       &args, 0, 0);
}

static void dram(void *trace, const ifc_dram *d, const ifc_txn *txn)
{
    ifc__trace *t = trace;
    ifc_slice_args args = ifc__trace_txn_args(txn);
    ifc_time begin = txn->stamp[IFC_PHASE_QUEUE], end = txn->stamp[IFC_PHASE_DECODE];
    args.bytes = (int64_t)(txn->bytes_up + txn->bytes_down);
    ifc__trace_use(t, &t->usage[t->buses + d->index], begin, end);
    ifc_timeline_slice(t->timeline, t->bus_tracks[t->buses + d->index],
                       ifc_command_name((ifc_command)txn->command), begin, end, &args,
                       t->level >= IFC_LEVEL_CHANNELS ? txn->id : 0, 0);
}

/* ---- controller ---- */

static void queue(void *trace, uint32_t channel, uint32_t waiting)
{
    ifc__trace *t = trace;
    if (t->queues)
        ifc__trace_count(t, &t->queues[channel], ifc_now(), waiting);
}

static void kv_buffer(void *trace, uint64_t bytes)
{
    ifc__trace *t = trace;
    ifc__trace_count(t, &t->kv_buffer, ifc_now(), (int64_t)bytes);
}

/* A mark without duration next to the operator's lane: there the flow of each of its commands begins. */
static void issue(void *trace, const ifc_txn *txn)
{
    ifc__trace *t = trace;
    for (; txn; txn = txn->batch_next) {
        const ifc_op_run *op = ifc_op_of(txn->job);
        ifc_slice_args args = ifc__trace_txn_args(txn);
        args.bytes = (int64_t)(txn->bytes_down + txn->bytes_up);
        args.pages = txn->extent.planes ? (int64_t)txn->extent.pages : -1;
        ifc_timeline_slice(t->timeline, t->lanes[op->node->kind].issue_tracks[op->job.lane],
                           ifc_command_name((ifc_command)txn->command), txn->issue, txn->issue, &args, 0,
                           txn->id);
        t->n_outstanding++;
    }
    ifc__trace_count(t, &t->outstanding, ifc_now(), t->n_outstanding);
}

static void done(void *trace, const ifc_txn *txn)
{
    ifc__trace *t = trace;
    (void)txn;
    ifc__trace_count(t, &t->outstanding, ifc_now(), --t->n_outstanding);
}

/* ---- critical path ---- */

void ifc_trace_path_step(ifc__trace *t, ifc_op_kind op, uint32_t resource, uint32_t phase, ifc_time begin,
                         ifc_time end)
{
    if (!t)
        return;
    t->steps = ifc_grow(t->steps, &t->room_steps, t->n_steps, sizeof *t->steps);
    t->steps[t->n_steps++] = (ifc__trace_step){op, resource, phase, begin, end};
}

static const char *step_name(ifc__trace *t, const ifc__trace_step *s)
{
    static const char *const resources[] = {"host", "controller", "channel", "npu", "dram"};
    char **name = &t->step_names[s->op][s->resource][s->phase];
    if (*name)
        return *name;
    const char *resource = s->resource < IFC_PART_GROUP ? resources[s->resource]
                                                        : t->groups[s->resource - IFC_PART_GROUP].p->name;
    char text[160];
    snprintf(text, sizeof text, "%s: %.60s %s", ifc_op_name(s->op), resource, ifc_path_phase_name(s->phase));
    *name = ifc_copy_text(text);
    return *name;
}

void ifc_trace_path(ifc__trace *t, uint32_t token, uint32_t layer)
{
    while (t && t->n_steps > 0) {
        const ifc__trace_step *s = &t->steps[--t->n_steps];
        ifc_slice_args args = IFC_SLICE_ARGS_NONE;
        args.token = token;
        if (in_a_layer(s->op))
            args.layer = layer;
        args.operator_name = ifc_op_name(s->op);
        ifc_timeline_slice(t->timeline, t->path_track, step_name(t, s), s->begin, s->end, &args, 0, 0);
    }
}

/* ---- listening ---- */

static void end(void *trace, ifc_time now)
{
    ifc__trace *t = trace;
    ifc__trace_places_end(t, now);
    ifc__trace_settle_end(t, now);
    ifc__trace_count_end(t, &t->kv_buffer);
    ifc__trace_count_end(t, &t->outstanding);
    ifc__trace_requests(t);
    ifc__trace_count_end(t, &t->requests);
    ifc__trace_count_end(t, &t->power);
    for (uint32_t i = 0; t->queues && i < t->buses; i++)
        ifc__trace_count_end(t, &t->queues[i]);
    for (uint32_t i = 0; i < t->buses + t->drams; i++)
        ifc__trace_use_end(t, &t->usage[i], now);
}

static void listen(ifc__trace *t, ifc_record *rec)
{
    ifc_probe *probe = &rec->hw->probe;
    ifc_events *events = &rec->host->events;
    ifc_event_listen_op_begin(events, op_begin, t);
    ifc_event_listen_op_end(events, op_end, t);
    ifc_event_listen_token_begin(events, token_begin, t);
    ifc_event_listen_token_end(events, token_end, t);
    ifc_event_listen_kv_buffer(events, kv_buffer, t);
    ifc_event_listen_end(events, end, t);
    ifc_probe_listen_served(probe, served, t);
    ifc_probe_listen_dram(probe, dram, t);
    if (t->level < IFC_LEVEL_CHANNELS)
        return;
    ifc_probe_listen_issue(probe, issue, t);
    ifc_probe_listen_done(probe, done, t);
    ifc_probe_listen_queue(probe, queue, t);
    ifc__trace_listen_power(t, rec->hw);
    ifc__trace_listen_flash(t, probe);
}

void ifc_trace_start(ifc_record *rec)
{
    if (!rec->options || !rec->options->timeline)
        return;
    ifc__trace *t = rec->trace = ifc_alloc_zero(1, sizeof *t);
    t->timeline = rec->options->timeline;
    t->level = ifc_timeline_level(t->timeline);
    t->buses = rec->hw->s->channel.count;
    t->drams = rec->hw->s->dram.channels;
    declare_host(rec);
    declare_controller(rec);
    declare_buses(rec);
    if (t->level >= IFC_LEVEL_DIES)
        declare_dies(rec);
    t->groups = rec->hw->groups;
    t->serving = &rec->host->serving;
    kv_buffer(t, rec->mapping->kv.buffered_bytes);
    listen(t, rec);
}
