/**
 * The question of an exploration: what is varied over which scenario, from the command line and from a spec
 * file.
 */
#ifndef IFC_EXPLORE_SPEC_H
#define IFC_EXPLORE_SPEC_H

#include <stdbool.h>

#include "platform/cli/explore/range.h"
#include "platform/common/digest.h"

#define IFC_SPEC_FILE "spec.cfg" /* in the folder of an exploration */

/** All texts as the options take them. Zero-initialise; release with ifc_spec_fini(). */
typedef struct ifc_spec {
    char *scenario; /* owned; NULL: not given */
    ifc_texts over, with, where, objectives, per, sets;
    /* Only of the file in an exploration's folder, which says what was explored. */
    size_t points;               /* of the whole exploration; 0: not said */
    size_t shard, shards;        /* 0, 0: all of it */
    char digest[IFC_DIGEST_MAX]; /* of everything that makes its points what they are; "": not said */
} ifc_spec;

/**
 * ifc_spec_open() - begin with what a user named: a spec file has a setting "over", any other is the scenario
 * @file: a path, or the name of a shipped scenario
 * Return: IFC_OK, with a scenario; IFC_ENOINPUT; IFC_EDATA with file and line; IFC_EUSAGE: the scenario is
 * no file that can be read again.
 */
IFC_MUST_CHECK ifc_status ifc_spec_open(ifc_spec *spec, const char *file, ifc_error *err);

/**
 * ifc_spec_read() - add what @file says
 * The scenario's name is relative to the folder of @file, or that of a shipped one.
 * Return: IFC_OK; IFC_ENOINPUT; IFC_EDATA with file and line.
 */
IFC_MUST_CHECK ifc_status ifc_spec_read(ifc_spec *spec, const char *file, ifc_error *err);

/** ifc_spec_check() - whether a file of it can be read again. Return: IFC_EUSAGE: it is too long;
 * IFC_EINTERNAL.
 */
IFC_MUST_CHECK ifc_status ifc_spec_check(const ifc_spec *spec, ifc_error *err);

/** ifc_spec_save() - write a file that ifc_spec_read() reads. Return: IFC_EOUTPUT, IFC_EINTERNAL. */
IFC_MUST_CHECK ifc_status ifc_spec_save(const ifc_spec *spec, const char *file, ifc_error *err);

void ifc_spec_fini(ifc_spec *spec);

#endif
