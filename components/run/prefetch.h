/**
 * Keys and values of the next layer on their way to the SoC while matrices are multiplied
 * (placement.kv_prefetch): they are asked for when attention of a layer is over.
 */
#ifndef IFC_PREFETCH_H
#define IFC_PREFETCH_H

#include "components/mapping/op.h"

struct ifc_host;

/** K and V, each by an operator of the background in place of that of the layer. */
typedef struct ifc_prefetch {
    bool asked[2];
    ifc_op_run ops[2];
    ifc_op_run *waiting[2]; /* the layer's own, that ends when what was asked for is there */
} ifc_prefetch;

/** ifc_prefetch_begin() - attention of @layer is over: what the next one, or the first one of the next token,
 * will read is asked for. */
void ifc_prefetch_begin(struct ifc_host *h, uint32_t layer);

/** ifc_prefetch_covers() - whether @op, of the layer under way, reads what was asked for before.
 * @there: out; all of it has come; if not, ifc_prefetch_done() returns @op when it has. */
bool ifc_prefetch_covers(struct ifc_host *h, ifc_op_run *op, bool *there);

/** ifc_prefetch_done() - @op of the background is done. Return: the operator that waited for it, which is
 * done, too; NULL: there is none. */
ifc_op_run *ifc_prefetch_done(struct ifc_host *h, ifc_op_run *op);

#endif
