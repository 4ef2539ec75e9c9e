/*
 * Neurons of the feed-forward part that a token needs: those that are missing in DRAM are read from flash,
 * put in their place, and all that are there are multiplied.
 */
#include "components/hardware/controller/commands.h"
#include "components/mapping/parts.h"
#include "components/mapping/tiles.h"
#include "components/mapping/way.h"
#include "platform/common/arithmetic.h"
#include "workloads/model.h"

/* One read of so many bytes: all planes of a die, page after page. */
static void request(ifc_mapping *map, ifc_op_run *op, const ifc_group *g, uint64_t i, uint64_t bytes)
{
    uint64_t pages = ifc_div_up(bytes, g->p->page), planes = pages < g->p->planes ? pages : g->p->planes;
    ifc_txn *t = ifc_command_new(map->controller, &op->job, IFC_READ, IFC_CLASS_WEIGHTS, g,
                                 (uint32_t)(i % g->p->dies));
    t->extent = (ifc_extent){
        .planes = (uint32_t)planes, .max_pages = (uint32_t)ifc_div_up(pages, planes), .pages = pages};
    t->ecc_time = g->ecc_time;
    t->bytes_up = pages * g->bus_page_bytes;
    ifc_blocks_read_neurons(&map->blocks, t->die, map->residency.layer, pages);
    ifc_command_queue_one(map->controller, t);
}

/* Requests go to the dies in turn: as many are under way as there are dies, each with one. */
static void expand_fetch(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_scenario *s = map->hw->s;
    const ifc_residency_params *p = &s->placement.residency;
    const ifc_residency *r = &map->residency;
    const ifc_group *g = &map->hw->groups[ifc_scenario_group(s, p->store)];
    uint64_t chunk = ifc_residency_chunk(s), rows = p->bundle ? 1 : s->model.ffn_matrices, sent = 0;
    uint64_t each = r->neuron_bytes / rows, most = p->merge > each ? p->merge / each : 1;
    for (uint64_t row = 0; row < rows; row++)
        for (uint32_t i = 0, n; i < r->n_missing; i += n) {
            for (n = 1; i + n < r->n_missing && n < most && r->missing[i + n] == r->missing[i] + n;)
                n++;
            request(map, op, g, sent++, p->bundle ? n * r->neuron_bytes : n * chunk);
        }
}

/* The predictor is read; c neurons that go are copied over by others, new ones are appended: read and written
 * once. */
static void expand_traffic(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_residency *r = &map->residency;
    if (op->node->kind == IFC_OP_PREDICT) {
        ifc__access_dram(map, op, IFC_DRAM_READ, IFC_CLASS_WEIGHTS, ifc_residency_predictor(map->hw->s), 0);
        return;
    }
    uint64_t bytes = (r->window ? r->n_missing + (uint64_t)r->dropped : 0) * r->neuron_bytes;
    ifc__access_dram(map, op, IFC_DRAM_READ, IFC_CLASS_WEIGHTS, bytes, 0);
    ifc__access_dram(map, op, IFC_DRAM_WRITE, IFC_CLASS_WEIGHTS, bytes, 0);
}

static void expand_multiply(ifc_mapping *map, ifc_op_run *op)
{
    const ifc_scenario *s = map->hw->s;
    uint64_t rows = op->node->kind == IFC_OP_GATE_UP ? s->model.ffn_matrices - 1 : 1;
    uint64_t resident = map->residency.resident * rows;
    ifc_streamed what = {.from = IFC_BY_NPU,
                         .matrices = 1,
                         .bytes = resident * ifc_residency_chunk(s),
                         .ops = 2 * resident * s->model.hidden,
                         .dram = true};
    ifc_tiles_start(map, op, &what);
}

static bool fetches(const ifc_mapping *map, ifc_op_kind kind)
{
    return kind == IFC_OP_FETCH && map->residency.is;
}

static bool moves(const ifc_mapping *map, ifc_op_kind kind)
{
    return (kind == IFC_OP_PREDICT || kind == IFC_OP_ARRANGE) && map->residency.is;
}

static bool multiplies(const ifc_mapping *map, ifc_op_kind kind)
{
    return (kind == IFC_OP_GATE_UP || kind == IFC_OP_DOWN) && map->residency.is;
}

/* Not whole matrices: blocks are told of each read. */
static uint32_t passes(const ifc_mapping *map, const ifc_op_node *node, uint32_t vectors)
{
    (void)map, (void)node, (void)vectors;
    return 0;
}

const ifc_way ifc__neurons_fetch = {.name = "neurons_fetch", .serves = fetches, .expand = expand_fetch};
const ifc_way ifc__neurons_traffic = {.name = "neurons_traffic", .serves = moves, .expand = expand_traffic};
const ifc_way ifc__neurons_multiply = {
    .name = "neurons_multiply", .serves = multiplies, .expand = expand_multiply, .passes = passes};
