#include "components/record/conservation.h"

#include "components/data/layout.h"
#include "components/mapping/passes.h"
#include "components/record/record.h"
#include "components/run/stream.h"
#include "platform/common/arithmetic.h"
#include "workloads/model.h"

typedef unsigned long long ull;

/* Planes of a head that hold elements, where heads own planes: as many elements each as the head with the
 * fewest planes needs; what is left over of the others stays empty. */
uint64_t ifc__planes_at_work(const ifc_kv *kv)
{
    uint64_t fewest = kv->group->planes_total, elements = kv->hw->s->model.head_dim;
    for (uint32_t h = 0; h < kv->heads; h++) {
        uint64_t end = h + 1 < kv->heads ? kv->starts[h + 1] : kv->group->planes_total;
        fewest = end - kv->starts[h] < fewest ? end - kv->starts[h] : fewest;
    }
    return ifc_div_up(elements, ifc_div_up(elements, fewest));
}

/* Pages that the policy named, in all that hold a part of each. */
static uint64_t chosen_pages(const ifc_kv *kv, const ifc_op_run *op, uint64_t holders)
{
    const ifc_placement *p = &kv->hw->s->placement;
    bool all = p->kv_layout == IFC_LAYOUT_UNMAPPED && p->kv_buffer.location != IFC_BUFFER_PLANE;
    uint64_t sum = 0, first = all ? 0 : op->node->head_group, n = all ? kv->heads : op->node->head_groups;
    for (uint64_t h = first; h < first + n; h++)
        for (size_t i = 0; i < kv->chosen.heads[h].n; i++)
            sum += kv->chosen.heads[h].spans[i].pages;
    return sum * holders / n;
}

/* Every page of every stream of the heads is sensed once; of all heads, by each, where pages are known per
 * layer only. */
static uint64_t kv_pages(const ifc_kv *kv, const ifc_op_run *op)
{
    uint64_t heads = op->node->head_groups, holders = heads;
    bool unmapped = ifc_kv_unmapped(kv);
    if (ifc_kv_by_plane(kv))
        holders = heads * ifc__planes_at_work(kv) * (unmapped ? heads : 1);
    else if (unmapped)
        holders = heads * kv->heads;
    return kv->chosen.is ? chosen_pages(kv, op, holders) : holders * ifc_kv_pages(kv, op->job.layer);
}

/* Every part that is read of every page of the index; planes that hold slices have parts of their own. */
static uint64_t index_pages(const ifc_kv *kv, const ifc_op_run *op)
{
    const ifc_placement *p = &kv->hw->s->placement;
    uint64_t heads = op->node->head_groups, read = kv->plans[op->job.layer].read_parts;
    bool unmapped = p->kv_layout == IFC_LAYOUT_UNMAPPED;
    if (p->kv_buffer.location == IFC_BUFFER_PLANE) {
        uint64_t planes = ifc__planes_at_work(kv), of_them = read < planes ? read : planes;
        return kv->chosen.index_pages * of_them * ifc_div_up(read, planes) * heads * (unmapped ? heads : 1);
    }
    return kv->chosen.index_pages * read * heads * (unmapped ? kv->heads : 1);
}

/* What a choice is made from: every entry with every query, in the channels that are read. */
static void count_index(ifc_record *rec, const ifc_op_run *op, const ifc_step_part *p)
{
    const ifc_model *m = &rec->hw->s->model;
    const ifc_kv *kv = p->kv;
    if (!kv->chosen.is || kv->chosen.index_entries == 0)
        return;
    const ifc_select_plan *plan = &kv->plans[op->job.layer];
    uint64_t queries = (uint64_t)op->node->head_groups * (m->heads / m->kv_heads) * p->tokens;
    rec->asked_kv_pages += index_pages(kv, op);
    if (op->node->unit == IFC_UNIT_KV)
        rec->asked_kv_macs += kv->chosen.index_entries * queries * plan->vectors *
                              ifc_div_up((uint64_t)m->head_dim * plan->read_parts, plan->parts);
}

