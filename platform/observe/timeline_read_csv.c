/** CSV as timeline_csv.c writes it; columns in that order, quoting as in RFC 4180 but no line breaks in
 * fields. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/timeline_csv.h"
#include "platform/observe/timeline_internal.h"

typedef struct csv_reader {
    ifc__reader *r;
    ifc__strings paths; /* of declared tracks; id + 1 is the track */
    char *field[IFC__CSV_COLUMNS];
} csv_reader;

/* Cut @line into fields in place. */
static ifc_status split(csv_reader *c, char *line)
{
    size_t n = 0;
    char *at = line;
    for (;;) {
        if (n == IFC__CSV_COLUMNS)
            return ifc__read_fail(c->r, "more than %d columns", IFC__CSV_COLUMNS);
        char *to = at;
        c->field[n++] = to;
        if (*at == '"') {
            for (at++; *at && (*at != '"' || at[1] == '"'); at++) {
                at += *at == '"';
                *to++ = *at;
            }
            if (*at != '"' || (at[1] && at[1] != ','))
                return ifc__read_fail(c->r, "column %zu: a quote that does not end", n);
            at++;
        } else {
            at += strcspn(at, ",");
            to = at;
        }
        bool more = *at == ',';
        *to = '\0';
        if (!more)
            break;
        at++;
    }
    if (n < IFC__CSV_COLUMNS)
        return ifc__read_fail(c->r, "%zu columns, expected %d", n, IFC__CSV_COLUMNS);
    return IFC_OK;
}

static ifc_status number(csv_reader *c, int column, int64_t absent, int64_t *value)
{
    const char *text = c->field[column];
    char *end = NULL;
    *value = absent;
    if (!*text)
        return IFC_OK;
    errno = 0;
    *value = strtoll(text, &end, 10);
    if (*end || errno)
        return ifc__read_fail(c->r, "column %d: '%s' is not a whole number of 64 bits", column + 1, text);
    return IFC_OK;
}

static ifc_status flow(csv_reader *c, int column, uint64_t *value)
{
    const char *text = c->field[column];
    char *end = NULL;
    *value = 0;
    if (!*text)
        return IFC_OK;
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (*end || errno || *text == '-')
        return ifc__read_fail(c->r, "column %d: '%s' is not a flow's number", column + 1, text);
    return IFC_OK;
}

static ifc_status find_track(csv_reader *c, uint32_t *track)
{
    uint32_t known = c->paths.count;
    *track = ifc__intern(&c->paths, c->field[IFC__CSV_TRACK]) + 1;
    if (*track > known)
        return ifc__read_fail(c->r, "track '%s' is not declared above", c->field[IFC__CSV_TRACK]);
    return IFC_OK;
}

/* "%2F" and "%25" back to what they stand for, in place. */
static void unescape(char *name)
{
    char *to = name;
    for (; *name; name++) {
        if (strncmp(name, "%2F", 3) == 0 || strncmp(name, "%25", 3) == 0) {
            *to++ = name[2] == 'F' ? '/' : '%';
            name += 2;
        } else {
            *to++ = *name;
        }
    }
    *to = '\0';
}

static ifc_status declare(csv_reader *c, bool counter)
{
    char *path = c->field[IFC__CSV_TRACK], *name = strrchr(path, '/');
    uint32_t parent = 0, known = c->paths.count;
    if (name) {
        *name = '\0';
        ifc_status status = find_track(c, &parent);
        if (status != IFC_OK)
            return status;
        *name = '/';
    }
    if (ifc__intern(&c->paths, path) < known)
        return ifc__read_fail(c->r, "track '%s' is declared twice", path);
    name = name ? name + 1 : path;
    unescape(name);
    return ifc__read_track(c->r, parent, name, counter ? c->field[IFC__CSV_NAME] : NULL);
}

static const char *optional_name(csv_reader *c, int column)
{
    return *c->field[column] ? ifc__intern_text(&c->r->names, c->field[column]) : NULL;
}

