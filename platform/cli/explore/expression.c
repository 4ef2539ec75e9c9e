#include "platform/cli/explore/expression.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

#define GROUPS "flash.groups."
#define FLOWS  "workload.flows."

typedef struct parser {
    const char *text, *at;
    const ifc_names *names;
    ifc_error *err;
    bool failed;
    int depth;
    int idle; /* above 0: behind what decides already, "dies == 0 || 16 / dies > 2": values do not matter */
} parser;

static ifc_value either(parser *p);

IFC_PRINTF(2, 3)
static ifc_value fail(parser *p, const char *format, ...)
{
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    if (!p->failed)
        (void)ifc_fail(p->err, IFC_EUSAGE, "%.200s: %s", p->text, why);
    p->failed = true;
    p->at = p->text + strlen(p->text); /* nothing more to read */
    return ifc_value_number(0);
}

/* Whether @sign comes next; it is taken then. */
static bool take(parser *p, const char *sign)
{
    p->at += strspn(p->at, " \t\n");
    size_t n = strlen(sign);
    if (strncmp(p->at, sign, n) != 0)
        return false;
    p->at += n;
    return true;
}

static double number(parser *p, ifc_value v, const char *what)
{
    if (v.is_text)
        (void)fail(p, "%s needs a number, and \"%.60s\" is a text", what, v.text);
    return v.number;
}

/* Nothing is 0 of every unit. */
static bool may_be_bare(const ifc_value *v, const ifc_value *other)
{
    return v->unit == IFC_VALUE_NO_UNIT && (v->number == 0 || other->bare || other->unit == IFC_VALUE_MIXED);
}

/* Two numbers that are added or compared: in one unit, which is *unit then. */
static void alike(parser *p, ifc_value *a, ifc_value *b, const char *what)
{
    char x[80], y[80];
    (void)number(p, *a, what);
    (void)number(p, *b, what);
    ifc_value_seconds(a, b);
    if (!p->failed && !p->idle && a->unit != b->unit && !may_be_bare(a, b) && !may_be_bare(b, a))
        (void)fail(p, "%s needs one unit on both sides, not %s and %s", what,
                   ifc_value_describe(a, x, sizeof x), ifc_value_describe(b, y, sizeof y));
}

static ifc_value like(double number, const ifc_value *a, const ifc_value *b)
{
    ifc_value v = ifc_value_unit(number, a->unit ? a->unit : b->unit);
    v.bare = a->bare || b->bare;
    return v;
}

/* A path; the minus of "my-group" belongs to it, the one behind a parameter does not. */
static size_t name_length(const char *p)
{
    size_t n = 0, group = strncmp(p, GROUPS, strlen(GROUPS)) == 0 ? strlen(GROUPS)
                          : strncmp(p, FLOWS, strlen(FLOWS)) == 0 ? strlen(FLOWS)
                                                                  : 0;
    size_t group_end = group ? group + strcspn(p + group, ". \t") : 0;
    bool in_group = group && p[group_end] == '.';
    while (isalnum((unsigned char)p[n]) || p[n] == '_' || p[n] == '.' ||
           (p[n] == '-' && in_group && n > group && n < group_end))
        n++;
    return n;
}

static ifc_value call(parser *p, const char *name)
{
    static const struct {
        const char *name;
        double (*one)(double);
        double (*two)(double, double);
    } functions[] = {{"floor", floor, NULL}, {"ceil", ceil, NULL}, {"round", round, NULL},
                     {"abs", fabs, NULL},    {"min", NULL, fmin},  {"max", NULL, fmax}};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (strcmp(functions[i].name, name) != 0)
            continue;
        ifc_value value = either(p);
        (void)number(p, value, name);
        if (functions[i].one)
            value.number = functions[i].one(value.number);
        while (functions[i].two && take(p, ",")) {
            ifc_value next = either(p);
            alike(p, &value, &next, name);
            value = like(functions[i].two(value.number, next.number), &value, &next);
        }
        return take(p, ")") ? value : fail(p, "%s(...) needs a ')'", name);
    }
    return fail(p, "no function '%s' (allowed: floor, ceil, round, abs, min, max)", name);
}

static ifc_value named(parser *p)
{
    char name[IFC_VALUE_MAX];
    ifc_value value = {0};
    size_t n = name_length(p->at);
    if (n == 0)
        return *p->at ? fail(p, "a number, a parameter or '(' is missing before '%.20s'", p->at)
                      : fail(p, "a number, a parameter or '(' is missing at the end");
    snprintf(name, sizeof name, "%.*s", (int)n, p->at);
    p->at += n;
    if (take(p, "("))
        return call(p, name);
    if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0)
        return ifc_value_number(name[0] == 't');
    return p->names->find(p->names->arg, name, &value) ? value : fail(p, "there is no parameter '%s'", name);
}

static ifc_value quoted(parser *p)
{
    char text[IFC_VALUE_MAX];
    const char *begin = p->at + 1, *end = strchr(begin, *p->at);
    if (!end)
        return fail(p, "a quote is not closed: %.40s", p->at);
    snprintf(text, sizeof text, "%.*s", (int)(end - begin), begin);
    p->at = end + 1;
    return ifc_value_text(text);
}

