/**
 * Perfetto TrackEvent protobuf, plain or gzip. A timestamp there counts nanoseconds; ours are picoseconds and
 * are written unscaled, so one shown nanosecond is one simulated picosecond and nothing is rounded. The name
 * of the root track says so in every viewer.
 */
#include "platform/common/memory.h"
#include "platform/observe/timeline_internal.h"

#include <stdlib.h>
#include <string.h>

#include "perfetto.pb-c.h"
#include "platform/observe/timeline_pftrace.h"

#define SEQUENCE     1
#define PACKET_BOUND 640 /* of a track event: nothing in it but numbers; the event itself fits half of it */

typedef struct pftrace {
    ifc__out out;
    ifc__strings names;  /* of events; iid = id + 1 */
    ifc__strings values; /* of annotations */
} pftrace;

const char *const ifc__pf_argument_names[IFC__PF_N_ARGUMENTS] = {
    "token", "layer", "head_group", "bytes", "pages", "txn", "operator", "class",
};

static void emit(pftrace *p, const Ifc__Pf__Packet *packet)
{
    enum { HEADER = 6 }; /* tag and the longest length */
    unsigned char *at = ifc__out_room(&p->out, protobuf_c_message_get_packed_size(&packet->base) + HEADER);
    size_t size = protobuf_c_message_pack(&packet->base, at + HEADER);
    unsigned char *put = at;
    *put++ = 0x0a; /* field 1, length-delimited: a packet of a trace */
    size_t rest = size;
    for (; rest >= 0x80; rest >>= 7)
        *put++ = (unsigned char)(rest | 0x80);
    *put++ = (unsigned char)rest;
    memmove(put, at + HEADER, size);
    p->out.used += (size_t)(put - at) + size;
}

static Ifc__Pf__Packet packet_of_sequence(void)
{
    Ifc__Pf__Packet packet = IFC__PF__PACKET__INIT;
    packet.has_trusted_packet_sequence_id = 1;
    packet.trusted_packet_sequence_id = SEQUENCE;
    return packet;
}

static void emit_interned(pftrace *p, Ifc__Pf__InternedData *data, uint32_t flags)
{
    Ifc__Pf__Packet packet = packet_of_sequence();
    packet.has_sequence_flags = 1;
    packet.sequence_flags = flags;
    packet.interned_data = data;
    emit(p, &packet);
}

static uint64_t name_iid(pftrace *p, const char *text)
{
    uint32_t known = p->names.count, id = ifc__intern(&p->names, text);
    if (id >= known) {
        Ifc__Pf__InternedName name = IFC__PF__INTERNED_NAME__INIT, *names = &name;
        Ifc__Pf__InternedData data = IFC__PF__INTERNED_DATA__INIT;
        name.has_iid = 1;
        name.iid = id + 1;
        name.name = p->names.text[id];
        data.n_event_names = 1;
        data.event_names = &names;
        emit_interned(p, &data, IFC__PF_STATE_NEEDED);
    }
    return id + 1;
}

static uint64_t value_iid(pftrace *p, const char *text)
{
    uint32_t known = p->values.count, id = ifc__intern(&p->values, text);
    if (id >= known) {
        Ifc__Pf__InternedBytes value = IFC__PF__INTERNED_BYTES__INIT, *values = &value;
        Ifc__Pf__InternedData data = IFC__PF__INTERNED_DATA__INIT;
        value.has_iid = value.has_str = 1;
        value.iid = id + 1;
        value.str.len = strlen(p->values.text[id]);
        value.str.data = (uint8_t *)p->values.text[id];
        data.n_debug_annotation_string_values = 1;
        data.debug_annotation_string_values = &values;
        emit_interned(p, &data, IFC__PF_STATE_NEEDED);
    }
    return id + 1;
}

/* The first packet: the names of the arguments, and from here on interned data holds. */
static void emit_argument_names(pftrace *p)
{
    Ifc__Pf__InternedName names[IFC__PF_N_ARGUMENTS], *list[IFC__PF_N_ARGUMENTS];
    Ifc__Pf__InternedData data = IFC__PF__INTERNED_DATA__INIT;
    for (size_t i = 0; i < IFC__PF_N_ARGUMENTS; i++) {
        ifc__pf__interned_name__init(&names[i]);
        names[i].has_iid = 1;
        names[i].iid = i + 1;
        names[i].name = (char *)ifc__pf_argument_names[i];
        list[i] = &names[i];
    }
    data.n_debug_annotation_names = IFC__PF_N_ARGUMENTS;
    data.debug_annotation_names = list;
    emit_interned(p, &data, IFC__PF_STATE_CLEARED);
}

