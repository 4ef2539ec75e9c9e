#include "components/data/blocks.h"

#include <math.h>
#include <stdlib.h>

#include "components/data/reads.h"
#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"
#include "platform/common/memory.h"
#include "workloads/model.h"

static const ifc_flash_group *group_of(const ifc_block_table *t, uint32_t die)
{
    return t->dies[die].group;
}

static const ifc_flash_group *find_group(const ifc_hardware *hw, uint32_t die)
{
    for (uint32_t g = 0; g + 1 < hw->s->n_groups; g++)
        if (die < hw->groups[g + 1].first_die)
            return hw->groups[g].p;
    return hw->groups[hw->s->n_groups - 1].p;
}

bool ifc_blocks_by_sequence(const ifc_block_table *t)
{
    return t->hw->s->workload.kind == IFC_WORKLOAD_REQUESTS;
}

/* Where programs are left out nothing comes that could be left behind. */
static bool leaves_behind(const ifc_block_table *t)
{
    return t->hw->s->workload.kind != IFC_WORKLOAD_STREAM && t->kv->group && t->hw->s->effects.kv_program &&
           ifc_model_window_layers(&t->hw->s->model) > 0;
}

/* 0: nothing ends. */
static uint32_t logs_of(const ifc_block_table *t)
{
    uint32_t sequences = ifc_blocks_by_sequence(t) ? t->hw->s->workload.batch : 1;
    return ifc_blocks_by_sequence(t) || t->kinds > 1 ? sequences * t->kinds : 0;
}

uint32_t ifc_blocks_log(const ifc_block_table *t, uint32_t sequence, bool windowed)
{
    return (ifc_blocks_by_sequence(t) ? sequence : 0) * t->kinds + (windowed && t->kinds > 1);
}

uint32_t ifc_blocks_sequence(const ifc_block_table *t, uint32_t owner)
{
    return (owner - 1) / t->kinds;
}

/* Nothing is in it, nor on its way to it. */
static bool is_free(const ifc_block_row *r)
{
    return r->use == IFC_BLOCK_FREE && !r->moving;
}

static uint32_t find_free(ifc_blocks *b, const ifc_flash_group *p)
{
    while (b->lowest < p->blocks_per_plane && b->rows[b->lowest].use != IFC_BLOCK_FREE)
        b->lowest++;
    uint32_t row = b->lowest;
    while (row < p->blocks_per_plane && !is_free(&b->rows[row]))
        row++;
    return row < p->blocks_per_plane ? row : IFC_NONE;
}

/* Where rows come back, the one that was erased least. */
static uint32_t find_least_worn(const ifc_blocks *b, const ifc_flash_group *p)
{
    uint32_t found = IFC_NONE;
    for (uint32_t i = 0; i < p->blocks_per_plane; i++)
        if (is_free(&b->rows[i]) && (found == IFC_NONE || b->rows[i].erases < b->rows[found].erases))
            found = i;
    return found;
}

/* A logical row that is used for the first time gets the first free one. Return: IFC_NONE: none is free. */
static uint32_t take_row(ifc_blocks *b, const ifc_flash_group *p, uint32_t logical, ifc_block_use use)
{
    uint32_t row = b->logs ? find_least_worn(b, p) : find_free(b, p);
    if (row == IFC_NONE)
        return IFC_NONE;
    ifc_block_row *r = &b->rows[row];
    *r = (ifc_block_row){.use = (uint8_t)use,
                         .logical = logical,
                         .cycles = r->cycles,
                         .erases = r->erases,
                         .most_reads = r->most_reads};
    b->map[logical] = row;
    return row;
}

/* Rows that hold pages [from, to) of each plane when the run begins. */
static void store(ifc_blocks *b, const ifc_flash_group *p, uint64_t from, uint64_t to, ifc_block_use use)
{
    for (uint64_t row = from / p->pages_per_block; row * p->pages_per_block < to; row++) {
        if (row >= p->blocks_per_plane)
            return; /* ragged edges of a group that is nearly full */
        uint64_t end = (row + 1) * p->pages_per_block;
        if (b->map[row] == IFC_NONE)
            take_row(b, p, (uint32_t)row, use);
        b->rows[row].pages = (uint32_t)((to < end ? to : end) - row * p->pages_per_block);
    }
}

