/**
 * All that is recorded of a run, and of whom: everything here listens to the probes of hardware and run.
 */
#ifndef IFC_RECORD_H
#define IFC_RECORD_H

#include "components/hardware/dram/dram.h"
#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/die.h"
#include "components/record/counters.h"
#include "components/record/path.h"
#include "components/run/host.h"
#include "platform/observe/result.h"

typedef struct ifc_record {
    /* borrowed */
    ifc_hardware *hw;
    const ifc_controller *controller;
    const ifc_npu *npu;
    const ifc_mapping *mapping;
    const ifc_graphs *graphs, *prompt_graphs;
    ifc_host *host;
    const ifc_run_options *options;
    const char *grain_reason; /* why this one */
    bool ran;                 /* the simulation began: there are figures */

    ifc_counters counters;
    ifc_path path;                          /* where the tokens' time went */
    uint64_t neuron_pages, neuron_bytes;    /* of neurons: in flash, in DRAM (conservation_neurons.c) */
    uint64_t swapped_pages;                 /* of chunks that were written (conservation_contexts.c) */
    uint64_t asked_kv_pages, asked_kv_macs; /* what the cache held of all that was read (conservation.c) */
    /* of caches that were given up (conservation_kv.c): tokens, owned, by layer; pages of each stream */
    uint64_t *freed_tokens;
    double freed_pages, first_pages; /* and those there were at the begin */
    struct ifc__trace *trace;        /* owned; tracks of the timeline; NULL: not recording */
    struct ifc_detail *detail;       /* owned; usage over time and a token's operators; NULL: not recording */
} ifc_record;

/** ifc_record_start() - listen from now on; who is borrowed is set, and built. */
void ifc_record_start(ifc_record *rec);
void ifc_record_fini(ifc_record *rec);

#endif
