#include "platform/scenario/param.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <ifc/time.h>

#include "platform/common/printable.h"

static const char *const provenance_names[IFC_PROVENANCE_COUNT] = {
    [IFC_FROM_USER] = "user's choice",    [IFC_FROM_PUBLISHED] = "published",
    [IFC_FROM_DATA_SHEET] = "data sheet", [IFC_FROM_INFERRED] = "inferred",
    [IFC_FROM_ASSUMED] = "assumed",       [IFC_FROM_DERIVED] = "derived",
};

static const char *const bool_names[] = {"false", "true", NULL};

const char *ifc_provenance_name(ifc_provenance p)
{
    return provenance_names[p];
}

static void *field(const ifc_param *row, void *base)
{
    return (char *)base + row->offset;
}

static const void *field_of(const ifc_param *row, const void *base)
{
    return (const char *)base + row->offset;
}

static bool is_quantity(const ifc_param *row)
{
    return row->unit != IFC_UNIT_NONE;
}

/* A bound in the row's unit, as text. */
static void print_bound(const ifc_param *row, double value, char *out, size_t size)
{
    if (row->type == IFC_PARAM_REAL)
        ifc_quantity_print_real(row->unit, value, out, size);
    else
        ifc_quantity_print_whole(row->unit, (int64_t)value, out, size);
}

static void print_names(const char *const *names, const char *quote, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (; *names && used < size; names++)
        used += (size_t)snprintf(out + used, size - used, "%s%s%s%s", used ? ", " : "", quote, *names, quote);
}

void ifc_param_allowed(const ifc_param *row, char *out, size_t size)
{
    char low[IFC_QUANTITY_MAX], high[IFC_QUANTITY_MAX];
    switch (row->type) {
    case IFC_PARAM_BOOL:
        print_names(bool_names, "", out, size);
        return;
    case IFC_PARAM_CHOICE:
    case IFC_PARAM_SWITCH:
        print_names(row->names, "\"", out, size);
        return;
    case IFC_PARAM_STRING:
        snprintf(out, size, "text of at most %zu bytes", row->size - 1);
        return;
    default:
        print_bound(row, row->min, low, sizeof low);
        print_bound(row, row->max, high, sizeof high);
        snprintf(out, size, row->word ? "%s .. %s, \"%s\"" : "%s .. %s", low, high, row->word);
    }
}

void ifc_param_default(const ifc_param *row, char *out, size_t size)
{
    if (row->need != IFC_NEED_NEVER)
        snprintf(out, size, "required");
    else if (row->type == IFC_PARAM_STRING || row->names)
        snprintf(out, size, "\"%s\"", row->default_text);
    else
        snprintf(out, size, "%s", row->default_text);
}

static ifc_status refuse(const ifc_param *row, ifc_error *why, const char *what)
{
    char allowed[512];
    ifc_param_allowed(row, allowed, sizeof allowed);
    return ifc_fail(why, IFC_EDATA, "%s (allowed: %s)", what, allowed);
}

/* Index of the name that @raw spells, or -1. */
static int find_name(const char *const *names, const ifc_raw *raw)
{
    if (raw->kind == IFC_RAW_STRING || raw->kind == IFC_RAW_ANY)
        for (int i = 0; names[i]; i++)
            if (strcmp(names[i], raw->text) == 0)
                return i;
    return -1;
}

static ifc_status set_name(const ifc_param *row, void *base, const ifc_raw *raw, ifc_error *why)
{
    int index = find_name(row->names, raw);
    if (index < 0)
        return refuse(row, why,
                      raw->kind == IFC_RAW_STRING || raw->kind == IFC_RAW_ANY ? "unknown name"
                                                                              : "needs a name in quotes");
    if (row->type == IFC_PARAM_CHOICE)
        *(int *)field(row, base) = index;
    else
        *(bool *)field(row, base) = index == 1;
    return IFC_OK;
}

static ifc_status set_bool(const ifc_param *row, void *base, const ifc_raw *raw, ifc_error *why)
{
    int value = -1;
    if (raw->kind == IFC_RAW_BOOL)
        value = raw->boolean;
    else if (raw->kind == IFC_RAW_ANY)
        value = strcasecmp(raw->text, "true") == 0 ? 1 : strcasecmp(raw->text, "false") == 0 ? 0 : -1;
    if (value < 0)
        return refuse(row, why, "needs true or false, without quotes");
    *(bool *)field(row, base) = value;
    return IFC_OK;
}

