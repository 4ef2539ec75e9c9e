/**
 * The report: one HTML file that holds its style, its scripts and the statistics it shows.
 */
#ifndef IFC_REPORT_PAGE_H
#define IFC_REPORT_PAGE_H

#include <jansson.h>
#include <stdio.h>

#include <ifc/status.h>

/** One run of a report. */
typedef struct ifc_report_run {
    const char *file; /* as the user named it; borrowed */
    json_t *stats;    /* root object of the statistics file; borrowed */
} ifc_report_run;

/**
 * ifc_report_write() - write the page for @n runs, the first being what others are compared with
 *
 * Whatever the statistics hold ends up as text in the page, never as markup. Equal input gives equal bytes.
 *
 * Return: IFC_EOUTPUT, or IFC_EINTERNAL when there is no memory.
 */
IFC_MUST_CHECK ifc_status ifc_report_write(const ifc_report_run *runs, size_t n, FILE *out, ifc_error *err);

/**
 * ifc_page_write() - fill the page called @page ("points.html") with @data and what else it names
 * Return: IFC_EOUTPUT, or IFC_EINTERNAL when there is no memory (@data NULL says so, too).
 */
IFC_MUST_CHECK ifc_status ifc_page_write(const char *page, const json_t *data, FILE *out, ifc_error *err);

#endif
