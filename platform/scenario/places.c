/*
 * Where the matrices of a model lie and how they are multiplied: what holds for all, and the exceptions.
 */
#include <string.h>

#include "platform/scenario/scenario.h"

int ifc_scenario_group(const ifc_scenario *s, const char *name)
{
    for (uint32_t i = 0; i < s->n_groups; i++)
        if (strcmp(s->groups[i].name, name) == 0)
            return (int)i;
    return -1;
}

static const ifc_matrix_params *own_params(const ifc_scenario *s, ifc_placed matrix)
{
    const ifc_matrix_params *of[IFC_PLACED] = {
        [IFC_PLACED_EMBED] = &s->placement.matrices.embed,
        [IFC_PLACED_QKV] = &s->placement.matrices.qkv,
        [IFC_PLACED_PROJECT] = &s->placement.matrices.project,
        [IFC_PLACED_GATE_UP] = &s->placement.matrices.gate_up,
        [IFC_PLACED_DOWN] = &s->placement.matrices.down,
        [IFC_PLACED_LM_HEAD] = &s->placement.matrices.lm_head,
    };
    return of[matrix];
}

void ifc_scenario_matrix(const ifc_scenario *s, ifc_placed matrix, ifc_matrix_place *out)
{
#define PATH(name, key) "placement.matrices." name key
#define PATHS(key)                                                                                           \
    {                                                                                                        \
        PATH("embed.", key), PATH("qkv.", key), PATH("project.", key), PATH("gate_up.", key),                \
            PATH("down.", key), PATH("lm_head.", key)                                                        \
    }
    static const char *const stores[IFC_PLACED] = PATHS("store"), *const gemvs[IFC_PLACED] = PATHS("gemv");
    const ifc_placement *p = &s->placement;
    if (matrix == IFC_PLACED_EMBED && s->model.tied_head)
        matrix = IFC_PLACED_LM_HEAD;
    const ifc_matrix_params *own = own_params(s, matrix);
    bool elsewhere = own->store[0], otherwise = own->gemv != IFC_GEMV_AUTO;
    out->store_path = elsewhere ? stores[matrix] : "placement.weights";
    out->gemv_path = otherwise ? gemvs[matrix] : "placement.gemv";
    out->store = elsewhere ? own->store : p->weights;
    out->group = ifc_scenario_group(s, out->store);
    out->gemv = otherwise ? own->gemv : p->gemv;
    if (out->gemv == IFC_GEMV_AUTO)
        out->gemv = out->group >= 0 && s->groups[out->group].fmacs > 0 ? IFC_GEMV_IFC : IFC_GEMV_NPU;
    bool apart = out->gemv == IFC_GEMV_SPLIT && p->split.reads[0];
    out->reads = apart ? ifc_scenario_group(s, p->split.reads) : out->group;
}
