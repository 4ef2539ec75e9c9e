/**
 * After how many tokens flushes and pages of the KV cache begin anew: figures over a whole number of such
 * periods hold every flush and every page that so many tokens come to. Follows from the scenario alone.
 */
#ifndef IFC_KV_PERIOD_H
#define IFC_KV_PERIOD_H

#include "platform/scenario/scenario.h"

/** Layers that flush alike. What the buffer cannot share out evenly makes two kinds, one token apart. */
typedef struct ifc_kv_kind {
    uint32_t layers;      /* 0: there are none */
    uint64_t share;       /* tokens from one flush to the next, of a buffer that is flushed when it is full */
    uint64_t page_tokens; /* of a page of a stream */
} ifc_kv_kind;

typedef struct ifc_kv_period {
    ifc_kv_kind kinds[2];
    bool flushes;          /* something is buffered and programmed */
    uint64_t flush_tokens; /* least common multiple of the shares; 1: no flushes */
    uint64_t tokens;       /* of these and of the tokens of the pages; 1: nothing comes in steps */
} ifc_kv_period;

/** Tokens beyond which "period" stands for whole flush periods only. */
#define IFC_KV_PERIOD_MAX 1024

/**
 * ifc_kv_period_of() - of a decode workload
 * KV in DRAM, and a stream of requests, have no period: 1. So have flushes without effects.kv_program and
 * pages without effects.page_rounding. Planes are shared evenly among the heads, as the built-in placements
 * do; a kv_flush policy that flushes earlier has shorter flush periods than this.
 */
void ifc_kv_period_of(const ifc_scenario *s, ifc_kv_period *out);

/**
 * ifc_kv_period_run() - the tokens that workload.tokens = "period" decodes: a whole period, or above
 * IFC_KV_PERIOD_MAX the nearest whole number of flush periods
 * Where layers flush so differently that even their common flush period is longer, those of most tokens
 * count.
 */
uint32_t ifc_kv_period_run(const ifc_kv_period *p);

/** ifc_kv_flushes_due() - layer flushes that @tokens tokens come to in the long run: fractions too. */
double ifc_kv_flushes_due(const ifc_kv_period *p, uint64_t tokens);

/** ifc_kv_flushes_seen() - layer flushes within @tokens tokens that begin with an empty buffer. */
uint64_t ifc_kv_flushes_seen(const ifc_kv_period *p, uint64_t tokens);

/** ifc_kv_longest_share() - tokens after which every layer has flushed; 0: no flushes. */
uint64_t ifc_kv_longest_share(const ifc_kv_period *p);

#endif
