/**
 * Perfetto TrackEvent protobuf, plain or gzip. A timestamp there counts nanoseconds; ours are picoseconds and
 * are written unscaled, so one shown nanosecond is one simulated picosecond and nothing is rounded. The name
 * of the root track says so in every viewer.
 */
#include "platform/observe/timeline_internal.h"

#include <stdlib.h>
#include <string.h>

#include "perfetto.pb-c.h"
#include "platform/observe/timeline_pftrace.h"

#define SEQUENCE     1
#define PACKET_BOUND 640 /* of a track event: nothing in it but numbers */

typedef struct pftrace {
    ifc__out out;
    ifc__strings names;  /* of events; iid = id + 1 */
    ifc__strings values; /* of annotations */
} pftrace;

const char *const ifc__pf_argument_names[IFC__PF_N_ARGUMENTS] = {
    "token", "layer", "head_group", "bytes", "pages", "txn", "operator", "class",
};

static void emit(pftrace *p, const Ifc__Pf__Packet *packet, size_t bound)
{
    enum { HEADER = 6 }; /* tag and the longest length */
    unsigned char *at = ifc__out_room(&p->out, bound + HEADER);
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

static void emit_any(pftrace *p, const Ifc__Pf__Packet *packet)
{
    emit(p, packet, protobuf_c_message_get_packed_size(&packet->base));
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
    emit_any(p, &packet);
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
    emit_any(p, &packet);
}

static ifc_status pftrace_start(ifc_timeline *t, bool gzip, ifc_error *err)
{
    pftrace *p = ifc__timeline_alloc(1, sizeof *p);
    ifc_status status = ifc__out_open(&p->out, t->file, gzip, err);
    if (status != IFC_OK) {
        free(p);
        return status;
    }
    t->state = p;
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

static void emit_event(pftrace *p, Ifc__Pf__TrackEvent *event, int type, uint32_t track, ifc_time time,
                       uint32_t flags)
{
    Ifc__Pf__Packet packet = packet_of_sequence();
    packet.has_timestamp = packet.has_sequence_flags = 1;
    packet.timestamp = (uint64_t)time;
    packet.sequence_flags = IFC__PF_STATE_NEEDED | flags;
    packet.track_event = event;
    event->has_type = event->has_track_uuid = 1;
    event->type = (Ifc__Pf__TrackEvent__Type)type;
    event->track_uuid = IFC__PF_ROOT + track;
    emit(p, &packet, PACKET_BOUND);
}

/* The arguments that are there. Return: how many. */
static size_t annotate(pftrace *p, const ifc_slice_args *args, Ifc__Pf__DebugAnnotation *at)
{
    static const Ifc__Pf__DebugAnnotation blank = IFC__PF__DEBUG_ANNOTATION__INIT;
    const int64_t numbers[] = {args->token, args->layer, args->head_group,
                               args->bytes, args->pages, args->txn};
    const char *const texts[] = {args->operator_name, args->traffic_class};
    enum { NUMBERS = sizeof numbers / sizeof numbers[0], TEXTS = sizeof texts / sizeof texts[0] };
    size_t n = 0;
    for (size_t i = 0; i < NUMBERS + TEXTS; i++) {
        if (i < NUMBERS ? numbers[i] < 0 : !texts[i - NUMBERS])
            continue;
        Ifc__Pf__DebugAnnotation *a = &at[n++];
        *a = blank;
        a->has_name_iid = 1;
        a->name_iid = i + 1;
        if (i < NUMBERS) {
            a->has_int_value = 1;
            a->int_value = numbers[i];
        } else {
            a->has_string_value_iid = 1;
            a->string_value_iid = value_iid(p, texts[i - NUMBERS]);
        }
    }
    return n;
}

static void pftrace_slice(ifc_timeline *t, const ifc__slice *slice)
{
    pftrace *p = t->state;
    Ifc__Pf__DebugAnnotation arguments[IFC__PF_N_ARGUMENTS], *list[IFC__PF_N_ARGUMENTS];
    Ifc__Pf__TrackEvent begin = IFC__PF__TRACK_EVENT__INIT, end = IFC__PF__TRACK_EVENT__INIT;
    uint64_t go_on[2], stop[1];
    begin.has_name_iid = 1;
    begin.name_iid = name_iid(p, slice->name);
    begin.n_debug_annotations = annotate(p, slice->args, arguments);
    begin.debug_annotations = list;
    for (size_t i = 0; i < begin.n_debug_annotations; i++)
        list[i] = &arguments[i];
    begin.flow_ids = go_on;
    begin.terminating_flow_ids = stop;
    if (slice->flow_out)
        go_on[begin.n_flow_ids++] = slice->flow_out;
    if (slice->flow_in && slice->flow_in != slice->flow_out)
        stop[begin.n_terminating_flow_ids++] = slice->flow_in;
    bool passes = slice->flow_in && slice->flow_in == slice->flow_out;
    emit_event(p, &begin, IFC__PF__TRACK_EVENT__TYPE__SLICE_BEGIN, slice->track, slice->begin,
               passes ? IFC__PF_FLOW_PASSES : 0);
    emit_event(p, &end, IFC__PF__TRACK_EVENT__TYPE__SLICE_END, slice->track, slice->end, 0);
}

static void pftrace_counter(ifc_timeline *t, uint32_t track, ifc_time time, int64_t value)
{
    Ifc__Pf__TrackEvent event = IFC__PF__TRACK_EVENT__INIT;
    event.has_counter_value = 1;
    event.counter_value = value;
    emit_event(t->state, &event, IFC__PF__TRACK_EVENT__TYPE__COUNTER, track, time, 0);
}

static void pftrace_mark(ifc_timeline *t, ifc_time time, const char *text)
{
    Ifc__Pf__TrackEvent event = IFC__PF__TRACK_EVENT__INIT;
    event.has_name_iid = 1;
    event.name_iid = name_iid(t->state, text);
    emit_event(t->state, &event, IFC__PF__TRACK_EVENT__TYPE__INSTANT, 0, time, 0);
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
