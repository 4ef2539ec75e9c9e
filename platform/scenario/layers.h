/**
 * The layers of a scenario as one list of assignments, weakest first: what a file extends, the file itself,
 * then the command line.
 */
#ifndef IFC_LAYERS_H
#define IFC_LAYERS_H

#include "platform/scenario/diag.h"
#include "platform/scenario/param.h"
#include "platform/scenario/scenario.h"

#define IFC_LAYERS_MAX 64 /* files of one scenario, each use counted */

/** "path = raw" as written at file:line. */
typedef struct ifc_assignment {
    char *path; /* owned; dotted */
    ifc_raw raw;
    char *text;      /* owned; what raw.text points to, or NULL */
    int file;        /* index into files; -1: the command line */
    unsigned line;   /* 0: the command line, or a file without lines */
    const char *key; /* what it is called there, where that is not the path; static; NULL: it is the path */
    bool quotable;   /* its file is a scenario: messages may show the value */
} ifc_assignment;

typedef struct ifc_layers {
    ifc_assignment *items; /* owned, in order of increasing strength */
    size_t n, capacity;
    char **files; /* owned; names as opened */
    size_t n_files, files_capacity;
    ifc_model_beside beside; /* of the strongest config.json */
} ifc_layers;

/**
 * ifc_layers_read() - read @file and all it extends, then @sets ("PATH=VALUE")
 * Return: IFC_OK; the status of the first problem otherwise, all of them in @diag. @out is to be released
 * either way.
 */
IFC_MUST_CHECK ifc_status ifc_layers_read(ifc_layers *out, const char *file, const char *const *sets,
                                          size_t n_sets, ifc_diagnostics *diag);

/** ifc_layers_add() - a further assignment, stronger than all so far; @path is owned from now on. */
ifc_assignment *ifc_layers_add(ifc_layers *layers, char *path, int file, unsigned line);

/** ifc_layers_cut() - forget all but the first @n assignments. */
void ifc_layers_cut(ifc_layers *layers, size_t n);

/** ifc_layers_where() - "file:line", "file: key" or "--set" of an assignment. */
void ifc_layers_where(const ifc_layers *layers, const ifc_assignment *a, char *out, size_t size);

/** ifc_layers_resolve() - @name relative to the folder of the file that names it; owned. */
char *ifc_layers_resolve(const char *naming_file, const char *name);

/** ifc_layers_fini() - release and zero. */
void ifc_layers_fini(ifc_layers *layers);

#endif
