#include "platform/scenario/model_json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"

json_t *ifc__json_at(const ifc__config *c, const char *key)
{
    char part[128];
    const char *dot = strchr(key, '.');
    json_t *value = json_object_get(c->root, key); /* keys of the file itself may have dots, too */
    if (value || !dot)
        return value;
    value = c->root;
    for (; value && *key; key = dot ? dot + 1 : key + strlen(key)) {
        dot = strchr(key, '.');
        snprintf(part, sizeof part, "%.*s", (int)(dot ? dot - key : (ptrdiff_t)strlen(key)), key);
        value = json_object_get(value, part);
    }
    return value;
}

void ifc__json_wrong(ifc__config *c, const char *key, const char *format, ...)
{
    char what[512], file[IFC_PATH_MAX], name[200], value[280] = "", *text = NULL;
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    const json_t *found = ifc__json_at(c, key);
    if (found && (text = json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII)))
        snprintf(value, sizeof value, " = %.60s%s", text, strlen(text) > 60 ? "..." : "");
    ifc_diagnose(c->diag, IFC_EDATA, "%s: %s%s%s: %s",
                 ifc_printable(file, sizeof file, c->layers->files[c->file]), c->nested ? "text_config." : "",
                 ifc_printable(name, sizeof name, key), value, what);
    free(text);
    c->failed = true;
}

void ifc__json_note(ifc__config *c, const char *format, ...)
{
    char *notes = c->beside.notes;
    size_t used = strlen(notes), room = sizeof c->beside.notes - used;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(notes + used, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n + 2 > room) /* no room for a line and its end */
        notes[used] = '\0';
    else
        memcpy(notes + used + n, "\n", 2);
}

const char *ifc__json_there(const ifc__config *c, ifc__names key)
{
    for (int i = 0; key[i]; i++) {
        const json_t *found = ifc__json_at(c, key[i]);
        if (found && !json_is_null(found))
            return key[i];
    }
    return NULL;
}

static void check_others(ifc__config *c, ifc__names key, const char *found)
{
    for (int i = 0; key[i]; i++) {
        const json_t *other = ifc__json_at(c, key[i]);
        if (other && !json_is_null(other) && !json_equal(other, ifc__json_at(c, found)))
            ifc__json_wrong(c, key[i], "contradicts %s = %" JSON_INTEGER_FORMAT, found,
                            json_integer_value(ifc__json_at(c, found)));
    }
}

static uint64_t number(ifc__config *c, ifc__names key, uint64_t otherwise, uint64_t least, uint64_t most,
                       const char **name)
{
    const char *found = ifc__json_there(c, key);
    if (name)
        *name = found;
    if (!found)
        return otherwise;
    const json_t *value = ifc__json_at(c, found);
    json_int_t n = json_integer_value(value);
    if (!json_is_integer(value) || n < (json_int_t)least || n > (json_int_t)most) {
        ifc__json_wrong(c, found, "needs a whole number (allowed: %" PRIu64 " .. %" PRIu64 ")", least, most);
        return otherwise;
    }
    check_others(c, key, found);
    return (uint64_t)n;
}

uint64_t ifc__json_whole(ifc__config *c, ifc__names key, uint64_t otherwise, const char **name)
{
    return number(c, key, otherwise, 0, UINT32_MAX, name);
}

uint64_t ifc__json_between(ifc__config *c, ifc__names key, uint64_t otherwise, uint64_t least, uint64_t most)
{
    return number(c, key, otherwise, least, most, NULL);
}

bool ifc__json_flag(ifc__config *c, ifc__names key, bool otherwise)
{
    const char *found = ifc__json_there(c, key);
    if (!found)
        return otherwise;
    const json_t *value = ifc__json_at(c, found);
    if (!json_is_boolean(value))
        ifc__json_wrong(c, found, "needs true or false");
    return json_is_true(value);
}

const char *ifc__json_text(ifc__config *c, const char *key)
{
    const json_t *value = ifc__json_at(c, key);
    if (value && !json_is_null(value) && !json_is_string(value))
        ifc__json_wrong(c, key, "needs text in quotes");
    return json_is_string(value) ? json_string_value(value) : NULL;
}

bool ifc__json_is_idle(const json_t *value)
{
    if (!value || json_is_null(value) || json_is_false(value))
        return true;
    if (json_is_number(value))
        return json_number_value(value) == 0;
    if (json_is_string(value))
        return *json_string_value(value) == '\0';
    return json_is_array(value) ? json_array_size(value) == 0
                                : json_is_object(value) && json_object_size(value) == 0;
}

static ifc_assignment *assign(ifc__config *c, const char *path, const char *key)
{
    ifc_assignment *a = ifc_layers_add(c->layers, ifc_copy_text(path), c->file, 0);
    a->key = key;
    a->quotable = true;
    return a;
}

void ifc__config_put(ifc__config *c, const char *path, const char *key, uint64_t value)
{
    assign(c, path, key)->raw = (ifc_raw){.kind = IFC_RAW_WHOLE, .whole = (int64_t)value};
}

void ifc__config_put_flag(ifc__config *c, const char *path, const char *key, bool value)
{
    assign(c, path, key)->raw = (ifc_raw){.kind = IFC_RAW_BOOL, .boolean = value};
}

void ifc__config_put_text(ifc__config *c, const char *path, const char *key, const char *value)
{
    ifc_assignment *a = assign(c, path, key);
    a->text = ifc_copy_text(value);
    a->raw = (ifc_raw){.kind = IFC_RAW_STRING, .text = a->text};
}
