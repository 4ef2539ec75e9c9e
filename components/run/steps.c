#include "components/run/steps.h"

#include <stdlib.h>

#include "platform/common/memory.h"
#include "platform/common/random.h"

void ifc_steps_init(ifc_steps *t, ifc_mapping *map)
{
    *t = (ifc_steps){.s = map->hw->s, .n = map->sequences, .rng = map->hw->s->simulation.seed};
    t->sequences = ifc_alloc_zero(t->n, sizeof *t->sequences);
    t->of = ifc_alloc_zero(t->n, sizeof(ifc_sequence *));
    t->step.parts = ifc_alloc_zero(t->n, sizeof *t->step.parts);
    for (uint32_t i = 0; i < t->n; i++)
        t->sequences[i].kv = ifc_mapping_cache(map, i);
}

void ifc_steps_fini(ifc_steps *t)
{
    free(t->sequences);
    free(t->of);
    free(t->step.parts);
    free(t->layers.times);
    free(t->heads.times);
    free(t->streamed.times);
    *t = (ifc_steps){.n = 0};
}

static void count(ifc_step_counts *c, uint32_t vectors)
{
    while (c->n <= vectors) {
        c->times = ifc_grow(c->times, &c->room, c->n, sizeof *c->times);
        c->times[c->n++] = 0;
    }
    c->times[vectors]++;
}

ifc_sequence *ifc_steps_free(ifc_steps *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (!t->sequences[i].busy)
            return &t->sequences[i];
    return NULL;
}

void ifc_steps_begin(ifc_steps *t, ifc_sequence *q, uint64_t prompt, uint32_t left)
{
    q->busy = true;
    q->prompt = prompt;
    q->left = left;
    q->order = t->begun++;
}

/* Drafted tokens stay up to the first that is wrong; after them comes one that is right in any case. */
static uint32_t draw_kept(ifc_steps *t, uint32_t left)
{
    const ifc_workload *w = &t->s->workload;
    uint32_t kept = 1;
    while (kept <= w->draft.tokens && ifc_random_unit(&t->rng) <= w->draft.acceptance)
        kept++;
    return kept < left ? kept : left;
}

static void add_part(ifc_steps *t, ifc_sequence *q, uint32_t tokens, uint32_t kept)
{
    ifc_step *step = &t->step;
    step->parts[step->n] = (ifc_step_part){.kv = q->kv, .tokens = tokens, .kept = kept};
    step->vectors += tokens;
    t->of[step->n++] = q;
}

static ifc_sequence *first_prompt(ifc_steps *t)
{
    ifc_sequence *first = NULL;
    for (uint32_t i = 0; i < t->n; i++) {
        ifc_sequence *q = &t->sequences[i];
        if (q->prompt > 0 && (!first || q->order < first->order))
            first = q;
    }
    return first;
}

static void take_chunk(ifc_steps *t, ifc_sequence *q)
{
    uint32_t most = t->s->workload.chunk;
    uint32_t tokens = (uint32_t)(most && q->prompt > most ? most : q->prompt);
    t->step.prompt = true;
    t->ends_prompt = tokens == q->prompt;
    add_part(t, q, tokens, tokens);
}

/* @decodes: by place; NULL: all that can. */
static void take_tokens(ifc_steps *t, const bool *decodes)
{
    uint32_t drafted = t->s->workload.draft.tokens;
    for (uint32_t i = 0; i < t->n; i++) {
        ifc_sequence *q = &t->sequences[i];
        if (q->left == 0 || q->prompt > 0 || (decodes && !decodes[i]))
            continue;
        q->kv->drafted = drafted;
        add_part(t, q, 1 + drafted, draw_kept(t, q->left));
    }
}

static bool decodes(const ifc_steps *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (t->sequences[i].left > 0 && t->sequences[i].prompt == 0)
            return true;
    return false;
}

ifc_step_kind ifc_steps_make(ifc_steps *t, ifc_sequence *prompt, const bool *decodes)
{
    t->step.n = t->step.vectors = 0;
    t->step.prompt = false;
    if (prompt)
        take_chunk(t, prompt);
    else
        take_tokens(t, decodes);
    if (t->step.n == 0)
        return IFC_STEP_NONE;
    return t->step.prompt ? IFC_STEP_PROMPT : IFC_STEP_DECODE;
}

void ifc_steps_again(ifc_steps *t, ifc_sequence *q, uint32_t tokens)
{
    t->step.n = t->step.vectors = 0;
    t->step.prompt = true;
    t->ends_prompt = false;
    q->prompt += tokens;
    add_part(t, q, tokens, tokens);
}

ifc_step_kind ifc_steps_next(ifc_steps *t)
{
    ifc_sequence *prompt = first_prompt(t);
    bool turn = t->prompts_first || !t->step.prompt || !decodes(t);
    return ifc_steps_make(t, turn ? prompt : NULL, NULL);
}

static void end_chunk(ifc_steps *t)
{
    uint32_t tokens = t->step.parts[0].tokens;
    t->of[0]->prompt -= tokens;
    count(t->s->placement.prefill == IFC_PREFILL_NPU ? &t->streamed : &t->layers, tokens);
    if (t->ends_prompt)
        count(&t->heads, 1);
    t->embedded += tokens;
}

static void end_tokens(ifc_steps *t)
{
    const ifc_step *step = &t->step;
    for (uint32_t i = 0; i < step->n; i++) {
        const ifc_step_part *p = &step->parts[i];
        for (uint32_t l = 0; l < t->s->model.layers; l++)
            ifc_kv_drop(p->kv, l, p->tokens - p->kept);
        p->kv->drafted = 0;
        t->of[i]->left -= p->kept;
    }
    count(&t->layers, step->vectors);
    count(&t->heads, step->vectors);
    t->embedded += step->vectors;
}

void ifc_steps_end(ifc_steps *t)
{
    t->number++;
    if (t->step.prompt)
        end_chunk(t);
    else
        end_tokens(t);
}

uint32_t ifc_steps_part(const ifc_steps *t, const ifc_kv *kv)
{
    uint32_t i = 0;
    while (i < t->step.n && t->step.parts[i].kv != kv)
        i++;
    return i;
}
