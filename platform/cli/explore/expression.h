/**
 * Arithmetic over parameters: "16 - flash.groups.g1.dies", "npu.rate >= 10 TOPS && workload.context > 1K".
 *
 * Numbers with units become base units (ps, bytes, B/s, ...); what is added or compared must have one unit (0
 * has every one). K is 1024 and M 1048576. Nothing is divided by 0. Operators, weakest first:
 * || && == != < <= > >= + - * / and the signs - !; min, max, floor, ceil, round, abs; texts stand in quotes
 * and can be compared. True is 1, false is 0.
 */
#ifndef IFC_EXPLORE_EXPRESSION_H
#define IFC_EXPLORE_EXPRESSION_H

#include <ifc/status.h>

#include "platform/cli/explore/value.h"

/** Who knows what a name stands for. Return of @find: false when there is no such name. */
typedef struct ifc_names {
    bool (*find)(void *arg, const char *name, ifc_value *out);
    void *arg;
} ifc_names;

/**
 * ifc_expression_value() - what @text comes to
 * Return: IFC_OK; IFC_EUSAGE with what is wrong, and where, in @err.
 */
IFC_MUST_CHECK ifc_status ifc_expression_value(const char *text, const ifc_names *names, ifc_value *out,
                                               ifc_error *err);

/** ifc_expression_true() - the same for a condition: any number but 0 is true. */
IFC_MUST_CHECK ifc_status ifc_expression_true(const char *text, const ifc_names *names, bool *out,
                                              ifc_error *err);

#endif
