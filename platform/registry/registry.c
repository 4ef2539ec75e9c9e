#include "platform/registry/registry.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "components/policies/builtins.h"
#include "platform/common/memory.h"
#include "platform/registry/fields.h"
#include "platform/registry/kinds.h"

#define STATE_MAX ((size_t)1 << 30)

/* A descriptor that was compiled before members came to its end; the first ones are there. */
#define SIZE_LEAST offsetof(ifc_policy, digest)

/* The numbers first: nothing else of a descriptor means anything before they agree. */
static ifc_status check_numbers(const ifc_policy *p, ifc_error *err)
{
    if (p->abi != IFC_POLICY_ABI)
        return ifc_fail(err, IFC_EDATA, "abi %u, expected %u%s", p->abi, IFC_POLICY_ABI,
                        p->abi == 1 ? ": kinds, views and ops have grown since; compile it with the headers "
                                      "of this version"
                                    : "");
    if (p->size < SIZE_LEAST || p->size > sizeof *p)
        return ifc_fail(err, IFC_EDATA, "sizeof(ifc_policy) %u, expected at most %zu", p->size, sizeof *p);
    if (p->kind >= IFC_KINDS)
        return ifc_fail(err, IFC_EDATA, "kind %u, expected 0 .. %d", p->kind, IFC_KINDS - 1);
    if (p->ops_size < sizeof(void (*)(void)) || p->ops_size > ifc_kind_rules_of(p->kind)->ops_size)
        return ifc_fail(err, IFC_EDATA, "sizeof(ifc_%s_ops) %u, expected at most %u", ifc_kind_name(p->kind),
                        p->ops_size, ifc_kind_rules_of(p->kind)->ops_size);
    if (p->state_size > STATE_MAX)
        return ifc_fail(err, IFC_EDATA, "state_size %zu, expected at most %zu", p->state_size, STATE_MAX);
    return IFC_OK;
}

static ifc_status check_ops(const ifc_policy *p, ifc_error *err)
{
    const ifc_kind_rules *rules = ifc_kind_rules_of(p->kind);
    return rules->check ? rules->check(p, err) : IFC_OK;
}

static bool same_source(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static ifc_status check_descriptor(const ifc_registry *r, const ifc_policy *p, const char *source,
                                   ifc_error *err)
{
    ifc_status status = check_numbers(p, err);
    if (status != IFC_OK)
        return status;
    if (!ifc_fields_is_name(p->name))
        return ifc_fail(err, IFC_EDATA, "its name \"%.40s\" is none (allowed: lower case letters, digits, -)",
                        p->name ? p->name : "");
    if (!p->summary || !p->summary[0] || !p->trade_off || !p->trade_off[0])
        return ifc_fail(err, IFC_EDATA, "policy %s has no summary or no trade_off", p->name);
    for (size_t i = 0; i < r->n; i++)
        if (same_source(r->entries[i].source, source) && r->entries[i].policy->kind == p->kind &&
            strcmp(r->entries[i].policy->name, p->name) == 0)
            return ifc_fail(err, IFC_EDATA, "duplicate name: it has two policies %s \"%s\"",
                            ifc_kind_name(p->kind), p->name);
    return IFC_OK;
}

/* With all members and ops that this program knows; those that the policy does not have are NULL. */
static ifc_policy *copy_policy(const ifc_policy *p)
{
    size_t ops_size = ifc_kind_rules_of(p->kind)->ops_size;
    ifc_policy *copy = ifc_alloc_zero(1, sizeof *copy + ops_size);
    void *ops = copy + 1;
    memcpy(copy, p, p->size);
    memcpy(ops, p->ops.dispatch, p->ops_size);
    copy->ops.dispatch = ops;
    return copy;
}

ifc_status ifc_registry_add(ifc_registry *r, const ifc_policy *policy, const char *source, void *handle,
                            ifc_error *err)
{
    struct ifc_param *rows = NULL;
    ifc_policy *copy = NULL;
    ifc_status status = check_descriptor(r, policy, source, err);
    if (status == IFC_OK && !policy->ops.dispatch)
        status = ifc_fail(err, IFC_EDATA, "it has no ops");
    if (status == IFC_OK) {
        copy = copy_policy(policy);
        status = check_ops(copy, err);
    }
    if (status == IFC_OK)
        status =
            ifc_fields_check_statistics(policy->statistics, policy->n_statistics, policy->state_size, err);
    if (status == IFC_OK)
        status = ifc_fields_rows(policy->parameters, policy->n_parameters, policy->state_size, &rows, err);
    if (status != IFC_OK) {
        free(copy);
        return status;
    }
    r->entries = ifc_grow(r->entries, &r->room, r->n, sizeof *r->entries);
    r->entries[r->n++] = (ifc_registry_entry){
        .policy = copy, .rows = rows, .source = source ? ifc_copy_text(source) : NULL, .handle = handle};
    return IFC_OK;
}

void ifc_registry_init(ifc_registry *r)
{
    *r = (ifc_registry){0};
    for (const ifc_policy *const *p = ifc_builtin_policies; *p; p++) {
        ifc_error err = {.status = IFC_OK};
        IFC_BUG_ON(ifc_registry_add(r, *p, NULL, NULL, &err) != IFC_OK, "built-in policy %s: %s",
                   (*p)->name ? (*p)->name : "?", err.text);
    }
}

static const ifc_registry_entry *find_source(const ifc_registry *r, const char *path)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->entries[i].source && strcmp(r->entries[i].source, path) == 0)
            return &r->entries[i];
    return NULL;
}

