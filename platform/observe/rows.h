/**
 * The figures of a result as rows: each says once what it is called in JSON and CSV, its unit, and where its
 * value lies. JSON, CSV, summary and diff walk them.
 */
#ifndef IFC_ROWS_H
#define IFC_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/observe/result.h"

typedef enum ifc_row_kind {
    IFC_ROW_END, /* after the last one */
    IFC_ROW_COUNT,
    IFC_ROW_REAL
} ifc_row_kind;

/** One figure. A name that is NULL: not shown there. */
typedef struct ifc_row {
    ifc_row_kind kind;
    const char *json; /* key; "latency_ps.mean" is a key of an object in the object */
    const char *csv;
    const char *unit;     /* "ps", "B", "pages", ... */
    const char *text;     /* label in the summary's table of work and traffic */
    const char *diff;     /* label in the headline of diff */
    size_t offset, bytes; /* of its field in the struct that the list is about */
    /* instead of a field: of a real, of a count */
    double (*of)(const ifc_result *r, const void *from);
    uint64_t (*sum)(const ifc_result *r);
} ifc_row;

/* Lists, and what @from is for them. A place that a figure has in one output only is a row of its own. */
extern const ifc_row ifc_rows_decode[];       /* ifc_latency_figures of the result */
extern const ifc_row ifc_rows_stream[];       /* ifc_stream_result */
extern const ifc_row ifc_rows_requests[];     /* ifc_request_figures of the result */
extern const ifc_row ifc_rows_contexts[];     /* the same, where contexts move */
extern const ifc_row ifc_rows_window[];       /* ifc_window */
extern const ifc_row ifc_rows_counts[];       /* ifc_result */
extern const ifc_row ifc_rows_buffer[];       /* ifc_result: the KV buffer */
extern const ifc_row ifc_rows_power[];        /* ifc_result */
extern const ifc_row ifc_rows_operator[];     /* ifc_operator_row */
extern const ifc_row ifc_rows_splits[];       /* ifc_split_row */
extern const ifc_row ifc_rows_capacity[];     /* ifc_capacity_row */
extern const ifc_row ifc_rows_wear[];         /* ifc_wear_row */
extern const ifc_row ifc_rows_blocks[];       /* the same, of runs that serve requests */
extern const ifc_row ifc_rows_budget[];       /* ifc_result: of power, where there is one */
extern const ifc_row ifc_rows_errors[];       /* ifc_errors_row */
extern const ifc_row ifc_rows_stream_reads[]; /* the same: of reads beside other requests */

extern const ifc_row ifc_rows_flow[];       /* ifc_flow_row */
extern const ifc_row ifc_rows_flow_reads[]; /* the same: of reads beside other requests */

/** ifc_row_count() - the value of an IFC_ROW_COUNT; @from: what its list is about, of result @r. */
uint64_t ifc_row_count(const ifc_row *row, const ifc_result *r, const void *from);

/** ifc_row_real() - the value of any row. */
double ifc_row_real(const ifc_row *row, const ifc_result *r, const void *from);

#endif
