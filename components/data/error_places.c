/*
 * In which blocks the pages of a command lie: where their reads are counted, too (reads.c).
 */
#include "components/data/errors.h"
#include "components/data/reads.h"
#include "components/hardware/hardware.h"
#include "components/hardware/job.h"
#include "platform/common/arithmetic.h"
#include "platform/common/random.h"

/* The physical row of a logical one; of a group that is nearly full, what found none is in the last one. */
static uint32_t row_of(const ifc_blocks *b, uint64_t logical)
{
    uint32_t last = b->group->blocks_per_plane - 1, row = logical <= last ? b->map[logical] : IFC_NONE;
    return row == IFC_NONE ? last : row;
}

/* Rounds [from, to) are pages from @page on of each plane. */
static void draw_pages(ifc_errors *e, ifc_txn *t, uint64_t from, uint64_t to, uint64_t page)
{
    const ifc_blocks *b = &e->blocks->dies[t->die];
    uint64_t size = b->group->pages_per_block;
    while (from < to) {
        uint64_t left = size - page % size, n = to - from < left ? to - from : left;
        ifc__errors_draw(e, t, from, from + n, row_of(b, page / size), page % size);
        from += n;
        page += n;
    }
}

/* ---- weights ---- */

/* The node that lies in flash for @node, which may be of the graph of a prompt. */
static uint32_t find_node(const ifc_graph *g, const ifc_op_node *node)
{
    if (node >= g->nodes && node < g->nodes + g->n_nodes)
        return (uint32_t)(node - g->nodes);
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].kind == node->kind && g->nodes[i].head_group == node->head_group)
            return i;
    IFC_BUG_ON(true, "a matrix of %s lies nowhere", ifc_op_name(node->kind));
}

/* The @i-th of @matrices that are read: experts are used one after the other, all alike; the shared ones lie
 * behind them. */
static uint64_t expert_of(const ifc_errors *e, const ifc_graph *g, const ifc_op_node *node, uint32_t layer,
                          uint32_t matrices, uint64_t i)
{
    uint32_t slot = 0, of = node->stored - node->always, routed = matrices - node->always;
    if (of <= 1)
        return i;
    if (i >= routed)
        return of + (i - routed);
    for (uint32_t k = 0; k < find_node(g, node); k++)
        slot += g->nodes[k].unit == IFC_UNIT_WEIGHTS ? ifc_blocks_slots(&g->nodes[k]) : 0;
    uint32_t next = e->blocks->reads.matrices[(size_t)layer * e->blocks->reads.slots + slot + 1];
    return (next + i) % of;
}

void ifc_errors_matrix(ifc_errors *e, ifc_txn *t, uint64_t nth, const ifc_op_node *node, ifc_multiplier by,
                       uint32_t matrices, uint64_t first)
{
    const ifc_block_table *b = e->blocks;
    const ifc_graphs *graphs = b->weights->graphs;
    uint32_t layer = t->job->layer, layers = b->hw->s->model.layers;
    if (!ifc__errors_begin(e, t, nth))
        return;
    bool dense = layer < b->hw->s->model.dense_layers, inside = layer < layers;
    const ifc_graph *g = !inside ? &graphs->epilogue : dense ? &graphs->dense : &graphs->layer;
    const uint64_t *pages = !inside ? b->epilogue_page : dense ? b->dense_page : b->layer_page;
    uint64_t page = pages[(size_t)find_node(g, node) * IFC_MULTIPLIERS + by];
    page += inside ? ifc_blocks_layer_page(b, t->group, layer) : 0;
    const ifc_weight_share *shares = ifc_weight_map_shares(b->weights, node, layer, by);
    uint64_t run = shares[t->die - b->hw->groups[t->group].first_die].extent.max_pages;
    for (uint64_t from = 0, to = t->extent.max_pages; from < to;) {
        uint64_t at = first + from, left = run - at % run, n = to - from < left ? to - from : left;
        draw_pages(e, t, from, from + n,
                   page + expert_of(e, g, node, layer, matrices, at / run) * run + at % run);
        from += n;
    }
}

void ifc_errors_embed(ifc_errors *e, ifc_txn *t, uint64_t nth)
{
    if (!ifc__errors_begin(e, t, nth))
        return;
    uint64_t page = e->blocks->embed_page + ifc_random(&e->rng) % e->blocks->embed_pages; /* any row */
    draw_pages(e, t, 0, t->extent.max_pages, page);
}

/* ---- keys and values ---- */

