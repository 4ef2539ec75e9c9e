#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "platform/cli/explore/points.h"
#include "platform/observe/figures.h"
#include "platform/scenario/origins.h"

#define GROUPS "flash.groups."
#define FLOWS  "workload.flows."

static ifc_value of_row(const ifc_param *row, const void *base)
{
    const char *field = (const char *)base + row->offset;
    ifc_value v = {0};
    switch (row->type) {
    case IFC_PARAM_BOOL:
        return ifc_value_number(*(const bool *)field);
    case IFC_PARAM_U32:
        return ifc_value_unit(*(const uint32_t *)(const void *)field, (int)row->unit);
    case IFC_PARAM_U64:
        return ifc_value_unit((double)*(const uint64_t *)(const void *)field, (int)row->unit);
    case IFC_PARAM_TIME:
        return ifc_value_unit((double)*(const ifc_time *)(const void *)field, (int)row->unit);
    case IFC_PARAM_REAL:
        return ifc_value_unit(*(const double *)(const void *)field, (int)row->unit);
    case IFC_PARAM_STRING:
        return ifc_value_text(field);
    case IFC_PARAM_CHOICE:
    case IFC_PARAM_SWITCH:
        v.is_text = true;
        ifc_param_print(row, base, v.text, sizeof v.text);
        break;
    }
    size_t n = strlen(v.text);
    if (n >= 2 && v.text[0] == '"') { /* as in a file */
        v.text[n - 1] = '\0';
        memmove(v.text, v.text + 1, n - 1);
    }
    return v;
}

bool ifc__parameter_value(const ifc_scenario *s, const char *path, ifc_value *out)
{
    ifc__place place;
    double dies = 0;
    for (uint32_t g = 0; g < s->n_groups; g++)
        dies += s->groups[g].dies;
    if (strcmp(path, "machine.dies") == 0)
        *out = ifc_value_number(dies);
    else if (strcmp(path, "machine.flash_bytes") == 0)
        *out = ifc_value_named(ifc_flash_bytes(s), "B");
    else if (strcmp(path, "machine.price") == 0)
        *out = ifc_value_named(ifc_price(s), "$");
    else if (ifc__place_find(s, path, &place))
        *out = of_row(place.row, place.base);
    else
        return false;
    return true;
}

/* The row of a path, also of one whose group or flow is not known; NULL: a policy's parameter, or nothing. */
static const ifc_param *row_of(const char *path)
{
    const ifc_param_table *tables = ifc_param_tables();
    bool flow = strncmp(path, FLOWS, strlen(FLOWS)) == 0;
    if (!flow && strncmp(path, GROUPS, strlen(GROUPS)) != 0)
        return ifc__row_find(&tables[IFC_SCOPE_SCENARIO], path);
    const char *key = strchr(path + strlen(flow ? FLOWS : GROUPS), '.');
    return key ? ifc__row_find(&tables[flow ? IFC_SCOPE_FLOW : IFC_SCOPE_GROUP], key + 1) : NULL;
}

ifc_status ifc__parameter_fits(const char *path, ifc_value *v, ifc_error *err)
{
    char is[80], takes[80];
    const ifc_param *row = row_of(path);
    if (!row || v->is_text)
        return IFC_OK;
    ifc_value wanted = ifc_value_unit(0, (int)row->unit);
    ifc_value_seconds(v, &wanted);
    if (wanted.unit != (int)row->unit) { /* seconds, for a time of whole picoseconds */
        v->number *= 1e12;
        v->unit = (int)row->unit;
    }
    if (v->unit == (int)row->unit || (v->unit == IFC_UNIT_NONE && v->number == 0) ||
        (v->bare && row->unit == IFC_UNIT_NONE))
        return IFC_OK;
    wanted.unit = (int)row->unit;
    return ifc_fail(err, IFC_EUSAGE, "gives %s, and %s takes %s", ifc_value_describe(v, is, sizeof is), path,
                    ifc_value_describe(&wanted, takes, sizeof takes));
}

void ifc__parameter_text(const char *path, const ifc_value *v, char *out, size_t size)
{
    const ifc_param *row = row_of(path);
    if (v->is_text)
        snprintf(out, size, "%s", v->text);
    else if (row && row->type == IFC_PARAM_BOOL)
        snprintf(out, size, "%s", v->number != 0 ? "true" : "false");
    else if (row && ifc_unit_is_whole(row->unit) && fabs(v->number) < 9e18)
        ifc_quantity_print_whole(row->unit, llround(v->number), out, size);
    else if (row && row->unit != IFC_UNIT_NONE && isfinite(v->number))
        ifc_quantity_print_real(row->unit, v->number, out, size);
    else
        snprintf(out, size, "%.15g", v->number);
}
