#include "components/mapping/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "components/data/capacity.h"
#include "components/mapping/passes.h"
#include "components/mapping/tiles.h"
#include "components/mapping/way.h"
#include "platform/common/memory.h"

static ifc_status init_another(ifc_mapping *m, uint32_t i, ifc_error *err)
{
    ifc_kv *kv = ifc_mapping_cache(m, i);
    ifc_status status = ifc_kv_init(kv, &m->kv, m->hw, m->kv.plans, err);
    kv->sequence = i;
    return status;
}

static ifc_status init_caches(ifc_mapping *m, const ifc_select_plan *plans, ifc_error *err)
{
    m->sequences = m->hw->s->workload.batch;
    m->others = ifc_alloc_zero(m->sequences, sizeof *m->others);
    ifc_status status = ifc_kv_init(&m->kv, NULL, m->hw, plans, err);
    for (uint32_t i = 1; i < m->sequences && status == IFC_OK; i++)
        status = init_another(m, i, err);
    return status;
}

static void init_contexts(ifc_mapping *m)
{
    const ifc_scenario *s = m->hw->s;
    int group = ifc_scenario_group(s, s->contexts.store);
    uint64_t room = 0, token = m->kv.kinds * (uint64_t)m->kv.heads * m->kv.entry_bytes;
    if (group >= 0) {
        const ifc_group *g = &m->hw->groups[group];
        uint64_t weights = ifc_capacity_weights(&m->weights, g);
        room = g->planes_total * g->p->blocks_per_plane * g->p->pages_per_block * g->p->page;
        room = weights < room ? room - weights : 0;
    }
    ifc_contexts_init(&m->contexts, s, token, room);
}

ifc_status ifc_mapping_init(ifc_mapping *m, ifc_hardware *hw, ifc_controller *controller, ifc_npu *npu,
                            const ifc_graphs *graphs, const ifc_select_plan *plans, ifc_stop *stop,
                            ifc_error *err)
{
    const ifc_scenario *s = hw->s;
    ifc_status status = IFC_OK;
    memset(m, 0, sizeof *m);
    m->hw = hw;
    m->controller = controller;
    m->npu = npu;
    m->stop = stop;
    m->rng = s->simulation.seed;
    m->scan = ifc_alloc_zero(hw->n_dies + 1, sizeof *m->scan);
    if (s->workload.kind != IFC_WORKLOAD_STREAM) {
        ifc_weight_map_init(&m->weights, hw, graphs);
        status = init_caches(m, plans, err);
    }
    ifc_residency_init(&m->residency, s);
    if (status == IFC_OK)
        init_contexts(m);
    for (int kind = 0; kind < IFC_OP_KINDS; kind++) {
        m->ways[kind] = ifc__way_of(m, (ifc_op_kind)kind, false);
        m->prompt_ways[kind] = ifc__way_of(m, (ifc_op_kind)kind, true);
    }
    ifc_blocks_init(&m->blocks, hw, &m->weights, &m->kv, stop);
    ifc_status errors = ifc_errors_init(&m->errors, &m->blocks, err);
    return errors == IFC_OK ? status : errors;
}

void ifc_mapping_fini(ifc_mapping *m)
{
    ifc_weight_map_fini(&m->weights);
    for (uint32_t i = 1; i < m->sequences; i++)
        ifc_kv_fini(ifc_mapping_cache(m, i));
    free(m->others);
    ifc_kv_fini(&m->kv);
    ifc_errors_fini(&m->errors);
    ifc_blocks_fini(&m->blocks);
    ifc_residency_fini(&m->residency);
    ifc_contexts_fini(&m->contexts);
    free(m->scan);
    ifc_tiles_fini(m);
    memset(m, 0, sizeof *m);
}

void ifc_mapping_recycle(ifc_mapping *m)
{
    ifc_txn_recycle(m->hw);
    ifc_tiles_recycle(m);
}

void ifc_mapping_start(ifc_job *job)
{
    ifc_op_run *op = ifc_op_of(job);
    ifc_mapping *m = op->mapping;
    const ifc_way *const *ways = op->step && op->step->prompt ? m->prompt_ways : m->ways;
    ways[job->kind]->expand(m, op);
    ifc_controller_made(m->controller, job);
}

/* How often dies sense the pages of a matrix for a step. */
static uint32_t passes_of(const ifc_mapping *m, const ifc_op_node *n, const ifc_step *step)
{
    const ifc_way *way = (step->prompt ? m->prompt_ways : m->ways)[n->kind];
    return way->passes ? way->passes(m, n, step->vectors) : 1;
}

void ifc_mapping_end_layer(ifc_mapping *m, const ifc_graph *g, const ifc_step *step, uint32_t layer)
{
    for (uint32_t i = 0, slot = 0; i < g->n_nodes; i++) {
        const ifc_op_node *n = &g->nodes[i];
        if (n->unit != IFC_UNIT_WEIGHTS)
            continue;
        for (uint32_t k = 0, passes = passes_of(m, n, step); k < passes; k++) {
            uint32_t vectors = ifc_pass_part(step->vectors, k, passes);
            ifc_blocks_read_matrix(&m->blocks, layer, slot, n, ifc_experts_read(n, vectors) - n->always);
        }
        slot += ifc_blocks_slots(n);
    }
    ifc_blocks_end_layer(&m->blocks, layer);
}

uint64_t ifc_step_buffered(const ifc_step_part *part, uint32_t layer)
{
    uint64_t buffered = ifc_kv_buffered(part->kv, layer), n = part->tokens, sum = 0;
    if (!part->kv->layers[layer].windowed)
        return buffered ? n * buffered - n * (n - 1) / 2 : 0;
    for (uint32_t later = 0; later < n; later++) /* each has a window of its own */
        sum += ifc_kv_buffered_before(part->kv, layer, later);
    return sum;
}

double ifc_step_tokens(const ifc_step *step, const ifc_step_part *part, const ifc_op_node *node,
                       uint32_t layer)
{
    if (step->prompt)
        return (double)ifc_kv_pairs(part->kv, layer, part->tokens);
    double stored = (double)ifc_kv_stored(part->kv, layer);
    if (node->head_groups > 0 && ifc_kv_choice_of(part->kv, layer, node->head_group))
        stored = (double)ifc_kv_tokens_read(part->kv, layer, node->head_group, node->head_groups) /
                 node->head_groups;
    return stored * part->tokens + (double)ifc_step_buffered(part, layer);
}

void ifc_mapping_flush_again(ifc_mapping *m, ifc_kv *kv, uint32_t layer)
{
    m->ways[IFC_OP_FLUSH]->again(m, kv, layer);
}
