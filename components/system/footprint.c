#include "components/system/footprint.h"

#include "components/hardware/flash/die.h"
#include "components/mapping/mapping.h"
#include "platform/common/memory.h"
#include "platform/common/size.h"
#include "platform/observe/format.h"

/* Measured: the program and its libraries; of an actor what it uses of its stack, and what the kernel keeps
 * of it and its host. */
#define PROGRAM_BYTES ((uint64_t)40000000)
#define ACTOR_BYTES   ((uint64_t)20000)

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
    if (kv < 0)
        return bytes;
    uint64_t streams = 2 * (uint64_t)m->layers * m->kv_heads;
    bytes = ifc_size_add(bytes, streams * (sizeof(uint32_t) + sizeof(ifc_kv_stream)));
    return ifc_size_add(bytes, hw->groups[kv].planes_total * 4 * sizeof(uint32_t));
}

/* The requests of a closed loop are all there from the begin, each command in its pieces. */
static uint64_t stream_bytes(const ifc_hardware *hw)
{
    const ifc_stream_params *w = &hw->s->workload.stream;
    uint64_t requests = w->count < w->queue_depth ? w->count : w->queue_depth;
    if (w->arrival != IFC_ARRIVAL_CLOSED)
        return 0;
    uint64_t room = hw->s->groups[ifc_scenario_group(hw->s, w->group)].global_buffer / 2;
    uint64_t data = w->op == IFC_STREAM_READ_COMPUTE ? w->bytes_down + w->bytes_up : 0;
    uint64_t pieces = 1 + data / (room ? room : 1);
    pieces = pieces > w->pages ? w->pages : pieces;
    uint64_t each = sizeof(ifc_op_run) + w->dies * pieces * sizeof(ifc_txn);
    return ifc_size_times(requests, each);
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
        return ifc_fail(err, IFC_EINTERNAL, "%s: a run takes about %s of memory, and %s are there%s",
                        hw->s->file, ifc_format_size(needed).text, ifc_format_size(there).text, grain);
    return ifc_fail(err, IFC_EINTERNAL,
                    "%s: a run takes about %s of addresses, more than this process may have%s", hw->s->file,
                    ifc_format_size(addresses).text, grain);
}
