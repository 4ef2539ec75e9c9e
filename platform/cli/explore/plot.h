/**
 * Pictures of an exploration, drawn by gnuplot.
 */
#ifndef IFC_EXPLORE_PLOT_H
#define IFC_EXPLORE_PLOT_H

#include <stdio.h>

#include <jansson.h>

#include <ifc/status.h>

#include "platform/cli/table.h"

enum ifc_plot_kind { IFC_PLOT_LINES, IFC_PLOT_BARS, IFC_PLOT_HEAT, IFC_PLOT_PARETO, IFC_PLOT_WINNERS };

typedef struct ifc_plot {
    int kind;          /* enum ifc_plot_kind */
    const char *x;     /* a path; pareto: a figure */
    const char *y;     /* a figure; heat: the colour */
    const char *by;    /* a path: a line or bar each, or the rows of a map; NULL: none */
    const char *of;    /* winners: a path, whose best value is shown at each place; else NULL */
    const char *title; /* NULL: none */
} ifc_plot;

/**
 * ifc_plot_check() - whether @rows have what @p names
 * Return: IFC_EUSAGE with what is allowed; IFC_EDATA: no row has these figures.
 */
IFC_MUST_CHECK ifc_status ifc_plot_check(const ifc_plot *p, json_t *const *rows, size_t n, ifc_error *err);

/**
 * ifc_plot_script() - write what gnuplot draws, with the data in it
 * Of several points in one place (other axes) the best is drawn.
 */
void ifc_plot_script(const ifc_plot *p, json_t *const *rows, size_t n, FILE *out);

/** ifc_plot_table() - the same as a table: a row for each place, a column for each value of @p->by. */
void ifc_plot_table(const ifc_plot *p, json_t *const *rows, size_t n, enum ifc_table_kind kind, FILE *out);

#endif
