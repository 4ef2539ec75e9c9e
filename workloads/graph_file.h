/**
 * The operators of a decode as a table: written from a model's graphs, and read in their place.
 */
#ifndef IFC_GRAPH_FILE_H
#define IFC_GRAPH_FILE_H

#include <stdio.h>

#include "workloads/graph.h"

/** ifc_graphs_write() - all operators, one a line; @prompt: those of the layers of a prompt. Errors are left
 * to the stream. */
void ifc_graphs_write(const ifc_graphs *decode, const ifc_graphs *prompt, FILE *out);

/**
 * ifc_graphs_read() - what @file has takes the place of what is in @decode and @prompt; a graph that it does
 * not have stays. The matrices, and which heads are appended and attended, are those of the model; order,
 * head groups and the NPU's work are the file's. Return: IFC_ENOINPUT: it cannot be read; IFC_EDATA, @err
 * names file and line.
 */
IFC_MUST_CHECK ifc_status ifc_graphs_read(const char *file, const ifc_model *m, ifc_graphs *decode,
                                          ifc_graphs *prompt, ifc_error *err);

#endif
