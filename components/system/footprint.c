#include "components/system/footprint.h"

#include "components/hardware/flash/die.h"
#include "components/mapping/mapping.h"
#include "components/mapping/passes.h"
#include "components/mapping/tiles.h"
#include "platform/common/memory.h"
#include "platform/common/size.h"
#include "platform/observe/format.h"
#include "workloads/model.h"

/* Measured: the program and its libraries; of an actor what it uses of its stack, and what the kernel keeps
 * of it and its host. */
#define PROGRAM_BYTES ((uint64_t)40000000)
#define ACTOR_BYTES   ((uint64_t)20000)
/* A command with its flow; measured. */
#define COMMAND_BYTES (2 * sizeof(ifc_txn))

uint64_t ifc_footprint_actors(const ifc_hardware *hw)
{
    const ifc_scenario *s = hw->s;
    uint64_t n = 5 + 2 * (uint64_t)s->channel.count + s->dram.channels + hw->n_dies;
    for (uint32_t g = 0; g < s->n_groups && hw->grain != IFC_GRAIN_DIE; g++)
        n += hw->groups[g].planes_total + s->groups[g].dies;
    return n;
}

static uint64_t machine_bytes(const ifc_hardware *hw)
{
    const ifc_scenario *s = hw->s;
    uint64_t bytes = ifc_size_times(ifc_footprint_actors(hw), ACTOR_BYTES);
    for (uint32_t g = 0; g < s->n_groups; g++) {
        const ifc_flash_group *p = &s->groups[g];
        uint64_t die = p->blocks_per_plane * (sizeof(ifc_block_row) + sizeof(uint32_t)) + sizeof(ifc_die);
        bytes = ifc_size_add(bytes, ifc_size_times(p->dies, die));
    }
    return bytes;
}

/* One matrix of the layer in pieces, each with its transactions: tiles to the NPU, requests of a split one.
 */
static uint64_t pieces_bytes(const ifc_hardware *hw, ifc_placed matrix, double weights)
{
    const ifc_scenario *s = hw->s;
    ifc_matrix_place p;
    ifc_scenario_matrix(s, matrix, &p);
    double bytes = weights * ifc_model_bits(&s->model, (ifc_weight_class)matrix) / 8,
           tiles = 1 + bytes / (double)s->npu.tile, sum = 0;
    double targets = s->dram.channels;
    if (p.reads >= 0) { /* no more tiles than rounds */
        double rounds =
            1 + bytes / ((double)hw->groups[p.reads].planes_total * (double)s->groups[p.reads].page);
        tiles = tiles < rounds ? tiles : rounds;
        targets = s->groups[p.reads].dies;
    }
    if (p.gemv != IFC_GEMV_IFC)
        sum += tiles * (sizeof(ifc_tile) + targets * sizeof(ifc_txn));
    if (p.gemv == IFC_GEMV_SPLIT)
        sum += bytes / (double)(hw->groups[p.group].p->planes * s->groups[p.group].page) * sizeof(ifc_txn);
    return sum < 1e18 ? (uint64_t)sum : (uint64_t)1000000000000000000;
}

static uint64_t layer_pieces_bytes(const ifc_hardware *hw)
{
    const ifc_model *m = &hw->s->model;
    double hidden = m->hidden, queries = (double)m->heads * m->head_dim,
           keys = (double)m->kv_heads * m->head_dim;
    double block = hidden * m->ffn * (m->active_experts + m->shared_experts);
    const double weights[IFC_PLACED] = {[IFC_PLACED_QKV] = hidden * (queries + 2 * keys),
                                        [IFC_PLACED_PROJECT] = hidden * queries,
                                        [IFC_PLACED_GATE_UP] = block * (m->ffn_matrices - 1),
                                        [IFC_PLACED_DOWN] = block};
    uint64_t bytes = 0;
    for (int matrix = IFC_PLACED_QKV; matrix <= IFC_PLACED_DOWN; matrix++)
        bytes = ifc_size_add(bytes, pieces_bytes(hw, (ifc_placed)matrix, weights[matrix]));
    uint64_t head = pieces_bytes(hw, IFC_PLACED_LM_HEAD, hidden * m->vocab);
    return head > bytes ? head : bytes;
}

/* The most vectors that a matrix is multiplied with at a time where it lies; of requests, whose prompts are
 * not known yet, what chunks and limit let through. */
static uint32_t most_vectors(const ifc_scenario *s)
{
    const ifc_workload *w = &s->workload;
    uint64_t vectors = (uint64_t)w->batch * (1 + w->draft.tokens);
    uint64_t prompt = w->kind == IFC_WORKLOAD_REQUESTS ? w->requests.limit : w->prompt;
    prompt = w->chunk && w->chunk < prompt ? w->chunk : prompt;
    return (uint32_t)(s->placement.prefill == IFC_PREFILL_IFC && prompt > vectors ? prompt : vectors);
}

/* Commands of the passes that matrices in dies need after the first, because the global buffer does not hold
 * all vectors; those of a layer are there until it is done. */
