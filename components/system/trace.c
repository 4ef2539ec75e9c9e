#include "components/system/trace.h"

#include "components/system/system.h"

void ifc_trace_init(ifc_system *sys)
{
    (void)sys;
}
void ifc_trace_tenure_down(const ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time commands_end,
                           uint64_t bytes)
{
    (void)c, (void)txn, (void)begin, (void)commands_end, (void)bytes;
}
void ifc_trace_tenure_up(const ifc_channel *c, const ifc_txn *txn, ifc_time begin, uint64_t bytes)
{
    (void)c, (void)txn, (void)begin, (void)bytes;
}
void ifc_trace_run(const ifc_die *d, const ifc_txn *txn, const ifc_pipeline_run *r)
{
    (void)d, (void)txn, (void)r;
}
void ifc_trace_round(const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t planes)
{
    (void)d, (void)txn, (void)begin, (void)end, (void)planes;
}
void ifc_trace_collect(const ifc_die *d, const ifc_txn *txn)
{
    (void)d, (void)txn;
}
void ifc_trace_page(const ifc_engine *e, ifc_time move)
{
    (void)e, (void)move;
}
void ifc_trace_dram(const ifc_dram *d, const ifc_txn *txn)
{
    (void)d, (void)txn;
}
void ifc_trace_npu(const ifc_system *sys, const ifc_op_run *op)
{
    (void)sys, (void)op;
}
void ifc_trace_operator(const ifc_system *sys, const ifc_op_run *op)
{
    (void)sys, (void)op;
}
void ifc_trace_token(const ifc_system *sys, uint32_t token, ifc_time begin)
{
    (void)sys, (void)token, (void)begin;
}
void ifc_trace_queue(const ifc_system *sys, uint32_t channel, uint32_t waiting)
{
    (void)sys, (void)channel, (void)waiting;
}
void ifc_trace_kv_buffer(const ifc_system *sys, uint64_t bytes)
{
    (void)sys, (void)bytes;
}
void ifc_trace_txn_done(const ifc_system *sys, const ifc_txn *txn)
{
    (void)sys, (void)txn;
}
