/**
 * VCD: every change in order of time, while slices arrive at their end and in any order across tracks. So
 * changes go through an external sort and the file is written at close. Changes of one track at one instant
 * become one (a viewer would show anything else as a glitch).
 */
#include "platform/observe/timeline_vcd.h"
#include "platform/common/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/timeline_internal.h"
#include "platform/observe/timeline_sort.h"

#define CHUNK_RECORDS ((size_t)128 * 1024)
#define NAME_BOUND    4096

enum { KIND_BEGIN, KIND_END, KIND_VALUE, KIND_MARK };

/* What a track shows, and what the file last said. */
typedef struct shown {
    bool busy, dirty, said;
    bool known, known_said; /* a counter has a value */
    bool busy_said;
    uint32_t what, what_said; /* name ids */
    int64_t value, value_said;
} shown;

typedef struct vcd {
    ifc__out out;
    ifc__strings names;
    ifc__sorter *sorter;
    /* while writing */
    shown *shown;    /* owned; by track id */
    uint32_t *dirty; /* owned; ids to be written at this instant */
    uint32_t n_dirty;
    bool started;
    uint32_t *child, *next; /* owned; the tree of tracks */
} vcd;

static ifc_status vcd_open(ifc_timeline *t, ifc_error *err)
{
    vcd *v = ifc_alloc_zero(1, sizeof *v);
    ifc_status status = ifc__out_open(&v->out, t->file, false, err);
    if (status != IFC_OK) {
        free(v);
        return status;
    }
    ifc__intern(&v->names, IFC__VCD_IDLE); /* id 0 */
    v->sorter = ifc__sorter_new(t->file, CHUNK_RECORDS);
    t->state = v;
    t->out = &v->out;
    return IFC_OK;
}

static void vcd_track(ifc_timeline *t, uint32_t id)
{
    (void)t;
    (void)id; /* all tracks are written at close */
}

static void vcd_slice(ifc_timeline *t, const ifc__slice *slice)
{
    vcd *v = t->state;
    ifc__sorter_add(v->sorter, slice->begin, slice->track, KIND_BEGIN, ifc__intern(&v->names, slice->name));
    ifc__sorter_add(v->sorter, slice->end, slice->track, KIND_END, 0);
}

static void vcd_counter(ifc_timeline *t, uint32_t track, ifc_time time, int64_t value)
{
    vcd *v = t->state;
    ifc__sorter_add(v->sorter, time, track, KIND_VALUE, value);
}

static void vcd_mark(ifc_timeline *t, ifc_time time, const char *text)
{
    vcd *v = t->state;
    ifc__sorter_add(v->sorter, time, 0, KIND_MARK, ifc__intern(&v->names, text));
}

/* ---- the header ---- */

static void code_of(char *to, uint32_t track, enum ifc__vcd_var var)
{
    uint64_t n = (uint64_t)track * IFC__VCD_VARS + var;
    do {
        *to++ = (char)('!' + n % 94);
        n /= 94;
    } while (n > 0);
    *to = '\0';
}

static void put_escaped(ifc__out *o, const char *name)
{
    char text[3 * NAME_BOUND + 1], *at = text;
    if (!*name)
        *at++ = '%';
    for (; *name && at < text + 3 * NAME_BOUND - 3; name++) {
        if (*name <= ' ' || *name > '~' || *name == '%' || *name == '$')
            at += sprintf(at, "%%%02X", (unsigned char)*name);
        else
            *at++ = *name;
    }
    *at = '\0';
    ifc__out_printf(o, " %s", text);
}

static void put_comments(ifc_timeline *t, ifc__out *o)
{
    for (uint32_t id = 1; id <= t->n_tracks; id++) {
        const ifc__track *track = &t->tracks[id];
        ifc__out_printf(o, "$comment ifcsim track %u %u %s", id, track->parent,
                        track->unit ? "counter" : "slices");
        put_escaped(o, track->name);
        put_escaped(o, track->unit ? track->unit : "");
        ifc__out_printf(o, " $end\n");
    }
}

