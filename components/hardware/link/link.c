#include "components/hardware/link/link.h"

#include <stdio.h>

void ifc_link_init(ifc_link *l, const char *name, double rate, void (*arrived)(ifc_job *job))
{
    *l = (ifc_link){.rate = rate, .arrived = arrived};
    snprintf(l->name, sizeof l->name, "%s", name);
    ifc_signal_init(&l->work);
}

void ifc_link_fini(ifc_link *l)
{
    ifc_signal_fini(&l->work);
}

void ifc_link_send(ifc_link *l, ifc_job *job)
{
    job->link_since = ifc_now();
    ifc_job_fifo_put(&l->queue, job);
    ifc_notify(&l->work);
}

void ifc_link_run(void *link)
{
    ifc_link *l = link;
    for (;;) {
        while (!l->queue.first)
            ifc_wait(&l->work, "data to cross the link");
        ifc_job *job = ifc_job_fifo_take(&l->queue);
        ifc_time begin = ifc_now();
        l->wait_ps = ifc_time_sum(l->wait_ps, begin - job->link_since);
        ifc_sleep_until(begin + ifc_time_for_bytes(job->link_bytes, l->rate));
        l->busy_ps += ifc_now() - begin;
        ifc_span_add(&l->span, ifc_now() - begin);
        l->served++;
        l->bytes += job->link_bytes;
        l->arrived(job);
    }
}
