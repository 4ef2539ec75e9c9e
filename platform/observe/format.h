/**
 * Figures for people: a few significant digits and the unit that fits.
 */
#ifndef IFC_FORMAT_H
#define IFC_FORMAT_H

#include <stdint.h>

/** A formatted figure, by value, so that several fit into one printf. */
typedef struct ifc_figure {
    char text[40];
} ifc_figure;

ifc_figure ifc_format_si(double value, const char *unit); /* 4800000000.0, "B/s" -> "4.800 GB/s" */
ifc_figure ifc_format_time(double ps);                    /* 26980000000 -> "26.98 ms" */
ifc_figure ifc_format_size(uint64_t bytes);               /* as ifc_format_si; "> 18.4 EB": saturated */
ifc_figure ifc_format_buffer(uint64_t bytes);             /* 5242880 -> "5 MiB"; else as ifc_format_si */
ifc_figure ifc_format_count(double value);                /* 1234567 -> "1.235 M"; below 10000 as it is */
ifc_figure ifc_format_statistic(double value,
                                const char *unit); /* of a policy: unit "count", "ps", "bytes", ... */
ifc_figure ifc_format_percent(double share);       /* 0.713 -> "71.3 %" */

#endif
