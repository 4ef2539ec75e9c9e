/**
 * Sequences that decode together, and what each step advances them by.
 */
#ifndef IFC_STEPS_H
#define IFC_STEPS_H

#include "components/mapping/mapping.h"

/** A sequence under way. */
typedef struct ifc_sequence {
    ifc_kv *kv;
    uint32_t left; /* tokens it has still to generate */
} ifc_sequence;

typedef struct ifc_steps {
    const ifc_scenario *s;
    ifc_sequence *sequences; /* owned */
    uint32_t n;
    ifc_sequence **of;    /* owned; whose each part of the step is */
    ifc_step step;        /* the one under way; its parts are owned */
    uint64_t *by_vectors; /* owned; steps so far, by their vectors */
    uint64_t rng;
} ifc_steps;

/** ifc_steps_init() - all sequences of @map (borrowed) begin to generate. */
void ifc_steps_init(ifc_steps *t, ifc_mapping *map);
void ifc_steps_fini(ifc_steps *t);

/** ifc_steps_next() - make the next step: of all sequences that have not ended. Return: false: there is none.
 */
bool ifc_steps_next(ifc_steps *t);

/** ifc_steps_end() - the step is over: drafted tokens that were refused are gone, what is generated is
 * counted. */
void ifc_steps_end(ifc_steps *t);

/** ifc_steps_part() - which part of the step under way has this cache; their number: none. */
uint32_t ifc_steps_part(const ifc_steps *t, const ifc_kv *kv);

#endif
