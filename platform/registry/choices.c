#include "platform/registry/choices.h"

#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/registry/fields.h"
#include "platform/registry/kinds.h"

static const char *default_name(const ifc_scenario *s, ifc_kind kind)
{
    const char *usual = ifc_kind_rules_of(kind)->usual;
    return usual ? usual : ifc_layout_name((uint32_t)s->placement.kv_layout);
}

bool ifc_choice_is_default(const ifc_scenario *s, const ifc_registry_entry *entry)
{
    const ifc_policy *p = entry->policy;
    return !entry->source && strcmp(p->name, default_name(s, (ifc_kind)p->kind)) == 0;
}

static ifc_status fault_at(ifc_choice_fault *fault, const char *key, const char *value)
{
    *fault = (ifc_choice_fault){.key = key, .value = value, .error = fault->error};
    return IFC_EDATA;
}

/* The one of an object's policies that is asked for: by its name, or because it is the only one of its kind.
 */
static ifc_status pick(const ifc_registry *r, const ifc_registry_entry *first, ifc_kind kind,
                       const ifc_policy_choice *c, const ifc_registry_entry **out, ifc_choice_fault *fault)
{
    char names[200] = "";
    const ifc_registry_entry *e = NULL;
    uint32_t n = 0;
    *out = NULL;
    while ((e = ifc_registry_next(r, first, kind, e))) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s\"%s\"", n++ ? ", " : "", e->policy->name);
        if (!c->name[0] || strcmp(c->name, e->policy->name) == 0)
            *out = e;
    }
    if (n == 0) {
        ifc_fail(&fault->error, IFC_EDATA, "plug-in %s holds a policy of kind %s", c->plugin,
                 ifc_kind_name(first->policy->kind));
        return fault_at(fault, "plugin", c->plugin);
    }
    if (*out && (n == 1 || c->name[0]))
        return IFC_OK;
    ifc_fail(&fault->error, IFC_EDATA, "plug-in %s holds %s (%s)", c->plugin, names,
             n == 1 ? "leave the name out, or give this one" : "give the name of one of them");
    return c->name[0] ? fault_at(fault, "name", c->name) : fault_at(fault, "plugin", c->plugin);
}

static ifc_status resolve_plugin(ifc_registry *r, ifc_kind kind, const ifc_policy_choice *c,
                                 const ifc_registry_entry **out, ifc_choice_fault *fault)
{
    const ifc_registry_entry *first;
    if (ifc_registry_load(r, c->plugin, &first, &fault->error) != IFC_OK)
        return fault_at(fault, "plugin", c->plugin);
    if (c->digest[0] && strcmp(c->digest, first->digest) != 0) {
        ifc_fail(&fault->error, IFC_EDATA, "plug-in %s was changed after the scenario was read", c->plugin);
        return fault_at(fault, "plugin", c->plugin);
    }
    return pick(r, first, kind, c, out, fault);
}

static ifc_status resolve_name(const ifc_registry *r, const ifc_scenario *s, ifc_kind kind,
                               const ifc_policy_choice *c, const ifc_registry_entry **out,
                               ifc_choice_fault *fault)
{
    char names[400];
    const char *name = c->name[0] ? c->name : default_name(s, kind);
    *out = ifc_registry_find(r, kind, name);
    if (*out)
        return IFC_OK;
    ifc_registry_names(r, kind, names, sizeof names);
    if (name[0])
        ifc_fail(&fault->error, IFC_EDATA, "unknown %s policy; nearest: \"%s\" (allowed: %s; or a plugin)",
                 ifc_kind_name(kind), ifc_registry_nearest(r, kind, name), names);
    else
        ifc_fail(&fault->error, IFC_EDATA, "an observer needs a name or a plugin (allowed: %s)", names);
    return fault_at(fault, "name", c->name);
}

/* The layout is a structure of the machine, which a policy works on and does not choose. */
static ifc_status check_layout(const ifc_scenario *s, const ifc_policy_choice *c, const ifc_policy *p,
                               ifc_choice_fault *fault)
{
    if (p->kind != IFC_KIND_KV_PLACEMENT || (int)p->ops.kv_placement->layout == s->placement.kv_layout)
        return IFC_OK;
    ifc_fail(&fault->error, IFC_EDATA,
             "contradicts placement.kv_layout = \"%s\": \"%s\" is made for placement.kv_layout = \"%s\"",
             ifc_layout_name((uint32_t)s->placement.kv_layout), p->name,
             ifc_layout_name(p->ops.kv_placement->layout));
    return c->name[0] ? fault_at(fault, "name", c->name) : fault_at(fault, "plugin", c->plugin);
}

ifc_status ifc_choice_resolve(ifc_registry *r, const ifc_scenario *s, ifc_kind kind,
                              const ifc_policy_choice *choice, const ifc_registry_entry **out,
                              ifc_choice_fault *fault)
{
    *fault = (ifc_choice_fault){0};
    ifc_status status = choice->plugin[0] ? resolve_plugin(r, kind, choice, out, fault)
                                          : resolve_name(r, s, kind, choice, out, fault);
    return status == IFC_OK ? check_layout(s, choice, (*out)->policy, fault) : status;
}

