/**
 * The critical path: every picosecond of a token's latency belongs to one (operator, resource, phase).
 *
 * Walked backwards from the end of each graph over what was recorded: the transaction that completed an
 * operator last, the command that held the array or the room before it, the dependency that came last. Each
 * step covers the stretch down to an earlier moment, so the parts sum to the whole by construction; what is
 * left at the graph's begin is clipped.
 */
#ifndef IFC_PATH_H
#define IFC_PATH_H

#include <ifc/operator.h>
#include <ifc/txn.h>

#include "components/hardware/probe.h"
#include "platform/scenario/scenario.h"

struct ifc_op_run;
struct ifc_record;

/* Resources: enum ifc_part. */
#define IFC_PATH_RESOURCES (IFC_PART_GROUP + IFC_GROUPS_MAX)

/* Phases beyond those of a transaction. */
enum ifc_path_phase {
    IFC_PATH_PROGRAM = IFC_PHASES,
    IFC_PATH_ERASE,
    IFC_PATH_LAUNCH,
    IFC_PATH_NPU_QUEUE,
    IFC_PATH_NPU_COMPUTE,
    IFC_PATH_DRAM_ACCESS,
    IFC_PATH_DRAM_QUEUE,
    IFC_PATH_DEPENDENCY,
    IFC_PATH_SUSPEND, /* an operation stops for a command, or stands still */
    IFC_PATH_POWER,   /* a command waits for the power budget */
    IFC_PATH_RETRY,   /* pages that the decoder could not correct, sensed and decoded again */
    IFC_PATH_PHASES
};

typedef struct ifc_path {
    ifc_time ps[IFC_OP_KINDS][IFC_PATH_RESOURCES][IFC_PATH_PHASES];
} ifc_path;

/** ifc_path_listen() - from now on, add the stretch of each graph and of each wait for the KV buffer. */
void ifc_path_listen(struct ifc_record *rec);

/** ifc_path_phase_of() - a transaction's @phase by the name it has on the path: what the array does. */
uint32_t ifc_path_phase_of(const ifc_txn *t, uint32_t phase);

const char *ifc_path_phase_name(uint32_t phase);

#endif
