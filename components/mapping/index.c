/*
 * The index that a choice of pages is made from: to the dies, which multiply it with the queries, or to the
 * NPU.
 */
#include "components/hardware/controller/commands.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"
#include "workloads/model.h"

/* Scores come up: one for each entry and query; partial ones of heads that lie in several dies. */
static void fill(const ifc_mapping *map, ifc_txn *t, const ifc_kv *kv, const ifc_kv_share *share,
                 uint64_t queries)
{
    const ifc_model *m = &map->hw->s->model;
    const ifc_op_run *op = ifc_op_of(t->job);
    uint64_t layer = t->job->layer, entries = kv->chosen.index_entries;
    const ifc_select_plan *plan = &kv->plans[layer];
    if (kv->slices) {
        uint64_t scores = entries * queries, parted = share->heads - share->whole_heads;
        t->macs = scores * plan->vectors * share->dims;
        t->bytes_down = ifc_model_activation_bytes(m, queries * share->dims);
        t->bytes_up = ifc_model_activation_bytes(m, share->whole_heads * scores) +
                      parted * scores * IFC__PARTIAL_SUM_BYTES;
        t->collect_bytes = share->plane_heads * scores * IFC__PARTIAL_SUM_BYTES;
        return;
    }
    t->macs = share->tokens * queries * plan->vectors * ifc_kv_index_dims(kv, (uint32_t)layer);
    t->bytes_down = ifc_model_activation_bytes(m, op->node->head_groups * queries * m->head_dim);
    t->bytes_up = t->collect_bytes = ifc_model_activation_bytes(m, share->tokens * queries);
    uint64_t parts = plan->read_parts, planes = kv->group->p->planes;
    if (parts > 1) /* of each plane that has one */
        t->collect_bytes =
            share->tokens * queries * (parts < planes ? parts : planes) * IFC__PARTIAL_SUM_BYTES;
}

/* MAC time of a full page of the index. */
static ifc_time page_time(const ifc_kv *kv, uint32_t layer, uint64_t queries)
{
    const ifc_kv_index *x = &kv->layers[layer].index;
    double elements = (double)x->per_page * (double)kv->plans[layer].vectors / x->parts *
                      (double)(kv->slices ? kv->slice : kv->hw->s->model.head_dim);
    return ifc_time_from_ps(elements * (double)queries / kv->group->mac_rate * 1e12);
}

static void multiply(ifc_mapping *map, ifc_op_run *op, const ifc_step_part *part, uint64_t vector)
{
    const ifc_kv *kv = part->kv;
    const ifc_model *m = &map->hw->s->model;
    uint64_t queries = (uint64_t)part->tokens * (m->heads / m->kv_heads);
    ifc_kv_index_scan(kv, op->job.layer, op->node->head_group, op->node->head_groups, map->scan);
    for (uint32_t d = 0; d < kv->group->p->dies; d++) {
        if (map->scan[d].extent.pages == 0)
            continue;
        ifc_txn *t =
            ifc_command_new(map->controller, &op->job, IFC_READ_COMPUTE, IFC_CLASS_KV_READ, kv->group, d);
        t->extent = map->scan[d].extent;
        t->first_plane = (uint16_t)map->scan[d].first_plane;
        ifc__address_kv(map, t, kv, op->node, IFC_KV_INDEX);
        ifc_errors_kv(&map->errors, t, kv, op->node, IFC_KV_INDEX);
        t->ecc_time = kv->group->ecc_time;
        t->mac_time = page_time(kv, op->job.layer, queries);
        t->vector = kv->slices ? 0 : vector;
        fill(map, t, kv, &map->scan[d], queries);
        ifc__account_pages(map, t, IFC_KV_INDEX);
        if (!map->hw->s->effects.bus)
            t->bytes_down = t->bytes_up = 0;
        ifc_command_add(map->controller, t, false, true);
    }
    ifc_command_send_all(map->controller);
}

static void expand_multiply(ifc_mapping *map, ifc_op_run *op)
{
    for (uint32_t i = 0; i < op->step->n; i++) {
        const ifc_step_part *p = &op->step->parts[i];
        if (p->kv->chosen.is && p->kv->chosen.index_entries > 0)
            multiply(map, op, p, ifc__query_vector(map, op));
    }
}

static void load(ifc_mapping *map, ifc_op_run *op, const ifc_kv *kv)
{
    const ifc_group *g = kv->group;
    ifc_kv_index_scan(kv, op->job.layer, op->node->head_group, op->node->head_groups, map->scan);
    for (uint32_t d = 0; d < g->p->dies; d++)
        if (map->scan[d].extent.pages > 0)
            ifc__read_pages(map, op, kv, d, &map->scan[d], IFC_KV_INDEX);
}

static void expand_load(ifc_mapping *map, ifc_op_run *op)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < op->step->n; i++) {
        const ifc_kv *kv = op->step->parts[i].kv;
        if (!kv->chosen.is || kv->chosen.index_entries == 0)
            continue;
        if (kv->group)
            load(map, op, kv);
        else
            bytes += op->node->head_groups * ifc_kv_index_bytes(kv, op->job.layer, kv->chosen.index_entries);
    }
    map->sensed_kv_bytes += bytes;
    if (bytes > 0)
        ifc__access_dram(map, op, IFC_DRAM_READ, IFC_CLASS_KV_READ, bytes, 0);
}

static bool in_dies(const ifc_mapping *map, ifc_op_kind kind)
{
    return kind == IFC_OP_INDEX && map->hw->s->placement.attention == IFC_ATTENTION_IFC;
}

static bool to_npu(const ifc_mapping *map, ifc_op_kind kind)
{
    return kind == IFC_OP_INDEX && map->hw->s->placement.attention == IFC_ATTENTION_NPU;
}

const ifc_way ifc__index_dies = {.name = "index_dies", .serves = in_dies, .expand = expand_multiply};
const ifc_way ifc__index_load = {.name = "index_load", .serves = to_npu, .expand = expand_load};
