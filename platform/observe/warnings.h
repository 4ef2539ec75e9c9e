/**
 * What a reader should notice in a result, in plain words.
 */
#ifndef IFC_WARNINGS_H
#define IFC_WARNINGS_H

#include "platform/observe/result.h"

#define IFC_WARNINGS_MAX 32

typedef struct ifc_warnings {
    uint32_t n;
    char text[IFC_WARNINGS_MAX][256];
} ifc_warnings;

/** ifc_warnings_of() - most important first; same result, same warnings. */
void ifc_warnings_of(const ifc_result *r, ifc_warnings *out);

#endif
