#include "platform/scenario/load.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"
#include "platform/scenario/layers.h"
#include "platform/scenario/origins.h"

#define GROUPS         "flash.groups"
#define POLICIES       "policies"
#define EVERY_GROUP    "*"
#define GROUP_NAME_MAX 31  /* so that a component path "g1.die12.plane31" stays a name */
#define SHOWN_MAX      200 /* characters of a path in a message */

struct loader {
    ifc_scenario *s;
    const char *file;
    ifc_layers layers;
    ifc_origins *origins;
    ifc_diagnostics *diag;
    bool model_only;
    char group_where[IFC_GROUPS_MAX][IFC_PATH_MAX + 16]; /* where a group is first named */
};

IFC_PRINTF(3, 4)
static void complain(struct loader *l, const ifc_assignment *a, const char *format, ...)
{
    char where[IFC_PATH_MAX + 16], value[160], what[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    ifc_layers_where(&l->layers, a, where, sizeof where);
    ifc_raw_print(&a->raw, value, sizeof value);
    ifc_diagnose(l->diag, IFC_EDATA, "%s: %.*s = %s: %s", where, SHOWN_MAX, a->path, value, what);
}

static void complain_unknown(struct loader *l, const ifc_assignment *a)
{
    char nearest[256] = "";
    if (!ifc_diagnostics_full(l->diag))
        ifc__nearest_path(a->path, nearest, sizeof nearest);
    if (a->quotable) {
        complain(l, a, "unknown key (nearest: %s)", nearest);
        return;
    }
    char where[IFC_PATH_MAX + 16];
    ifc_layers_where(&l->layers, a, where, sizeof where);
    ifc_diagnose(l->diag, IFC_EDATA, "%s: %.*s: unknown key (nearest: %s)", where, SHOWN_MAX, a->path,
                 nearest);
}

/* Store the value in one instance of a row, and where it came from. */
static bool store(struct loader *l, const ifc_assignment *a, const ifc_param *row, void *base, int column)
{
    ifc_origin *origin = ifc__origin_of(l->origins, column, row);
    ifc_error why = {0};
    bool ok = ifc_param_set(row, base, &a->raw, &why) == IFC_OK;
    *origin = (ifc_origin){!ok           ? IFC_ORIGIN_BAD
                           : a->file < 0 ? IFC_ORIGIN_SET
                                         : IFC_ORIGIN_FILE,
                           a->file, a->line, a->key};
    if (!ok)
        complain(l, a, "%s", why.text);
    return ok;
}

/* Whether @path is "flash.groups.NAME" or "flash.groups.NAME.KEY". Copies NAME; *key is KEY or NULL. */
static bool split_group(const char *path, char *name, size_t size, const char **key)
{
    size_t n = strlen(GROUPS);
    if (strncmp(path, GROUPS ".", n + 1) != 0)
        return false;
    size_t length = strcspn(path + n + 1, ".");
    snprintf(name, size, "%.*s", (int)(length < size ? length : size), path + n + 1);
    *key = path[n + 1 + length] ? path + n + 2 + length : NULL;
    return true;
}

/* Names that components have in results: a group may not look like one of them. */
static bool is_reserved(const char *name)
{
    static const char *const words[] = {"dram",     "npu",       "soc",   "host", "controller", "channel",
                                        "channels", "kv_buffer", "flash", "all",  NULL};
    for (int i = 0; words[i]; i++) {
        size_t n = strlen(words[i]);
        if (strncmp(name, words[i], n) == 0 && strspn(name + n, "0123456789") == strlen(name + n))
            return true;
    }
    return false;
}

static bool is_group_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > GROUP_NAME_MAX || !isalpha((unsigned char)name[0]))
        return false;
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            return false;
    return !is_reserved(name);
}

