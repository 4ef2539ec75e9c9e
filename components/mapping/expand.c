/*
 * From operators to transactions: which dies, which pages, which bytes.
 */
#include <string.h>

#include "components/hardware/controller/commands.h"
#include "components/hardware/dram/dram.h"
#include "components/hardware/flash/die.h"
#include "components/mapping/mapping.h"
#include "platform/common/random.h"
#include "workloads/model.h"

#define PARTIAL_SUM_BYTES 4
#define VECTORS_PER_LAYER 65536u

static uint64_t div_up(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

/* One number for each input vector of a run: dies keep it until another one comes. */
static uint64_t vector_id(const ifc_op_run *op, uint32_t slot)
{
    return (((uint64_t)op->job.token << 16 | op->job.layer) * VECTORS_PER_LAYER + slot) + 1;
}

/* Matrices of one shape, each in whole pages of its own. */
static ifc_extent times(ifc_extent e, uint32_t n)
{
    e.max_pages *= n;
    e.pages *= n;
    e.run_ppb *= n;
    return e;
}

static void expand_weights(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_group *g = map->weights.group;
    const ifc_weight_share *shares = ifc_weight_map_shares(&map->weights, op->node, op->job.layer);
    uint64_t inputs = op->node->kind == IFC_OP_DOWN ? op->node->cols * op->node->times : op->node->cols;
    uint64_t vector = ifc_model_activation_bytes(&s->model, inputs);
    for (uint32_t d = 0; d < g->p->dies; d++) {
        const ifc_weight_share *share = &shares[d];
        if (share->rows == 0)
            continue;
        ifc_blocks_read_weights(&map->blocks, op->node, op->job.layer, op->job.token, g->first_die + d,
                                share);
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ_COMPUTE, IFC_CLASS_WEIGHTS, g, d);
        t->extent = times(share->extent, op->node->times);
        t->vector = vector_id(op, op->node->vector);
        t->macs = share->macs * op->node->times;
        t->ecc_time = g->ecc_time;
        t->mac_time = share->mac_time;
        t->collect_bytes = share->collect_bytes * op->node->times;
        t->bytes_down = s->effects.bus ? vector : 0;
        t->bytes_up = s->effects.bus ? share->up_bytes * op->node->times : 0;
        if (t->bytes_down > g->p->global_buffer / 2)
            t->vector = 0; /* too large to be kept: every command brings it */
        ifc_command_add(map->controller, t, false, true);
    }
    ifc_command_send_all(map->controller);
}

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
        t->vector = vector_id(op, 16 + op->node->head_group);
        t->bytes_down = ifc_model_activation_bytes(m, op->node->head_groups * queries * m->head_dim);
        t->bytes_up = t->collect_bytes = per_token;
        return;
    }
    uint64_t outputs = share->heads * queries * m->head_dim;
    t->bytes_down = per_token;
    t->bytes_up = dies_at_work > 1 ? outputs * PARTIAL_SUM_BYTES : ifc_model_activation_bytes(m, outputs);
    t->collect_bytes = share->plane_heads * queries * m->head_dim * PARTIAL_SUM_BYTES;
}

/* The same where every plane holds a slice of all tokens of its head; buffered tokens lie in the plane too.
 */
static void fill_head_parallel(ifc_mapping *map, ifc_txn *t, const ifc_kv_share *share, bool values)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_model *m = &s->model;
    const ifc_kv *kv = &map->kv;
    uint64_t queries = m->heads / m->kv_heads, buffered = ifc_kv_buffered(kv, t->job->layer);
    uint64_t tokens = ifc_kv_stored(kv, t->job->layer) + buffered;
    uint64_t elements = kv->unit_data * 8 / m->kv_bits;
    t->macs = tokens * queries * share->dims;
    t->tail_time =
        ifc_time_from_ps((double)(buffered * elements * queries) / map->hw->groups[t->group].mac_rate * 1e12);
    if (!values) {
        uint64_t scales = share->plane_heads * (kv->unit_bytes - kv->unit_data);
        uint64_t appended = s->effects.kv_program ? div_up(share->dims * m->kv_bits, 8) + scales : 0;
        t->bytes_down = ifc_model_activation_bytes(m, queries * share->dims) + appended;
        t->bytes_up = ifc_model_activation_bytes(m, share->whole_heads * queries * tokens) +
                      (share->heads - share->whole_heads) * queries * tokens * PARTIAL_SUM_BYTES;
        t->collect_bytes = share->plane_heads * queries * tokens * PARTIAL_SUM_BYTES;
        return;
    }
    t->bytes_down = ifc_model_activation_bytes(m, share->heads * queries * tokens);
    t->bytes_up = t->collect_bytes = ifc_model_activation_bytes(m, queries * share->dims);
}