static uint64_t stored_tokens(const ifc_kv *kv, const ifc_op_run *op)
{
    uint64_t sum = 0;
    for (uint32_t h = op->node->head_group; h < op->node->head_group + op->node->head_groups; h++)
        sum += kv->chosen.is ? kv->chosen.heads[h].tokens : ifc_kv_stored(kv, op->job.layer);
    return sum;
}

/* Each sequence reads its own pages, once for all its tokens of the step. */
static void attend(void *record, const ifc_job *job)
{
    ifc_record *rec = record;
    const ifc_op_run *op = ifc_op_of(job);
    const ifc_model *m = &rec->hw->s->model;
    bool reads = op->node->unit == IFC_UNIT_KV || op->node->unit == IFC_UNIT_LOAD;
    bool in_plane = ifc_kv_by_plane(&rec->mapping->kv);
    for (uint32_t i = 0; rec->mapping->kv.group && reads && i < op->step->n; i++) {
        const ifc_step_part *p = &op->step->parts[i];
        if (op->node->kind == IFC_OP_INDEX) {
            count_index(rec, op, p);
            continue;
        }
        rec->asked_kv_pages += kv_pages(p->kv, op);
        if (op->node->unit != IFC_UNIT_KV)
            continue;
        uint64_t tokens = stored_tokens(p->kv, op) * p->tokens; /* of all heads */
        for (uint32_t k = 0; in_plane && k < p->tokens; k++)    /* in planes what was buffered before it */
            tokens += ifc_kv_buffered_before(p->kv, op->job.layer, p->tokens - 1 - k) *
                      (uint64_t)op->node->head_groups;
        rec->asked_kv_macs += tokens * (m->heads / m->kv_heads) *
                              (op->node->kind == IFC_OP_ATTEND ? ifc_model_value_width(m) : m->head_dim);
    }
}

/* Rows are dealt over dies and planes, and packed in each plane; too few of them, packed in each die. */
static uint64_t matrix_pages(const ifc_group *g, uint64_t rows, uint64_t row_bytes)
{
    uint64_t pages = 0, dies = g->p->dies, planes = g->p->planes, page = g->p->page;
    for (uint64_t d = 0; d < dies; d++) {
        uint64_t mine = rows * (d + 1) / dies - rows * d / dies;
        if (rows < g->planes_total)
            pages += ifc_div_up(mine * row_bytes, page);
        for (uint64_t i = 0; i < planes && rows >= g->planes_total; i++)
            pages += ifc_div_up((mine / planes + (i < mine % planes)) * row_bytes, page);
    }
    return pages;
}

/* Matrices read for a step: the experts that its tokens use, as often as the vectors need passes. */
static uint64_t matrices(const ifc_group *g, const ifc_scenario *s, const ifc_op_node *n, uint32_t vectors)
{
    uint32_t passes = ifc_gemv_passes(g, s, n, vectors);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < passes; i++)
        sum += ifc_experts_read(n, ifc_pass_part(vectors, i, passes));
    return sum;
}

typedef struct counts {
    uint64_t pages, macs; /* sensed, done in the dies */
    uint64_t dram_bytes;
} counts;

/* Tiles that dies multiply are a page in each of their planes; what is left of the matrix is read. */
static void count_tiles(const ifc_record *rec, const ifc_op_node *n, uint32_t layer, uint32_t vectors,
                        counts *c)
{
    ifc_weight_class class = ifc_weight_class_of(n->kind);
    const ifc_weight_place *place = ifc_weight_map_place(&rec->mapping->weights, class);
    const ifc_tiling *t = ifc_weight_map_tiling(&rec->mapping->weights, n, layer);
    uint64_t row = ifc_model_row_bytes(&rec->hw->s->model, class, n->cols);
    uint64_t left = (n->rows * n->cols - t->macs) * row / n->cols,
             page = place->part[IFC_BY_NPU].group->p->page;
    uint64_t in_dies = t->in_dies * place->part[IFC_BY_DIES].group->planes_total;
    c->pages += ifc_experts_read(n, vectors) * (in_dies + ifc_div_up(left, page));
    c->macs += (uint64_t)vectors * n->times * t->macs;
}

