#include "components/hardware/limits.h"

#include <time.h>

double ifc_wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool ifc_stop_asked(ifc_stop *stop)
{
    const ifc_simulation *s = stop->limits;
    bool *stopped = &stop->stopped;
    if (stop->asked && *stop->asked)
        *stopped = true;
    if (s->wall_limit > 0 && ifc_wall_seconds() - stop->wall_start > s->wall_limit)
        *stopped = true;
    return *stopped;
}
