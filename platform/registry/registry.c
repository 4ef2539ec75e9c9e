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

/* The numbers first: nothing else of a descriptor means anything before they agree. */
static ifc_status check_numbers(const ifc_policy *p, ifc_error *err)
{
    if (p->abi != IFC_POLICY_ABI)
        return ifc_fail(err, IFC_EDATA, "abi %u, expected %u", p->abi, IFC_POLICY_ABI);
    if (p->size != sizeof *p && p->size != IFC_POLICY_SIZE_1)
        return ifc_fail(err, IFC_EDATA, "sizeof(ifc_policy) %u, expected %zu", p->size, sizeof *p);
    if (p->kind >= IFC_KINDS)
        return ifc_fail(err, IFC_EDATA, "kind %u, expected 0 .. %d", p->kind, IFC_KINDS - 1);
    if (p->ops_size != ifc_kind_rules_of(p->kind)->ops_size)
        return ifc_fail(err, IFC_EDATA, "sizeof(ifc_%s_ops) %u, expected %u", ifc_kind_name(p->kind),
                        p->ops_size, ifc_kind_rules_of(p->kind)->ops_size);
    if (p->state_size > STATE_MAX)
        return ifc_fail(err, IFC_EDATA, "state_size %zu, expected at most %zu", p->state_size, STATE_MAX);
    return IFC_OK;
}

static ifc_status check_ops(const ifc_policy *p, ifc_error *err)
{
    const ifc_kind_rules *rules = ifc_kind_rules_of(p->kind);
    if (!p->ops.dispatch)
        return ifc_fail(err, IFC_EDATA, "it has no ops");
    return rules->check ? rules->check(p, err) : IFC_OK;
}

static const char *source_name(const char *source)
{
    return source ? source : "the built-in policies";
}

static ifc_status check_descriptor(const ifc_registry *r, const ifc_policy *p, ifc_error *err)
{
    ifc_status status = check_numbers(p, err);
    if (status != IFC_OK)
        return status;
    if (!ifc_fields_is_name(p->name))
        return ifc_fail(err, IFC_EDATA, "its name \"%.40s\" is none (allowed: lower case letters, digits, -)",
                        p->name ? p->name : "");
    if (!p->summary || !p->summary[0] || !p->trade_off || !p->trade_off[0])
        return ifc_fail(err, IFC_EDATA, "policy %s has no summary or no trade_off", p->name);
    const ifc_registry_entry *other = ifc_registry_find(r, (ifc_kind)p->kind, p->name);
    if (other)
        return ifc_fail(err, IFC_EDATA, "duplicate name: %s \"%s\" is already in %s", ifc_kind_name(p->kind),
                        p->name, source_name(other->source));
    return check_ops(p, err);
}

ifc_status ifc_registry_add(ifc_registry *r, const ifc_policy *policy, const char *source, void *handle,
                            ifc_error *err)
{
    struct ifc_param *rows = NULL;
    ifc_status status = check_descriptor(r, policy, err);
    if (status == IFC_OK)
        status =
            ifc_fields_check_statistics(policy->statistics, policy->n_statistics, policy->state_size, err);
    if (status == IFC_OK)
        status = ifc_fields_rows(policy->parameters, policy->n_parameters, policy->state_size, &rows, err);
    if (status != IFC_OK)
        return status;
    r->entries = ifc_grow(r->entries, &r->room, r->n, sizeof *r->entries);
    r->entries[r->n++] = (ifc_registry_entry){
        .policy = policy, .rows = rows, .source = source ? ifc_copy_text(source) : NULL, .handle = handle};
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

void ifc_registry_fini(ifc_registry *r)
{
    while (r->n > 0) {
        ifc_registry_entry *e = &r->entries[--r->n];
        free(e->rows);
        free(e->source);
        if (e->handle)
            dlclose(e->handle);
    }
    free(r->entries);
    *r = (ifc_registry){0};
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
    const ifc_policy *policy = dlsym(handle, "ifc_plugin");
    ifc_status status = policy ? ifc_registry_add(r, policy, path, handle, &why)
                               : ifc_fail(&why, IFC_EDATA, "it has no symbol ifc_plugin");
    if (status == IFC_OK) {
        memcpy(r->entries[r->n - 1].digest, digest, sizeof digest);
        return IFC_OK;
    }
    ifc_fail(err, status, "plug-in %s is refused: %s", path, why.text);
    dlclose(handle); /* after the message: names in it may live in the object */
    return status;
}

ifc_status ifc_registry_load(ifc_registry *r, const char *path, const ifc_registry_entry **out,
                             ifc_error *err)
{
    ifc_status status = ifc_registry_check_file(path, err);
    char *real = status == IFC_OK ? realpath(path, NULL) : NULL;
    if (!real)
        return ifc_fail(err, IFC_EDATA, "plug-in %s cannot be loaded: %s", path, strerror(errno));
    status = find_source(r, real) ? IFC_OK : open_object(r, real, err);
    if (status == IFC_OK)
        *out = find_source(r, real);
    free(real);
    return status;
}

const ifc_registry_entry *ifc_registry_find(const ifc_registry *r, ifc_kind kind, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->entries[i].policy->kind == kind && strcmp(r->entries[i].policy->name, name) == 0)
            return &r->entries[i];
    return NULL;
}

void ifc_registry_names(const ifc_registry *r, ifc_kind kind, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < r->n && used < size; i++)
        if (r->entries[i].policy->kind == kind)
            used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                     r->entries[i].policy->name);
}

const char *ifc_registry_nearest(const ifc_registry *r, ifc_kind kind, const char *name)
{
    const char *best = "";
    unsigned least = UINT32_MAX;
    for (size_t i = 0; i < r->n; i++) {
        if (r->entries[i].policy->kind != kind)
            continue;
        unsigned distance = ifc_fields_distance(name, r->entries[i].policy->name);
        if (distance < least) {
            least = distance;
            best = r->entries[i].policy->name;
        }
    }
    return best;
}
