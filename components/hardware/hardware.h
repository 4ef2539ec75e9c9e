/**
 * The hardware of one machine: its parts, what was derived from the scenario for them, and the transactions
 * between them. It knows no token, no layer and no cache.
 */
#ifndef IFC_HARDWARE_H
#define IFC_HARDWARE_H

#include <ifc/status.h>
#include <ifc/txn.h>

#include "components/hardware/job.h"
#include "components/hardware/probe.h"
#include "platform/kernel/kernel.h"
#include "platform/registry/policies.h"
#include "platform/scenario/scenario.h"

struct ifc_channel;
struct ifc_decoder;
struct ifc_die;
struct ifc_dram;

/** A group of dies with what its timing needs, derived from the scenario and its effects. */
typedef struct ifc_group {
    const ifc_flash_group *p;
    uint32_t index, first_die;
    uint64_t planes_total;
    ifc_time ecc_time;       /* on-die decode of a page, ps; 0: none or effect off */
    double mac_rate;         /* multiply-accumulates per second and plane */
    uint64_t bus_page_bytes; /* a page on the bus: data, and spare where the controller decodes */
    bool decode_in_controller;
    ifc_time read_times[IFC_PAGE_TYPES_MAX], program_times[IFC_PAGE_TYPES_MAX]; /* by page of a word line */
    uint32_t n_read_times, n_program_times;
    ifc_time read_least, program_least;
} ifc_group;

typedef struct ifc_txn_chunk ifc_txn_chunk;

/** Transactions: those that can be used, and finished ones whose times are still wanted. */
typedef struct ifc_txn_pool {
    ifc_txn *free, *retired;
    ifc_txn_chunk *chunks; /* owned */
    uint64_t last_id, in_flight;
} ifc_txn_pool;

/** Where parts leave what they have done: the controller works it off. */
typedef struct ifc_completions {
    ifc_signal *signal; /* raised with each */
    ifc_txn *first;     /* of this moment, in the order of their numbers */
} ifc_completions;

typedef struct ifc_hardware {
    const ifc_scenario *s;
    int grain; /* enum ifc_grain, never auto */
    ifc_group groups[IFC_GROUPS_MAX];
    struct ifc_channel *channels;
    struct ifc_decoder *decoders; /* per channel; NULL: none needed */
    struct ifc_die *dies;
    struct ifc_dram *drams;
    uint32_t n_dies;
    ifc_completions completions;
    ifc_txn_pool txns;
    ifc_policies policies;
    ifc_probe probe;
} ifc_hardware;

/** ifc_complete() - @txn is done, at this moment: the controller hears of it. Takes it. Does not block. */
void ifc_complete(ifc_hardware *hw, ifc_txn *txn);

/** ifc_txn_new() - a zeroed transaction with an id of its own; give it back through ifc_txn_retire(). */
ifc_txn *ifc_txn_new(ifc_hardware *hw);

/** ifc_txn_retire() - a finished transaction: its times stay readable until ifc_txn_recycle(). */
void ifc_txn_retire(ifc_hardware *hw, ifc_txn *txn);

/** ifc_txn_recycle() - reuse every retired transaction. */
void ifc_txn_recycle(ifc_hardware *hw);

void ifc_txn_pool_fini(ifc_hardware *hw);

#endif
