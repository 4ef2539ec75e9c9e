#include "workloads/requests/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const *ifc_trace_form_names(void)
{
    static const char *const names[] = {
#define X(id, name, line) name,
        IFC_TRACE_FORM_MAP(X)
#undef X
            NULL};
    return names;
}

static ifc_status unknown_form(const ifc__trace *t, ifc_error *err)
{
    static const char all[] =
#define X(id, name, line) "; " name ": " line
        IFC_TRACE_FORM_MAP(X);
#undef X
    return ifc__line_fails(&t->lines, err, "'%.60s' begins no trace of a known form (allowed%s)",
                           t->lines.text, all);
}

/* The first line tells the form, and of a CSV the columns. */
static ifc_status read_first(ifc__trace *t, ifc_error *err)
{
    bool more;
    ifc_status status = ifc__lines_next(&t->lines, &more, err);
    if (status != IFC_OK)
        return status;
    if (!more)
        return ifc_fail(err, IFC_EDATA, "%s: no trace: the file is empty", t->lines.name);
    if (t->form == IFC_TRACE_BY_FIRST_LINE)
        t->form = t->lines.text[0] == '{' ? IFC_TRACE_MOONCAKE : ifc__csv_form(t->lines.text);
    if (t->form == IFC_TRACE_BY_FIRST_LINE)
        return unknown_form(t, err);
    t->ahead = t->form == IFC_TRACE_MOONCAKE;
    return t->ahead ? IFC_OK : ifc__csv_header(t, err);
}

ifc_status ifc__trace_open(ifc__trace *t, const char *file, ifc_trace_form form, ifc_error *err)
{
    bool standard = strcmp(file, "-") == 0;
    *t = (ifc__trace){.form = form};
    t->lines.name = standard ? "standard input" : file;
    t->lines.file = standard ? gzdopen(dup(STDIN_FILENO), "r") : gzopen(file, "re");
    if (!t->lines.file)
        return ifc_fail(err, IFC_ENOINPUT, "cannot open %s: %s", file, strerror(errno));
    ifc_status status = read_first(t, err);
    if (status != IFC_OK)
        ifc__trace_close(t);
    return status;
}

ifc_status ifc__trace_next(ifc__trace *t, bool *more, ifc_error *err)
{
    *more = true;
    ifc_status status = t->ahead ? IFC_OK : ifc__lines_next(&t->lines, more, err);
    t->ahead = false;
    if (status != IFC_OK || !*more)
        return status;
    return t->form == IFC_TRACE_MOONCAKE ? ifc__mooncake_row(t, err) : ifc__csv_row(t, err);
}

void ifc__trace_close(ifc__trace *t)
{
    if (t->lines.file)
        gzclose_r(t->lines.file);
    free(t->lines.text);
    free(t->row.blocks);
    *t = (ifc__trace){0};
}
