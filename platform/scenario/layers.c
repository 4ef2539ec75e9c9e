#include "platform/scenario/layers.h"

#include <ctype.h>
#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"
#include "platform/scenario/model_config.h"
#include "platform/scenario/scenario.h"
#include "platform/scenario/shipped.h"
#include "platform/scenario/source.h"

/* The files that are being read, innermost first: to see loops. */
struct open_file {
    const char *name;
    dev_t device;
    ino_t inode;
    bool quotable; /* a scenario: messages may show what stands in it */
    const struct open_file *outer;
};

/* "extends" of a model: not a value, but a file of values. */
#define CONFIG_GROUP "model"
#define CONFIG_KEY   "config"
#define CONFIG_PATH  CONFIG_GROUP "." CONFIG_KEY

struct reader {
    ifc_layers *layers;
    ifc_diagnostics *diag;
    ifc_status status; /* of the first problem */
};

static void read_file(struct reader *r, const char *file, const char *prefix, const char *where,
                      const struct open_file *outer);

static void note(struct reader *r, ifc_status status)
{
    if (r->status == IFC_OK)
        r->status = status;
}

static char *join(const char *a, const char *between, const char *b)
{
    size_t na = strlen(a), nbetween = na ? strlen(between) : 0, nb = strlen(b);
    char *text = ifc_alloc_zero(na + nbetween + nb + 1, 1);
    memcpy(text, a, na);
    memcpy(text + na, between, nbetween);
    memcpy(text + na + nbetween, b, nb);
    return text;
}

char *ifc_layers_resolve(const char *naming_file, const char *name)
{
    const char *slash = naming_file ? strrchr(naming_file, '/') : NULL;
    if (name[0] == '/' || !slash)
        return ifc_copy_text(name);
    char *folder = ifc_copy_text(naming_file);
    folder[slash - naming_file + 1] = '\0';
    char *path = join(folder, "", name);
    free(folder);
    return path;
}

static void add_setting(ifc_layers *l, const config_setting_t *s, char *path, int file, bool quotable)
{
    ifc_assignment *a = ifc_layers_add(l, path, file, s->line);
    a->quotable = quotable;
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_BOOL:
        a->raw = (ifc_raw){.kind = IFC_RAW_BOOL, .boolean = config_setting_get_bool(s)};
        break;
    case CONFIG_TYPE_INT:
        a->raw = (ifc_raw){.kind = IFC_RAW_WHOLE, .whole = config_setting_get_int(s)};
        break;
    case CONFIG_TYPE_INT64:
        a->raw = (ifc_raw){.kind = IFC_RAW_WHOLE, .whole = config_setting_get_int64(s)};
        break;
    case CONFIG_TYPE_FLOAT:
        a->raw = (ifc_raw){.kind = IFC_RAW_REAL, .real = config_setting_get_float(s)};
        break;
    case CONFIG_TYPE_STRING:
        a->text = ifc_copy_text(config_setting_get_string(s));
        a->raw = (ifc_raw){.kind = IFC_RAW_STRING, .text = a->text};
        break;
    case CONFIG_TYPE_GROUP:
        a->raw = (ifc_raw){.kind = IFC_RAW_GROUP};
        break;
    default:
        a->raw = (ifc_raw){.kind = IFC_RAW_LIST};
    }
}

/* What "extends" means by @name: a file beside the one that names it, else a shipped one, each also without
 * its ending. Owned; NULL: there is none, which is said. */
static char *find_extended(struct reader *r, const char *naming_file, const char *name, const char *where)
{
    char *beside = ifc_layers_resolve(naming_file, name);
    if (access(beside, F_OK) == 0 || errno != ENOENT)
        return beside;
    char *with_ending = join(beside, "", ".cfg");
    char *found = access(with_ending, F_OK) == 0 ? ifc_copy_text(with_ending) : ifc_shipped_part(name);
    free(with_ending);
    char nearest[256];
    ifc_shipped_nearest(name, nearest, sizeof nearest);
    if (!found && nearest[0]) {
        ifc_diagnose(r->diag, IFC_ENOINPUT, "%s: cannot open: No such file or directory (nearest: %s)", where,
                     nearest);
        note(r, IFC_ENOINPUT);
    } else if (!found) {
        return beside; /* which cannot be opened */
    }
    free(beside);
    return found;
}

static void extend(struct reader *r, const config_setting_t *s, const char *prefix,
                   const struct open_file *self)
{
    const char *name = config_setting_get_string(s);
    if (!name || !*name) {
        ifc_diagnose(r->diag, IFC_EDATA, "%s:%u: extends: needs names of files in quotes", self->name,
                     s->line);
        note(r, IFC_EDATA);
        return;
    }
    char where[512];
    snprintf(where, sizeof where, "%s:%u: extends = \"%.200s\"", self->name, s->line, name);
    char *file = find_extended(r, self->name, name, where);
    if (file)
        read_file(r, file, prefix, where, self);
    free(file);
}

