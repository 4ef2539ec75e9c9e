/*
 * Logit or attend in the dies.
 */
#include "components/hardware/controller/commands.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"
#include "workloads/model.h"

/* MAC time of a page that holds so many elements, each for @queries query heads. */
static ifc_time kv_page_time(const ifc_group *g, double elements_per_page, uint32_t queries)
{
    return ifc_time_from_ps(elements_per_page * queries / g->mac_rate * 1e12);
}

/* Logit or attend on pages dealt over the planes: every plane holds whole entries of some tokens. */
static void fill_striped(ifc_mapping *map, ifc_txn *t, const ifc_kv_share *share, bool values,
                         uint64_t dies_at_work)
{
    const ifc_model *m = &map->hw->s->model;
    const ifc_op_run *op = ifc_op_of(t->job);
    uint64_t queries = m->heads / m->kv_heads;
    uint64_t per_token = ifc_model_activation_bytes(m, share->tokens * queries);
    t->macs = share->tokens * queries * m->head_dim;
    if (!values) {
        t->vector = ifc__vector_id(op, 16 + op->node->head_group);
        t->bytes_down = ifc_model_activation_bytes(m, op->node->head_groups * queries * m->head_dim);
        t->bytes_up = t->collect_bytes = per_token;
        return;
    }
    uint64_t outputs = share->heads * queries * m->head_dim;
    t->bytes_down = per_token;
    t->bytes_up =
        dies_at_work > 1 ? outputs * IFC__PARTIAL_SUM_BYTES : ifc_model_activation_bytes(m, outputs);
    t->collect_bytes = share->plane_heads * queries * m->head_dim * IFC__PARTIAL_SUM_BYTES;
}

/* The same where every plane holds a slice of all tokens of its head; buffered tokens lie in the plane too.
 */
static void fill_head_parallel(ifc_mapping *map, ifc_txn *t, const ifc_kv_share *share, bool values,
                               uint64_t dies_at_work)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_model *m = &s->model;
    const ifc_kv *kv = &map->kv;
    (void)dies_at_work;
    uint64_t queries = m->heads / m->kv_heads, buffered = ifc_kv_buffered(kv, t->job->layer);
    uint64_t tokens = ifc_kv_stored(kv, t->job->layer) + buffered;
    uint64_t elements = kv->unit_data * 8 / m->kv_bits;
    t->macs = tokens * queries * share->dims;
    t->tail_time =
        ifc_time_from_ps((double)(buffered * elements * queries) / map->hw->groups[t->group].mac_rate * 1e12);
    if (!values) {
        uint64_t scales = share->plane_heads * (kv->unit_bytes - kv->unit_data);
        uint64_t appended = s->effects.kv_program ? ifc__div_up(share->dims * m->kv_bits, 8) + scales : 0;
        t->bytes_down = ifc_model_activation_bytes(m, queries * share->dims) + appended;
        t->bytes_up = ifc_model_activation_bytes(m, share->whole_heads * queries * tokens) +
                      (share->heads - share->whole_heads) * queries * tokens * IFC__PARTIAL_SUM_BYTES;
        t->collect_bytes = share->plane_heads * queries * tokens * IFC__PARTIAL_SUM_BYTES;
        return;
    }
    t->bytes_down = ifc_model_activation_bytes(m, share->heads * queries * tokens);
    t->bytes_up = t->collect_bytes = ifc_model_activation_bytes(m, queries * share->dims);
}

/* How a die's part of a logit or attend is filled in; @dies_at_work: that have pages of it. */
typedef void fill(ifc_mapping *map, ifc_txn *t, const ifc_kv_share *share, bool values,
                  uint64_t dies_at_work);

/* @buffered: tokens that lie in the planes, not in pages. */
static void expand_kv(ifc_mapping *map, ifc_op_run *op, uint64_t buffered, fill *fill_in)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_kv *kv = &map->kv;
    const ifc_group *g = kv->group;
    bool values = op->node->kind == IFC_OP_ATTEND;
    uint32_t queries = s->model.heads / s->model.kv_heads;
    uint64_t at_work = 0;
    double elements = ifc_kv_page_elements(kv, op->job.layer);
    ifc__account_entries(map, op);
    ifc_kv_scan(kv, op->job.layer, op->node->head_group, op->node->head_groups, values, map->scan);
    for (uint32_t d = 0; d < g->p->dies; d++)
        at_work += map->scan[d].extent.pages > 0;
    for (uint32_t d = 0; d < g->p->dies; d++) {
        const ifc_kv_share *share = &map->scan[d];
        if (share->extent.pages == 0 && (buffered == 0 || share->heads == 0))
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ_COMPUTE, IFC_CLASS_KV_READ, g, d);
        t->extent = share->extent;
        t->first_plane = (uint16_t)share->first_plane;
        t->ecc_time = g->ecc_time;
        t->mac_time = kv_page_time(g, elements, queries);
        fill_in(map, t, share, values, at_work);
        ifc__account_pages(map, t, values);
        if (!s->effects.bus)
            t->bytes_down = t->bytes_up = 0;
        ifc_command_add(map->controller, t, values, !values);
    }
    ifc_command_send_all(map->controller);
}

static void expand_striped(ifc_mapping *map, ifc_op_run *op)
{
    expand_kv(map, op, 0, fill_striped);
}

static void expand_planes(ifc_mapping *map, ifc_op_run *op)
{
    expand_kv(map, op, ifc_kv_buffered(&map->kv, op->job.layer), fill_head_parallel);
}

static bool attends(ifc_op_kind kind)
{
    return kind == IFC_OP_LOGIT || kind == IFC_OP_ATTEND;
}

static bool striped(const ifc_mapping *map, ifc_op_kind kind)
{
    return attends(kind) && !ifc__kv_by_plane(map);
}

static bool by_plane(const ifc_mapping *map, ifc_op_kind kind)
{
    return attends(kind) && ifc__kv_by_plane(map);
}

const ifc_way ifc__attend_striped = {"attend_striped", striped, expand_striped};
const ifc_way ifc__attend_planes = {"attend_planes", by_plane, expand_planes};
