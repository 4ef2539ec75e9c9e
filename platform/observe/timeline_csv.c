/** CSV of tracks, slices and counters: one row each, streamed in the order in which they are reported. */
#include "platform/observe/timeline_csv.h"
#include "platform/common/memory.h"

#include <stdlib.h>
#include <string.h>

#include "platform/observe/timeline_internal.h"

typedef struct csv {
    ifc__out out;
    ifc__strings paths; /* by track id - 1 */
} csv;

static unsigned char *put_text(unsigned char *at, const char *text)
{
    size_t length = strlen(text);
    if (!text[strcspn(text, ",\"\r\n")]) {
        memcpy(at, text, length);
        return at + length;
    }
    *at++ = '"';
    for (; *text; text++) {
        if (*text == '"')
            *at++ = '"';
        *at++ = (unsigned char)*text;
    }
    *at++ = '"';
    return at;
}

static size_t text_bound(const char *text)
{
    return text ? 2 * strlen(text) + 3 : 1;
}

static unsigned char *put_optional(unsigned char *at, int64_t value)
{
    *at++ = ',';
    return value < 0 ? at : ifc__put_int(at, value);
}

static unsigned char *put_field(unsigned char *at, const char *text)
{
    *at++ = ',';
    return text ? put_text(at, text) : at;
}

/* Flow ids are unsigned; 0 is none. */
static unsigned char *put_flow(unsigned char *at, uint64_t id)
{
    *at++ = ',';
    if (id > INT64_MAX)
        return at + sprintf((char *)at, "%llu", (unsigned long long)id);
    return id ? ifc__put_int(at, (int64_t)id) : at;
}

static ifc_status csv_open(ifc_timeline *t, ifc_error *err)
{
    csv *c = ifc_alloc_zero(1, sizeof *c);
    ifc_status status = ifc__out_open(&c->out, t->file, false, err);
    if (status != IFC_OK) {
        free(c);
        return status;
    }
    t->state = c;
    t->out = &c->out;
    ifc__out_printf(&c->out, "%s\n", IFC__CSV_HEADER);
    return IFC_OK;
}

/* "parent/name" with '%' and '/' of the name escaped; owned by the caller. */
static char *path_of(const csv *c, const ifc__track *track)
{
    const char *parent = track->parent ? c->paths.text[track->parent - 1] : "";
    char *path = ifc_alloc_zero(strlen(parent) + 3 * strlen(track->name) + 2, 1);
    char *at = path + sprintf(path, "%s%s", parent, track->parent ? "/" : "");
    for (const char *n = track->name; *n; n++) {
        if (*n == '/' || *n == '%')
            at += sprintf(at, "%%%02X", (unsigned)*n);
        else
            *at++ = *n;
    }
    return path;
}

static void csv_track(ifc_timeline *t, uint32_t id)
{
    csv *c = t->state;
    const ifc__track *track = &t->tracks[id];
    char *path = path_of(c, track);
    uint32_t known = ifc__intern(&c->paths, path);
    IFC_BUG_ON(known != id - 1, "two timeline tracks are named '%s'", path);
    unsigned char *start = ifc__out_room(&c->out, text_bound(path) + text_bound(track->unit) + 64),
                  *at = start;
    at += sprintf((char *)at, "%s,", track->unit ? "counter_track" : "track");
    at = put_text(at, path);
    at = put_field(at, track->unit);
    at += sprintf((char *)at, ",,,,,,,,,,,,,\n");
    c->out.used += (size_t)(at - start);
    free(path);
}

static void csv_slice(ifc_timeline *t, const ifc__slice *slice)
{
    csv *c = t->state;
    const ifc_slice_args *a = slice->args;
    const char *path = c->paths.text[slice->track - 1];
    size_t bound = text_bound(path) + text_bound(slice->name) + text_bound(a->operator_name) +
                   text_bound(a->traffic_class) + 11 * 21 + 16;
    unsigned char *start = ifc__out_room(&c->out, bound), *at = start;
    memcpy(at, "slice,", 6);
    at = put_text(at + 6, path);
    at = put_field(at, slice->name);
    at = put_optional(at, slice->begin);
    at = put_optional(at, slice->end);
    *at++ = ',';
    at = put_optional(at, a->token);
    at = put_optional(at, a->layer);
    at = put_optional(at, a->head_group);
    at = put_optional(at, a->bytes);
    at = put_optional(at, a->pages);
    at = put_optional(at, a->txn);
    at = put_field(at, a->operator_name);
    at = put_field(at, a->traffic_class);
    at = put_flow(at, slice->flow_in);
    at = put_flow(at, slice->flow_out);
    *at++ = '\n';
    c->out.used += (size_t)(at - start);
}

static void csv_counter(ifc_timeline *t, uint32_t track, ifc_time time, int64_t value)
{
    csv *c = t->state;
    const char *path = c->paths.text[track - 1];
    unsigned char *start = ifc__out_room(&c->out, text_bound(path) + 80), *at = start;
    memcpy(at, "counter,", 8);
    at = put_text(at + 8, path);
    *at++ = ',';
    at = put_optional(at, time);
    *at++ = ',';
    *at++ = ',';
    at = ifc__put_int(at, value);
    memcpy(at, ",,,,,,,,,,\n", 11);
    c->out.used += (size_t)(at + 11 - start);
}

static void csv_mark(ifc_timeline *t, ifc_time time, const char *text)
{
    csv *c = t->state;
    unsigned char *start = ifc__out_room(&c->out, text_bound(text) + 64), *at = start;
    at += sprintf((char *)at, "mark,,");
    at = put_text(at, text);
    at = put_optional(at, time);
    at += sprintf((char *)at, ",,,,,,,,,,,,\n");
    c->out.used += (size_t)(at - start);
}

static ifc_status csv_close(ifc_timeline *t, ifc_error *err)
{
    csv *c = t->state;
    ifc_status status = ifc__out_close(&c->out, err);
    ifc__strings_fini(&c->paths);
    free(c);
    return status;
}

const ifc__timeline_format ifc__timeline_csv = {
    .ending = ".csv",
    .open = csv_open,
    .track = csv_track,
    .slice = csv_slice,
    .counter = csv_counter,
    .mark = csv_mark,
    .close = csv_close,
};
