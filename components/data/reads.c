#include "components/data/reads.h"

#include <stdlib.h>
#include <string.h>

#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"
#include "platform/common/memory.h"

/* Of experts: how often all were read, how many of them in all, and each. */
uint32_t ifc_blocks_slots(const ifc_op_node *node)
{
    uint32_t of = node->stored - node->always;
    return of > 1 ? 2 + of : 1;
}

static uint32_t slots_of(const ifc_graph *g)
{
    uint32_t slots = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].unit == IFC_UNIT_WEIGHTS)
            slots += ifc_blocks_slots(&g->nodes[i]);
    return slots;
}

static uint32_t most_slots(const ifc_graphs *g)
{
    uint32_t dense = slots_of(&g->dense), layer = slots_of(&g->layer), after = slots_of(&g->epilogue);
    uint32_t most = dense > layer ? dense : layer;
    return most > after ? most : after;
}

void ifc_reads_init(ifc_block_table *t)
{
    ifc_reads *r = &t->reads;
    size_t layers = t->hw->s->model.layers, dies = t->kv->group ? t->kv->group->p->dies : 0;
    r->slots = most_slots(t->weights->graphs);
    r->layer_kv = ifc_alloc_zero(IFC_KV_PARTS * dies + 1, sizeof *r->layer_kv);
    r->kv = ifc_alloc_zero(IFC_KV_PARTS * dies * layers + 1, sizeof *r->kv);
    r->matrices = ifc_alloc_zero((layers + 1) * r->slots + 1, sizeof *r->matrices);
    r->spread = ifc_alloc_zero((size_t)t->n_dies * (layers + 1) * r->slots + 1, sizeof *r->spread);
}

void ifc_reads_fini(ifc_block_table *t)
{
    free(t->reads.layer_kv);
    free(t->reads.kv);
    free(t->reads.matrices);
    free(t->reads.spread);
    free(t->reads.neurons);
}

/* ---- gathering ---- */

/* Of the pages that were chosen. @pages: out, how many those are. */
static uint64_t appended_of(const ifc_kv_choice *c, uint64_t start, uint64_t *pages)
{
    uint64_t appended = 0;
    for (size_t i = 0; i < c->n; i++) {
        uint64_t first = c->spans[i].first, end = first + c->spans[i].pages;
        appended += end <= start ? 0 : first >= start ? end - first : end - start;
    }
    *pages = c->pages;
    return appended;
}

uint64_t ifc_reads_appended(const ifc_kv *kv, uint32_t layer, uint32_t head, uint64_t *pages)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    const ifc_kv_choice *choice = ifc_kv_choice_of(kv, layer, head);
    *pages = ifc_kv_pages(kv, layer);
    uint64_t behind = ifc_kv_first_page(kv, layer) + *pages;
    uint64_t appended = behind > l->start_pages ? behind - l->start_pages : 0;
    appended = appended < *pages ? appended : *pages;
    if (choice)
        appended = appended_of(choice, l->start_pages, pages);
    return l->stored_pages == 0 ? *pages : appended;
}

void ifc_blocks_begin_layer(ifc_block_table *t, uint32_t layer)
{
    const ifc_kv *kv = t->kv;
    ifc_reads *r = &t->reads;
    uint64_t pages;
    r->grown = 0;
    if (!kv->group || layer >= t->hw->s->model.layers)
        return;
    uint64_t appended = ifc_reads_appended(kv, layer, 0, &pages);
    if (kv->layers[layer].stored_pages == 0)
        r->grown = 1;
    else if (appended > 0)
        r->grown = (double)appended / (double)pages;
}

void ifc_blocks_read_kv(ifc_block_table *t, uint32_t die, ifc_kv_part part, const ifc_extent *extent)
{
    uint64_t *reads = &t->reads.layer_kv[IFC_KV_PARTS * (size_t)(die - t->kv->group->first_die) + part];
    *reads += extent->run_ppb ? extent->run_ppb : extent->pages;
}

void ifc_blocks_read_embed(ifc_block_table *t, uint32_t die, uint64_t pages)
{
    t->dies[die].embed_reads += pages;
}

