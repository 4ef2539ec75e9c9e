/**
 * The figures of a point: columns of its row, what conditions may name, and what is looked for.
 */
#ifndef IFC_EXPLORE_FIGURE_H
#define IFC_EXPLORE_FIGURE_H

#include "platform/observe/result.h"

typedef struct ifc_figure_kind {
    const char *name;      /* "latency_ps": column and name in conditions */
    const char *objective; /* "latency": for --for; NULL: none */
    int better;            /* 1: more is better, -1: less is, 0: neither */
    const char *unit;      /* of the value, as summaries show it with a prefix */
    const char *label;     /* in pictures and tables: "latency" */
    const char *shown;     /* the unit there: "ms"; "": none, or in the label */
    double scale;          /* from the value to that */
    /* Return: false: this result has no such figure. */
    bool (*of)(const ifc_result *r, double *out);
    bool (*can)(const ifc_scenario *s); /* a run of this scenario may have it; NULL: any may */
    const char *needs;                  /* what it takes, if not */
} ifc_figure_kind;

/** ifc_figures() - all of them, in the order of columns; name NULL at the end; static storage. */
const ifc_figure_kind *ifc_figures(void);

/** ifc_figure_called() - by its name. NULL: none. */
const ifc_figure_kind *ifc_figure_called(const char *name);

/** ifc_figure_wanted() - by the name of its objective, or by its own where it has one. NULL: none. */
const ifc_figure_kind *ifc_figure_wanted(const char *objective);

/** ifc_figure_title() - "latency (ms)". Return: @out. */
const char *ifc_figure_title(const ifc_figure_kind *f, char *out, size_t size);

/** ifc_figure_waits() - what most of the time is waited for, "g1 array", and its share of the critical path.
 * Return: false: nothing is known. */
bool ifc_figure_waits(const ifc_result *r, char *out, size_t size, double *share);

#endif
