#include "components/record/path.h"

#include "components/mapping/tiles.h"
#include "components/record/record.h"
#include "components/record/trace.h"

/* The walk: everything after `at` is attributed already. */
struct walk {
    ifc_path *path;
    struct ifc__trace *trace; /* NULL: not recorded */
    ifc_time at, begin;
    const ifc_tiles *tiles; /* that it went through last, and where in them it was */
    uint32_t tile;
};

static bool done(const struct walk *w)
{
    return w->at <= w->begin;
}

/* Attribute the stretch from @from (clipped to the walk's begin) to where the walk stands. */
static void attribute(struct walk *w, ifc_op_kind op, uint32_t resource, uint32_t phase, ifc_time from)
{
    from = ifc_time_max(from, w->begin);
    if (from >= w->at)
        return;
    w->path->ps[op][resource][phase] += w->at - from;
    ifc_trace_path_step(w->trace, op, resource, phase, from, w->at);
    w->at = from;
}

static const ifc_txn *still(const ifc_txn *txn, uint64_t id)
{
    return txn && txn->id == id ? txn : NULL;
}

uint32_t ifc_path_phase_of(const ifc_txn *t, uint32_t phase)
{
    if (phase != IFC_PHASE_ARRAY)
        return phase;
    return t->command == IFC_PROGRAM || t->command == IFC_COPY ? IFC_PATH_PROGRAM
           : t->command == IFC_ERASE                           ? IFC_PATH_ERASE
                                                               : IFC_PHASE_ARRAY;
}

static uint32_t array_phase(const ifc_txn *t)
{
    return ifc_path_phase_of(t, IFC_PHASE_ARRAY);
}

static bool uses_dram(const ifc_txn *t)
{
    return t->command == IFC_DRAM_READ || t->command == IFC_DRAM_WRITE;
}

/* From where the walk stands inside @t back to the begin of its array phase. */
static void walk_die_side(struct walk *w, const ifc_txn *t)
{
    static const struct {
        ifc_phase phase;
        uint32_t resource;
    } steps[] = {
        {IFC_PHASE_DECODE, IFC_PART_CONTROLLER}, {IFC_PHASE_DATA_UP, IFC_PART_CHANNEL},
        {IFC_PHASE_UP_WAIT, IFC_PART_CHANNEL},   {IFC_PHASE_COLLECT, IFC_PART_GROUP},
        {IFC_PHASE_STALL, IFC_PART_CHANNEL},     {IFC_PHASE_MAC, IFC_PART_GROUP},
        {IFC_PHASE_ECC, IFC_PART_GROUP},
    };
    ifc_op_kind op = t->op_kind;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        uint32_t resource = steps[i].resource + (steps[i].resource == IFC_PART_GROUP ? t->group : 0);
        attribute(w, op, resource, steps[i].phase, t->stamp[steps[i].phase - 1]);
    }
    ifc_time worked = t->stamp[IFC_PHASE_ARRAY] - t->suspended;
    attribute(w, op, IFC_PART_GROUP + t->group, IFC_PATH_SUSPEND, worked);
    attribute(w, op, IFC_PART_GROUP + t->group, IFC_PATH_RETRY,
              ifc_time_max(t->stamp[IFC_PHASE_DIE_QUEUE], worked - t->retry_time));
    attribute(w, op, IFC_PART_GROUP + t->group, array_phase(t), t->stamp[IFC_PHASE_DIE_QUEUE]);
    attribute(w, op, IFC_PART_GROUP + t->group, IFC_PATH_SUSPEND,
              t->stamp[IFC_PHASE_DIE_QUEUE] - t->suspending);
}

/* A move's command is nobody's dependency: the path stays with who waited for it. */
static void attribute_refresh(struct walk *w, const ifc_txn *move, ifc_time from)
{
    attribute(w, move->op_kind, IFC_PART_GROUP + move->group, array_phase(move), from);
}

