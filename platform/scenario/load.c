#include "platform/scenario/load.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"
#include "platform/scenario/load_internal.h"
#include "platform/scenario/title.h"

#define GROUPS    "flash.groups"
#define POLICIES  "policies"
#define FLOWS     "workload.flows"
#define EVERY     "*"
#define SHOWN_MAX 200 /* characters of a path in a message */

/* Items of a scenario that have names: groups of dies, flows of requests. Their name is their first member.
 */
struct collection {
    const char *path, *what;
    enum ifc_param_scope scope;
    int column; /* of the first */
    uint32_t most, *n;
    char *items;
    size_t size;
    char (*where)[IFC_PATH_MAX + 16];
};

_Static_assert(offsetof(ifc_flash_group, name) == 0 && offsetof(ifc_stream_params, name) == 0, "names first");
_Static_assert(IFC_FLOWS_MAX <= IFC_GROUPS_MAX, "places for where flows are named");

static struct collection groups_of(struct ifc__loader *l)
{
    return (struct collection){GROUPS,         "group",         IFC_SCOPE_GROUP,      IFC_COLUMN_GROUPS,
                               IFC_GROUPS_MAX, &l->s->n_groups, (char *)l->s->groups, sizeof *l->s->groups,
                               l->where[0]};
}

static struct collection flows_of(struct ifc__loader *l)
{
    return (struct collection){FLOWS,
                               "flow",
                               IFC_SCOPE_FLOW,
                               IFC_COLUMN_FLOWS,
                               IFC_FLOWS_MAX,
                               &l->s->workload.n_flows,
                               (char *)l->s->workload.flows,
                               sizeof *l->s->workload.flows,
                               l->where[1]};
}

static char *item(const struct collection *k, uint32_t i)
{
    return k->items + i * k->size;
}

static int find_item(const struct collection *k, const char *name)
{
    for (uint32_t i = 0; i < *k->n; i++)
        if (strcmp(item(k, i), name) == 0)
            return (int)i;
    return -1;
}

static void item_names(const struct collection *k, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < *k->n && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", item(k, i));
}

void ifc__load_complain(struct ifc__loader *l, const ifc_assignment *a, const char *format, ...)
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

static void complain_unknown(struct ifc__loader *l, const ifc_assignment *a)
{
    char nearest[256] = "";
    if (!ifc_diagnostics_full(l->diag))
        ifc__nearest_path(a->path, nearest, sizeof nearest);
    if (a->quotable) {
        ifc__load_complain(l, a, "unknown key (nearest: %s)", nearest);
        return;
    }
    char where[IFC_PATH_MAX + 16];
    ifc_layers_where(&l->layers, a, where, sizeof where);
    ifc_diagnose(l->diag, IFC_EDATA, "%s: %.*s: unknown key (nearest: %s)", where, SHOWN_MAX, a->path,
                 nearest);
}

/* Store the value in one instance of a row, and where it came from. */
bool ifc__load_store(struct ifc__loader *l, const ifc_assignment *a, const ifc_param *row, void *base,
                     int column)
{
    ifc_origin *origin = ifc__origin_of(l->origins, column, row);
    ifc_error why = {0};
    bool ok = ifc_param_set(row, base, &a->raw, &why) == IFC_OK;
    *origin = (ifc_origin){!ok           ? IFC_ORIGIN_BAD
                           : a->file < 0 ? IFC_ORIGIN_SET
                                         : IFC_ORIGIN_FILE,
                           a->file, a->line, a->key};
    if (!ok)
        ifc__load_complain(l, a, "%s", why.text);
    return ok;
}

/* Whether @path is "flash.groups.NAME" or "flash.groups.NAME.KEY". Copies NAME; *key is KEY or NULL. */
static bool split_item(const struct collection *k, const char *path, char *name, size_t size,
                       const char **key)
{
    size_t n = strlen(k->path);
    if (strncmp(path, k->path, n) != 0 || path[n] != '.')
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

bool ifc__load_is_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n > IFC__ITEM_NAME_MAX || !isalpha((unsigned char)name[0]))
        return false;
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
            return false;
    return !is_reserved(name);
}

