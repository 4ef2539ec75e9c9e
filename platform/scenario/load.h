/**
 * From a scenario file to a complete scenario, and back to text.
 */
#ifndef IFC_LOAD_H
#define IFC_LOAD_H

#include <stdio.h>

#include "platform/common/digest.h"
#include "platform/scenario/diag.h"
#include "platform/scenario/scenario.h"

/** Where each value of a scenario came from. */
typedef struct ifc_origins ifc_origins;

#define IFC_HASH_MAX IFC_DIGEST_MAX

/**
 * ifc_scenario_load() - read a scenario file with everything it extends, apply @sets, check everything
 * @file:    borrowed
 * @sets:    "PATH=VALUE" each, in order; may be NULL when @n_sets is 0
 * @origins: out, may be NULL; owned by the caller on success, NULL otherwise
 * @diag:    every problem found, may be NULL; zero-initialised by the caller, who releases it
 *
 * Return: IFC_OK; otherwise @out is not to be used and the first problem is also in @err: IFC_ENOINPUT when a
 * file cannot be opened, IFC_EUSAGE when one of @sets is no assignment, IFC_EDATA for everything else.
 */
IFC_MUST_CHECK ifc_status ifc_scenario_load(ifc_scenario *out, const char *file, const char *const *sets,
                                            size_t n_sets, ifc_origins **origins, ifc_diagnostics *diag,
                                            ifc_error *err);

/**
 * ifc_scenario_load_model() - the same of the model alone: nothing else has to be given
 * @file: a scenario, a part of one, or a config.json
 * @diag: as above, not NULL
 */
IFC_MUST_CHECK ifc_status ifc_scenario_load_model(ifc_scenario *out, const char *file,
                                                  const char *const *sets, size_t n_sets,
                                                  ifc_origins **origins, ifc_diagnostics *diag,
                                                  ifc_error *err);

/** ifc_origins_free() - release; NULL is fine. */
void ifc_origins_free(ifc_origins *origins);

/** ifc_origins_files() - the scenario file and all it extends, as opened; @origins owns them. */
size_t ifc_origins_files(const ifc_origins *origins, const char *const **files);

/** ifc_scenario_init() - every parameter at its default: no group, no model, no placement. */
void ifc_scenario_init(ifc_scenario *s);

/**
 * ifc_scenario_set() - set one parameter by path, as --set does ("flash.groups.g1.dies", "8")
 * A group that does not exist yet is made, with defaults. Only the value itself is checked.
 * Return: IFC_OK; IFC_EDATA with a message, and @s as it was.
 */
IFC_MUST_CHECK ifc_status ifc_scenario_set(ifc_scenario *s, const char *path, const char *value,
                                           ifc_error *err);

/**
 * ifc_scenario_check() - whether the parameters of a scenario made in memory go together
 * Parameters that are not set take part in no check. Return: IFC_OK; IFC_EDATA with the first problem.
 */
IFC_MUST_CHECK ifc_status ifc_scenario_check(const ifc_scenario *s, ifc_error *err);

/**
 * ifc_scenario_print_resolved() - the whole scenario as a file that loads to the same one
 * @origins: each value gets a comment saying where it came from; NULL: no comments
 */
void ifc_scenario_print_resolved(FILE *out, const ifc_scenario *s, const ifc_origins *origins);

/**
 * ifc_scenario_hash() - 16 hex digits over the resolved text, with the content of plug-ins in place of their
 * paths: equal for equal scenarios under any name
 */
void ifc_scenario_hash(const ifc_scenario *s, char hash[IFC_HASH_MAX]);

/** ifc_scenario_where() - where a parameter's value was written: "file:line", "--set", "default". */
void ifc_scenario_where(const ifc_scenario *s, const ifc_origins *origins, const char *path, char *out,
                        size_t size);

/**
 * ifc_describe() - explain every parameter whose path matches
 * @pattern: a path, the beginning of one ("channel"), its last name ("t_read"), or a glob
 * ("flash.groups.*.t_*"); NULL: all Return: how many matched.
 */
size_t ifc_describe(FILE *out, const char *pattern);

/** ifc_describe_nearest() - the known path most like @pattern, or the known last name of one, for a message.
 */
void ifc_describe_nearest(const char *pattern, char *out, size_t size);

/** ifc_list_parameters() - one line per parameter: path, default, allowed values. */
void ifc_list_parameters(FILE *out);

/** ifc_reference_markdown() - the reference page of all parameters. */
void ifc_reference_markdown(FILE *out);

#endif
