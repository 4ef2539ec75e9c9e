/** Perfetto traces as timeline_pftrace.c writes them, plain or gzip; packets of others are refused. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "perfetto.pb-c.h"
#include "platform/common/memory.h"
#include "platform/observe/timeline_internal.h"
#include "platform/observe/timeline_pftrace.h"

/* A slice that has begun. */
typedef struct opened {
    bool open;
    uint32_t name;
    ifc_time begin;
    ifc_slice_args args;
    uint64_t flow_in, flow_out;
} opened;

typedef struct pf_reader {
    ifc__reader *r;
    opened *tracks; /* owned; by track id */
    uint32_t n_tracks;
    bool rooted;
    uint32_t *names, *values; /* owned; interned id - 1 -> id in r->names */
    uint32_t n_names, n_values;
    unsigned char *packet; /* owned */
    size_t room;
} pf_reader;

/* Return: 1 and a byte; 0 at the end of the file. */
static int next_byte(pf_reader *p, unsigned char *byte)
{
    int c = gzgetc(p->r->in);
    *byte = (unsigned char)c;
    return c >= 0;
}

static ifc_status unreadable(pf_reader *p)
{
    int code = Z_OK;
    const char *why = gzerror(p->r->in, &code);
    if (code == Z_ERRNO)
        why = strerror(errno);
    return ifc__read_fail(p->r, "%s", code == Z_OK || code == Z_STREAM_END ? "ends inside a packet" : why);
}

