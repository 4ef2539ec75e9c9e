/**
 * A result on its way from a child process to its parent. Both are the same program, so structures travel as
 * they lie in memory; only what points elsewhere is spelt out.
 */
#ifndef IFC_RESULT_WIRE_H
#define IFC_RESULT_WIRE_H

#include <stddef.h>

#include "platform/observe/result.h"

/** ifc_result_send() - write a status, its error and a result to @fd. Return: false if it could not. */
bool ifc_result_send(int fd, ifc_status status, const ifc_error *error, const ifc_result *r);

/**
 * ifc_result_receive() - read back what ifc_result_send() wrote
 * @scenario: becomes r->scenario, borrowed
 * @r:        owned by the caller (ifc_result_fini)
 * Return: false if the bytes are cut short or do not fit together; @r is empty then.
 */
bool ifc_result_receive(const char *data, size_t size, const ifc_scenario *scenario, ifc_status *status,
                        ifc_error *error, ifc_result *r);

#endif