/*
 * Back through a transaction to its issue. Where it waited for an array or for room in a die, the path goes
 * on in the command that held them: that command's work is what the token waited for.
 */
static const ifc_op_run *walk_txn(struct walk *w, const ifc_txn *t)
{
    for (;;) {
        ifc_op_kind op = t->op_kind;
        if (uses_dram(t)) {
            attribute(w, op, IFC_PART_DRAM, IFC_PATH_DRAM_ACCESS, t->stamp[IFC_PHASE_QUEUE]);
            attribute(w, op, IFC_PART_DRAM, IFC_PATH_DRAM_QUEUE, t->issue);
            return ifc_op_of(t->job);
        }
        const ifc_txn *first = still(t->retry_of, t->retry_of_id);
        if (first) { /* whatever it waited for: pages are read again */
            attribute(w, op, IFC_PART_GROUP + t->group, IFC_PATH_RETRY, t->issue);
            t = first;
            continue;
        }
        walk_die_side(w, t);
        if (done(w))
            return NULL;
        const ifc_txn *before = still(t->after_array, t->after_array_id);
        if (w->at > t->stamp[IFC_PHASE_DATA_DOWN] && before && before->stamp[IFC_PHASE_DIE_QUEUE] < w->at) {
            if (before->op_kind != IFC_OP_REFRESH && before->stamp[IFC_PHASE_DECODE] > 0) {
                t = before; /* it is over: not one that is suspended */
                continue;
            }
            attribute_refresh(
                w, before, ifc_time_max(t->stamp[IFC_PHASE_DATA_DOWN], before->stamp[IFC_PHASE_DIE_QUEUE]));
        }
        attribute(w, op, IFC_PART_GROUP + t->group, IFC_PHASE_DIE_QUEUE, t->stamp[IFC_PHASE_DATA_DOWN]);
        attribute(w, op, IFC_PART_CHANNEL, IFC_PHASE_DATA_DOWN, t->stamp[IFC_PHASE_COMMAND]);
        attribute(w, op, IFC_PART_CHANNEL, IFC_PHASE_COMMAND, t->stamp[IFC_PHASE_BUS_WAIT]);
        attribute(w, op, IFC_PART_CHANNEL, IFC_PHASE_BUS_WAIT, t->stamp[IFC_PHASE_QUEUE]);
        if (done(w))
            return NULL;
        const ifc_txn *held = still(t->after_room, t->after_room_id);
        if (t->power_wait > 0)
            attribute(w, op, IFC_PART_CONTROLLER, IFC_PATH_POWER, t->stamp[IFC_PHASE_QUEUE] - t->power_wait);
        if (held && held->issue < w->at && t->issue < w->at) {
            if (held->op_kind != IFC_OP_REFRESH) {
                t = held;
                continue;
            }
            attribute_refresh(w, held, ifc_time_max(t->issue, held->issue));
        }
        attribute(w, op, IFC_PART_CONTROLLER, IFC_PHASE_QUEUE, t->issue);
        return ifc_op_of(t->job);
    }
}

static void walk_npu(struct walk *w, const ifc_op_run *op)
{
    attribute(w, op->node->kind, IFC_PART_NPU, IFC_PATH_NPU_COMPUTE, op->job.begin + op->job.npu_launch);
    attribute(w, op->node->kind, IFC_PART_NPU, IFC_PATH_LAUNCH, op->job.begin);
}

static const ifc_tile *find_tile(const struct walk *w, const ifc_tiles *tiles, uint32_t from, uint32_t to)
{
    for (uint32_t i = to; i-- > from;)
        if (tiles->tile[i].work.end == w->at && tiles->tile[i].work.begin < w->at)
            return &tiles->tile[i];
    return NULL;
}

/* The tile that was multiplied until the moment where the walk stands; NULL: none was. Mostly it is near the
 * last one. */
