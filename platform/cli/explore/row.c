#include "platform/cli/explore/row.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explore/figure.h"
#include "platform/common/memory.h"
#include "platform/common/printable.h"
#include "platform/observe/output.h"

enum { FIELD_MAX = 2048 };

static void put(json_t *object, const char *key, json_t *value)
{
    if (!value || json_object_set_new(object, key, value) != 0)
        ifc_bug(__FILE__, __LINE__, "out of memory for a row");
}

static json_t *text_value(const char *text)
{
    char *shown = ifc_printable_copy(text); /* JSON is UTF-8 */
    json_t *value = json_string(shown);
    free(shown);
    return value;
}

/* Whole numbers stay numbers: tools sort by them. */
static json_t *parameter_value(const char *text)
{
    char *end = NULL;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    bool plain = isdigit((unsigned char)text[0]) && (text[0] != '0' || text[1] == '\0');
    return plain && *end == '\0' && errno == 0 ? json_integer(n) : text_value(text);
}

static json_t *parameters(const ifc_points *p, size_t i)
{
    json_t *object = json_object();
    for (size_t a = 0; a < p->n_axes; a++)
        put(object, p->axes[a].path, parameter_value(ifc_points_value(p, i, a)));
    return object;
}

static json_t *number_value(double v)
{
    return v == floor(v) && fabs(v) < 9e15 ? json_integer((json_int_t)v) : json_real(v);
}

static void put_figures(json_t *row, const ifc_result *r)
{
    char waits[2 * IFC_NAME_MAX];
    double value;
    for (const ifc_figure_kind *f = ifc_figures(); f->name; f++)
        if (f->of(r, &value) && isfinite(value))
            put(row, f->name, number_value(value));
    if (!ifc_figure_waits(r, waits, sizeof waits, &value))
        return;
    put(row, "waits_for", text_value(waits));
    put(row, "waits_share", json_real(value));
}

static bool find_figure(void *arg, const char *name, ifc_value *out)
{
    double value;
    if (!ifc_row_number(arg, name, &value))
        return false;
    *out = ifc_value_named(value, ifc_figure_called(name)->unit);
    return true;
}

json_t *ifc_row_new(const ifc_points *p, size_t i, const char *status, const ifc_result *r, const char *why)
{
    json_t *row = json_object();
    put(row, "point", json_integer((json_int_t)i + 1));
    put(row, "id", json_string(p->all[i].id));
    put(row, "parameters", parameters(p, i));
    put(row, "status", json_string(status));
    if (r)
        put_figures(row, r);
    if (p->has_goals) {
        ifc_names figures = {find_figure, row};
        bool meets = r && strcmp(status, IFC_ROW_OK) == 0 && ifc_points_meets(p, i, r->scenario, &figures);
        put(row, "meets", json_boolean(meets));
    }
    if (why[0])
        put(row, "why", text_value(why));
    return row;
}

static void value_text(const json_t *v, char *out, size_t size)
{
    if (json_is_integer(v))
        snprintf(out, size, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v))
        snprintf(out, size, "%.15g", json_real_value(v));
    else if (json_is_boolean(v))
        snprintf(out, size, "%s", json_is_true(v) ? "true" : "false");
    else
        snprintf(out, size, "%s", json_is_string(v) ? json_string_value(v) : "");
}

void ifc_row_text(const json_t *row, const char *name, char *out, size_t size)
{
    const json_t *v = json_object_get(json_object_get(row, "parameters"), name);
    value_text(v ? v : json_object_get(row, name), out, size);
}

bool ifc_row_number(const json_t *row, const char *name, double *out)
{
    const json_t *v = json_object_get(row, name);
    *out = json_number_value(v);
    return json_is_number(v);
}

const char *ifc_row_status(const json_t *row)
{
    const char *text = json_string_value(json_object_get(row, "status"));
    return text ? text : "";
}

size_t ifc_row_point(const json_t *row)
{
    json_int_t n = json_integer_value(json_object_get(row, "point"));
    return n > 0 ? (size_t)n : 0;
}

/* --- the table --- */

static void write_field(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/* Columns of figures that some row has, and others never: a machine without a price has no price. */
static size_t columns(json_t *const *rows, size_t n, const char **out)
{
    size_t n_columns = 0;
    const char *names[32] = {"status"};
    size_t n_names = 1;
    for (const ifc_figure_kind *f = ifc_figures(); f->name; f++)
        names[n_names++] = f->name;
    names[n_names++] = "waits_for";
    names[n_names++] = "waits_share";
    names[n_names++] = "meets";
    names[n_names++] = "why";
    for (size_t c = 0; c < n_names; c++)
        for (size_t i = 0; i < n; i++)
            if (rows[i] && json_object_get(rows[i], names[c])) {
                out[n_columns++] = names[c];
                break;
            }
    return n_columns;
}

static void write_table(json_t *const *rows, size_t n, FILE *out)
{
    const char *names[32], *path;
    char text[FIELD_MAX];
    size_t n_names = columns(rows, n, names);
    json_t *first = NULL, *value;
    for (size_t i = 0; i < n && !first; i++)
        first = rows[i] ? json_object_get(rows[i], "parameters") : NULL;
    fputs("point,id", out);
    json_object_foreach(first, path, value)
    {
        fputc(',', out);
        write_field(out, path);
    }
    for (size_t c = 0; c < n_names; c++)
        fprintf(out, ",%s", names[c]);
    fputs("\r\n", out);
    for (size_t i = 0; i < n; i++) {
        if (!rows[i])
            continue;
        ifc_row_text(rows[i], "id", text, sizeof text);
        fprintf(out, "%zu,%s", ifc_row_point(rows[i]), text);
        json_object_foreach(first, path, value)
        {
            ifc_row_text(rows[i], path, text, sizeof text);
            fputc(',', out);
            write_field(out, text);
        }
        for (size_t c = 0; c < n_names; c++) {
            ifc_row_text(rows[i], names[c], text, sizeof text);
            fputc(',', out);
            write_field(out, text);
        }
        fputs("\r\n", out);
    }
}

ifc_status ifc_rows_table(json_t *const *rows, size_t n, const char *file, ifc_error *err)
{
    ifc_text text = {0};
    ifc_status status = ifc_text_begin(&text, err);
    if (status == IFC_OK) {
        write_table(rows, n, text.stream);
        status = ifc_text_end(&text, err);
    }
    if (status == IFC_OK)
        status = ifc_output_save(file, text.data, text.size, err);
    ifc_text_fini(&text);
    return status;
}