/* The next packet's bytes. *size SIZE_MAX at the end of the file. */
static ifc_status next_packet(pf_reader *p, size_t *size)
{
    unsigned char byte;
    size_t length = 0;
    int shift = 0;
    if (!next_byte(p, &byte)) {
        int code = Z_OK;
        gzerror(p->r->in, &code);
        *size = SIZE_MAX;
        return code == Z_OK || code == Z_STREAM_END ? IFC_OK : unreadable(p);
    }
    if (byte != 0x0a)
        return ifc__read_fail(p->r, "not a Perfetto trace: a field that is not a packet");
    do {
        if (!next_byte(p, &byte))
            return unreadable(p);
        length |= (size_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80 && shift < 35);
    if (length > IFC__READ_LIMIT)
        return ifc__read_fail(p->r, "a packet of %zu bytes; at most %d are expected", length,
                              IFC__READ_LIMIT);
    if (length > p->room) {
        p->packet = ifc_resize(p->packet, length, 1);
        p->room = length;
    }
    if (length > 0 && gzread(p->r->in, p->packet, (unsigned)length) != (int)length)
        return unreadable(p);
    *size = length;
    return IFC_OK;
}

/* One more interned text: numbers count from 1 in order of first use. */
static ifc_status learn(pf_reader *p, uint32_t **table, uint32_t *n, uint64_t iid, const char *text,
                        size_t length)
{
    char name[IFC__READ_NAME];
    if (iid != *n + 1ull || length >= sizeof name || memchr(text, '\0', length))
        return ifc__read_fail(p->r, "not written by IFCSim: an interned name out of order or too long");
    memcpy(name, text, length);
    name[length] = '\0';
    *table = ifc_resize(*table, *n + 1u, sizeof **table);
    (*table)[(*n)++] = ifc__intern(&p->r->names, name);
    return IFC_OK;
}

static ifc_status read_interned(pf_reader *p, const Ifc__Pf__InternedData *data)
{
    ifc_status status = IFC_OK;
    for (size_t i = 0; i < data->n_event_names && status == IFC_OK; i++) {
        const Ifc__Pf__InternedName *name = data->event_names[i];
        const char *text = name->name ? name->name : "";
        status = learn(p, &p->names, &p->n_names, name->iid, text, strlen(text));
    }
    for (size_t i = 0; i < data->n_debug_annotation_string_values && status == IFC_OK; i++) {
        const Ifc__Pf__InternedBytes *value = data->debug_annotation_string_values[i];
        const char *text = value->str.len > 0 ? (const char *)value->str.data : "";
        status = learn(p, &p->values, &p->n_values, value->iid, text, value->str.len);
    }
    return status;
}

static ifc_status declare(pf_reader *p, const Ifc__Pf__TrackDescriptor *d, const char *name)
{
    const char *unit = NULL;
    if (d->counter)
        unit = d->counter->unit_name ? d->counter->unit_name : "";
    ifc_status status = ifc__read_track(p->r, (uint32_t)(d->parent_uuid - IFC__PF_ROOT), name, unit);
    if (status != IFC_OK)
        return status;
    p->n_tracks++;
    p->tracks = ifc_resize(p->tracks, p->n_tracks + 1u, sizeof *p->tracks);
    p->tracks[p->n_tracks] = (opened){.open = false};
    return IFC_OK;
}

static ifc_status read_track(pf_reader *p, const Ifc__Pf__TrackDescriptor *d)
{
    const char *name = d->name ? d->name : "";
    if (!p->rooted) {
        if (d->uuid != IFC__PF_ROOT || strcmp(name, IFC__PF_ROOT_NAME) != 0)
            return ifc__read_fail(p->r, "not written by IFCSim: the first track is not '%s'",
                                  IFC__PF_ROOT_NAME);
        p->rooted = true;
        return IFC_OK;
    }
    if (d->uuid != IFC__PF_ROOT + p->n_tracks + 1ull || d->parent_uuid < IFC__PF_ROOT ||
        d->parent_uuid >= d->uuid)
        return ifc__read_fail(p->r, "not written by IFCSim: track '%.60s' out of order", name);
    return declare(p, d, name);
}

static ifc_status read_arguments(pf_reader *p, const Ifc__Pf__TrackEvent *event, ifc_slice_args *args)
{
    int64_t *const numbers[] = {&args->token, &args->layer, &args->head_group,
                                &args->bytes, &args->pages, &args->txn};
    const char **const texts[] = {&args->operator_name, &args->traffic_class};
    enum { NUMBERS = sizeof numbers / sizeof numbers[0] };
    for (size_t i = 0; i < event->n_debug_annotations; i++) {
        const Ifc__Pf__DebugAnnotation *a = event->debug_annotations[i];
        uint64_t which = a->name_iid - 1, value = a->string_value_iid - 1;
        if (which >= IFC__PF_N_ARGUMENTS || (which >= NUMBERS && value >= p->n_values))
            return ifc__read_fail(p->r, "not written by IFCSim: an unknown argument");
        if (which < NUMBERS)
            *numbers[which] = a->int_value;
        else
            *texts[which - NUMBERS] = p->r->names.text[p->values[value]];
    }
    return IFC_OK;
}

static ifc_status begin_slice(pf_reader *p, const Ifc__Pf__Packet *packet, uint32_t track, ifc_time time)
{
    const Ifc__Pf__TrackEvent *event = packet->track_event;
    opened *o = &p->tracks[track];
    if (o->open || event->name_iid == 0 || event->name_iid > p->n_names)
        return ifc__read_fail(p->r, "a slice without a name or inside another at %lld ps", (long long)time);
    *o = (opened){.open = true, .name = p->names[event->name_iid - 1], .begin = time};
    o->args = IFC_SLICE_ARGS_NONE;
    if (event->n_flow_ids > 0)
        o->flow_out = event->flow_ids[0];
    if (event->n_terminating_flow_ids > 0)
        o->flow_in = event->terminating_flow_ids[0];
    else if (packet->sequence_flags & IFC__PF_FLOW_PASSES)
        o->flow_in = o->flow_out;
    return read_arguments(p, event, &o->args);
}

static ifc_status end_slice(pf_reader *p, uint32_t track, ifc_time time)
{
    opened *o = &p->tracks[track];
    if (!o->open)
        return ifc__read_fail(p->r, "the end of no slice at %lld ps", (long long)time);
    o->open = false;
    const ifc__slice slice = {track,      p->r->names.text[o->name], o->begin, time, &o->args, o->flow_in,
                              o->flow_out};
    return ifc__read_slice(p->r, &slice);
}

static ifc_status read_event(pf_reader *p, const Ifc__Pf__Packet *packet)
{
    const Ifc__Pf__TrackEvent *event = packet->track_event;
    uint64_t track = event->track_uuid - IFC__PF_ROOT;
    ifc_time time = (ifc_time)packet->timestamp;
    bool mark = event->type == IFC__PF__TRACK_EVENT__TYPE__INSTANT;
    if (!p->rooted || track > p->n_tracks || (track == 0) != mark || time < 0)
        return ifc__read_fail(p->r, "not written by IFCSim: an event on an unknown track");
    switch (event->type) {
    case IFC__PF__TRACK_EVENT__TYPE__SLICE_BEGIN:
        return begin_slice(p, packet, (uint32_t)track, time);
    case IFC__PF__TRACK_EVENT__TYPE__SLICE_END:
        return end_slice(p, (uint32_t)track, time);
    case IFC__PF__TRACK_EVENT__TYPE__COUNTER:
        return ifc__read_counter(p->r, (uint32_t)track, time, event->counter_value);
    default:
        if (!mark || event->name_iid == 0 || event->name_iid > p->n_names)
            return ifc__read_fail(p->r, "not written by IFCSim: an event of an unknown type");
        return ifc__read_mark(p->r, time, p->r->names.text[p->names[event->name_iid - 1]]);
    }
}

static ifc_status read_packet(pf_reader *p, size_t size)
{
    Ifc__Pf__Packet *packet = ifc__pf__packet__unpack(NULL, size, p->packet);
    if (!packet)
        return ifc__read_fail(p->r, "a packet that is not a Perfetto trace's");
    ifc_status status = IFC_OK;
    if (packet->interned_data)
        status = read_interned(p, packet->interned_data);
    if (status == IFC_OK && packet->track_descriptor)
        status = read_track(p, packet->track_descriptor);
    if (status == IFC_OK && packet->track_event)
        status = read_event(p, packet);
    ifc__pf__packet__free_unpacked(packet, NULL);
    return status;
}

static ifc_status check_ends(const pf_reader *p)
{
    for (uint32_t id = 1; id <= p->n_tracks; id++)
        if (p->tracks[id].open)
            return ifc__read_fail(p->r, "slice '%s' at %lld ps has no end",
                                  p->r->names.text[p->tracks[id].name], (long long)p->tracks[id].begin);
    return p->rooted ? IFC_OK : ifc__read_fail(p->r, "not a timeline of IFCSim: no tracks");
}

ifc_status ifc__read_pftrace(ifc__reader *r)
{
    pf_reader p = {.r = r};
    size_t size = 0;
    ifc_status status;
    while ((status = next_packet(&p, &size)) == IFC_OK && size != SIZE_MAX)
        if ((status = read_packet(&p, size)) != IFC_OK)
            break;
    if (status == IFC_OK)
        status = check_ends(&p);
    free(p.tracks);
    free(p.names);
    free(p.values);
    free(p.packet);
    return status;
}
