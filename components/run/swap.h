/**
 * Contexts move: what a call needs and memory lacks is read from the store, or computed again from its text,
 * layer by layer; what others have there makes room for it (arXiv 2403.11805).
 */
#ifndef IFC_SWAP_H
#define IFC_SWAP_H

#include "components/mapping/op.h"
#include "components/run/swap_costs.h"
#include "platform/observe/result.h"

struct ifc_host;
struct ifc_sequence;

typedef struct ifc_swap {
    ifc_op_run op;           /* what is read or written now */
    uint64_t objects, bytes; /* of a layer that is read */
    ifc_time ready;          /* when the last object so far was unpacked */
    ifc_time waited, took;   /* of a switch: the host for objects, objects in all */
    ifc_swap_costs costs;
} ifc_swap;

/**
 * ifc_host_switch() - from the host's actor: the call that @row is of begins at @q; others make room for all
 * that it will need, and all that it has is in memory when this returns. Blocks; h->stop ends it early.
 */
void ifc_host_switch(struct ifc_host *h, struct ifc_sequence *q, ifc_request_row *row);

/** ifc_host_switched() - the call at @q is over. */
void ifc_host_switched(struct ifc_host *h, const struct ifc_sequence *q);

/** ifc_host_write_ahead() - nothing is to be done: one chunk that the store lacks is written, if chunks are
 * written ahead of time. Blocks. Return: its bytes; 0: there is none. */
uint64_t ifc_host_write_ahead(struct ifc_host *h);

#endif