static uint64_t longest_run(const ifc_weight_share *shares, uint32_t dies)
{
    uint64_t most = 0;
    for (uint32_t d = 0; d < dies; d++)
        most = shares[d].extent.max_pages > most ? shares[d].extent.max_pages : most;
    return most;
}

/* Matrices in the order of their operators. @layer: one of those that the graph is of; @page: by group, in
 * and out: where they begin, and the page after the last one. */
static uint64_t *address_graph(const ifc_block_table *t, const ifc_graph *g, uint32_t layer, uint64_t *page)
{
    uint64_t *out = ifc_alloc_zero((size_t)g->n_nodes * IFC_MULTIPLIERS + 1, sizeof *out);
    for (uint32_t i = 0; i < g->n_nodes; i++)
        for (int by = 0; g->nodes[i].unit == IFC_UNIT_WEIGHTS && by < IFC_MULTIPLIERS; by++) {
            const ifc_op_node *n = &g->nodes[i];
            const ifc_weight_place *place = ifc_weight_map_place(t->weights, ifc_weight_class_of(n->kind));
            const ifc_group *group = place->part[by].group;
            if (!place->part[by].has || !group)
                continue;
            const ifc_weight_share *shares = ifc_weight_map_shares(t->weights, n, layer, (ifc_multiplier)by);
            out[(size_t)i * IFC_MULTIPLIERS + by] = page[group->index];
            page[group->index] += longest_run(shares, group->p->dies) * n->stored;
        }
    return out;
}

/* Pages of each plane that the context's KV takes up. */
static uint64_t context_pages(const ifc_kv *kv)
{
    const ifc_scenario *s = kv->hw->s;
    const ifc_kv_layer *last = &kv->layers[s->model.layers - 1];
    uint64_t sequences = s->workload.batch;
    uint64_t pages = (last->pages_before + kv->kinds * last->stored_pages + last->index.stored_pages) *
                     sequences; /* of a head, in all layers */
    return ifc_div_up(pages * kv->dealt_heads, kv->dealt_planes);
}

static uint64_t next_row(uint64_t page, const ifc_flash_group *p)
{
    return ifc_div_up(page, p->pages_per_block) * p->pages_per_block;
}

uint64_t ifc_blocks_layer_page(const ifc_block_table *t, uint32_t group, uint32_t layer)
{
    uint32_t most = t->hw->s->model.dense_layers, dense = layer < most ? layer : most;
    return dense * t->dense_pages[group] + (layer - dense) * t->layer_pages[group];
}

/* @end: by group: the page after the matrices of the layers, in and out: and after the head. */
static void address_embed(ifc_block_table *t, uint64_t *end, const uint64_t *head)
{
    const ifc_model *m = &t->hw->s->model;
    const ifc_group *g = t->embed_group = ifc_weight_map_embed(t->weights);
    if (!g)
        return;
    t->embed_pages = ifc_div_up(m->vocab * ifc_model_row_bytes(m, IFC_WEIGHTS_EMBED, m->hidden),
                                g->planes_total * g->p->page);
    t->embed_page = m->tied_head ? head[g->index] : end[g->index]; /* tied: the head's matrix */
    if (!m->tied_head)
        end[g->index] += t->embed_pages;
}

static void lay_out_weights(ifc_block_table *t, uint64_t *end, ifc_stop *stop)
{
    const ifc_scenario *s = t->hw->s;
    const ifc_graphs *h = t->weights->graphs;
    uint64_t head[IFC_GROUPS_MAX];
    t->dense_page = address_graph(t, &h->dense, 0, t->dense_pages);
    t->layer_page = address_graph(t, &h->layer, s->model.dense_layers, t->layer_pages);
    for (uint32_t g = 0; g < s->n_groups; g++)
        head[g] = end[g] = ifc_blocks_layer_page(t, g, s->model.layers);
    t->epilogue_page = address_graph(t, &h->epilogue, s->model.layers, end);
    address_embed(t, end, head);
    for (uint32_t g = 0; g < s->n_groups; g++)
        for (uint32_t d = 0; d < s->groups[g].dies && !ifc_stop_asked(stop); d++)
            store(&t->dies[t->hw->groups[g].first_die + d], &s->groups[g], 0, end[g], IFC_BLOCK_WEIGHTS);
}

