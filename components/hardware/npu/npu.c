#include "components/hardware/npu/npu.h"

#include "components/record/detail.h"
#include "components/record/trace.h"
#include "components/system/system.h"

void ifc_npu_init(ifc_npu *n, ifc_system *sys)
{
    *n = (ifc_npu){.sys = sys};
    n->last = &n->first;
    ifc_signal_init(&n->work);
}

void ifc_npu_fini(ifc_npu *n)
{
    ifc_signal_fini(&n->work);
}

void ifc_npu_submit(ifc_npu *n, ifc_op_run *op)
{
    ifc_op_use_begin(&n->sys->use[op->node->kind], op->issue);
    op->next = NULL;
    *n->last = op;
    n->last = &op->next;
    ifc_notify(&n->work);
}

void ifc_npu_run(void *npu)
{
    ifc_npu *n = npu;
    for (;;) {
        while (!n->first)
            ifc_wait(&n->work, "an operator");
        ifc_op_run *op = n->first;
        n->first = op->next;
        if (!n->first)
            n->last = &n->first;
        op->begin = ifc_now();
        op->after_npu = op->begin > op->issue ? n->served_last : NULL;
        ifc_sleep_until(op->begin + op->npu_time);
        n->busy_ps += op->npu_time;
        ifc_span_add(&n->span, op->npu_time);
        n->compute_ps += op->npu_time - op->npu_launch;
        n->sys->use[op->node->kind].npu_ps += op->npu_time - op->npu_launch;
        n->wait_ps = ifc_time_sum(n->wait_ps, op->begin - op->issue);
        n->served++;
        n->served_last = op;
        ifc_trace_npu(n, op);
        ifc_detail_busy(n->sys, IFC_PATH_NPU, op->begin, ifc_now());
        ifc_host_op_done(&n->sys->host, op);
    }
}
