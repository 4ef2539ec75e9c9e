/**
 * When a run is to end early: asked from outside, or a limit of the scenario is reached.
 */
#ifndef IFC_LIMITS_H
#define IFC_LIMITS_H

#include <signal.h>
#include <stdbool.h>

#include "platform/kernel/kernel.h"
#include "platform/scenario/scenario.h"

typedef struct ifc_stop {
    const ifc_simulation *limits;
    volatile sig_atomic_t *asked; /* borrowed; NULL: nobody can ask */
    double wall_start;            /* ifc_wall_seconds() at the begin */
    bool stopped;                 /* it has been answered with yes */
} ifc_stop;

/** ifc_wall_seconds() - a monotonic clock of this process's surroundings; never used by the model. */
double ifc_wall_seconds(void);

/** ifc_stop_asked() - somebody asked for the end, or the limit of wall time is reached, or the run was
 * stopped: the limit of simulated time does so (host.c:keep_limit). Once true it stays. */
bool ifc_stop_asked(ifc_stop *stop);

#endif