/* "extends" of a group: a file name, or a list or array of them, weakest first. */
static void extend_all(struct reader *r, const config_setting_t *group, const char *prefix,
                       const struct open_file *self)
{
    const config_setting_t *s = config_setting_get_member(group, "extends");
    if (!s)
        return;
    int type = config_setting_type(s);
    if (type != CONFIG_TYPE_LIST && type != CONFIG_TYPE_ARRAY) {
        extend(r, s, prefix, self);
        return;
    }
    for (int i = 0; i < config_setting_length(s); i++)
        extend(r, config_setting_get_elem(s, (unsigned)i), prefix, self);
}

static int remember_file(ifc_layers *l, const char *file)
{
    l->files = ifc_grow(l->files, &l->files_capacity, l->n_files, sizeof *l->files);
    l->files[l->n_files++] = ifc_copy_text(file);
    return (int)l->n_files - 1;
}

/* The shape that a config.json gives: weaker than what stands beside its name, stronger than what that
 * extends. */
static void read_config(struct reader *r, const char *file, const char *where)
{
    ifc_source source;
    ifc_status status = ifc_source_read_plain(&source, file, where, r->diag);
    if (status == IFC_OK) {
        status = ifc__model_config_read(r->layers, remember_file(r->layers, file), source.text, r->diag);
        free(source.text);
    }
    if (status != IFC_OK)
        note(r, status);
}

static void take_config(struct reader *r, const config_setting_t *group, const struct open_file *self)
{
    const config_setting_t *s = config_setting_get_member(group, CONFIG_KEY);
    if (!s)
        return;
    const char *name = config_setting_get_string(s);
    char where[512];
    snprintf(where, sizeof where, "%s:%u: " CONFIG_PATH " = \"%.200s\"", self->name, s->line,
             name ? name : "");
    if (!name || !*name) {
        ifc_diagnose(r->diag, IFC_EDATA, "%s:%u: " CONFIG_PATH ": needs the name of a config.json in quotes",
                     self->name, s->line);
        note(r, IFC_EDATA);
        return;
    }
    char *file = ifc_layers_resolve(self->name, name);
    read_config(r, file, where);
    free(file);
}

static void flatten(struct reader *r, const config_setting_t *group, const char *prefix, int file,
                    const struct open_file *self)
{
    extend_all(r, group, prefix, self);
    bool model = strcmp(prefix, CONFIG_GROUP) == 0;
    if (model)
        take_config(r, group, self);
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        if (strcmp(s->name, "extends") == 0 || (model && strcmp(s->name, CONFIG_KEY) == 0))
            continue;
        char *path = join(prefix, ".", s->name);
        if (config_setting_is_group(s) && config_setting_length(s) > 0) {
            flatten(r, s, path, file, self);
            free(path);
        } else {
            add_setting(r->layers, s, path, file, self->quotable);
        }
    }
}

static int is_open(const struct open_file *f, const ifc_source *source)
{
    for (; f; f = f->outer)
        if (f->device == source->device && f->inode == source->inode)
            return 1;
    return 0;
}

/* Whether a line of @text begins a section of a scenario, as in "flash = {". */
static bool is_scenario(const char *text)
{
    const ifc_param_table *table = &ifc_param_tables()[IFC_SCOPE_SCENARIO];
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        const char *name = line + strspn(line, " \t");
        size_t n = strcspn(name, " \t=:\n");
        const char *after = name + n + strspn(name + n, " \t");
        if (strncmp(name, "extends", n) == 0 && n == strlen("extends") && *after == '=')
            return true;
        if ((*after != '=' && *after != ':') || after[1 + strspn(after + 1, " \t\r\n")] != '{')
            continue;
        if (strncmp(name, "flash", n) == 0 && n == strlen("flash"))
            return true;
        for (size_t i = 0; i < table->n; i++)
            if (strncmp(table->rows[i].path, name, n) == 0 && table->rows[i].path[n] == '.')
                return true;
    }
    return false;
}

/* The parser names a line and no key: show what stands there, but nothing of a file that is no scenario:
 * whoever wrote "extends" may not be allowed to read it. */
static void complain_syntax(struct reader *r, const char *file, const char *text, bool quotable,
                            const config_t *config)
{
    int line = config_error_line(config);
    for (int i = 1; i < line && strchr(text, '\n'); i++)
        text = strchr(text, '\n') + 1;
    while (isblank((unsigned char)*text))
        text++;
    char shown[81];
    snprintf(shown, sizeof shown, "%.*s", (int)strcspn(text, "\r\n"), text);
    if (quotable)
        ifc_diagnose(r->diag, IFC_EDATA, "%s:%d: %s%s%s", file, line, config_error_text(config),
                     shown[0] ? " at: " : "", shown);
    else
        ifc_diagnose(r->diag, IFC_EDATA, "%s:%d: %s, and no section of a scenario such as flash = { ... };",
                     file, line, config_error_text(config));
    note(r, IFC_EDATA);
}