static void count_matrix(const ifc_record *rec, const ifc_op_node *n, uint32_t layer, uint32_t vectors,
                         bool streamed, counts *c)
{
    const ifc_scenario *s = rec->hw->s;
    ifc_weight_class class = ifc_weight_class_of(n->kind);
    const ifc_weight_place *place = ifc_weight_map_place(&rec->mapping->weights, class);
    uint64_t row_bytes = ifc_model_row_bytes(&s->model, class, n->cols);
    if (rec->mapping->residency.is && (n->kind == IFC_OP_GATE_UP || n->kind == IFC_OP_DOWN))
        return; /* row by row: conservation_neurons.c */
    bool by_dies = place->part[IFC_BY_DIES].has, by_npu = place->part[IFC_BY_NPU].has;
    const ifc_group *g = place->part[by_dies ? IFC_BY_DIES : IFC_BY_NPU].group;
    if (by_dies && by_npu) {
        count_tiles(rec, n, layer, vectors, c);
    } else if (by_dies && !streamed) {
        c->pages += matrices(g, s, n, vectors) * matrix_pages(g, n->rows, row_bytes);
        c->macs += (uint64_t)vectors * n->times * n->rows * n->cols;
    } else if (g) {
        c->pages += ifc_experts_read(n, vectors) * matrix_pages(g, n->rows, row_bytes);
    } else {
        c->dram_bytes += ifc_experts_read(n, vectors) * n->rows * row_bytes;
    }
}

static void count_embed(const ifc_record *rec, uint64_t rows, counts *c)
{
    const ifc_group *g = ifc_weight_map_embed(&rec->mapping->weights);
    uint64_t bytes = ifc_model_row_bytes(&rec->hw->s->model, IFC_WEIGHTS_EMBED, rec->hw->s->model.hidden);
    c->pages += g ? rows * ifc_div_up(bytes, g->p->page) : 0;
    c->dram_bytes += g ? 0 : rows * bytes;
}

/* Steps of @vectors tokens. @layer: one of those that the graph is of; @times: how often they run through it;
 * @streamed: its matrices go to the NPU, once. */
static void add_graph(const ifc_record *rec, const ifc_graph *graph, uint32_t layer, uint32_t vectors,
                      uint64_t times, bool streamed, counts *sum)
{
    counts c = {0};
    for (uint32_t i = 0; i < graph->n_nodes && times > 0; i++)
        if (graph->nodes[i].unit == IFC_UNIT_WEIGHTS)
            count_matrix(rec, &graph->nodes[i], layer, vectors, streamed, &c);
    sum->pages += times * c.pages;
    sum->macs += times * c.macs;
    sum->dram_bytes += times * c.dram_bytes;
}

static void add_layers(const ifc_record *rec, const ifc_step_counts *steps, bool streamed, counts *sum)
{
    const ifc_model *m = &rec->hw->s->model;
    uint32_t first = m->dense_layers, others = m->layers - first;
    for (uint32_t v = 1; v < steps->n; v++) {
        add_graph(rec, &rec->graphs->dense, 0, v, steps->times[v] * first, streamed, sum);
        add_graph(rec, &rec->graphs->layer, first, v, steps->times[v] * others, streamed, sum);
    }
}

/* Every step runs through all layers, and every token reads its row of the embedding. */
static counts of_weights(const ifc_record *rec)
{
    const ifc_steps *t = &rec->host->steps;
    counts sum = {0};
    if (rec->graphs->prologue.n_nodes > 0)
        count_embed(rec, t->embedded, &sum);
    add_layers(rec, &t->layers, false, &sum);
    add_layers(rec, &t->streamed, true, &sum);
    for (uint32_t v = 1; v < t->heads.n; v++)
        add_graph(rec, &rec->graphs->epilogue, rec->hw->s->model.layers, v, t->heads.times[v], false, &sum);
    return sum;
}

