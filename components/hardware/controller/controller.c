#include "components/hardware/controller/controller.h"

#include <stdlib.h>

#include "components/hardware/controller/commands.h"
#include "components/hardware/controller/power.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/flash/retry.h"
#include "components/hardware/policy_ports.h"
#include "platform/common/memory.h"

void ifc_controller_init(ifc_controller *c, ifc_hardware *hw)
{
    uint32_t channels = hw->s->channel.count;
    *c = (ifc_controller){.hw = hw};
    c->queues = ifc_alloc_zero(channels, sizeof *c->queues);
    c->batch = ifc_alloc_zero(channels, sizeof(ifc_txn *));
    c->views = ifc_alloc_zero(IFC_VIEWS_MAX, sizeof *c->views);
    ifc_power_init(c);
    ifc_signal_init(&c->work);
    hw->completions.signal = &c->work;
}

void ifc_controller_fini(ifc_controller *c)
{
    ifc_signal_fini(&c->work);
    free(c->batch);
    free(c->views);
    free(c->queues);
    *c = (ifc_controller){.hw = NULL};
}

static void work_off(ifc_controller *c, ifc_txn *txn);
static void queue_now(ifc_controller *c, ifc_txn *txn);

static bool is_flash(const ifc_txn *txn)
{
    return txn->command != IFC_DRAM_READ && txn->command != IFC_DRAM_WRITE;
}

/* Nothing else is done meanwhile. */
static void take_time(ifc_time t)
{
    if (t > 0)
        ifc_sleep_until(ifc_time_add(ifc_now(), t));
}

/*
 * What the dies and the host want of one moment is worked off together, when all of it is known: results in
 * the order of their commands, then jobs. So it does not matter who of one moment came first.
 */
void ifc_controller_run(void *controller)
{
    ifc_controller *c = controller;
    ifc_completions *completions = &c->hw->completions;
    for (;;) {
        while (!c->jobs.first && !completions->first && !c->made.first)
            ifc_wait(&c->work, "a result, or an operator from the host");
        ifc_settle(1);
        for (ifc_txn *txn; (txn = completions->first);) {
            completions->first = txn->next;
            txn->next = NULL;
            if (is_flash(txn))
                take_time(c->hw->s->soc.completion_time);
            work_off(c, txn);
        }
        for (ifc_job *job; (job = ifc_job_fifo_take(&c->jobs));) {
            if (!job->part_of)
                ifc_probe_job_start(&c->hw->probe, job);
            job->start(job);
        }
        if (c->made.first && !completions->first) {
            ifc_txn *txn = ifc_txn_fifo_take(&c->made);
            take_time(c->hw->s->soc.command_time);
            queue_now(c, txn);
        }
    }
}

void ifc_controller_submit(ifc_controller *c, ifc_job *job)
{
    ifc_job_begins(&c->hw->probe, job);
    ifc_job_fifo_put(&c->jobs, job);
    ifc_notify(&c->work);
}

static void end_if_complete(ifc_controller *c, ifc_job *job)
{
    if (job->pending == 0 && job->issued_all)
        ifc_job_done(&c->hw->probe, job);
}

void ifc_controller_made(ifc_controller *c, ifc_job *job)
{
    job->issued_all = true;
    end_if_complete(c, job);
}

void ifc_controller_part_done(ifc_controller *c, ifc_job *job)
{
    IFC_BUG_ON(job->pending == 0, "a tile completes an operator that waits for none");
    job->pending--;
    end_if_complete(c, job);
}

static void queue_now(ifc_controller *c, ifc_txn *txn)
{
    ifc_command_queue *q = &c->queues[txn->channel];
    ifc_queue_put(q, txn, c->placed++);
    ifc_controller_dispatch(c, txn->channel, NULL, txn);
    ifc_probe_queue(&c->hw->probe, txn->channel, q->waiting);
}

void ifc_controller_enqueue(ifc_controller *c, ifc_txn *txn)
{
    ifc_probe_issue(&c->hw->probe, txn);
    if (c->hw->s->soc.command_time == 0) {
        queue_now(c, txn);
        return;
    }
    ifc_txn_fifo_put(&c->made, txn);
    ifc_notify(&c->work);
}

/* The die has room again. */
static void leave_die(ifc_controller *c, const ifc_txn *txn, ifc_die *d)
{
    d->held--;
    for (uint32_t i = 0; d->n_lanes > 1 && i < txn->n_tasks; i++)
        txn->tasks[i].lane->held--;
    ifc_power_give(c, txn);
    d->buffer_used -= txn->footprint + txn->vector_bytes;
    if (d->vector_user == txn)
        d->vector_user = NULL; /* nobody waits for that vector any more */
    c->freed = d;
}

/* What there is room for now, because @txn is complete: where power is short, for all channels, that of the
 * oldest command first. */
static void dispatch_after(ifc_controller *c, const ifc_txn *txn)
{
    const ifc_txn *oldest = c->power.oldest;
    if (oldest)
        ifc_controller_dispatch(c, oldest->channel, txn, NULL);
    ifc_controller_dispatch(c, txn->channel, txn, NULL);
    for (uint32_t i = 0; ifc_power_takes_turns(c) && i < c->hw->s->channel.count; i++)
        ifc_controller_dispatch(c, i, txn, NULL);
}

static void work_off(ifc_controller *c, ifc_txn *txn)
{
    ifc_job *job = txn->job;
    bool flash = is_flash(txn);
    if (flash)
        leave_die(c, txn, &c->hw->dies[txn->die]);
    ifc_probe_done(&c->hw->probe, txn);
    job->last_txn = txn;
    bool again = ifc_retry_wanted(c->hw, txn);
    if (again)
        ifc_command_again(c, txn);
    IFC_BUG_ON(job->pending == 0, "transaction %llu completes an operator that waits for none",
               (unsigned long long)txn->id);
    job->pending--;
    if (job->landed && !again)
        job->landed(job, txn);
    ifc_txn_retire(c->hw, txn);
    end_if_complete(c, job);
    if (flash) {
        dispatch_after(c, txn);
        ifc_probe_queue(&c->hw->probe, txn->channel, c->queues[txn->channel].waiting);
    }
}
