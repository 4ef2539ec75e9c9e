/**
 * The machine of one scenario: its actors, and what was derived from the scenario for them.
 */
#ifndef IFC_SYSTEM_H
#define IFC_SYSTEM_H

#include <signal.h>

#include "components/hardware/controller/controller.h"
#include "components/hardware/dram/dram.h"
#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/die.h"
#include "components/hardware/npu/npu.h"
#include "components/record/op_use.h"
#include "components/run/host.h"
#include "components/system/machine.h"
#include "platform/observe/result.h"
#include "platform/registry/policies.h"

/** A group of dies with what its timing needs, derived from the scenario and its effects. */
typedef struct ifc_group {
    const ifc_flash_group *p;
    uint32_t index, first_die;
    uint64_t planes_total;
    ifc_time ecc_time;       /* on-die decode of a page, ps; 0: none or effect off */
    double mac_rate;         /* multiply-accumulates per second and plane */
    uint64_t bus_page_bytes; /* a page on the bus: data, and spare where the controller decodes */
    bool decode_in_controller;
} ifc_group;

typedef struct ifc_chunk {
    ifc_txn *txns;
    struct ifc_chunk *next;
} ifc_chunk;

typedef struct ifc_system {
    const ifc_scenario *s;
    const ifc_run_options *options;
    int grain;                /* enum ifc_grain, never auto */
    const char *grain_reason; /* why this one */
    ifc_group groups[IFC_GROUPS_MAX];
    ifc_channel *channels;
    ifc_die *dies;
    uint32_t n_dies;
    ifc_dram *drams;
    ifc_npu npu;
    ifc_controller controller;
    ifc_host host;
    ifc_op_use use[IFC_OP_KINDS];
    ifc_policies policies;
    uint64_t asked_kv_pages, asked_kv_macs; /* what the cache held of all that was read (conservation.c) */

    double wall_start;         /* ifc_wall_seconds() at the begin */
    bool ran;                  /* the simulation began: there are figures */
    void *trace;               /* tracks of the timeline; NULL: not recording */
    struct ifc_detail *detail; /* usage over time and a token's operators; NULL: not recording */

    /* transactions */
    ifc_txn *pool, *retired;
    ifc_chunk *chunks;
    uint64_t next_txn_id;
    uint64_t in_flight;
} ifc_system;

/** ifc_wall_seconds() - a monotonic clock of this process's surroundings; never used by the model. */
double ifc_wall_seconds(void);

/** ifc_txn_new() - a zeroed transaction with an id of its own; give it back through ifc_txn_retire(). */
ifc_txn *ifc_txn_new(ifc_system *sys);

/**
 * ifc_txn_retire() - a finished transaction: its times stay readable until ifc_txn_recycle()
 */
void ifc_txn_retire(ifc_system *sys, ifc_txn *txn);

void ifc_txn_pool_fini(ifc_system *sys);

/** ifc_txn_recycle() - reuse every retired transaction. */
void ifc_txn_recycle(ifc_system *sys);

#endif
