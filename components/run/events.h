/**
 * What a run tells those who listen (components/record/): the same kind of probe as the hardware's.
 */
#ifndef IFC_EVENTS_H
#define IFC_EVENTS_H

#include "components/hardware/probe.h"
#include "components/mapping/op.h"
#include "platform/observe/result.h"

/* clang-format off */
/*
 * X(event, parameters, arguments)
 *   op_begin      an operator is issued; the listener may note the lane that shows it
 *   op_end        it is done; op->job.end is set
 *   token_begin   a token begins now
 *   token_end     its last operator is done
 *   token_over    and what follows from that is begun
 *   graph_end     all of a graph is done, @last is its last operator; its transactions are still to be read
 *   waited        a token waited until a program on @group made room for it in the KV buffer
 *   request       a request is at a place, and has its first token, or its end
 *   freed         the cache of a sequence is given up; it is as it was
 *   shared        the cache of a sequence begins with what another one, or itself, had: it holds that alone
 *   kv_buffer     the bytes gathered in the KV buffers may have changed
 *   end           the workload is over at @now
 */
#define IFC_EVENTS_MAP(X)                                                                                    \
    X(op_begin, (ifc_op_run *op), (op))                                                                      \
    X(op_end, (const ifc_op_run *op), (op))                                                                  \
    X(token_begin, (uint32_t token), (token))                                                                \
    X(token_end, (uint32_t token, ifc_time begin), (token, begin))                                           \
    X(token_over, (uint32_t token, ifc_time begin), (token, begin))                                          \
    X(graph_end, (const ifc_op_run *last, ifc_time begin), (last, begin))                                    \
    X(waited, (uint32_t token, uint32_t layer, uint32_t group, ifc_time begin, ifc_time end),                \
      (token, layer, group, begin, end))                                                                     \
    X(request, (uint32_t place, const ifc_request_row *request), (place, request))                           \
    X(freed, (const struct ifc_kv *kv), (kv))                                                                \
    X(shared, (const struct ifc_kv *kv), (kv))                                                               \
    X(kv_buffer, (uint64_t bytes), (bytes))                                                                  \
    X(end, (ifc_time now), (now))
/* clang-format on */

typedef struct ifc_events {
#define X(event, parameters, arguments) IFC_PROBE_LIST(event, parameters)
    IFC_EVENTS_MAP(X)
#undef X
} ifc_events;

#define IFC_PROBE_SAY_ifc_events(...)   (const ifc_events *probe, __VA_ARGS__)
#define X(event, parameters, arguments) IFC_PROBE_EVENT(ifc_events, ifc_event, event, parameters, arguments)
IFC_EVENTS_MAP(X)
#undef X

#endif
