/*
 * A flush from the buffer on the SoC: new tokens of all streams of a layer to their next pages.
 */
#include <string.h>

#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/address.h"
#include "components/mapping/parts.h"
#include "components/mapping/way.h"

/* The planes of one die program their n-th page of a flush together; pages and bytes come from the plan. */
static void program_die(ifc_mapping *map, ifc_op_run *op, const ifc_block_data *what, uint32_t die,
                        const uint32_t *count, uint32_t dies, uint64_t bytes, double fill)
{
    const ifc_group *g = map->kv.group;
    uint64_t total = 0, sent = 0, most = 0, done = 0;
    for (uint32_t p = 0; p < g->p->planes; p++) {
        uint32_t n = count[(uint64_t)p * dies + die];
        total += n;
        most = n > most ? n : most;
    }
    ifc_blocks_program(&map->blocks, g->first_die + die, what, fill);
    for (uint32_t round = 0; op && round < most; round++) {
        uint32_t planes = 0;
        for (uint32_t p = 0; p < g->p->planes; p++)
            planes += count[(uint64_t)p * dies + die] > round;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_PROGRAM, IFC_CLASS_KV_WRITE, g, die);
        t->extent = (ifc_extent){.planes = planes, .max_pages = 1, .pages = planes};
        uint32_t *runs = g->p->independent_planes ? ifc_address_runs(t, g->p->planes) : NULL;
        for (uint32_t p = 0; runs && p < g->p->planes; p++)
            runs[p] = count[(uint64_t)p * dies + die] > round;
        done += planes;
        t->fill = fill * planes / (double)total;
        t->bytes_down = bytes * done / total - sent;
        sent += t->bytes_down;
        ifc_command_queue_one(map->controller, t);
    }
}

static uint32_t program_tokens(const ifc_kv *kv, const ifc_kv_flush *plan, uint32_t i)
{
    if (i == 0)
        return plan->first_tokens;
    uint32_t rest = plan->tokens - plan->first_tokens - (i - 1) * kv->page_tokens;
    return rest < kv->page_tokens ? rest : kv->page_tokens;
}

static double program_fill(const ifc_kv_flush *plan, uint32_t i)
{
    return i == 0 ? plan->first_fill : i + 1 == plan->programs ? plan->last_fill : 1;
}

/* The entries that they complete go to the index of each head. */
static void add_index(ifc_mapping *map, ifc_kv *kv, uint32_t layer, const ifc_kv_flush *plan, uint32_t *count)
{
    const ifc_kv_index *x = &kv->layers[layer].index;
    for (uint32_t i = 0; i < plan->index_programs; i++) {
        uint64_t n = plan->index_programs, all = plan->index_entries, part = all * (i + 1) / n - all * i / n;
        for (uint32_t k = 0; k < kv->heads * x->parts; k++) {
            uint64_t plane = ifc_kv_index_plane(kv, layer, k / x->parts, plan->index_page + i, k % x->parts);
            ifc_kv_share *share = &map->scan[plane % kv->group->p->dies];
            count[plane]++;
            kv->first->programs[plane]++;
            share->index_bytes += part * x->part_bytes;
            share->fill += plan->index_fill / plan->index_programs;
        }
    }
}

/* New tokens of all streams of a layer from the SoC buffer to their next pages. */
/* @op: NULL: without commands. */
static void flush(ifc_mapping *map, ifc_kv *kv, uint32_t layer, ifc_op_run *op)
{
    const ifc_group *g = kv->group;
    uint32_t dies = g->p->dies;
    ifc_kv_flush plan;
    ifc_kv_begin_flush(kv, layer, &plan);
    ifc_block_data what = ifc__flushed(kv, layer, &plan);
    memset(map->scan, 0, dies * sizeof *map->scan);
    uint32_t *count = kv->scratch;
    memset(count, 0, g->planes_total * sizeof *count);
    for (uint32_t v = 0; v < kv->kinds; v++)
        for (uint32_t h = 0; h < map->hw->s->model.kv_heads; h++)
            for (uint32_t i = 0; i < plan.programs; i++) {
                uint64_t plane = ifc_kv_program_plane(kv, layer, h, v, plan.first_page + i);
                count[plane]++;
                map->scan[plane % dies].tokens += program_tokens(kv, &plan, i);
                map->scan[plane % dies].fill += program_fill(&plan, i);
            }
    add_index(map, kv, layer, &plan, count);
    for (uint32_t d = 0; d < dies; d++) {
        uint64_t bytes = map->scan[d].tokens * kv->entry_bytes + map->scan[d].index_bytes;
        bytes = bytes * g->bus_page_bytes /
                g->p->page; /* spare bytes in proportion, where the controller encodes */
        program_die(map, op, &what, d, count, dies, bytes, map->scan[d].fill);
    }
}

static void expand(ifc_mapping *map, ifc_op_run *op)
{
    flush(map, op->kv, op->job.layer, op);
}

static void again(ifc_mapping *map, ifc_kv *kv, uint32_t layer)
{
    flush(map, kv, layer, NULL);
}

static bool serves(const ifc_mapping *map, ifc_op_kind kind)
{
    return kind == IFC_OP_FLUSH && !ifc__kv_by_plane(map);
}

const ifc_way ifc__flush_striped = {
    .name = "flush_striped", .serves = serves, .expand = expand, .again = again};
