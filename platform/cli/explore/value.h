/**
 * A value of a parameter in arithmetic: a number in base units (ps, bytes, B/s, J, W, ...) or a text.
 */
#ifndef IFC_EXPLORE_VALUE_H
#define IFC_EXPLORE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#define IFC_VALUE_MAX 256

enum { IFC_VALUE_NO_UNIT = 0, IFC_VALUE_MIXED = -1 /* of a product: none that can be written */ };

typedef struct ifc_value {
    bool is_text;
    bool bare; /* its name says the unit (price_usd): may stand beside a number without one */
    int unit;  /* one of platform/scenario/units.h, or of the above */
    double number;
    char text[IFC_VALUE_MAX];
} ifc_value;

/** ifc_value_number(), ifc_value_unit(), ifc_value_text() - make one; a long text is cut. */
ifc_value ifc_value_number(double number);
ifc_value ifc_value_unit(double number, int unit);
ifc_value ifc_value_text(const char *text);

/** ifc_value_named() - @number, whose name says that it is in @unit ("ps", "J", "tokens/s"). */
ifc_value ifc_value_named(double number, const char *unit);

/** ifc_value_describe() - "a quantity like 4 us" for messages. Return: @out. */
const char *ifc_value_describe(const ifc_value *v, char *out, size_t size);

/** ifc_value_seconds() - both in one unit where one is a time in ps and the other in seconds. */
void ifc_value_seconds(ifc_value *a, ifc_value *b);

/**
 * ifc_value_scan() - the number at the beginning of @text: "15", "0.5", "50K" (x 1024), "2M", "4 us", "4.8
 * GB/s"
 * Return: behind it; NULL when there is none.
 */
const char *ifc_value_scan(const char *text, ifc_value *out);

/** ifc_value_of() - what a scenario's "PATH=TEXT" stands for: a number where all of @text is one, true 1,
 * false 0, else the text. */
ifc_value ifc_value_of(const char *text);

#endif
