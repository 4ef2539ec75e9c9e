/*
 * Dies find room on the channels that they hang on.
 */
#include <stdio.h>
#include <stdlib.h>

#include "platform/common/memory.h"
#include "platform/scenario/check_internal.h"

/* The group with most dies is at fault. */
static void check_all(const struct check *c)
{
    const ifc_scenario *s = c->s;
    char path[IFC_NAME_MAX + 32];
    uint64_t dies = 0, most = (uint64_t)s->channel.count * IFC_DIES_PER_CHANNEL;
    uint32_t at = 0;
    for (uint32_t i = 0; i < s->n_groups; i++) {
        dies += s->groups[i].dies;
        at = s->groups[i].dies > s->groups[at].dies ? i : at;
    }
    if (dies <= most)
        return;
    snprintf(path, sizeof path, "flash.groups.%s.dies", s->groups[at].name);
    ifc__check_wrong(
        c, path, "%llu dies in all on channel.count = %u (allowed: %d dies on a channel, %llu in all)",
        (unsigned long long)dies, s->channel.count, IFC_DIES_PER_CHANNEL, (unsigned long long)most);
}

/* Return: whether the group's list is one. */
static bool check_list(const struct check *c, const ifc_flash_group *g)
{
    char path[IFC_NAME_MAX + 32];
    uint16_t some[IFC_CHANNELS_MAX];
    snprintf(path, sizeof path, "flash.groups.%s.channels", g->name);
    if (!ifc__check_known(c, path))
        return false;
    if (ifc_group_channels(g, c->s->channel.count, some) > 0)
        return true;
    ifc__check_wrong(c, path,
                     "no list of channels, each once (allowed: \"all\", or as \"0..3,6\"; there are 0 .. %u)",
                     c->s->channel.count - 1);
    return false;
}

/* The first group whose dies find no room is at fault. */
static void check_room(const struct check *c)
{
    const ifc_scenario *s = c->s;
    char path[IFC_NAME_MAX + 32];
    uint32_t *on = ifc_alloc_zero(s->channel.count, sizeof *on);
    bool full = false;
    for (uint32_t g = 0; g < s->n_groups && !full; g++)
        for (uint32_t d = 0; d < s->groups[g].dies && !full; d++) {
            uint32_t channel = ifc_group_channel(s, g, d);
            full = ++on[channel] > IFC_DIES_PER_CHANNEL;
            if (!full)
                continue;
            snprintf(path, sizeof path, "flash.groups.%s.dies", s->groups[g].name);
            ifc__check_wrong(c, path, "channel %u has more than %d dies (flash.groups.*.channels)", channel,
                             IFC_DIES_PER_CHANNEL);
        }
    free(on);
}

void ifc__check_channels(const struct check *c)
{
    bool lists = true, all = true;
    if (!ifc__check_known(c, "channel.count"))
        return;
    for (uint32_t i = 0; i < c->s->n_groups; i++) {
        lists &= check_list(c, &c->s->groups[i]);
        all &= ifc_group_on_all(&c->s->groups[i]);
    }
    check_all(c);
    if (lists && !all && c->diag->n == 0)
        check_room(c);
}