static ifc_status slice(csv_reader *c)
{
    ifc_slice_args args = IFC_SLICE_ARGS_NONE;
    ifc__slice s = {.args = &args};
    int64_t *const numbers[] = {&s.begin,         &s.end,      NULL,        &args.token, &args.layer,
                                &args.head_group, &args.bytes, &args.pages, &args.txn};
    ifc_status status = find_track(c, &s.track);
    for (int i = 0; i < (int)(sizeof numbers / sizeof numbers[0]) && status == IFC_OK; i++)
        if (numbers[i])
            status = number(c, IFC__CSV_BEGIN + i, -1, numbers[i]);
    if (status == IFC_OK)
        status = flow(c, IFC__CSV_FLOW_IN, &s.flow_in);
    if (status == IFC_OK)
        status = flow(c, IFC__CSV_FLOW_OUT, &s.flow_out);
    if (status != IFC_OK)
        return status;
    if (strlen(c->field[IFC__CSV_NAME]) >= IFC__READ_NAME ||
        strlen(c->field[IFC__CSV_OPERATOR]) >= IFC__READ_NAME ||
        strlen(c->field[IFC__CSV_CLASS]) >= IFC__READ_NAME)
        return ifc__read_fail(c->r, "a name of more than %d bytes", IFC__READ_NAME);
    s.name = ifc__intern_text(&c->r->names, c->field[IFC__CSV_NAME]);
    args.operator_name = optional_name(c, IFC__CSV_OPERATOR);
    args.traffic_class = optional_name(c, IFC__CSV_CLASS);
    return ifc__read_slice(c->r, &s);
}

static ifc_status counter(csv_reader *c)
{
    uint32_t track;
    int64_t time, value;
    ifc_status status = find_track(c, &track);
    if (status == IFC_OK)
        status = number(c, IFC__CSV_BEGIN, -1, &time);
    if (status == IFC_OK)
        status = number(c, IFC__CSV_VALUE, 0, &value);
    return status == IFC_OK ? ifc__read_counter(c->r, track, time, value) : status;
}

static ifc_status mark(csv_reader *c)
{
    int64_t time;
    ifc_status status = number(c, IFC__CSV_BEGIN, -1, &time);
    if (status != IFC_OK)
        return status;
    if (time < 0 || strlen(c->field[IFC__CSV_NAME]) >= IFC__READ_NAME)
        return ifc__read_fail(c->r, "a mark needs a time >= 0 and a text of less than %d bytes",
                              IFC__READ_NAME);
    return ifc__read_mark(c->r, time, c->field[IFC__CSV_NAME]);
}

static ifc_status row(csv_reader *c)
{
    const char *kind = c->field[IFC__CSV_KIND];
    if (strcmp(kind, "slice") == 0)
        return slice(c);
    if (strcmp(kind, "counter") == 0)
        return counter(c);
    if (strcmp(kind, "track") == 0 || strcmp(kind, "counter_track") == 0)
        return declare(c, kind[0] == 'c');
    if (strcmp(kind, "mark") == 0)
        return mark(c);
    return ifc__read_fail(c->r, "kind '%s'; known are track, counter_track, slice, counter, mark", kind);
}

ifc_status ifc__read_csv(ifc__reader *r)
{
    csv_reader c = {.r = r};
    char *line = NULL;
    size_t room = 0;
    int got = ifc__read_line(r, &line, &room);
    ifc_status status = IFC_OK;
    if (got == 0 || (got > 0 && strcmp(line, IFC__CSV_HEADER) != 0))
        status = ifc__read_fail(r, "not a timeline of IFCSim: the first line is not '%s'", IFC__CSV_HEADER);
    while (status == IFC_OK && got > 0 && (got = ifc__read_line(r, &line, &room)) > 0) {
        status = split(&c, line);
        if (status == IFC_OK)
            status = row(&c);
    }
    free(line);
    ifc__strings_fini(&c.paths);
    return status == IFC_OK && got < 0 ? IFC_EDATA : status;
}
