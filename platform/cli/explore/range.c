#include "platform/cli/explore/range.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explore/value.h"
#include "platform/common/memory.h"

/* Of the last value of a range: what sums and products of decimals are off. */
#define CLOSE 1e-9

enum { UNIT_MAX = 16 };

typedef struct quantity {
    double number;
    char unit[UNIT_MAX]; /* "": none */
} quantity;

void ifc_texts_add(ifc_texts *texts, const char *text, size_t length)
{
    texts->all = ifc_grow(texts->all, &texts->room, texts->n, sizeof *texts->all);
    char *copy = ifc_alloc_zero(length + 1, 1);
    memcpy(copy, text, length);
    texts->all[texts->n++] = copy;
}

void ifc_texts_fini(ifc_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->all[i]);
    free(texts->all);
    memset(texts, 0, sizeof *texts);
}

static const char *skip(const char *p)
{
    return p + strspn(p, " \t");
}

/* Return: behind "-1.5 us" at @p, or NULL. The two points of a range are no decimal point. */
static const char *read_quantity(const char *p, quantity *out)
{
    char digits[64];
    size_t n = *p == '-' || *p == '+', whole = strspn(p + n, "0123456789");
    if (whole == 0)
        return NULL;
    n += whole;
    if (p[n] == '.' && isdigit((unsigned char)p[n + 1]))
        n += 1 + strspn(p + n + 1, "0123456789");
    if (n >= sizeof digits)
        return NULL;
    memcpy(digits, p, n);
    digits[n] = '\0';
    *out = (quantity){.number = strtod(digits, NULL)};
    p = skip(p + n);
    n = strncmp(p, "1/s", 3) == 0 ? 1 : 0;
    while (isalpha((unsigned char)p[n]) || p[n] == '/' || p[n] == '$')
        n++;
    if (n >= sizeof out->unit)
        return NULL;
    if (n == 1 && (*p == 'K' || *p == 'M'))
        out->number *= *p == 'K' ? 1024.0 : 1048576.0;
    else
        memcpy(out->unit, p, n);
    return skip(p + n);
}

static void add_number(ifc_texts *out, double number, const char *unit)
{
    char text[64];
    if (fabs(number) < CLOSE * CLOSE)
        number = 0;
    int n = snprintf(text, sizeof text, "%.12g", number);
    if (number == floor(number) && fabs(number) < 1e15)
        n = snprintf(text, sizeof text, "%.0f", number);
    if (unit[0])
        n += snprintf(text + n, sizeof text - (size_t)n, " %s", unit);
    ifc_texts_add(out, text, (size_t)n);
}

/* Values from @a to @b in steps, or with @how '*' by a factor; always away from @a. */
static ifc_status count(const char *item, double a, double b, char how, double by, const char *unit,
                        ifc_texts *out, ifc_error *err)
{
    double n = floor(fabs(b - a) / by * (1 + CLOSE) + CLOSE);
    if (how == '*') {
        if (by <= 1 || a <= 0 || b <= 0)
            return ifc_fail(err, IFC_EUSAGE, "%s: a factor is above 1, and both ends are above 0", item);
        n = floor(fabs(log(b / a)) / log(by) + CLOSE);
    } else if (by <= 0) {
        return ifc_fail(err, IFC_EUSAGE, "%s: a step is above 0", item);
    }
    if (n >= IFC_RANGE_MAX)
        return ifc_fail(err, IFC_EUSAGE, "%s: too many values (allowed: %d)", item, IFC_RANGE_MAX);
    for (double i = 0; i <= n; i++)
        if (how == '*')
            add_number(out, b >= a ? a * pow(by, i) : a / pow(by, i), unit);
        else
            add_number(out, b >= a ? a + i * by : a - i * by, unit);
    return IFC_OK;
}

