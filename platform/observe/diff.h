/**
 * Two runs side by side, from their statistics files.
 */
#ifndef IFC_DIFF_H
#define IFC_DIFF_H

#include <stdio.h>

#include <ifc/status.h>

/**
 * ifc_diff_files() - headline figures, rates, energies and the critical path of two statistics files (JSON),
 * each with its absolute and relative change from @file_a to @file_b
 *
 * Energies and path rows are per token where both runs decoded tokens, so that runs of different length can
 * be compared. Path rows are ranked by the size of the change.
 *
 * Return: IFC_ENOINPUT: a file cannot be read; IFC_EDATA: not JSON, not statistics, other schema, runs of
 * different workloads; IFC_EOUTPUT.
 */
IFC_MUST_CHECK ifc_status ifc_diff_files(const char *file_a, const char *file_b, FILE *out, ifc_error *err);

#endif
