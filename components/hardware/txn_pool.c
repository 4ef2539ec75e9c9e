#include <stdlib.h>

#include "components/hardware/flash/flow.h"
#include "components/system/system.h"

#define CHUNK 256

ifc_txn *ifc_txn_new(ifc_system *sys)
{
    if (!sys->pool) {
        ifc_txn *chunk = calloc(CHUNK, sizeof *chunk);
        ifc_chunk *link = calloc(1, sizeof *link);
        IFC_BUG_ON(!chunk || !link, "out of memory for transactions");
        *link = (ifc_chunk){.txns = chunk, .next = sys->chunks};
        sys->chunks = link;
        for (int i = 0; i < CHUNK; i++) {
            chunk[i].next = sys->pool;
            sys->pool = &chunk[i];
        }
    }
    ifc_txn *t = sys->pool;
    sys->pool = t->next;
    struct ifc_flow *flow = t->flow; /* its memory is used again */
    *t = (ifc_txn){.id = ++sys->next_txn_id, .flow = flow};
    sys->in_flight++;
    return t;
}

void ifc_txn_retire(ifc_system *sys, ifc_txn *txn)
{
    txn->retired_next = sys->retired;
    sys->retired = txn;
    sys->in_flight--;
}

void ifc_txn_recycle(ifc_system *sys)
{
    while (sys->retired) {
        ifc_txn *t = sys->retired;
        sys->retired = t->retired_next;
        t->id = 0;
        t->next = sys->pool;
        sys->pool = t;
    }
}

void ifc_txn_pool_fini(ifc_system *sys)
{
    while (sys->chunks) {
        ifc_chunk *next = sys->chunks->next;
        for (int i = 0; i < CHUNK; i++)
            ifc_flow_free(sys->chunks->txns[i].flow);
        free(sys->chunks->txns);
        free(sys->chunks);
        sys->chunks = next;
    }
    sys->pool = sys->retired = NULL;
}