void ifc_blocks_read_neurons(ifc_block_table *t, uint32_t die, uint32_t layer, uint64_t pages)
{
    if (!t->reads.neurons)
        t->reads.neurons =
            ifc_alloc_zero((size_t)t->n_dies * t->hw->s->model.layers, sizeof *t->reads.neurons);
    t->reads.neurons[(size_t)die * t->hw->s->model.layers + layer] += pages;
}

void ifc_blocks_read_matrix(ifc_block_table *t, uint32_t layer, uint32_t slot, const ifc_op_node *node,
                            uint32_t experts)
{
    uint32_t *read = t->reads.matrices + (size_t)layer * t->reads.slots + slot;
    uint32_t of = node->stored - node->always;
    read[0]++;
    for (uint32_t i = 0; of > 1 && i < experts; i++)
        read[2 + read[1]++ % of]++;
}

void ifc_blocks_end_layer(ifc_block_table *t, uint32_t layer)
{
    ifc_reads *r = &t->reads;
    bool fractions = !t->hw->s->effects.page_rounding;
    if (layer >= t->hw->s->model.layers || !t->kv->group)
        return;
    uint32_t dies = t->kv->group->p->dies;
    bool windowed = t->kinds > 1 && t->kv->layers[layer].windowed;
    double unit = fractions ? 1e-9 : 1.0 / t->kv->group->p->planes;
    for (uint32_t i = 0; i < IFC_KV_PARTS * dies; i++) {
        double reads = (double)r->layer_kv[i] * unit;
        r->kv[(size_t)layer * IFC_KV_PARTS * dies + i] += reads * (1 - r->grown);
        t->dies[t->kv->group->first_die + i / IFC_KV_PARTS].grown_reads[windowed] += reads * r->grown;
        r->layer_kv[i] = 0;
    }
}

/* ---- spreading ---- */

/* Of a group that is nearly full, what found no row of its own is in the last one. */
static void add_reads(ifc_blocks *b, const ifc_flash_group *p, uint32_t row, double reads)
{
    uint32_t physical = row < p->blocks_per_plane ? b->map[row] : IFC_NONE;
    if (physical == IFC_NONE)
        physical = p->blocks_per_plane - 1;
    ifc_block_row *r = &b->rows[physical];
    r->reads += reads;
    r->most_reads = r->reads > r->most_reads ? r->reads : r->most_reads;
}

/* @pages page reads, per plane, evenly over pages [first, first + run) of each plane. */
static void spread(ifc_blocks *b, uint64_t first, uint64_t run, double pages)
{
    const ifc_flash_group *p = b->group;
    uint32_t size = p->pages_per_block, row = (uint32_t)(first / size);
    uint64_t left = size - first % size;
    if (pages <= 0 || run == 0)
        return;
    double each = pages / (double)run;
    for (; run > 0; row++, left = size) {
        uint64_t part = run < left ? run : left;
        add_reads(b, p, row, each * (double)part);
        run -= part;
    }
}

static double pages_per_plane(const ifc_extent *e, uint32_t planes)
{
    return e->run_ppb ? (double)e->run_ppb * 1e-9 : (double)e->pages / planes;
}

static const ifc_group *group_of(const ifc_block_table *t, uint32_t die)
{
    uint32_t g = 0;
    while (g + 1 < t->hw->s->n_groups && die >= t->hw->groups[g + 1].first_die)
        g++;
    return &t->hw->groups[g];
}

/* A matrix lies in a run of pages of each plane; experts one after the other, then the shared ones. @share:
 * what the die has of one; @read, @done: its counters, and what of them was spread before. */
static void spread_node(ifc_block_table *t, uint32_t die, const ifc_op_node *n, const ifc_weight_share *share,
                        uint64_t page, const uint32_t *read, const uint32_t *done)
{
    ifc_blocks *b = &t->dies[die];
    uint64_t run = share->extent.max_pages;
    double pages = pages_per_plane(&share->extent, group_of(t, die)->p->planes);
    uint32_t of = n->stored - n->always, times = read[0] - done[0];
    if (share->rows == 0)
        return;
    if (of <= 1)
        spread(b, page, run, pages * times);
    for (uint32_t i = 0; of > 1 && i < n->stored; i++)
        spread(b, page + i * run, run, pages * (i < of ? read[2 + i] - done[2 + i] : times));
}

