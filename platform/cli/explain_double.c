/*
 * Each resource of a scenario made twice as good, by itself: shorter times, higher rates, larger counts. What
 * a group of dies has is doubled in each group, and in all groups at once.
 */
#include <string.h>

#include "platform/cli/explain.h"
#include "platform/observe/format.h"
#include "platform/scenario/load.h"

typedef enum measure {
    SHORTER, /* ifc_time */
    FASTER,  /* double, in unit */
    LARGER,  /* uint64_t bytes */
    MORE     /* uint32_t, through the table, which knows how many are allowed */
} measure;

typedef struct resource {
    const char *name, *unit;
    measure measure;
    size_t offset; /* of the field in its base */
} resource;

#define OF_GROUP(f) #f, "", MORE, offsetof(ifc_flash_group, f)

static const resource group_resources[] = {
    {"t_read", "", SHORTER, offsetof(ifc_flash_group, t_read)},
    {"t_program", "", SHORTER, offsetof(ifc_flash_group, t_program)},
    {"clock", "Hz", FASTER, offsetof(ifc_flash_group, clock)},
    {"ecc_rate", "B/s", FASTER, offsetof(ifc_flash_group, ecc_rate)},
    {"collect_rate", "B/s", FASTER, offsetof(ifc_flash_group, collect_rate)},
    {"global_buffer", "", LARGER, offsetof(ifc_flash_group, global_buffer)},
    {OF_GROUP(dies)},
    {OF_GROUP(planes)},
    {OF_GROUP(queue_depth)},
};

static void check(ifc_variant *v)
{
    ifc_error err = {.status = IFC_OK};
    if (!v->refused[0] && ifc_scenario_check(v->scenario, &err) != IFC_OK)
        snprintf(v->refused, sizeof v->refused, "%.250s", err.text);
}

static ifc_variant *add_doubled(ifc_explanation *x, const char *of, const char *what)
{
    char name[96];
    snprintf(name, sizeof name, "%s%s%s", of, of[0] ? " " : "", what);
    ifc_variant *v = ifc__explain_add(x, IFC_VARIANT_DOUBLED, name);
    v->scenario = ifc__explain_copy(x->own);
    return v;
}

static void halve_time(void *field, char *change, size_t size)
{
    ifc_time t;
    memcpy(&t, field, sizeof t);
    ifc_time half = t / 2;
    memcpy(field, &half, sizeof half);
    snprintf(change, size, "%s -> %s", ifc_format_time((double)t).text, ifc_format_time((double)half).text);
}

static void double_rate(void *field, const char *unit, char *change, size_t size)
{
    double rate;
    memcpy(&rate, field, sizeof rate);
    double twice = 2 * rate;
    memcpy(field, &twice, sizeof twice);
    snprintf(change, size, "%s -> %s", ifc_format_si(rate, unit).text, ifc_format_si(twice, unit).text);
}

static void double_bytes(void *field, char *change, size_t size)
{
    uint64_t bytes;
    memcpy(&bytes, field, sizeof bytes);
    uint64_t twice = 2 * bytes;
    memcpy(field, &twice, sizeof twice);
    snprintf(change, size, "%s -> %s", ifc_format_buffer(bytes).text, ifc_format_buffer(twice).text);
}

static void double_count(ifc_variant *v, const void *field, const char *path)
{
    uint32_t n;
    char value[32];
    ifc_error err = {.status = IFC_OK};
    memcpy(&n, field, sizeof n);
    snprintf(value, sizeof value, "%llu", 2ULL * n);
    snprintf(v->change, sizeof v->change, "%u -> %s", n, value);
    if (ifc_scenario_set(v->scenario, path, value, &err) != IFC_OK)
        snprintf(v->refused, sizeof v->refused, "%.250s", err.text);
}

/* Double what is at @field of @v's scenario; @path: of a count. */
static void apply(ifc_variant *v, const resource *r, void *field, const char *path)
{
    switch (r->measure) {
    case SHORTER:
        halve_time(field, v->change, sizeof v->change);
        break;
    case FASTER:
        double_rate(field, r->unit, v->change, sizeof v->change);
        break;
    case LARGER:
        double_bytes(field, v->change, sizeof v->change);
        break;
    case MORE:
        double_count(v, field, path);
    }
}

