#include "components/hardware/npu/npu.h"

#include "components/hardware/hardware.h"

void ifc_npu_init(ifc_npu *n, ifc_hardware *hw)
{
    *n = (ifc_npu){.hw = hw};
    ifc_signal_init(&n->work);
}

void ifc_npu_fini(ifc_npu *n)
{
    ifc_signal_fini(&n->work);
}

void ifc_npu_submit(ifc_npu *n, ifc_job *job)
{
    ifc_job_begins(&n->hw->probe, job);
    ifc_job_fifo_put(&n->queue, job);
    ifc_notify(&n->work);
}

void ifc_npu_run(void *npu)
{
    ifc_npu *n = npu;
    for (;;) {
        while (!n->queue.first)
            ifc_wait(&n->work, "a job");
        ifc_job *job = ifc_job_fifo_take(&n->queue);
        job->begin = ifc_now();
        job->after_npu = job->begin > job->issue ? n->served_last : NULL;
        ifc_sleep_until(job->begin + job->npu_time);
        n->busy_ps += job->npu_time;
        ifc_span_add(&n->span, job->npu_time);
        n->compute_ps += job->npu_time - job->npu_launch;
        n->wait_ps = ifc_time_sum(n->wait_ps, job->begin - job->issue);
        n->served++;
        n->served_last = job;
        ifc_probe_served(&n->hw->probe, n, job);
        ifc_probe_busy(&n->hw->probe, IFC_PART_NPU, job->begin, ifc_now());
        ifc_job_done(&n->hw->probe, job);
    }
}
