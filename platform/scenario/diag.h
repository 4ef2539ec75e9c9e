/**
 * Everything that is wrong with a scenario, found in one pass.
 */
#ifndef IFC_DIAG_H
#define IFC_DIAG_H

#include <stdio.h>

#include <ifc/status.h>

#define IFC_DIAGNOSTICS_MAX 100 /* messages kept; the rest is counted */

/** One message, complete: "FILE:LINE: PATH = VALUE: what is wrong (allowed: ...)". */
typedef struct ifc_diagnostic {
    ifc_status status;
    char *text; /* owned */
} ifc_diagnostic;

/** Zero-initialise before use. */
typedef struct ifc_diagnostics {
    ifc_diagnostic *items; /* owned */
    size_t n;              /* kept */
    size_t dropped;        /* not kept, beyond IFC_DIAGNOSTICS_MAX */
    size_t capacity;
} ifc_diagnostics;

/** ifc_diagnose() - add a message. */
void ifc_diagnose(ifc_diagnostics *d, ifc_status status, const char *format, ...) IFC_PRINTF(3, 4);

/** ifc_diagnostics_full() - whether a further message would only be counted. */
int ifc_diagnostics_full(const ifc_diagnostics *d);

/** ifc_diagnostics_print() - one message per line, then how many more there are. */
void ifc_diagnostics_print(FILE *out, const ifc_diagnostics *d);

/** ifc_diagnostics_fini() - release the messages and zero @d. */
void ifc_diagnostics_fini(ifc_diagnostics *d);

#endif
