#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "workloads/requests/trace.h"

/* Ids of the blocks of a prompt of 128M tokens fit. */
#define LINE_MAX_BYTES ((size_t)4 << 20)

ifc_status ifc__line_fails(const ifc__lines *l, ifc_error *err, const char *format, ...)
{
    char text[700];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return ifc_fail(err, IFC_EDATA, "%s:%llu: %s", l->name, (unsigned long long)l->number, text);
}

/* Return: whether there was a line, or the rest of one. */
static bool read_line(ifc__lines *l)
{
    int c;
    l->length = 0;
    while ((c = gzgetc(l->file)) != EOF && c != '\n' && l->length <= LINE_MAX_BYTES) {
        l->text = ifc_grow(l->text, &l->room, l->length + 1, 1);
        l->text[l->length++] = (char)c;
    }
    if (c == EOF && l->length == 0)
        return false;
    l->text = ifc_grow(l->text, &l->room, l->length + 1, 1);
    if (l->length > 0 && l->text[l->length - 1] == '\r')
        l->length--;
    l->text[l->length] = '\0';
    return true;
}

ifc_status ifc__lines_next(ifc__lines *l, bool *more, ifc_error *err)
{
    static const char mark[] = "\xef\xbb\xbf"; /* that a text is UTF-8 */
    do {
        l->number++;
        *more = read_line(l);
        int number;
        const char *wrong = gzerror(l->file, &number);
        if (number == Z_ERRNO)
            return ifc_fail(err, IFC_ENOINPUT, "cannot read %s: %s", l->name, strerror(errno));
        if (number != Z_OK && number != Z_STREAM_END) /* it names the file */
            return ifc_fail(err, IFC_EDATA, "after line %llu: %s", (unsigned long long)l->number - 1, wrong);
        if (!*more)
            return IFC_OK;
        if (l->length > LINE_MAX_BYTES)
            return ifc__line_fails(l, err, "the line has more than %zu bytes", LINE_MAX_BYTES);
        if (strlen(l->text) != l->length)
            return ifc__line_fails(l, err, "the line holds a NUL byte: no text");
    } while (l->length == 0);
    if (l->number == 1 && strncmp(l->text, mark, 3) == 0) {
        l->length -= 3;
        memmove(l->text, l->text + 3, l->length + 1);
    }
    return IFC_OK;
}
