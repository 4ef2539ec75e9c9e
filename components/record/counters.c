#include "components/record/counters.h"

#include "components/hardware/job.h"
#include "components/hardware/npu/npu.h"

static bool of_dram(const ifc_txn *txn)
{
    return txn->command == IFC_DRAM_READ || txn->command == IFC_DRAM_WRITE;
}

static void begin(void *counters, const ifc_job *job)
{
    ifc_op_use *u = &((ifc_counters *)counters)->use[job->kind];
    u->count++;
    u->npu_ops += (uint64_t)(job->npu_ops + 0.5);
    if (u->open++ == 0)
        u->since = job->issue;
}

static void end(void *counters, const ifc_job *job)
{
    ifc_op_use *u = &((ifc_counters *)counters)->use[job->kind];
    if (--u->open == 0)
        u->active_ps += ifc_now() - u->since;
}

static void made(void *counters, const ifc_txn *txn)
{
    ifc_counters *c = counters;
    ifc_op_use *u = &c->use[txn->op_kind];
    if (of_dram(txn)) {
        u->dram_bytes += txn->bytes_up + txn->bytes_down;
        c->dram_bytes[txn->traffic_class] += txn->bytes_up + txn->bytes_down;
        return;
    }
    u->bytes_up += txn->bytes_up;
    c->expected_up += txn->bytes_up;
}

static void sent(void *counters, const ifc_txn *txn)
{
    ifc_counters *c = counters;
    c->die_commands++;
    c->use[txn->op_kind].bytes_down += txn->bytes_down;
}

static void sensed(void *counters, const ifc_txn *txn, double bytes)
{
    ifc_counters *c = counters;
    ifc_op_use *u = &c->use[txn->op_kind];
    if (txn->extent.run_ppb)
        u->part_bytes_sensed += bytes;
    else
        u->bytes_sensed += (uint64_t)bytes;
    u->macs += txn->macs;
    c->pages_sensed[txn->traffic_class] += txn->attempt ? 0 : txn->extent.pages; /* a retry is none */
}

static void served(void *counters, const ifc_npu *npu, const ifc_job *job)
{
    (void)npu;
    ifc_op_use *u = &((ifc_counters *)counters)->use[job->kind];
    u->npu_ps += job->npu_time - job->npu_launch;
    u->npu_ops += job->part_of ? job->npu_ops : 0; /* of others they were known at the begin */
}

void ifc_counters_listen(ifc_counters *c, ifc_probe *probe)
{
    ifc_probe_listen_job_begin(probe, begin, c);
    ifc_probe_listen_job_end(probe, end, c);
    ifc_probe_listen_made(probe, made, c);
    ifc_probe_listen_sent(probe, sent, c);
    ifc_probe_listen_sensed(probe, sensed, c);
    ifc_probe_listen_served(probe, served, c);
}

void ifc_counters_watch(ifc_counters *c, ifc_reuse *reuse)
{
    for (uint32_t kind = 0; kind < IFC_OP_KINDS; kind++) {
        ifc_op_use *u = &c->use[kind];
        uint64_t *const counters[] = {
            &u->count,     (uint64_t *)&u->active_ps, (uint64_t *)&u->npu_ps, &u->npu_ops,
            &u->macs,      &u->bytes_sensed,          &u->bytes_down,         &u->bytes_up,
            &u->dram_bytes};
        for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
            ifc_reuse_watch(reuse, counters[i], 1);
    }
    ifc_reuse_watch(reuse, c->pages_sensed, IFC_CLASSES);
    ifc_reuse_watch(reuse, c->dram_bytes, IFC_CLASSES);
    ifc_reuse_watch(reuse, &c->die_commands, 1);
    ifc_reuse_watch(reuse, &c->expected_up, 1);
}