static void parse(struct reader *r, const char *file, const char *prefix, const ifc_source *source,
                  const struct open_file *outer)
{
    int index = remember_file(r->layers, file);
    bool quotable = is_scenario(source->text);
    struct open_file self = {file, source->device, source->inode, quotable, outer};
    config_t config;
    config_init(&config);
    if (config_read_string(&config, source->text) == CONFIG_TRUE) {
        flatten(r, config_root_setting(&config), prefix, index, &self);
    } else {
        complain_syntax(r, file, source->text, quotable, &config);
    }
    config_destroy(&config);
}

static void read_file(struct reader *r, const char *file, const char *prefix, const char *where,
                      const struct open_file *outer)
{
    ifc_source source;
    if (r->layers->n_files >= IFC_LAYERS_MAX) {
        ifc_diagnose(r->diag, IFC_EDATA, "%s: too many files (allowed: %d)", where, IFC_LAYERS_MAX);
        note(r, IFC_EDATA);
        return;
    }
    ifc_status status = ifc_source_read(&source, file, where, r->diag);
    if (status != IFC_OK) {
        note(r, status);
        return;
    }
    if (is_open(outer, &source)) {
        ifc_diagnose(r->diag, IFC_EDATA, "%s: extends itself in a loop", where);
        note(r, IFC_EDATA);
    } else {
        parse(r, file, prefix, &source, outer);
    }
    free(source.text);
}

/* Drop blanks at both ends and one pair of quotes around the rest. In place. */
static char *trim(char *text, int quotes)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    if (quotes && n >= 2 && text[0] == '"' && text[n - 1] == '"') {
        text[n - 1] = '\0';
        text++;
    }
    return text;
}

static void add_set(struct reader *r, const char *set)
{
    char *copy = ifc_copy_text(set);
    char *equals = strchr(copy, '=');
    if (equals)
        *equals = '\0';
    char *path = trim(copy, 0);
    if (!equals || !*path) {
        ifc_diagnose(r->diag, IFC_EUSAGE, "--set %.200s: needs PATH=VALUE, e.g. channel.count=4", set);
        note(r, IFC_EUSAGE);
    } else if (strcmp(path, "extends") == 0) {
        const char *file = trim(equals + 1, 1);
        char where[512];
        snprintf(where, sizeof where, "--set extends=%.200s", file);
        char *found = find_extended(r, NULL, file, where);
        if (found)
            read_file(r, found, "", where, NULL);
        free(found);
    } else {
        ifc_assignment *a = ifc_layers_add(r->layers, ifc_copy_text(path), -1, 0);
        a->quotable = true;
        a->text = ifc_copy_text(trim(equals + 1, 1));
        a->raw = (ifc_raw){.kind = IFC_RAW_ANY, .text = a->text};
    }
    free(copy);
}

/* Whether "PATH=VALUE" names a config.json. If so, read it. */
static bool set_config(struct reader *r, const char *set, bool read)
{
    size_t n = strcspn(set, "= ");
    if (n != strlen(CONFIG_PATH) || strncmp(set, CONFIG_PATH, n) != 0)
        return false;
    const char *equals = strchr(set, '=');
    if (!equals || !read)
        return equals != NULL;
    char *copy = ifc_copy_text(equals + 1), where[512];
    const char *file = trim(copy, 1);
    snprintf(where, sizeof where, "--set: " CONFIG_PATH " = %.200s", file);
    if (*file) {
        read_config(r, file, where);
    } else {
        ifc_diagnose(r->diag, IFC_EDATA, "--set: " CONFIG_PATH ": needs the name of a config.json");
        note(r, IFC_EDATA);
    }
    free(copy);
    return true;
}

ifc_status ifc_layers_read(ifc_layers *out, const char *file, const char *const *sets, size_t n_sets,
                           ifc_diagnostics *diag)
{
    memset(out, 0, sizeof *out);
    struct reader r = {out, diag, IFC_OK};
    if (file && ifc__is_model_config(file))
        read_config(&r, file, file);
    else if (file)
        read_file(&r, file, "", file, NULL);
    for (size_t i = 0; i < n_sets; i++)
        set_config(&r, sets[i], true);
    for (size_t i = 0; i < n_sets; i++)
        if (!set_config(&r, sets[i], false))
            add_set(&r, sets[i]);
    return r.status;
}