static void add_item(struct ifc__loader *l, const struct collection *k, const ifc_assignment *a,
                     const char *name)
{
    if (!ifc__load_is_name(name)) {
        ifc__load_complain(
            l, a,
            "\"%.40s\" cannot name a %s (allowed: up to %d letters, digits, _ and -, a letter first, no "
            "component's name such as dram)",
            name, k->what, IFC__ITEM_NAME_MAX);
        return;
    }
    if (*k->n == k->most) {
        ifc__load_complain(l, a, "too many %ss (allowed: %u)", k->what, k->most);
        return;
    }
    ifc_layers_where(&l->layers, a, k->where[*k->n], sizeof *k->where);
    if (*k->n > 0 && strncmp(k->where[*k->n], "--set", 5) == 0) {
        char names[IFC_GROUPS_MAX * (IFC_NAME_MAX + 2)];
        item_names(k, names, sizeof names);
        ifc__load_complain(l, a, "no file makes a %s \"%.40s\" (allowed: %s)", k->what, name, names);
        return;
    }
    char *made = item(k, (*k->n)++);
    memset(made, 0, k->size);
    snprintf(made, IFC_NAME_MAX, "%s", name);
    ifc_param_set_defaults(&ifc_param_tables()[k->scope], made);
}

/* Items first: what is said of all of them holds for those that a later layer adds, too. */
static void find_items(struct ifc__loader *l, const struct collection *k)
{
    char name[IFC_NAME_MAX], refused[IFC_NAME_MAX] = "";
    const char *key;
    for (size_t i = 0; i < l->layers.n; i++) {
        const ifc_assignment *a = &l->layers.items[i];
        if (!split_item(k, a->path, name, sizeof name, &key) || strcmp(name, EVERY) == 0)
            continue;
        if (find_item(k, name) >= 0 || strcmp(name, refused) == 0)
            continue;
        add_item(l, k, a, name);
        if (find_item(k, name) < 0)
            snprintf(refused, sizeof refused, "%s", name);
    }
}

/* A file is named as seen from the one that names it; kept absolute, to hold when resolved text moves. */
void ifc__load_settle_file(struct ifc__loader *l, const ifc_assignment *a, char *field, size_t room)
{
    if (!field[0] || strcmp(field, "-") == 0)
        return;
    char *path = ifc_layers_resolve(a->file < 0 ? NULL : l->layers.files[a->file], field);
    char *absolute = realpath(path, NULL);
    const char *settled = absolute ? absolute : path;
    if (strlen(settled) >= room) {
        ifc__load_complain(l, a, "too long (allowed: %zu bytes)", room - 1);
    } else {
        memset(field, 0, room);
        memcpy(field, settled, strlen(settled));
    }
    free(absolute);
    free(path);
}

static void store_in_item(struct ifc__loader *l, const struct collection *k, const ifc_assignment *a,
                          const ifc_param *row, int i)
{
    char *base = item(k, (uint32_t)i);
    bool file = strcmp(row->path, k->scope == IFC_SCOPE_GROUP ? "errors.table" : "trace") == 0;
    if (ifc__load_store(l, a, row, base, k->column + i) && file)
        ifc__load_settle_file(l, a, base + row->offset, row->size);
}

static void apply_every(struct ifc__loader *l, const struct collection *k, const ifc_assignment *a,
                        const ifc_param *row)
{
    char *probe = ifc_alloc_zero(1, k->size);
    ifc_error why = {0};
    bool fits = ifc_param_set(row, probe, &a->raw, &why) == IFC_OK;
    free(probe);
    if (!fits)
        ifc__load_complain(l, a, "%s", why.text);
    for (uint32_t i = 0; fits && i < *k->n; i++)
        store_in_item(l, k, a, row, (int)i);
}

