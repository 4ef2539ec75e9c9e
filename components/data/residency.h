/**
 * Which neurons of the feed-forward part are in DRAM: those that were needed lately. A neuron is a row of
 * gate and up and the column of down that belongs to it.
 *
 * Which ones a token needs is drawn, neuron by neuron, from the times between two uses: P(at least i tokens)
 * = i^-decay, up to a longest one that makes the mean share of needed neurons what the scenario says. So a
 * token needs flagged x i^-decay neurons that none of the i - 1 tokens before it needed.
 */
#ifndef IFC_RESIDENCY_H
#define IFC_RESIDENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/scenario/scenario.h"

/** One neuron: tokens of the run at which it was needed last and before that, and at which it is next. The
 * first token is number IFC_RESIDENCY_FIRST. */
typedef struct ifc_neuron {
    uint32_t next, last, before;
} ifc_neuron;

/** Later than any token before the run. */
#define IFC_RESIDENCY_FIRST 1000000u

typedef struct ifc_residency {
    bool is;
    uint32_t layers, neurons, window,
        pinned;            /* neurons: of a layer; pinned: the first ones, which always stay */
    uint64_t neuron_bytes; /* in DRAM */
    ifc_neuron *of_layer;  /* owned; [layer][neuron]; NULL: a token needs all of them */
    double *longer;        /* owned; [i]: P(at least i + 1 tokens) */
    double *before_that;   /* owned; [i]: sum of the first i of those */
    uint32_t longest;
    uint64_t rng;
    uint32_t token; /* under way */
    /* of the layer under way */
    uint32_t layer, needed, resident, dropped, n_missing;
    uint32_t *missing; /* owned; in ascending order */
} ifc_residency;

/** ifc_residency_init() - as long before the run tokens were like those in it. */
void ifc_residency_init(ifc_residency *r, const ifc_scenario *s);
void ifc_residency_fini(ifc_residency *r);

/** ifc_residency_step() - @layer of @token, counted from 0: what it needs, and what is missing of that in
 * DRAM. */
void ifc_residency_step(ifc_residency *r, uint32_t token, uint32_t layer);

/** ifc_residency_longest() - longest time between two uses. Return: 0: none makes so few of them. */
uint32_t ifc_residency_longest(double flagged, double decay);

/** ifc_residency_bytes() - DRAM for the rows that stay on average, and for the predictor. */
uint64_t ifc_residency_bytes(const ifc_scenario *s);

/** ifc_residency_predictor() - bytes of the predictor of a layer. */
uint64_t ifc_residency_predictor(const ifc_scenario *s);

/** ifc_residency_chunk() - bytes of a row of one matrix. */
uint64_t ifc_residency_chunk(const ifc_scenario *s);

#endif
