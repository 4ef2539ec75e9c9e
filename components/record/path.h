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

#include "platform/scenario/scenario.h"

struct ifc_system;
struct ifc_op_run;

enum ifc_path_resource {
    IFC_PATH_HOST,
    IFC_PATH_CONTROLLER,
    IFC_PATH_CHANNEL,
    IFC_PATH_NPU,
    IFC_PATH_DRAM,
    IFC_PATH_GROUP, /* + index of the group */
    IFC_PATH_RESOURCES = IFC_PATH_GROUP + IFC_GROUPS_MAX
};

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
    IFC_PATH_PHASES
};

typedef struct ifc_path {
    ifc_time ps[IFC_OP_KINDS][IFC_PATH_RESOURCES][IFC_PATH_PHASES];
} ifc_path;

/**
 * ifc_path_walk() - add the stretch from @begin to the end of @last (its completion) to @path
 * Bug: a stretch that cannot be explained, or one that does not sum.
 */
void ifc_path_walk(ifc_path *path, const struct ifc_system *sys, const struct ifc_op_run *last,
                   ifc_time begin);

/** ifc_path_phase_of() - a transaction's @phase by the name it has on the path: what the array does. */
uint32_t ifc_path_phase_of(const ifc_txn *t, uint32_t phase);

const char *ifc_path_phase_name(uint32_t phase);

#endif
