#include "platform/common/memory.h"
#include "platform/observe/timeline_internal.h"

#include <stdlib.h>
#include <string.h>

#include "platform/observe/output.h"

static const ifc__timeline_format *const formats[] = {
    &ifc__timeline_pftrace,
    &ifc__timeline_pftrace_gz,
    &ifc__timeline_vcd,
    &ifc__timeline_csv,
};

static const ifc__timeline_format *format_of(const char *file)
{
    size_t length = strlen(file);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (length > strlen(formats[i]->ending) && ifc_ends_in(file, formats[i]->ending))
            return formats[i];
    }
    return NULL;
}

ifc_status ifc_timeline_open(ifc_timeline **out, const ifc_timeline_options *options, ifc_error *err)
{
    const ifc__timeline_format *format = format_of(options->file);
    if (!format)
        return ifc_fail(err, IFC_EUSAGE,
                        "timeline '%s': unknown ending; known are .pftrace, .pftrace.gz, .vcd, .csv",
                        options->file);
    ifc_timeline *t = ifc_alloc_zero(1, sizeof *t);
    t->format = format;
    t->options = *options;
    t->file = strdup(options->file);
    IFC_BUG_ON(!t->file, "out of memory for a timeline");
    t->options.file = t->file;
    if (options->by_token)
        t->options.begin = t->options.end = IFC_TIME_MAX; /* until its first token begins */
    ifc_status status = format->open(t, err);
    if (status != IFC_OK) {
        free(t->file);
        free(t);
        return status;
    }
    *out = t;
    return IFC_OK;
}

int ifc_timeline_level(const ifc_timeline *t)
{
    return t->options.level;
}

void ifc_timeline_token_begin(ifc_timeline *t, uint32_t token, ifc_time now)
{
    const ifc_timeline_options *o = &t->options;
    if (o->by_token && token == o->first_token && (!o->by_layer || o->first_layer == 0))
        t->options.begin = now;
}

void ifc_timeline_layer_end(ifc_timeline *t, uint32_t token, uint32_t layer, ifc_time now)
{
    const ifc_timeline_options *o = &t->options;
    if (!o->by_layer || token != o->first_token)
        return;
    if (layer == o->last_layer)
        t->options.end = now;
    else if (o->first_layer > 0 && layer == o->first_layer - 1)
        t->options.begin = now;
}

uint64_t ifc_timeline_bytes(const ifc_timeline *t)
{
    return ifc__out_bytes(t->out);
}

void ifc_timeline_token_end(ifc_timeline *t, uint32_t token, ifc_time now)
{
    if (t->options.by_token && token == t->options.last_token && t->options.end == IFC_TIME_MAX)
        t->options.end = now;
}

uint64_t ifc_timeline_dropped(const ifc_timeline *t)
{
    return t->dropped;
}

void ifc__timeline_mark(ifc_timeline *t, ifc_time time, const char *text)
{
    t->format->mark(t, time, text);
}

/* A copy without control characters: every format has one record per line or per packet. */
static char *printable(const char *text)
{
    char *copy = strdup(text);
    IFC_BUG_ON(!copy, "out of memory for a timeline track");
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = '_';
    return copy;
}

static uint32_t add_track(ifc_timeline *t, uint32_t parent, const char *name, const char *unit)
{
    IFC_BUG_ON(parent > t->n_tracks, "timeline track '%s': no parent %u", name, parent);
    if (t->n_tracks + 1 >= t->room) {
        t->room = t->room ? t->room * 2 : 64;
        t->tracks = ifc_resize(t->tracks, t->room, sizeof *t->tracks);
    }
    ifc__track *track = &t->tracks[++t->n_tracks];
    *track = (ifc__track){.parent = parent, .name = printable(name), .unit = unit ? printable(unit) : NULL};
    t->format->track(t, t->n_tracks);
    return t->n_tracks;
}

uint32_t ifc_timeline_track(ifc_timeline *t, uint32_t parent, const char *name)
{
    return add_track(t, parent, name, NULL);
}

uint32_t ifc_timeline_counter_track(ifc_timeline *t, uint32_t parent, const char *name, const char *unit)
{
    return add_track(t, parent, name, unit ? unit : "");
}

/* One more event; at the cap the recording stops, once with a message and a mark. */
static bool admit(ifc_timeline *t, ifc_time time)
{
    if (t->options.max_events == 0 || t->events < t->options.max_events) {
        t->events++;
        return true;
    }
    if (t->dropped++ == 0) {
        char text[128];
        snprintf(text, sizeof text, "recording cut: cap of %llu events reached",
                 (unsigned long long)t->options.max_events);
        fprintf(stderr, "ifcsim: warning: timeline %s: %s at %lld ps; what follows is missing\n", t->file,
                text, (long long)time);
        ifc__timeline_mark(t, time, text);
    }
    return false;
}