/* The context is in rows that end where no layer keeps it. */
static void own_context(ifc_block_table *t)
{
    const ifc_model *m = &t->hw->s->model;
    const ifc_group *kv = t->kv->group;
    uint64_t context = t->hw->s->workload.context;
    bool all = t->kinds > 1 && ifc_model_window_layers(m) == m->layers;
    for (uint32_t d = 0; all && d < kv->p->dies; d++) {
        ifc_blocks *b = &t->dies[kv->first_die + d];
        for (uint32_t i = 0; b->rows && i < kv->p->blocks_per_plane; i++)
            if (b->rows[i].use == IFC_BLOCK_KV) {
                b->rows[i].owner = ifc_blocks_log(t, 0, true) + 1;
                b->rows[i].until = context;
            }
    }
}

static void lay_out(ifc_block_table *t, ifc_stop *stop)
{
    const ifc_group *kv = t->kv->group;
    uint64_t end[IFC_GROUPS_MAX] = {0};
    lay_out_weights(t, end, stop);
    if (!kv)
        return;
    t->kv_page = next_row(end[kv->index], kv->p);
    uint64_t kv_end = t->kv_page + context_pages(t->kv);
    t->grown_page = next_row(kv_end, kv->p);
    for (uint32_t d = 0; d < kv->p->dies && !ifc_stop_asked(stop); d++)
        store(&t->dies[kv->first_die + d], kv->p, t->kv_page, kv_end, IFC_BLOCK_KV);
    own_context(t);
}

/* Where something ends: requests, and pages that a window leaves behind. */
static ifc_block_log *new_logs(const ifc_block_table *t)
{
    uint32_t n = logs_of(t);
    ifc_block_log *logs = n ? ifc_alloc_zero(n, sizeof *logs) : NULL;
    for (uint32_t i = 0; i < n; i++)
        logs[i].frontier = IFC_NONE;
    return logs;
}

void ifc_blocks_init(ifc_block_table *t, const ifc_hardware *hw, const ifc_weight_map *weights,
                     const ifc_kv *kv, ifc_stop *stop)
{
    uint32_t most = 0;
    *t = (ifc_block_table){.hw = hw, .weights = weights, .kv = kv, .n_dies = hw->n_dies};
    t->kinds = leaves_behind(t) ? 2 : 1;
    t->dies = ifc_alloc_zero(t->n_dies + 1, sizeof *t->dies);
    /* Of a run that ends here, the rest of the blocks is not looked at. */
    for (uint32_t d = 0; d < t->n_dies && !ifc_stop_asked(stop); d++) {
        const ifc_flash_group *p = find_group(hw, d);
        uint32_t n = p->blocks_per_plane;
        ifc_blocks *b = &t->dies[d];
        most = n > most ? n : most;
        *b = (ifc_blocks){.group = p, .frontier = IFC_NONE};
        b->rows = ifc_alloc_zero(n, sizeof *b->rows);
        b->map = ifc_alloc_zero(n, sizeof *b->map);
        b->logs = new_logs(t);
        for (uint32_t i = 0; i < n; i++)
            b->map[i] = IFC_NONE;
    }
    t->views = ifc_alloc_zero(most + 1, sizeof *t->views);
    if (hw->s->workload.kind != IFC_WORKLOAD_STREAM && !ifc_stop_asked(stop))
        lay_out(t, stop);
    if (hw->s->workload.kind != IFC_WORKLOAD_STREAM)
        ifc_reads_init(t);
}

void ifc_blocks_fini(ifc_block_table *t)
{
    for (uint32_t d = 0; t->dies && d < t->n_dies; d++) {
        free(t->dies[d].rows);
        free(t->dies[d].map);
        free(t->dies[d].logs);
    }
    free(t->dies);
    free(t->dense_page);
    free(t->layer_page);
    free(t->epilogue_page);
    free(t->views);
    ifc_reads_fini(t);
    *t = (ifc_block_table){0};
}

