/**
 * Inside of the scenario loader: which layer each value came from, and how a path finds its field.
 */
#ifndef IFC_ORIGINS_H
#define IFC_ORIGINS_H

#include "platform/scenario/diag.h"
#include "platform/scenario/load.h"
#include "platform/scenario/param.h"

typedef enum ifc_origin_kind {
    IFC_ORIGIN_UNSET, /* required and not given */
    IFC_ORIGIN_DEFAULT,
    IFC_ORIGIN_FILE,
    IFC_ORIGIN_SET, /* the command line */
    IFC_ORIGIN_BAD  /* given, and refused */
} ifc_origin_kind;

typedef struct ifc_origin {
    ifc_origin_kind kind;
    int file;
    unsigned line;
    const char *key; /* what a file without lines calls it; static; NULL: there is a line */
} ifc_origin;

/* One column of origins per instance of a table: the scenario, its groups, flows, policies, its observers. */
#define IFC_COLUMN_SCENARIO  0
#define IFC_COLUMN_GROUPS    1
#define IFC_COLUMN_FLOWS     (IFC_COLUMN_GROUPS + IFC_GROUPS_MAX)
#define IFC_COLUMN_POLICIES  (IFC_COLUMN_FLOWS + IFC_FLOWS_MAX)
#define IFC_COLUMN_OBSERVERS (IFC_COLUMN_POLICIES + IFC_POLICY_KINDS)
#define IFC_COLUMNS          (IFC_COLUMN_OBSERVERS + IFC_PLUGINS_MAX)

struct ifc_origins {
    char **files; /* owned */
    size_t n_files;
    ifc_origin *columns[IFC_COLUMNS]; /* owned; an entry per row of the column's table */
};

/** A parameter of one scenario: its row, the structure that holds it and its column of origins. */
typedef struct ifc__place {
    const ifc_param *row;
    const void *base;
    int column;
} ifc__place;

/** ifc__origins_new() - all columns, every value a default or unset. Owned. */
ifc_origins *ifc__origins_new(void);

/** ifc__table_of_column() - the table whose instance a column is. */
const ifc_param_table *ifc__table_of_column(int column);

/** ifc__row_find() - the row called @path in @table, or NULL. */
const ifc_param *ifc__row_find(const ifc_param_table *table, const char *path);

/** ifc__origin_of() - the origin cell of a row in a column. */
ifc_origin *ifc__origin_of(const ifc_origins *origins, int column, const ifc_param *row);

/** ifc__place_find() - a parameter by its full path. Return: false when @s has no such parameter. */
bool ifc__place_find(const ifc_scenario *s, const char *path, ifc__place *out);

/** ifc__origin_print() - "file:line", "--set", "default"; @origins may be NULL. */
void ifc__origin_print(const ifc_origins *origins, const ifc__place *place, char *out, size_t size);

/** ifc__scenario_cross_check() - what no single row can see. Values that are unset or bad are left out. */
void ifc__scenario_cross_check(const ifc_scenario *s, const ifc_origins *origins, ifc_diagnostics *diag);

/** ifc__scenario_check_model() - the part of it that is about the model alone. */
void ifc__scenario_check_model(const ifc_scenario *s, const ifc_origins *origins, ifc_diagnostics *diag);

/** ifc__nearest_path() - the known path most like @path, groups and kinds taken from it. */
void ifc__nearest_path(const char *path, char *out, size_t size);

#endif
