/**
 * Moves of data inside dies: the refresh policy chooses, a die at a time works them off.
 */
#ifndef IFC_REFRESH_H
#define IFC_REFRESH_H

#include <ifc/policy.h>

struct ifc_host;
struct ifc_op_run;

/** A die's move; its operator is one command at a time. */
typedef struct ifc_die_move {
    ifc_move move;
    uint32_t left; /* pages of each plane still to copy; 0: the erase is next */
    bool active;
} ifc_die_move;

/** ifc_host_refresh() - @token is done: ask for each die, and begin what the policy chooses. */
void ifc_host_refresh(struct ifc_host *h, uint32_t token);

/** ifc_host_refresh_done() - a command of a move is done: the next one, or the next move. */
void ifc_host_refresh_done(struct ifc_host *h, struct ifc_op_run *op);

#endif