/* The logical row after the frontier. A machine that is full begins again with the first one that grew. */
static uint32_t next_row_to_fill(const ifc_block_table *t, ifc_blocks *b, const ifc_flash_group *p)
{
    uint32_t first = (uint32_t)(t->grown_page / p->pages_per_block), next = b->frontier + 1;
    if (b->logs) { /* the first that is not taken */
        for (next = first; next < p->blocks_per_plane && b->map[next] != IFC_NONE; next++)
            continue;
        return next;
    }
    if (b->frontier == IFC_NONE)
        return first;
    if (next <= b->newest)
        return next;
    return next < p->blocks_per_plane && find_free(b, p) != IFC_NONE ? next : first;
}

/* The row that takes new pages; a new one when that is full. NULL: there is none. */
static ifc_block_row *open_row(ifc_block_table *t, ifc_blocks *b, const ifc_flash_group *p, ifc_block_use use)
{
    bool full = b->frontier != IFC_NONE && b->fresh >= (uint64_t)p->pages_per_block * p->planes;
    if (b->frontier != IFC_NONE && !full)
        return &b->rows[b->map[b->frontier]];
    ifc_reads_spread(t, (uint32_t)(b - t->dies)); /* to the rows as they are until now */
    uint32_t logical = next_row_to_fill(t, b, p);
    if (logical >= p->blocks_per_plane) /* not a block is left: the last one takes what comes */
        logical = p->blocks_per_plane - 1;
    if (b->map[logical] == IFC_NONE && take_row(b, p, logical, use) == IFC_NONE)
        return NULL;
    if (b->frontier != IFC_NONE)
        b->rows[b->map[b->frontier]].open = false;
    b->newest = (b->frontier == IFC_NONE && !b->logs) || logical > b->newest ? logical : b->newest;
    b->frontier = logical;
    b->fresh = 0;
    ifc_block_row *r = &b->rows[b->map[logical]];
    r->cycles++;
    b->anew += r->reads > 0;
    r->reads = 0;
    r->open = true;
    r->programmed = true;
    r->since = ifc_now();
    return r;
}

static void exchange(ifc_blocks *b, ifc_block_log *log)
{
    ifc_block_log mine = {b->frontier, b->fresh, b->filled, b->begun};
    b->frontier = log->frontier;
    b->fresh = log->fresh;
    b->filled = log->filled;
    b->begun = log->begun;
    *log = mine;
}

static void program(ifc_block_table *t, ifc_blocks *b, const ifc_flash_group *p, double fill, uint32_t owner,
                    const ifc_block_data *what)
{
    uint64_t row_pages = (uint64_t)p->pages_per_block * p->planes;
    if (b->frontier != IFC_NONE && b->map[b->frontier] == IFC_NONE)
        b->frontier = IFC_NONE; /* the last row of a full group, of several logs: it went with another */
    bool goes_on =
        b->frontier != IFC_NONE && b->filled < (double)b->begun - 1e-6; /* in a page that takes more */
    b->filled += fill;
    uint64_t begun = (uint64_t)ceil(b->filled - 1e-6); /* a page counts from its first program on */
    if (goes_on && what->until > b->rows[b->map[b->frontier]].until)
        b->rows[b->map[b->frontier]].until = what->until;
    for (ifc_block_row *r; b->begun < begun;) {
        if (!(r = open_row(t, b, p, what->use)))
            return;
        uint64_t room = row_pages - b->fresh, left = begun - b->begun, part = left < room ? left : room;
        b->fresh += part;
        b->begun += part;
        r->owner = owner;
        r->until = what->until > r->until ? what->until : r->until;
        r->pages = (uint32_t)ifc_div_up(b->fresh, p->planes);
    }
}

