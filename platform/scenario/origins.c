#include "platform/scenario/origins.h"

#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"

#define GROUP_PREFIX    "flash.groups."
#define FLOW_PREFIX     "workload.flows."
#define POLICY_PREFIX   "policies."
#define OBSERVER_PREFIX "policies.observers."

const ifc_param_table *ifc__table_of_column(int column)
{
    const ifc_param_table *tables = ifc_param_tables();
    if (column < IFC_COLUMN_GROUPS)
        return &tables[IFC_SCOPE_SCENARIO];
    if (column < IFC_COLUMN_FLOWS)
        return &tables[IFC_SCOPE_GROUP];
    return &tables[column < IFC_COLUMN_POLICIES ? IFC_SCOPE_FLOW : IFC_SCOPE_POLICY];
}

ifc_origins *ifc__origins_new(void)
{
    ifc_origins *o = ifc_alloc_zero(1, sizeof *o);
    for (int c = 0; c < IFC_COLUMNS; c++) {
        const ifc_param_table *table = ifc__table_of_column(c);
        o->columns[c] = ifc_alloc_zero(table->n, sizeof **o->columns);
        for (size_t i = 0; i < table->n; i++)
            o->columns[c][i].kind = table->rows[i].default_text ? IFC_ORIGIN_DEFAULT : IFC_ORIGIN_UNSET;
    }
    return o;
}

void ifc_origins_free(ifc_origins *origins)
{
    if (!origins)
        return;
    for (int c = 0; c < IFC_COLUMNS; c++)
        free(origins->columns[c]);
    for (size_t i = 0; i < origins->n_files; i++)
        free(origins->files[i]);
    free(origins->files);
    free(origins);
}

const ifc_param *ifc__row_find(const ifc_param_table *table, const char *path)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].path, path) == 0)
            return &table->rows[i];
    return NULL;
}

ifc_origin *ifc__origin_of(const ifc_origins *origins, int column, const ifc_param *row)
{
    return &origins->columns[column][row - ifc__table_of_column(column)->rows];
}

/* Behind "NAME." of @path if NAME is @name, else NULL. */
static const char *behind(const char *path, const char *name)
{
    size_t n = strlen(name);
    return strncmp(path, name, n) == 0 && path[n] == '.' ? path + n + 1 : NULL;
}

static bool found(const ifc_param *row, const void *base, int column, ifc__place *out)
{
    *out = (ifc__place){row, base, column};
    return row != NULL;
}

bool ifc__place_find(const ifc_scenario *s, const char *path, ifc__place *out)
{
    const ifc_param_table *tables = ifc_param_tables();
    const char *key;
    for (uint32_t i = 0; i < s->n_groups; i++)
        if (strncmp(path, GROUP_PREFIX, strlen(GROUP_PREFIX)) == 0 &&
            (key = behind(path + strlen(GROUP_PREFIX), s->groups[i].name)))
            return found(ifc__row_find(&tables[IFC_SCOPE_GROUP], key), &s->groups[i],
                         IFC_COLUMN_GROUPS + (int)i, out);
    for (uint32_t i = 0; i < s->workload.n_flows; i++)
        if (strncmp(path, FLOW_PREFIX, strlen(FLOW_PREFIX)) == 0 &&
            (key = behind(path + strlen(FLOW_PREFIX), s->workload.flows[i].name)))
            return found(ifc__row_find(&tables[IFC_SCOPE_FLOW], key), &s->workload.flows[i],
                         IFC_COLUMN_FLOWS + (int)i, out);
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        if (strncmp(path, POLICY_PREFIX, strlen(POLICY_PREFIX)) == 0 &&
            (key = behind(path + strlen(POLICY_PREFIX), ifc_kind_name((uint32_t)k))))
            return found(ifc__row_find(&tables[IFC_SCOPE_POLICY], key), &s->policies[k],
                         IFC_COLUMN_POLICIES + k, out);
    for (uint32_t i = 0; i < s->n_observers; i++)
        if (strncmp(path, OBSERVER_PREFIX, strlen(OBSERVER_PREFIX)) == 0 &&
            (key = behind(path + strlen(OBSERVER_PREFIX), s->observers[i].label)))
            return found(ifc__row_find(&tables[IFC_SCOPE_POLICY], key), &s->observers[i],
                         IFC_COLUMN_OBSERVERS + (int)i, out);
    return found(ifc__row_find(&tables[IFC_SCOPE_SCENARIO], path), s, IFC_COLUMN_SCENARIO, out);
}