static const ifc_tile *tile_ending(struct walk *w, const ifc_tiles *tiles)
{
    uint32_t all = tiles->asked, last = w->tiles == tiles ? w->tile : all;
    uint32_t from = last > 8 ? last - 8 : 0, to = all - last > 8 ? last + 8 : all;
    const ifc_tile *tile = find_tile(w, tiles, from, to);
    if (!tile)
        tile = find_tile(w, tiles, 0, all);
    w->tiles = tiles;
    w->tile = tile ? (uint32_t)(tile - tiles->tile) : last;
    return tile;
}

/*
 * Back through a matrix that streams to the NPU: a tile is multiplied after the job that held the NPU, or
 * after it has come; it was asked for when the one two before it had been multiplied. Return: where the path
 * goes on.
 */
static const ifc_op_run *walk_tiles(struct walk *w, const ifc_op_run *op)
{
    const ifc_tile *tile = tile_ending(w, op->tiles);
    const ifc_txn *last = op->job.last_txn;
    if (w->at <= op->job.issue)
        return op->after;
    if (!tile && last && last->stamp[IFC_PHASE_DECODE] == w->at) /* the part that dies multiply took longer */
        return walk_txn(w, last);
    if (!tile) {
        attribute(w, op->node->kind, IFC_PART_HOST, IFC_PATH_DEPENDENCY, op->job.issue);
        return op->after;
    }
    attribute(w, op->node->kind, IFC_PART_NPU, IFC_PATH_NPU_COMPUTE,
              tile->work.begin + tile->work.npu_launch);
    attribute(w, op->node->kind, IFC_PART_NPU, IFC_PATH_LAUNCH, tile->work.begin);
    if (done(w))
        return NULL;
    return tile->work.after_npu ? ifc_op_of(tile->work.after_npu) : walk_txn(w, tile->last_txn);
}

static void walk_graph(void *record, const ifc_op_run *last, ifc_time begin)
{
    ifc_record *rec = record;
    struct walk w = {.path = &rec->path, .trace = rec->trace, .at = last->job.end, .begin = begin};
    const ifc_op_run *op = last;
    while (op && !done(&w)) {
        if (op->tiles) {
            op = walk_tiles(&w, op);
            continue;
        }
        if (op->job.npu_time > 0) {
            walk_npu(&w, op);
            if (op->job.after_npu && !done(&w)) {
                op = ifc_op_of(op->job.after_npu);
                continue;
            }
            attribute(&w, op->node->kind, IFC_PART_NPU, IFC_PATH_NPU_QUEUE, op->job.issue);
        } else if (op->job.last_txn) {
            op = walk_txn(&w, op->job.last_txn);
            if (!op)
                break;
            if (op->tiles)
                continue;
        }
        op = op->after;
    }
    if (!done(&w))
        attribute(&w, last->node->kind, IFC_PART_HOST, IFC_PATH_DEPENDENCY, begin);
    ifc_trace_path(rec->trace, last->job.token, last->job.layer);
}

static void waited(void *record, uint32_t token, uint32_t layer, uint32_t group, ifc_time begin, ifc_time end)
{
    ifc_record *rec = record;
    uint32_t resource = IFC_PART_GROUP + group;
    rec->path.ps[IFC_OP_FLUSH][resource][IFC_PATH_PROGRAM] += end - begin;
    ifc_trace_path_step(rec->trace, IFC_OP_FLUSH, resource, IFC_PATH_PROGRAM, begin, end);
    ifc_trace_path(rec->trace, token, layer);
}

void ifc_path_listen(ifc_record *rec)
{
    ifc_event_listen_graph_end(&rec->host->events, walk_graph, rec);
    ifc_event_listen_waited(&rec->host->events, waited, rec);
}

const char *ifc_path_phase_name(uint32_t phase)
{
    static const char *const names[] = {"program",     "erase",       "launch",     "npu_queue",
                                        "npu_compute", "dram_access", "dram_queue", "dependency",
                                        "suspend",     "power",       "retry"};
    return phase < IFC_PHASES ? ifc_phase_name((ifc_phase)phase) : names[phase - IFC_PHASES];
}
