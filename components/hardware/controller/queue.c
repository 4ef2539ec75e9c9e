#include "components/hardware/controller/queue.h"

#include "components/hardware/flash/lane.h"

/* Behind all that stand before it; most stand behind all. */
static void put_task(ifc_task *task)
{
    ifc_task_fifo *q = &task->lane->waiting;
    ifc_task **at = &q->first;
    while (task->txn->priority > 0 && *at && ifc_queue_before((*at)->txn->lead, task->txn->lead))
        at = &(*at)->next;
    if (task->txn->priority > 0 && *at) {
        task->next = *at;
        *at = task;
    } else {
        ifc_task_fifo_put(q, task);
    }
}

static void take_task(ifc_task *task)
{
    ifc_task **at = &task->lane->waiting.first;
    while (*at != task)
        at = &(*at)->next;
    ifc_task_fifo_take_at(&task->lane->waiting, at);
}

static void put_behind(ifc_command_queue *q, ifc_txn *behind, ifc_txn *txn)
{
    ifc_txn *before = behind ? behind->next : q->first;
    txn->prev = behind;
    txn->next = before;
    *(behind ? &behind->next : &q->first) = txn;
    *(before ? &before->prev : &q->last) = txn;
}

void ifc_queue_put(ifc_command_queue *q, ifc_txn *lead, uint64_t place)
{
    ifc_txn *behind = q->last;
    lead->place = place;
    q->waiting++;
    while (behind && ifc_queue_before(lead, behind))
        behind = behind->prev;
    put_behind(q, behind, lead);
    for (ifc_txn *t = lead; t; t = t->batch_next) {
        t->lead = lead;
        for (uint32_t i = 0; i < t->n_tasks; i++)
            put_task(&t->tasks[i]);
    }
}

void ifc_queue_take(ifc_command_queue *q, ifc_txn *lead)
{
    *(lead->prev ? &lead->prev->next : &q->first) = lead->next;
    *(lead->next ? &lead->next->prev : &q->last) = lead->prev;
    lead->next = lead->prev = NULL;
    q->waiting--;
    for (ifc_txn *t = lead; t; t = t->batch_next)
        for (uint32_t i = 0; i < t->n_tasks; i++)
            take_task(&t->tasks[i]);
}

bool ifc_queue_is_first(const ifc_txn *lead)
{
    for (const ifc_txn *t = lead; t; t = t->batch_next)
        for (uint32_t i = 0; i < t->n_tasks; i++)
            if (t->tasks[i].lane->waiting.first->txn->lead != lead)
                return false;
    return true;
}
