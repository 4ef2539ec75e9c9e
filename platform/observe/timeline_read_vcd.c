/**
 * VCD as timeline_vcd.c writes it. The tracks come from the header comments; a slice begins when the count of
 * its track goes up and ends when the track is no longer busy or the count goes up again. Slices of no length
 * leave only their count: they come back with the name that the track shows then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/observe/timeline_internal.h"
#include "platform/observe/timeline_vcd.h"

#define MOST_AT_ONCE 4096 /* slices of no length on one track at one instant */

typedef struct state {
    bool busy, dirty, open, known;
    uint32_t what, name; /* ids in names: shown now, of the open slice */
    int64_t value, told;
    ifc_time begin;
} state;

typedef struct vcd_reader {
    ifc__reader *r;
    state *tracks; /* owned; by id */
    uint32_t n_tracks;
    uint32_t *dirty; /* owned */
    uint32_t n_dirty;
    ifc_time now;
    bool scaled, defined;
} vcd_reader;

static void unescape(char *text)
{
    char *to = text;
    if (strcmp(text, "%") == 0)
        *text = '\0';
    for (; *text; text++) {
        unsigned byte;
        if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

static void unescape_value(char *text)
{
    char *to = text;
    for (; *text; text++) {
        unsigned byte;
        if (text[0] == '\\' && text[1] == 'x' && sscanf(text + 2, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            text += 3;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

static void add_state(vcd_reader *v)
{
    v->tracks = ifc_resize(v->tracks, v->n_tracks + 2u, sizeof *v->tracks);
    v->dirty = ifc_resize(v->dirty, v->n_tracks + 2u, sizeof *v->dirty);
    memset(&v->tracks[v->n_tracks], 0, 2 * sizeof *v->tracks);
}

/* "$comment ifcsim track ID PARENT slices|counter NAME UNIT $end" */
static ifc_status declare(vcd_reader *v, const char *line)
{
    char kind[16], *name = ifc_alloc_zero(2, 3 * IFC__READ_NAME + 1), *unit = name + 3 * IFC__READ_NAME + 1;
    unsigned id, parent;
    ifc_status status = IFC_OK;
    int n =
        sscanf(line, "$comment ifcsim track %u %u %15s %12288s %12288s $end", &id, &parent, kind, name, unit);
    unescape(name);
    unescape(unit);
    bool counter = strcmp(kind, "counter") == 0;
    if (n != 5 || id != v->n_tracks + 1 || parent >= id || (!counter && strcmp(kind, "slices") != 0))
        status = ifc__read_fail(v->r, "not written by IFCSim: a track's comment that is wrong");
    else
        status = ifc__read_track(v->r, parent, name, counter ? unit : NULL);
    if (status == IFC_OK) {
        add_state(v);
        v->n_tracks = id;
    }
    free(name);
    return status;
}

static ifc_status decode(vcd_reader *v, const char *code, uint32_t *track, int *var)
{
    uint64_t n = 0, unit = 1;
    for (const char *c = code; *c; c++, unit *= 94) {
        if (*c < '!' || *c > '~' || c - code > 6)
            return ifc__read_fail(v->r, "variable '%.20s' is not one of IFCSim's", code);
        n += (uint64_t)(*c - '!') * unit;
    }
    *track = (uint32_t)(n / IFC__VCD_VARS);
    *var = (int)(n % IFC__VCD_VARS);
    if (!*code || n / IFC__VCD_VARS > v->n_tracks)
        return ifc__read_fail(v->r, "variable '%.20s' is not one of IFCSim's", code);
    return IFC_OK;
}

static ifc_status tell_slice(vcd_reader *v, uint32_t id, uint32_t name, ifc_time begin)
{
    const ifc_slice_args none = IFC_SLICE_ARGS_NONE;
    const ifc__slice slice = {id, v->r->names.text[name], begin, v->now, &none, 0, 0};
    return ifc__read_slice(v->r, &slice);
}

static ifc_status tell_slices(vcd_reader *v, uint32_t id)
{
    state *s = &v->tracks[id];
    ifc_status status = IFC_OK;
    bool began = s->value != s->told;
    if (s->value < s->told || s->value - s->told > MOST_AT_ONCE)
        return ifc__read_fail(v->r, "the count of track '%s' goes from %lld to %lld",
                              v->r->out->tracks[id].name, (long long)s->told, (long long)s->value);
    if (s->open && (began || !s->busy)) {
        s->open = false;
        status = tell_slice(v, id, s->name, s->begin);
    }
    for (int64_t n = s->value - s->told - s->busy; n > 0 && began && status == IFC_OK; n--)
        status = tell_slice(v, id, s->what, v->now);
    if (began && s->busy) {
        s->open = true;
        s->name = s->what;
        s->begin = v->now;
    }
    s->told = s->value;
    return status;
}

/* What changed at the time that is over. */
static ifc_status tell(vcd_reader *v)
{
    ifc_status status = IFC_OK;
    for (uint32_t i = 0; i < v->n_dirty && status == IFC_OK; i++) {
        uint32_t id = v->dirty[i];
        v->tracks[id].dirty = false;
        if (id == 0 && v->tracks[0].what != 0)
            status = ifc__read_mark(v->r, v->now, v->r->names.text[v->tracks[0].what]);
        else if (id > 0 && v->r->out->tracks[id].unit && v->tracks[id].known)
            status = ifc__read_counter(v->r, id, v->now, v->tracks[id].value);
        else if (id > 0 && !v->r->out->tracks[id].unit)
            status = tell_slices(v, id);
    }
    v->n_dirty = 0;
    return status;
}

static ifc_status go_to(vcd_reader *v, const char *text)
{
    char *end = NULL;
    errno = 0;
    long long time = strtoll(text, &end, 10);
    if (*end || end == text || errno || time < v->now)
        return ifc__read_fail(v->r, "time '%.30s' is not a number or goes back", text);
    ifc_status status = time > v->now ? tell(v) : IFC_OK;
    v->now = time;
    return status;
}

static ifc_status set(vcd_reader *v, const char *code, int expected, state **at)
{
    uint32_t id = 0;
    int var = 0;
    ifc_status status = decode(v, code, &id, &var);
    if (status != IFC_OK)
        return status;
    if (var != expected)
        return ifc__read_fail(v->r, "variable '%.20s' has a value of another kind", code);
    *at = &v->tracks[id];
    if (!(*at)->dirty)
        v->dirty[v->n_dirty++] = id;
    (*at)->dirty = true;
    return IFC_OK;
}

static ifc_status set_bits(vcd_reader *v, state *s, const char *bits)
{
    char *end = NULL;
    errno = 0;
    uint64_t value = strtoull(bits, &end, 2);
    if (*end || end == bits || errno)
        return ifc__read_fail(v->r, "'%.80s' is not a vector of at most 64 bits", bits);
    s->value = (int64_t)value;
    s->known = true;
    return IFC_OK;
}

static ifc_status change(vcd_reader *v, char *line)
{
    state *s;
    ifc_status status;
    char *code = strchr(line, ' ');
    if (*line == '0' || *line == '1') {
        status = set(v, line + 1, IFC__VCD_BUSY, &s);
        if (status == IFC_OK)
            s->busy = *line == '1';
        return status;
    }
    if ((*line != 's' && *line != 'b') || !code)
        return ifc__read_fail(v->r, "'%.40s' is not a change that IFCSim writes", line);
    *code++ = '\0';
    status = set(v, code, *line == 's' ? IFC__VCD_WHAT : IFC__VCD_COUNT, &s);
    if (status != IFC_OK)
        return status;
    if (*line == 's') {
        unescape_value(line + 1);
        if (strlen(line) > IFC__READ_NAME)
            return ifc__read_fail(v->r, "a name of more than %d bytes", IFC__READ_NAME);
        s->what = ifc__intern(&v->r->names, line + 1);
        return IFC_OK;
    }
    return strcmp(line, "bx") == 0 ? IFC_OK : set_bits(v, s, line + 1);
}

static ifc_status header_line(vcd_reader *v, const char *line)
{
    if (strncmp(line, "$comment ifcsim track ", 22) == 0)
        return declare(v, line);
    if (strncmp(line, "$timescale", 10) == 0) {
        v->scaled = strcmp(line, "$timescale 1 ps $end") == 0;
        return v->scaled ? IFC_OK : ifc__read_fail(v->r, "the time scale is not 1 ps");
    }
    if (strncmp(line, "$enddefinitions", 15) == 0) {
        v->defined = true;
        return v->scaled ? IFC_OK : ifc__read_fail(v->r, "not written by IFCSim: no time scale of 1 ps");
    }
    return IFC_OK;
}

static ifc_status body_line(vcd_reader *v, char *line)
{
    if (*line == '#')
        return go_to(v, line + 1);
    if (!*line || *line == '$')
        return IFC_OK;
    return change(v, line);
}

ifc_status ifc__read_vcd(ifc__reader *r)
{
    vcd_reader v = {.r = r};
    char *line = NULL;
    size_t room = 0;
    int got;
    ifc_status status = IFC_OK;
    ifc__intern(&r->names, IFC__VCD_IDLE); /* id 0 */
    add_state(&v);
    while (status == IFC_OK && (got = ifc__read_line(r, &line, &room)) > 0)
        status = v.defined ? body_line(&v, line) : header_line(&v, line);
    if (status == IFC_OK && got < 0)
        status = IFC_EDATA;
    if (status == IFC_OK)
        status = tell(&v);
    if (status == IFC_OK && (!v.defined || (v.n_tracks == 0 && !r->ended)))
        status = ifc__read_fail(r, "not a timeline of IFCSim: no tracks in the header");
    for (uint32_t id = 1; id <= v.n_tracks && status == IFC_OK; id++)
        if (v.tracks[id].open)
            status = ifc__read_fail(r, "slice '%s' at %lld ps has no end", r->names.text[v.tracks[id].name],
                                    (long long)v.tracks[id].begin);
    free(line);
    free(v.tracks);
    free(v.dirty);
    return status;
}
