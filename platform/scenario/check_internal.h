/**
 * What the files of the checks across parameters share.
 */
#ifndef IFC_CHECK_INTERNAL_H
#define IFC_CHECK_INTERNAL_H

#include "platform/scenario/origins.h"

struct check {
    const ifc_scenario *s;
    const ifc_origins *origins; /* NULL: everything counts as given */
    ifc_diagnostics *diag;
};

/** ifc__check_known() - whether the parameter has a value that its row accepted. */
bool ifc__check_known(const struct check *c, const char *path);

/** ifc__check_wrong() - report at the parameter @path, which says what is at fault. */
IFC_PRINTF(3, 4) void ifc__check_wrong(const struct check *c, const char *path, const char *format, ...);

/**
 * ifc__check_group() - the group that the text parameter @path names
 * Return: NULL when it is not known, when it is DRAM, or when there is none, which is then reported.
 */
const ifc_flash_group *ifc__check_group(const struct check *c, const char *path, const char *name,
                                        bool or_dram);

/** ifc__check_places() - where matrices lie and how they are multiplied (platform/scenario/check_places.c).
 */
void ifc__check_places(const struct check *c);

/** ifc__check_power() - the power budget (platform/scenario/check_power.c). */
void ifc__check_power(const struct check *c);

/** ifc__check_errors() - the law of bit errors of a group, and its code (platform/scenario/check_errors.c).
 */
void ifc__check_errors(const struct check *c, const ifc_flash_group *g);

/** ifc__check_stream() - flows of requests. */
void ifc__check_stream(const struct check *c);

/** ifc__check_channels() - which dies hang on which channels. */
void ifc__check_channels(const struct check *c);

/** ifc__check_page_times() - times of pages of a group (platform/scenario/check_stream.c). */
void ifc__check_page_times(const struct check *c, const ifc_flash_group *g);

#endif
