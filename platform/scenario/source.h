/**
 * A scenario file as text that libconfig reads right.
 */
#ifndef IFC_SOURCE_H
#define IFC_SOURCE_H

#include <sys/types.h>

#include "platform/scenario/diag.h"

#define IFC_SOURCE_MAX     65536 /* bytes of one file */
#define IFC_SOURCE_NESTING 32    /* brackets inside each other */

typedef struct ifc_source {
    char *text; /* owned; ends with a newline */
    dev_t device;
    ino_t inode; /* with device: the same file under any name */
} ifc_source;

/**
 * ifc_source_read() - read @file and check what libconfig would accept and get wrong
 * @file:  "-" is standard input, which can be read once
 * @where: what named the file, begins the message when it cannot be opened
 *
 * libconfig 1.5 wraps whole numbers beyond 32 bits without an error: they get the suffix that makes them 64
 * bits wide. It swallows the rest of a file after an unclosed comment, stops at a NUL byte and refuses a
 * comment without a final newline; the first two are reported, the newline is added. @include is refused:
 * included values could not be overridden.
 *
 * Return: IFC_OK and text to free(); IFC_ENOINPUT or IFC_EDATA, with messages in @diag.
 */
IFC_MUST_CHECK ifc_status ifc_source_read(ifc_source *out, const char *file, const char *where,
                                          ifc_diagnostics *diag);

/** ifc_source_read_plain() - the same for a file of another kind: its text as it stands. */
IFC_MUST_CHECK ifc_status ifc_source_read_plain(ifc_source *out, const char *file, const char *where,
                                                ifc_diagnostics *diag);

#endif