/* A copy that was cut short would kill the process inside dlopen(): its section headers come last in the
 * file. */
static bool is_whole_object(const char *path)
{
    Elf64_Ehdr header;
    struct stat info;
    FILE *f = fopen(path, "rb");
    if (!f)
        return true; /* dlopen() says why */
    bool read = fread(&header, sizeof header, 1, f) == 1 && fstat(fileno(f), &info) == 0;
    fclose(f);
    if (!read || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return true; /* it says that, too */
    return header.e_shoff + (uint64_t)header.e_shnum * header.e_shentsize <= (uint64_t)info.st_size;
}

ifc_status ifc_registry_check_file(const char *path, ifc_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return ifc_fail(err, IFC_EDATA, "plug-in %s cannot be loaded: %s", path,
                        errno == ENOENT ? "there is no such file" : strerror(errno));
    if (!S_ISREG(info.st_mode)) /* opening a pipe would wait for ever */
        return ifc_fail(err, IFC_EDATA, "plug-in %s cannot be loaded: it is not a file", path);
    if (!is_whole_object(path))
        return ifc_fail(err, IFC_EDATA, "plug-in %s cannot be loaded: the file is cut short", path);
    return IFC_OK;
}

/* The newest entries go, down to @n; their shared objects are closed. */
static void forget(ifc_registry *r, size_t n)
{
    while (r->n > n) {
        ifc_registry_entry *e = &r->entries[--r->n];
        free(e->policy);
        free(e->rows);
        free(e->source);
        if (e->handle)
            dlclose(e->handle);
    }
}

/* All policies of an object, or none; the handle goes with the first. */
static ifc_status add_all(ifc_registry *r, void *handle, const char *path, const char *digest, ifc_error *why)
{
    const ifc_policy *one[] = {dlsym(handle, "ifc_plugin"), NULL};
    const ifc_policy *const *all = one[0] ? one : dlsym(handle, "ifc_plugins");
    size_t before = r->n;
    ifc_status status =
        all && all[0] ? IFC_OK : ifc_fail(why, IFC_EDATA, "it has no symbol ifc_plugin or ifc_plugins");
    for (; status == IFC_OK && *all; all++) {
        status = ifc_registry_add(r, *all, path, r->n == before ? handle : NULL, why);
        if (status == IFC_OK)
            memcpy(r->entries[r->n - 1].digest, digest, IFC_DIGEST_MAX);
    }
    if (status != IFC_OK && r->n == before)
        dlclose(handle);
    else if (status != IFC_OK)
        forget(r, before);
    return status;
}

static ifc_status open_object(ifc_registry *r, const char *path, ifc_error *err)
{
    ifc_error why = {.status = IFC_OK};
    char digest[IFC_DIGEST_MAX];
    (void)ifc_digest_file(path, digest); /* if it cannot be read, dlopen() says why */
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *text = dlerror();
        return ifc_fail(err, IFC_EDATA, "plug-in %s cannot be loaded: %s", path,
                        text ? text : "no reason given");
    }
    ifc_status status = add_all(r, handle, path, digest, &why);
    if (status != IFC_OK)
        ifc_fail(err, status, "plug-in %s is refused: %s", path, why.text);
    return status;
}

void ifc_registry_fini(ifc_registry *r)
{
    forget(r, 0);
    free(r->entries);
    *r = (ifc_registry){0};
}

ifc_status ifc_registry_load(ifc_registry *r, const char *path, const ifc_registry_entry **first,
                             ifc_error *err)
{
    ifc_status status = ifc_registry_check_file(path, err);
    char *real = status == IFC_OK ? realpath(path, NULL) : NULL;
    if (!real)
        return ifc_fail(err, IFC_EDATA, "plug-in %s cannot be loaded: %s", path, strerror(errno));
    status = find_source(r, real) ? IFC_OK : open_object(r, real, err);
    if (status == IFC_OK)
        *first = find_source(r, real);
    free(real);
    return status;
}

const ifc_registry_entry *ifc_registry_find(const ifc_registry *r, ifc_kind kind, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (!r->entries[i].source && r->entries[i].policy->kind == kind &&
            strcmp(r->entries[i].policy->name, name) == 0)
            return &r->entries[i];
    return NULL;
}

const ifc_registry_entry *ifc_registry_next(const ifc_registry *r, const ifc_registry_entry *first,
                                            ifc_kind kind, const ifc_registry_entry *entry)
{
    const ifc_registry_entry *end = r->entries + r->n;
    for (entry = entry ? entry + 1 : first; entry < end && strcmp(entry->source, first->source) == 0; entry++)
        if (entry->policy->kind == kind)
            return entry;
    return NULL;
}

const ifc_registry_entry *ifc_registry_entry_of(const ifc_registry *r, const ifc_policy *policy)
{
    size_t i = 0;
    while (r->entries[i].policy != policy)
        i++;
    return &r->entries[i];
}

void ifc_registry_names(const ifc_registry *r, ifc_kind kind, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < r->n && used < size; i++)
        if (!r->entries[i].source && r->entries[i].policy->kind == kind)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                     r->entries[i].policy->name);
}

const char *ifc_registry_nearest(const ifc_registry *r, ifc_kind kind, const char *name)
{
    const char *best = "";
    unsigned least = UINT32_MAX;
    for (size_t i = 0; i < r->n; i++) {
        if (r->entries[i].source || r->entries[i].policy->kind != kind)
            continue;
        unsigned distance = ifc_fields_distance(name, r->entries[i].policy->name);
        if (distance < least) {
            least = distance;
            best = r->entries[i].policy->name;
        }
    }
    return best;
}
