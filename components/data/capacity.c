#include "components/data/capacity.h"

#include <stdlib.h>
#include <string.h>

#include "components/data/residency.h"
#include "platform/common/memory.h"
#include "platform/common/size.h"
#include "workloads/model.h"

/* What a matrix takes up in a group (NULL: in DRAM): pages as it is laid out, or its plain bytes when pages
 * are not rounded. */
static uint64_t matrix_bytes(const ifc_weight_map *map, const ifc_group *g, ifc_weight_class class,
                             uint64_t rows, uint64_t cols)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_weight_place *place = ifc_weight_map_place(map, class);
    uint64_t row = ifc_model_row_bytes(&s->model, class, cols), pages = 0;
    ifc_weight_share *shares = ifc_alloc_zero((g ? g->p->dies : 0) + 1, sizeof *shares);
    bool here = false;
    for (int by = 0; by < IFC_MULTIPLIERS; by++) {
        ifc_tiling tiling;
        if (!place->part[by].has || place->part[by].group != g)
            continue;
        here = true;
        if (!g || !s->effects.page_rounding)
            continue;
        ifc_weight_map_lay(map, class, rows, cols, (ifc_multiplier)by, shares, &tiling);
        for (uint32_t d = 0; d < g->p->dies; d++)
            pages += shares[d].extent.pages;
    }
    free(shares);
    return !here ? 0 : !g || !s->effects.page_rounding ? rows * row : pages * g->p->page;
}

static uint64_t graph_bytes(const ifc_weight_map *map, const ifc_group *g, const ifc_graph *graph)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < graph->n_matrices; i++) {
        const ifc_matrix *m = &graph->matrices[i];
        uint64_t read = matrix_bytes(map, g, m->class, m->rows, m->cols),
                 all = ifc_size_times(read, m->stored_rows);
        bytes = ifc_size_add(bytes, all == UINT64_MAX ? ifc_size_times(read, m->stored_rows / m->rows)
                                                      : all / m->rows);
    }
    return bytes;
}

uint64_t ifc_capacity_weights(const ifc_weight_map *map, const ifc_group *g)
{
    const ifc_graphs *graphs = map->graphs;
    const ifc_model *m = &map->hw->s->model;
    uint64_t dense = ifc_size_times(graph_bytes(map, g, &graphs->dense), m->dense_layers);
    uint64_t others = ifc_size_times(graph_bytes(map, g, &graphs->layer), m->layers - m->dense_layers);
    uint64_t head = matrix_bytes(map, g, IFC_WEIGHTS_LM_HEAD, m->vocab, m->hidden);
    uint64_t embed = m->tied_head ? 0 : matrix_bytes(map, g, IFC_WEIGHTS_EMBED, m->vocab, m->hidden);
    return ifc_size_add(ifc_size_add(dense, others), ifc_size_add(embed, head));
}

static uint64_t group_bytes(const ifc_flash_group *p)
{
    return (uint64_t)p->dies * p->planes * p->blocks_per_plane * p->pages_per_block * p->page;
}

static ifc_status check_row(const ifc_scenario *s, ifc_result *r, uint32_t row, ifc_error *err)
{
    const ifc_capacity_row *c = &r->capacity[row];
    if (c->used <= c->total || r->overflow >= 0)
        return IFC_OK;
    r->overflow = (int)row;
    return ifc_fail(err, IFC_ENOFIT,
                    "%s: does not fit: %s needs %s%.3f GB (weights %.3f, KV %.3f), available %.3f GB",
                    s->file, c->name, c->used == UINT64_MAX ? "more than " : "", (double)c->used / 1e9,
                    (double)c->weights / 1e9, (double)c->kv / 1e9, (double)c->total / 1e9);
}

/* A buffer that cannot hold one token of every stream is a memory that overflows. */
static void add_kv_buffer(const ifc_hardware *hw, const ifc_kv *kv, ifc_result *r)
{
    uint64_t needed = kv->streams * kv->unit_bytes * (1 + hw->s->workload.draft.tokens),
             bytes = hw->s->placement.kv_buffer.bytes;
    if (!kv->group || !hw->s->effects.kv_program || needed <= bytes)
        return;
    ifc_capacity_row *c = &r->capacity[r->n_capacity++];
    snprintf(c->name, sizeof c->name, "kv_buffer");
    c->used = c->kv = needed;
    c->total = bytes;
}

ifc_status ifc_capacity_check(const ifc_hardware *hw, const ifc_weight_map *weights, const ifc_kv *cache,
                              ifc_result *r, ifc_error *err)
{
    const ifc_scenario *s = hw->s;
    bool decode = s->workload.kind != IFC_WORKLOAD_STREAM;
    ifc_status status = IFC_OK;
    r->overflow = -1;
    r->n_capacity = 0;
    r->capacity = ifc_alloc_zero(s->n_groups + 3, sizeof *r->capacity);
    uint64_t tokens = (uint64_t)s->workload.context + (s->effects.kv_program ? s->workload.tokens : 0);
    uint64_t kv =
        decode ? ifc_size_times(ifc_kv_capacity(cache, tokens, s->workload.prompt), s->workload.batch) : 0;
    for (uint32_t g = 0; g < s->n_groups; g++) {
        ifc_capacity_row *c = &r->capacity[r->n_capacity++];
        snprintf(c->name, sizeof c->name, "%s", s->groups[g].name);
        c->total = group_bytes(&s->groups[g]);
        if (decode)
            c->weights = ifc_capacity_weights(weights, &hw->groups[g]);
        if (decode && strcmp(s->placement.kv, c->name) == 0)
            c->kv = kv;
        c->used = ifc_size_add(c->weights, c->kv);
    }
    if (s->dram.channels > 0) {
        ifc_capacity_row *c = &r->capacity[r->n_capacity++];
        snprintf(c->name, sizeof c->name, "dram");
        c->total = s->dram.channels * s->dram.bytes;
        c->kv = decode && !cache->group ? kv : 0;
        c->weights = decode ? ifc_capacity_weights(weights, NULL) : 0;
        if (decode && s->placement.residency.store[0])
            c->weights = ifc_size_add(c->weights, ifc_residency_bytes(s));
        c->used = ifc_size_add(c->weights, c->kv);
    }
    add_kv_buffer(hw, cache, r);
    for (uint32_t i = 0; i < r->n_capacity; i++) {
        ifc_status row = check_row(s, r, i, err);
        status = row != IFC_OK ? row : status;
    }
    return status;
}
