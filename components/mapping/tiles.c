#include "components/mapping/tiles.h"

#include <stdlib.h>
#include <string.h>

#include "components/hardware/controller/commands.h"
#include "components/hardware/flash/extent.h"
#include "components/mapping/parts.h"
#include "platform/common/arithmetic.h"
#include "platform/common/memory.h"

static uint64_t part(uint64_t all, uint64_t i, uint64_t n)
{
    return all * (i + 1) / n - all * i / n;
}

/* ---- memory ---- */

static ifc_tiles *new_tiles(ifc_mapping *map, uint32_t n)
{
    ifc_tiles *t = map->spare_tiles;
    if (t)
        map->spare_tiles = t->next;
    else
        t = ifc_alloc_zero(1, sizeof *t);
    ifc_tile *tile = t->tile;
    uint32_t room = t->room;
    if (room < n) {
        free(tile);
        tile = ifc_alloc_zero(n, sizeof *tile);
        room = n;
    }
    memset(tile, 0, n * sizeof *tile);
    *t = (ifc_tiles){.map = map, .n = n, .tile = tile, .room = room, .next = map->tiles};
    map->tiles = t;
    return t;
}

void ifc_tiles_recycle(ifc_mapping *map)
{
    while (map->tiles) {
        ifc_tiles *t = map->tiles;
        map->tiles = t->next;
        t->next = map->spare_tiles;
        map->spare_tiles = t;
    }
}

void ifc_tiles_fini(ifc_mapping *map)
{
    ifc_tiles_recycle(map);
    while (map->spare_tiles) {
        ifc_tiles *t = map->spare_tiles;
        map->spare_tiles = t->next;
        free(t->tile);
        free(t);
    }
}

/* ---- a tile comes ---- */

/* The i-th of n equal parts of the pages of a die, as many rounds of all planes. */
static ifc_extent part_of(const ifc_extent *e, uint32_t i, uint32_t n)
{
    uint64_t from = (uint64_t)e->max_pages * i / n, to = (uint64_t)e->max_pages * (i + 1) / n;
    if (e->run_ppb) {
        uint64_t pages = part(e->pages, i, n);
        return (ifc_extent){.planes = e->planes,
                            .max_pages = (uint32_t)(to > from ? to - from : 1),
                            .pages = pages,
                            .run_ppb = part(e->run_ppb, i, n)};
    }
    if (to == from)
        return (ifc_extent){0};
    return (ifc_extent){.planes = (uint32_t)(ifc_extent_before(e, from + 1) - ifc_extent_before(e, from)),
                        .max_pages = (uint32_t)(to - from),
                        .pages = ifc_extent_before(e, to) - ifc_extent_before(e, from)};
}

static ifc_extent times(ifc_extent e, uint32_t n)
{
    e.max_pages *= n;
    e.pages *= n;
    e.run_ppb *= n;
    return e;
}

static void read_pages(ifc_tiles *tiles, uint32_t i)
{
    ifc_mapping *map = tiles->map;
    ifc_op_run *op = tiles->op;
    const ifc_group *g = tiles->group;
    uint32_t before = op->job.pending;
    const ifc_weight_share *shares =
        ifc_weight_map_shares(&map->weights, op->node, op->job.layer, tiles->from);
    for (uint32_t d = 0; d < g->p->dies; d++) {
        ifc_extent all = times(shares[d].extent, tiles->matrices), e = part_of(&all, i, tiles->n);
        if (shares[d].rows == 0 || (e.pages == 0 && e.run_ppb == 0))
            continue;
        ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ, IFC_CLASS_WEIGHTS, g, d);
        t->extent = e;
        ifc__address_rows(map, t, &shares[d], tiles->matrices, (uint64_t)all.max_pages * i / tiles->n,
                          (uint64_t)all.max_pages * (i + 1) / tiles->n);
        t->tile = i + 1;
        t->slices = tiles->slices;
        ifc_errors_matrix(&map->errors, t, 0, op->node, tiles->from, tiles->matrices,
                          (uint64_t)all.max_pages * i / tiles->n);
        t->ecc_time = g->ecc_time;
        t->bytes_up = t->extent.pages * g->bus_page_bytes;
        if (e.run_ppb)
            t->bytes_up = (uint64_t)((double)e.run_ppb * 1e-9 * g->p->planes * (double)g->bus_page_bytes);
        ifc_command_queue_one(map->controller, t);
    }
    tiles->tile[i].pending = op->job.pending - before;
}

