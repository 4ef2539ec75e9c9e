/*
 * How checks look at parameters, and how they complain.
 */
#include "platform/scenario/check_internal.h"

#include <stdarg.h>
#include <string.h>

bool ifc__check_known(const struct check *c, const char *path)
{
    ifc__place place;
    if (!ifc__place_find(c->s, path, &place))
        return false;
    if (!c->origins)
        return !ifc_param_is_unset(place.row, place.base);
    ifc_origin_kind kind = ifc__origin_of(c->origins, place.column, place.row)->kind;
    return kind != IFC_ORIGIN_UNSET && kind != IFC_ORIGIN_BAD;
}

void ifc__check_wrong(const struct check *c, const char *path, const char *format, ...)
{
    char what[1200], where[IFC_PATH_MAX + 16] = "", value[IFC_PATH_MAX + 16] = "";
    ifc__place place;
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (ifc__place_find(c->s, path, &place)) {
        ifc_param_print(place.row, place.base, value, sizeof value);
        ifc__origin_print(c->origins, &place, where, sizeof where);
    }
    bool is_default = strcmp(where, "default") == 0;
    ifc_diagnose(c->diag, IFC_EDATA, "%s: %s = %s%s: %s", is_default ? c->s->file : where, path, value,
                 is_default && c->origins ? " (default)" : "", what);
}

static void group_names(const ifc_scenario *s, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < s->n_groups && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", s->groups[i].name);
}

const ifc_flash_group *ifc__check_group(const struct check *c, const char *path, const char *name,
                                        bool or_dram)
{
    char names[IFC_GROUPS_MAX * (IFC_NAME_MAX + 2)];
    int g = ifc_scenario_group(c->s, name);
    bool none = c->s->n_groups == 0;
    if (!ifc__check_known(c, path) || (none && !or_dram) || (or_dram && strcmp(name, "dram") == 0))
        return NULL; /* no group at all where one is needed is said by itself */
    if (g >= 0)
        return &c->s->groups[g];
    group_names(c->s, names, sizeof names);
    ifc__check_wrong(c, path, "there is no such group (allowed: %s%s)", names,
                     none      ? "dram"
                     : or_dram ? ", dram"
                               : "");
    return NULL;
}
