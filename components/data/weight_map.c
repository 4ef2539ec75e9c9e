#include "components/data/weight_map.h"

#include <stdlib.h>
#include <string.h>

#include "components/hardware/hardware.h"
#include "platform/common/memory.h"
#include "workloads/model.h"

_Static_assert((int)IFC_PLACED_EMBED == (int)IFC_WEIGHTS_EMBED &&
                   (int)IFC_PLACED_QKV == (int)IFC_WEIGHTS_QKV &&
                   (int)IFC_PLACED_PROJECT == (int)IFC_WEIGHTS_PROJECT &&
                   (int)IFC_PLACED_GATE_UP == (int)IFC_WEIGHTS_GATE_UP &&
                   (int)IFC_PLACED_DOWN == (int)IFC_WEIGHTS_DOWN &&
                   (int)IFC_PLACED_LM_HEAD == (int)IFC_WEIGHTS_LM_HEAD,
               "matrices with a place are the first weight classes");

const ifc_weight_place *ifc_weight_map_place(const ifc_weight_map *map, ifc_weight_class class)
{
    IFC_BUG_ON((int)class >= IFC_PLACED, "%s have no place of their own", ifc_weight_class_name(class));
    return &map->places[class];
}

/* One row of it is read, whoever multiplies with a tied one: from the NPU's part, where there is one. */
const ifc_group *ifc_weight_map_embed(const ifc_weight_map *map)
{
    const ifc_weight_place *place = &map->places[IFC_PLACED_EMBED];
    return place->part[place->part[IFC_BY_NPU].has ? IFC_BY_NPU : IFC_BY_DIES].group;
}

static void find_place(const ifc_hardware *hw, ifc_placed matrix, ifc_weight_place *out)
{
    ifc_matrix_place p;
    ifc_scenario_matrix(hw->s, matrix, &p);
    *out = (ifc_weight_place){0};
    out->part[IFC_BY_DIES].has = p.gemv != IFC_GEMV_NPU;
    out->part[IFC_BY_NPU].has = p.gemv != IFC_GEMV_IFC;
    if (matrix == IFC_PLACED_EMBED && p.gemv == IFC_GEMV_SPLIT && !hw->s->model.tied_head)
        out->part[IFC_BY_DIES].has = false; /* rows are read, one a token */
    out->part[IFC_BY_DIES].group = p.group >= 0 ? &hw->groups[p.group] : NULL;
    out->part[IFC_BY_NPU].group = p.reads >= 0 ? &hw->groups[p.reads] : NULL;
}

/* Tiles: a page in every plane for each that the dies multiply; the rest lies page after page over all
 * planes. */
static void lay_tiles(ifc_weight_share *shares, const ifc_group *g, const ifc_tiling *t, ifc_multiplier by)
{
    uint64_t dies = g->p->dies, planes = g->p->planes;
    uint64_t pages = (t->bytes + g->p->page - 1) / g->p->page;
    double elements = (double)t->plane_rows * (double)t->channel_cols;
    for (uint64_t d = 0; d < dies; d++) {
        ifc_weight_share *s = &shares[d];
        uint64_t mine = by == IFC_BY_DIES ? t->in_dies * planes : pages / dies + (d < pages % dies);
        *s = (ifc_weight_share){.rows = mine};
        s->extent = (ifc_extent){.planes = (uint32_t)(mine < planes ? mine : planes),
                                 .max_pages = (uint32_t)((mine + planes - 1) / planes),
                                 .pages = mine};
        if (by != IFC_BY_DIES)
            continue;
        s->macs = t->macs * (d + 1) / dies - t->macs * d / dies;
        s->mac_time = ifc_time_from_ps(elements / g->mac_rate * 1e12);
    }
}

void ifc_weight_map_lay(const ifc_weight_map *map, ifc_weight_class class, uint64_t rows, uint64_t cols,
                        ifc_multiplier by, ifc_weight_share *shares, ifc_tiling *tiling)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_weight_place *place = ifc_weight_map_place(map, class);
    const ifc_group *group = place->part[by].group;
    uint64_t row = ifc_model_row_bytes(&s->model, class, cols);
    *tiling = (ifc_tiling){0};
    if (place->part[IFC_BY_DIES].has && place->part[IFC_BY_NPU].has) {
        ifc_tiling_choose(tiling, map->hw, place->part[IFC_BY_DIES].group, &(ifc_tiled){rows, cols, row});
        lay_tiles(shares, group, tiling, by);
        return;
    }
    ifc_weights_lay_out(shares, group, rows, cols, row, s->model.activation_bits, s->effects.page_rounding);
}

static ifc_weight_share *shares_of(const ifc_weight_map *map, const ifc_weight_layout *l, uint32_t matrix,
                                   ifc_multiplier by)
{
    return l->shares + ((size_t)matrix * IFC_MULTIPLIERS + by) * map->most_dies;
}

static void lay_out_graph(const ifc_weight_map *map, const ifc_graph *g, ifc_weight_layout *l)
{
    l->shares =
        ifc_alloc_zero((size_t)g->n_matrices * IFC_MULTIPLIERS * map->most_dies + 1, sizeof *l->shares);
    l->tilings = ifc_alloc_zero(g->n_matrices + 1, sizeof *l->tilings);
    for (uint32_t i = 0; i < g->n_matrices; i++) {
        const ifc_matrix *m = &g->matrices[i];
        const ifc_weight_place *place = ifc_weight_map_place(map, m->class);
        for (int by = 0; by < IFC_MULTIPLIERS; by++)
            if (place->part[by].has && place->part[by].group)
                ifc_weight_map_lay(map, m->class, m->rows, m->cols, (ifc_multiplier)by,
                                   shares_of(map, l, i, (ifc_multiplier)by), &l->tilings[i]);
    }
}

void ifc_weight_map_init(ifc_weight_map *map, const ifc_hardware *hw, const ifc_graphs *graphs)
{
    *map = (ifc_weight_map){.hw = hw, .graphs = graphs, .dense_layers = hw->s->model.dense_layers};
    for (uint32_t g = 0; g < hw->s->n_groups; g++)
        map->most_dies = hw->s->groups[g].dies > map->most_dies ? hw->s->groups[g].dies : map->most_dies;
    for (int m = 0; m < IFC_PLACED; m++)
        find_place(hw, (ifc_placed)m, &map->places[m]);
    lay_out_graph(map, &graphs->dense, &map->dense);
    lay_out_graph(map, &graphs->layer, &map->layer);
    lay_out_graph(map, &graphs->epilogue, &map->epilogue);
}

static void free_layout(ifc_weight_layout *l)
{
    free(l->shares);
    free(l->tilings);
}

void ifc_weight_map_fini(ifc_weight_map *map)
{
    free_layout(&map->dense);
    free_layout(&map->layer);
    free_layout(&map->epilogue);
    memset(map, 0, sizeof *map);
}

static const ifc_weight_layout *layout_of(const ifc_weight_map *map, const ifc_op_node *node, uint32_t layer)
{
    return node->kind == IFC_OP_LM_HEAD ? &map->epilogue
           : layer < map->dense_layers  ? &map->dense
                                        : &map->layer;
}

const ifc_weight_share *ifc_weight_map_shares(const ifc_weight_map *map, const ifc_op_node *node,
                                              uint32_t layer, ifc_multiplier by)
{
    return shares_of(map, layout_of(map, node, layer), node->matrix, by);
}

const ifc_tiling *ifc_weight_map_tiling(const ifc_weight_map *map, const ifc_op_node *node, uint32_t layer)
{
    return &layout_of(map, node, layer)->tilings[node->matrix];
}
