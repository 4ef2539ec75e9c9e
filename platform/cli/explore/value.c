#include "platform/cli/explore/value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/scenario/units.h"

#define PER_SECOND "1/s" /* the only unit that begins with a digit */

enum { NUMBER_MAX = 64, UNIT_MAX = 16 };

ifc_value ifc_value_number(double number)
{
    return (ifc_value){.number = number};
}

ifc_value ifc_value_unit(double number, int unit)
{
    return (ifc_value){.number = number, .unit = unit};
}

ifc_value ifc_value_text(const char *text)
{
    ifc_value v = {.is_text = true};
    snprintf(v.text, sizeof v.text, "%s", text);
    return v;
}

/* "4.5e3" at the beginning of @p; the two points of a range are no decimal point. */
static size_t number_length(const char *p)
{
    size_t n = strspn(p, "0123456789");
    if (p[n] == '.' && isdigit((unsigned char)p[n + 1]))
        n += 1 + strspn(p + n + 1, "0123456789");
    size_t digits = n;
    if (n > 0 && (p[n] == 'e' || p[n] == 'E')) {
        n += p[n + 1] == '-' || p[n + 1] == '+' ? 2 : 1;
        size_t exponent = strspn(p + n, "0123456789");
        return exponent ? n + exponent : digits;
    }
    return n;
}

/* @number with @unit in base units. */
static bool in_base(const char *number, const char *unit, size_t n_unit, ifc_value *out)
{
    char text[NUMBER_MAX + UNIT_MAX + 2];
    snprintf(text, sizeof text, "%s %.*s", number, (int)n_unit, unit);
    for (int u = IFC_UNIT_NONE + 1; u < IFC_UNIT_COUNT; u++) {
        ifc_error err = {.status = IFC_OK};
        int64_t whole;
        if (!ifc_unit_is_whole((ifc_unit)u)) {
            double real;
            if (ifc_quantity_parse_real((ifc_unit)u, text, &real, &err) != IFC_OK)
                continue;
            *out = ifc_value_unit(real, u);
            return true;
        }
        if (ifc_quantity_parse_whole((ifc_unit)u, text, &whole, &err) == IFC_OK) {
            *out = ifc_value_unit((double)whole, u);
            return true;
        }
    }
    return false;
}

ifc_value ifc_value_named(double number, const char *unit)
{
    ifc_value v = {0};
    if (!in_base("1", unit, strlen(unit), &v))
        v.unit = IFC_UNIT_NONE;
    v.number = number;
    v.bare = true;
    return v;
}

const char *ifc_value_describe(const ifc_value *v, char *out, size_t size)
{
    if (v->is_text)
        snprintf(out, size, "the text \"%.40s\"", v->text);
    else if (v->unit == IFC_UNIT_NONE)
        snprintf(out, size, "a number without a unit");
    else if (v->unit == IFC_VALUE_MIXED)
        snprintf(out, size, "a product of units");
    else
        snprintf(out, size, "a quantity like %s", ifc_unit_example((ifc_unit)v->unit));
    return out;
}

void ifc_value_seconds(ifc_value *a, ifc_value *b)
{
    ifc_value *both[] = {a, b};
    for (int i = 0; i < 2; i++) {
        int other = both[1 - i]->unit;
        if (both[i]->unit == IFC_UNIT_TIME && (other == IFC_UNIT_SECONDS || other == IFC_UNIT_AGE)) {
            both[i]->number *= 1e-12;
            both[i]->unit = other;
        } else if (both[i]->unit == IFC_UNIT_AGE && other == IFC_UNIT_SECONDS) {
            both[i]->unit = other; /* both are seconds */
        }
    }
}

static size_t word_length(const char *p)
{
    size_t n = 0;
    while (isalpha((unsigned char)p[n]) || p[n] == '$')
        n++;
    return n;
}

const char *ifc_value_scan(const char *text, ifc_value *out)
{
    char number[NUMBER_MAX];
    size_t n = number_length(text);
    if (n == 0 || n >= sizeof number)
        return NULL;
    memcpy(number, text, n);
    number[n] = '\0';
    *out = ifc_value_number(strtod(number, NULL));
    const char *end = text + n, *unit = end + strspn(end, " \t");
    size_t word = word_length(unit);
    if (unit > end && strncmp(unit, PER_SECOND, strlen(PER_SECOND)) == 0 &&
        in_base(number, unit, strlen(PER_SECOND), out))
        return unit + strlen(PER_SECOND);
    if (word == 1 && unit == end && (*unit == 'K' || *unit == 'M')) {
        out->number *= *unit == 'K' ? 1024.0 : 1048576.0;
        return end + 1;
    }
    if (word == 0 || word >= UNIT_MAX / 2)
        return end;
    size_t per = unit[word] == '/' ? word_length(unit + word + 1) : 0; /* "GB/s", but not "KiB / pages" */
    if (per > 0 && per < UNIT_MAX / 2 && in_base(number, unit, word + 1 + per, out))
        return unit + word + 1 + per;
    return in_base(number, unit, word, out) ? unit + word : end;
}

ifc_value ifc_value_of(const char *text)
{
    ifc_value v = {0};
    bool negative = text[0] == '-';
    const char *end = ifc_value_scan(text + negative, &v);
    if (end && end[strspn(end, " \t")] == '\0') {
        v.number = negative ? -v.number : v.number;
        return v;
    }
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return ifc_value_number(text[0] == 't');
    return ifc_value_text(text);
}
