/*
 * A track for each sequence: the requests that it serves, until their first token and from there on.
 */
#include "components/record/trace_internal.h"
#include "platform/common/memory.h"

static void write_part(ifc__trace *t, uint32_t place, const ifc_request_row *r, bool answer, ifc_time end)
{
    char name[64]; /* timelines keep copies of names */
    snprintf(name, sizeof name, "request %llu: %s", (unsigned long long)r->request,
             answer ? "answer" : "prompt");
    ifc_slice_args args = IFC_SLICE_ARGS_NONE;
    ifc_timeline_slice(t->timeline, t->place_tracks[place], name, answer ? r->first_token : r->start, end,
                       &args, 0, 0);
}

static void request(void *trace, uint32_t place, const ifc_request_row *r)
{
    write_part(trace, place, r, r->end >= 0, ifc_now());
}

void ifc__trace_declare_places(ifc_record *rec, uint32_t parent)
{
    ifc__trace *t = rec->trace;
    uint32_t n = rec->hw->s->workload.batch, track = ifc_timeline_track(t->timeline, parent, "requests");
    t->place_tracks = ifc_alloc_zero(n, sizeof *t->place_tracks);
    for (uint32_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "sequence %u", i + 1);
        t->place_tracks[i] = ifc_timeline_track(t->timeline, track, name);
    }
    ifc_event_listen_request(&rec->host->events, request, t);
}

void ifc__trace_places_end(ifc__trace *t, ifc_time now)
{
    uint32_t n = t->place_tracks ? t->serving->n_places : 0;
    for (uint32_t i = 0; i < n; i++) {
        const ifc_served *p = &t->serving->places[i];
        const ifc_request_row *r = p->row == IFC_NO_ROW ? NULL : &t->serving->rows[p->row];
        if (r && r->start >= 0)
            write_part(t, i, r, r->first_token >= 0, now);
    }
}