/* A name of letters, digits and '_' only: others separate levels or words in viewers. */
static void put_plain(ifc__out *o, const char *name)
{
    char text[NAME_BOUND + 1];
    size_t n = 0;
    for (; name[n] && n < NAME_BOUND; n++) {
        unsigned char c = (unsigned char)name[n] | 0x20;
        text[n] = (c >= 'a' && c <= 'z') || (name[n] >= '0' && name[n] <= '9') ? name[n] : '_';
    }
    text[n] = '\0';
    ifc__out_printf(o, "%s", n > 0 ? text : "_");
}

static void put_counter_variable(ifc__out *o, const ifc__track *track, uint32_t id)
{
    char code[16];
    code_of(code, id, IFC__VCD_VALUE);
    ifc__out_printf(o, "$var integer 64 %s ", code);
    put_plain(o, track->name);
    if (*track->unit) {
        ifc__out_printf(o, "_");
        put_plain(o, track->unit);
    }
    ifc__out_printf(o, " $end\n");
}

static void put_slice_variables(ifc__out *o, uint32_t id)
{
    char code[16];
    code_of(code, id, IFC__VCD_BUSY);
    ifc__out_printf(o, "$var wire 1 %s busy $end\n", code);
    code_of(code, id, IFC__VCD_WHAT);
    ifc__out_printf(o, "$var string 1 %s what $end\n", code);
    code_of(code, id, IFC__VCD_COUNT);
    ifc__out_printf(o, "$var integer 64 %s count $end\n", code);
}

static void link_tree(ifc_timeline *t, vcd *v)
{
    v->child = ifc_alloc_zero(t->n_tracks + 1, sizeof *v->child);
    v->next = ifc_alloc_zero(t->n_tracks + 1, sizeof *v->next);
    for (uint32_t id = t->n_tracks; id > 0; id--) {
        v->next[id] = v->child[t->tracks[id].parent];
        v->child[t->tracks[id].parent] = id;
    }
}

/* The scopes in depth-first order: down to the first child, else along to the next, else up. */
static void put_scopes(ifc_timeline *t, vcd *v)
{
    uint32_t id = v->child[0];
    while (id) {
        const ifc__track *track = &t->tracks[id];
        if (track->unit) {
            put_counter_variable(&v->out, track, id);
        } else {
            ifc__out_printf(&v->out, "$scope module ");
            put_plain(&v->out, track->name);
            ifc__out_printf(&v->out, " $end\n");
            put_slice_variables(&v->out, id);
            if (v->child[id]) {
                id = v->child[id];
                continue;
            }
            ifc__out_printf(&v->out, "$upscope $end\n");
        }
        while (id && !v->next[id]) {
            id = t->tracks[id].parent;
            if (id)
                ifc__out_printf(&v->out, "$upscope $end\n");
        }
        id = id ? v->next[id] : 0;
    }
}

static void put_header(ifc_timeline *t, vcd *v)
{
    char code[16];
    ifc__out_printf(&v->out, "$version IFCSim %s $end\n$timescale 1 ps $end\n", IFC_VERSION);
    put_comments(t, &v->out);
    ifc__out_printf(&v->out, "$scope module ifcsim $end\n");
    code_of(code, 0, IFC__VCD_WHAT);
    ifc__out_printf(&v->out, "$var string 1 %s recording $end\n", code);
    put_scopes(t, v);
    ifc__out_printf(&v->out, "$upscope $end\n$enddefinitions $end\n");
}

/* ---- the changes ---- */

static void put_text_value(ifc__out *o, uint32_t track, const char *text)
{
    char value[4 * NAME_BOUND + 1], code[16], *at = value;
    for (; *text && at < value + 4 * NAME_BOUND - 4; text++) {
        if (*text <= ' ' || *text > '~' || *text == '\\')
            at += sprintf(at, "\\x%02X", (unsigned char)*text);
        else
            *at++ = *text;
    }
    *at = '\0';
    code_of(code, track, IFC__VCD_WHAT);
    ifc__out_printf(o, "s%s %s\n", value, code);
}

static void put_vector(ifc__out *o, uint32_t track, int64_t value)
{
    char bits[65], code[16], *at = bits;
    for (int bit = 63; bit >= 0; bit--)
        if (at != bits || bit == 0 || ((uint64_t)value >> bit & 1))
            *at++ = (char)('0' + ((uint64_t)value >> bit & 1));
    *at = '\0';
    code_of(code, track, IFC__VCD_COUNT);
    ifc__out_printf(o, "b%s %s\n", bits, code);
}

