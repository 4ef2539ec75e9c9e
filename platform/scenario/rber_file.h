/**
 * The file of a law "table": lines "pe,seconds,reads,rber" below one that says so, a whole grid.
 */
#ifndef IFC_RBER_FILE_H
#define IFC_RBER_FILE_H

#include "platform/common/rber.h"
#include "platform/scenario/diag.h"
#include "platform/scenario/scenario.h"

/** A grid and what it stands on. */
typedef struct ifc_rber_file {
    ifc_rber_table table; /* its arrays are below */
    double *memory;       /* owned */
} ifc_rber_file;

/**
 * ifc_rber_file_read() - the grid of @file
 * @where: what named the file, begins the message when it cannot be opened
 * Return: IFC_OK; IFC_ENOINPUT or IFC_EDATA, with messages in @diag that name file and line.
 */
IFC_MUST_CHECK ifc_status ifc_rber_file_read(ifc_rber_file *out, const char *file, const char *where,
                                             ifc_diagnostics *diag);
void ifc_rber_file_fini(ifc_rber_file *f);

/** ifc_errors_pe_scale() - cycles of a law for each of the group's. */
double ifc_errors_pe_scale(const ifc_flash_group *g, const ifc_rber_range *range);

#endif
