#include "platform/observe/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    double factor;
    const char *name;
} prefixes[] = {{1e-15, "f"}, {1e-12, "p"}, {1e-9, "n"}, {1e-6, "u"}, {1e-3, "m"}, {1.0, ""},
                {1e3, "k"},   {1e6, "M"},   {1e9, "G"},  {1e12, "T"}, {1e15, "P"}, {1e18, "E"}};

enum { N_PREFIXES = sizeof prefixes / sizeof prefixes[0] };

ifc_figure ifc_format_si(double value, const char *unit)
{
    ifc_figure f;
    double size = fabs(value);
    if (!isfinite(value) || size < 1e-18) {
        snprintf(f.text, sizeof f.text, "0 %s", unit);
        return f;
    }
    int i = 0;
    /* 0.99995: what would round up to 1000.0 takes the next prefix. */
    while (i + 1 < N_PREFIXES && size >= prefixes[i + 1].factor * 0.99995)
        i++;
    double scaled = value / prefixes[i].factor;
    int decimals = fabs(scaled) < 9.9995 ? 3 : fabs(scaled) < 99.995 ? 2 : fabs(scaled) < 999.95 ? 1 : 0;
    snprintf(f.text, sizeof f.text, "%.*f %s%s", decimals, scaled, prefixes[i].name, unit);
    return f;
}

ifc_figure ifc_format_time(double ps)
{
    return ifc_format_si(ps * 1e-12, "s");
}

ifc_figure ifc_format_size(uint64_t bytes)
{
    ifc_figure f = {"> 18.4 EB"};
    return bytes == UINT64_MAX ? f : ifc_format_si((double)bytes, "B");
}

ifc_figure ifc_format_buffer(uint64_t bytes)
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    ifc_figure f;
    int i = 0;
    uint64_t n = bytes;
    for (; i < 4 && n >= 1024 && n % 1024 == 0; i++)
        n /= 1024;
    if (n >= 10000)
        return ifc_format_si((double)bytes, "B");
    snprintf(f.text, sizeof f.text, "%" PRIu64 " %s", n, names[i]);
    return f;
}

ifc_figure ifc_format_count(double value)
{
    ifc_figure f;
    if (fabs(value) < 10000.0 && value == floor(value)) {
        snprintf(f.text, sizeof f.text, "%.0f", value);
        return f;
    }
    f = ifc_format_si(value, "");
    /* Without a prefix the space before the missing unit would be left. */
    for (char *p = f.text; *p; p++)
        if (p[0] == ' ' && p[1] == '\0')
            *p = '\0';
    return f;
}

ifc_figure ifc_format_statistic(double value, const char *unit)
{
    if (strcmp(unit, "ps") == 0)
        return ifc_format_time(value);
    if (strcmp(unit, "bytes") == 0)
        return ifc_format_si(value, "B");
    if (strcmp(unit, "J") == 0)
        return ifc_format_si(value, "J");
    ifc_figure f = {""};
    if (strcmp(unit, "ratio") == 0)
        snprintf(f.text, sizeof f.text, "%.4g", isfinite(value) ? value : 0.0);
    else if (strcmp(unit, "count") == 0)
        f = ifc_format_count(value);
    else
        snprintf(f.text, sizeof f.text, "%.6g %.20s", isfinite(value) ? value : 0.0, unit);
    return f;
}

ifc_figure ifc_format_percent(double share)
{
    ifc_figure f;
    snprintf(f.text, sizeof f.text, "%.1f %%", isfinite(share) ? share * 100.0 : 0.0);
    return f;
}