void ifc__origin_print(const ifc_origins *origins, const ifc__place *place, char *out, size_t size)
{
    char file[IFC_PATH_MAX];
    const ifc_origin *o = origins ? ifc__origin_of(origins, place->column, place->row) : NULL;
    if (!o || o->kind == IFC_ORIGIN_DEFAULT || o->kind == IFC_ORIGIN_UNSET)
        snprintf(out, size, "default");
    else if (o->file < 0)
        snprintf(out, size, "--set");
    else if (o->key)
        snprintf(out, size, "%s: %s", ifc_printable(file, sizeof file, origins->files[o->file]), o->key);
    else
        snprintf(out, size, "%s:%u", ifc_printable(file, sizeof file, origins->files[o->file]), o->line);
}

void ifc_scenario_where(const ifc_scenario *s, const ifc_origins *origins, const char *path, char *out,
                        size_t size)
{
    ifc__place place;
    snprintf(out, size, "default");
    if (ifc__place_find(s, path, &place))
        ifc__origin_print(origins, &place, out, size);
}

/* The name after @prefix in @path, or @otherwise. */
static void name_in(const char *path, const char *prefix, const char *otherwise, char *out, size_t size)
{
    size_t n = strlen(prefix);
    if (strncmp(path, prefix, n) == 0 && strcspn(path + n, ".") > 0)
        snprintf(out, size, "%.*s", (int)strcspn(path + n, "."), path + n);
    else
        snprintf(out, size, "%s", otherwise);
}

static void consider(const char *path, const char *candidate, unsigned *best, char *out, size_t size)
{
    unsigned distance = ifc_text_distance(path, candidate);
    if (distance < *best) {
        *best = distance;
        snprintf(out, size, "%s", candidate);
    }
}

/* Of a table whose instances have names, the one in @path. */
static void consider_named(const char *path, const char *prefix, const ifc_param_table *t, unsigned *best,
                           char *out, size_t size)
{
    char name[IFC_NAME_MAX], candidate[256];
    name_in(path, prefix, "<name>", name, sizeof name);
    for (size_t i = 0; i < t->n; i++) {
        snprintf(candidate, sizeof candidate, "%s%s.%s", prefix, name, t->rows[i].path);
        consider(path, candidate, best, out, size);
    }
}

void ifc__nearest_path(const char *path, char *out, size_t size)
{
    const ifc_param_table *tables = ifc_param_tables();
    char candidate[256];
    unsigned best = UINT32_MAX;
    const ifc_param_table *t = &tables[IFC_SCOPE_SCENARIO];
    for (size_t i = 0; i < t->n; i++)
        consider(path, t->rows[i].path, &best, out, size);
    consider_named(path, GROUP_PREFIX, &tables[IFC_SCOPE_GROUP], &best, out, size);
    consider_named(path, FLOW_PREFIX, &tables[IFC_SCOPE_FLOW], &best, out, size);
    t = &tables[IFC_SCOPE_POLICY];
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        for (size_t i = 0; i < t->n; i++) {
            snprintf(candidate, sizeof candidate, "%s%s.%s", POLICY_PREFIX, ifc_kind_name((uint32_t)k),
                     t->rows[i].path);
            consider(path, candidate, &best, out, size);
        }
}

size_t ifc_origins_files(const ifc_origins *origins, const char *const **files)
{
    *files = (const char *const *)origins->files;
    return origins->n_files;
}
