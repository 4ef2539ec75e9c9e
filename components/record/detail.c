#include "components/record/detail.h"

#include <stdlib.h>
#include <string.h>

#include "components/record/collect.h"
#include "platform/common/memory.h"

_Static_assert((int)IFC_PATH_PHASES <= (int)IFC_LANE_PHASES, "a lane row has room for every phase");

#define FIRST_BIN_WIDTH IFC_NS

/* An operator at work, or several of one kind taken together. */
typedef struct lane {
    ifc_op_kind kind;
    bool background;
    uint32_t resource, layer, head_group, head_groups;
    uint32_t operators; /* 0: nothing here */
    ifc_time issue, begin, end;
    ifc_time phase[IFC_PATH_PHASES];
} lane;

/* A token: all its operators by layer and kind, and one by one as long as whole layers fit. */
typedef struct token_record {
    uint32_t token;
    ifc_time begin, end;
    bool complete;
    lane *by_kind; /* [layer][kind] */
    lane slices[IFC_LANE_SLICES_MAX];
    uint32_t n_slices, layer_begin, layer; /* slices before the layer at work, and which that is */
    bool cut;                              /* no further slices */
} token_record;

struct ifc_detail {
    const ifc_record *rec;
    ifc_time width;
    ifc_time busy[IFC_PATH_RESOURCES][IFC_USAGE_BINS];
    uint32_t layers; /* of the model, and one for what comes after them */
    lane *running;   /* of host.runs, then of host.flushes and host.refreshes; of swap and prefetch */
    uint32_t n_running, n_nodes, n_flushes; /* room for all; for host.runs; for host.flushes */
    token_record *at_work, *finished;       /* the token being decoded; the last complete one */
};

static token_record *new_record(const ifc_detail *detail)
{
    token_record *r = ifc_alloc_zero(1, sizeof *r);
    r->by_kind = ifc_alloc_zero((size_t)detail->layers * IFC_OP_KINDS, sizeof *r->by_kind);
    return r;
}

static void free_record(token_record *r)
{
    if (r)
        free(r->by_kind);
    free(r);
}

void ifc_detail_fini(ifc_record *rec)
{
    ifc_detail *detail = rec->detail;
    if (!detail)
        return;
    free_record(detail->at_work);
    free_record(detail->finished);
    free(detail->running);
    free(detail);
    rec->detail = NULL;
}

/* Twice the width: two bins become one. */
static void widen(ifc_detail *detail)
{
    for (uint32_t r = 0; r < IFC_PATH_RESOURCES; r++)
        for (uint32_t i = 0; i < IFC_USAGE_BINS; i++) {
            ifc_time sum = 0;
            for (uint32_t k = 2 * i; k < 2 * i + 2 && k < IFC_USAGE_BINS; k++)
                sum = ifc_time_sum(sum, detail->busy[r][k]);
            detail->busy[r][i] = sum;
        }
    detail->width *= 2;
}

static void add_busy(void *record, uint32_t resource, ifc_time begin, ifc_time end)
{
    ifc_detail *detail = record;
    while (end > detail->width * IFC_USAGE_BINS)
        widen(detail);
    while (begin < end) {
        ifc_time bin = begin / detail->width, next = (bin + 1) * detail->width;
        ifc_time until = next < end ? next : end;
        detail->busy[resource][bin] = ifc_time_sum(detail->busy[resource][bin], until - begin);
        begin = until;
    }
}

/* It was told of ahead of time. */
static void take_back(void *record, uint32_t resource, ifc_time begin, ifc_time end)
{
    ifc_detail *detail = record;
    while (begin < end) {
        ifc_time bin = begin / detail->width, next = (bin + 1) * detail->width;
        ifc_time until = next < end ? next : end;
        detail->busy[resource][bin] -= until - begin;
        begin = until;
    }
}

static void begin_token(void *record, uint32_t token)
{
    ifc_detail *detail = record;
    token_record *r = detail->at_work;
    lane *by_kind = r->by_kind;
    memset(by_kind, 0, (size_t)detail->layers * IFC_OP_KINDS * sizeof *by_kind);
    *r = (token_record){.token = token, .begin = ifc_now(), .by_kind = by_kind};
}

static void end_token(void *record, uint32_t token, ifc_time begin)
{
    ifc_detail *detail = record;
    (void)token;
    (void)begin;
    token_record *r = detail->at_work;
    r->end = ifc_now();
    r->complete = true;
    detail->at_work = detail->finished;
    detail->finished = r;
}

/* Where @op is gathered. NULL: it belongs to no token (a request of a stream). */
static lane *lane_of(const ifc_detail *detail, const ifc_op_run *op)
{
    const ifc_host *h = detail->rec->host;
    if (!detail->running)
        return NULL;
    uint32_t index = (uint32_t)(op - h->runs), others = detail->n_running - 3;
    if (op == &h->swap.op)
        index = others;
    else if (op == &h->prefetch.ops[0] || op == &h->prefetch.ops[1])
        index = others + 1 + (uint32_t)(op - h->prefetch.ops);
    else if (op->node->kind == IFC_OP_REFRESH)
        index = detail->n_nodes + detail->n_flushes + (uint32_t)(op - h->refreshes);
    else if (op->background)
        index = detail->n_nodes + (uint32_t)(op - h->flushes);
    IFC_BUG_ON(index >= detail->n_running, "operator %s is not the host's", ifc_op_name(op->node->kind));
    return &detail->running[index];
}

