/*
 * The guard around a policy's ops: nothing may block in them, and who breaks a contract is named.
 */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "platform/kernel/kernel.h"
#include "platform/registry/policies.h"

static struct {
    const ifc_policy_run *policy; /* whose op runs; NULL: none */
    const char *op;
    ifc_time since;
} guard;

void ifc_policy_misbehaves(const ifc_policy_run *p, const char *op, const char *format, ...)
{
    va_list args;
    fflush(stdout);
    if (p->entry->source)
        fprintf(stderr, "ifcsim: plug-in %s: ", p->entry->source);
    else
        fprintf(stderr, "ifcsim: built-in ");
    fprintf(stderr, "%s policy \"%s\", op %s: ", ifc_kind_name(p->policy->kind), p->policy->name, op);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, " (at %lld ps)\n", (long long)ifc_now());
    fflush(stderr);
    _exit(IFC_EINTERNAL);
}

static void blocked(void)
{
    ifc_policy_misbehaves(guard.policy, guard.op, "blocks, and an op must not");
}

void ifc_policy_enter(const ifc_policy_run *p, const char *op)
{
    guard.policy = p;
    guard.op = op;
    guard.since = ifc_now();
    ifc_kernel_forbid_blocking(blocked);
}

/* Who slept behind the kernel's back is found out by the clock. */
void ifc_policy_leave(const ifc_policy_run *p)
{
    if (guard.policy != p || ifc_now() != guard.since)
        ifc_policy_misbehaves(p, guard.op, "blocks, and an op must not");
    ifc_kernel_forbid_blocking(NULL);
    guard.policy = NULL;
}
