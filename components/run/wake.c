#include "components/run/wake.h"

#include "components/hardware/policy_ports.h"
#include "components/run/host.h"

static ifc_time earliest(const ifc_policies *p)
{
    ifc_time at = IFC_TIME_MAX;
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        at = p->kinds[k].wake_at < at ? p->kinds[k].wake_at : at;
    for (uint32_t i = 0; i < p->n_observers; i++)
        at = p->observers[i].wake_at < at ? p->observers[i].wake_at : at;
    return at;
}

/* Whether its moment has come; it is over then. */
static bool due(ifc_policy_run *p)
{
    if (p->wake_at > ifc_now())
        return false;
    p->wake_at = IFC_TIME_MAX;
    return true;
}

static void tell_observers(ifc_policies *all)
{
    for (uint32_t i = 0; i < all->n_observers; i++) {
        ifc_policy_run *p = &all->observers[i];
        if (!due(p) || !p->policy->ops.observer->wake)
            continue;
        ifc_policy_ask(p, "wake");
        p->policy->ops.observer->wake(p->state);
        ifc_policy_leave(p);
    }
}

static void wake(ifc_host *h)
{
    ifc_policies *p = &h->hw->policies;
    h->reuse.recording = false;
    if (due(&p->kinds[IFC_KIND_KV_FLUSH]) && !h->ending)
        ifc_host_wake_flush(h);
    if (due(&p->kinds[IFC_KIND_REFRESH]) && !h->ending)
        ifc_host_refresh(h, (uint32_t)h->steps.number);
    bool dispatches = due(&p->kinds[IFC_KIND_DISPATCH]);
    for (uint32_t c = 0; dispatches && c < h->hw->s->channel.count; c++)
        ifc_controller_dispatch(h->controller, c, NULL, NULL);
    if (due(&p->kinds[IFC_KIND_SCHEDULE])) {
        h->serving.woken = true;
        ifc_notify(&h->work);
    }
    tell_observers(p);
}

static void alarm_clock(void *host)
{
    ifc_host *h = host;
    for (;;) {
        ifc_time at = earliest(&h->hw->policies);
        if (at > ifc_now())
            ifc_wait_until(&h->alarm, at, "a moment at which a policy is woken");
        else if (!h->stop.stopped)
            wake(h);
        else
            ifc_wait(&h->alarm, "nothing more");
    }
}

/* Built-in policies do not ask for it. */
void ifc_wake_start(ifc_host *h)
{
    const ifc_policies *p = &h->hw->policies;
    bool any = false;
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        any |= p->kinds[k].entry->source != NULL;
    for (uint32_t i = 0; i < p->n_observers; i++)
        any |= p->observers[i].entry->source != NULL;
    if (any)
        ifc_actor_start("alarm", "host", alarm_clock, h, true);
}

void ifc_wake_changed(ifc_host *h)
{
    h->reuse.recording = false;
    if (h->hw) /* init() may ask, too, before there is a host */
        ifc_notify(&h->alarm);
}
