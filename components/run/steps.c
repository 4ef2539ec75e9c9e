#include "components/run/steps.h"

#include <stdlib.h>

#include "platform/common/memory.h"
#include "platform/common/random.h"

void ifc_steps_init(ifc_steps *t, ifc_mapping *map)
{
    const ifc_workload *w = &map->hw->s->workload;
    *t = (ifc_steps){.s = map->hw->s, .n = map->sequences, .rng = map->hw->s->simulation.seed};
    t->sequences = ifc_alloc_zero(t->n, sizeof *t->sequences);
    t->of = ifc_alloc_zero(t->n, sizeof(ifc_sequence *));
    t->step.parts = ifc_alloc_zero(t->n, sizeof *t->step.parts);
    t->by_vectors = ifc_alloc_zero((size_t)t->n * (1 + w->draft.tokens) + 1, sizeof *t->by_vectors);
    for (uint32_t i = 0; i < t->n; i++)
        t->sequences[i] = (ifc_sequence){.kv = ifc_mapping_cache(map, i), .left = w->tokens};
}

void ifc_steps_fini(ifc_steps *t)
{
    free(t->sequences);
    free(t->of);
    free(t->step.parts);
    free(t->by_vectors);
    *t = (ifc_steps){.n = 0};
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

bool ifc_steps_next(ifc_steps *t)
{
    ifc_step *step = &t->step;
    step->n = step->vectors = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        ifc_sequence *q = &t->sequences[i];
        if (q->left == 0)
            continue;
        ifc_step_part *p = &step->parts[step->n];
        *p = (ifc_step_part){
            .kv = q->kv, .tokens = 1 + t->s->workload.draft.tokens, .kept = draw_kept(t, q->left)};
        q->kv->drafted = p->tokens - 1;
        step->vectors += p->tokens;
        t->of[step->n++] = q;
    }
    return step->n > 0;
}

void ifc_steps_end(ifc_steps *t)
{
    const ifc_step *step = &t->step;
    for (uint32_t i = 0; i < step->n; i++) {
        const ifc_step_part *p = &step->parts[i];
        for (uint32_t l = 0; l < t->s->model.layers; l++)
            ifc_kv_drop(p->kv, l, p->tokens - p->kept);
        p->kv->drafted = 0;
        t->of[i]->left -= p->kept;
    }
    t->by_vectors[step->vectors]++;
}

uint32_t ifc_steps_part(const ifc_steps *t, const ifc_kv *kv)
{
    uint32_t i = 0;
    while (i < t->step.n && t->step.parts[i].kv != kv)
        i++;
    return i;
}
