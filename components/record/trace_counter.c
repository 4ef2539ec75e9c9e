#include "components/record/trace_internal.h"

static void flush(ifc__trace *t, ifc__trace_counter *c)
{
    if (c->pending && c->value != c->written) {
        ifc_timeline_counter(t->timeline, c->track, c->time, c->value);
        c->written = c->value;
    }
    c->pending = false;
}

void ifc__trace_count(ifc__trace *t, ifc__trace_counter *c, ifc_time now, int64_t value)
{
    if (!c->track)
        return;
    if (c->pending && now > c->time)
        flush(t, c);
    c->time = now;
    c->value = value;
    c->pending = true;
}

void ifc__trace_count_end(ifc__trace *t, ifc__trace_counter *c)
{
    if (c->track)
        flush(t, c);
}

/* Percent of @length, to the nearest. */
static void close_window(ifc__trace *t, ifc__trace_usage *u, ifc_time length)
{
    ifc__trace_count(t, &u->counter, u->window, (u->busy * 100 + length / 2) / length);
    u->busy = 0;
}

void ifc__trace_use(ifc__trace *t, ifc__trace_usage *u, ifc_time begin, ifc_time end)
{
    if (!u->counter.track)
        return;
    while (end > begin) {
        ifc_time window_end = u->window + IFC__TRACE_WINDOW;
        if (begin == u->window && end - begin > 2 * IFC__TRACE_WINDOW) { /* full ones: one value says it */
            u->busy = IFC__TRACE_WINDOW;
            close_window(t, u, IFC__TRACE_WINDOW);
            begin = u->window = (end - 1) - (end - 1) % IFC__TRACE_WINDOW;
            continue;
        }
        if (begin < window_end) {
            ifc_time upto = end < window_end ? end : window_end;
            u->busy += upto - begin;
            begin = upto;
            continue;
        }
        close_window(t, u, IFC__TRACE_WINDOW);
        u->window = window_end;
        if (begin >= window_end + IFC__TRACE_WINDOW) { /* idle windows: one value says it */
            close_window(t, u, IFC__TRACE_WINDOW);
            u->window = begin - begin % IFC__TRACE_WINDOW;
        }
    }
}

void ifc__trace_use_end(ifc__trace *t, ifc__trace_usage *u, ifc_time now)
{
    if (!u->counter.track)
        return;
    ifc_time window_end = u->window + IFC__TRACE_WINDOW;
    bool idle_after = now > window_end;
    if (now > u->window)
        close_window(t, u, idle_after ? IFC__TRACE_WINDOW : now - u->window);
    ifc__trace_count_end(t, &u->counter);
    if (idle_after) {
        ifc__trace_count(t, &u->counter, window_end, 0);
        ifc__trace_count_end(t, &u->counter);
    }
}
