/**
 * The policies there are: the built-in ones and those of shared objects, through one door.
 */
#ifndef IFC_REGISTRY_H
#define IFC_REGISTRY_H

#include <ifc/policy.h>
#include <ifc/status.h>

#include "platform/common/digest.h"
#include "platform/scenario/scenario.h"

struct ifc_param;

typedef struct ifc_registry_entry {
    ifc_policy *policy;          /* owned; a copy, with all members and ops that this program knows */
    struct ifc_param *rows;      /* of its parameters; owned */
    char *source;                /* path of its shared object, absolute; NULL: built in. Owned */
    void *handle;                /* of the shared object */
    char digest[IFC_DIGEST_MAX]; /* of its bytes; empty: built in */
} ifc_registry_entry;

typedef struct ifc_registry {
    ifc_registry_entry *entries; /* owned */
    size_t n, room;
} ifc_registry;

/** ifc_registry_init() - the built-in policies. One that is refused is a bug. */
void ifc_registry_init(ifc_registry *r);

/** ifc_registry_fini() - release everything and close the shared objects. */
void ifc_registry_fini(ifc_registry *r);

/**
 * ifc_registry_add() - check a descriptor, and know it from now on
 * @policy: copied; what it points to is borrowed until ifc_registry_fini()
 * @source: path of the shared object it comes from, NULL: built in; copied
 * @handle: of the shared object; taken on success; NULL for those that come after its first
 * Return: IFC_OK; IFC_EDATA with what is wrong in @err, and the registry as it was.
 */
IFC_MUST_CHECK ifc_status ifc_registry_add(ifc_registry *r, const ifc_policy *policy, const char *source,
                                           void *handle, ifc_error *err);

/**
 * ifc_registry_load() - the policies of a shared object; once per file, whatever it is called
 * @first: out, the first of them; its others come after it and have the same source
 * Return: IFC_OK; IFC_EDATA with the reason, and nothing left open.
 */
IFC_MUST_CHECK ifc_status ifc_registry_load(ifc_registry *r, const char *path,
                                            const ifc_registry_entry **first, ifc_error *err);

/** ifc_registry_next() - the next policy after @entry (NULL: the first) of @kind in the object that @first is
 * of; NULL: none. */
const ifc_registry_entry *ifc_registry_next(const ifc_registry *r, const ifc_registry_entry *first,
                                            ifc_kind kind, const ifc_registry_entry *entry);

/** ifc_registry_entry_of() - the entry of a policy that it knows. */
const ifc_registry_entry *ifc_registry_entry_of(const ifc_registry *r, const ifc_policy *policy);

/** ifc_registry_check_file() - what can be said of a shared object without running its code: it is there, and
 * not cut short. Return: IFC_OK; IFC_EDATA. */
IFC_MUST_CHECK ifc_status ifc_registry_check_file(const char *path, ifc_error *err);

/** ifc_registry_find() - the built-in policy of this kind and name; NULL: none. */
const ifc_registry_entry *ifc_registry_find(const ifc_registry *r, ifc_kind kind, const char *name);

/** ifc_registry_names() - "a, b, c": names of the built-in policies of a kind. */
void ifc_registry_names(const ifc_registry *r, ifc_kind kind, char *out, size_t size);

/** ifc_registry_nearest() - the name of a kind's built-in policy that is most like @name. */
const char *ifc_registry_nearest(const ifc_registry *r, ifc_kind kind, const char *name);

#endif
