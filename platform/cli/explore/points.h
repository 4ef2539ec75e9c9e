/**
 * The points of an exploration: every combination of the axes that fulfils the conditions, in a fixed order
 * (the last axis turns fastest), each with its assignments.
 */
#ifndef IFC_EXPLORE_POINTS_H
#define IFC_EXPLORE_POINTS_H

#include "platform/cli/explore/expression.h"
#include "platform/cli/explore/spec.h"
#include "platform/scenario/load.h"

#define IFC_POINTS_MAX 100000 /* points of one exploration */

/** What one --over or --with assigns to. */
typedef struct ifc_axis {
    char *path;       /* owned; "part" and "part.NAME" stand for whole files */
    char *expression; /* owned; of --with, else NULL */
    ifc_texts values; /* of --over: as shown and assigned */
    ifc_texts files;  /* of a part: the file of each value */
} ifc_axis;

typedef struct ifc_point {
    char id[IFC_DIGEST_MAX]; /* of its assignments */
    uint32_t *axis_value;    /* owned; index of each --over's value */
    ifc_texts with;          /* values of each --with */
} ifc_point;

typedef struct ifc_points {
    const ifc_spec *spec; /* borrowed */
    char *file;           /* owned; the scenario */
    ifc_axis *axes;       /* owned; those of --over, then those of --with */
    size_t n_over, n_axes;
    ifc_point *all; /* owned */
    size_t n, room;
    bool has_goals;              /* there are conditions that name figures */
    char digest[IFC_DIGEST_MAX]; /* of everything that makes the points what they are */
} ifc_points;

/**
 * ifc_points_plan() - find the axes, the points and their digest
 * @out: zero; release with ifc_points_fini() in any case
 * Conditions that name figures of results are checked, and left to ifc_points_meets().
 * Return: IFC_OK; IFC_EUSAGE: a range, an expression, a path, no points or too many; IFC_ENOINPUT: no such
 * scenario or part; IFC_EDATA: no point at all can be loaded (the message is the first one's).
 */
IFC_MUST_CHECK ifc_status ifc_points_plan(ifc_points *out, const ifc_spec *spec, ifc_error *err);
void ifc_points_fini(ifc_points *points);

/** ifc_points_value() - what point @i has on axis @a; borrowed. */
const char *ifc_points_value(const ifc_points *p, size_t i, size_t a);

/** ifc_points_load() - the scenario of point @i, with its policies. Return: IFC_EDATA, IFC_ENOINPUT. */
IFC_MUST_CHECK ifc_status ifc_points_load(const ifc_points *p, size_t i, ifc_scenario *out, ifc_error *err);

/** ifc_points_name() - "point 3 (workload.context=1024)" for messages. */
void ifc_points_name(const ifc_points *p, size_t i, char *out, size_t size);

/**
 * ifc_points_meets() - whether a result of point @i fulfils the conditions that name figures
 * @figure: knows the figures; @s is the point's scenario
 * Return: true also when there are no such conditions; false where a figure is missing.
 */
bool ifc_points_meets(const ifc_points *p, size_t i, const ifc_scenario *s, const ifc_names *figures);

/* Shared by the files of this folder: a parameter of a scenario as a value, also machine.dies, .flash_bytes,
 * .price.
 */
bool ifc__parameter_value(const ifc_scenario *s, const char *path, ifc_value *out);
/* Whether @v has the unit of @path, and in which it is then. Return: IFC_OK; IFC_EUSAGE. */
IFC_MUST_CHECK ifc_status ifc__parameter_fits(const char *path, ifc_value *v, ifc_error *err);
/* The text that assigns @v to @path, in the unit that the path has. */
void ifc__parameter_text(const char *path, const ifc_value *v, char *out, size_t size);

#endif
