/**
 * What requests look like: how many, how often, how long.
 */
#ifndef IFC_REQUESTS_FIGURES_H
#define IFC_REQUESTS_FIGURES_H

#include "workloads/requests/requests.h"

/* Tokens; percentiles are by nearest rank. */
typedef struct ifc_lengths {
    uint64_t sum, p50, p90, p99, max;
    double mean;
} ifc_lengths;

typedef struct ifc_requests_figures {
    uint64_t count;
    double seconds; /* from the first arrival to the last, in the trace's own time */
    ifc_lengths prompt, answer;
    uint64_t sessions, later_turns; /* conversations, and turns that are not the first of one */
    uint64_t kept_tokens;           /* of prompts: those of the turns before */
    uint64_t blocks, shared_blocks; /* of prompts, and those at their begin that an earlier prompt had */
    uint64_t shared_tokens;
    bool uncounted; /* there were more ids of blocks than are remembered: shared ones are at least so many */
} ifc_requests_figures;

/** ifc_requests_measure() - takes all requests of @q. Return: as ifc_requests_next(). */
IFC_MUST_CHECK ifc_status ifc_requests_measure(ifc_requests *q, ifc_requests_figures *out, ifc_error *err);

#endif
