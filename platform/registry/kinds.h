/**
 * What is to be known of a kind of policies, beside its name (ifc/kind.h) and its ops (ifc/policy.h): a row
 * here, and the place where it is asked.
 */
#ifndef IFC_KINDS_H
#define IFC_KINDS_H

#include <ifc/policy.h>
#include <ifc/status.h>

typedef struct ifc_kind_rules {
    uint32_t ops_size; /* bytes */
    const char *usual; /* the built-in where none is named; NULL: the one named as the layout; "": none */
    /* whether its ops are there and make sense; NULL: it may do without any. IFC_OK; IFC_EDATA */
    ifc_status (*check)(const ifc_policy *policy, ifc_error *err);
    /* whether what happens inside a layer depends on its answers; NULL: never */
    bool (*decides)(const ifc_policy *policy);
    bool wakes;            /* host->wake() is for it */
    const char *no_digest; /* why nothing is reused, where it decides and has no digest */
} ifc_kind_rules;

/** ifc_kind_rules_of() - those of @kind, which is below IFC_KINDS. */
const ifc_kind_rules *ifc_kind_rules_of(uint32_t kind);

#endif
