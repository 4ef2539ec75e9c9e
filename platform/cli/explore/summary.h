/**
 * What an exploration found, for people: how the points ended, the best of them, and the Pareto front.
 */
#ifndef IFC_EXPLORE_SUMMARY_H
#define IFC_EXPLORE_SUMMARY_H

#include <stdio.h>

#include <jansson.h>

#include "platform/cli/explore/figure.h"
#include "platform/cli/explore/points.h"

#define IFC_OBJECTIVES_MAX 8

typedef struct ifc_goals {
    const ifc_figure_kind *of[IFC_OBJECTIVES_MAX];
    size_t n;
    const ifc_figure_kind *shown[2 * IFC_OBJECTIVES_MAX]; /* these, and what conditions name */
    size_t n_shown;
    const ifc_texts *per; /* paths: the best for each of their values; borrowed */
} ifc_goals;

/**
 * ifc_goals_find() - the objectives that @spec names ("a,b" is two), or tokens per second
 * Return: IFC_EUSAGE: unknown, or there twice; a path of --per that is not varied.
 */
IFC_MUST_CHECK ifc_status ifc_goals_find(ifc_goals *out, const ifc_spec *spec, ifc_error *err);

/** ifc_goals_check() - some point can have each objective. Return: IFC_EUSAGE: one that none can have. */
IFC_MUST_CHECK ifc_status ifc_goals_check(const ifc_goals *goals, const ifc_points *points, ifc_error *err);

/** ifc_summary_write() - write it; NULL rows are not recorded. */
void ifc_summary_write(json_t *const *rows, size_t n, const ifc_goals *goals, FILE *out);

#endif