static void emit_descriptor(pftrace *p, const Ifc__Pf__TrackDescriptor *descriptor)
{
    Ifc__Pf__Packet packet = packet_of_sequence();
    packet.track_descriptor = (Ifc__Pf__TrackDescriptor *)descriptor;
    emit(p, &packet);
}

static ifc_status pftrace_start(ifc_timeline *t, bool gzip, ifc_error *err)
{
    pftrace *p = ifc_alloc_zero(1, sizeof *p);
    ifc_status status = ifc__out_open(&p->out, t->file, gzip, err);
    if (status != IFC_OK) {
        free(p);
        return status;
    }
    t->state = p;
    t->out = &p->out;
    emit_argument_names(p);
    Ifc__Pf__TrackDescriptor root = IFC__PF__TRACK_DESCRIPTOR__INIT;
    root.has_uuid = root.has_child_ordering = 1;
    root.uuid = IFC__PF_ROOT;
    root.name = (char *)IFC__PF_ROOT_NAME;
    root.child_ordering = IFC__PF__TRACK_DESCRIPTOR__CHILD_ORDER__EXPLICIT;
    emit_descriptor(p, &root);
    return IFC_OK;
}

static ifc_status pftrace_open(ifc_timeline *t, ifc_error *err)
{
    return pftrace_start(t, false, err);
}

static ifc_status pftrace_gz_open(ifc_timeline *t, ifc_error *err)
{
    return pftrace_start(t, true, err);
}

static void pftrace_track(ifc_timeline *t, uint32_t id)
{
    const ifc__track *track = &t->tracks[id];
    Ifc__Pf__TrackDescriptor descriptor = IFC__PF__TRACK_DESCRIPTOR__INIT;
    Ifc__Pf__CounterDescriptor counter = IFC__PF__COUNTER_DESCRIPTOR__INIT;
    descriptor.has_uuid = descriptor.has_parent_uuid = descriptor.has_sibling_order_rank = 1;
    descriptor.uuid = IFC__PF_ROOT + id;
    descriptor.parent_uuid = IFC__PF_ROOT + track->parent;
    descriptor.name = track->name;
    descriptor.sibling_order_rank = (int32_t)id;
    if (track->unit) {
        counter.unit_name = track->unit;
        descriptor.counter = &counter;
    } else {
        descriptor.has_child_ordering = 1;
        descriptor.child_ordering = IFC__PF__TRACK_DESCRIPTOR__CHILD_ORDER__EXPLICIT;
    }
    emit_descriptor(t->state, &descriptor);
}

/*
 * Track events are nearly all of a trace and are encoded here: numbers, in the order of perfetto.proto, as
 * libprotobuf-c would write them, without its walk over descriptors. The names below are the fields' numbers
 * there.
 */
enum packet_field { PACKET_TIMESTAMP = 8, PACKET_SEQUENCE = 10, PACKET_EVENT = 11, PACKET_FLAGS = 13 };
enum event_field {
    EVENT_ANNOTATION = 4,
    EVENT_TYPE = 9,
    EVENT_NAME = 10,
    EVENT_TRACK = 11,
    EVENT_COUNTER = 30,
    EVENT_FLOW = 47,
    EVENT_FLOW_END = 48
};
enum annotation_field { ANNOTATION_NAME = 1, ANNOTATION_INT = 4, ANNOTATION_TEXT = 17 };
enum wire { WIRE_VARINT, WIRE_FIXED64, WIRE_BYTES };

static unsigned char *put_varint(unsigned char *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (unsigned char)(value | 0x80);
    *at++ = (unsigned char)value;
    return at;
}

static unsigned char *put_number(unsigned char *at, uint32_t field, uint64_t value)
{
    return put_varint(put_varint(at, field << 3 | WIRE_VARINT), value);
}

static unsigned char *put_fixed64(unsigned char *at, uint32_t field, uint64_t value)
{
    at = put_varint(at, field << 3 | WIRE_FIXED64);
    for (int shift = 0; shift < 64; shift += 8)
        *at++ = (unsigned char)(value >> shift);
    return at;
}

/* A packet around the track event that lies in [@event, @end). */
static void emit_event(pftrace *p, const unsigned char *event, const unsigned char *end, ifc_time time,
                       uint32_t flags)
{
    enum { HEADER = 3 }; /* tag and a length below 2^14 */
    unsigned char *at = ifc__out_room(&p->out, PACKET_BOUND + HEADER), *body = at + HEADER, *put = body;
    size_t length = (size_t)(end - event);
    put = put_number(put, PACKET_TIMESTAMP, (uint64_t)time);
    put = put_number(put, PACKET_SEQUENCE, SEQUENCE);
    put = put_varint(put_varint(put, PACKET_EVENT << 3 | WIRE_BYTES), length);
    memcpy(put, event, length);
    put = put_number(put + length, PACKET_FLAGS, IFC__PF_STATE_NEEDED | flags);
    size_t size = (size_t)(put - body);
    unsigned char *from = at;
    *from++ = 1 << 3 | WIRE_BYTES; /* a packet of a trace */
    from = put_varint(from, size);
    memmove(from, body, size);
    p->out.used += (size_t)(from - at) + size;
}