void ifc_blocks_program(ifc_block_table *t, uint32_t die, const ifc_block_data *what, double fill)
{
    ifc_blocks *b = &t->dies[die];
    uint32_t number = ifc_blocks_log(t, what->sequence, what->windowed);
    ifc_block_log *log = b->logs ? &b->logs[number] : NULL;
    if (log)
        exchange(b, log);
    program(t, b, group_of(t, die), fill, log ? number + 1 : 0, what);
    if (log)
        exchange(b, log);
}

static bool is_of(const ifc_block_table *t, const ifc_block_row *r, uint32_t sequence)
{
    return r->owner > 0 && ifc_blocks_sequence(t, r->owner) == sequence;
}

/* A row that moves is not erased before it has come. */
static bool is_dying(const ifc_block_table *t, const ifc_block_row *r, uint32_t sequence)
{
    return r->dying && !r->moving && is_of(t, r, sequence);
}

uint32_t ifc_blocks_end(ifc_block_table *t, uint32_t die, uint32_t sequence)
{
    ifc_blocks *b = &t->dies[die];
    if (!b->logs)
        return 0;
    ifc_reads_spread(t, die); /* to the rows as they are until now */
    for (uint32_t k = 0; k < t->kinds; k++)
        b->logs[sequence * t->kinds + k] = (ifc_block_log){.frontier = IFC_NONE};
    for (uint32_t i = 0; i < b->group->blocks_per_plane; i++)
        if (is_of(t, &b->rows[i], sequence)) {
            b->rows[i].dying = true;
            b->rows[i].open = false;
        }
    return ifc_blocks_dying(t, die, sequence);
}

void ifc_blocks_give(ifc_block_table *t, uint32_t die, uint32_t sequence, uint32_t heir)
{
    ifc_blocks *b = &t->dies[die];
    IFC_BUG_ON(t->kinds > 1, "a sequence with windows has an heir"); /* its rows may be left behind */
    b->logs[sequence] = (ifc_block_log){.frontier = IFC_NONE};
    for (uint32_t i = 0; i < b->group->blocks_per_plane; i++)
        if (b->rows[i].owner == sequence + 1 && !b->rows[i].dying) {
            b->rows[i].owner = heir + 1;
            b->rows[i].open = false;
        }
}

uint32_t ifc_blocks_slide(ifc_block_table *t, uint32_t die, uint32_t sequence, uint64_t behind)
{
    ifc_blocks *b = &t->dies[die];
    uint32_t owner = ifc_blocks_log(t, sequence, true) + 1, n = 0;
    for (uint32_t i = 0; t->kinds > 1 && i < b->group->blocks_per_plane; i++) {
        ifc_block_row *r = &b->rows[i];
        if (r->owner != owner || r->open || r->moving || r->until > behind)
            continue;
        if (n++ == 0)
            ifc_reads_spread(t, die); /* to the rows as they are until now */
        r->dying = true;
    }
    return n;
}

uint32_t ifc_blocks_dying(const ifc_block_table *t, uint32_t die, uint32_t sequence)
{
    const ifc_blocks *b = &t->dies[die];
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->group->blocks_per_plane; i++)
        n += is_dying(t, &b->rows[i], sequence);
    return n;
}

uint32_t ifc_blocks_late(ifc_block_table *t, uint32_t die, uint32_t sequence)
{
    ifc_blocks *b = &t->dies[die];
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->group->blocks_per_plane; i++) {
        ifc_block_row *r = &b->rows[i];
        if (!r->late || !is_of(t, r, sequence))
            continue;
        r->dying = true;
        r->late = false;
        n++;
    }
    return n;
}

void ifc_blocks_erased(ifc_block_table *t, uint32_t die, uint32_t sequence)
{
    ifc_blocks *b = &t->dies[die];
    for (uint32_t i = 0; i < b->group->blocks_per_plane; i++) {
        ifc_block_row *r = &b->rows[i];
        if (!is_dying(t, r, sequence))
            continue;
        b->anew += r->reads > 0;
        b->map[r->logical] = IFC_NONE;
        *r = (ifc_block_row){
            .use = IFC_BLOCK_FREE, .cycles = r->cycles, .erases = r->erases + 1, .most_reads = r->most_reads};
    }
}

