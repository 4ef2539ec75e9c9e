/**
 * A value of a parameter in arithmetic: a number in base units (ps, bytes, B/s, J, W, ...) or a text.
 */
#ifndef IFC_EXPLORE_VALUE_H
#define IFC_EXPLORE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#define IFC_VALUE_MAX 256

typedef struct ifc_value {
    bool is_text;
    double number;
    char text[IFC_VALUE_MAX];
} ifc_value;

/** ifc_value_number(), ifc_value_text() - make one; a long text is cut. */
ifc_value ifc_value_number(double number);
ifc_value ifc_value_text(const char *text);

/**
 * ifc_value_scan() - the number at the beginning of @text: "15", "0.5", "50K" (x 1024), "2M", "4 us", "4.8
 * GB/s" Return: behind it; NULL when there is none.
 */
const char *ifc_value_scan(const char *text, double *out);

/** ifc_value_of() - what a scenario's "PATH=TEXT" stands for: a number where all of @text is one, true 1,
 * false 0, else the text. */
ifc_value ifc_value_of(const char *text);

#endif
