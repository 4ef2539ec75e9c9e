/**
 * A lane of a die: planes that work in lockstep, with a sequencer that does one command after the other. A
 * die has one lane with all its planes, or, where planes are independent, one for each.
 *
 * A task is what a lane does for a command. A command has one task; only READ_COMPUTE on a die with
 * independent planes has one for each plane that it touches, since they share input, global buffer and
 * results. Other commands for several of those planes are made as one command for each
 * (components/hardware/controller/commands.c).
 */
#ifndef IFC_LANE_H
#define IFC_LANE_H

#include <ifc/txn.h>

#include "components/hardware/flash/engine.h"
#include "components/hardware/flash/pipeline.h"
#include "platform/common/fifo.h"

struct ifc_die;
struct ifc_flow;
struct ifc_hardware;
struct ifc_lane;

typedef struct ifc_task {
    ifc_txn *txn;
    struct ifc_lane *lane;
    ifc_extent extent;     /* of the lane's planes */
    uint16_t first_plane;  /* where that begins */
    bool running;          /* the lane has begun it */
    bool over;             /* ... and is free for the next */
    uint32_t done, played; /* granules that are worked on; that the engines have played, at page and plane */
    ifc_pipeline_run run;  /* of the granule done last */
    ifc_time begin, first_move, stall;
    ifc_time retry; /* that it was held up by pages that failed */
    /* of a PROGRAM, COPY or ERASE that may be suspended: */
    ifc_time whole, left;      /* of its time on the array; left: while it does not run */
    ifc_time since;            /* it stands still, or has begun to */
    uint32_t suspends, passed; /* times suspended; commands that went first since it stopped */
    uint32_t stretch;          /* number of its last stop, and of the run after that */
    /* of a command: the operation, and its stretch, that does not make way for it */
    uint64_t refused_by;
    uint32_t refused_stretch;
    ifc_txn *after_array; /* who used the lane before, if it had to wait for that */
    uint64_t after_array_id;
    struct ifc_task *next; /* in the lane's queue */
} ifc_task;

IFC_FIFO_TYPE(ifc_task_fifo, ifc_task)
IFC_FIFO_FUNCTIONS(ifc_task_fifo, ifc_task, next)

/** Commands whose results are not all on the other side, oldest first: they leave in this order. */
typedef struct ifc_exit {
    struct ifc_flow *first, *last;
    ifc_time free; /* end of the last tenure of the last of those that are */
} ifc_exit;

typedef struct ifc_lane {
    struct ifc_die *die;
    uint32_t first_plane, planes;
    bool suspends; /* programs and erases may make way for reads (components/hardware/flash/suspend.h) */
    ifc_task_fifo queue;             /* commands that arrived */
    ifc_task *current;               /* the one at work; NULL: none */
    ifc_time write_begin, write_end; /* of a PROGRAM, COPY or ERASE at work */
    ifc_time write_counted;          /* from when on that has been counted as busy */
    ifc_task *stopped;               /* one that has not begun yet, or is suspended; NULL: none */
    ifc_pipeline pipeline;
    ifc_txn *last_array; /* the command that used the array last */
    uint64_t last_array_id;

    ifc_exit exit; /* of commands that do not use the global buffer, where planes are independent */
    struct ifc_flow *reading; /* READ whose pages may be in the cache registers; NULL: none since */
    ifc_time cache_free;      /* ... this moment */

    /* engines of its planes, at the grains page and plane; NULL at grain die */
    ifc_engine *engines;
    uint32_t engines_at_work;
    ifc_time engines_end; /* when the last of them is done */

    uint64_t granted; /* nW, of the commands it holds: the controller's, where power is short */
    /* the controller's */
    ifc_task_fifo waiting; /* commands that are not dispatched yet, in the order of their channel's queue */
    uint32_t held;         /* commands dispatched to it and not completed, where a die has several lanes */

    /* statistics */
    ifc_time busy_from, busy_until; /* the last stretch without a gap; may lie ahead */
    ifc_time busy_ps;
    double watts; /* of its last command, while its planes work */
} ifc_lane;

/** ifc_lane_init() - planes [first_plane, first_plane + planes) of a die. */
void ifc_lane_init(ifc_lane *l, struct ifc_die *die, uint32_t first_plane, uint32_t planes);

/** ifc_lane_busy() - the array works from @begin to @end; what has been counted is not counted again. */
void ifc_lane_busy(ifc_lane *l, ifc_time begin, ifc_time end);

/** ifc_lane_not_busy() - it stops at @at what has been counted until @end. */
void ifc_lane_not_busy(ifc_lane *l, ifc_time at, ifc_time end);

/** ifc_lane_idle() - nothing of what it did reaches past @now. */
bool ifc_lane_idle(const ifc_lane *l, ifc_time now);

/** ifc_tasks_prepare() - the parts of a new command for @d; its memory is the transaction's, and used again.
 */
void ifc_tasks_prepare(ifc_txn *txn, struct ifc_die *d);

#endif
