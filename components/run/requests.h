/**
 * Requests that arrive, wait, have their prompt prefilled, decode, and end: the workload "requests".
 */
#ifndef IFC_RUN_REQUESTS_H
#define IFC_RUN_REQUESTS_H

#include "components/run/waiting.h"
#include "platform/observe/result.h"
#include "workloads/requests/requests.h"

struct ifc_host;
struct ifc_sequence;

#define IFC_NO_ROW UINT64_MAX

/** What the places of sequences are taken by. */
typedef struct ifc_served {
    uint64_t row;     /* of the request in the list, or IFC_NO_ROW */
    uint64_t session; /* whose tokens its cache holds; IFC_NO_SESSION: nobody's that may come back */
    uint64_t kept;    /* tokens that it began with, and that are stored once */
    uint64_t *blocks; /* owned; ids of the prompt that its cache begins with */
    size_t n_blocks, room;
    uint64_t prompt; /* tokens of that prompt */
    uint64_t last;   /* of those that were over, which one it was */
} ifc_served;

typedef struct ifc_serving {
    ifc_requests *source; /* owned; NULL: the workload is not of this kind */
    ifc_request next;     /* the one that comes next ... */
    bool more;            /* ... if there is one */
    ifc_served *places;   /* owned; by sequence */
    uint32_t n_places;
    ifc_waiting waiting; /* where a policy chooses among them */
    bool *uses;          /* owned; [place][place]: the first reads rows of blocks of the second (prefix.c) */
    uint64_t over;       /* requests so far */
    ifc_request_row *rows; /* owned; of all that began */
    size_t n, room, finished;
    bool woken;        /* the schedule policy is, while nothing is done */
    uint64_t kv_bytes; /* that caches may take up together */
    ifc_status status; /* what ended it early */
    ifc_error err;
} ifc_serving;

/** ifc_serving_open() - begin to read, or to draw, what workload.requests says. Return: as
 * ifc_requests_open(). */
IFC_MUST_CHECK ifc_status ifc_serving_open(ifc_serving *v, const ifc_scenario *s, ifc_error *err);

void ifc_serving_fini(ifc_serving *v);

/**
 * ifc_host_check_requests() - before the first event: what the run would refuse in its course
 * A trace is read to its end, but for one that is no file (it can be read once); of drawn requests the first
 * ten million are looked at. h->stop ends it early.
 * Return: as ifc_requests_next(); IFC_EDATA: one that never fits.
 */
IFC_MUST_CHECK ifc_status ifc_host_check_requests(struct ifc_host *h, ifc_error *err);

/** ifc_host_place() - @r begins, if there is a place and room for it. May block. Return: false: it waits, or
 * the run is over. */
bool ifc_host_place(struct ifc_host *h, const ifc_request *r);

/** ifc_host_next_request() - read the one after h->serving.next; ends the run where that cannot be read. */
void ifc_host_next_request(struct ifc_host *h);

/** ifc_host_serve() - from the host's actor: all requests, one step after the other. */
void ifc_host_serve(struct ifc_host *h);

#endif
