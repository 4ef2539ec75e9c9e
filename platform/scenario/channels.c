/*
 * Which channels the dies of a group hang on: "all", or a list such as "0..3,6".
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "platform/scenario/scenario.h"

bool ifc_group_on_all(const ifc_flash_group *g)
{
    return !g->channels[0] || strcmp(g->channels, "all") == 0;
}

/* A whole number at *@at, which moves behind it. Return: false: there is none. */
static bool read_number(const char **at, uint32_t *out)
{
    char *end;
    if (!isdigit((unsigned char)**at))
        return false;
    unsigned long number = strtoul(*at, &end, 10);
    *at = end;
    *out = number > UINT16_MAX ? UINT16_MAX : (uint32_t)number;
    return true;
}

/* Return: false: it is none, or there before. */
static bool add(uint32_t channel, uint32_t count, uint16_t *out, uint32_t *n)
{
    for (uint32_t i = 0; i < *n; i++)
        if (out[i] == channel)
            return false;
    if (channel >= count)
        return false;
    out[(*n)++] = (uint16_t)channel;
    return true;
}

uint32_t ifc_group_channels(const ifc_flash_group *g, uint32_t count, uint16_t *out)
{
    uint32_t n = 0, from, to;
    const char *at = g->channels;
    for (; ifc_group_on_all(g) && n < count; n++)
        out[n] = (uint16_t)n;
    if (ifc_group_on_all(g))
        return n;
    do {
        if (!read_number(&at, &from))
            return 0;
        to = from;
        if (strncmp(at, "..", 2) == 0 && (at += 2, !read_number(&at, &to) || to < from))
            return 0;
        for (; from <= to; from++)
            if (!add(from, count, out, &n))
                return 0;
    } while (*at++ == ',');
    return at[-1] == '\0' ? n : 0;
}

uint32_t ifc_group_buses(const ifc_scenario *s, const ifc_flash_group *g)
{
    uint16_t some[IFC_CHANNELS_MAX];
    uint32_t n = ifc_group_channels(g, s->channel.count, some);
    return g->dies < n ? g->dies : n;
}

uint32_t ifc_group_channel(const ifc_scenario *s, uint32_t group, uint32_t die)
{
    uint16_t some[IFC_CHANNELS_MAX];
    const ifc_flash_group *g = &s->groups[group];
    uint32_t n = ifc_group_channels(g, s->channel.count, some), before = 0;
    for (uint32_t i = 0; ifc_group_on_all(g) && i < group; i++)
        before += s->groups[i].dies;
    return n ? some[(before + die) % n] : 0;
}
