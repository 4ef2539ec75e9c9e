/**
 * The policies there are, explained.
 */
#ifndef IFC_REGISTRY_DESCRIBE_H
#define IFC_REGISTRY_DESCRIBE_H

#include <stdio.h>

#include <ifc/status.h>

/** ifc_policies_list() - one line per built-in policy: kind, name, summary. */
void ifc_policies_list(FILE *out);

/**
 * ifc_policies_describe() - explain every built-in policy that @pattern picks: "policies.KIND.NAME", its
 * beginning, or a glob; NULL: all
 * Return: how many.
 */
size_t ifc_policies_describe(FILE *out, const char *pattern);

/** ifc_policies_describe_plugin() - explain the policy of a shared object. Return: IFC_EDATA: it is refused.
 */
IFC_MUST_CHECK ifc_status ifc_policies_describe_plugin(FILE *out, const char *path, ifc_error *err);

#endif
