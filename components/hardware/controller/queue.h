/**
 * Commands for the dies of one channel that wait for room: those of higher priority first, of one priority
 * the oldest. Commands that share a broadcast hang on their first, which stands for all of them. Each lane
 * knows those that are for it, in the same order: only the first of a lane can go, so nobody has to look
 * through the queue.
 */
#ifndef IFC_QUEUE_H
#define IFC_QUEUE_H

#include <ifc/txn.h>

#include <stdbool.h>

typedef struct ifc_command_queue {
    ifc_txn *first, *last;
    uint32_t waiting;
} ifc_command_queue;

/** ifc_queue_put() - @lead and its batch, whose tasks are prepared, wait. @place: how many were queued
 * before, for all channels. */
void ifc_queue_put(ifc_command_queue *q, ifc_txn *lead, uint64_t place);

/** ifc_queue_take() - they do no more. */
void ifc_queue_take(ifc_command_queue *q, ifc_txn *lead);

/** ifc_queue_is_first() - of all lanes that they are for. */
bool ifc_queue_is_first(const ifc_txn *lead);

/** ifc_queue_before() - @a stands before @b, of the same queue, or would if it were. */
static inline bool ifc_queue_before(const ifc_txn *a, const ifc_txn *b)
{
    return a->priority != b->priority ? a->priority > b->priority : a->place < b->place;
}

#endif