static void arrived(ifc_tiles *tiles, uint32_t i)
{
    const ifc_npu_params *npu = &tiles->map->hw->s->npu;
    ifc_job *work = &tiles->tile[i].work;
    work->issue = ifc_now();
    work->npu_ops = part(tiles->ops, i, tiles->n);
    work->npu_launch = i == 0 && tiles->ops > 0 ? npu->launch : 0;
    work->npu_time = ifc_time_from_ps((double)work->npu_ops / npu->rate * 1e12) + work->npu_launch;
    ifc_npu_submit(tiles->map->npu, work);
}

static uint32_t index_of(const ifc_tiles *tiles, const ifc_job *work)
{
    return (uint32_t)((const ifc_tile *)work - tiles->tile);
}

static void fetch(ifc_job *work)
{
    ifc_tiles *tiles = work->owner;
    uint32_t i = index_of(tiles, work);
    uint32_t before = tiles->op->job.pending;
    if (tiles->group) {
        read_pages(tiles, i);
    } else {
        ifc__access_dram(tiles->map, tiles->op, IFC_DRAM_READ, IFC_CLASS_WEIGHTS,
                         part(tiles->bytes, i, tiles->n), i + 1);
        tiles->tile[i].pending = tiles->op->job.pending - before;
    }
    if (tiles->tile[i].pending == 0)
        arrived(tiles, i);
}

static void landed(ifc_job *job, ifc_txn *txn)
{
    ifc_tiles *tiles = ifc_op_of(job)->tiles;
    if (txn->tile == 0)
        return;
    ifc_tile *tile = &tiles->tile[txn->tile - 1];
    tile->last_txn = txn;
    if (--tile->pending == 0)
        arrived(tiles, txn->tile - 1);
}

/* ---- and is multiplied ---- */

static void computed(ifc_job *work);

/* The operator waits for each tile that was asked for. Return: it; NULL: there is no further one. */
static ifc_job *ask_next(ifc_tiles *tiles)
{
    if (tiles->asked == tiles->n)
        return NULL;
    ifc_job *work = &tiles->tile[tiles->asked++].work;
    const ifc_job *job = &tiles->op->job;
    *work = (ifc_job){.kind = job->kind,
                      .token = job->token,
                      .layer = job->layer,
                      .head_group = job->head_group,
                      .part_of = &tiles->op->job,
                      .start = fetch,
                      .done = computed,
                      .owner = tiles};
    tiles->op->job.pending++;
    return work;
}

static void computed(ifc_job *work)
{
    ifc_tiles *tiles = work->owner;
    work->end = ifc_now();
    ifc_job *next = ask_next(tiles);
    if (next)
        ifc_controller_submit(tiles->map->controller, next);
    ifc_controller_part_done(tiles->map->controller, &tiles->op->job);
}

/* No more tiles than rounds of pages. */
static uint64_t most_tiles(const ifc_tiles *tiles)
{
    const ifc_op_run *op = tiles->op;
    uint64_t most = 1;
    if (!tiles->group)
        return UINT32_MAX;
    const ifc_weight_share *shares =
        ifc_weight_map_shares(&tiles->map->weights, op->node, op->job.layer, tiles->from);
    for (uint32_t d = 0; d < tiles->group->p->dies; d++) {
        uint64_t rounds = (uint64_t)shares[d].extent.max_pages * tiles->matrices;
        most = rounds > most ? rounds : most;
    }
    return most;
}

void ifc_tiles_start(ifc_mapping *map, ifc_op_run *op, const ifc_streamed *what)
{
    const ifc_weight_place *place = ifc_weight_map_place(&map->weights, ifc_weight_class_of(op->node->kind));
    ifc_tiles at = {.map = map,
                    .op = op,
                    .from = what->from,
                    .group = what->dram ? NULL : place->part[what->from].group,
                    .matrices = what->matrices};
    uint64_t bytes = what->bytes * what->matrices;
    uint64_t n = what->whole ? 1 : ifc_div_up(bytes, map->hw->s->npu.tile), most = most_tiles(&at);
    n = n > most ? most : n ? n : 1;
    ifc_tiles *tiles = op->tiles = new_tiles(map, (uint32_t)n);
    tiles->op = op;
    tiles->from = at.from;
    tiles->group = at.group;
    tiles->bytes = bytes;
    tiles->matrices = what->matrices;
    tiles->ops = what->ops;
    if (what->slice && at.group)
        tiles->slices = (uint32_t)ifc_div_up(at.group->bus_page_bytes, what->slice);
    op->job.landed = landed;
    for (int ahead = 0; ahead < 2; ahead++) {
        ifc_job *work = ask_next(tiles);
        if (work)
            fetch(work);
    }
}