static void add_group(struct loader *l, const ifc_assignment *a, const char *name)
{
    ifc_scenario *s = l->s;
    if (!is_group_name(name)) {
        complain(
            l, a,
            "\"%.40s\" cannot name a group (allowed: up to %d letters, digits, _ and -, a letter first, no "
            "component's name such as dram)",
            name, GROUP_NAME_MAX);
        return;
    }
    if (s->n_groups == IFC_GROUPS_MAX) {
        complain(l, a, "too many groups (allowed: %d)", IFC_GROUPS_MAX);
        return;
    }
    ifc_layers_where(&l->layers, a, l->group_where[s->n_groups], sizeof l->group_where[0]);
    if (s->n_groups > 0 && strncmp(l->group_where[s->n_groups], "--set", 5) == 0) {
        char names[IFC_GROUPS_MAX * (IFC_NAME_MAX + 2)] = "";
        for (uint32_t i = 0, at = 0; i < s->n_groups; i++)
            at += (uint32_t)snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "", s->groups[i].name);
        complain(l, a, "no file makes a group \"%.40s\" (allowed: %s)", name, names);
        return;
    }
    ifc_flash_group *g = &s->groups[s->n_groups++];
    memset(g, 0, sizeof *g);
    snprintf(g->name, sizeof g->name, "%s", name);
    ifc_param_set_defaults(&ifc_param_tables()[IFC_SCOPE_GROUP], g);
}

/* Groups first: what is said of every group holds for those that a later layer adds, too. */
static void find_groups(struct loader *l)
{
    char name[IFC_NAME_MAX], refused[IFC_NAME_MAX] = "";
    const char *key;
    for (size_t i = 0; i < l->layers.n; i++) {
        const ifc_assignment *a = &l->layers.items[i];
        if (!split_group(a->path, name, sizeof name, &key) || strcmp(name, EVERY_GROUP) == 0)
            continue;
        if (ifc_scenario_group(l->s, name) >= 0 || strcmp(name, refused) == 0)
            continue;
        add_group(l, a, name);
        if (ifc_scenario_group(l->s, name) < 0)
            snprintf(refused, sizeof refused, "%s", name);
    }
}

/* A file is named as seen from the one that names it; kept absolute, to hold when resolved text moves. */
static void settle_file(struct loader *l, const ifc_assignment *a, char *field, size_t room)
{
    if (!field[0] || strcmp(field, "-") == 0)
        return;
    char *path = ifc_layers_resolve(a->file < 0 ? NULL : l->layers.files[a->file], field);
    char *absolute = realpath(path, NULL);
    const char *settled = absolute ? absolute : path;
    if (strlen(settled) >= room) {
        complain(l, a, "too long (allowed: %zu bytes)", room - 1);
    } else {
        memset(field, 0, room);
        memcpy(field, settled, strlen(settled));
    }
    free(absolute);
    free(path);
}

static void store_in_group(struct loader *l, const ifc_assignment *a, const ifc_param *row, int g)
{
    ifc_flash_group *group = &l->s->groups[g];
    if (store(l, a, row, group, IFC_COLUMN_GROUPS + g) && strcmp(row->path, "errors.table") == 0)
        settle_file(l, a, group->errors.table, sizeof group->errors.table);
}

static void apply_every_group(struct loader *l, const ifc_assignment *a, const ifc_param *row)
{
    ifc_flash_group probe = {0};
    ifc_error why = {0};
    if (ifc_param_set(row, &probe, &a->raw, &why) != IFC_OK) {
        complain(l, a, "%s", why.text);
        return;
    }
    for (uint32_t g = 0; g < l->s->n_groups; g++)
        store_in_group(l, a, row, (int)g);
}

static void apply_group(struct loader *l, const ifc_assignment *a, const char *name, const char *key)
{
    const ifc_param *row = key ? ifc__row_find(&ifc_param_tables()[IFC_SCOPE_GROUP], key) : NULL;
    bool every = strcmp(name, EVERY_GROUP) == 0;
    int g = ifc_scenario_group(l->s, name);
    if (!every && g < 0)
        return; /* refused by find_groups() */
    if (!key && a->raw.kind != IFC_RAW_GROUP)
        complain(l, a, "needs a group of parameters { ... }");
    else if (key && !row)
        complain_unknown(l, a);
    else if (row && every)
        apply_every_group(l, a, row);
    else if (row)
        store_in_group(l, a, row, g);
}

