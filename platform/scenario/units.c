#include "platform/scenario/units.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS_MAX   40
#define EXPONENT_MAX 1000

__extension__ typedef unsigned __int128 wide;

/* One way to write a unit: value in base units = number x 10^exponent x factor. Largest first. */
struct suffix {
    const char *name;
    int exponent;
    double factor;
};

struct unit_kind {
    const char *what, *example;
    const struct suffix *suffixes;
};

#define KI 1024.0
static const struct suffix time_suffixes[] = {{"s", 12, 1}, {"ms", 9, 1}, {"us", 6, 1},
                                              {"ns", 3, 1}, {"ps", 0, 1}, {0}};
static const struct suffix seconds_suffixes[] = {{"s", 0, 1}, {"ms", -3, 1}, {"us", -6, 1}, {0}};
static const struct suffix byte_suffixes[] = {{"TB", 12, 1},
                                              {"GB", 9, 1},
                                              {"MB", 6, 1},
                                              {"kB", 3, 1},
                                              {"B", 0, 1},
                                              {"KiB", 0, KI},
                                              {"MiB", 0, KI *KI},
                                              {"GiB", 0, KI *KI *KI},
                                              {"TiB", 0, KI *KI *KI *KI},
                                              {0}};
static const struct suffix rate_suffixes[] = {{"TB/s", 12, 1},
                                              {"GB/s", 9, 1},
                                              {"MB/s", 6, 1},
                                              {"kB/s", 3, 1},
                                              {"B/s", 0, 1},
                                              {"Tb/s", 12, 0.125},
                                              {"Gb/s", 9, 0.125},
                                              {"Mb/s", 6, 0.125},
                                              {"kb/s", 3, 0.125},
                                              {"b/s", 0, 0.125},
                                              {"KiB/s", 0, KI},
                                              {"MiB/s", 0, KI *KI},
                                              {"GiB/s", 0, KI *KI *KI},
                                              {0}};
static const struct suffix energy_bit_suffixes[] = {
    {"uJ/bit", -6, 1}, {"nJ/bit", -9, 1}, {"pJ/bit", -12, 1}, {"fJ/bit", -15, 1}, {0}};
static const struct suffix energy_suffixes[] = {
    {"J", 0, 1}, {"mJ", -3, 1}, {"uJ", -6, 1}, {"nJ", -9, 1}, {"pJ", -12, 1}, {"fJ", -15, 1}, {0}};
static const struct suffix power_suffixes[] = {{"kW", 3, 1}, {"W", 0, 1}, {"mW", -3, 1}, {"uW", -6, 1}, {0}};
static const struct suffix frequency_suffixes[] = {
    {"GHz", 9, 1}, {"MHz", 6, 1}, {"kHz", 3, 1}, {"Hz", 0, 1}, {0}};
static const struct suffix operation_suffixes[] = {
    {"TOPS", 12, 1}, {"GOPS", 9, 1}, {"MOPS", 6, 1}, {"OPS", 0, 1}, {0}};
static const struct suffix money_suffixes[] = {{"$/GB", 0, 1}, {0}};
static const struct suffix price_suffixes[] = {{"$", 0, 1}, {0}};
static const struct suffix age_suffixes[] = {
    {"d", 0, 86400}, {"h", 0, 3600}, {"min", 0, 60}, {"s", 0, 1}, {0}};
static const struct suffix request_suffixes[] = {{"M/s", 6, 1}, {"k/s", 3, 1}, {"1/s", 0, 1}, {0}};

static const struct unit_kind kinds[IFC_UNIT_COUNT] = {
    [IFC_UNIT_NONE] = {"", "8", NULL},
    [IFC_UNIT_TIME] = {"time", "4 us", time_suffixes},
    [IFC_UNIT_BYTES] = {"size", "4 KiB", byte_suffixes},
    [IFC_UNIT_SECONDS] = {"wall time", "60 s", seconds_suffixes},
    [IFC_UNIT_RATE] = {"rate", "4.8 GB/s", rate_suffixes},
    [IFC_UNIT_ENERGY_PER_BIT] = {"energy per bit", "3 pJ/bit", energy_bit_suffixes},
    [IFC_UNIT_ENERGY] = {"energy", "2.97 pJ", energy_suffixes},
    [IFC_UNIT_POWER] = {"power", "4.6 W", power_suffixes},
    [IFC_UNIT_FREQUENCY] = {"frequency", "400 MHz", frequency_suffixes},
    [IFC_UNIT_OPERATIONS] = {"operation rate", "32 TOPS", operation_suffixes},
    [IFC_UNIT_MONEY] = {"price", "0.72 $/GB", money_suffixes},
    [IFC_UNIT_PRICE] = {"price", "50 $", price_suffixes},
    [IFC_UNIT_AGE] = {"age", "30 d", age_suffixes},
    [IFC_UNIT_REQUESTS] = {"request rate", "100 k/s", request_suffixes},
};

