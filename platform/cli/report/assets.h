/**
 * The files of this folder that a report is made of, inside the program (generated at build time).
 */
#ifndef IFC_REPORT_ASSETS_H
#define IFC_REPORT_ASSETS_H

#include <stddef.h>

typedef struct ifc_report_asset {
    const char *name; /* as in the marks of page.html; NULL ends the table */
    const unsigned char *data;
    size_t size;
} ifc_report_asset;

extern const ifc_report_asset ifc_report_assets[];

#endif
