/**
 * What the parts of the machine's recorder share; only components/record/trace*.c include this.
 */
#ifndef IFC_TRACE_INTERNAL_H
#define IFC_TRACE_INTERNAL_H

#include "components/record/trace.h"
#include "platform/observe/timeline.h"

/* The bus utilisation is written once per window. */
#define IFC__TRACE_WINDOW (50 * IFC_US)

/** A counter that keeps the last value of each instant: what changes back within it is not written. */
typedef struct ifc__trace_counter {
    uint32_t track; /* 0: not recorded */
    bool pending;
    ifc_time time; /* of value */
    int64_t value, written;
} ifc__trace_counter;

/** Busy time of a bus in the present window. */
typedef struct ifc__trace_usage {
    ifc__trace_counter counter;
    ifc_time window; /* its begin */
    ifc_time busy;
} ifc__trace_usage;

/** The operators of one kind: as many lanes as overlap. */
typedef struct ifc__trace_lanes {
    uint32_t kind_track; /* also the first lane; 0: no such operator */
    uint32_t n;
    uint32_t *tracks, *issue_tracks; /* owned, per lane; issue: the commands it gives */
    uint64_t *taken;                 /* owned, a bit per lane */
} ifc__trace_lanes;

/** A stretch of the critical path. */
typedef struct ifc__trace_step {
    ifc_op_kind op;
    uint32_t resource, phase;
    ifc_time begin, end;
} ifc__trace_step;

/** A slice that may lie in the future. */
typedef struct ifc__trace_slice {
    uint32_t track;
    const char *name;
    ifc_time begin, end;
    ifc_slice_args args;
    uint64_t flow_in, flow_out;
    ifc__trace_usage *usage; /* of the bus; NULL: not a bus */
} ifc__trace_slice;

/** Tracks of a die. */
typedef struct ifc__trace_die {
    uint32_t die, array, engine, buffer;
    struct {
        uint32_t array, engine;
    } * planes; /* owned; NULL: not recorded */
} ifc__trace_die;

typedef struct ifc__trace {
    ifc_timeline *timeline; /* borrowed */
    int level;
    uint32_t buses, drams;
    ifc__trace_lanes lanes[IFC_OP_KINDS];
    ifc__trace_counter kv_buffer, outstanding, requests, power;
    double *drawn;        /* owned; W, by lane of all dies; NULL: not recorded */
    uint32_t *first_lane; /* owned; of each die, and their number after the last */
    size_t n_lanes;
    int64_t n_outstanding;
    ifc__trace_counter *queues; /* owned, per channel */
    ifc__trace_usage *usage;    /* owned, channels and then DRAM channels */
    uint32_t *bus_tracks;       /* owned, the same order; 0: not recorded */
    ifc__trace_die *dies;       /* owned; NULL: not recorded */
    const ifc_group *groups;    /* borrowed */
    const ifc_serving *serving; /* borrowed */
    uint32_t token_track, path_track, npu_track;
    uint32_t *place_tracks; /* owned; of sequences that serve requests; NULL: there are none */
    ifc__trace_step *steps; /* owned */
    size_t n_steps, room_steps;
    ifc__trace_slice *ahead; /* owned, in the order of their decision; those before first_ahead are written */
    size_t first_ahead, n_ahead, room_ahead;
    char *step_names[IFC_OP_KINDS][IFC_PATH_RESOURCES][IFC_PATH_PHASES]; /* owned, made when needed */
} ifc__trace;

/** ifc__trace_requests() - so many are under way now. */
void ifc__trace_requests(ifc__trace *t);

/** ifc__trace_listen_power() - hear of what arrays draw. */
void ifc__trace_listen_power(ifc__trace *t, ifc_hardware *hw);

/** ifc__trace_listen_flash() - hear of buses; of dies and planes at those levels. */
void ifc__trace_listen_flash(ifc__trace *t, ifc_probe *probe);

/** ifc__trace_op_args() - the arguments that say whose work a slice is. */
ifc_slice_args ifc__trace_op_args(const ifc_op_run *op);

/** ifc__trace_txn_args() - the same of a transaction that is not complete, with its number and class. */
ifc_slice_args ifc__trace_txn_args(const ifc_txn *txn);

/** ifc__trace_count() - the value of a counter from now on (@now never goes back). */
void ifc__trace_count(ifc__trace *t, ifc__trace_counter *c, ifc_time now, int64_t value);

/** ifc__trace_count_end() - write what is held back. */
void ifc__trace_count_end(ifc__trace *t, ifc__trace_counter *c);

/** ifc__trace_use() - a bus was busy in [begin, end]; stretches come in order. */
void ifc__trace_use(ifc__trace *t, ifc__trace_usage *u, ifc_time begin, ifc_time end);

/** ifc__trace_use_end() - write the last window, which ends @now. */
void ifc__trace_use_end(ifc__trace *t, ifc__trace_usage *u, ifc_time now);

/** ifc__trace_declare_places() - a track for each sequence that serves requests, and hear of them. */
void ifc__trace_declare_places(ifc_record *rec, uint32_t parent);

/** ifc__trace_places_end() - requests that were under way are so until @now. */
void ifc__trace_places_end(ifc__trace *t, ifc_time now);

/** ifc__trace_settle() - write slices that are over @now, in the order of their decision, up to one that is
 * not. */
void ifc__trace_settle(ifc__trace *t, ifc_time now);

/** ifc__trace_settle_end() - write the rest, of which what would come after @now does not happen. */
void ifc__trace_settle_end(ifc__trace *t, ifc_time now);

#endif
