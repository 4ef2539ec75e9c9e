/**
 * What the files that draw an exploration share.
 */
#ifndef IFC_EXPLORE_PLOT_INTERNAL_H
#define IFC_EXPLORE_PLOT_INTERNAL_H

#include <stdbool.h>

#include "platform/cli/explore/plot.h"

enum { IFC__PLOT_TEXT_MAX = 256 };

/** The values of an axis: numbers in their order, others in that of points. */
typedef struct ifc__places {
    char (*text)[IFC__PLOT_TEXT_MAX]; /* owned */
    double *number;                   /* owned */
    size_t n;
    bool numbers; /* all are */
} ifc__places;

/** ifc__places_find() - of the column @path (NULL: one place without a name); ifc__places_fini() releases. */
void ifc__places_find(ifc__places *out, const char *path, json_t *const *rows, size_t n);
void ifc__places_fini(ifc__places *p);
/** ifc__place_of() - Return: where @text stands, or p->n. */
size_t ifc__place_of(const ifc__places *p, const char *text);

/** ifc__plot_draws() - @row is a point that fits and fulfils the conditions. */
bool ifc__plot_draws(const json_t *row);
/** ifc__plot_label() - how a figure is called in a picture. Return: what its values are multiplied by. */
double ifc__plot_label(const char *figure, char *out, size_t size);
/** ifc__plot_short() - "50K" for 51200, "model-opt-30b" for a file. Return: @name, of IFC__PLOT_TEXT_MAX. */
const char *ifc__plot_short(const char *text, char *name);

/* Pieces of a script: a text in quotes, the begin of a picture of that size, marks and label of an axis. */
void ifc__plot_quoted(FILE *out, const char *text);
void ifc__plot_head(const ifc_plot *p, int width, int height, FILE *out);
void ifc__plot_tics(FILE *out, const char *axis, const ifc__places *p, bool by_number);
void ifc__plot_axis(FILE *out, const char *axis, const char *name);

/* Who is best at every place: the map, and the same as a table. */
void ifc__plot_winners(const ifc_plot *p, json_t *const *rows, size_t n, FILE *out);
void ifc__plot_winners_table(const ifc_plot *p, json_t *const *rows, size_t n, enum ifc_table_kind kind,
                             FILE *out);

#endif