static uint64_t passes_bytes(const ifc_hardware *hw)
{
    const ifc_scenario *s = hw->s;
    const ifc_model *m = &s->model;
    uint64_t queries = (uint64_t)m->heads * m->head_dim, all = 0;
    const uint64_t inputs[IFC_PLACED] = {[IFC_PLACED_QKV] = m->hidden,
                                         [IFC_PLACED_PROJECT] = queries,
                                         [IFC_PLACED_GATE_UP] = m->hidden,
                                         [IFC_PLACED_DOWN] =
                                             (uint64_t)m->ffn * (m->active_experts + m->shared_experts)};
    for (int matrix = IFC_PLACED_QKV; matrix <= IFC_PLACED_DOWN && s->effects.bus; matrix++) {
        ifc_matrix_place p;
        ifc_scenario_matrix(s, (ifc_placed)matrix, &p);
        if (p.gemv != IFC_GEMV_IFC || p.group < 0)
            continue;
        ifc_pass_load one = {.kept = ifc_model_activation_bytes(m, inputs[matrix])};
        uint64_t more = ifc_passes(&hw->groups[p.group], most_vectors(s), &one) - 1;
        all = ifc_size_add(all, ifc_size_times(more * s->groups[p.group].dies, COMMAND_BYTES));
    }
    return all;
}

/* How often what lies in each die was read: by layer, matrix and expert, and in all layers. */
static uint64_t reads_bytes(const ifc_hardware *hw)
{
    const ifc_model *m = &hw->s->model;
    uint64_t slots = 2 + 2 * (m->experts > 1 ? 2 + m->experts : 1);
    uint64_t each = ifc_size_times(m->layers + 1, slots * sizeof(uint32_t) + 2 * sizeof(double));
    return ifc_size_times(hw->n_dies, each);
}

/* Counters of planes, starts of streams, shares of the matrices, commands of a layer. */
static uint64_t decode_bytes(const ifc_hardware *hw)
{
    const ifc_scenario *s = hw->s;
    const ifc_model *m = &s->model;
    int kv = ifc_scenario_group(s, s->placement.kv);
    uint64_t stages = s->placement.overlap == IFC_OVERLAP_NONE ? 1 : m->kv_heads;
    uint64_t operators = (12 + 8 * stages) * (m->dense_layers ? 2 : 1);
    uint64_t bytes = m->layers * (sizeof(ifc_kv_layer) + sizeof(ifc_op_run));
    bytes += operators * (sizeof(ifc_op_node) + sizeof(ifc_op_run));
    bytes = ifc_size_add(bytes, operators * hw->n_dies * (sizeof(ifc_txn) + sizeof(ifc_weight_share)));
    bytes = ifc_size_add(bytes, ifc_size_add(layer_pieces_bytes(hw), reads_bytes(hw)));
    bytes = ifc_size_add(bytes, passes_bytes(hw));
    if (s->placement.residency.store[0])
        bytes = ifc_size_add(bytes,
                             m->ffn * (m->layers * sizeof(ifc_neuron) + m->ffn_matrices * sizeof(ifc_txn)));
    if (kv < 0)
        return bytes;
    uint64_t streams = ifc_model_kv_kinds(m) * (uint64_t)m->layers * m->kv_heads;
    bytes = ifc_size_add(bytes, streams * (sizeof(uint32_t) + sizeof(ifc_kv_stream)));
    return ifc_size_add(bytes, hw->groups[kv].planes_total * 4 * sizeof(uint32_t));
}

/* The requests of a closed loop are all there from the begin, each command in its pieces. */
static uint64_t flow_bytes(const ifc_hardware *hw, const ifc_stream_params *w)
{
    uint64_t requests = w->count < w->queue_depth ? w->count : w->queue_depth;
    if (w->arrival != IFC_ARRIVAL_CLOSED || w->trace[0])
        return 0;
    uint64_t room = hw->s->groups[ifc_scenario_group(hw->s, w->group)].global_buffer / 2;
    uint64_t data = w->op == IFC_STREAM_READ_COMPUTE ? w->bytes_down + w->bytes_up : 0;
    uint64_t pieces = 1 + data / (room ? room : 1);
    pieces = pieces > w->pages ? w->pages : pieces;
    uint64_t each = sizeof(ifc_op_run) + w->dies * pieces * sizeof(ifc_txn);
    return ifc_size_times(requests, each);
}

static uint64_t stream_bytes(const ifc_hardware *hw)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < ifc_scenario_flows(hw->s); i++)
        bytes = ifc_size_add(bytes, flow_bytes(hw, ifc_scenario_flow(hw->s, i)));
    return bytes;
}

uint64_t ifc_footprint(const ifc_hardware *hw)
{
    bool decode = hw->s->workload.kind != IFC_WORKLOAD_STREAM;
    uint64_t work = decode ? decode_bytes(hw) : stream_bytes(hw);
    return ifc_size_add(PROGRAM_BYTES, ifc_size_add(machine_bytes(hw), work));
}

ifc_status ifc_footprint_check(const ifc_hardware *hw, ifc_error *err)
{
    uint64_t needed = ifc_footprint(hw), there = ifc_memory_there();
    uint64_t stacks = ifc_size_times(ifc_footprint_actors(hw), IFC_ACTOR_STACK_KIB * 1024);
    uint64_t addresses = ifc_size_add(needed, stacks);
    if (needed <= there && ifc_memory_can_grow(addresses))
        return IFC_OK;
    const char *grain =
        hw->grain == IFC_GRAIN_DIE ? "" : "; grain die takes less, with one actor for all planes of a die";
    if (needed > there)
        return ifc_fail(err, IFC_EMACHINE, "%s: a run takes about %s of memory, and %s are there%s",
                        hw->s->file, ifc_format_size(needed).text, ifc_format_size(there).text, grain);
    return ifc_fail(err, IFC_EMACHINE,
                    "%s: a run takes about %s of addresses, more than this process may have%s", hw->s->file,
                    ifc_format_size(addresses).text, grain);
}
