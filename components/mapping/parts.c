#include "components/mapping/parts.h"

#include "components/hardware/controller/commands.h"
#include "components/hardware/dram/dram.h"
#include "components/hardware/flash/address.h"
#include "workloads/model.h"

#define VECTORS_PER_LAYER 65536u

uint64_t ifc__vector_id(const ifc_op_run *op, uint32_t slot)
{
    return (((uint64_t)op->job.token << 16 | op->job.layer) * VECTORS_PER_LAYER + slot) + 1;
}

/* Above the others: those do not use the highest bit. */
uint64_t ifc__vector_new(ifc_mapping *map)
{
    return (UINT64_C(1) << 63) + ++map->vectors;
}

bool ifc__multiplied_by(const ifc_mapping *map, ifc_op_kind kind, ifc_multiplier by)
{
    bool product = kind == IFC_OP_QKV || kind == IFC_OP_PROJECT || kind == IFC_OP_GATE_UP ||
                   kind == IFC_OP_DOWN || kind == IFC_OP_LM_HEAD;
    return product && ifc_weight_map_place(&map->weights, ifc_weight_class_of(kind))->part[by].has;
}

bool ifc__kv_by_plane(const ifc_mapping *map)
{
    return ifc_kv_by_plane(&map->kv);
}

void ifc__account_entries(ifc_mapping *map, const ifc_op_run *op)
{
    const ifc_op_node *n = op->node;
    for (uint32_t i = 0; i < op->step->n; i++)
        map->useful_kv_bytes += map->kv.entry_bytes * ifc_kv_tokens_read(op->step->parts[i].kv, op->job.layer,
                                                                         n->head_group, n->head_groups);
}

ifc_block_data ifc__flushed(const ifc_kv *kv, uint32_t layer, const ifc_kv_flush *plan)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    return (ifc_block_data){.use = IFC_BLOCK_KV,
                            .sequence = kv->sequence,
                            .windowed = l->windowed,
                            .until = l->windowed ? l->tokens + plan->tokens : 0};
}

void ifc__account_pages(ifc_mapping *map, const ifc_txn *t, ifc_kv_part part)
{
    uint64_t page = map->kv.group->p->page;
    if (t->extent.run_ppb)
        map->part_sensed_kv_bytes += (double)t->extent.run_ppb * 1e-9 * t->extent.planes * (double)page;
    else
        map->sensed_kv_bytes += t->extent.pages * page;
    if (part == IFC_KV_V && map->kv.kinds == 1) /* a latent is both */
        part = IFC_KV_K;
    ifc_blocks_read_kv(&map->blocks, t->die, part, &t->extent);
}

static bool independent(const ifc_mapping *map, const ifc_txn *t)
{
    return map->hw->groups[t->group].p->independent_planes;
}

void ifc__address_kv(const ifc_mapping *map, ifc_txn *t, const ifc_kv *kv, const ifc_op_node *node,
                     ifc_kv_part part)
{
    const ifc_group *g = &map->hw->groups[t->group];
    if (independent(map, t) && t->extent.pages > 0)
        ifc_kv_runs(kv, t->job->layer, node->head_group, node->head_groups, part, t->die - g->first_die,
                    ifc_address_runs(t, g->p->planes));
}

void ifc__address_rows(const ifc_mapping *map, ifc_txn *t, const ifc_weight_share *share, uint32_t times,
                       uint64_t from, uint64_t to)
{
    uint32_t planes = map->hw->groups[t->group].p->planes;
    if (!independent(map, t))
        return;
    uint32_t *runs = ifc_address_runs(t, planes);
    for (uint32_t p = 0; p < planes; p++) {
        uint64_t all = ifc_weights_plane_pages(share, p) * times;
        runs[p] = (uint32_t)((all < to ? all : to) - (all < from ? all : from));
    }
    t->extent = ifc_address_extent(t, planes);
}

uint64_t ifc__query_vector(ifc_mapping *map, const ifc_op_run *op)
{
    bool alone = op->step->n == 1;
    return alone ? ifc__vector_id(op, 16 + op->node->head_group) : ifc__vector_new(map);
}

void ifc__read_pages(ifc_mapping *map, ifc_op_run *op, const ifc_kv *kv, uint32_t die,
                     const ifc_kv_share *share, ifc_kv_part part)
{
    const ifc_group *g = kv->group;
    ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ, IFC_CLASS_KV_READ, g, die);
    t->extent = share->extent;
    t->first_plane = (uint16_t)share->first_plane;
    ifc__address_kv(map, t, kv, op->node, part);
    ifc_errors_kv(&map->errors, t, kv, op->node, part);
    t->ecc_time = g->ecc_time;
    t->bytes_up = share->extent.pages * g->bus_page_bytes;
    if (share->extent.run_ppb)
        t->bytes_up =
            (uint64_t)((double)share->extent.run_ppb * 1e-9 * g->p->planes * (double)g->bus_page_bytes);
    ifc__account_pages(map, t, part);
    ifc_command_queue_one(map->controller, t);
}

void ifc__access_dram(ifc_mapping *map, ifc_op_run *op, ifc_command command, ifc_class traffic,
                      uint64_t bytes, uint32_t tile)
{
    uint64_t channels = map->hw->s->dram.channels;
    for (uint64_t i = 0; i < channels; i++) {
        uint64_t part = bytes * (i + 1) / channels - bytes * i / channels;
        if (part == 0)
            continue;
        ifc_txn *t = ifc_txn_new(map->hw);
        t->command = (uint8_t)command;
        t->traffic_class = (uint8_t)traffic;
        t->channel = (uint16_t)i;
        t->job = &op->job;
        t->tile = tile;
        t->op_kind = op->node->kind;
        t->issue = ifc_now();
        t->bytes_up = command == IFC_DRAM_READ ? part : 0;
        t->bytes_down = part - t->bytes_up;
        ifc_probe_made(&map->hw->probe, t);
        op->job.pending++;
        ifc_dram_access(&map->hw->drams[i], t);
    }
}
