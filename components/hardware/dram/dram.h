/**
 * One LPDDR channel: serves accesses in order, each after a fixed latency at the channel's rate.
 */
#ifndef IFC_DRAM_H
#define IFC_DRAM_H

#include <ifc/txn.h>

#include "components/hardware/txn_fifo.h"
#include "platform/kernel/kernel.h"

struct ifc_hardware;

typedef struct ifc_dram {
    struct ifc_hardware *hw;
    uint32_t index;
    char name[32];
    ifc_signal work;
    ifc_txn_fifo queue;
    /* statistics */
    ifc_span span; /* of single services */
    ifc_time busy_ps, wait_ps;
    uint64_t served, bytes;
} ifc_dram;

void ifc_dram_init(ifc_dram *d, struct ifc_hardware *hw, uint32_t index);
void ifc_dram_fini(ifc_dram *d);
void ifc_dram_run(void *dram);

/** ifc_dram_access() - queue an access of txn->bytes_up or bytes_down. Takes the transaction. Does not block.
 */
void ifc_dram_access(ifc_dram *d, ifc_txn *txn);

#endif