void ifc_timeline_slice(ifc_timeline *t, uint32_t track, const char *name, ifc_time begin, ifc_time end,
                        const ifc_slice_args *args, uint64_t flow_in, uint64_t flow_out)
{
    static const ifc_slice_args none = IFC_SLICE_ARGS_INIT;
    IFC_BUG_ON(track == 0 || track > t->n_tracks || t->tracks[track].unit, "slice '%s': no track %u", name,
               track);
    ifc__track *at = &t->tracks[track];
    IFC_BUG_ON(begin < at->last || end < begin, "slice '%s' [%lld, %lld] ps on track '%s' used until %lld",
               name, (long long)begin, (long long)end, at->name, (long long)at->last);
    at->last = end;
    t->last = ifc_time_max(t->last, end);
    if (end < t->options.begin || begin > t->options.end || !admit(t, begin))
        return;
    const ifc__slice slice = {track, name, begin, end, args ? args : &none, flow_in, flow_out};
    t->format->slice(t, &slice);
}

static void write_counter(ifc_timeline *t, uint32_t track, ifc_time time, int64_t value)
{
    if (admit(t, time))
        t->format->counter(t, track, time, value);
}

/* The value that a counter had when the window opened. */
static void write_value_before(ifc_timeline *t, uint32_t track, ifc_time next)
{
    ifc__track *at = &t->tracks[track];
    if (at->has_before && next > t->options.begin)
        write_counter(t, track, t->options.begin, at->before);
    at->has_before = false;
}

void ifc_timeline_counter(ifc_timeline *t, uint32_t track, ifc_time time, int64_t value)
{
    IFC_BUG_ON(track == 0 || track > t->n_tracks || !t->tracks[track].unit, "no counter track %u", track);
    ifc__track *at = &t->tracks[track];
    IFC_BUG_ON(time < at->last, "counter '%s' goes back to %lld ps", at->name, (long long)time);
    at->last = time;
    t->last = ifc_time_max(t->last, time);
    if (time < t->options.begin) {
        at->before = value;
        at->has_before = true;
        return;
    }
    write_value_before(t, track, time);
    if (time <= t->options.end)
        write_counter(t, track, time, value);
}

void ifc_timeline_ends_early(ifc_timeline *t, const char *why)
{
    size_t used = strlen(t->end_remarks);
    snprintf(t->end_remarks + used, sizeof t->end_remarks - used, "; %s", why);
}

void ifc_timeline_ran_until(ifc_timeline *t, ifc_time end)
{
    if (end >= t->options.begin)
        t->last = ifc_time_max(t->last, end < t->options.end ? end : t->options.end);
}

static void mark_end(ifc_timeline *t)
{
    char text[sizeof IFC__TIMELINE_END + sizeof t->end_remarks], missing[64];
    snprintf(missing, sizeof missing, "%llu events are missing", (unsigned long long)t->dropped);
    if (t->dropped > 0)
        ifc_timeline_ends_early(t, missing);
    snprintf(text, sizeof text, "%s%s", IFC__TIMELINE_END, t->end_remarks);
    ifc__timeline_mark(t, t->last, text);
}

ifc_status ifc_timeline_close(ifc_timeline *t, ifc_error *err)
{
    for (uint32_t id = 1; id <= t->n_tracks; id++)
        write_value_before(t, id, IFC_TIME_MAX);
    char layer[32] = "";
    if (t->options.by_layer)
        snprintf(layer, sizeof layer, ", layer %u,", t->options.first_layer);
    if (t->options.begin == IFC_TIME_MAX)
        fprintf(stderr, "ifcsim: warning: timeline %s: empty, token %u%s has not begun in this run\n",
                t->file, t->options.first_token, layer);
    if (t->dropped > 0)
        fprintf(stderr, "ifcsim: warning: timeline %s: %llu events recorded, %llu after them are missing\n",
                t->file, (unsigned long long)t->events, (unsigned long long)t->dropped);
    mark_end(t);
    ifc_status status = t->format->close(t, err);
    for (uint32_t id = 1; id <= t->n_tracks; id++) {
        free(t->tracks[id].name);
        free(t->tracks[id].unit);
    }
    free(t->tracks);
    free(t->file);
    free(t);
    return status;
}
