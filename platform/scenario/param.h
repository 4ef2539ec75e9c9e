/**
 * The parameter table: one row per parameter is its parser, its default, its range and its documentation.
 */
#ifndef IFC_PARAM_H
#define IFC_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ifc/status.h>

#include "platform/scenario/units.h"

/** How the field is stored. */
typedef enum ifc_param_type {
    IFC_PARAM_BOOL,   /* bool, written true or false */
    IFC_PARAM_CHOICE, /* int, index into names */
    IFC_PARAM_SWITCH, /* bool, written as names[0] (false) or names[1] (true) */
    IFC_PARAM_U32,    /* uint32_t, a count */
    IFC_PARAM_U64,    /* uint64_t: a count (IFC_UNIT_NONE) or bytes */
    IFC_PARAM_TIME,   /* ifc_time, picoseconds */
    IFC_PARAM_REAL,   /* double, in the base of its unit */
    IFC_PARAM_STRING  /* char[size] */
} ifc_param_type;

/** Where a default comes from. */
typedef enum ifc_provenance {
    IFC_FROM_USER, /* no source could decide it: the scenario's own subject */
    IFC_FROM_PUBLISHED,
    IFC_FROM_DATA_SHEET,
    IFC_FROM_INFERRED,
    IFC_FROM_ASSUMED,
    IFC_FROM_DERIVED,
    IFC_PROVENANCE_COUNT
} ifc_provenance;

/** Which scenarios must give a parameter that has no default. */
typedef enum ifc_need { IFC_NEED_NEVER, IFC_NEED_ALWAYS, IFC_NEED_DECODE, IFC_NEED_STREAM } ifc_need;

typedef struct ifc_param {
    const char *path; /* dotted, relative to its table's prefix */
    ifc_param_type type;
    ifc_unit unit;
    size_t offset, size;      /* of the field, from the table's base */
    const char *default_text; /* as a user would write it; NULL: none, see need */
    ifc_need need;
    double min, max;          /* inclusive, in base units */
    const char *const *names; /* of CHOICE and SWITCH, NULL-terminated */
    const char
        *word; /* of U32 and REAL: what is written for word_value, which is out of range; NULL: nothing */
    uint32_t word_value;
    bool is_layer; /* names a file of values and has none itself: not in the resolved scenario */
    ifc_provenance provenance;
    const char *help; /* one line */
} ifc_param;

/** Rows that share a prefix and a base structure. Plug-ins bring such tables of their own. */
typedef struct ifc_param_table {
    const char *prefix; /* "" or ending in '.'; may hold one <placeholder> */
    const ifc_param *rows;
    size_t n;
} ifc_param_table;

enum ifc_param_scope { IFC_SCOPE_SCENARIO, IFC_SCOPE_GROUP, IFC_SCOPE_FLOW, IFC_SCOPE_POLICY, IFC_SCOPES };

/** ifc_param_tables() - the tables of a scenario, by enum ifc_param_scope; static storage. */
const ifc_param_table *ifc_param_tables(void);

/** A value as the user wrote it, before any row has looked at it. */
typedef enum ifc_raw_kind {
    IFC_RAW_BOOL,
    IFC_RAW_WHOLE,
    IFC_RAW_REAL,
    IFC_RAW_STRING,
    IFC_RAW_ANY,   /* from a command line: the row decides how to read the text */
    IFC_RAW_GROUP, /* an empty group */
    IFC_RAW_LIST   /* a list or an array */
} ifc_raw_kind;

typedef struct ifc_raw {
    ifc_raw_kind kind;
    const char *text; /* STRING, ANY; borrowed */
    int64_t whole;    /* WHOLE */
    double real;      /* REAL */
    bool boolean;     /* BOOL */
} ifc_raw;

/**
 * ifc_param_set() - store @raw in the field of @row in @base
 * Return: IFC_OK; IFC_EDATA with "what is wrong (allowed: ...)" in @why, and @base untouched.
 */
IFC_MUST_CHECK ifc_status ifc_param_set(const ifc_param *row, void *base, const ifc_raw *raw, ifc_error *why);

/** ifc_param_set_defaults() - store every default of @table in @base. A default that its row refuses is a
 * bug. */
void ifc_param_set_defaults(const ifc_param_table *table, void *base);

/** ifc_param_print() - the field's value as it would be written in a file, strings quoted. */
void ifc_param_print(const ifc_param *row, const void *base, char *out, size_t size);

/** ifc_param_is_unset() - whether a field without default still is what zeroed memory gives. */
bool ifc_param_is_unset(const ifc_param *row, const void *base);

/** ifc_param_allowed() - what may be written: a range, the names, "true, false". */
void ifc_param_allowed(const ifc_param *row, char *out, size_t size);

/** ifc_param_default() - the default as shown to users: "4 KiB", "required", "none". */
void ifc_param_default(const ifc_param *row, char *out, size_t size);

/** ifc_provenance_name() - "published", "data sheet", ...; static storage. */
const char *ifc_provenance_name(ifc_provenance p);

/** ifc_raw_print() - a value as the user wrote it, for messages; long ones are cut, control characters shown
 * as '?'. */
void ifc_raw_print(const ifc_raw *raw, char *out, size_t size);

/** ifc_text_quote() - @text as a string literal of a scenario file. */
void ifc_text_quote(const char *text, char *out, size_t size);

/** ifc_text_distance() - edits (insert, delete, replace, swap of neighbours) from @a to @b; looks at 128
 * characters. */
unsigned ifc_text_distance(const char *a, const char *b);

#endif
