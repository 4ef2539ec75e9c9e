#include "platform/registry/kinds.h"
#include "platform/registry/policies.h"

bool ifc_policy_decides(const ifc_policy_run *p)
{
    const ifc_kind_rules *rules = ifc_kind_rules_of(p->policy->kind);
    return rules->decides && rules->decides(p->policy);
}

bool ifc_policy_has_digest(const ifc_policy_run *p)
{
    return p->policy->digest;
}

uint64_t ifc_policy_digest(const ifc_policy_run *p)
{
    if (!ifc_policy_decides(p) || !ifc_policy_has_digest(p))
        return 0;
    ifc_policy_enter(p, "digest");
    uint64_t digest = p->policy->digest(p->state);
    ifc_policy_leave(p);
    return digest;
}
