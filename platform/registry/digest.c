#include "platform/registry/policies.h"

bool ifc_policy_decides(const ifc_policy_run *p)
{
    const ifc_policy *policy = p->policy;
    switch (policy->kind) {
    case IFC_KIND_DISPATCH:
        return policy->ops.dispatch->pick;
    case IFC_KIND_ARBITER:
        return policy->ops.arbiter->pick;
    case IFC_KIND_KV_PLACEMENT:
        return policy->ops.kv_placement->page_plane;
    default: /* refresh is asked between tokens, what it begins is in flight */
        return policy->kind == IFC_KIND_KV_FLUSH;
    }
}

bool ifc_policy_has_digest(const ifc_policy_run *p)
{
    return p->policy->size >= sizeof(ifc_policy) && p->policy->digest;
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