/* The next row after @logical that holds what a log has appended, in the order in which it was; IFC_NONE:
 * there is none. */
static uint32_t next_grown(const ifc_blocks *b, uint32_t owner, uint32_t logical)
{
    if (!b->logs)
        return b->frontier != IFC_NONE && logical <= b->frontier ? logical : IFC_NONE;
    for (; logical < b->group->blocks_per_plane; logical++)
        if (b->map[logical] != IFC_NONE && b->rows[b->map[logical]].owner == owner)
            return logical;
    return IFC_NONE;
}

/* Pages that were appended lie in rows by age: the oldest in the first. */
static void draw_grown(ifc_errors *e, ifc_txn *t, uint32_t owner, uint64_t from, uint64_t to)
{
    const ifc_block_table *table = e->blocks;
    const ifc_blocks *b = &table->dies[t->die];
    uint32_t rows = 0, i = 0, size = b->group->pages_per_block, first = (uint32_t)(table->grown_page / size);
    for (uint32_t l = first; from < to && (l = next_grown(b, owner, l)) != IFC_NONE; l++)
        rows++;
    if (rows == 0 && from < to) /* programs are left out: where the first would be */
        draw_pages(e, t, from, to, table->grown_page);
    for (uint32_t l = first; i < rows; l++, i++) {
        l = next_grown(b, owner, l);
        uint64_t begin = from + (to - from) * i / rows, end = from + (to - from) * (i + 1) / rows, n;
        for (uint64_t at = begin; at < end;
             at += n) { /* no more than a row has, mixed with those of others */
            n = end - at < size ? end - at : size;
            ifc__errors_draw(e, t, at, at + n, row_of(b, l), 0);
        }
    }
}

/* Of what is read, the pages before those that were appended come first. */
void ifc_errors_kv(ifc_errors *e, ifc_txn *t, const ifc_kv *kv, const ifc_op_node *node, ifc_kv_part part)
{
    const ifc_kv_layer *l = &kv->layers[t->job->layer];
    if (part == IFC_KV_V && kv->kinds == 1) /* a latent is both */
        part = IFC_KV_K;
    if (t->extent.pages == 0 || !ifc__errors_begin(e, t, (uint64_t)kv->sequence * IFC_KV_PARTS + part))
        return;
    uint64_t sequences = e->blocks->hw->s->workload.batch, stored = l->stored_pages * sequences;
    uint64_t heads = kv->dealt_heads, planes = kv->dealt_planes;
    uint64_t page = e->blocks->kv_page + (l->pages_before * sequences + part * stored) * heads / planes;
    if (part == IFC_KV_INDEX)
        stored = l->index.stored_pages * sequences;
    uint64_t run = ifc_div_up(heads * stored, planes), pages, rounds = t->extent.max_pages;
    uint64_t grown = ifc_reads_appended(kv, t->job->layer, node->head_group, &pages);
    uint64_t old = pages ? rounds * (pages - grown) / pages : 0, at = run * kv->sequence / sequences;
    if (!ifc_kv_by_plane(kv)) /* the heads of a sequence one after the other */
        at += run * node->head_group / kv->hw->s->model.kv_heads / sequences;
    at = at + old <= run ? at : run > old ? run - old : 0;
    draw_pages(e, t, 0, old, page + at);
    draw_grown(e, t, ifc_blocks_log(e->blocks, kv->sequence, l->windowed) + 1, old, rounds);
}

/* ---- others ---- */

void ifc_errors_request(ifc_errors *e, ifc_txn *t)
{
    const ifc_blocks *b = &e->blocks->dies[t->die];
    uint64_t size = b->group->pages_per_block, page = (uint64_t)b->read_pages;
    if ((t->command != IFC_READ && t->command != IFC_READ_COMPUTE) || !ifc__errors_begin(e, t, ++e->requests))
        return;
    for (uint64_t at = 0, to = t->extent.max_pages, n; at < to; at += n) { /* all of it counts for one row */
        n = to - at < size ? to - at : size;
        ifc__errors_draw(e, t, at, at + n, (uint32_t)(page / size % b->group->blocks_per_plane), page % size);
    }
}

void ifc_errors_move(ifc_errors *e, ifc_txn *t)
{
    const ifc_blocks *b = &e->blocks->dies[t->die];
    if (t->command != IFC_COPY || e->blocks->hw->groups[t->group].decode_in_controller ||
        !ifc__errors_begin(e, t, ++e->requests))
        return;
    ifc__errors_draw(e, t, 0, t->extent.max_pages, b->moving, 0);
}