static void spread_graph(ifc_block_table *t, uint32_t die, const ifc_graph *g, const uint64_t *node_page,
                         uint32_t layer)
{
    const ifc_group *group = group_of(t, die);
    ifc_reads *r = &t->reads;
    uint64_t begin = layer < t->hw->s->model.layers ? ifc_blocks_layer_page(t, group->index, layer) : 0;
    uint32_t *read = r->matrices + (size_t)layer * r->slots;
    uint32_t *done = r->spread + ((size_t)die * (t->hw->s->model.layers + 1) + layer) * r->slots;
    if (memcmp(done, read, r->slots * sizeof *done) == 0)
        return;
    for (uint32_t i = 0, slot = 0; i < g->n_nodes; i++) {
        const ifc_op_node *n = &g->nodes[i];
        if (n->unit != IFC_UNIT_WEIGHTS)
            continue;
        const ifc_weight_place *place = ifc_weight_map_place(t->weights, ifc_weight_class_of(n->kind));
        for (int by = 0; read[slot] > done[slot] && by < IFC_MULTIPLIERS; by++) {
            if (!place->part[by].has || place->part[by].group != group)
                continue;
            const ifc_weight_share *shares = ifc_weight_map_shares(t->weights, n, layer, (ifc_multiplier)by);
            spread_node(t, die, n, &shares[die - group->first_die],
                        begin + node_page[(size_t)i * IFC_MULTIPLIERS + by], read + slot, done + slot);
        }
        slot += ifc_blocks_slots(n);
    }
    memcpy(done, read, r->slots * sizeof *done);
}

/* The pages of what gate_up and down multiply: the first one, and how many up to the last. */
static uint64_t neuron_pages(const ifc_block_table *t, uint32_t die, const ifc_graph *g, uint32_t layer,
                             const uint64_t *node_page, uint64_t *first)
{
    const ifc_group *group = group_of(t, die);
    uint64_t from = UINT64_MAX, to = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const ifc_op_node *n = &g->nodes[i];
        if (n->kind != IFC_OP_GATE_UP && n->kind != IFC_OP_DOWN)
            continue;
        const ifc_weight_place *place = ifc_weight_map_place(t->weights, ifc_weight_class_of(n->kind));
        if (!place->part[IFC_BY_NPU].has || place->part[IFC_BY_NPU].group != group)
            continue;
        const ifc_weight_share *of = ifc_weight_map_shares(t->weights, n, layer, IFC_BY_NPU);
        uint64_t page = node_page[(size_t)i * IFC_MULTIPLIERS + IFC_BY_NPU];
        uint64_t end = page + of[die - group->first_die].extent.max_pages;
        from = page < from ? page : from;
        to = end > to ? end : to;
    }
    *first = from < to ? from : 0;
    return from < to ? to - from : 1;
}

static void spread_neurons(ifc_block_table *t, uint32_t die, const ifc_graph *g, const uint64_t *node_page,
                           uint32_t layer)
{
    const ifc_group *group = group_of(t, die);
    uint64_t *read = t->reads.neurons + (size_t)die * t->hw->s->model.layers + layer, first;
    if (*read == 0)
        return;
    uint64_t run = neuron_pages(t, die, g, layer, node_page, &first);
    spread(&t->dies[die], ifc_blocks_layer_page(t, group->index, layer) + first, run,
           (double)*read / group->p->planes);
    *read = 0;
}

static void spread_weights(ifc_block_table *t, uint32_t die)
{
    const ifc_model *m = &t->hw->s->model;
    const ifc_graphs *g = t->weights->graphs;
    const ifc_flash_group *p = group_of(t, die)->p;
    for (uint32_t l = 0; l < m->layers; l++) {
        const ifc_graph *of = l < m->dense_layers ? &g->dense : &g->layer;
        const uint64_t *pages = l < m->dense_layers ? t->dense_page : t->layer_page;
        spread_graph(t, die, of, pages, l);
        if (t->reads.neurons)
            spread_neurons(t, die, of, pages, l);
    }
    spread_graph(t, die, &g->epilogue, t->epilogue_page, m->layers);
    spread(&t->dies[die], t->embed_page, t->embed_pages, (double)t->dies[die].embed_reads / p->planes);
    t->dies[die].embed_reads = 0;
}

