/**
 * What a run needs besides its scenario.
 */
#ifndef IFC_OPTIONS_H
#define IFC_OPTIONS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ifc/time.h>

struct ifc_timeline;

/** How far a run is. Decode counts tokens and layers, a stream counts requests; the other pair is 0. */
typedef struct ifc_progress {
    uint32_t token, tokens, layer, layers;
    uint64_t requests, total_requests;
    ifc_time now; /* simulated */
} ifc_progress;

/** All pointers are borrowed and may be NULL. */
typedef struct ifc_run_options {
    const char *program; /* argv[0] for the kernel */
    const char *name;    /* what the run is called in messages; NULL: the scenario's file */
    int simgrid_argc;    /* options passed on to the kernel */
    char **simgrid_argv;
    struct ifc_timeline *timeline; /* NULL: nothing is recorded */
    volatile sig_atomic_t *stop;   /* polled; non-zero ends the run at the next safe point */
    bool detail;                   /* record usage over time and the operators of one token */
    bool build_only;               /* build the machine and lay out its data, but run nothing */
    void (*progress)(void *arg, const struct ifc_progress *p);
    void *progress_arg;
    /* what becomes of the files that policies write, when the run is over (ifc_policy_file_fn) */
    void (*policy_file)(void *arg, const char *label, const char *suffix, const char *data, size_t size);
    void *policy_file_arg;
    const struct ifc_source *source; /* of a stream's requests; NULL: what the scenario says */
} ifc_run_options;

#endif
