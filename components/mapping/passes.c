#include "components/mapping/passes.h"

#include "components/hardware/flash/flow.h"
#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"
#include "workloads/model.h"

/* The smallest part of so many bytes that crosses the bus by itself. */
static uint64_t granule(uint64_t bytes, uint64_t rounds)
{
    uint64_t n = ifc_div_up(bytes, IFC_GRANULE_BYTES);
    n = n < rounds ? n : rounds;
    n = n < IFC_GRANULES_MAX ? n : IFC_GRANULES_MAX;
    return n > 1 ? ifc_div_up(bytes, n) : bytes;
}

uint32_t ifc_passes(const ifc_group *group, uint32_t vectors, const ifc_pass_load *one)
{
    uint64_t half = group->p->global_buffer / 2, most_kept = one->kept ? half / one->kept : vectors;
    if (most_kept == 0)
        return vectors ? vectors : 1;
    for (uint64_t n = ifc_div_up(vectors, most_kept); n < vectors; n++) { /* fewer do not hold their inputs */
        uint64_t most = ifc_div_up(vectors, n);
        if (most * one->kept + granule(most * one->grows, one->rounds) <= half)
            return (uint32_t)n;
    }
    return vectors ? vectors : 1;
}

uint32_t ifc_experts_read(const ifc_op_node *n, uint32_t vectors)
{
    uint64_t used = (uint64_t)(n->times - n->always) * vectors, there = n->stored - n->always;
    return (uint32_t)(used < there ? used : there) + n->always;
}

uint64_t ifc_gemv_inputs(const ifc_op_node *n, uint64_t rows)
{
    if (n->kind == IFC_OP_DOWN) /* each expert has its own */
        return n->cols * n->times;
    uint64_t blocks = n->blocks > 1 ? ifc_div_up(rows, n->rows / n->blocks) : 1;
    return n->cols * (blocks < n->blocks ? blocks : n->blocks);
}

uint32_t ifc_gemv_passes(const ifc_group *group, const ifc_scenario *s, const ifc_op_node *n,
                         uint32_t vectors)
{
    uint64_t rows = ifc_div_up(n->rows, group->p->dies) * n->times;
    uint64_t bytes = ifc_model_row_bytes(&s->model, ifc_weight_class_of(n->kind), n->cols) * n->rows;
    ifc_pass_load one = {.kept = ifc_model_activation_bytes(&s->model, ifc_gemv_inputs(n, n->rows)),
                         .grows = ifc_model_activation_bytes(&s->model, rows),
                         .rounds = ifc_div_up(bytes, group->planes_total * group->p->page)};
    return s->effects.bus ? ifc_passes(group, vectors, &one) : 1;
}