/* Rows of logs of one kind hold what was appended. */
static bool holds_grown(const ifc_block_table *t, const ifc_blocks *b, uint32_t logical, uint32_t kind)
{
    const ifc_block_row *r = b->map[logical] == IFC_NONE ? NULL : &b->rows[b->map[logical]];
    return r && (t->kinds == 1 || (r->owner > 0 && (r->owner - 1) % t->kinds == kind));
}

/* What was appended. Where something ends: evenly over the rows that hold it, of layers without and with a
 * window. Elsewhere pages of all streams lie mixed, from the first one to where pages are added now. With
 * kv_program off no row holds any: where the first one would be. */
static void spread_grown(const ifc_block_table *t, ifc_blocks *b, uint32_t kind)
{
    uint32_t rows = 0, size = b->group->pages_per_block, first = (uint32_t)(t->grown_page / size);
    for (uint32_t l = first; b->logs && l < b->group->blocks_per_plane; l++)
        rows += holds_grown(t, b, l, kind);
    for (uint32_t l = first; rows > 0 && l < b->group->blocks_per_plane; l++)
        if (holds_grown(t, b, l, kind))
            add_reads(b, b->group, l, b->grown_reads[kind] / rows);
    if (rows == 0) {
        uint64_t end = b->frontier == IFC_NONE ? 0 : ((uint64_t)b->frontier + 1) * size;
        uint64_t last = end > t->grown_page ? end : t->grown_page + 1;
        spread(b, t->grown_page, last - t->grown_page, b->grown_reads[kind]);
    }
    b->grown_reads[kind] = 0;
}

/* K of all heads of a layer lies before V, and V before the index; where each plane has slices of its own, in
 * as many pages as a stream. */
static void spread_kv(ifc_block_table *t, uint32_t die)
{
    const ifc_kv *kv = t->kv;
    ifc_blocks *b = &t->dies[die];
    uint64_t planes = kv->dealt_planes, heads = kv->dealt_heads;
    uint32_t dies = kv->group->p->dies;
    for (uint32_t l = 0; l < t->hw->s->model.layers; l++)
        for (uint32_t v = 0; v < IFC_KV_PARTS; v++) {
            double *reads = &t->reads.kv[((size_t)l * dies + die - kv->group->first_die) * IFC_KV_PARTS + v];
            if (*reads == 0)
                continue;
            /* those of all sequences stand together: each is read as often */
            uint64_t sequences = t->hw->s->workload.batch, stored = kv->layers[l].stored_pages * sequences;
            uint64_t ahead = v < kv->kinds ? v : kv->kinds; /* kinds of streams before it */
            uint64_t page = (kv->layers[l].pages_before * sequences + ahead * stored) * heads / planes;
            if (v == IFC_KV_INDEX)
                stored = kv->layers[l].index.stored_pages * sequences;
            spread(b, t->kv_page + page, ifc_div_up(heads * stored, planes), *reads);
            *reads = 0;
        }
    for (uint32_t kind = 0; kind < t->kinds; kind++)
        spread_grown(t, b, kind);
}

static bool in_group(const ifc_group *g, uint32_t die)
{
    return g && die >= g->first_die && die < g->first_die + g->p->dies;
}

void ifc_reads_spread(ifc_block_table *t, uint32_t die)
{
    /* A stream counts its own; a stop in set-up leaves dies without rows. */
    if (!t->reads.matrices || !t->dies[die].group)
        return;
    spread_weights(t, die);
    if (in_group(t->kv->group, die))
        spread_kv(t, die);
}

void ifc_blocks_spread(ifc_block_table *t)
{
    for (uint32_t die = 0; die < t->n_dies; die++)
        ifc_reads_spread(t, die);
}
