#include "platform/cli/trace_option.h"

#include <stdio.h>
#include <string.h>

#include "platform/scenario/units.h"

const char *const *ifc_trace_level_names(void)
{
    static const char *const names[] = {"operators", "channels", "dies", "planes", NULL};
    return names;
}

/* One end of a window; an empty one leaves @out alone. */
static ifc_status parse_end(const char *text, size_t n, const char *whole, ifc_time *out, ifc_error *err)
{
    char copy[64];
    while (n > 0 && *text == ' ') {
        text++;
        n--;
    }
    while (n > 0 && text[n - 1] == ' ')
        n--;
    if (n == 0)
        return IFC_OK;
    snprintf(copy, sizeof copy, "%.*s", (int)(n < sizeof copy ? n : sizeof copy - 1), text);
    ifc_error why = {.status = IFC_OK};
    int64_t value = 0;
    if (ifc_quantity_parse_whole(IFC_UNIT_TIME, copy, &value, &why) != IFC_OK)
        return ifc_fail(err, IFC_EUSAGE, "--trace-window: %s: '%s': %s", whole, copy, why.text);
    if (value < 0)
        return ifc_fail(err, IFC_EUSAGE, "--trace-window: %s: '%s' is before the start", whole, copy);
    *out = value;
    return IFC_OK;
}

ifc_status ifc_trace_window_parse(const char *text, ifc_time *begin, ifc_time *end, ifc_error *err)
{
    const char *dots = strstr(text, "..");
    if (!dots)
        return ifc_fail(err, IFC_EUSAGE, "--trace-window: '%s' is no window (example: 1ms..2ms)", text);
    *begin = 0;
    *end = IFC_TIME_MAX;
    ifc_status status = parse_end(text, (size_t)(dots - text), text, begin, err);
    if (status == IFC_OK)
        status = parse_end(dots + 2, strlen(dots + 2), text, end, err);
    if (status == IFC_OK && *begin >= *end)
        status = ifc_fail(err, IFC_EUSAGE, "--trace-window: '%s' ends before it begins", text);
    return status;
}
