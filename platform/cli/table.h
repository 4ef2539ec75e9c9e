/**
 * Tables for papers and spreadsheets: CSV, Markdown, LaTeX.
 */
#ifndef IFC_TABLE_H
#define IFC_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "platform/cli/explore/range.h"

enum ifc_table_kind { IFC_TABLE_NONE, IFC_TABLE_CSV, IFC_TABLE_MARKDOWN, IFC_TABLE_LATEX };

/** Zero, @columns set; cells row by row, the heads first (ifc_texts_add); release with ifc_texts_fini(). */
typedef struct ifc_table {
    size_t columns;
    ifc_texts cells;
} ifc_table;

/** ifc_table_kind_of() - by the ending of a file: .csv, .md, .tex. */
enum ifc_table_kind ifc_table_kind_of(const char *file);

/** ifc_table_add() - the next cell, printed. */
void ifc_table_add(ifc_table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** ifc_table_number() - the next cell: in CSV with all its digits, else with four; not finite: empty. */
void ifc_table_number(ifc_table *t, enum ifc_table_kind kind, double value);

/**
 * ifc_table_write() - columns of numbers stand to the right; what a cell says is text, never markup
 * LaTeX: a tabular that needs no package. Errors are left to ifc_text_end().
 */
void ifc_table_write(const ifc_table *t, enum ifc_table_kind kind, FILE *out);

#endif
