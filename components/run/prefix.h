/**
 * Prompts that begin alike (blocks of a trace): what they have in common is kept once.
 */
#ifndef IFC_RUN_PREFIX_H
#define IFC_RUN_PREFIX_H

#include "workloads/requests/requests.h"

struct ifc_host;
struct ifc_sequence;

/** ifc_prefix_find() - the place whose cache begins with most of a request's prompt. @tokens: out; how many,
 * in whole pages. Return: NULL: none does. */
struct ifc_sequence *ifc_prefix_find(struct ifc_host *h, const ifc_request *r, uint64_t *tokens);

/** ifc_prefix_take() - the cache of @q, empty or @from's own, begins with @tokens tokens of @from's: where
 * they lie. */
void ifc_prefix_take(struct ifc_host *h, struct ifc_sequence *q, struct ifc_sequence *from, uint64_t tokens);

/** ifc_prefix_note() - the cache of @q will begin with the prompt of @r. */
void ifc_prefix_note(struct ifc_host *h, const struct ifc_sequence *q, const ifc_request *r);

/** ifc_prefix_leave() - the cache of @q is given up; rows of blocks that another one reads become that one's.
 */
void ifc_prefix_leave(struct ifc_host *h, const struct ifc_sequence *q);

#endif
