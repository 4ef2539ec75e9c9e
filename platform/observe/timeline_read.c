#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/common/memory.h"
#include "platform/observe/output.h"
#include "platform/observe/timeline_internal.h"

ifc_status ifc__read_fail(ifc__reader *r, const char *format, ...)
{
    char text[512], place[32] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (r->line > 0)
        snprintf(place, sizeof place, ":%llu", (unsigned long long)r->line);
    return ifc_fail(r->err, IFC_EDATA, "%s%s: %s", r->path, place, text);
}

static bool has_control_characters(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ')
            return true;
    return false;
}

static ifc_status after_end(ifc__reader *r)
{
    return ifc__read_fail(r, "more follows after the end of the recording");
}

ifc_status ifc__read_track(ifc__reader *r, uint32_t parent, const char *name, const char *unit)
{
    char key[IFC__READ_NAME + 16];
    uint32_t known = r->declared.count;
    if (r->ended)
        return after_end(r);
    if (strlen(name) >= IFC__READ_NAME || (unit && strlen(unit) >= IFC__READ_NAME))
        return ifc__read_fail(r, "track '%.40s...': a name of more than %d bytes", name, IFC__READ_NAME);
    if (has_control_characters(name) || (unit && has_control_characters(unit)))
        return ifc__read_fail(r, "a track's name or unit holds control characters");
    if (parent > 0 && r->out->tracks[parent].unit)
        return ifc__read_fail(r, "track '%s' under a counter", name);
    snprintf(key, sizeof key, "%u/%s", parent, name);
    if (ifc__intern(&r->declared, key) < known)
        return ifc__read_fail(r, "track '%s' is declared twice", name);
    if (unit)
        ifc_timeline_counter_track(r->out, parent, name, unit);
    else
        ifc_timeline_track(r->out, parent, name);
    return IFC_OK;
}

ifc_status ifc__read_slice(ifc__reader *r, const ifc__slice *s)
{
    if (r->ended)
        return after_end(r);
    if (s->begin < 0 || s->end < s->begin)
        return ifc__read_fail(r, "slice '%s' from %lld to %lld ps: times are >= 0 and end after begin",
                              s->name, (long long)s->begin, (long long)s->end);
    const ifc__track *track = &r->out->tracks[s->track];
    if (track->unit)
        return ifc__read_fail(r, "slice '%s' on the counter track '%s'", s->name, track->name);
    if (s->begin < track->last)
        return ifc__read_fail(r,
                              "slice '%s' at %lld ps begins before the last one of track '%s' ends (%lld ps)",
                              s->name, (long long)s->begin, track->name, (long long)track->last);
    ifc_timeline_slice(r->out, s->track, s->name, s->begin, s->end, s->args, s->flow_in, s->flow_out);
    return IFC_OK;
}

ifc_status ifc__read_counter(ifc__reader *r, uint32_t id, ifc_time time, int64_t value)
{
    const ifc__track *track = &r->out->tracks[id];
    if (r->ended)
        return after_end(r);
    if (!track->unit)
        return ifc__read_fail(r, "a counter's value on the slice track '%s'", track->name);
    if (time < track->last)
        return ifc__read_fail(r, "counter '%s' goes back from %lld to %lld ps", track->name,
                              (long long)track->last, (long long)time);
    ifc_timeline_counter(r->out, id, time, value);
    return IFC_OK;
}

ifc_status ifc__read_mark(ifc__reader *r, ifc_time time, const char *text)
{
    size_t n = strlen(IFC__TIMELINE_END);
    if (r->ended)
        return after_end(r);
    if (strncmp(text, IFC__TIMELINE_END, n) != 0 || (text[n] && text[n] != ';')) {
        ifc__timeline_mark(r->out, time, text);
        return IFC_OK;
    }
    r->ended = true;
    r->out->last = ifc_time_max(r->out->last, time);
    snprintf(r->out->end_remarks, sizeof r->out->end_remarks, "%s", text + n);
    return IFC_OK;
}