static ifc_status set_string(const ifc_param *row, void *base, const ifc_raw *raw, ifc_error *why)
{
    if (raw->kind != IFC_RAW_STRING && raw->kind != IFC_RAW_ANY)
        return refuse(row, why, "needs text in quotes");
    if (strlen(raw->text) >= row->size)
        return refuse(row, why, "too long");
    if (ifc_has_control(raw->text))
        return refuse(row, why, "holds a control character");
    if (!ifc_is_utf8(raw->text))
        return refuse(row, why, "is not UTF-8");
    memset(field(row, base), 0, row->size);
    memcpy(field(row, base), raw->text, strlen(raw->text));
    return IFC_OK;
}

/* The number that @raw stands for in the row's unit: a whole one in *whole, else a real one in *real. */
static ifc_status read_number(const ifc_param *row, const ifc_raw *raw, int64_t *whole, double *real,
                              ifc_error *why)
{
    bool wants_real = row->type == IFC_PARAM_REAL;
    bool has_text = raw->kind == IFC_RAW_STRING || raw->kind == IFC_RAW_ANY;
    if (is_quantity(row) && has_text)
        return wants_real ? ifc_quantity_parse_real(row->unit, raw->text, real, why)
                          : ifc_quantity_parse_whole(row->unit, raw->text, whole, why);
    if (is_quantity(row) && (raw->kind == IFC_RAW_WHOLE || raw->kind == IFC_RAW_REAL))
        return ifc_fail(why, IFC_EDATA, "needs a unit, e.g. \"%s\"", ifc_unit_example(row->unit));
    if (is_quantity(row))
        return ifc_fail(why, IFC_EDATA, "needs a %s in quotes, e.g. \"%s\"", ifc_unit_what(row->unit),
                        ifc_unit_example(row->unit));
    if (raw->kind == IFC_RAW_ANY)
        return wants_real ? ifc_number_parse_real(raw->text, real, why)
                          : ifc_number_parse_whole(raw->text, whole, why);
    if (raw->kind == IFC_RAW_WHOLE) {
        *whole = raw->whole;
        *real = (double)raw->whole;
        return IFC_OK;
    }
    if (raw->kind == IFC_RAW_REAL && wants_real) {
        *real = raw->real;
        return IFC_OK;
    }
    size_t n = has_text ? strlen(raw->text) : 0;
    if (!wants_real && n > 0 && ifc_count_factor(raw->text[n - 1]) > 1) /* "50K": a number with a unit */
        return ifc_number_parse_whole(raw->text, whole, why);
    return ifc_fail(why, IFC_EDATA, "needs a bare %s", wants_real ? "number" : "whole number");
}

static bool is_word(const ifc_param *row, const ifc_raw *raw)
{
    bool text = raw->kind == IFC_RAW_STRING || raw->kind == IFC_RAW_ANY;
    return row->word && text && strcmp(raw->text, row->word) == 0;
}

static ifc_status set_number(const ifc_param *row, void *base, const ifc_raw *raw, ifc_error *why)
{
    int64_t whole = 0;
    double real = 0;
    ifc_error wrong = {0};
    if (is_word(row, raw)) {
        if (row->type == IFC_PARAM_REAL)
            *(double *)field(row, base) = row->word_value;
        else
            *(uint32_t *)field(row, base) = row->word_value;
        return IFC_OK;
    }
    if (read_number(row, raw, &whole, &real, &wrong) != IFC_OK)
        return refuse(row, why, wrong.text);
    long double value =
        row->type == IFC_PARAM_REAL ? (long double)real : (long double)whole; /* no bit is lost */
    if (!(value >= row->min && value <= row->max))
        return refuse(row, why, "out of range");
    void *to = field(row, base);
    if (row->type == IFC_PARAM_REAL)
        *(double *)to = real == 0 ? 0 : real;
    else if (row->type == IFC_PARAM_TIME)
        *(ifc_time *)to = whole;
    else if (row->type == IFC_PARAM_U64)
        *(uint64_t *)to = (uint64_t)whole;
    else
        *(uint32_t *)to = (uint32_t)whole;
    return IFC_OK;
}

ifc_status ifc_param_set(const ifc_param *row, void *base, const ifc_raw *raw, ifc_error *why)
{
    if (raw->kind == IFC_RAW_GROUP)
        return refuse(row, why, "is a group, needs a value");
    if (raw->kind == IFC_RAW_LIST)
        return refuse(row, why, "is a list, needs one value");
    switch (row->type) {
    case IFC_PARAM_BOOL:
        return set_bool(row, base, raw, why);
    case IFC_PARAM_CHOICE:
    case IFC_PARAM_SWITCH:
        return set_name(row, base, raw, why);
    case IFC_PARAM_STRING:
        return set_string(row, base, raw, why);
    default:
        return set_number(row, base, raw, why);
    }
}

