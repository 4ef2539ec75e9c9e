/**
 * Axes over whole files: "part=parts/model-*.cfg".
 */
#ifndef IFC_EXPLORE_PART_H
#define IFC_EXPLORE_PART_H

#include <stdbool.h>

#include "platform/cli/explore/range.h"

/** ifc_is_part() - @path is "part" or "part.NAME". */
bool ifc_is_part(const char *path);

/**
 * ifc_part_find() - the files of a list of names and patterns
 * @scenario: names are relative to the current folder; what is not there, to this file's folder; then to the
 * folders of shipped scenarios
 * @names:    added: each as it was found, without the folder that is not written
 * @files:    added: where it is
 * Return: IFC_OK; IFC_ENOINPUT: nothing matches; IFC_EUSAGE: a file twice.
 */
IFC_MUST_CHECK ifc_status ifc_part_find(const char *text, const char *scenario, ifc_texts *names,
                                        ifc_texts *files, ifc_error *err);

#endif