/* Row after row; one counts from its first block on. */
static void erase_rows(ifc_blocks *b, const ifc_flash_group *p, uint64_t blocks)
{
    b->fresh += blocks;
    for (uint64_t begun = ifc_div_up(b->fresh, p->planes); b->begun < begun; b->begun++)
        b->rows[b->begun % p->blocks_per_plane].erases++;
}

void ifc_blocks_request(ifc_block_table *t, uint32_t die, const ifc_txn *txn)
{
    const ifc_flash_group *p = group_of(t, die);
    ifc_blocks *b = &t->dies[die];
    uint64_t row = (uint64_t)b->read_pages / p->pages_per_block % p->blocks_per_plane;
    double per_plane = (double)txn->extent.pages / p->planes;
    if (txn->command == IFC_PROGRAM) {
        ifc_blocks_program(t, die, &(ifc_block_data){.use = IFC_BLOCK_HOST}, (double)txn->extent.pages);
    } else if (txn->command == IFC_ERASE) {
        erase_rows(b, p, txn->extent.pages);
    } else { /* row after row */
        ifc_block_row *r = &b->rows[row];
        r->reads += per_plane;
        r->most_reads = r->reads > r->most_reads ? r->reads : r->most_reads;
        b->read_pages += per_plane;
    }
}

uint32_t ifc_blocks_next_page(const ifc_block_table *t, uint32_t die, ifc_command command)
{
    const ifc_blocks *b = &t->dies[die];
    double pages = command == IFC_PROGRAM ? b->filled / b->group->planes : b->read_pages;
    return (uint32_t)((uint64_t)(pages + 1e-9) % b->group->pages_per_block);
}

const ifc_block_view *ifc_blocks_view(ifc_block_table *t, uint32_t die)
{
    uint32_t n = group_of(t, die)->blocks_per_plane;
    ifc_reads_spread(t, die);
    for (uint32_t i = 0; i < n; i++) {
        const ifc_block_row *r = &t->dies[die].rows[i];
        t->views[i] = (ifc_block_view){.use = r->use,
                                       .pages = r->pages,
                                       .cycles = r->cycles,
                                       .open = r->open || r->dying || r->late,
                                       .reads = r->reads};
    }
    return t->views;
}

void ifc_blocks_filling(ifc_block_table *t, uint32_t die, uint32_t from, uint32_t to)
{
    t->dies[die].rows[from].moving = true;
    t->dies[die].moving = from;
    t->dies[die].rows[to].moving = true;
    t->dies[die].rows[to].cycles++;
}

/* Whose erase @r waits for, if it does. */
static uint32_t ended(const ifc_block_table *t, const ifc_block_row *r)
{
    return r->late ? ifc_blocks_sequence(t, r->owner) : IFC_NONE;
}

uint32_t ifc_blocks_stayed(ifc_block_table *t, uint32_t die, uint32_t from, uint32_t to)
{
    ifc_block_row *f = &t->dies[die].rows[from];
    f->moving = t->dies[die].rows[to].moving = false;
    f->late = f->dying;
    f->dying = false;
    return ended(t, f);
}

uint32_t ifc_blocks_moved(ifc_block_table *t, uint32_t die, uint32_t from, uint32_t to)
{
    ifc_blocks *b = &t->dies[die];
    ifc_block_row *f = &b->rows[from], *r = &b->rows[to];
    ifc_reads_spread(t, die);
    b->anew += f->reads > 0;
    *r = (ifc_block_row){.use = f->use,
                         .logical = f->logical,
                         .pages = f->pages,
                         .owner = f->owner,
                         .until = f->until,
                         .programmed = true,
                         .since = ifc_now(),
                         .late = f->dying,
                         .cycles = r->cycles,
                         .erases = r->erases,
                         .most_reads = r->most_reads};
    *f = (ifc_block_row){
        .use = IFC_BLOCK_FREE, .cycles = f->cycles, .erases = f->erases + 1, .most_reads = f->most_reads};
    b->map[r->logical] = to;
    b->moves++;
    b->lowest = from < b->lowest ? from : b->lowest;
    return ended(t, r);
}