void ifc_param_set_defaults(const ifc_param_table *table, void *base)
{
    for (size_t i = 0; i < table->n; i++) {
        const ifc_param *row = &table->rows[i];
        ifc_error why = {0};
        ifc_raw raw = {.kind = IFC_RAW_ANY, .text = row->default_text};
        if (row->default_text && ifc_param_set(row, base, &raw, &why) != IFC_OK) {
            fprintf(stderr, "ifcsim: default of %s%s: %s\n", table->prefix, row->path, why.text);
            abort();
        }
    }
}

bool ifc_param_is_unset(const ifc_param *row, const void *base)
{
    const char *bytes = field_of(row, base);
    for (size_t i = 0; i < row->size; i++)
        if (bytes[i])
            return false;
    return row->need != IFC_NEED_NEVER;
}

void ifc_text_quote(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (out[n++] = '"'; *text && n + 4 < size; text++) {
        if (*text == '"' || *text == '\\')
            out[n++] = '\\';
        out[n++] = *text;
    }
    out[n++] = '"';
    out[n] = '\0';
}

void ifc_param_print(const ifc_param *row, const void *base, char *out, size_t size)
{
    const void *from = field_of(row, base);
    switch (row->type) {
    case IFC_PARAM_BOOL:
        snprintf(out, size, "%s", bool_names[*(const bool *)from]);
        return;
    case IFC_PARAM_CHOICE:
        snprintf(out, size, "\"%s\"", row->names[*(const int *)from]);
        return;
    case IFC_PARAM_SWITCH:
        snprintf(out, size, "\"%s\"", row->names[*(const bool *)from]);
        return;
    case IFC_PARAM_STRING:
        ifc_text_quote(from, out, size);
        return;
    default:
        break;
    }
    char text[IFC_QUANTITY_MAX];
    double number = !row->word                    ? 0
                    : row->type == IFC_PARAM_REAL ? *(const double *)from
                                                  : *(const uint32_t *)from;
    if (row->word && number == row->word_value) {
        ifc_text_quote(row->word, out, size);
        return;
    }
    if (row->type == IFC_PARAM_REAL)
        ifc_quantity_print_real(row->unit, *(const double *)from, text, sizeof text);
    else if (row->type == IFC_PARAM_TIME)
        ifc_quantity_print_whole(row->unit, *(const ifc_time *)from, text, sizeof text);
    else if (row->type == IFC_PARAM_U64)
        ifc_quantity_print_whole(row->unit, (int64_t) * (const uint64_t *)from, text, sizeof text);
    else
        ifc_quantity_print_whole(row->unit, *(const uint32_t *)from, text, sizeof text);
    bool wide = row->type == IFC_PARAM_U64 && !is_quantity(row) && *(const uint64_t *)from > INT32_MAX;
    snprintf(out, size, is_quantity(row) ? "\"%s\"" : wide ? "%sL" : "%s", text);
}

void ifc_raw_print(const ifc_raw *raw, char *out, size_t size)
{
    switch (raw->kind) {
    case IFC_RAW_BOOL:
        snprintf(out, size, "%s", bool_names[raw->boolean]);
        break;
    case IFC_RAW_WHOLE:
        snprintf(out, size, "%lld", (long long)raw->whole);
        break;
    case IFC_RAW_REAL:
        if (isfinite(raw->real))
            ifc_quantity_print_real(IFC_UNIT_NONE, raw->real, out, size);
        else
            snprintf(out, size, "%s", "infinity");
        break;
    case IFC_RAW_GROUP:
        snprintf(out, size, "{ }");
        break;
    case IFC_RAW_LIST:
        snprintf(out, size, "(...)");
        break;
    default:
        snprintf(out, size, raw->kind == IFC_RAW_ANY ? "%.100s%s" : "\"%.100s%s\"", raw->text,
                 strlen(raw->text) > 100 ? "..." : "");
    }
    for (char *p = out; *p; p++)
        if (iscntrl((unsigned char)*p))
            *p = '?';
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned ifc_text_distance(const char *a, const char *b)
{
    enum { MOST = 128 };
    unsigned rows[3][MOST + 1]; /* the last two rows and the one being made */
    size_t na = strnlen(a, MOST), nb = strnlen(b, MOST);
    for (unsigned j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= na; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *over = rows[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= nb; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], over[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}