static void apply_item(struct ifc__loader *l, const struct collection *k, const ifc_assignment *a,
                       const char *name, const char *key)
{
    const ifc_param *row = key ? ifc__row_find(&ifc_param_tables()[k->scope], key) : NULL;
    bool every = strcmp(name, EVERY) == 0;
    int i = find_item(k, name);
    if (!every && i < 0)
        return; /* refused by find_items() */
    if (!key && a->raw.kind != IFC_RAW_GROUP)
        ifc__load_complain(l, a, "needs a group of parameters { ... }");
    else if (key && !row)
        complain_unknown(l, a);
    else if (row && every)
        apply_every(l, k, a, row);
    else if (row)
        store_in_item(l, k, a, row, i);
}

/* Whether parameters live below @path. */
static bool is_inner(const char *path)
{
    const ifc_param_table *t = &ifc_param_tables()[IFC_SCOPE_SCENARIO];
    size_t n = strlen(path);
    for (size_t i = 0; i < t->n; i++)
        if (strncmp(t->rows[i].path, path, n) == 0 && t->rows[i].path[n] == '.')
            return true;
    return strcmp(path, "flash") == 0 || strcmp(path, GROUPS) == 0 || strcmp(path, FLOWS) == 0 ||
           strcmp(path, POLICIES) == 0;
}

static void apply(struct ifc__loader *l, const ifc_assignment *a)
{
    char name[IFC_NAME_MAX];
    const char *key;
    const struct collection groups = groups_of(l), flows = flows_of(l);
    const ifc_param *row = ifc__row_find(&ifc_param_tables()[IFC_SCOPE_SCENARIO], a->path);
    char *requests = l->s->workload.requests.trace, *operators = l->s->workload.trace;
    if (row) {
        bool stored = ifc__load_store(l, a, row, l->s, IFC_COLUMN_SCENARIO);
        if (stored && strcmp(a->path, "workload.requests.trace") == 0)
            ifc__load_settle_file(l, a, requests, sizeof l->s->workload.requests.trace);
        if (stored && strcmp(a->path, "workload.stream.trace") == 0)
            ifc__load_settle_file(l, a, l->s->workload.stream.trace, sizeof l->s->workload.stream.trace);
        if (stored && strcmp(a->path, "workload.trace") == 0)
            ifc__load_settle_file(l, a, operators, sizeof l->s->workload.trace);
    } else if (split_item(&groups, a->path, name, sizeof name, &key))
        apply_item(l, &groups, a, name, key);
    else if (split_item(&flows, a->path, name, sizeof name, &key))
        apply_item(l, &flows, a, name, key);
    else if (strncmp(a->path, POLICIES ".", strlen(POLICIES) + 1) == 0)
        ifc__load_policy(l, a, a->path + strlen(POLICIES) + 1);
    else if (!is_inner(a->path))
        complain_unknown(l, a);
    else if (a->raw.kind != IFC_RAW_GROUP)
        ifc__load_complain(l, a, "needs a group of parameters { ... }");
}

static void miss(struct ifc__loader *l, const ifc_param *row)
{
    char allowed[512];
    ifc_param_allowed(row, allowed, sizeof allowed);
    ifc_diagnose(l->diag, IFC_EDATA, "%s: %s: missing (allowed: %s)", l->file, row->path, allowed);
}

/* An item that lacks what it needs may be a mistyped name: say which there are. */
static void miss_in_item(struct ifc__loader *l, const struct collection *k, uint32_t i, const ifc_param *row)
{
    char allowed[512], names[IFC_GROUPS_MAX * (IFC_NAME_MAX + 2)];
    item_names(k, names, sizeof names);
    ifc_param_allowed(row, allowed, sizeof allowed);
    ifc_diagnose(l->diag, IFC_EDATA, "%s: %s.%s.%s: missing (allowed: %s; %ss are %s)", k->where[i], k->path,
                 item(k, i), row->path, allowed, k->what, names);
}

static bool is_needed(const ifc_param *row, const ifc_workload *w)
{
    bool stream = w->kind == IFC_WORKLOAD_STREAM;
    return row->need == IFC_NEED_ALWAYS || (row->need == IFC_NEED_DECODE && !stream) ||
           (row->need == IFC_NEED_STREAM && stream && w->n_flows == 0);
}

