#include "components/hardware/flash/channel.h"
#include "components/run/host.h"
#include "components/run/wake.h"

/* The limit of simulated time is an event of its own: all that is under way ends with it. */
static void keep_limit(void *host)
{
    ifc_host *h = host;
    ifc_sleep_until(h->hw->s->simulation.time_limit);
    ifc_settle(2); /* what is done at this moment is done */
    h->stop.stopped = true;
    ifc_notify(&h->work);
}

/* Who asks for the end does not wait for an operator to complete, which may take hours. */
static void look(void *host)
{
    ifc_host *h = host;
    if (ifc_stop_asked(&h->stop))
        ifc_notify(&h->work);
}

void ifc_host_run(void *host)
{
    ifc_host *h = host;
    const ifc_scenario *s = h->hw->s;
    ifc_kernel_watch(look, h);
    if (s->simulation.time_limit > 0)
        ifc_actor_start("limit", "host", keep_limit, h, true);
    ifc_wake_start(h);
    if (s->workload.kind == IFC_WORKLOAD_STREAM)
        ifc_host_play_stream(h);
    else {
        ifc_steps_init(&h->steps, h->mapping);
        if (h->serving.source)
            ifc_host_serve(h);
        else
            ifc_host_decode(h);
    }
    h->decode_end = ifc_now();
    ifc_host_drain(h);
    ifc_kernel_watch(NULL, NULL);
    if (h->stop.stopped)
        ifc_settle(2); /* what is done at this moment is done */
    for (uint32_t i = 0; h->stop.stopped && i < s->channel.count; i++)
        ifc_channel_advance(&h->hw->channels[i], ifc_now()); /* nobody waited for these tenures yet */
    ifc_event_end(&h->events, ifc_now());
}
