/**
 * Fields that a policy declares, turned into rows of the parameter table: one parser for all values.
 */
#ifndef IFC_FIELDS_H
#define IFC_FIELDS_H

#include <ifc/field.h>
#include <ifc/status.h>

#include "platform/scenario/scenario.h"

struct ifc_param;

#define IFC_FIELD_TEXT_MAX 160 /* room for a printed value */
#define IFC_POLICY_TEXT_MAX                                                                                  \
    ((size_t)(2 * IFC_NAME_MAX)) /* bytes of a text parameter: what a choice keeps                           \
                                  */

/**
 * ifc_fields_rows() - the rows of @parameters, checked: names, units, help, offsets within @state_size,
 * defaults within their range
 * @out: owned by the caller, free(); its texts are borrowed from @parameters. NULL when there are none.
 * Return: IFC_OK; IFC_EDATA with what is wrong.
 */
IFC_MUST_CHECK ifc_status ifc_fields_rows(const ifc_parameter *parameters, uint32_t n, size_t state_size,
                                          struct ifc_param **out, ifc_error *err);

/** ifc_fields_check_statistics() - the same checks for statistics. */
IFC_MUST_CHECK ifc_status ifc_fields_check_statistics(const ifc_statistic *statistics, uint32_t n,
                                                      size_t state_size, ifc_error *err);

/** ifc_fields_set_defaults() - store every default in @state. */
void ifc_fields_set_defaults(const struct ifc_param *rows, uint32_t n, void *state);

/** ifc_fields_set() - store a value as a scenario gave it. Return: IFC_EDATA, "what (allowed: ...)". */
IFC_MUST_CHECK ifc_status ifc_fields_set(const struct ifc_param *row, void *state,
                                         const ifc_policy_param *given, ifc_error *err);

/** ifc_fields_find() - the row called @name; NULL: none. */
const struct ifc_param *ifc_fields_find(const struct ifc_param *rows, uint32_t n, const char *name);

/** ifc_fields_names() - "a, b, c"; "none" when there are none. */
void ifc_fields_names(const struct ifc_param *rows, uint32_t n, char *out, size_t size);

/** ifc_fields_nearest() - the row most like @name; NULL when there are none. */
const char *ifc_fields_nearest(const struct ifc_param *rows, uint32_t n, const char *name);

/** ifc_fields_print() - row @i's value in @state as it would be written in a scenario. */
void ifc_fields_print(const struct ifc_param *rows, uint32_t i, const void *state, char *out, size_t size);

/** ifc_fields_allowed() / ifc_fields_default() - as shown to users. */
void ifc_fields_allowed(const struct ifc_param *rows, uint32_t i, char *out, size_t size);
void ifc_fields_default(const struct ifc_param *rows, uint32_t i, char *out, size_t size);

/** ifc_fields_statistic() - the value of a statistic of @state. */
double ifc_fields_statistic(const ifc_statistic *statistic, const void *state);

/** ifc_fields_distance() - edits between two names. */
unsigned ifc_fields_distance(const char *a, const char *b);

/** ifc_fields_is_name() - lower case letters, digits, '_' and '-', a letter first, at most 63. */
bool ifc_fields_is_name(const char *text);

#endif