static void account_kv(ifc_mapping *map, const ifc_txn *t, const ifc_kv_share *share)
{
    double pages =
        t->extent.run_ppb ? (double)t->extent.run_ppb * 1e-9 * t->extent.planes : (double)t->extent.pages;
    map->useful_kv_bytes += share->useful_bytes;
    map->sensed_kv_bytes += pages * (double)map->kv.group->p->page;
}

static void expand_kv(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_kv *kv = &map->kv;
    const ifc_group *g = kv->group;
    bool values = op->node->kind == IFC_OP_ATTEND,
         by_plane = s->placement.kv_buffer.location == IFC_BUFFER_PLANE;
    uint32_t queries = s->model.heads / s->model.kv_heads;
    uint64_t at_work = 0, buffered = by_plane ? ifc_kv_buffered(kv, op->job.layer) : 0;
    double elements = ifc_kv_page_elements(kv, op->job.layer);
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
        if (by_plane)
            fill_head_parallel(map, t, share, values);
        else
            fill_striped(map, t, share, values, at_work);
        account_kv(map, t, share);
        ifc_blocks_read_kv(&map->blocks, op->job.layer, op->node->head_group, op->node->head_groups,
                           g->first_die + d, values, share);
        if (!s->effects.bus)
            t->bytes_down = t->bytes_up = 0;
        ifc_command_add(map->controller, t, values, !values);
    }
    ifc_command_send_all(map->controller);
}

static void load_from_flash(ifc_mapping *map, ifc_op_run *op, bool values)
{
    const ifc_group *g = map->kv.group;
    ifc_kv_scan(&map->kv, op->job.layer, op->node->head_group, op->node->head_groups, values, map->scan);
    for (uint32_t d = 0; d < g->p->dies; d++) {
        const ifc_kv_share *share = &map->scan[d];
        if (share->extent.pages == 0)
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ, IFC_CLASS_KV_READ, g, d);
        t->extent = share->extent;
        t->first_plane = (uint16_t)share->first_plane;
        t->ecc_time = g->ecc_time;
        t->bytes_up = share->extent.pages * g->bus_page_bytes;
        if (share->extent.run_ppb)
            t->bytes_up =
                (uint64_t)((double)share->extent.run_ppb * 1e-9 * g->p->planes * (double)g->bus_page_bytes);
        account_kv(map, t, share);
        ifc_blocks_read_kv(&map->blocks, op->job.layer, op->node->head_group, op->node->head_groups,
                           g->first_die + d, values, share);
        ifc_command_queue_one(map->controller, t);
    }
}

/* Equal parts over the DRAM channels, the first ones a byte more. */
static void access_dram(ifc_mapping *map, ifc_op_run *op, ifc_command command, uint64_t bytes)
{
    uint64_t channels = map->hw->s->dram.channels;
    for (uint64_t i = 0; i < channels; i++) {
        uint64_t part = bytes * (i + 1) / channels - bytes * i / channels;
        if (part == 0)
            continue;
        ifc_txn *t = ifc_txn_new(map->hw);
        t->command = (uint8_t)command;
        t->traffic_class = command == IFC_DRAM_READ ? IFC_CLASS_KV_READ : IFC_CLASS_KV_WRITE;
        t->channel = (uint16_t)i;
        t->job = &op->job;
        t->op_kind = op->node->kind;
        t->issue = ifc_now();
        t->bytes_up = command == IFC_DRAM_READ ? part : 0;
        t->bytes_down = part - t->bytes_up;
        ifc_probe_made(&map->hw->probe, t);
        op->job.pending++;
        ifc_dram_access(&map->hw->drams[i], t);
    }
}

static void expand_load(ifc_mapping *map, ifc_op_run *op)
{
    if (map->kv.group) {
        load_from_flash(map, op, op->node->kind == IFC_OP_LOAD_V);
        return;
    }
    uint64_t bytes = ifc_kv_stored(&map->kv, op->job.layer) * op->node->head_groups * map->kv.entry_bytes;
    map->useful_kv_bytes += (double)bytes;
    map->sensed_kv_bytes += (double)bytes;
    access_dram(map, op, IFC_DRAM_READ, bytes);
}