static void put_no_value(ifc__out *o, uint32_t track)
{
    char code[16];
    code_of(code, track, IFC__VCD_VALUE);
    ifc__out_printf(o, "bx %s\n", code);
}

static void put_changes(ifc_timeline *t, vcd *v, uint32_t id)
{
    shown *s = &v->shown[id];
    bool counter = id > 0 && t->tracks[id].unit, first = !s->said;
    char code[16];
    s->dirty = false;
    s->said = true;
    if (!counter && (first || s->what != s->what_said))
        put_text_value(&v->out, id, v->names.text[s->what]);
    s->what_said = s->what;
    if (id == 0)
        return;
    if (!counter && (first || s->busy != s->busy_said)) {
        code_of(code, id, IFC__VCD_BUSY);
        ifc__out_printf(&v->out, "%d%s\n", s->busy, code);
    }
    s->busy_said = s->busy;
    if (counter && !s->known)
        put_no_value(&v->out, id);
    else if (first || s->value != s->value_said || s->known != s->known_said)
        put_vector(&v->out, id, s->value);
    s->value_said = s->value;
    s->known_said = s->known;
}

/* What changed at @time; the first time is told whole: idle tracks, counters without a value. Marks last: no
 * change follows the one that ends the recording. */
static void put_instant(ifc_timeline *t, vcd *v, ifc_time time)
{
    ifc__out_printf(&v->out, "#%lld\n", (long long)time);
    bool all = !v->started, marked = v->shown[0].dirty || all;
    if (all)
        ifc__out_printf(&v->out, "$dumpvars\n");
    for (uint32_t id = 1; all && id <= t->n_tracks; id++)
        put_changes(t, v, id);
    for (uint32_t i = 0; !all && i < v->n_dirty; i++)
        if (v->dirty[i] > 0)
            put_changes(t, v, v->dirty[i]);
    if (marked)
        put_changes(t, v, 0);
    if (all)
        ifc__out_printf(&v->out, "$end\n");
    v->started = true;
    v->n_dirty = 0;
}

static void apply(vcd *v, const ifc__sort_record *r)
{
    shown *s = &v->shown[r->track];
    if (!s->dirty)
        v->dirty[v->n_dirty++] = r->track;
    s->dirty = true;
    switch (r->kind) {
    case KIND_BEGIN:
        s->busy = true;
        s->what = (uint32_t)r->value;
        s->value++;
        break;
    case KIND_END:
        s->busy = false;
        s->what = 0;
        break;
    case KIND_MARK:
        s->what = (uint32_t)r->value;
        break;
    default:
        s->known = true;
        s->value = r->value;
    }
}

static void put_body(ifc_timeline *t, vcd *v)
{
    ifc__sort_record r;
    ifc_time now = t->options.begin;
    bool first = true;
    v->shown = ifc_alloc_zero(t->n_tracks + 1, sizeof *v->shown);
    v->dirty = ifc_alloc_zero(t->n_tracks + 1, sizeof *v->dirty);
    while (ifc__sorter_next(v->sorter, &r)) {
        if (first && r.time < now)
            now = r.time; /* a slice may reach out of the window */
        first = false;
        if (r.time != now) {
            put_instant(t, v, now);
            now = r.time;
        }
        apply(v, &r);
    }
    put_instant(t, v, now);
}

static ifc_status vcd_close(ifc_timeline *t, ifc_error *err)
{
    vcd *v = t->state;
    ifc_status status = IFC_OK;
    link_tree(t, v);
    put_header(t, v);
    put_body(t, v);
    if (ifc__sorter_error(v->sorter))
        status = ifc_fail(err, IFC_EOUTPUT, "%s: the temporary file of the timeline: %s", t->file,
                          strerror(ifc__sorter_error(v->sorter)));
    ifc_status closed = ifc__out_close(&v->out, err);
    ifc__sorter_free(v->sorter);
    ifc__strings_fini(&v->names);
    free(v->shown);
    free(v->dirty);
    free(v->child);
    free(v->next);
    free(v);
    return status != IFC_OK ? status : closed;
}

const ifc__timeline_format ifc__timeline_vcd = {
    .ending = ".vcd",
    .open = vcd_open,
    .track = vcd_track,
    .slice = vcd_slice,
    .counter = vcd_counter,
    .mark = vcd_mark,
    .close = vcd_close,
};