static unsigned char *put_annotation(unsigned char *at, size_t argument, uint32_t field, uint64_t value)
{
    unsigned char inner[32], *end = put_number(inner, ANNOTATION_NAME, argument + 1);
    end = put_number(end, field, value);
    at = put_varint(at, EVENT_ANNOTATION << 3 | WIRE_BYTES);
    at = put_varint(at, (uint64_t)(end - inner));
    memcpy(at, inner, (size_t)(end - inner));
    return at + (end - inner);
}

/* The arguments that are there. */
static unsigned char *put_arguments(pftrace *p, unsigned char *at, const ifc_slice_args *args)
{
    const int64_t numbers[] = {args->token, args->layer, args->head_group,
                               args->bytes, args->pages, args->txn};
    const char *const texts[] = {args->operator_name, args->traffic_class};
    enum { NUMBERS = sizeof numbers / sizeof numbers[0], TEXTS = sizeof texts / sizeof texts[0] };
    for (size_t i = 0; i < NUMBERS; i++)
        if (numbers[i] >= 0)
            at = put_annotation(at, i, ANNOTATION_INT, (uint64_t)numbers[i]);
    for (size_t i = 0; i < TEXTS; i++)
        if (texts[i])
            at = put_annotation(at, NUMBERS + i, ANNOTATION_TEXT, value_iid(p, texts[i]));
    return at;
}

static unsigned char *put_type_and_track(unsigned char *at, int type, uint64_t name, uint32_t track)
{
    at = put_number(at, EVENT_TYPE, (uint64_t)type);
    if (name)
        at = put_number(at, EVENT_NAME, name);
    return put_number(at, EVENT_TRACK, IFC__PF_ROOT + (uint64_t)track);
}

static void pftrace_slice(ifc_timeline *t, const ifc__slice *slice)
{
    pftrace *p = t->state;
    uint64_t name = name_iid(p, slice->name);
    unsigned char event[PACKET_BOUND / 2], *at = put_arguments(p, event, slice->args);
    bool passes = slice->flow_in && slice->flow_in == slice->flow_out;
    at = put_type_and_track(at, IFC__PF__TRACK_EVENT__TYPE__SLICE_BEGIN, name, slice->track);
    if (slice->flow_out)
        at = put_fixed64(at, EVENT_FLOW, slice->flow_out);
    if (slice->flow_in && !passes)
        at = put_fixed64(at, EVENT_FLOW_END, slice->flow_in);
    emit_event(p, event, at, slice->begin, passes ? IFC__PF_FLOW_PASSES : 0);
    at = put_type_and_track(event, IFC__PF__TRACK_EVENT__TYPE__SLICE_END, 0, slice->track);
    emit_event(p, event, at, slice->end, 0);
}

static void pftrace_counter(ifc_timeline *t, uint32_t track, ifc_time time, int64_t value)
{
    unsigned char event[PACKET_BOUND / 2],
        *at = put_type_and_track(event, IFC__PF__TRACK_EVENT__TYPE__COUNTER, 0, track);
    at = put_number(at, EVENT_COUNTER, (uint64_t)value);
    emit_event(t->state, event, at, time, 0);
}

static void pftrace_mark(ifc_timeline *t, ifc_time time, const char *text)
{
    uint64_t name = name_iid(t->state, text);
    unsigned char event[PACKET_BOUND / 2],
        *at = put_type_and_track(event, IFC__PF__TRACK_EVENT__TYPE__INSTANT, name, 0);
    emit_event(t->state, event, at, time, 0);
}

static ifc_status pftrace_close(ifc_timeline *t, ifc_error *err)
{
    pftrace *p = t->state;
    ifc_status status = ifc__out_close(&p->out, err);
    ifc__strings_fini(&p->names);
    ifc__strings_fini(&p->values);
    free(p);
    return status;
}

const ifc__timeline_format ifc__timeline_pftrace = {
    .ending = ".pftrace",
    .open = pftrace_open,
    .track = pftrace_track,
    .slice = pftrace_slice,
    .counter = pftrace_counter,
    .mark = pftrace_mark,
    .close = pftrace_close,
};

const ifc__timeline_format ifc__timeline_pftrace_gz = {
    .ending = ".pftrace.gz",
    .open = pftrace_gz_open,
    .track = pftrace_track,
    .slice = pftrace_slice,
    .counter = pftrace_counter,
    .mark = pftrace_mark,
    .close = pftrace_close,
};
