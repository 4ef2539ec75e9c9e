/**
 * The result as a page of text for a computer architect.
 */
#ifndef IFC_SUMMARY_H
#define IFC_SUMMARY_H

#include <stdio.h>

#include "platform/observe/result.h"

/**
 * ifc_write_summary() - headline, warnings, bandwidths against their peaks, critical path, energy, traffic,
 * use of every resource, capacity, wear
 * Return: IFC_EOUTPUT, or IFC_EINTERNAL when there is no memory.
 */
IFC_MUST_CHECK ifc_status ifc_write_summary(const ifc_result *r, FILE *out, ifc_error *err);

/* The headline figures of a stream workload, for ifc_write_summary(). */
void ifc__summary_stream(const ifc_result *r, FILE *out);

/* The dies as run, and the names of the policies that are not the default: lines of the head. */
void ifc__summary_machine(const ifc_result *r, FILE *out);

/* Parameters and statistics of those policies. */
void ifc__summary_policies(const ifc_result *r, FILE *out);

#endif
