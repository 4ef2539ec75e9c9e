#include "platform/cli/explore/page.h"

#include <string.h>

#include "platform/cli/explore/figure.h"
#include "platform/cli/explore/row.h"
#include "platform/cli/explore/summary.h"
#include "platform/cli/report/page.h"
#include "platform/common/memory.h"
#include "platform/common/printable.h"

enum { COLUMNS_MAX = 512 };

/* The columns of the page: where their values are, and what they are. */
typedef struct columns {
    const char *name[COLUMNS_MAX];
    bool parameter[COLUMNS_MAX];
    size_t n;
} columns;

static json_t *text_value(const char *text)
{
    char *shown = ifc_printable_copy(text);
    json_t *value = json_string(shown);
    free(shown);
    return value;
}

static void add(columns *c, const char *name, bool parameter, json_t *const *rows, size_t n)
{
    bool is_there = parameter;
    for (size_t i = 0; i < n && !is_there; i++)
        is_there = rows[i] && json_object_get(rows[i], name);
    if (!is_there || c->n == COLUMNS_MAX)
        return;
    c->parameter[c->n] = parameter;
    c->name[c->n++] = name;
}

static void find_columns(columns *c, json_t *const *rows, size_t n)
{
    static const char *const before[] = {"point", "id"}, *const after[] = {"waits_for", "waits_share",
                                                                           "meets", "why"};
    const char *path;
    json_t *value, *parameters = NULL;
    for (size_t i = 0; i < n && !parameters; i++)
        parameters = rows[i] ? json_object_get(rows[i], "parameters") : NULL;
    for (size_t i = 0; i < 2; i++)
        add(c, before[i], false, rows, n);
    json_object_foreach(parameters, path, value) add(c, path, true, rows, n);
    add(c, "status", false, rows, n);
    for (const ifc_figure_kind *f = ifc_figures(); f->name; f++)
        add(c, f->name, false, rows, n);
    for (size_t i = 0; i < 4; i++)
        add(c, after[i], false, rows, n);
}

static json_t *describe(const columns *c)
{
    json_t *all = json_array();
    for (size_t i = 0; i < c->n; i++) {
        const ifc_figure_kind *f = c->parameter[i] ? NULL : ifc_figure_called(c->name[i]);
        const char *kind = c->parameter[i] ? "parameter" : f ? "figure" : "text";
        json_t *o = json_pack("{s:s, s:s, s:s}", "name", c->name[i], "kind", kind, "label",
                              f                                      ? f->label
                              : strcmp(c->name[i], "waits_for") == 0 ? "waits for"
                                                                     : c->name[i]);
        if (f) {
            json_object_set_new(o, "unit", json_string(f->shown));
            json_object_set_new(o, "scale", json_real(f->scale));
            json_object_set_new(o, "better", json_integer(f->better));
        }
        json_array_append_new(all, o);
    }
    return all;
}

static json_t *cells_of(const json_t *row, const columns *c)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < c->n; i++) {
        json_t *v = json_object_get(c->parameter[i] ? json_object_get(row, "parameters") : row, c->name[i]);
        if (json_is_boolean(v))
            json_array_append_new(cells, json_string(json_is_true(v) ? "true" : "false"));
        else if (json_is_number(v) || json_is_string(v))
            json_array_append(cells, v);
        else
            json_array_append_new(cells, json_null());
    }
    return cells;
}

static json_t *texts(const ifc_texts *t)
{
    json_t *all = json_array();
    for (size_t i = 0; i < t->n; i++)
        json_array_append_new(all, text_value(t->all[i]));
    return all;
}

static json_t *view_of(const ifc_plot *p)
{
    static const char *const kinds[] = {"lines", "lines", "map", "points"};
    json_t *o = json_pack("{s:s}", "kind", kinds[p->kind]);
    const char *const names[] = {"x", "y", "by"}, *const values[] = {p->x, p->y, p->by};
    for (int i = 0; i < 3; i++)
        if (values[i])
            json_object_set_new(o, names[i], json_string(values[i]));
    return o;
}

/* A page is passed on: where its scenario lies is nobody's business. */
static const char *name_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

static json_t *data_of(json_t *const *rows, size_t n, const ifc_spec *spec, const ifc_plot *first,
                       const ifc_goals *goals)
{
    columns *c = ifc_alloc_zero(1, sizeof *c);
    find_columns(c, rows, n);
    json_t *data = json_object(), *points = json_array(), *objectives = json_array();
    for (size_t i = 0; i < n; i++)
        if (rows[i])
            json_array_append_new(points, cells_of(rows[i], c));
    for (size_t i = 0; i < goals->n; i++)
        json_array_append_new(objectives, json_string(goals->of[i]->name));
    json_object_set_new(data, "version", json_string(IFC_VERSION));
    if (first->title)
        json_object_set_new(data, "title", text_value(first->title));
    json_object_set_new(data, "scenario", text_value(name_of(spec->scenario ? spec->scenario : "")));
    json_object_set_new(data, "over", texts(&spec->over));
    json_object_set_new(data, "with", texts(&spec->with));
    json_object_set_new(data, "where", texts(&spec->where));
    json_object_set_new(data, "set", texts(&spec->sets));
    json_object_set_new(data, "per", texts(&spec->per));
    json_object_set_new(data, "objectives", objectives);
    json_object_set_new(data, "view", view_of(first));
    json_object_set_new(data, "columns", describe(c));
    json_object_set_new(data, "rows", points);
    free(c);
    return data;
}

ifc_status ifc_points_page(json_t *const *rows, size_t n, const ifc_spec *spec, const ifc_plot *first,
                           FILE *out, ifc_error *err)
{
    ifc_goals goals;
    ifc_status status = ifc_goals_find(&goals, spec, err);
    if (status != IFC_OK)
        return status;
    json_t *data = data_of(rows, n, spec, first, &goals);
    status = ifc_page_write("points.html", data, out, err);
    json_decref(data);
    return status;
}