/* "A..B", "A..B:STEP", "A..B*FACTOR" with @p behind A and its unit. */
static ifc_status expand_ends(const char *item, quantity a, const char *p, ifc_texts *out, ifc_error *err)
{
    quantity b, by = {.number = 1};
    char how = ':';
    p = read_quantity(skip(p + 2), &b);
    if (p && (*p == ':' || *p == '*')) {
        how = *p;
        p = read_quantity(skip(p + 1), &by);
    }
    if (!p || *p)
        return ifc_fail(err, IFC_EUSAGE,
                        "%s: not understood (allowed: 1..15, 1..100:5 by steps, 1K..100K*2 by a factor)",
                        item);
    if (a.unit[0] && strcmp(a.unit, b.unit) != 0)
        return ifc_fail(err, IFC_EUSAGE, "%s: both ends need one unit", item);
    if (how == ':' && by.unit[0] && !b.unit[0] && !a.unit[0]) /* "1..3:0.5 us": the unit of all */
        memcpy(b.unit, by.unit, sizeof b.unit);
    if (by.unit[0] && (how == '*' || strcmp(by.unit, b.unit) != 0))
        return ifc_fail(err, IFC_EUSAGE, "%s: a step has the unit of the ends, a factor has none", item);
    return count(item, a.number, b.number, how, by.number, b.unit, out, err);
}

static ifc_status expand_item(const char *item, ifc_texts *out, ifc_error *err)
{
    quantity a;
    const char *end = read_quantity(item, &a);
    if (end && strncmp(end, "..", 2) == 0)
        return expand_ends(item, a, end, out, err);
    if (item[0] == '\0')
        return ifc_fail(err, IFC_EUSAGE, "a value is missing");
    char last = item[strlen(item) - 1];
    if (end && *end == '\0' && !a.unit[0] && (last == 'K' || last == 'M'))
        add_number(out, a.number, "");
    else
        ifc_texts_add(out, item, strlen(item));
    return IFC_OK;
}

/* A value, and where it stands. */
typedef struct known {
    const char *text;
    ifc_value value;
} known;

/* Equal values follow each other: "1000 ns" and "1 us" are one, and so are "1" and "1.0". */
static int by_value(const void *a, const void *b)
{
    const known *x = a, *y = b;
    if (x->value.is_text || y->value.is_text)
        return x->value.is_text && y->value.is_text ? strcmp(x->text, y->text)
                                                    : x->value.is_text - y->value.is_text;
    if (x->value.unit != y->value.unit)
        return x->value.unit - y->value.unit;
    return (x->value.number > y->value.number) - (x->value.number < y->value.number);
}

static ifc_status refuse_pairs(const known *k, size_t n, ifc_error *err)
{
    const known *unit = NULL, *none = NULL;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && by_value(&k[i - 1], &k[i]) == 0)
            return strcmp(k[i - 1].text, k[i].text) == 0
                       ? ifc_fail(err, IFC_EUSAGE, "the value %s is there twice", k[i].text)
                       : ifc_fail(err, IFC_EUSAGE, "the value %s is there twice, also as %s", k[i - 1].text,
                                  k[i].text);
        if (k[i].value.is_text || strcmp(k[i].text, "true") == 0 || strcmp(k[i].text, "false") == 0)
            continue;
        unit = k[i].value.unit != IFC_VALUE_NO_UNIT ? &k[i] : unit;
        none = k[i].value.unit == IFC_VALUE_NO_UNIT ? &k[i] : none;
    }
    return unit && none
               ? ifc_fail(err, IFC_EUSAGE, "the value %s has no unit, and %s has one", none->text, unit->text)
               : IFC_OK;
}

static ifc_status refuse_odd(const ifc_texts *t, ifc_error *err)
{
    known *k = ifc_alloc_zero(t->n + 1, sizeof *k);
    for (size_t i = 0; i < t->n; i++)
        k[i] = (known){t->all[i], ifc_value_of(t->all[i])};
    qsort(k, t->n, sizeof *k, by_value);
    ifc_status status = refuse_pairs(k, t->n, err);
    free(k);
    return status;
}

ifc_status ifc_range_expand(const char *text, ifc_texts *out, ifc_error *err)
{
    ifc_status status = IFC_OK;
    for (const char *p = text; status == IFC_OK;) {
        const char *begin = skip(p);
        size_t n = strcspn(p, ",");
        const char *end = p + n;
        while (end > begin && isspace((unsigned char)end[-1]))
            end--;
        char *item = strndup(begin, end > begin ? (size_t)(end - begin) : 0);
        status = item ? expand_item(item, out, err) : ifc_fail(err, IFC_EINTERNAL, "out of memory");
        free(item);
        if (p[n] == '\0')
            break;
        p += n + 1;
    }
    return status == IFC_OK ? refuse_odd(out, err) : status;
}