static ifc_policy_param *find_policy_param(ifc_policy_choice *choice, const char *key)
{
    for (uint32_t i = 0; i < choice->n_params; i++)
        if (strcmp(choice->params[i].key, key) == 0)
            return &choice->params[i];
    if (choice->n_params == IFC_POLICY_KV_MAX)
        return NULL;
    return &choice->params[choice->n_params++];
}

static bool is_policy_key(const char *key)
{
    for (const char *p = key; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            return false;
    return isalpha((unsigned char)key[0]);
}

/* A parameter that only the policy knows: kept as written. */
static void keep_policy_param(struct loader *l, const ifc_assignment *a, ifc_policy_choice *choice,
                              const char *key)
{
    char where[IFC_PATH_MAX + 16], value[2 * IFC_NAME_MAX + 1];
    bool text = a->raw.kind == IFC_RAW_STRING || a->raw.kind == IFC_RAW_ANY;
    if (a->raw.kind == IFC_RAW_GROUP || a->raw.kind == IFC_RAW_LIST) {
        complain(l, a, "needs one value");
        return;
    }
    if (strlen(key) >= IFC_NAME_MAX || strchr(key, '.') ||
        (text && strlen(a->raw.text) >= 2 * IFC_NAME_MAX)) {
        complain(l, a, "too long or nested (allowed: a key of %d bytes, a value of %d)", IFC_NAME_MAX - 1,
                 2 * IFC_NAME_MAX - 1);
        return;
    }
    if (!is_policy_key(key) || (text && (ifc_has_control(a->raw.text) || !ifc_is_utf8(a->raw.text)))) {
        complain(l, a, "a key is letters, digits, _ and -, a text is UTF-8 without control characters");
        return;
    }
    ifc_policy_param *p = find_policy_param(choice, key);
    if (!p) {
        complain(l, a, "too many parameters (allowed: %d)", IFC_POLICY_KV_MAX);
        return;
    }
    memset(p, 0, sizeof *p);
    if (text)
        snprintf(value, sizeof value, "%s", a->raw.text);
    else
        ifc_raw_print(&a->raw, value, sizeof value);
    memcpy(p->value, value, strlen(value));
    memcpy(p->key, key, strlen(key));
    double number;
    bool bare = strcmp(value, "true") == 0 || strcmp(value, "false") == 0 ||
                ifc_number_parse_real(value, &number, NULL) == IFC_OK;
    p->quoted = a->raw.kind == IFC_RAW_STRING || (a->raw.kind == IFC_RAW_ANY && !bare);
    ifc_layers_where(&l->layers, a, where, sizeof where);
    size_t n = strlen(where), room = sizeof p->where - 1;
    memcpy(p->where, where + (n > room ? n - room : 0), n > room ? room : n);
}

/* The observer called @label, made when it is new; -1: refused, and said. */
static int find_observer(struct loader *l, const ifc_assignment *a, const char *label)
{
    ifc_scenario *s = l->s;
    for (uint32_t i = 0; i < s->n_observers; i++)
        if (strcmp(s->observers[i].label, label) == 0)
            return (int)i;
    if (!is_group_name(label)) {
        complain(l, a, "\"%.40s\" cannot name an observer (allowed: up to %d letters, digits, _ and -)",
                 label, GROUP_NAME_MAX);
        return -1;
    }
    if (s->n_observers == IFC_PLUGINS_MAX) {
        complain(l, a, "too many observers (allowed: %d)", IFC_PLUGINS_MAX);
        return -1;
    }
    ifc_policy_choice *o = &s->observers[s->n_observers];
    memcpy(o->label, label, strlen(label));
    return (int)s->n_observers++;
}

static void apply_choice(struct loader *l, const ifc_assignment *a, ifc_policy_choice *choice, int column,
                         const char *key)
{
    const ifc_param *row = ifc__row_find(&ifc_param_tables()[IFC_SCOPE_POLICY], key);
    if (!row)
        keep_policy_param(l, a, choice, key);
    else if (store(l, a, row, choice, column) && strcmp(key, "plugin") == 0)
        settle_file(l, a, choice->plugin, sizeof choice->plugin);
}

static void apply_observer(struct loader *l, const ifc_assignment *a, const char *path)
{
    char label[IFC_NAME_MAX];
    size_t n = strcspn(path, ".");
    snprintf(label, sizeof label, "%.*s", (int)(n < sizeof label ? n : sizeof label), path);
    if (!path[n]) {
        complain(l, a, "needs an observer { name = ...; }");
        return;
    }
    int i = find_observer(l, a, label);
    if (i >= 0)
        apply_choice(l, a, &l->s->observers[i], IFC_COLUMN_OBSERVERS + i, path + n + 1);
}

static void apply_policy(struct loader *l, const ifc_assignment *a, const char *path)
{
    size_t n = strcspn(path, ".");
    if (n == strlen("observers") && strncmp(path, "observers", n) == 0) {
        if (path[n])
            apply_observer(l, a, path + n + 1);
        else if (a->raw.kind != IFC_RAW_GROUP)
            complain(l, a, "needs a group of observers { ... }");
        return;
    }
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        if (n == strlen(ifc_kind_name((uint32_t)k)) && strncmp(path, ifc_kind_name((uint32_t)k), n) == 0) {
            if (path[n])
                apply_choice(l, a, &l->s->policies[k], IFC_COLUMN_POLICIES + k, path + n + 1);
            else if (a->raw.kind != IFC_RAW_GROUP)
                complain(l, a, "needs a group { name = ...; }");
            return;
        }
    complain(
        l, a,
        "unknown kind of policy (allowed: dispatch, arbiter, kv_placement, kv_flush, refresh, observers)");
}

/* Whether parameters live below @path. */
static bool is_inner(const char *path)
{
    const ifc_param_table *t = &ifc_param_tables()[IFC_SCOPE_SCENARIO];
    size_t n = strlen(path);
    for (size_t i = 0; i < t->n; i++)
        if (strncmp(t->rows[i].path, path, n) == 0 && t->rows[i].path[n] == '.')
            return true;
    return strcmp(path, "flash") == 0 || strcmp(path, GROUPS) == 0 || strcmp(path, POLICIES) == 0;
}

static void apply(struct loader *l, const ifc_assignment *a)
{
    char name[IFC_NAME_MAX];
    const char *key;
    const ifc_param *row = ifc__row_find(&ifc_param_tables()[IFC_SCOPE_SCENARIO], a->path);
    char *requests = l->s->workload.requests.trace, *operators = l->s->workload.trace;
    if (row) {
        bool stored = store(l, a, row, l->s, IFC_COLUMN_SCENARIO);
        if (stored && strcmp(a->path, "workload.requests.trace") == 0)
            settle_file(l, a, requests, sizeof l->s->workload.requests.trace);
        if (stored && strcmp(a->path, "workload.trace") == 0)
            settle_file(l, a, operators, sizeof l->s->workload.trace);
    } else if (split_group(a->path, name, sizeof name, &key))
        apply_group(l, a, name, key);
    else if (strncmp(a->path, POLICIES ".", strlen(POLICIES) + 1) == 0)
        apply_policy(l, a, a->path + strlen(POLICIES) + 1);
    else if (!is_inner(a->path))
        complain_unknown(l, a);
    else if (a->raw.kind != IFC_RAW_GROUP)
        complain(l, a, "needs a group of parameters { ... }");
}

static void miss(struct loader *l, const ifc_param *row)
{
    char allowed[512];
    ifc_param_allowed(row, allowed, sizeof allowed);
    ifc_diagnose(l->diag, IFC_EDATA, "%s: %s: missing (allowed: %s)", l->file, row->path, allowed);
}

/* A group that lacks what it needs may be a mistyped name: say which groups there are. */
static void miss_in_group(struct loader *l, uint32_t group, const ifc_param *row)
{
    char allowed[512], names[IFC_GROUPS_MAX * IFC_NAME_MAX] = "";
    size_t used = 0;
    for (uint32_t g = 0; g < l->s->n_groups; g++)
        used +=
            (size_t)snprintf(names + used, sizeof names - used, "%s%s", g ? ", " : "", l->s->groups[g].name);
    ifc_param_allowed(row, allowed, sizeof allowed);
    ifc_diagnose(l->diag, IFC_EDATA, "%s: " GROUPS ".%s.%s: missing (allowed: %s; groups are %s)",
                 l->group_where[group], l->s->groups[group].name, row->path, allowed, names);
}

static bool is_needed(const ifc_param *row, int kind)
{
    return row->need == IFC_NEED_ALWAYS || (row->need == IFC_NEED_DECODE && kind != IFC_WORKLOAD_STREAM) ||
           (row->need == IFC_NEED_STREAM && kind == IFC_WORKLOAD_STREAM);
}

static void check_needed(struct loader *l)
{
    const ifc_param_table *tables = ifc_param_tables();
    const ifc_param_table *t = &tables[IFC_SCOPE_SCENARIO];
    int kind = l->s->workload.kind;
    for (size_t i = 0; i < t->n; i++)
        if (is_needed(&t->rows[i], kind) &&
            l->origins->columns[IFC_COLUMN_SCENARIO][i].kind == IFC_ORIGIN_UNSET)
            miss(l, &t->rows[i]);
    bool all_in_dram = kind == IFC_WORKLOAD_DECODE && strcmp(l->s->placement.weights, "dram") == 0 &&
                       strcmp(l->s->placement.kv, "dram") == 0;
    if (l->s->n_groups == 0 && !all_in_dram)
        ifc_diagnose(l->diag, IFC_EDATA, "%s: " GROUPS ": missing (allowed: 1 .. %d groups of dies)", l->file,
                     IFC_GROUPS_MAX);
    t = &tables[IFC_SCOPE_GROUP];
    for (uint32_t g = 0; g < l->s->n_groups; g++)
        for (size_t i = 0; i < t->n; i++)
            if (is_needed(&t->rows[i], kind) &&
                l->origins->columns[IFC_COLUMN_GROUPS + g][i].kind == IFC_ORIGIN_UNSET)
                miss_in_group(l, g, &t->rows[i]);
}

/* What a model cannot be counted without. */
static void check_model_needed(struct loader *l)
{
    const ifc_param_table *t = &ifc_param_tables()[IFC_SCOPE_SCENARIO];
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i].need == IFC_NEED_DECODE && strncmp(t->rows[i].path, "model.", strlen("model.")) == 0 &&
            l->origins->columns[IFC_COLUMN_SCENARIO][i].kind == IFC_ORIGIN_UNSET)
            miss(l, &t->rows[i]);
}

