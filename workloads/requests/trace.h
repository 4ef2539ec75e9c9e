/**
 * Inside of workloads/requests: a trace, row by row.
 */
#ifndef IFC_TRACE_ROWS_H
#define IFC_TRACE_ROWS_H

#include <stdio.h>
#include <zlib.h>

#include "workloads/requests/requests.h"

/* A file read in lines of bounded length; one that gzip wrote, too. */
typedef struct ifc__lines {
    gzFile file;      /* compressed or not */
    const char *name; /* borrowed */
    uint64_t number;  /* of the line in @text, from 1 */
    char *text;       /* without its end */
    size_t length, room;
} ifc__lines;

/* A row as the file has it. */
typedef struct ifc__row {
    int64_t seconds;     /* since any moment that is the same for all rows */
    ifc_time part;       /* and less than a second, ps */
    const char *session; /* NULL or "": none. Valid until the next row */
    uint64_t prompt, answer;
    uint64_t *blocks; /* grows as needed; free() it at the end */
    size_t n_blocks, room;
} ifc__row;

enum { IFC__COLUMNS_MAX = 24 };
enum ifc__column { IFC__NOTHING, IFC__TIME, IFC__SESSION, IFC__PROMPT, IFC__ANSWER, IFC__BLOCKS, IFC__ROLES };

typedef struct ifc__trace {
    ifc__lines lines;
    ifc_trace_form form;
    bool ahead;       /* the line in @lines is a row that was not taken yet */
    uint32_t columns; /* of a CSV */
    uint8_t roles[IFC__COLUMNS_MAX];
    ifc__row row;
} ifc__trace;

/** ifc__lines_next() - the next line that is not empty. @more: false: the file ends. */
IFC_MUST_CHECK ifc_status ifc__lines_next(ifc__lines *l, bool *more, ifc_error *err);

/** ifc__line_fails() - IFC_EDATA, "FILE:LINE: ..." */
ifc_status ifc__line_fails(const ifc__lines *l, ifc_error *err, const char *format, ...) IFC_PRINTF(3, 4);

IFC_MUST_CHECK ifc_status ifc__trace_open(ifc__trace *t, const char *file, ifc_trace_form form,
                                          ifc_error *err);
IFC_MUST_CHECK ifc_status ifc__trace_next(ifc__trace *t, bool *more, ifc_error *err);
void ifc__trace_close(ifc__trace *t);

/** ifc__csv_form() - of which form this header is. Return: IFC_TRACE_BY_FIRST_LINE: of none. */
ifc_trace_form ifc__csv_form(const char *header);

/** ifc__csv_header() - what the columns of the first line mean. */
IFC_MUST_CHECK ifc_status ifc__csv_header(ifc__trace *t, ifc_error *err);
IFC_MUST_CHECK ifc_status ifc__csv_row(ifc__trace *t, ifc_error *err);
IFC_MUST_CHECK ifc_status ifc__mooncake_row(ifc__trace *t, ifc_error *err);

/** ifc__read_decimal() - "12.5" into whole units and 1e-12 parts of it; more digits are dropped. Return:
 * whether it is one, and nothing else. */
bool ifc__read_decimal(const char *text, int64_t *whole, int64_t *part);

/** ifc__read_tokens() - Return: NULL, or what is wrong with it. */
const char *ifc__read_tokens(const char *text, uint64_t *out);

#endif
