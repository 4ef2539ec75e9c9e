/*
 * Logit or attend in the dies.
 */
#include "components/hardware/controller/commands.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"
#include "platform/common/arithmetic.h"
#include "workloads/model.h"

/* MAC time of a page that holds so many elements, each for @queries query heads. */
static ifc_time kv_page_time(const ifc_group *g, double elements_per_page, uint32_t queries)
{
    return ifc_time_from_ps(elements_per_page * queries / g->mac_rate * 1e12);
}

/* Elements of an entry that are multiplied. */
static uint32_t width_of(const ifc_model *m, bool values)
{
    return values ? ifc_model_value_width(m) : m->head_dim;
}

/* A part of a logit or attend: @tokens of a sequence read its keys or values. */
typedef struct part {
    const ifc_kv *kv;
    uint32_t tokens;
    uint64_t queries;  /* of a KV head: those of all the tokens */
    uint64_t buffered; /* tokens that lie in the planes and not in pages, as each of the tokens sees them: the
                          sum */
    uint64_t vector;   /* id of the queries */
    uint64_t at_work;  /* dies that have pages of it */
    bool values;
} part;

/* Logit or attend on pages dealt over the planes: every plane holds whole entries of some tokens. */
static void fill_striped(ifc_mapping *map, ifc_txn *t, const ifc_kv_share *share, const part *p)
{
    const ifc_model *m = &map->hw->s->model;
    const ifc_op_run *op = ifc_op_of(t->job);
    uint64_t per_token = ifc_model_activation_bytes(m, share->tokens * p->queries);
    t->macs = share->tokens * p->queries * width_of(m, p->values);
    if (!p->values) {
        t->vector = p->vector;
        t->bytes_down = ifc_model_activation_bytes(m, op->node->head_groups * p->queries * m->head_dim);
        t->bytes_up = t->collect_bytes = per_token;
        return;
    }
    uint64_t outputs = share->heads * p->queries * width_of(m, true);
    t->bytes_down = per_token;
    t->bytes_up = p->at_work > 1 ? outputs * IFC__PARTIAL_SUM_BYTES : ifc_model_activation_bytes(m, outputs);
    t->collect_bytes = share->plane_heads * p->queries * width_of(m, true) * IFC__PARTIAL_SUM_BYTES;
}

/* The same where every plane holds a slice of all tokens of its head; buffered tokens lie in the plane too.
 */
static void fill_head_parallel(ifc_mapping *map, ifc_txn *t, const ifc_kv_share *share, const part *p)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_model *m = &s->model;
    const ifc_kv *kv = p->kv;
    uint64_t queries = m->heads / m->kv_heads, n = p->tokens, buffered = p->buffered;
    uint64_t elements = kv->unit_data * 8 / m->kv_bits;
    t->macs = queries * (share->products * n + buffered * share->dims);
    t->tail_time = ifc_time_from_ps((double)(p->buffered * elements * queries) /
                                    map->hw->groups[t->group].mac_rate * 1e12);
    if (!p->values) {
        uint64_t scales = share->plane_heads * (kv->unit_bytes - kv->unit_data);
        uint64_t appended = s->effects.kv_program ? ifc_div_up(share->dims * m->kv_bits, 8) + scales : 0;
        uint64_t whole = share->whole_tokens * n + share->whole_heads * buffered;
        uint64_t sliced = share->sliced_tokens * n + (share->heads - share->whole_heads) * buffered;
        t->bytes_down = ifc_model_activation_bytes(m, p->queries * share->dims) + appended * p->tokens;
        t->bytes_up =
            ifc_model_activation_bytes(m, whole * queries) + sliced * queries * IFC__PARTIAL_SUM_BYTES;
        t->collect_bytes =
            (share->plane_tokens * n + share->plane_heads * buffered) * queries * IFC__PARTIAL_SUM_BYTES;
        return;
    }
    t->bytes_down = ifc_model_activation_bytes(m, queries * (share->tokens * n + share->heads * buffered));
    t->bytes_up = t->collect_bytes = ifc_model_activation_bytes(m, p->queries * share->dims);
}

