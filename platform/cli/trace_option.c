#include "platform/cli/trace_option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

/* A number of a token or layer at @text. Return: behind it; NULL: there is none. */
static const char *parse_token(const char *text, uint32_t *out)
{
    char *end = NULL;
    while (*text == ' ')
        text++;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || errno != 0 || n >= UINT32_MAX)
        return NULL;
    *out = (uint32_t)n;
    while (*end == ' ')
        end++;
    return end;
}

/* "3", "3..5", "3..", "..5" */
static bool parse_tokens(const char *text, uint32_t *first, uint32_t *last)
{
    const char *dots = strstr(text, "..");
    const char *end = parse_token(text, first);
    if (!dots) {
        *last = *first;
        return end && *end == '\0';
    }
    const char *begin = text + strspn(text, " ");
    if (begin == dots)
        *first = 0;
    else if (!end || end != dots)
        return false;
    const char *rest = dots + 2 + strspn(dots + 2, " ");
    *last = UINT32_MAX;
    if (*rest != '\0') {
        end = parse_token(rest, last);
        return end && *end == '\0';
    }
    return begin != dots;
}

ifc_status ifc_trace_window_set(ifc_timeline_options *o, const char *text, ifc_error *err)
{
    o->by_token = strncmp(text, "token", 5) == 0;
    if (!o->by_token)
        return ifc_trace_window_parse(text, &o->begin, &o->end, err);
    const char *range = text + 5 + (text[5] == 's'), *layer = strstr(range, "layer");
    char tokens[64];
    snprintf(tokens, sizeof tokens, "%.*s", (int)(layer ? layer - range : (long)strlen(range)), range);
    if (strlen(range) >= sizeof tokens || !parse_tokens(tokens, &o->first_token, &o->last_token))
        return ifc_fail(err, IFC_EUSAGE,
                        "--trace-window: '%s' names no tokens (examples: token 3, tokens 3..5)", text);
    o->by_layer = layer != NULL;
    if (layer && !parse_tokens(layer + 5 + (layer[5] == 's'), &o->first_layer, &o->last_layer))
        return ifc_fail(
            err, IFC_EUSAGE,
            "--trace-window: '%s' names no layers (examples: token 3 layer 5, token 3 layers 5..7)", text);
    if (layer && o->first_token != o->last_token)
        return ifc_fail(err, IFC_EUSAGE, "--trace-window: '%s': layers are those of one token", text);
    if (o->first_token > o->last_token || (layer && o->first_layer > o->last_layer))
        return ifc_fail(err, IFC_EUSAGE, "--trace-window: '%s' ends before it begins", text);
    return IFC_OK;
}
