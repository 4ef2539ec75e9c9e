/*
 * What flows of requests ask of the groups that they are for.
 */
#include <stdio.h>
#include <string.h>

#include "platform/scenario/check_internal.h"

#define PATH_TEXT (3 * IFC_NAME_MAX)

/* Path of a parameter of a flow. */
static const char *path_of(const ifc_stream_params *w, const char *key, char *out)
{
    if (w->name[0])
        snprintf(out, PATH_TEXT, "workload.flows.%s.%s", w->name, key);
    else
        snprintf(out, PATH_TEXT, "workload.stream.%s", key);
    return out;
}

static void check_arrival(const struct check *c, const ifc_stream_params *w)
{
    char rate[PATH_TEXT], arrival[PATH_TEXT], reads[PATH_TEXT], op[PATH_TEXT];
    if (w->arrival != IFC_ARRIVAL_CLOSED && ifc__check_known(c, path_of(w, "rate", rate)) && w->rate == 0)
        ifc__check_wrong(c, rate, "%s needs a rate, e.g. \"100 k/s\"", path_of(w, "arrival", arrival));
    if (w->reads > 0 && (w->op == IFC_STREAM_READ || w->op == IFC_STREAM_READ_COMPUTE))
        ifc__check_wrong(c, path_of(w, "reads", reads),
                         "reads beside programs or erases: needs %s = \"program\" or \"erase\" (allowed: 0)",
                         path_of(w, "op", op));
}

static void check_extent(const struct check *c, const ifc_stream_params *w, const ifc_flash_group *g)
{
    char path[PATH_TEXT];
    uint64_t pages = (uint64_t)g->blocks_per_plane * g->pages_per_block;
    if (w->op == IFC_STREAM_READ_COMPUTE && g->fmacs == 0)
        ifc__check_wrong(c, path_of(w, "op", path), "group %s has no engines: its fmacs = 0", g->name);
    if (w->planes > g->planes)
        ifc__check_wrong(c, path_of(w, "planes", path), "a die of group %s has %u", g->name, g->planes);
    if (g->dies && w->dies > g->dies)
        ifc__check_wrong(c, path_of(w, "dies", path), "group %s has %u", g->name, g->dies);
    path_of(w, "pages", path);
    if (w->op == IFC_STREAM_ERASE && w->pages > g->blocks_per_plane)
        ifc__check_wrong(c, path, "an erase takes blocks, and a plane of group %s has %u (allowed: 1 .. %u)",
                         g->name, g->blocks_per_plane, g->blocks_per_plane);
    else if (w->pages > pages)
        ifc__check_wrong(c, path, "a plane of group %s has %llu pages (allowed: 1 .. %llu)", g->name,
                         (unsigned long long)pages, (unsigned long long)pages);
}

void ifc__check_stream(const struct check *c)
{
    char path[PATH_TEXT];
    for (uint32_t i = 0; i < ifc_scenario_flows(c->s); i++) {
        const ifc_stream_params *w = ifc_scenario_flow(c->s, i);
        const ifc_flash_group *g = ifc__check_group(c, path_of(w, "group", path), w->group, false);
        if (w->trace[0])
            continue;
        check_arrival(c, w);
        if (g)
            check_extent(c, w, g);
    }
}

static void check_page_list(const struct check *c, const ifc_flash_group *g, const char *key,
                            const char *list)
{
    char path[PATH_TEXT];
    ifc_time times[IFC_PAGE_TYPES_MAX];
    snprintf(path, sizeof path, "flash.groups.%s.%s", g->name, key);
    if (!list[0] || !ifc__check_known(c, path))
        return;
    if (ifc_page_times(list, 0, times) == 0)
        ifc__check_wrong(c, path,
                         "no list of times (allowed: 1 to %d of 1 ps .. 1000 s, as \"37 us, 46 us\")",
                         IFC_PAGE_TYPES_MAX);
    else if (c->s->workload.kind != IFC_WORKLOAD_STREAM)
        ifc__check_wrong(
            c, path, "pages of one type only hold a model (allowed: \"\", or workload.kind = \"stream\")");
    else if (g->fmacs > 0 || !c->s->effects.page_rounding || !c->s->effects.pipeline_fill)
        ifc__check_wrong(
            c, path,
            "needs plain NAND and whole pages: flash.groups.%s.fmacs = 0, effects.page_rounding and "
            "effects.pipeline_fill = true",
            g->name);
}

void ifc__check_page_times(const struct check *c, const ifc_flash_group *g)
{
    check_page_list(c, g, "t_read_pages", g->t_read_pages);
    check_page_list(c, g, "t_program_pages", g->t_program_pages);
}