/* One more character, and room for the end behind it. */
static bool put_character(ifc__reader *r, char **line, size_t *room, size_t used, int c)
{
    if (used + 2 > *room) {
        if (*room >= IFC__READ_LIMIT) {
            (void)ifc__read_fail(r, "a line of more than %d bytes", IFC__READ_LIMIT);
            return false;
        }
        *room = *room ? *room * 2 : 4096;
        *line = ifc_resize(*line, *room, 1);
    }
    (*line)[used] = (char)c;
    return true;
}

int ifc__read_line(ifc__reader *r, char **line, size_t *room)
{
    size_t used = 0;
    int c, code = Z_OK;
    r->line++;
    for (; (c = gzgetc(r->in)) != -1 && c != '\n'; used++) {
        if (c == '\0') {
            (void)ifc__read_fail(r, "a NUL byte: not a text file");
            return -1;
        }
        if (!put_character(r, line, room, used, c))
            return -1;
    }
    if (c == -1) {
        const char *why = gzerror(r->in, &code);
        if (code != Z_OK && code != Z_STREAM_END) {
            (void)ifc__read_fail(r, "cannot read: %s", code == Z_ERRNO ? strerror(errno) : why);
            return -1;
        }
        if (used == 0) {
            r->line--;
            return 0;
        }
    }
    if (c == '\n' && used > 0 && (*line)[used - 1] == '\r')
        used--;
    if (!put_character(r, line, room, used, '\0'))
        return -1;
    return 1;
}

typedef ifc_status (*read_function)(ifc__reader *r);

static read_function reader_of(const char *path)
{
    static const struct {
        const char *ending;
        read_function read;
    } readers[] = {
        {".pftrace", ifc__read_pftrace},
        {".pftrace.gz", ifc__read_pftrace},
        {".csv", ifc__read_csv},
        {".vcd", ifc__read_vcd},
    };
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (length > strlen(readers[i].ending) && ifc_ends_in(path, readers[i].ending))
            return readers[i].read;
    }
    return NULL;
}

static ifc_status open_input(ifc__reader *r)
{
    struct stat info;
    if (stat(r->path, &info) == 0 && S_ISDIR(info.st_mode))
        return ifc_fail(r->err, IFC_ENOINPUT, "%s: cannot open: it is a directory", r->path);
    r->in = gzopen(r->path, "rb");
    if (!r->in)
        return ifc_fail(r->err, IFC_ENOINPUT, "%s: cannot open: %s", r->path, strerror(errno));
    return IFC_OK;
}

static void remove_file(const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
        unlink(path);
}

ifc_status ifc_timeline_convert(const char *input, const ifc_timeline_options *output, ifc_error *err)
{
    ifc_error own = {0};
    ifc__reader r = {.path = input, .err = err ? err : &own};
    read_function read = reader_of(input);
    if (!read)
        return ifc_fail(err, IFC_EUSAGE, "%s: unknown ending; known are .pftrace, .pftrace.gz, .vcd, .csv",
                        input);
    if (ifc_same_file(input, output->file))
        return ifc_fail(err, IFC_EUSAGE, "%s: input and output are one file", input);
    ifc_status status = open_input(&r);
    if (status != IFC_OK)
        return status;
    status = ifc_timeline_open(&r.out, output, r.err);
    if (status == IFC_OK) {
        status = read(&r);
        if (status == IFC_OK && !r.ended)
            status = ifc_fail(r.err, IFC_EDATA, "%s: cut: it does not end with the mark \"%s\"", input,
                              IFC__TIMELINE_END);
        ifc_status closed = ifc_timeline_close(r.out, r.err);
        status = status != IFC_OK ? status : closed;
        if (status != IFC_OK)
            remove_file(output->file);
    }
    gzclose(r.in);
    ifc__strings_fini(&r.names);
    ifc__strings_fini(&r.declared);
    return status;
}
