#include "platform/scenario/rber_file.h"

#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/scenario/source.h"
#include "platform/scenario/units.h"

#define AXES   3
#define FIELDS 4 /* of a line: the axes and the rate */

static const char head[] = "pe,seconds,reads,rber";

typedef struct reader {
    const char *file;
    ifc_diagnostics *diag;
    double (*rows)[FIELDS]; /* owned */
    size_t n, room;
    unsigned line;
} reader;

static ifc_status wrong(const reader *r, const char *what)
{
    ifc_diagnose(r->diag, IFC_EDATA,
                 "%s:%u: %s (allowed: lines \"%s\", numbers, a whole grid in ascending order)", r->file,
                 r->line, what, head);
    return IFC_EDATA;
}

/* @line is cut up. */
static ifc_status read_row(reader *r, char *line)
{
    r->rows = ifc_grow(r->rows, &r->room, r->n, sizeof *r->rows);
    double *row = r->rows[r->n++];
    for (int i = 0; i < FIELDS; i++) {
        char *field = strsep(&line, ",");
        ifc_error why = {0};
        if (!field)
            return wrong(r, "a value is missing");
        if (ifc_number_parse_real(field, &row[i], &why) != IFC_OK)
            return wrong(r, "not a number");
        if (row[i] < 0)
            return wrong(r, "a negative value");
    }
    if (line)
        return wrong(r, "too many values");
    if (row[AXES] <= 0 || row[AXES] > 0.5)
        return wrong(r, "rber is not above 0 and at most 0.5");
    return IFC_OK;
}

static ifc_status read_rows(reader *r, char *text)
{
    ifc_status status = IFC_OK;
    for (char *line; status == IFC_OK && (line = strsep(&text, "\n"));) {
        r->line++;
        line[strcspn(line, "\r")] = '\0';
        if (r->line == 1)
            status = strcmp(line, head) == 0 ? IFC_OK : wrong(r, "not the first line of a table");
        else if (line[0])
            status = read_row(r, line);
    }
    return status == IFC_OK && r->n == 0 ? wrong(r, "no values") : status;
}

/* How many values an axis has, where each repeats @times before the next, and all of them begin anew. */
static uint32_t count(const reader *r, int axis, size_t times)
{
    uint32_t n = 1;
    while (n * times < r->n && r->rows[n * times][axis] > r->rows[(n - 1) * times][axis])
        n++;
    return n;
}

static ifc_status check_grid(reader *r, const uint32_t n[AXES])
{
    size_t times[AXES] = {(size_t)n[1] * n[2], n[2], 1};
    for (size_t i = 0; i < r->n; i++)
        for (int axis = 0; axis < AXES; axis++)
            if (i >= (size_t)n[0] * times[0] ||
                r->rows[i][axis] != r->rows[i / times[axis] % n[axis] * times[axis]][axis]) {
                r->line = (unsigned)i + 2;
                return wrong(r, "not the next point of the grid");
            }
    if (r->n == (size_t)n[0] * times[0])
        return IFC_OK;
    return wrong(r, "the grid ends before it is whole");
}

static void keep(const reader *r, const uint32_t n[AXES], ifc_rber_file *out)
{
    size_t times[AXES] = {(size_t)n[1] * n[2], n[2], 1};
    double *at = out->memory = ifc_alloc_zero((size_t)n[0] + n[1] + n[2] + r->n, sizeof *at);
    const double *axes[AXES];
    for (int axis = 0; axis < AXES; axis++) {
        axes[axis] = at;
        for (uint32_t i = 0; i < n[axis]; i++)
            *at++ = r->rows[i * times[axis]][axis];
    }
    out->table = (ifc_rber_table){n[0], n[1], n[2], axes[0], axes[1], axes[2], at};
    for (size_t i = 0; i < r->n; i++)
        at[i] = r->rows[i][AXES];
}

ifc_status ifc_rber_file_read(ifc_rber_file *out, const char *file, const char *where, ifc_diagnostics *diag)
{
    ifc_source source;
    reader r = {.file = file, .diag = diag};
    *out = (ifc_rber_file){0};
    ifc_status status = ifc_source_read_plain(&source, file, where, diag);
    if (status != IFC_OK)
        return status;
    status = read_rows(&r, source.text);
    if (status == IFC_OK) {
        uint32_t n[AXES];
        n[2] = count(&r, 2, 1);
        n[1] = count(&r, 1, n[2]);
        n[0] = count(&r, 0, (size_t)n[2] * n[1]);
        status = check_grid(&r, n);
        if (status == IFC_OK)
            keep(&r, n, out);
    }
    free(r.rows);
    free(source.text);
    return status;
}

void ifc_rber_file_fini(ifc_rber_file *f)
{
    free(f->memory);
    *f = (ifc_rber_file){0};
}
