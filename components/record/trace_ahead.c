#include "components/record/trace_internal.h"

static void write_slice(ifc__trace *t, const ifc__trace_slice *s, ifc_time end)
{
    if (s->usage)
        ifc__trace_use(t, s->usage, s->begin, end);
    ifc_timeline_slice(t->timeline, s->track, s->name, s->begin, end, &s->args, s->flow_in, s->flow_out);
}

void ifc__trace_settle(ifc__trace *t, ifc_time now)
{
    while (t->first_ahead < t->n_ahead && t->ahead[t->first_ahead].end <= now) {
        const ifc__trace_slice *s = &t->ahead[t->first_ahead++];
        write_slice(t, s, s->end);
    }
    size_t left = t->n_ahead - t->first_ahead;
    if (left > t->first_ahead)
        return; /* so that moving them is worth it */
    for (size_t i = 0; i < left; i++)
        t->ahead[i] = t->ahead[t->first_ahead + i];
    t->first_ahead = 0;
    t->n_ahead = left;
}

void ifc__trace_settle_end(ifc__trace *t, ifc_time now)
{
    for (; t->first_ahead < t->n_ahead; t->first_ahead++) {
        const ifc__trace_slice *s = &t->ahead[t->first_ahead];
        if (s->begin <= now)
            write_slice(t, s, ifc_time_min(s->end, now));
    }
    t->first_ahead = t->n_ahead = 0;
}