void ifc_scenario_init(ifc_scenario *s)
{
    memset(s, 0, sizeof *s);
    ifc_param_set_defaults(&ifc_param_tables()[IFC_SCOPE_SCENARIO], s);
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        snprintf(s->policies[k].label, sizeof s->policies[k].label, "%s", ifc_kind_name((uint32_t)k));
}

static ifc_status summarise(const ifc_diagnostics *d, ifc_error *err)
{
    size_t more = d->n + d->dropped - 1;
    if (more == 0)
        return ifc_fail(err, d->items[0].status, "%s", d->items[0].text);
    return ifc_fail(err, d->items[0].status, "%.900s (and %zu more)", d->items[0].text, more);
}

static void apply_all(struct loader *l)
{
    find_groups(l);
    for (size_t i = 0; i < l->layers.n; i++)
        apply(l, &l->layers.items[i]);
    if (l->layers.beside.config[0])
        l->s->model.beside = l->layers.beside;
}

static void check(struct loader *l)
{
    if (l->model_only) {
        check_model_needed(l);
        ifc__scenario_check_model(l->s, l->origins, l->diag);
        return;
    }
    check_needed(l);
    ifc__scenario_cross_check(l->s, l->origins, l->diag);
}

static void load(struct loader *l, const char *const *sets, size_t n_sets)
{
    ifc_scenario_init(l->s);
    if (strlen(l->file) >= sizeof l->s->file) {
        ifc_diagnose(l->diag, IFC_ENOINPUT, "%.100s...: the file's name is too long (allowed: %zu bytes)",
                     l->file, sizeof l->s->file - 1);
        return;
    }
    ifc_printable(l->s->file, sizeof l->s->file, l->file);
    bool whole = ifc_layers_read(&l->layers, l->file, sets, n_sets, l->diag) == IFC_OK;
    apply_all(l);
    l->origins->files = l->layers.files; /* taken; layers forget them below */
    l->origins->n_files = l->layers.n_files;
    if (whole) /* what a file that cannot be read would have given is not missing */
        check(l);
    l->layers.files = NULL;
    l->layers.n_files = 0;
}