static void expand_embed(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_group *g = map->weights.group;
    uint64_t pages = div_up(ifc_model_row_bytes(&s->model, IFC_WEIGHTS_EMBED, op->node->cols), g->p->page);
    ifc_txn *t = ifc_command_new(
        map->controller, &op->job, IFC_READ, IFC_CLASS_WEIGHTS, g,
        (uint32_t)(ifc_random(&map->rng) % g->p->dies)); /* the token's row may lie anywhere */
    t->extent = (ifc_extent){.planes = 1, .max_pages = (uint32_t)pages, .pages = pages};
    t->first_plane = (uint16_t)(ifc_random(&map->rng) % g->p->planes);
    t->ecc_time = g->ecc_time;
    t->bytes_up = pages * g->bus_page_bytes;
    ifc_blocks_read_embed(&map->blocks, t->die, pages);
    ifc_command_queue_one(map->controller, t);
}

static void expand_store(ifc_mapping *map, ifc_op_run *op)
{
    if (!map->kv.group && map->hw->s->effects.kv_program)
        access_dram(map, op, IFC_DRAM_WRITE, 2 * (uint64_t)op->node->head_groups * map->kv.entry_bytes);
}

/* The planes of one die program their n-th page of a flush together; pages and bytes come from the plan. */
static void program_die(ifc_mapping *map, ifc_op_run *op, uint32_t die, const uint32_t *count, uint32_t dies,
                        uint64_t bytes, double fill)
{
    const ifc_group *g = map->kv.group;
    uint64_t total = 0, sent = 0, most = 0, done = 0;
    for (uint32_t p = 0; p < g->p->planes; p++) {
        uint32_t n = count[(uint64_t)p * dies + die];
        total += n;
        most = n > most ? n : most;
    }
    ifc_blocks_program(&map->blocks, g->first_die + die, fill, IFC_BLOCK_KV);
    for (uint32_t round = 0; round < most; round++) {
        uint32_t planes = 0;
        for (uint32_t p = 0; p < g->p->planes; p++)
            planes += count[(uint64_t)p * dies + die] > round;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_PROGRAM, IFC_CLASS_KV_WRITE, g, die);
        t->extent = (ifc_extent){.planes = planes, .max_pages = 1, .pages = planes};
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

/* New tokens of all streams of a layer from the SoC buffer to their next pages. */
static void flush_striped(ifc_mapping *map, ifc_op_run *op, const ifc_kv_flush *plan)
{
    ifc_kv *kv = &map->kv;
    const ifc_group *g = kv->group;
    uint32_t dies = g->p->dies;
    memset(map->scan, 0, dies * sizeof *map->scan);
    uint32_t *count = kv->scratch;
    memset(count, 0, g->planes_total * sizeof *count);
    for (uint32_t v = 0; v < 2; v++)
        for (uint32_t h = 0; h < map->hw->s->model.kv_heads; h++)
            for (uint32_t i = 0; i < plan->programs; i++) {
                uint64_t plane = ifc_kv_program_plane(kv, op->job.layer, h, v, plan->first_page + i);
                count[plane]++;
                map->scan[plane % dies].tokens += program_tokens(kv, plan, i);
                map->scan[plane % dies].fill += program_fill(plan, i);
            }
    for (uint32_t d = 0; d < dies; d++) {
        uint64_t bytes = map->scan[d].tokens * kv->entry_bytes;
        bytes = bytes * g->bus_page_bytes /
                g->p->page; /* spare bytes in proportion, where the controller encodes */
        program_die(map, op, d, count, dies, bytes, map->scan[d].fill);
    }
}

/* Every plane that holds a slice programs what it has buffered, of K and of V, without the bus. */
static void flush_planes(ifc_mapping *map, ifc_op_run *op, const ifc_kv_flush *plan)
{
    const ifc_group *g = map->kv.group;
    double fill = plan->first_fill + (plan->programs > 1 ? plan->programs - 2 + plan->last_fill : 0);
    ifc_kv_scan(&map->kv, op->job.layer, 0, map->kv.heads, false, map->scan);
    for (uint32_t d = 0; d < g->p->dies; d++) {
        uint32_t planes = (uint32_t)map->scan[d].plane_heads;
        if (planes == 0)
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_PROGRAM, IFC_CLASS_KV_WRITE, g, d);
        t->extent = (ifc_extent){.planes = planes,
                                 .max_pages = 2 * plan->programs,
                                 .pages = 2 * (uint64_t)plan->programs * planes};
        t->fill = 2 * fill * planes;
        ifc_blocks_program(&map->blocks, g->first_die + d, t->fill, IFC_BLOCK_KV);
        ifc_command_queue_one(map->controller, t);
    }
}

