/**
 * The generic payload: one die command or DRAM access, with its extent and the time stamp of each phase.
 */
#ifndef IFC_TXN_H
#define IFC_TXN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ifc/names.h>

#include <ifc/operator.h>
#include <ifc/time.h>

/* command, name */
#define IFC_COMMAND_MAP(X)                                                                                   \
    X(IFC_READ, "read")                 /* sense pages, move them up the channel */                          \
    X(IFC_READ_COMPUTE, "read_compute") /* sense pages, multiply in the planes, move the result up */        \
    X(IFC_PROGRAM, "program")                                                                                \
    X(IFC_ERASE, "erase")                                                                                    \
    X(IFC_COPY, "copy") /* sense pages and program them elsewhere in their planes, without the bus */        \
    X(IFC_DRAM_READ, "dram_read")                                                                            \
    X(IFC_DRAM_WRITE, "dram_write")

typedef enum ifc_command {
#define X(id, name) id,
    IFC_COMMAND_MAP(X)
#undef X
        IFC_COMMANDS
} ifc_command;

/* traffic class, name */
#define IFC_CLASS_MAP(X)                                                                                     \
    X(IFC_CLASS_WEIGHTS, "weights")                                                                          \
    X(IFC_CLASS_KV_READ, "kv_read")                                                                          \
    X(IFC_CLASS_KV_WRITE, "kv_write")                                                                        \
    X(IFC_CLASS_REFRESH, "refresh")                                                                          \
    X(IFC_CLASS_HOST, "host")

typedef enum ifc_class {
#define X(id, name) id,
    IFC_CLASS_MAP(X)
#undef X
        IFC_CLASSES
} ifc_class;

/* The stretch of time that ends with a stamp: phase, name, name of the stamp's moment. In the order they
 * happen. */
#define IFC_PHASE_MAP(X)                                                                                     \
    X(IFC_PHASE_QUEUE, "queue")         /* in the controller's queue, until the die has room */              \
    X(IFC_PHASE_BUS_WAIT, "bus_wait")   /* for the bus, to send the command */                               \
    X(IFC_PHASE_COMMAND, "command")     /* command cycles */                                                 \
    X(IFC_PHASE_DATA_DOWN, "data_down") /* program data; an input vector hides behind the sense or stalls */ \
    X(IFC_PHASE_DIE_QUEUE, "die_queue") /* in the die, until its array is free */                            \
    X(IFC_PHASE_ARRAY, "array")         /* sense, program or erase */                                        \
    X(IFC_PHASE_ECC, "ecc")             /* decoding in the planes that the array does not hide */            \
    X(IFC_PHASE_MAC, "mac")             /* products that neither array nor decoder hides */                  \
    X(IFC_PHASE_STALL, "stall")         /* engines wait: for input on the bus, or room for results */        \
    X(IFC_PHASE_COLLECT, "collect")     /* plane results into the global buffer */                           \
    X(IFC_PHASE_UP_WAIT, "up_wait")     /* for the bus, to send the result */                                \
    X(IFC_PHASE_DATA_UP, "data_up")                                                                          \
    X(IFC_PHASE_DECODE, "decode") /* ECC in the controller (plain NAND) */

typedef enum ifc_phase {
#define X(id, name) id,
    IFC_PHASE_MAP(X)
#undef X
        IFC_PHASES
} ifc_phase;

/** Names, as users see them; static storage. */
IFC_NAMES(ifc_phase_name, ifc_phase, IFC_PHASE_MAP)

IFC_NAMES(ifc_class_name, ifc_class, IFC_CLASS_MAP)

IFC_NAMES(ifc_command_name, ifc_command, IFC_COMMAND_MAP)

/**
 * Which pages of a die a command touches. Planes work in lockstep, so timing follows the longest plane:
 * max_pages; pages is the sum over planes. With fractional pages (page_rounding off) run_ppb is the run of
 * every plane in 1e-9 pages and pages counts the touched ones.
 */
typedef struct ifc_extent {
    uint32_t planes;    /* that take part */
    uint32_t max_pages; /* longest run of a plane */
    uint64_t pages;     /* over all planes */
    uint64_t run_ppb;   /* 0: whole pages */
} ifc_extent;