static ifc_status set_one(const ifc_registry_entry *e, const ifc_policy_param *given, void *state,
                          ifc_choice_fault *fault)
{
    char names[600];
    uint32_t n = e->policy->n_parameters;
    const struct ifc_param *row = ifc_fields_find(e->rows, n, given->key);
    if (row && ifc_fields_set(row, state, given, &fault->error) == IFC_OK)
        return IFC_OK;
    if (!row && n > 0) {
        ifc_fields_names(e->rows, n, names, sizeof names);
        ifc_fail(&fault->error, IFC_EDATA, "unknown parameter of %s \"%s\"; nearest: %s (allowed: %s)",
                 ifc_kind_name(e->policy->kind), e->policy->name, ifc_fields_nearest(e->rows, n, given->key),
                 names);
    } else if (!row) {
        ifc_fail(&fault->error, IFC_EDATA, "%s \"%s\" has no parameters", ifc_kind_name(e->policy->kind),
                 e->policy->name);
    }
    fault->key = given->key;
    fault->value = given->value;
    fault->where = given->where;
    return IFC_EDATA;
}

ifc_status ifc_choice_set(const ifc_registry_entry *e, const ifc_policy_choice *choice, void *state,
                          uint32_t *from, ifc_choice_fault *fault)
{
    if (*from == 0)
        ifc_fields_set_defaults(e->rows, e->policy->n_parameters, state);
    while (*from < choice->n_params) {
        *fault = (ifc_choice_fault){0};
        if (set_one(e, &choice->params[(*from)++], state, fault) != IFC_OK)
            return IFC_EDATA;
    }
    return IFC_OK;
}

struct settler {
    ifc_registry registry;
    ifc_scenario *s;
    const ifc_origins *origins;
    bool load_plugins;
    ifc_diagnostics *diag;
    ifc_status status;
};

static void report(struct settler *t, const char *prefix, const ifc_choice_fault *f)
{
    char path[3 * IFC_NAME_MAX], where[IFC_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s.%s", prefix, f->key);
    if (f->where)
        snprintf(where, sizeof where, "%s", f->where);
    else
        ifc_scenario_where(t->s, t->origins, path, where, sizeof where);
    ifc_diagnose(t->diag, IFC_EDATA, "%s: %s = \"%s\": %s", where, path, f->value, f->error.text);
    t->status = IFC_EDATA;
}

/* Every parameter that was not given, as it will be. */
static void complete(const ifc_registry_entry *e, ifc_policy_choice *c, const void *state)
{
    char value[IFC_FIELD_TEXT_MAX];
    snprintf(c->name, sizeof c->name, "%s", e->policy->name);
    snprintf(c->digest, sizeof c->digest, "%s", e->digest);
    for (uint32_t i = 0; i < e->policy->n_parameters; i++) {
        const char *key = e->policy->parameters[i].name;
        bool given = false;
        for (uint32_t k = 0; k < c->n_params; k++)
            given |= strcmp(c->params[k].key, key) == 0;
        if (given || c->n_params == IFC_POLICY_KV_MAX)
            continue;
        ifc_policy_param *p = &c->params[c->n_params++];
        ifc_fields_print(e->rows, i, state, value, sizeof value);
        size_t n = strlen(value);
        p->quoted = n >= 2 && value[0] == '"';
        snprintf(p->key, sizeof p->key, "%s", key);
        snprintf(p->value, sizeof p->value, "%.*s", (int)(p->quoted ? n - 2 : n), value + p->quoted);
        snprintf(p->where, sizeof p->where, "default");
    }
}

static void settle(struct settler *t, const char *parent, ifc_kind kind, ifc_policy_choice *c)
{
    char prefix[2 * IFC_NAME_MAX];
    const ifc_registry_entry *e;
    ifc_choice_fault fault = {0};
    uint32_t from = 0;
    bool whole = true;
    snprintf(prefix, sizeof prefix, "%s%s", parent, c->label);
    if (c->plugin[0] && !t->load_plugins) {
        if (ifc_registry_check_file(c->plugin, &fault.error) != IFC_OK) {
            (void)fault_at(&fault, "plugin", c->plugin);
            report(t, prefix, &fault);
        }
        return;
    }
    if (ifc_choice_resolve(&t->registry, t->s, kind, c, &e, &fault) != IFC_OK) {
        report(t, prefix, &fault);
        return;
    }
    void *state = ifc_alloc_zero(1, e->policy->state_size);
    while (ifc_choice_set(e, c, state, &from, &fault) != IFC_OK) {
        report(t, prefix, &fault);
        whole = false;
    }
    if (whole)
        complete(e, c, state);
    free(state);
}

ifc_status ifc_choices_settle(ifc_scenario *s, const ifc_origins *origins, bool load_plugins,
                              ifc_diagnostics *diag)
{
    struct settler t = {.s = s, .origins = origins, .load_plugins = load_plugins, .diag = diag};
    ifc_registry_init(&t.registry);
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        settle(&t, "policies.", (ifc_kind)k, &s->policies[k]);
    for (uint32_t i = 0; i < s->n_observers; i++)
        settle(&t, "policies.observers.", IFC_KIND_OBSERVER, &s->observers[i]);
    ifc_registry_fini(&t.registry);
    return t.status;
}