/* There is nothing to gain from a time of 0, and nothing that has a rate of 0. */
static bool can_double(const resource *r, const void *field)
{
    ifc_time t = 1;
    double rate = 1;
    if (r->measure == SHORTER)
        memcpy(&t, field, sizeof t);
    if (r->measure == FASTER)
        memcpy(&rate, field, sizeof rate);
    return t > 0 && rate > 0;
}

static void double_one(ifc_explanation *x, const char *of, const char *path, resource r)
{
    if (!can_double(&r, (const char *)x->own + r.offset))
        return;
    ifc_variant *v = add_doubled(x, of, r.name);
    apply(v, &r, (char *)v->scenario + r.offset, path);
    check(v);
}

static bool group_has(const ifc_flash_group *g, const resource *r)
{
    if (strcmp(r->name, "clock") == 0 && g->fmacs == 0)
        return false;
    return can_double(r, (const char *)g + r->offset);
}

/* In the groups [@first, @end). */
static void double_groups(ifc_explanation *x, uint32_t first, uint32_t end, const resource *r)
{
    bool all = end - first > 1, differ = false;
    char path[IFC_NAME_MAX + 32], change[sizeof x->variants->change] = "";
    uint32_t having = 0;
    for (uint32_t g = first; g < end; g++)
        having += group_has(&x->own->groups[g], r);
    if (having == 0 || (all && having == 1)) /* of one alone: that group's own row */
        return;
    ifc_variant *v = add_doubled(x, all ? "all groups" : x->own->groups[first].name, r->name);
    for (uint32_t g = first; g < end; g++) {
        ifc_flash_group *group = &v->scenario->groups[g];
        if (!group_has(group, r))
            continue;
        snprintf(path, sizeof path, "flash.groups.%s.%s", group->name, r->name);
        apply(v, r, (char *)group + r->offset, path);
        differ |= change[0] && strcmp(change, v->change) != 0;
        memcpy(change, v->change, sizeof change);
    }
    if (differ)
        snprintf(v->change, sizeof v->change, "%s", r->measure == SHORTER ? "half in each" : "twice in each");
    check(v);
}

static bool decodes_in_controller(const ifc_scenario *s)
{
    for (uint32_t g = 0; g < s->n_groups; g++)
        if (s->groups[g].fmacs == 0 || s->groups[g].ecc_rate == 0)
            return true;
    return false;
}

#define IN(f) offsetof(ifc_scenario, f)

static void double_channels(ifc_explanation *x)
{
    double_one(x, "channel", "", (resource){"rate", "B/s", FASTER, IN(channel.rate)});
    double_one(x, "channel", "channel.count", (resource){"count", "", MORE, IN(channel.count)});
    double_one(x, "channel", "", (resource){"command_time", "", SHORTER, IN(channel.command_time)});
    if (decodes_in_controller(x->own))
        double_one(x, "soc", "", (resource){"ecc_rate", "B/s", FASTER, IN(soc.ecc_rate)});
}

static void double_decode(ifc_explanation *x)
{
    double_one(x, "npu", "", (resource){"rate", "op/s", FASTER, IN(npu.rate)});
    double_one(x, "npu", "", (resource){"vector_rate", "op/s", FASTER, IN(npu.vector_rate)});
    double_one(x, "npu", "", (resource){"launch", "", SHORTER, IN(npu.launch)});
    if (x->own->dram.channels > 0)
        double_one(x, "dram", "", (resource){"rate", "B/s", FASTER, IN(dram.rate)});
    if (ifc_scenario_group(x->own, x->own->placement.kv) < 0)
        return;
    double_one(x, "", "", (resource){"kv_buffer", "", LARGER, IN(placement.kv_buffer.bytes)});
    double_one(x, "", "placement.kv_buffer.partial_programs",
               (resource){"partial_programs", "", MORE, IN(placement.kv_buffer.partial_programs)});
}

void ifc__explain_double(ifc_explanation *x)
{
    uint32_t n = x->own->n_groups;
    for (uint32_t g = 0; g < n; g++)
        for (size_t i = 0; i < sizeof group_resources / sizeof group_resources[0]; i++)
            double_groups(x, g, g + 1, &group_resources[i]);
    for (size_t i = 0; n > 1 && i < sizeof group_resources / sizeof group_resources[0]; i++)
        double_groups(x, 0, n, &group_resources[i]);
    double_channels(x);
    if (x->own->workload.kind == IFC_WORKLOAD_DECODE)
        double_decode(x);
}