static void add_txn(void *record, const ifc_txn *txn)
{
    lane *l = lane_of(record, ifc_op_of(txn->job));
    if (!l)
        return;
    bool dram = txn->command == IFC_DRAM_READ || txn->command == IFC_DRAM_WRITE, first = l->operators == 0;
    ifc_time begin = txn->stamp[dram ? IFC_PHASE_QUEUE : IFC_PHASE_DIE_QUEUE], at = txn->issue;
    l->operators = 1;
    l->resource = dram ? IFC_PART_DRAM : IFC_PART_GROUP + (uint32_t)txn->group;
    l->begin = first || begin < l->begin ? begin : l->begin;
    if (dram) {
        l->phase[IFC_PATH_DRAM_QUEUE] += begin - at;
        l->phase[IFC_PATH_DRAM_ACCESS] += txn->stamp[IFC_PHASE_DECODE] - begin;
        return;
    }
    for (uint32_t p = 0; p < IFC_PHASES; p++)
        if (txn->stamp[p] > at) {
            l->phase[ifc_path_phase_of(txn, p)] += txn->stamp[p] - at;
            at = txn->stamp[p];
        }
}

static void complete_lane(lane *l, const ifc_op_run *op)
{
    if (op->job.npu_time > 0) {
        l->resource = IFC_PART_NPU;
        l->begin = op->job.begin;
        l->phase[IFC_PATH_NPU_QUEUE] = op->job.begin - op->job.issue;
        l->phase[IFC_PATH_LAUNCH] = op->job.npu_launch;
        l->phase[IFC_PATH_NPU_COMPUTE] = op->job.npu_time - op->job.npu_launch;
    } else if (l->operators == 0) {
        l->resource = IFC_PART_HOST;
        l->begin = op->job.issue;
    }
    l->operators = 1;
    l->kind = op->node->kind;
    l->background = op->background;
    l->layer = op->job.layer;
    l->head_group = op->node->head_group;
    l->head_groups = op->node->head_groups;
    l->issue = op->job.issue;
    l->end = op->job.end;
}

static void add_to_kind(token_record *r, const lane *l)
{
    lane *sum = &r->by_kind[(size_t)l->layer * IFC_OP_KINDS + l->kind];
    if (sum->operators == 0) {
        *sum = *l;
        return;
    }
    sum->operators++;
    sum->head_groups += l->head_groups;
    sum->issue = l->issue < sum->issue ? l->issue : sum->issue;
    sum->begin = l->begin < sum->begin ? l->begin : sum->begin;
    sum->end = ifc_time_max(sum->end, l->end);
    for (uint32_t p = 0; p < IFC_PATH_PHASES; p++)
        sum->phase[p] += l->phase[p];
}

/* Only whole layers, so that what is shown is no puzzle; of a first layer that does not fit, what does. */
static void add_slice(token_record *r, const lane *l)
{
    if (r->cut)
        return;
    if (l->layer != r->layer && !l->background) {
        r->layer = l->layer;
        r->layer_begin = r->n_slices;
    }
    if (r->n_slices < IFC_LANE_SLICES_MAX) {
        r->slices[r->n_slices++] = *l;
        return;
    }
    r->cut = true;
    r->n_slices = r->layer_begin > 0 ? r->layer_begin : r->n_slices;
}

static void add_operator(void *record, const ifc_op_run *op)
{
    ifc_detail *detail = record;
    lane *l = lane_of(detail, op);
    if (!l)
        return;
    complete_lane(l, op);
    if (l->kind == IFC_OP_REFRESH)
        l->layer = detail->layers - 1; /* of no layer: with what comes after them */
    add_to_kind(detail->at_work, l);
    add_slice(detail->at_work, l);
    *l = (lane){.operators = 0};
}

void ifc_detail_start(ifc_record *rec)
{
    ifc_detail *detail = ifc_alloc_zero(1, sizeof *detail);
    detail->rec = rec;
    detail->width = FIRST_BIN_WIDTH;
    if (rec->host->runs) {
        detail->layers = rec->hw->s->model.layers + 1;
        detail->n_nodes = rec->host->n_runs;
        detail->n_flushes = rec->hw->s->model.layers * rec->mapping->sequences;
        detail->n_running =
            detail->n_nodes + detail->n_flushes + rec->hw->n_dies + rec->mapping->sequences + 3;
        detail->running = ifc_alloc_zero(detail->n_running, sizeof *detail->running);
        detail->at_work = new_record(detail);
        detail->finished = new_record(detail);
    }
    rec->detail = detail;
    ifc_probe_listen_busy(&rec->hw->probe, add_busy, detail);
    ifc_probe_listen_not_busy(&rec->hw->probe, take_back, detail);
    ifc_probe_listen_done(&rec->hw->probe, add_txn, detail);
    ifc_event_listen_token_begin(&rec->host->events, begin_token, detail);
    ifc_event_listen_token_end(&rec->host->events, end_token, detail);
    ifc_event_listen_op_end(&rec->host->events, add_operator, detail);
}