/* A number as written: digits x 10^exponent; digits without leading zeros ("" is zero). */
struct decimal {
    bool negative;
    char digits[DIGITS_MAX + 1];
    int n;
    long exponent;
};

int ifc_unit_is_whole(ifc_unit unit)
{
    return unit == IFC_UNIT_TIME || unit == IFC_UNIT_BYTES;
}

const char *ifc_unit_what(ifc_unit unit)
{
    return kinds[unit].what;
}

const char *ifc_unit_example(ifc_unit unit)
{
    return kinds[unit].example;
}

void ifc_unit_names(ifc_unit unit, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (const struct suffix *s = kinds[unit].suffixes; s && s->name && used < size; s++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", s->name);
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* Append one digit; false when there are more than can be kept. */
static bool push_digit(struct decimal *d, char c)
{
    if (d->n == 0 && c == '0')
        return true;
    if (d->n == DIGITS_MAX)
        return false;
    d->digits[d->n++] = c;
    return true;
}

/* Return: behind an exponent "e-12", or @p when there is none. */
static const char *read_exponent(const char *p, long *exponent)
{
    if (*p != 'e' && *p != 'E')
        return p;
    if (!isdigit((unsigned char)p[p[1] == '+' || p[1] == '-' ? 2 : 1]))
        return p;
    char *end;
    long value = strtol(p + 1, &end, 10);
    *exponent += value > EXPONENT_MAX ? EXPONENT_MAX : value < -EXPONENT_MAX ? -EXPONENT_MAX : value;
    return end;
}

/* Return: behind the number, or NULL when there is none. */
static const char *read_decimal(const char *text, struct decimal *d)
{
    const char *p = skip_space(text);
    bool any = false;
    memset(d, 0, sizeof *d);
    if (*p == '+' || *p == '-')
        d->negative = *p++ == '-';
    for (; isdigit((unsigned char)*p); p++, any = true)
        if (!push_digit(d, *p))
            return NULL;
    if (*p == '.')
        for (p++; isdigit((unsigned char)*p); p++, any = true, d->exponent--)
            if (!push_digit(d, *p))
                return NULL;
    if (!any)
        return NULL;
    p = read_exponent(p, &d->exponent);
    while (d->n > 0 && d->digits[d->n - 1] == '0') {
        d->digits[--d->n] = '\0';
        d->exponent++;
    }
    if (d->n == 0)
        d->exponent = 0;
    return p;
}

static ifc_status fail_unknown_unit(ifc_unit unit, const char *written, ifc_error *err)
{
    char names[160];
    ifc_unit_names(unit, names, sizeof names);
    if (strcasestr(written, "T/s"))
        return ifc_fail(err, IFC_EDATA,
                        "transfers per second are no unit of a rate; a channel of 8 bits at 4800 MT/s is "
                        "\"4.8 GB/s\"");
    for (const struct suffix *s = kinds[unit].suffixes; s->name; s++)
        if (strcasecmp(s->name, written) == 0)
            return ifc_fail(err, IFC_EDATA, "unknown unit \"%s\", do you mean \"%s\"? Units are %s", written,
                            s->name, names);
    return ifc_fail(err, IFC_EDATA, "unknown unit \"%.40s\", units are %s", written, names);
}

/* "us" is also written with a micro sign or a Greek mu: their two bytes of UTF-8 become one letter. */
static void plain_micro(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (; *text && n + 1 < size; text++) {
        bool micro = strncmp(text, "\xc2\xb5", 2) == 0 || strncmp(text, "\xce\xbc", 2) == 0;
        out[n++] = micro ? 'u' : *text;
        text += micro;
    }
    out[n] = '\0';
}

static ifc_status read_quantity(ifc_unit unit, const char *text, struct decimal *d,
                                const struct suffix **suffix, ifc_error *err)
{
    char plain[128];
    plain_micro(text, plain, sizeof plain);
    const char *p = read_decimal(strlen(text) < sizeof plain ? plain : text, d);
    if (!p)
        return ifc_fail(err, IFC_EDATA, "no %s, e.g. \"%s\"", kinds[unit].what, kinds[unit].example);
    p = skip_space(p);
    size_t n = strlen(p);
    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
        n--;
    if (n == 0)
        return ifc_fail(err, IFC_EDATA, "needs a unit, e.g. \"%s\"", kinds[unit].example);
    for (const struct suffix *s = kinds[unit].suffixes; s->name; s++)
        if (strlen(s->name) == n && strncmp(s->name, p, n) == 0) {
            *suffix = s;
            return IFC_OK;
        }
    char written[48];
    snprintf(written, sizeof written, "%.*s", (int)(n < 40 ? n : 40), p);
    return fail_unknown_unit(unit, written, err);
}

/* digits x 10^exponent x factor as a whole number; false: not whole (*large false) or too large. */
static bool whole_value(const struct decimal *d, long exponent, uint64_t factor, int64_t *out, bool *large)
{
    const wide limit = (wide)INT64_MAX;
    wide v = 0;
    *large = true;
    if (d->n + exponent > 30 || d->n > 30)
        return *large = d->n + exponent > 30, false;
    for (int i = 0; i < d->n; i++)
        v = v * 10 + (wide)(d->digits[i] - '0');
    if (v != 0 && v > (limit << 60) / factor)
        return false;
    v *= factor;
    for (; exponent > 0 && v != 0; exponent--) {
        if (v > limit)
            return false;
        v *= 10;
    }
    for (; exponent < 0 && v != 0; exponent++) {
        if (v % 10 != 0)
            return *large = false, false;
        v /= 10;
    }
    if (v > limit)
        return false;
    *out = d->negative ? -(int64_t)v : (int64_t)v;
    return true;
}

ifc_status ifc_quantity_parse_whole(ifc_unit unit, const char *text, int64_t *out, ifc_error *err)
{
    struct decimal d;
    const struct suffix *s = NULL;
    ifc_status status = read_quantity(unit, text, &d, &s, err);
    if (status != IFC_OK)
        return status;
    bool large;
    if (whole_value(&d, d.exponent + s->exponent, (uint64_t)s->factor, out, &large))
        return IFC_OK;
    if (large)
        return ifc_fail(err, IFC_EDATA, "too large");
    return ifc_fail(err, IFC_EDATA, "not a whole number of %s",
                    unit == IFC_UNIT_TIME ? "picoseconds" : "bytes");
}

static double real_value(const struct decimal *d, long exponent)
{
    char text[DIGITS_MAX + 32];
    snprintf(text, sizeof text, "%s%se%ld", d->negative ? "-" : "", d->n ? d->digits : "0", exponent);
    return strtod(text, NULL);
}

ifc_status ifc_quantity_parse_real(ifc_unit unit, const char *text, double *out, ifc_error *err)
{
    struct decimal d;
    const struct suffix *s = NULL;
    ifc_status status = read_quantity(unit, text, &d, &s, err);
    if (status != IFC_OK)
        return status;
    double value = real_value(&d, d.exponent + s->exponent) * s->factor;
    if (!isfinite(value))
        return ifc_fail(err, IFC_EDATA, "too large");
    *out = value;
    return IFC_OK;
}

uint64_t ifc_count_factor(char letter)
{
    return letter == 'K' ? 1024 : letter == 'M' ? 1024 * 1024 : 1;
}

/* "010" is eight to some programs, and to some versions of the library that reads our files. */
static ifc_status check_zeros(const char *text, ifc_error *err)
{
    const char *digits = text + strspn(text, "+-");
    const char *number = digits + strspn(digits, "0");
    if (digits[0] != '0' || !isdigit((unsigned char)digits[1]))
        return IFC_OK;
    if (!isdigit((unsigned char)*number))
        number--;
    return ifc_fail(err, IFC_EDATA, "begins with a 0, which some take for octal: write %.40s", number);
}

ifc_status ifc_number_parse_whole(const char *text, int64_t *out, ifc_error *err)
{
    struct decimal d;
    bool large = false;
    const char *p = text + strspn(text, "+-0123456789");
    const char *end = read_decimal(text, &d);
    uint64_t factor = end ? ifc_count_factor(*end) : 1;
    if (end && end == p && (*end == 'k' || *end == 'm') && end[1] == '\0')
        return ifc_fail(err, IFC_EDATA,
                        "needs a bare whole number, with K = 1024 or M = 1048576 in capitals");
    if (!end || end != p || end[factor > 1] != '\0')
        return ifc_fail(err, IFC_EDATA, "needs a bare whole number");
    if (check_zeros(text, err) != IFC_OK)
        return IFC_EDATA;
    if (!whole_value(&d, d.exponent, factor, out, &large))
        return ifc_fail(err, IFC_EDATA, "too large");
    return IFC_OK;
}

ifc_status ifc_number_parse_real(const char *text, double *out, ifc_error *err)
{
    struct decimal d;
    const char *end = read_decimal(text, &d);
    if (!end || *end != '\0')
        return ifc_fail(err, IFC_EDATA, "needs a bare number");
    if (check_zeros(text, err) != IFC_OK)
        return IFC_EDATA;
    double value = real_value(&d, d.exponent);
    if (!isfinite(value))
        return ifc_fail(err, IFC_EDATA, "too large");
    *out = value;
    return IFC_OK;
}

/* Write digits x 10^exponent, without an exponent where that stays readable. */
static void write_decimal(const struct decimal *d, long exponent, char *out, size_t size)
{
    static const char zeros[] = "00000000000000000000";
    const char *sign = d->negative ? "-" : "";
    long point = d->n + exponent; /* digits before the point */
    if (d->n == 0)
        snprintf(out, size, "0");
    else if (point > (long)sizeof zeros || point < -8)
        snprintf(out, size, "%s%s.0e%+ld", sign, d->digits, exponent);
    else if (point <= 0)
        snprintf(out, size, "%s0.%.*s%s", sign, (int)-point, zeros, d->digits);
    else if (point >= d->n)
        snprintf(out, size, "%s%s%.*s", sign, d->digits, (int)(point - d->n), zeros);
    else
        snprintf(out, size, "%s%.*s.%s", sign, (int)point, d->digits, d->digits + point);
}

/* The largest decimal unit in which the number is at least 1; the smallest if there is none. */
static const struct suffix *fitting_suffix(ifc_unit unit, const struct decimal *d)
{
    const struct suffix *s = kinds[unit].suffixes, *last = s;
    if (d->n == 0) {
        while (s[1].name && s->exponent != 0)
            s++;
        return s;
    }
    for (; s->name; s++)
        if (s->factor == 1) {
            last = s;
            if (d->n + d->exponent > s->exponent)
                return s;
        }
    return last;
}

/* 4096 is "4 KiB", 2000000000 is "2 GB", 448 is "448 B": the unit that leaves the shortest whole number. */
static void print_bytes(int64_t value, char *out, size_t size)
{
    const struct suffix *best = NULL;
    uint64_t magnitude = value < 0 ? (uint64_t)-value : (uint64_t)value, best_number = UINT64_MAX;
    for (const struct suffix *s = byte_suffixes; s->name; s++) {
        uint64_t scale = (uint64_t)s->factor;
        for (int i = 0; i < s->exponent; i++)
            scale *= 10;
        if (magnitude % scale == 0 && (magnitude || scale == 1) && magnitude / scale < best_number) {
            best = s;
            best_number = magnitude / scale;
        }
    }
    snprintf(out, size, "%s%llu %s", value < 0 ? "-" : "", (unsigned long long)best_number, best->name);
}

void ifc_quantity_print_whole(ifc_unit unit, int64_t value, char *out, size_t size)
{
    char text[32], number[2 * DIGITS_MAX];
    struct decimal d;
    snprintf(text, sizeof text, "%lld", (long long)value);
    if (unit == IFC_UNIT_NONE) {
        snprintf(out, size, "%s", text);
        return;
    }
    if (unit == IFC_UNIT_BYTES) {
        print_bytes(value, out, size);
        return;
    }
    read_decimal(text, &d);
    const struct suffix *s = d.n ? fitting_suffix(unit, &d) : kinds[unit].suffixes;
    write_decimal(&d, d.exponent - s->exponent, number, sizeof number);
    snprintf(out, size, "%s %s", number, s->name);
}

void ifc_quantity_print_real(ifc_unit unit, double value, char *out, size_t size)
{
    char text[40], number[2 * DIGITS_MAX];
    struct decimal d;
    for (int digits = 0; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    read_decimal(text, &d);
    const struct suffix *s = unit == IFC_UNIT_NONE ? NULL : fitting_suffix(unit, &d);
    write_decimal(&d, d.exponent - (s ? s->exponent : 0), number, sizeof number);
    if (s)
        snprintf(out, size, "%s %s", number, s->name);
    else
        snprintf(out, size, "%s", number);
}