struct ifc_job;

typedef struct ifc_txn {
    uint64_t id;
    uint8_t command;       /* ifc_command */
    uint8_t traffic_class; /* ifc_class */
    uint8_t priority;      /* it waits in the controller behind those with a higher one */
    bool grows_down;       /* bytes_down grows with the pages and comes with them, a granule at a time */
    bool grows_up;         /* so does bytes_up, and leaves with them */
    uint16_t group, channel;
    uint16_t die;         /* index over all dies */
    uint16_t first_plane; /* of the die, where its pages begin */
    uint32_t first_page;  /* of their blocks, likewise, where that sets their time */
    bool has_runs;        /* its pages lie as runs[] says */
    uint16_t n_tasks, room_tasks;
    uint32_t room_runs;
    uint32_t *runs;         /* owned; pages of each plane of the die */
    struct ifc_task *tasks; /* owned; what lanes do for it (components/hardware/flash/lane.h) */
    ifc_extent extent;
    uint64_t bytes_down, bytes_up; /* on the bus */
    uint64_t vector; /* id of the input vector in bytes_down, that dies share and keep; 0: private data */
    uint64_t vector_bytes;  /* of that vector, if it is the newest command that uses it */
    uint64_t footprint;     /* bytes of the global buffer it holds from dispatch to completion */
    uint64_t collect_bytes; /* plane results that the global buffer gathers */
    uint64_t macs;          /* over all planes */
    ifc_time mac_time;      /* products of a page */
    ifc_time ecc_time;      /* decoding of a page in its plane, at the same time */
    ifc_time tail_time;     /* products after the last page: with buffered tokens */
    ifc_time arrived;       /* when what came down with the command is there */
    ifc_time posted;        /* when it asked for the bus */
    struct ifc_flow *flow;  /* its pages, input and results on their way (components/hardware/flash/flow.h) */
    struct ifc_retry *retries; /* pages that fail at first (components/hardware/flash/retry.h), by round */
    uint32_t n_retries, room_retries;
    bool waits_for_power;             /* its die has room, and the power budget has none ... */
    ifc_time power_since, power_wait; /* ... since then; until it went, for so long */
    uint8_t attempt;                  /* READ: how often these pages were read before */
    ifc_time retry_time;              /* by which the slowest of its lanes was held up by them */
    uint32_t tile;                    /* of a matrix that streams to the NPU, from 1 on; 0: none */
    uint32_t slices;                  /* READ: pieces in which a page leaves the die; 0: one */
    struct ifc_job *job;              /* what it belongs to */
    ifc_op_kind op_kind;              /* of that */
    ifc_time ready;                   /* READ of plain NAND: when what has arrived is decoded */
    ifc_time suspended;  /* PROGRAM, COPY, ERASE: of its time on the array, what it stood still */
    ifc_time suspending; /* READ, READ_COMPUTE: that it waited for an operation to stop */
    double fill;         /* PROGRAM of class KV_WRITE: pages, by how much of each it uses up */
    /* stamp[p] is the end of phase p; issue is the begin of the first */
    ifc_time issue, stamp[IFC_PHASES];
    /* what it waited for, valid while the other's id still is the one noted (transactions are recycled) */
    struct ifc_txn *after_array, *after_room; /* the die's array; room in the die */
    uint64_t after_array_id, after_room_id;
    struct ifc_txn *retry_of; /* whose pages it reads again, likewise */
    uint64_t retry_of_id;
    struct ifc_txn *next; /* queue it is in */
    /* of the controller's (components/hardware/controller/queue.h): */
    struct ifc_txn *prev;
    struct ifc_txn *lead;       /* first of the commands that go together */
    uint64_t place;             /* how many were queued before, on all channels */
    struct ifc_txn *maybe_next; /* that may be able to go now */
    bool maybe;                 /* it is among those */
    struct ifc_txn *retired_next;
    struct ifc_txn *batch_next; /* broadcast: further dies of the same tenure */
} ifc_txn;

#endif
