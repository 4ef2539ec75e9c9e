/*
 * Operators that the host issues, and how it hears of their end.
 */
#include "components/run/host.h"

static void op_done(ifc_job *job)
{
    ifc_host *h = job->owner;
    ifc_op_run *op = ifc_op_of(job);
    if (h->on_done && h->on_done(h, op))
        return;
    job->end = ifc_now();
    ifc_job_fifo_put(&h->done, job);
    ifc_notify(&h->work);
}

ifc_op_run ifc_host_op(ifc_host *h, const ifc_op_node *node, uint32_t token, uint32_t layer)
{
    ifc_job job = {.kind = node->kind,
                   .token = token,
                   .layer = layer,
                   .head_group = node->head_group,
                   .issue = ifc_now(),
                   .start = ifc_mapping_start,
                   .done = op_done,
                   .owner = h};
    return (ifc_op_run){.job = job, .node = node, .mapping = h->mapping, .step = &h->steps.step};
}
