/*
 * Policies as documentation: what each does, its parameters and its statistics.
 */
#include "platform/registry/describe.h"

#include <fnmatch.h>
#include <string.h>

#include "platform/registry/fields.h"
#include "platform/registry/registry.h"

#define TEXT_MAX 512

void ifc_policies_list(FILE *out)
{
    ifc_registry r;
    ifc_registry_init(&r);
    for (size_t i = 0; i < r.n; i++) {
        char path[2 * IFC_NAME_MAX];
        const ifc_policy *p = r.entries[i].policy;
        snprintf(path, sizeof path, "%s %s", ifc_kind_name(p->kind), p->name);
        fprintf(out, "%-32s %s\n", path, p->summary);
    }
    ifc_registry_fini(&r);
}

/* Whether @pattern picks @path: itself, its beginning up to a dot, its last name, a glob, or something below
 * it.
 */
static bool picks(const char *pattern, const char *path)
{
    size_t n = strlen(pattern), m = strlen(path);
    return fnmatch(pattern, path, 0) == 0 || fnmatch(pattern, strrchr(path, '.') + 1, 0) == 0 ||
           (strncmp(path, pattern, n) == 0 && path[n] == '.') ||
           (strncmp(path, pattern, m) == 0 && pattern[m] == '.');
}

static void describe_parameters(const ifc_registry_entry *e, FILE *out)
{
    const ifc_policy *p = e->policy;
    char allowed[TEXT_MAX], text[TEXT_MAX];
    for (uint32_t i = 0; i < p->n_parameters; i++) {
        ifc_fields_allowed(e->rows, i, allowed, sizeof allowed);
        ifc_fields_default(e->rows, i, text, sizeof text);
        fprintf(out, "    parameter %s [%s]: %s\n        %s; default %s\n", p->parameters[i].name,
                p->parameters[i].unit, p->parameters[i].help, allowed, text);
    }
    for (uint32_t i = 0; i < p->n_statistics; i++)
        fprintf(out, "    statistic %s [%s]: %s\n", p->statistics[i].name, p->statistics[i].unit,
                p->statistics[i].help);
}

static void describe_entry(const ifc_registry_entry *e, FILE *out)
{
    const ifc_policy *p = e->policy;
    bool observer = p->kind == IFC_KIND_OBSERVER; /* there may be several, each under a label of the user's */
    fprintf(out, "policies.%s = { %s = \"%s\"; }\n    %s\n    trade-off: %s\n",
            observer ? "observers.LABEL" : ifc_kind_name(p->kind), e->source ? "plugin" : "name",
            e->source ? e->source : p->name, p->summary, p->trade_off);
    describe_parameters(e, out);
}

size_t ifc_policies_describe(FILE *out, const char *pattern)
{
    ifc_registry r;
    size_t matches = 0;
    ifc_registry_init(&r);
    for (size_t i = 0; i < r.n; i++) {
        char path[3 * IFC_NAME_MAX];
        const ifc_policy *p = r.entries[i].policy;
        const char *kind = p->kind == IFC_KIND_OBSERVER ? "observers" : ifc_kind_name(p->kind);
        snprintf(path, sizeof path, "policies.%s.%s", kind, p->name);
        if (pattern && !picks(pattern, path))
            continue;
        describe_entry(&r.entries[i], out);
        matches++;
    }
    ifc_registry_fini(&r);
    return matches;
}

ifc_status ifc_policies_describe_plugin(FILE *out, const char *path, ifc_error *err)
{
    ifc_registry r;
    const ifc_registry_entry *entry = NULL;
    ifc_registry_init(&r);
    ifc_status status = ifc_registry_load(&r, path, &entry, err);
    for (; status == IFC_OK && entry < r.entries + r.n; entry++)
        describe_entry(entry, out);
    ifc_registry_fini(&r);
    return status;
}
