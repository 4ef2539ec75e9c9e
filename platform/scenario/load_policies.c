/*
 * Which policies a scenario chooses, and what it gives them.
 */
#include <ctype.h>
#include <string.h>

#include "platform/common/printable.h"
#include "platform/scenario/load_internal.h"

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
static void keep_policy_param(struct ifc__loader *l, const ifc_assignment *a, ifc_policy_choice *choice,
                              const char *key)
{
    char where[IFC_PATH_MAX + 16], value[2 * IFC_NAME_MAX + 1];
    bool text = a->raw.kind == IFC_RAW_STRING || a->raw.kind == IFC_RAW_ANY;
    if (a->raw.kind == IFC_RAW_GROUP || a->raw.kind == IFC_RAW_LIST) {
        ifc__load_complain(l, a, "needs one value");
        return;
    }
    if (strlen(key) >= IFC_NAME_MAX || strchr(key, '.') ||
        (text && strlen(a->raw.text) >= 2 * IFC_NAME_MAX)) {
        ifc__load_complain(l, a, "too long or nested (allowed: a key of %d bytes, a value of %d)",
                           IFC_NAME_MAX - 1, 2 * IFC_NAME_MAX - 1);
        return;
    }
    if (!is_policy_key(key) || (text && (ifc_has_control(a->raw.text) || !ifc_is_utf8(a->raw.text)))) {
        ifc__load_complain(l, a,
                           "a key is letters, digits, _ and -, a text is UTF-8 without control characters");
        return;
    }
    ifc_policy_param *p = find_policy_param(choice, key);
    if (!p) {
        ifc__load_complain(l, a, "too many parameters (allowed: %d)", IFC_POLICY_KV_MAX);
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
static int find_observer(struct ifc__loader *l, const ifc_assignment *a, const char *label)
{
    ifc_scenario *s = l->s;
    for (uint32_t i = 0; i < s->n_observers; i++)
        if (strcmp(s->observers[i].label, label) == 0)
            return (int)i;
    if (!ifc__load_is_name(label)) {
        ifc__load_complain(l, a,
                           "\"%.40s\" cannot name an observer (allowed: up to %d letters, digits, _ and -)",
                           label, IFC__ITEM_NAME_MAX);
        return -1;
    }
    if (s->n_observers == IFC_PLUGINS_MAX) {
        ifc__load_complain(l, a, "too many observers (allowed: %d)", IFC_PLUGINS_MAX);
        return -1;
    }
    ifc_policy_choice *o = &s->observers[s->n_observers];
    memcpy(o->label, label, strlen(label));
    return (int)s->n_observers++;
}

static void apply_choice(struct ifc__loader *l, const ifc_assignment *a, ifc_policy_choice *choice,
                         int column, const char *key)
{
    const ifc_param *row = ifc__row_find(&ifc_param_tables()[IFC_SCOPE_POLICY], key);
    if (!row)
        keep_policy_param(l, a, choice, key);
    else if (ifc__load_store(l, a, row, choice, column) && strcmp(key, "plugin") == 0)
        ifc__load_settle_file(l, a, choice->plugin, sizeof choice->plugin);
}

static void apply_observer(struct ifc__loader *l, const ifc_assignment *a, const char *path)
{
    char label[IFC_NAME_MAX];
    size_t n = strcspn(path, ".");
    snprintf(label, sizeof label, "%.*s", (int)(n < sizeof label ? n : sizeof label), path);
    if (!path[n]) {
        ifc__load_complain(l, a, "needs an observer { name = ...; }");
        return;
    }
    int i = find_observer(l, a, label);
    if (i >= 0)
        apply_choice(l, a, &l->s->observers[i], IFC_COLUMN_OBSERVERS + i, path + n + 1);
}

void ifc__load_policy(struct ifc__loader *l, const ifc_assignment *a, const char *path)
{
    size_t n = strcspn(path, ".");
    if (n == strlen("observers") && strncmp(path, "observers", n) == 0) {
        if (path[n])
            apply_observer(l, a, path + n + 1);
        else if (a->raw.kind != IFC_RAW_GROUP)
            ifc__load_complain(l, a, "needs a group of observers { ... }");
        return;
    }
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        if (n == strlen(ifc_kind_name((uint32_t)k)) && strncmp(path, ifc_kind_name((uint32_t)k), n) == 0) {
            if (path[n])
                apply_choice(l, a, &l->s->policies[k], IFC_COLUMN_POLICIES + k, path + n + 1);
            else if (a->raw.kind != IFC_RAW_GROUP)
                ifc__load_complain(l, a, "needs a group { name = ...; }");
            return;
        }
    ifc__load_complain(
        l, a,
        "unknown kind of policy (allowed: dispatch, arbiter, kv_placement, kv_flush, refresh, observers)");
}