static ifc_status load_checked(struct loader *l, const char *const *sets, size_t n_sets,
                               ifc_origins **origins, ifc_error *err)
{
    l->origins = ifc__origins_new();
    load(l, sets, n_sets);
    ifc_status status = l->diag->n ? summarise(l->diag, err) : IFC_OK;
    if (origins)
        *origins = status == IFC_OK ? l->origins : NULL;
    if (!origins || status != IFC_OK)
        ifc_origins_free(l->origins);
    ifc_layers_fini(&l->layers);
    free(l);
    return status;
}

ifc_status ifc_scenario_load(ifc_scenario *out, const char *file, const char *const *sets, size_t n_sets,
                             ifc_origins **origins, ifc_diagnostics *diag, ifc_error *err)
{
    ifc_diagnostics own = {0};
    struct loader *l = ifc_alloc_zero(1, sizeof *l);
    *l = (struct loader){.s = out, .file = file, .diag = diag ? diag : &own};
    ifc_status status = load_checked(l, sets, n_sets, origins, err);
    ifc_diagnostics_fini(&own);
    return status;
}

ifc_status ifc_scenario_load_model(ifc_scenario *out, const char *file, const char *const *sets,
                                   size_t n_sets, ifc_origins **origins, ifc_diagnostics *diag,
                                   ifc_error *err)
{
    struct loader *l = ifc_alloc_zero(1, sizeof *l);
    *l = (struct loader){.s = out, .file = file, .diag = diag, .model_only = true};
    return load_checked(l, sets, n_sets, origins, err);
}

ifc_status ifc_scenario_set(ifc_scenario *s, const char *path, const char *value, ifc_error *err)
{
    ifc_diagnostics diag = {0};
    struct loader *l = ifc_alloc_zero(1, sizeof *l);
    ifc_scenario *work = ifc_alloc_zero(1, sizeof *work);
    char *set = NULL;
    *work = *s;
    *l = (struct loader){.s = work, .file = s->file, .origins = ifc__origins_new(), .diag = &diag};
    ifc_status status = asprintf(&set, "%s=%s", path, value) < 0 ? IFC_EINTERNAL : IFC_OK;
    if (status == IFC_OK)
        status = ifc_layers_read(&l->layers, NULL, (const char *const *)&set, 1, &diag);
    if (status == IFC_OK)
        apply_all(l);
    if (diag.n)
        status = summarise(&diag, err);
    if (status == IFC_OK)
        *s = *work;
    free(set);
    ifc_layers_fini(&l->layers);
    ifc_origins_free(l->origins);
    ifc_diagnostics_fini(&diag);
    free(work);
    free(l);
    return status;
}
