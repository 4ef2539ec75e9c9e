#include "platform/registry/fields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/scenario/param.h"

/* What a field type is in the parameter table, and the unit names it may have. */
static const struct {
    ifc_param_type type;
    size_t size;
    struct {
        const char *name;
        ifc_unit unit;
    } units[6];
} types[IFC_FIELD_TYPES] = {
    [IFC_FIELD_BOOL] = {IFC_PARAM_BOOL, sizeof(bool), {{"flag", IFC_UNIT_NONE}}},
    [IFC_FIELD_CHOICE] = {IFC_PARAM_CHOICE, sizeof(int), {{"name", IFC_UNIT_NONE}}},
    [IFC_FIELD_U32] = {IFC_PARAM_U32, sizeof(uint32_t), {{"count", IFC_UNIT_NONE}}},
    [IFC_FIELD_U64] = {IFC_PARAM_U64,
                       sizeof(uint64_t),
                       {{"count", IFC_UNIT_NONE}, {"bytes", IFC_UNIT_BYTES}}},
    [IFC_FIELD_TIME] = {IFC_PARAM_TIME, sizeof(ifc_time), {{"ps", IFC_UNIT_TIME}}},
    [IFC_FIELD_REAL] = {IFC_PARAM_REAL,
                        sizeof(double),
                        {{"ratio", IFC_UNIT_NONE},
                         {"B/s", IFC_UNIT_RATE},
                         {"J", IFC_UNIT_ENERGY},
                         {"W", IFC_UNIT_POWER},
                         {"Hz", IFC_UNIT_FREQUENCY}}},
    [IFC_FIELD_TEXT] = {IFC_PARAM_STRING, 0, {{"text", IFC_UNIT_NONE}}}, /* of any size */
};

bool ifc_fields_is_name(const char *text)
{
    if (!text || !islower((unsigned char)text[0]) || strlen(text) >= IFC_NAME_MAX)
        return false;
    for (const char *p = text; *p; p++)
        if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && *p != '_' && *p != '-')
            return false;
    return true;
}

static bool is_line(const char *text)
{
    return text && *text && !strchr(text, '\n');
}

/* What parameters and statistics have in common. */
static ifc_status check_field(const char *what, const char *name, ifc_field_type type, const char *unit,
                              const char *help, size_t offset, size_t size, size_t state_size, ifc_error *err)
{
    if (!ifc_fields_is_name(name))
        return ifc_fail(err, IFC_EDATA,
                        "%s \"%.40s\": not a name (allowed: lower case letters, digits, _, -)", what,
                        name ? name : "");
    if ((unsigned)type >= IFC_FIELD_TYPES)
        return ifc_fail(err, IFC_EDATA, "%s %s: type %u is unknown (allowed: 0 .. %d)", what, name,
                        (unsigned)type, IFC_FIELD_TYPES - 1);
    if (!is_line(unit))
        return ifc_fail(err, IFC_EDATA, "%s %s has no unit", what, name);
    if (!is_line(help))
        return ifc_fail(err, IFC_EDATA, "%s %s has no help", what, name);
    if (type == IFC_FIELD_TEXT ? size < 2 || size > IFC_POLICY_TEXT_MAX : size != types[type].size)
        return ifc_fail(err, IFC_EDATA, "%s %s: its member has %zu bytes, its type %zu%s", what, name, size,
                        type == IFC_FIELD_TEXT ? IFC_POLICY_TEXT_MAX : types[type].size,
                        type == IFC_FIELD_TEXT ? " at most" : "");
    if (offset > state_size || size > state_size - offset)
        return ifc_fail(err, IFC_EDATA, "%s %s: bytes %zu .. %zu lie outside of the state of %zu", what, name,
                        offset, offset + size, state_size);
    return IFC_OK;
}

static ifc_status find_unit(const ifc_parameter *p, ifc_unit *out, ifc_error *err)
{
    char allowed[64] = "";
    for (size_t i = 0; i < 6 && types[p->type].units[i].name; i++) {
        size_t used = strlen(allowed);
        *out = types[p->type].units[i].unit;
        if (strcmp(types[p->type].units[i].name, p->unit) == 0)
            return IFC_OK;
        snprintf(allowed + used, sizeof allowed - used, "%s%s", i ? ", " : "", types[p->type].units[i].name);
    }
    return ifc_fail(err, IFC_EDATA, "parameter %s: unit \"%.20s\" does not go with its type (allowed: %s)",
                    p->name, p->unit, allowed);
}

/* A row that refuses its own default would stop every scenario. */
static ifc_status check_default(const ifc_param *row, size_t state_size, ifc_error *err)
{
    ifc_error why = {.status = IFC_OK};
    ifc_raw raw = {.kind = IFC_RAW_ANY, .text = row->default_text};
    if (!row->default_text)
        return ifc_fail(err, IFC_EDATA, "parameter %s has no default", row->path);
    void *state = ifc_alloc_zero(1, state_size);
    ifc_status status = ifc_param_set(row, state, &raw, &why);
    free(state);
    if (status == IFC_OK)
        return IFC_OK;
    return ifc_fail(err, IFC_EDATA, "parameter %s: default \"%.40s\" %s", row->path, row->default_text,
                    why.text);
}

