/**
 * What the hardware tells those who listen: each event has a list of listeners, empty unless somebody asked.
 * Parts only say what happens; counters, usage, timeline and policy observers (components/record/) hear it.
 */
#ifndef IFC_PROBE_H
#define IFC_PROBE_H

#include <stdint.h>

#include <ifc/txn.h>

#include "platform/kernel/kernel.h"

struct ifc_channel;
struct ifc_die;
struct ifc_dram;
struct ifc_engine;
struct ifc_job;
struct ifc_npu;
struct ifc_task;
struct ifc_pipeline_run;

/** Kinds of resources that work for a time; of a flash group: + its index. */
enum ifc_part {
    IFC_PART_HOST,
    IFC_PART_CONTROLLER,
    IFC_PART_CHANNEL,
    IFC_PART_NPU,
    IFC_PART_DRAM,
    IFC_PART_GROUP
};

/* clang-format off */
/*
 * X(event, parameters, arguments)
 *   job_begin     a job has come to the controller or the NPU
 *   job_start     its transactions are about to be made
 *   job_end       it is done
 *   made          a transaction has its bytes; it is not queued yet
 *   issue         it (and the rest of its broadcast batch) is given to its queue
 *   sent          it leaves the controller's queue for its die
 *   done          it is complete, all its stamps are set
 *   queue         so many entries wait in the queue of a channel (a broadcast is one)
 *   down, up      a tenure of a bus; @bytes: moved in it
 *   sensed        a command senses @pages pages of @bytes bytes in all (fractions count by their part)
 *   run           a part of a READ_COMPUTE: its whole run through the register pipeline
 *   round         a page of each plane of a READ: sensed, moved out of the data register, there in the cache
 *                 registers
 *   read          a READ of fractions of pages, until they may begin to leave
 *   read_rest     the same READ (its number: it may be recycled), sensing on while pages leave
 *   written       a PROGRAM, COPY or ERASE of all its pages
 *   collect       a global buffer takes the results of a granule
 *   pages         a plane has moved @n more pages to its cache register, the last of them at @move
 *   dram          a DRAM access is done
 *   served        the NPU has served a job
 *   suspended     an operation that ran in [begin, at] is suspended, which takes until @end
 *   not_busy      what was told of as busy until @end ends at @at
 *   busy          a part of @resource works from @begin to @end, which may lie ahead
 */
#define IFC_PROBE_MAP(X)                                                                                     \
    X(job_begin, (const struct ifc_job *job), (job))                                                         \
    X(job_start, (const struct ifc_job *job), (job))                                                         \
    X(job_end, (const struct ifc_job *job), (job))                                                           \
    X(made, (const ifc_txn *txn), (txn))                                                                     \
    X(issue, (const ifc_txn *txn), (txn))                                                                    \
    X(sent, (const ifc_txn *txn), (txn))                                                                     \
    X(done, (const ifc_txn *txn), (txn))                                                                     \
    X(queue, (uint32_t channel, uint32_t waiting), (channel, waiting))                                       \
    X(down, (const struct ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time commands_end,         \
             ifc_time end, uint64_t bytes), (c, txn, begin, commands_end, end, bytes))                       \
    X(up, (const struct ifc_channel *c, const ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bytes),   \
      (c, txn, begin, end, bytes))                                                                           \
    X(sensed, (const ifc_txn *txn, double bytes), (txn, bytes))                                              \
    X(run, (const struct ifc_die *d, const ifc_txn *txn, const struct ifc_task *p,                           \
           const struct ifc_pipeline_run *r), (d, txn, p, r))                                                \
    X(round, (const struct ifc_die *d, const ifc_txn *txn, uint64_t round, ifc_time begin, ifc_time sensed,  \
              ifc_time moved, ifc_time there), (d, txn, round, begin, sensed, moved, there))                 \
    X(read, (const struct ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end),                     \
      (d, txn, begin, end))                                                                                  \
    X(read_rest, (const struct ifc_die *d, uint64_t id, ifc_time begin, ifc_time end), (d, id, begin, end))  \
    X(written, (const struct ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end),                  \
      (d, txn, begin, end))                                                                                  \
    X(suspended, (const struct ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time at, ifc_time end),   \
      (d, txn, begin, at, end))                                                                              \
    X(not_busy, (uint32_t resource, ifc_time at, ifc_time end), (resource, at, end))                         \
    X(collect, (const struct ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bytes),  \
      (d, txn, begin, end, bytes))                                                                           \
    X(pages, (const struct ifc_engine *e, ifc_time move, uint32_t n), (e, move, n))                          \
    X(dram, (const struct ifc_dram *d, const ifc_txn *txn), (d, txn))                                        \
    X(served, (const struct ifc_npu *n, const struct ifc_job *job), (n, job))                                \
    X(busy, (uint32_t resource, ifc_time begin, ifc_time end), (resource, begin, end))
/* clang-format on */

/** Listeners of one event at most: counters, usage, timeline, observers. */
#define IFC_LISTENERS_MAX 4

#define IFC_PROBE_HEAR(...) (void *listener, __VA_ARGS__)
#define IFC_PROBE_PASS(...) (listener, __VA_ARGS__)

/** IFC_PROBE_LIST() - a member of a probe: the listeners of one event. */
#define IFC_PROBE_LIST(event, parameters)                                                                    \
    struct {                                                                                                 \
        uint32_t n;                                                                                          \
        struct {                                                                                             \
            void(*hear) IFC_PROBE_HEAR parameters;                                                           \
            void *listener;                                                                                  \
        } on[IFC_LISTENERS_MAX];                                                                             \
    } event;

/**
 * IFC_PROBE_EVENT() - the two functions of an event of the probe type @probe_type:
 * PREFIX_listen_EVENT(probe, hear, listener) asks for it; PREFIX_EVENT(probe, ...) tells all who asked, in
 * the order in which they did. Neither blocks, nor may a listener.
 */
#define IFC_PROBE_EVENT(probe_type, prefix, event, parameters, arguments)                                    \
    static inline void prefix##_listen_##event(probe_type *probe, void(*hear) IFC_PROBE_HEAR parameters,     \
                                               void *listener)                                               \
    {                                                                                                        \
        IFC_BUG_ON(probe->event.n == IFC_LISTENERS_MAX, "too many listeners of " #event);                    \
        probe->event.on[probe->event.n].hear = hear;                                                         \
        probe->event.on[probe->event.n++].listener = listener;                                               \
    }                                                                                                        \
    static inline void prefix##_##event IFC_PROBE_SAY_##probe_type parameters                                \
    {                                                                                                        \
        for (uint32_t i = 0; i < probe->event.n; i++) {                                                      \
            void *listener = probe->event.on[i].listener;                                                    \
            probe->event.on[i].hear IFC_PROBE_PASS arguments;                                                \
        }                                                                                                    \
    }

typedef struct ifc_probe {
#define X(event, parameters, arguments) IFC_PROBE_LIST(event, parameters)
    IFC_PROBE_MAP(X)
#undef X
} ifc_probe;

#define IFC_PROBE_SAY_ifc_probe(...)    (const ifc_probe *probe, __VA_ARGS__)
#define X(event, parameters, arguments) IFC_PROBE_EVENT(ifc_probe, ifc_probe, event, parameters, arguments)
IFC_PROBE_MAP(X)
#undef X

#endif