static ifc_value primary(parser *p)
{
    ifc_value value = {0};
    if (take(p, "(")) {
        ifc_value inner = either(p);
        return take(p, ")") ? inner : fail(p, "a ')' is missing");
    }
    if (*p->at == '"' || *p->at == '\'')
        return quoted(p);
    const char *end = ifc_value_scan(p->at, &value);
    if (!end)
        return named(p);
    p->at = end;
    return value;
}

static ifc_value sign(parser *p)
{
    if (++p->depth > DEPTH_MAX)
        return fail(p, "too deep (allowed: %d)", DEPTH_MAX);
    ifc_value v;
    if (take(p, "-")) {
        v = sign(p);
        v = like(-number(p, v, "-"), &v, &v);
    } else if (take(p, "!"))
        v = ifc_value_number(number(p, sign(p), "!") == 0);
    else
        v = primary(p);
    p->depth--;
    return v;
}

static ifc_value times(parser *p, ifc_value a, ifc_value b)
{
    double x = number(p, a, "*"), y = number(p, b, "*");
    if (a.unit && b.unit)
        return ifc_value_unit(x * y, IFC_VALUE_MIXED);
    return like(x * y, &a, &b);
}

static ifc_value over(parser *p, ifc_value a, ifc_value b)
{
    double x = number(p, a, "/"), y = number(p, b, "/");
    if (y == 0 && !p->failed)
        return p->idle ? ifc_value_number(0) : fail(p, "divides by 0");
    ifc_value_seconds(&a, &b);
    if (a.unit == b.unit && a.unit != IFC_VALUE_MIXED)
        return ifc_value_number(a.number / b.number);
    return b.unit ? ifc_value_unit(x / y, IFC_VALUE_MIXED) : like(x / y, &a, &a);
}

static ifc_value product(parser *p)
{
    ifc_value v = sign(p);
    for (;;)
        if (take(p, "*"))
            v = times(p, v, sign(p));
        else if (take(p, "/"))
            v = over(p, v, sign(p));
        else
            return v;
}

static ifc_value sum(parser *p)
{
    ifc_value v = product(p);
    for (;;) {
        bool plus = take(p, "+");
        if (!plus && !take(p, "-"))
            return v;
        ifc_value next = product(p);
        alike(p, &v, &next, plus ? "+" : "-");
        v = like(plus ? v.number + next.number : v.number - next.number, &v, &next);
    }
}

static bool equal(const ifc_value *a, const ifc_value *b)
{
    if (a->is_text != b->is_text)
        return false;
    return a->is_text ? strcmp(a->text, b->text) == 0 : a->number == b->number;
}

static ifc_value comparison(parser *p)
{
    static const char *const signs[] = {"==", "!=", "<=", ">=", "<", ">"};
    ifc_value a = sum(p);
    for (int i = 0; i < 6; i++) {
        if (!take(p, signs[i]))
            continue;
        ifc_value b = sum(p);
        if (i >= 2 || (!a.is_text && !b.is_text))
            alike(p, &a, &b, signs[i]);
        if (i < 2)
            return ifc_value_number(equal(&a, &b) == (i == 0));
        double x = a.number, y = b.number;
        return ifc_value_number(i == 2 ? x <= y : i == 3 ? x >= y : i == 4 ? x < y : x > y);
    }
    if (take(p, "="))
        return fail(p, "equality is written ==");
    return a;
}

/* "A && B" or "A || B": B must be well written, but counts only where A leaves it open. */
static ifc_value logic(parser *p, ifc_value (*side)(parser *), const char *how, bool open)
{
    ifc_value v = side(p);
    while (take(p, how)) {
        bool left = number(p, v, how) != 0, decided = left != open;
        p->idle += decided;
        bool right = number(p, side(p), how) != 0;
        p->idle -= decided;
        v = ifc_value_number(decided ? left : right);
    }
    return v;
}

static ifc_value both(parser *p)
{
    return logic(p, comparison, "&&", true);
}

static ifc_value either(parser *p)
{
    return logic(p, both, "||", false);
}

ifc_status ifc_expression_value(const char *text, const ifc_names *names, ifc_value *out, ifc_error *err)
{
    parser p = {.text = text, .at = text, .names = names, .err = err};
    *out = either(&p);
    if (!p.failed && p.at[strspn(p.at, " \t\n")] != '\0')
        (void)fail(&p, "not understood from '%.40s' on", p.at);
    return p.failed ? IFC_EUSAGE : IFC_OK;
}

ifc_status ifc_expression_true(const char *text, const ifc_names *names, bool *out, ifc_error *err)
{
    ifc_value v;
    ifc_status status = ifc_expression_value(text, names, &v, err);
    if (status == IFC_OK && v.is_text)
        status = ifc_fail(err, IFC_EUSAGE, "%.200s: is a text and no condition", text);
    *out = status == IFC_OK && v.number != 0;
    return status;
}