static ifc_status make_row(const ifc_parameter *p, size_t state_size, ifc_param *row, ifc_error *err)
{
    ifc_unit unit = IFC_UNIT_NONE;
    ifc_status status =
        check_field("parameter", p->name, p->type, p->unit, p->help, p->offset, p->size, state_size, err);
    if (status == IFC_OK)
        status = find_unit(p, &unit, err);
    if (status != IFC_OK)
        return status;
    if (strcmp(p->name, "name") == 0 || strcmp(p->name, "plugin") == 0)
        return ifc_fail(err, IFC_EDATA, "parameter %s: this name is taken by scenarios", p->name);
    if (p->type == IFC_FIELD_CHOICE && (!p->names || !p->names[0]))
        return ifc_fail(err, IFC_EDATA, "parameter %s is a choice without names", p->name);
    *row = (ifc_param){.path = p->name,
                       .type = types[p->type].type,
                       .unit = unit,
                       .offset = p->offset,
                       .size = p->size,
                       .default_text = p->default_text,
                       .need = IFC_NEED_NEVER,
                       .min = p->min,
                       .max = p->max,
                       .names = p->names,
                       .provenance = IFC_FROM_USER,
                       .help = p->help};
    return check_default(row, state_size, err);
}

ifc_status ifc_fields_rows(const ifc_parameter *parameters, uint32_t n, size_t state_size, ifc_param **out,
                           ifc_error *err)
{
    *out = NULL;
    if (n == 0)
        return IFC_OK;
    if (!parameters || n > IFC_POLICY_KV_MAX)
        return ifc_fail(err, IFC_EDATA, "%u parameters (allowed: 0 .. %d, with a table)", n,
                        IFC_POLICY_KV_MAX);
    ifc_param *rows = ifc_alloc_zero(n, sizeof *rows);
    ifc_status status = IFC_OK;
    for (uint32_t i = 0; i < n && status == IFC_OK; i++) {
        status = make_row(&parameters[i], state_size, &rows[i], err);
        if (status == IFC_OK && ifc_fields_find(rows, i, parameters[i].name))
            status = ifc_fail(err, IFC_EDATA, "parameter %s is declared twice", parameters[i].name);
    }
    if (status != IFC_OK) {
        free(rows);
        return status;
    }
    *out = rows;
    return IFC_OK;
}

ifc_status ifc_fields_check_statistics(const ifc_statistic *statistics, uint32_t n, size_t state_size,
                                       ifc_error *err)
{
    if (n > 0 && (!statistics || n > IFC_POLICY_KV_MAX))
        return ifc_fail(err, IFC_EDATA, "%u statistics (allowed: 0 .. %d, with a table)", n,
                        IFC_POLICY_KV_MAX);
    for (uint32_t i = 0; i < n; i++) {
        const ifc_statistic *s = &statistics[i];
        ifc_status status =
            check_field("statistic", s->name, s->type, s->unit, s->help, s->offset, s->size, state_size, err);
        if (status != IFC_OK)
            return status;
        if (s->type == IFC_FIELD_BOOL || s->type == IFC_FIELD_CHOICE || s->type == IFC_FIELD_TEXT)
            return ifc_fail(err, IFC_EDATA, "statistic %s: not a number", s->name);
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(statistics[k].name, s->name) == 0)
                return ifc_fail(err, IFC_EDATA, "statistic %s is declared twice", s->name);
    }
    return IFC_OK;
}

void ifc_fields_set_defaults(const ifc_param *rows, uint32_t n, void *state)
{
    ifc_param_table table = {"policies.", rows, n};
    ifc_param_set_defaults(&table, state);
}

ifc_status ifc_fields_set(const ifc_param *row, void *state, const ifc_policy_param *given, ifc_error *err)
{
    ifc_raw raw = {.kind = given->quoted ? IFC_RAW_STRING : IFC_RAW_ANY, .text = given->value};
    return ifc_param_set(row, state, &raw, err);
}

const ifc_param *ifc_fields_find(const ifc_param *rows, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(rows[i].path, name) == 0)
            return &rows[i];
    return NULL;
}

void ifc_fields_names(const ifc_param *rows, uint32_t n, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "%s", n ? "" : "none");
    for (uint32_t i = 0; i < n && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", rows[i].path);
}

const char *ifc_fields_nearest(const ifc_param *rows, uint32_t n, const char *name)
{
    const char *best = NULL;
    unsigned least = UINT32_MAX;
    for (uint32_t i = 0; i < n; i++) {
        unsigned distance = ifc_text_distance(name, rows[i].path);
        if (distance < least) {
            least = distance;
            best = rows[i].path;
        }
    }
    return best;
}

unsigned ifc_fields_distance(const char *a, const char *b)
{
    return ifc_text_distance(a, b);
}

void ifc_fields_print(const ifc_param *rows, uint32_t i, const void *state, char *out, size_t size)
{
    ifc_param_print(&rows[i], state, out, size);
}

void ifc_fields_allowed(const ifc_param *rows, uint32_t i, char *out, size_t size)
{
    ifc_param_allowed(&rows[i], out, size);
}

void ifc_fields_default(const ifc_param *rows, uint32_t i, char *out, size_t size)
{
    ifc_param_default(&rows[i], out, size);
}

double ifc_fields_statistic(const ifc_statistic *statistic, const void *state)
{
    const void *member = (const char *)state + statistic->offset;
    switch (statistic->type) {
    case IFC_FIELD_U32:
        return *(const uint32_t *)member;
    case IFC_FIELD_U64:
        return (double)*(const uint64_t *)member;
    case IFC_FIELD_TIME:
        return (double)*(const ifc_time *)member;
    default:
        return *(const double *)member;
    }
}
