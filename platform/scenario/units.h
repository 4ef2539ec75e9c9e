/**
 * Quantities with units: one parser and one printer for everything a user writes or reads.
 *
 * Decimal arithmetic is exact: "4.8 GB/s" is the double nearest to 4800000000, "0.5 ns" is 500 ps, and what
 * is printed parses back to the very same value.
 */
#ifndef IFC_UNITS_H
#define IFC_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include <ifc/status.h>

typedef enum ifc_unit {
    IFC_UNIT_NONE,           /* a count or a ratio: a bare number */
    IFC_UNIT_TIME,           /* whole picoseconds */
    IFC_UNIT_BYTES,          /* whole bytes */
    IFC_UNIT_SECONDS,        /* real; wall-clock time */
    IFC_UNIT_RATE,           /* B/s */
    IFC_UNIT_ENERGY_PER_BIT, /* J/bit */
    IFC_UNIT_ENERGY,         /* J */
    IFC_UNIT_POWER,          /* W */
    IFC_UNIT_FREQUENCY,      /* Hz */
    IFC_UNIT_OPERATIONS,     /* operations per second */
    IFC_UNIT_MONEY,          /* $ per 1e9 bytes */
    IFC_UNIT_PRICE,          /* $ */
    IFC_UNIT_REQUESTS,       /* requests per second */
    IFC_UNIT_AGE,            /* real seconds, written in days or hours */
    IFC_UNIT_COUNT
} ifc_unit;

#define IFC_QUANTITY_MAX 96 /* room for any printed quantity */

/** ifc_unit_is_whole() - whether values of @unit are integers (picoseconds, bytes, counts). */
int ifc_unit_is_whole(ifc_unit unit);

/** ifc_unit_what() - "time", "size", ...; static storage. "" for IFC_UNIT_NONE. */
const char *ifc_unit_what(ifc_unit unit);

/** ifc_unit_example() - a quantity in this unit as a user would write it; static storage. */
const char *ifc_unit_example(ifc_unit unit);

/** ifc_unit_names() - write "ps, ns, us, ms, s" into @out. */
void ifc_unit_names(ifc_unit unit, char *out, size_t size);

/**
 * ifc_quantity_parse_whole() - read a time (into ps) or a size (into bytes)
 * Return: IFC_OK; IFC_EDATA with what is wrong in @err (no unit, unknown unit, not a whole number of ps or
 * bytes, too large). Negative values are read; ranges are the caller's.
 */
IFC_MUST_CHECK ifc_status ifc_quantity_parse_whole(ifc_unit unit, const char *text, int64_t *out,
                                                   ifc_error *err);

/** ifc_quantity_parse_real() - the same for the other units, into SI base units. */
IFC_MUST_CHECK ifc_status ifc_quantity_parse_real(ifc_unit unit, const char *text, double *out,
                                                  ifc_error *err);

/**
 * ifc_number_parse_whole() - a bare whole number: digits with an optional sign, and K (1024) or M (1024 K)
 * behind them. None begins with a 0 that others read as octal. Return: as above.
 */
IFC_MUST_CHECK ifc_status ifc_number_parse_whole(const char *text, int64_t *out, ifc_error *err);

/** ifc_count_factor() - 1024 for 'K', 1024 * 1024 for 'M', 1 for any other letter. */
uint64_t ifc_count_factor(char letter);

/** ifc_number_parse_real() - a bare finite number. Return: as above. */
IFC_MUST_CHECK ifc_status ifc_number_parse_real(const char *text, double *out, ifc_error *err);

/** ifc_quantity_print_whole() - the value in the largest fitting unit, exactly. IFC_UNIT_NONE: digits only.
 */
void ifc_quantity_print_whole(ifc_unit unit, int64_t value, char *out, size_t size);

/** ifc_quantity_print_real() - the shortest text that parses back to the same double. */
void ifc_quantity_print_real(ifc_unit unit, double value, char *out, size_t size);

#endif
