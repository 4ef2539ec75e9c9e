/**
 * Requests that a machine serves: read from a trace, or drawn by a seed; one after the other, in order of
 * arrival. Memory does not grow with the length of the trace.
 */
#ifndef IFC_REQUESTS_H
#define IFC_REQUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/status.h>
#include <ifc/time.h>

#include "workloads/requests/distribution.h"

/* Forms of traces: id, name, what the first line is. */
#define IFC_TRACE_FORM_MAP(X)                                                                                \
    X(IFC_TRACE_AZURE, "azure", "TIMESTAMP,ContextTokens,GeneratedTokens")                                   \
    X(IFC_TRACE_MOONCAKE, "mooncake", "a JSON object with timestamp, input_length, output_length")           \
    X(IFC_TRACE_BURSTGPT, "burstgpt", "Timestamp,...,Request tokens,Response tokens,...")                    \
    X(IFC_TRACE_IFCSIM, "ifcsim", "arrival_ps,prompt,generated and, if there are any, session, blocks")

typedef enum ifc_trace_form {
    IFC_TRACE_BY_FIRST_LINE,
#define X(id, name, line) id,
    IFC_TRACE_FORM_MAP(X)
#undef X
        IFC_TRACE_FORMS
} ifc_trace_form;

/** ifc_trace_form_names() - "azure", ... in the order of the forms after IFC_TRACE_BY_FIRST_LINE; NULL at the
 * end. */
const char *const *ifc_trace_form_names(void);

typedef enum ifc_requests_arrival {
    IFC_ARRIVE_AS_TRACED, /* only with a trace */
    IFC_ARRIVE_CLOSED,    /* back to back: whoever serves takes the next when it likes; arrival is 0 */
    IFC_ARRIVE_CONSTANT,  /* evenly spaced at a rate */
    IFC_ARRIVE_POISSON,   /* independent of each other at a rate */
} ifc_requests_arrival;

typedef struct ifc_requests_options {
    const char *trace; /* file, plain or gzip's; "-": standard input; NULL: requests are drawn. Borrowed until
                          ifc_requests_close() */
    ifc_trace_form form;
    uint64_t first, count; /* rows of a trace that are left out, and that are taken; 0: all of them. A count
                              is needed when requests are drawn */
    double speed;          /* times of arrival are divided by it; 0: 1 */
    ifc_requests_arrival arrival;
    double rate;                     /* of constant and poisson, 1/s */
    ifc_distribution prompt, answer; /* tokens, of drawn requests; with sessions, new tokens of a turn */
    uint32_t sessions;               /* of drawn requests: conversations that go on side by side; 0: none */
    double recent;                   /* which speaks: the one that spoke last with that probability, else the
                                        one before it, and so on; 0: any, alike */
    uint64_t limit;                  /* most tokens of prompt and answer together; 0: no limit */
    uint64_t seed;
} ifc_requests_options;

#define IFC_NO_SESSION         UINT64_MAX
#define IFC_TRACE_BLOCK_TOKENS 512 /* of a prompt, that share an id */
#define IFC_REQUEST_TOKENS_MAX ((uint64_t)128 << 20)

typedef struct ifc_request {
    uint64_t index;   /* its row in the trace, from 0; its number when it was drawn */
    ifc_time arrival; /* ps since the first row taken; saturates at IFC_TIME_FAR */
    double seconds;   /* the same without speed, also where picoseconds do not hold it */
    uint64_t session; /* number of its conversation, in order of appearance; IFC_NO_SESSION */
    uint32_t turn;    /* from 0 */
    uint64_t ends;    /* drawn: the conversation in whose place this one begins; IFC_NO_SESSION */
    uint64_t kept;    /* tokens that its prompt begins with and that are those of the turn before (prompt and
                         answer); 0 when the prompt is not longer than these: it is cut then */
    uint64_t prompt;  /* tokens, kept ones included; at least 1 */
    uint64_t answer;  /* tokens to generate; at least 1 */
    const uint64_t
        *blocks; /* ids of its prompt's blocks of IFC_TRACE_BLOCK_TOKENS: equal ids, equal prefix up to
                    the block's end. The last may be partly filled. Valid until the next call */
    uint32_t n_blocks;
} ifc_request;

/* What was not taken as it is. */
typedef struct ifc_requests_remarks {
    uint64_t empty;     /* rows with an empty prompt or answer (failed requests), left out */
    uint64_t capped;    /* requests cut to the limit */
    uint64_t forgotten; /* conversations that were silent so long that others took their place */
} ifc_requests_remarks;

typedef struct ifc_requests ifc_requests;

/**
 * ifc_requests_open() - begin to read, or to draw
 * Return: IFC_OK, @out is owned by the caller (ifc_requests_close()). IFC_ENOINPUT: the file cannot be read.
 * IFC_EDATA: its first line is of no known form, or options do not go together.
 */
IFC_MUST_CHECK ifc_status ifc_requests_open(const ifc_requests_options *o, ifc_requests **out,
                                            ifc_error *err);

/**
 * ifc_requests_next() - the next request
 * @more: false: there is none, @r is as it was
 * Return: IFC_EDATA, @err names file and line: a row that cannot be read, or arrives before the one above it.
 */
IFC_MUST_CHECK ifc_status ifc_requests_next(ifc_requests *q, ifc_request *r, bool *more, ifc_error *err);

/** ifc_requests_form() - the form of the trace that is read; IFC_TRACE_BY_FIRST_LINE: requests are drawn. */
ifc_trace_form ifc_requests_form(const ifc_requests *q);

/** ifc_requests_remarks_of() - so far. Borrowed. */
const ifc_requests_remarks *ifc_requests_remarks_of(const ifc_requests *q);

/** ifc_requests_close() - @q: may be NULL */
void ifc_requests_close(ifc_requests *q);

#endif