/* As the host counted them, each when it was over. */
static counts of_requests(const ifc_record *rec)
{
    counts c = {0};
    for (uint32_t i = 0; i < ifc_scenario_flows(rec->hw->s); i++) {
        c.pages += rec->host->flows[i].pages;
        c.macs += rec->host->flows[i].macs;
    }
    return c;
}

static void check_pages(const ifc_record *rec, ifc_class class, uint64_t asked)
{
    uint64_t sensed = rec->counters.pages_sensed[class];
    IFC_BUG_ON(sensed != asked, "%s: %llu pages were asked for, %llu were sensed", ifc_class_name(class),
               (ull)asked, (ull)sensed);
}

static void check_macs(const ifc_record *rec, uint64_t asked)
{
    uint64_t done = 0;
    for (uint32_t i = 0; i < rec->hw->n_dies; i++)
        done += rec->hw->dies[i].macs;
    IFC_BUG_ON(done != asked, "%llu MACs were asked for, %llu done", (ull)asked, (ull)done);
}

/* Pages that were drawn to fail have been sensed again. */
static void check_errors(const ifc_record *rec)
{
    uint64_t drawn = 0, done = 0;
    for (uint32_t g = 0; g < rec->hw->s->n_groups; g++)
        drawn += rec->mapping->errors.groups[g].senses;
    for (uint32_t i = 0; i < rec->hw->n_dies; i++)
        done += rec->hw->dies[i].pages_resensed;
    IFC_BUG_ON(drawn != done, "%llu pages were to be sensed again, %llu were", (ull)drawn, (ull)done);
}

/* What was sent must have arrived, and nothing may be under way. */
static void check_rest(const ifc_record *rec)
{
    uint64_t up = 0, left = rec->counters.expected_up;
    for (uint32_t i = 0; i < rec->hw->n_dies; i++)
        IFC_BUG_ON(rec->hw->dies[i].held || rec->hw->dies[i].buffer_used, "%s holds commands at the end",
                   rec->hw->dies[i].name);
    for (uint32_t i = 0; i < rec->hw->s->channel.count; i++)
        up += rec->hw->channels[i].bytes_up;
    IFC_BUG_ON(up != left, "%llu bytes left the dies, %llu came up the channels", (ull)left, (ull)up);
    IFC_BUG_ON(rec->hw->txns.in_flight, "%llu transactions are in flight at the end",
               (ull)rec->hw->txns.in_flight);
}

void ifc_conservation_listen(ifc_record *rec)
{
    ifc_conservation_neurons_listen(rec);
    ifc__conservation_contexts_listen(rec);
    ifc_probe_listen_job_start(&rec->hw->probe, attend, rec);
    if (rec->hw->s->workload.kind != IFC_WORKLOAD_STREAM)
        ifc__conservation_kv_start(rec);
}

void ifc_conservation_check(const ifc_record *rec)
{
    bool decode = rec->hw->s->workload.kind != IFC_WORKLOAD_STREAM;
    counts weights = decode ? of_weights(rec) : (counts){0},
           requests = decode ? (counts){0} : of_requests(rec);
    check_pages(rec, IFC_CLASS_WEIGHTS, weights.pages + rec->neuron_pages);
    check_pages(rec, IFC_CLASS_HOST, requests.pages);
    check_pages(rec, IFC_CLASS_REFRESH, rec->host->copied_pages);
    if (rec->hw->s->effects.page_rounding) /* else pages are fractions, and what is touched of them depends */
        check_pages(rec, IFC_CLASS_KV_READ, rec->asked_kv_pages);
    uint64_t from_dram = rec->counters.dram_bytes[IFC_CLASS_WEIGHTS];
    uint64_t asked = weights.dram_bytes + rec->neuron_bytes;
    IFC_BUG_ON(from_dram != asked, "weights: %llu bytes of DRAM were asked for, %llu were read", (ull)asked,
               (ull)from_dram);
    if (decode)
        ifc__conservation_kv_check(rec);
    ifc__conservation_contexts_check(rec);
    check_macs(rec, weights.macs + requests.macs + rec->asked_kv_macs);
    check_errors(rec);
    check_rest(rec);
}