static void expand_flush(ifc_mapping *map, ifc_op_run *op)
{
    ifc_kv_flush plan;
    ifc_kv_begin_flush(&map->kv, op->job.layer, &plan);
    if (map->hw->s->placement.kv_buffer.location == IFC_BUFFER_PLANE)
        flush_planes(map, op, &plan);
    else
        flush_striped(map, op, &plan);
}

/* A stream request: the same extent on each of its dies. */
static void expand_request(ifc_mapping *map, ifc_op_run *op)
{
    static const ifc_command commands[] = {IFC_READ, IFC_READ_COMPUTE, IFC_PROGRAM, IFC_ERASE};
    const ifc_stream_params *w = &map->hw->s->workload.stream;
    const ifc_group *g = &map->hw->groups[ifc_scenario_group(map->hw->s, w->group)];
    for (uint32_t i = 0; i < w->dies; i++) {
        uint32_t die = (uint32_t)((op->request + i) % g->p->dies);
        ifc_txn *t = ifc_command_new(map->controller, &op->job, commands[w->op], IFC_CLASS_HOST, g, die);
        t->extent =
            (ifc_extent){.planes = w->planes, .max_pages = w->pages, .pages = (uint64_t)w->planes * w->pages};
        t->first_plane = (uint16_t)op->job.token;
        t->ecc_time = g->ecc_time;
        if (t->command == IFC_READ) {
            t->bytes_up = t->extent.pages * g->bus_page_bytes;
        } else if (t->command == IFC_PROGRAM) {
            t->bytes_down = t->extent.pages * g->bus_page_bytes;
        } else if (t->command == IFC_READ_COMPUTE) {
            double macs_per_page = (double)g->p->page / 2.0; /* 16-bit operands */
            t->mac_time = ifc_time_from_ps(macs_per_page / g->mac_rate * 1e12);
            t->macs = t->extent.pages * (g->p->page / 2);
            t->bytes_down = w->bytes_down;
            t->bytes_up = t->collect_bytes = w->bytes_up;
            t->grows_up = true;
        }
        ifc_blocks_request(&map->blocks, g->first_die + die, t);
        ifc_command_queue_one(map->controller, t);
    }
}

/* One command of a move: some pages of every plane, or the erase at its end. */
static void expand_refresh(ifc_mapping *map, ifc_op_run *op)
{
    uint32_t die = (uint32_t)op->request;
    const ifc_group *g = map->hw->dies[die].group;
    uint32_t planes = g->p->planes;
    ifc_txn *t = ifc_command_new(map->controller, &op->job, op->copied ? IFC_COPY : IFC_ERASE,
                                 IFC_CLASS_REFRESH, g, die - g->first_die);
    uint32_t pages = op->copied ? op->copied : 1;
    t->extent = (ifc_extent){.planes = planes, .max_pages = pages, .pages = (uint64_t)pages * planes};
    ifc_command_queue_one(map->controller, t);
}

void ifc_mapping_start(ifc_job *job)
{
    ifc_op_run *op = ifc_op_of(job);
    ifc_mapping *map = op->mapping;
    switch (op->node->kind) {
    case IFC_OP_FLUSH:
        expand_flush(map, op);
        break;
    case IFC_OP_REQUEST:
        expand_request(map, op);
        break;
    case IFC_OP_REFRESH:
        expand_refresh(map, op);
        break;
    default:
        if (op->node->unit == IFC_UNIT_WEIGHTS)
            expand_weights(map, op);
        else if (op->node->unit == IFC_UNIT_KV)
            expand_kv(map, op);
        else if (op->node->unit == IFC_UNIT_LOAD)
            expand_load(map, op);
        else if (op->node->unit == IFC_UNIT_EMBED)
            expand_embed(map, op);
        else
            expand_store(map, op);
    }
    ifc_controller_made(map->controller, job);
}
