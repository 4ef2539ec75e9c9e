/**
 * The layers of a scenario as one list of assignments, weakest first: what a file extends, the file itself,
 * then the command line.
 */
#ifndef IFC_LAYERS_H
#define IFC_LAYERS_H

#include "platform/scenario/diag.h"
#include "platform/scenario/param.h"

#define IFC_LAYERS_MAX 64 /* files of one scenario, each use counted */

/** "path = raw" as written at file:line. */
typedef struct ifc_assignment {
    char *path; /* owned; dotted */
    ifc_raw raw;
    char *text;    /* owned; what raw.text points to, or NULL */
    int file;      /* index into files; -1: the command line */
    unsigned line; /* 0: the command line */
    bool quotable; /* its file is a scenario: messages may show the value */
} ifc_assignment;

typedef struct ifc_layers {
    ifc_assignment *items; /* owned, in order of increasing strength */
    size_t n, capacity;
    char **files; /* owned; names as opened */
    size_t n_files, files_capacity;
} ifc_layers;

/**
 * ifc_layers_read() - read @file and all it extends, then @sets ("PATH=VALUE")
 * Return: IFC_OK; the status of the first problem otherwise, all of them in @diag. @out is to be released
 * either way.
 */
IFC_MUST_CHECK ifc_status ifc_layers_read(ifc_layers *out, const char *file, const char *const *sets,
                                          size_t n_sets, ifc_diagnostics *diag);

/** ifc_layers_where() - "file:line" or "--set" of an assignment. */
void ifc_layers_where(const ifc_layers *layers, const ifc_assignment *a, char *out, size_t size);

/** ifc_layers_resolve() - @name relative to the folder of the file that names it; owned. */
char *ifc_layers_resolve(const char *naming_file, const char *name);

/** ifc_layers_fini() - release and zero. */
void ifc_layers_fini(ifc_layers *layers);

#endif
