#include <stdlib.h>
#include <string.h>

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
    memset(t, 0, sizeof *t);
    t->id = ++sys->next_txn_id;
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
        free(sys->chunks->txns);
        free(sys->chunks);
        sys->chunks = next;
    }
    sys->pool = sys->retired = NULL;
}
