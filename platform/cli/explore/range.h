/**
 * The values of an axis: "a,b,c", "1..15", "1..100:5" (step), "1K..100K*2" (factor), "1..8 us", and lists of
 * these.
 */
#ifndef IFC_EXPLORE_RANGE_H
#define IFC_EXPLORE_RANGE_H

#include <stddef.h>

#include <ifc/status.h>

#define IFC_RANGE_MAX 100000 /* values of one axis */

/** Owned texts, as a scenario would have them. Zero-initialise; release with ifc_texts_fini(). */
typedef struct ifc_texts {
    char **all;
    size_t n, room;
} ifc_texts;

/** ifc_texts_add() - append a copy of the first @length characters of @text. */
void ifc_texts_add(ifc_texts *texts, const char *text, size_t length);
void ifc_texts_fini(ifc_texts *texts);

/**
 * ifc_range_expand() - the values that @text stands for, appended to @out
 *
 * Both ends are values if the step or factor hits them. A range whose first end is larger counts down. "50K"
 * is 51200, "2M" is 2097152; a unit behind the second end holds for the first, too. What is no range stays as
 * written, without blanks at its ends.
 *
 * Return: IFC_OK; IFC_EUSAGE: no value, a value twice, ends with different units, a step or factor that leads
 * nowhere, too many.
 */
IFC_MUST_CHECK ifc_status ifc_range_expand(const char *text, ifc_texts *out, ifc_error *err);

#endif
