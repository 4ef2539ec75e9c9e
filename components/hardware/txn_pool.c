#include <stdlib.h>

#include "components/hardware/flash/flow.h"
#include "components/hardware/hardware.h"
#include "platform/common/memory.h"

#define CHUNK 256

struct ifc_txn_chunk {
    ifc_txn txns[CHUNK];
    struct ifc_txn_chunk *next;
};

ifc_txn *ifc_txn_new(ifc_hardware *hw)
{
    ifc_txn_pool *pool = &hw->txns;
    if (!pool->free) {
        ifc_txn_chunk *chunk = ifc_alloc_zero(1, sizeof *chunk);
        chunk->next = pool->chunks;
        pool->chunks = chunk;
        for (int i = 0; i < CHUNK; i++) {
            chunk->txns[i].next = pool->free;
            pool->free = &chunk->txns[i];
        }
    }
    ifc_txn *t = pool->free;
    pool->free = t->next;
    *t = (ifc_txn){.id = ++pool->last_id, /* its memory is used again */
                   .flow = t->flow,
                   .tasks = t->tasks,
                   .room_tasks = t->room_tasks,
                   .runs = t->runs,
                   .room_runs = t->room_runs,
                   .retries = t->retries,
                   .room_retries = t->room_retries};
    pool->in_flight++;
    return t;
}

void ifc_txn_retire(ifc_hardware *hw, ifc_txn *txn)
{
    ifc_txn_pool *pool = &hw->txns;
    txn->retired_next = pool->retired;
    pool->retired = txn;
    pool->in_flight--;
}

void ifc_txn_recycle(ifc_hardware *hw)
{
    ifc_txn_pool *pool = &hw->txns;
    while (pool->retired) {
        ifc_txn *t = pool->retired;
        pool->retired = t->retired_next;
        t->id = 0;
        t->next = pool->free;
        pool->free = t;
    }
}

void ifc_txn_pool_fini(ifc_hardware *hw)
{
    ifc_txn_pool *pool = &hw->txns;
    while (pool->chunks) {
        ifc_txn_chunk *next = pool->chunks->next;
        for (int i = 0; i < CHUNK; i++) {
            ifc_flow_free(pool->chunks->txns[i].flow);
            free(pool->chunks->txns[i].tasks);
            free(pool->chunks->txns[i].runs);
            free(pool->chunks->txns[i].retries);
        }
        free(pool->chunks);
        pool->chunks = next;
    }
    *pool = (ifc_txn_pool){0};
}
