#include "components/run/npu_time.h"

enum { OPS_SELECT = 3 };

/* Dies beyond the first that hold a part of a head, over the head groups of a node: each brings a sum to add.
 */
static double dies_to_add(const ifc_kv *kv, const ifc_op_run *op)
{
    double more = 0;
    for (uint32_t h = op->node->head_group; h < op->node->head_group + op->node->head_groups; h++) {
        uint32_t dies = ifc_kv_dies(kv, op->job.layer, h);
        more += dies > 1 ? dies - 1 : 0;
    }
    return more;
}

/* What follows from the tokens that are attended: their number, over all that attend to them. */
static double attention_ops(const ifc_op_run *op)
{
    const ifc_op_node *n = op->node;
    double ops = 0;
    for (uint32_t i = 0; i < op->step->n; i++) {
        const ifc_step_part *p = &op->step->parts[i];
        double tokens = ifc_step_tokens(op->step, p, n, op->job.layer);
        ops += n->npu_ops_per_token * tokens;
        if (n->ops_per_sum > 0 || n->ops_per_token_sum > 0)
            ops += (n->ops_per_sum * p->tokens + n->ops_per_token_sum * tokens) * dies_to_add(p->kv, op);
    }
    return ops;
}

static double buffered_of(const ifc_op_run *op)
{
    double buffered = 0;
    for (uint32_t i = 0; i < op->step->n; i++)
        buffered += (double)ifc_step_buffered(&op->step->parts[i], op->job.layer);
    return buffered;
}

/* Of what is chosen from: entries of the index are multiplied with the queries, on the NPU where they come to
 * it; the scores of the query heads that share a KV head are added, and partial ones of several dies; the
 * best are found by quickselect, with a median of three: 2.75 comparisons each, rounded up. */
static double choice_ops(const ifc_scenario *s, const ifc_op_run *op)
{
    const ifc_op_node *n = op->node;
    double ops = 0;
    for (uint32_t i = 0; i < op->step->n; i++) {
        const ifc_step_part *p = &op->step->parts[i];
        const ifc_kv *kv = p->kv;
        if (!kv->chosen.is)
            continue;
        double entries = (double)kv->chosen.index_entries,
               queries = (double)p->tokens * s->model.heads / kv->heads;
        double width = (double)ifc_kv_index_dims(kv, op->job.layer) * kv->plans[op->job.layer].vectors;
        if (n->kind == IFC_OP_SCORE)
            ops += 2 * width * queries * entries * n->head_groups;
        else
            ops += entries * ((queries + OPS_SELECT) * n->head_groups +
                              (kv->slices ? queries * dies_to_add(kv, op) : 0));
    }
    return ops;
}

void ifc_npu_time_set(const ifc_scenario *s, ifc_op_run *op)
{
    const ifc_op_node *n = op->node;
    bool attends = op->job.layer < s->model.layers; /* not so before and after the layers */
    double buffered = attends ? buffered_of(op) : 0;
    bool chooses = n->kind == IFC_OP_SCORE || n->kind == IFC_OP_SELECT;
    double ops = n->npu_ops * op->step->vectors + (attends ? attention_ops(op) : 0);
    ops += chooses ? choice_ops(s, op) : 0;
    double seconds = ops / (n->npu_matrix ? s->npu.rate : s->npu.vector_rate);
    seconds += n->buffer_ops_per_token * buffered / s->npu.rate;
    op->job.npu_ops = ops + n->buffer_ops_per_token * buffered;
    op->job.npu_launch = seconds > 0 ? s->npu.launch : 0; /* nothing to add up is not launched */
    op->job.npu_launch = ifc_time_add(op->job.npu_launch, n->npu_fixed);
    op->job.npu_time = ifc_time_from_ps(seconds * 1e12) + op->job.npu_launch;
}
