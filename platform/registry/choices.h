/**
 * From what a scenario says of policies to the policies it means.
 */
#ifndef IFC_CHOICES_H
#define IFC_CHOICES_H

#include "platform/registry/registry.h"
#include "platform/scenario/diag.h"
#include "platform/scenario/load.h"

/** What is wrong with a choice: its key ("name", "plugin", a parameter), its value, and why. */
typedef struct ifc_choice_fault {
    const char *key, *value; /* borrowed from the choice */
    const char *where;       /* "file:line" of a parameter; NULL for name and plugin */
    ifc_error error;
} ifc_choice_fault;

/**
 * ifc_choice_resolve() - the policy that @choice means, loading its shared object if it has one
 * Return: IFC_OK and *out; IFC_EDATA with @fault filled.
 */
IFC_MUST_CHECK ifc_status ifc_choice_resolve(ifc_registry *r, const ifc_scenario *s, ifc_kind kind,
                                             const ifc_policy_choice *choice, const ifc_registry_entry **out,
                                             ifc_choice_fault *fault);

/** ifc_choice_is_default() - whether a scenario that names no policy of this kind has this one. */
bool ifc_choice_is_default(const ifc_scenario *s, const ifc_registry_entry *entry);

/**
 * ifc_choice_set() - defaults, then the choice's parameters, into @state
 * Return: IFC_OK; IFC_EDATA with the first fault. *from: in/out, parameter to go on with; 0 at first.
 */
IFC_MUST_CHECK ifc_status ifc_choice_set(const ifc_registry_entry *e, const ifc_policy_choice *choice,
                                         void *state, uint32_t *from, ifc_choice_fault *fault);

/**
 * ifc_choices_settle() - check every choice of @s, and complete it: name and all parameters
 * @load_plugins: false: no code of a plug-in runs; that its file is there is all that is checked of such a
 *                choice, and it stays as written
 * Every problem is added to @diag. Return: IFC_OK; IFC_EDATA.
 */
IFC_MUST_CHECK ifc_status ifc_choices_settle(ifc_scenario *s, const ifc_origins *origins, bool load_plugins,
                                             ifc_diagnostics *diag);

#endif