static void *rows(size_t n, size_t size)
{
    void *p = ifc_alloc_zero(n ? n : 1, size);
    return p;
}

static void collect_usage_row(const ifc_detail *detail, uint32_t resource, const char *name, uint32_t parts,
                              ifc_result *r)
{
    if (parts == 0)
        return;
    ifc_usage_row *row = &r->usage[r->n_usage++];
    snprintf(row->name, sizeof row->name, "%s", name);
    row->parts = parts;
    for (uint32_t i = 0; i < r->usage_bins; i++) {
        ifc_time begin = i * detail->width, end = begin + detail->width;
        ifc_time span = end < r->end_time ? detail->width : r->end_time - begin;
        row->share[i] = (double)detail->busy[resource][i] / ((double)span * parts);
        if (row->share[i] > 1.0) /* work that an interruption left unfinished */
            row->share[i] = 1.0;
    }
}

/* What works on its own: dies, or their planes. */
static uint32_t parts_of(const ifc_flash_group *g)
{
    return g->independent_planes ? g->dies * g->planes : g->dies;
}

static void collect_usage(const ifc_detail *detail, ifc_result *r)
{
    const ifc_scenario *s = detail->rec->hw->s;
    ifc_time bins = (r->end_time + detail->width - 1) / detail->width;
    r->usage = rows((size_t)s->n_groups + 3, sizeof *r->usage);
    r->usage_bin = detail->width;
    r->usage_bins = (uint32_t)(bins < IFC_USAGE_BINS ? bins : IFC_USAGE_BINS);
    for (uint32_t g = 0; g < s->n_groups; g++)
        collect_usage_row(detail, IFC_PART_GROUP + g, s->groups[g].name, parts_of(&s->groups[g]), r);
    collect_usage_row(detail, IFC_PART_CHANNEL, "channels", s->channel.count, r);
    collect_usage_row(detail, IFC_PART_NPU, "npu", 1, r);
    collect_usage_row(detail, IFC_PART_DRAM, "dram", s->dram.channels, r);
}

static void collect_lane(const ifc_detail *detail, const lane *l, ifc_lane_row *row)
{
    *row = (ifc_lane_row){.layer = l->layer,
                          .head_group = l->head_group,
                          .head_groups = l->head_groups,
                          .operators = l->operators,
                          .issue = l->issue,
                          .begin = l->begin,
                          .end = l->end};
    snprintf(row->operator_name, sizeof row->operator_name, "%s", ifc_op_name(l->kind));
    snprintf(row->resource, sizeof row->resource, "%s",
             ifc_collect_resource_name(detail->rec->hw->s, l->resource));
    ifc_time sum = 0;
    for (uint32_t p = 0; p < IFC_PATH_PHASES; p++)
        sum += l->phase[p];
    for (uint32_t p = 0; p < IFC_PATH_PHASES && sum > 0; p++)
        row->phase[p] = (double)l->phase[p] / (double)sum;
}

static void collect_token(const ifc_detail *detail, const token_record *t, ifc_result *r)
{
    ifc_lanes *lanes = &r->lanes;
    size_t cells = (size_t)detail->layers * IFC_OP_KINDS;
    lanes->present = true;
    lanes->token = t->token;
    lanes->complete = t->complete;
    lanes->cut = t->cut;
    lanes->begin = t->begin;
    lanes->end = t->complete ? t->end : r->end_time;
    lanes->layers = detail->layers - 1;
    for (uint32_t p = 0; p < IFC_PATH_PHASES; p++)
        snprintf(lanes->phase_name[p], sizeof lanes->phase_name[p], "%s", ifc_path_phase_name(p));
    r->lane_rows = rows(cells, sizeof *r->lane_rows);
    for (size_t i = 0; i < cells; i++)
        if (t->by_kind[i].operators > 0)
            collect_lane(detail, &t->by_kind[i], &r->lane_rows[r->n_lane_rows++]);
    r->lane_slices = rows(t->n_slices, sizeof *r->lane_slices);
    for (uint32_t i = 0; i < t->n_slices; i++)
        collect_lane(detail, &t->slices[i], &r->lane_slices[r->n_lane_slices++]);
}

void ifc_detail_collect(const ifc_record *rec, ifc_result *r)
{
    const ifc_detail *detail = rec->detail;
    if (!detail)
        return;
    if (r->end_time > 0)
        collect_usage(detail, r);
    if (detail->running && r->end_time > 0)
        collect_token(detail, detail->finished->complete ? detail->finished : detail->at_work, r);
}
