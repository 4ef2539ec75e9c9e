#include "components/data/weight_map.h"

#include <stdlib.h>

#include "components/hardware/hardware.h"
#include "workloads/model.h"

static ifc_weight_share *lay_out_graph(const ifc_hardware *hw, const ifc_graph *g, const ifc_group *group)
{
    const ifc_scenario *s = hw->s;
    ifc_weight_share *shares = calloc((size_t)g->n_matrices * group->p->dies + 1, sizeof *shares);
    IFC_BUG_ON(!shares, "out of memory for the weight layout");
    for (uint32_t i = 0; i < g->n_matrices; i++) {
        const ifc_matrix *m = &g->matrices[i];
        ifc_weights_lay_out(shares + (size_t)i * group->p->dies, group, m->rows, m->cols,
                            ifc_model_row_bytes(&s->model, m->class, m->cols), s->model.activation_bits,
                            s->effects.page_rounding);
    }
    return shares;
}

void ifc_weight_map_init(ifc_weight_map *map, const ifc_hardware *hw, const ifc_graphs *graphs)
{
    const ifc_group *group = &hw->groups[ifc_scenario_group(hw->s, hw->s->placement.weights)];
    *map = (ifc_weight_map){.group = group, .graphs = graphs, .dense_layers = hw->s->model.dense_layers};
    map->dense = lay_out_graph(hw, &graphs->dense, group);
    map->layer = lay_out_graph(hw, &graphs->layer, group);
    map->epilogue = lay_out_graph(hw, &graphs->epilogue, group);
}

void ifc_weight_map_fini(ifc_weight_map *map)
{
    free(map->dense);
    free(map->layer);
    free(map->epilogue);
    *map = (ifc_weight_map){.group = NULL};
}

const ifc_weight_share *ifc_weight_map_shares(const ifc_weight_map *map, const ifc_op_node *node,
                                              uint32_t layer)
{
    const ifc_weight_share *shares = node->kind == IFC_OP_LM_HEAD ? map->epilogue
                                     : layer < map->dense_layers  ? map->dense
                                                                  : map->layer;
    return shares + (size_t)node->matrix * map->group->p->dies;
}
