/**
 * Figures of requests that were served, as tables of people and programs want them.
 */
#ifndef IFC_OBSERVE_REQUESTS_H
#define IFC_OBSERVE_REQUESTS_H

#include <stdio.h>

#include "platform/observe/result.h"

/** Of one time of all requests, ps. Percentiles are by nearest rank. */
typedef struct ifc_request_times {
    double mean;
    ifc_time p50, p90, p99, max;
} ifc_request_times;

/** Of the requests after the first workload.warmup ones. */
typedef struct ifc_request_figures {
    uint64_t count;
    ifc_request_times queue;                       /* from its arrival until its first step begins */
    ifc_request_times ttft;                        /* from its arrival until its first token is there */
    ifc_request_times tpot;                        /* per further token; of requests that have one */
    ifc_request_times latency;                     /* from its arrival until its end */
    double tokens_per_second, requests_per_second; /* from the first arrival to the last end */
    double busy_share;                             /* of that time, with a request under way; 0..1 */
    double energy;                      /* J of a request: of the whole run, for all that were served */
    uint64_t prompt, cached, generated; /* tokens of all of them */
    /* where contexts move (contexts.budget) */
    ifc_request_times switching;     /* until all that its conversation had is in memory */
    double held;                     /* contexts that the budget has room for, of the mean size */
    double resident, resident_share; /* contexts that were wholly there when it began, mean; share of requests
                                        that missed nothing */
    uint64_t loaded, written, ahead; /* bytes of all of them: read, written before one, written after one */
    uint64_t recomputed;             /* tokens of all of them */
} ifc_request_figures;

/** The same requests over time: as many in a row as make at most IFC_REQUEST_POINTS points. */
#define IFC_REQUEST_POINTS 500
typedef struct ifc_request_point {
    ifc_time arrival;            /* of the first of them */
    double queue, ttft, latency; /* mean, ps */
    ifc_time latency_max;
} ifc_request_point;

/** ifc_request_figures_of() - Return: false: out of memory. */
bool ifc_request_figures_of(const ifc_result *r, ifc_request_figures *out);

/** ifc_request_points_of() - in order of arrival. @each: out; requests of a point (of the last: what is
 * left). Return: how many points; -1: out of memory. */
int ifc_request_points_of(const ifc_result *r, ifc_request_point out[IFC_REQUEST_POINTS], uint32_t *each);

/** ifc_write_requests() - a line for each request: CSV. Return: IFC_EOUTPUT. */
IFC_MUST_CHECK ifc_status ifc_write_requests(const ifc_result *r, FILE *out, ifc_error *err);

/** ifc__summary_requests() - for the summary. Return: IFC_EINTERNAL: out of memory. */
IFC_MUST_CHECK ifc_status ifc__summary_requests(const ifc_result *r, FILE *out, ifc_error *err);

/** ifc_has_contexts() - the workload is of contexts that move. */
bool ifc_has_contexts(const ifc_result *r);

/** ifc__summary_blocks() - how cycles and reads are spread over blocks, for the summary. */
void ifc__summary_blocks(const ifc_result *r, FILE *out);

/** ifc_is_requests() - the workload serves requests. */
bool ifc_is_requests(const ifc_result *r);

#endif
