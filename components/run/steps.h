/**
 * Sequences under way, and what each step advances them by: a chunk of one's prompt, or a token of each that
 * decodes (with drafted ones, several).
 */
#ifndef IFC_STEPS_H
#define IFC_STEPS_H

#include "components/mapping/mapping.h"

/** A place for a sequence, with its cache. */
typedef struct ifc_sequence {
    ifc_kv *kv;
    uint64_t prompt; /* tokens of its prompt that are still to be prefilled */
    uint32_t left;   /* tokens it has still to generate */
    bool busy;       /* the place is taken */
    uint64_t order;  /* of those that began, which one it is */
} ifc_sequence;

/** How many steps there were, by their vectors. Owned. */
typedef struct ifc_step_counts {
    uint64_t *times; /* [vectors] */
    size_t n, room;
} ifc_step_counts;

typedef struct ifc_steps {
    const ifc_scenario *s;
    ifc_sequence *sequences; /* owned */
    uint32_t n;
    uint64_t begun;
    ifc_sequence **of; /* owned; whose each part of the step is */
    ifc_step step;     /* the one under way; its parts are owned */
    bool ends_prompt;  /* a step of a prompt: its last */
    bool prompts_first;
    uint64_t number; /* of steps so far */
    uint64_t rng;
    /* what was done: for the books */
    ifc_step_counts layers, heads; /* all layers, and what follows them */
    ifc_step_counts streamed;      /* all layers of a prompt, on the NPU */
    uint64_t embedded;             /* tokens */
} ifc_steps;

typedef enum ifc_step_kind { IFC_STEP_NONE, IFC_STEP_PROMPT, IFC_STEP_DECODE } ifc_step_kind;

/** ifc_steps_init() - places for all caches of @map (borrowed), free. */
void ifc_steps_init(ifc_steps *t, ifc_mapping *map);
void ifc_steps_fini(ifc_steps *t);

/** ifc_steps_free() - a free place. NULL: there is none. */
ifc_sequence *ifc_steps_free(ifc_steps *t);

/** ifc_steps_begin() - a sequence takes a place: @prompt tokens to be prefilled, then @left to generate. */
void ifc_steps_begin(ifc_steps *t, ifc_sequence *q, uint64_t prompt, uint32_t left);

/**
 * ifc_steps_next() - make the next step: a chunk of the prompt that came first, or a token of all that
 * decode. While there are both they take turns, unless prompts go first.
 */
ifc_step_kind ifc_steps_next(ifc_steps *t);

/** ifc_steps_again() - make a step of @tokens tokens that @q had before, ahead of those of its prompt. */
void ifc_steps_again(ifc_steps *t, ifc_sequence *q, uint32_t tokens);

/**
 * ifc_steps_make() - make a step that somebody chose: a chunk of the prompt of @prompt, or, where that is
 * NULL, a token of each sequence for which decodes[its place] is set
 */
ifc_step_kind ifc_steps_make(ifc_steps *t, ifc_sequence *prompt, const bool *decodes);

/** ifc_steps_end() - the step is over: drafted tokens that were refused are gone, what is generated is
 * counted. */
void ifc_steps_end(ifc_steps *t);

/** ifc_steps_part() - which part of the step under way has this cache; their number: none. */
uint32_t ifc_steps_part(const ifc_steps *t, const ifc_kv *kv);

#endif
