/**
 * The event stream of a run: tracks, slices, counters and flows, from which every timeline format is written.
 *
 * The machine calls these functions only when recording is on (a NULL timeline is never passed). All calls
 * come from one thread. Nothing is kept in memory beyond a fixed buffer: a writer streams.
 */
#ifndef IFC_TIMELINE_H
#define IFC_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/status.h>
#include <ifc/time.h>

typedef struct ifc_timeline ifc_timeline;

enum ifc_timeline_level {
    IFC_LEVEL_OPERATORS = 1, /* tokens, operators, NPU, DRAM */
    IFC_LEVEL_CHANNELS = 2,  /* + bus tenures, controller queue */
    IFC_LEVEL_DIES = 3,      /* + die commands */
    IFC_LEVEL_PLANES = 4     /* + sense, compute, program, erase of every plane */
};

/** Arguments of a slice; fields < 0 (or NULL) are left out. */
typedef struct ifc_slice_args {
    int64_t token, layer, head_group, bytes, pages, txn;
    const char *operator_name; /* static storage */
    const char *traffic_class; /* static storage */
} ifc_slice_args;

/* The initialiser, also of a static object, and the same as a value. */
#define IFC_SLICE_ARGS_INIT                                                                                  \
    {                                                                                                        \
        -1, -1, -1, -1, -1, -1, NULL, NULL                                                                   \
    }
#define IFC_SLICE_ARGS_NONE ((ifc_slice_args)IFC_SLICE_ARGS_INIT)

typedef struct ifc_timeline_options {
    const char *file;
    int level;
    ifc_time begin, end; /* window of simulated time; slices that touch it are kept; 0, IFC_TIME_MAX: all */
    bool by_token;       /* the window is given in tokens: it opens and closes with them */
    uint32_t first_token, last_token;
    bool by_layer; /* the same within one token: with these layers of it */
    uint32_t first_layer, last_layer;
    uint64_t max_events; /* 0: no cap; when reached, recording stops and says so */
} ifc_timeline_options;

/**
 * ifc_timeline_open() - start a timeline; the format follows the file name (.pftrace, .pftrace.gz, .vcd,
 * .csv) Return: IFC_OK and an owned timeline; IFC_EUSAGE for an unknown ending; IFC_EOUTPUT if the file
 * cannot be made.
 */
IFC_MUST_CHECK ifc_status ifc_timeline_open(ifc_timeline **out, const ifc_timeline_options *options,
                                            ifc_error *err);

/**
 * ifc_timeline_ends_early() - the recording is not of a whole run, and why (copied)
 * Its last mark says so. Every recording ends with a mark; a file without one was cut.
 */
void ifc_timeline_ends_early(ifc_timeline *t, const char *why);

/** ifc_timeline_ran_until() - the run ended at @end, also if nothing more was recorded: the last mark is
 * there. */
void ifc_timeline_ran_until(ifc_timeline *t, ifc_time end);

/** ifc_timeline_close() - write what is left and release. Return: IFC_EOUTPUT when anything could not be
 * written. */
IFC_MUST_CHECK ifc_status ifc_timeline_close(ifc_timeline *t, ifc_error *err);

/** ifc_timeline_level() - what is recorded; the machine skips finer calls. */
int ifc_timeline_level(const ifc_timeline *t);

/** ifc_timeline_track() - declare a track under @parent (0: top). Return: its id, > 0. @name is copied. */
uint32_t ifc_timeline_track(ifc_timeline *t, uint32_t parent, const char *name);

/** ifc_timeline_counter_track() - the same for a counter; @unit is copied. */
uint32_t ifc_timeline_counter_track(ifc_timeline *t, uint32_t parent, const char *name, const char *unit);

/**
 * ifc_timeline_slice() - one finished slice [begin, end] on a track. Slices of one track never overlap, and
 * come in order of begin; across tracks the order is free.
 * @name:     copied
 * @args:     borrowed; NULL: none
 * @flow_in:  id of a flow that comes from an earlier slice, 0: none
 * @flow_out: id of a flow that goes on to a later slice, 0: none; equal to @flow_in the flow passes through
 * An id is one chain: it begins in one slice, passes through any number, and ends in one. A slice is drawn as
 * the earlier end of an arrow when it begins earlier.
 */
void ifc_timeline_slice(ifc_timeline *t, uint32_t track, const char *name, ifc_time begin, ifc_time end,
                        const ifc_slice_args *args, uint64_t flow_in, uint64_t flow_out);

/** ifc_timeline_counter() - the value of a counter from @time on; times of one track never go back. */
void ifc_timeline_counter(ifc_timeline *t, uint32_t track, ifc_time time, int64_t value);

/**
 * ifc_timeline_token_begin() / ifc_timeline_token_end() - a token begins or ends now: a window given in
 * tokens may open or close
 */
void ifc_timeline_token_begin(ifc_timeline *t, uint32_t token, ifc_time now);
void ifc_timeline_token_end(ifc_timeline *t, uint32_t token, ifc_time now);

/** ifc_timeline_layer_end() - a layer of a token ends now, and the next one begins. */
void ifc_timeline_layer_end(ifc_timeline *t, uint32_t token, uint32_t layer, ifc_time now);

/** ifc_timeline_bytes() - how much has been written so far, about. */
uint64_t ifc_timeline_bytes(const ifc_timeline *t);

/** ifc_timeline_dropped() - events that came after the cap. */
uint64_t ifc_timeline_dropped(const ifc_timeline *t);

/**
 * ifc_timeline_convert() - read a timeline and write it in the format of @output's file name, with its window
 * and cap
 * Return: IFC_EUSAGE for an unknown ending or when both are one file; IFC_ENOINPUT when @input cannot be
 * opened; IFC_EDATA, with file and line, when it is not a timeline written by IFCSim, or not to its end;
 * IFC_EOUTPUT. A failed conversion leaves no output file.
 */
IFC_MUST_CHECK ifc_status ifc_timeline_convert(const char *input, const ifc_timeline_options *output,
                                               ifc_error *err);

#endif