/* How a die's share of a part is filled in. */
typedef void fill(ifc_mapping *map, ifc_txn *t, const ifc_kv_share *share, const part *p);

/* Of the tokens in the pages that are read, the part that was chosen. */
static double multiplied(const ifc_kv *kv, const ifc_op_run *op)
{
    uint32_t layer = op->job.layer, head = op->node->head_group, heads = op->node->head_groups;
    if (!ifc_kv_choice_of(kv, layer, head) || ifc_kv_stored(kv, layer) == 0)
        return 1;
    double pages = (double)ifc_kv_pages_read(kv, layer, head, heads) / (double)ifc_kv_pages(kv, layer);
    double tokens = (double)ifc_kv_tokens_read(kv, layer, head, heads) / (double)ifc_kv_stored(kv, layer);
    return tokens < pages ? tokens / pages : 1;
}

/* Pages of a sequence are sensed for its own tokens, once. */
static void expand_part(ifc_mapping *map, ifc_op_run *op, part *p, fill *fill_in)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_op_node *n = op->node;
    const ifc_group *g = p->kv->group;
    double elements = ifc_kv_page_elements(p->kv, op->job.layer) * multiplied(p->kv, op);
    if (p->values && p->kv->kinds == 1 &&
        !ifc_kv_by_plane(p->kv)) /* of a latent, what has a position is no value */
        elements = elements * width_of(&s->model, true) / s->model.head_dim;
    ifc_kv_scan(p->kv, op->job.layer, n->head_group, n->head_groups, p->values, map->scan);
    for (uint32_t d = 0; d < g->p->dies; d++)
        p->at_work += map->scan[d].extent.pages > 0;
    for (uint32_t d = 0; d < g->p->dies; d++) {
        const ifc_kv_share *share = &map->scan[d];
        if (share->extent.pages == 0 && (p->buffered == 0 || share->heads == 0))
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ_COMPUTE, IFC_CLASS_KV_READ, g, d);
        t->extent = share->extent;
        t->first_plane = (uint16_t)share->first_plane;
        ifc__address_kv(map, t, p->kv, n, p->values ? IFC_KV_V : IFC_KV_K);
        ifc_errors_kv(&map->errors, t, p->kv, n, p->values ? IFC_KV_V : IFC_KV_K);
        t->ecc_time = g->ecc_time;
        t->mac_time = kv_page_time(g, elements, (uint32_t)p->queries);
        fill_in(map, t, share, p);
        ifc__account_pages(map, t, p->values);
        if (!s->effects.bus)
            t->bytes_down = t->bytes_up = 0;
        ifc_command_add(map->controller, t, p->values, !p->values);
    }
    ifc_command_send_all(map->controller);
}

static void expand_kv(ifc_mapping *map, ifc_op_run *op, bool in_planes, fill *fill_in)
{
    const ifc_model *m = &map->hw->s->model;
    ifc__account_entries(map, op);
    for (uint32_t i = 0; i < op->step->n; i++) {
        const ifc_step_part *of = &op->step->parts[i];
        part p = {.kv = of->kv,
                  .tokens = of->tokens,
                  .queries = (uint64_t)of->tokens * (m->heads / m->kv_heads),
                  .buffered = in_planes ? ifc_step_buffered(of, op->job.layer) : 0,
                  .vector = ifc__query_vector(map, op),
                  .values = op->node->kind == IFC_OP_ATTEND};
        expand_part(map, op, &p, fill_in);
    }
}

static void expand_striped(ifc_mapping *map, ifc_op_run *op)
{
    expand_kv(map, op, false, fill_striped);
}

static void expand_planes(ifc_mapping *map, ifc_op_run *op)
{
    expand_kv(map, op, true, fill_head_parallel);
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

const ifc_way ifc__attend_striped = {.name = "attend_striped", .serves = striped, .expand = expand_striped};
const ifc_way ifc__attend_planes = {.name = "attend_planes", .serves = by_plane, .expand = expand_planes};