static void check_items_needed(struct ifc__loader *l, const struct collection *k)
{
    const ifc_param_table *t = &ifc_param_tables()[k->scope];
    for (uint32_t g = 0; g < *k->n; g++)
        for (size_t i = 0; i < t->n; i++)
            if (is_needed(&t->rows[i], &l->s->workload) &&
                l->origins->columns[k->column + (int)g][i].kind == IFC_ORIGIN_UNSET)
                miss_in_item(l, k, g, &t->rows[i]);
}

static void check_needed(struct ifc__loader *l)
{
    const ifc_param_table *tables = ifc_param_tables();
    const ifc_param_table *t = &tables[IFC_SCOPE_SCENARIO];
    int kind = l->s->workload.kind;
    for (size_t i = 0; i < t->n; i++)
        if (is_needed(&t->rows[i], &l->s->workload) &&
            l->origins->columns[IFC_COLUMN_SCENARIO][i].kind == IFC_ORIGIN_UNSET)
            miss(l, &t->rows[i]);
    bool placed = kind != IFC_WORKLOAD_STREAM && l->s->placement.weights[0] && l->s->placement.kv[0];
    if (l->s->n_groups == 0 && !placed) /* else a place that names one is at fault */
        ifc_diagnose(l->diag, IFC_EDATA, "%s: " GROUPS ": missing (allowed: 1 .. %d groups of dies)", l->file,
                     IFC_GROUPS_MAX);
    const struct collection groups = groups_of(l), flows = flows_of(l);
    check_items_needed(l, &groups);
    check_items_needed(l, &flows);
}

/* What a model cannot be counted without. */
static void check_model_needed(struct ifc__loader *l)
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

static void apply_all(struct ifc__loader *l)
{
    const struct collection groups = groups_of(l), flows = flows_of(l);
    find_items(l, &groups);
    find_items(l, &flows);
    for (size_t i = 0; i < l->layers.n; i++)
        apply(l, &l->layers.items[i]);
    if (l->layers.beside.config[0])
        l->s->model.beside = l->layers.beside;
}

static void check(struct ifc__loader *l)
{
    if (l->model_only) {
        check_model_needed(l);
        ifc__scenario_check_model(l->s, l->origins, l->diag);
        return;
    }
    check_needed(l);
    ifc__scenario_cross_check(l->s, l->origins, l->diag);
}

static void load(struct ifc__loader *l, const char *const *sets, size_t n_sets)
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
    if (whole) { /* what a file that cannot be read would have given is not missing */
        check(l);
        ifc__title_settle(l->s, l->origins, l->diag);
    }
    l->layers.files = NULL;
    l->layers.n_files = 0;
}

static ifc_status load_checked(struct ifc__loader *l, const char *const *sets, size_t n_sets,
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
    struct ifc__loader *l = ifc_alloc_zero(1, sizeof *l);
    *l = (struct ifc__loader){.s = out, .file = file, .diag = diag ? diag : &own};
    ifc_status status = load_checked(l, sets, n_sets, origins, err);
    ifc_diagnostics_fini(&own);
    return status;
}

ifc_status ifc_scenario_load_model(ifc_scenario *out, const char *file, const char *const *sets,
                                   size_t n_sets, ifc_origins **origins, ifc_diagnostics *diag,
                                   ifc_error *err)
{
    struct ifc__loader *l = ifc_alloc_zero(1, sizeof *l);
    *l = (struct ifc__loader){.s = out, .file = file, .diag = diag, .model_only = true};
    return load_checked(l, sets, n_sets, origins, err);
}

ifc_status ifc_scenario_set(ifc_scenario *s, const char *path, const char *value, ifc_error *err)
{
    ifc_diagnostics diag = {0};
    struct ifc__loader *l = ifc_alloc_zero(1, sizeof *l);
    ifc_scenario *work = ifc_alloc_zero(1, sizeof *work);
    char *set = NULL;
    *work = *s;
    *l = (struct ifc__loader){.s = work, .file = s->file, .origins = ifc__origins_new(), .diag = &diag};
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
