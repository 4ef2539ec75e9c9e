#include "components/data/residency.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/random.h"
#include "workloads/model.h"

#define LONGEST_MAX 100000u

uint32_t ifc_residency_longest(double flagged, double decay)
{
    double sum = 0;
    for (uint32_t i = 1; i <= LONGEST_MAX; i++)
        if ((sum += pow(i, -decay)) >= 1 / flagged)
            return i;
    return 0;
}

/* The last step is as low as the mean wants it. */
static void make_times(ifc_residency *r, const ifc_residency_params *p)
{
    double left = 1 / p->flagged;
    r->longest = ifc_residency_longest(p->flagged, p->decay);
    r->longer = ifc_alloc_zero(r->longest + 1, sizeof *r->longer);
    r->before_that = ifc_alloc_zero(r->longest + 1, sizeof *r->before_that);
    for (uint32_t i = 0; i < r->longest; i++) {
        r->longer[i] = i + 1 < r->longest ? pow(i + 1, -p->decay) : left;
        left -= r->longer[i];
        r->before_that[i + 1] = r->before_that[i] + r->longer[i];
    }
}

/* Tokens until the next use: the last i with P(at least i) >= u. */
static uint32_t draw(ifc_residency *r, double u)
{
    uint32_t low = 1, high = r->longest;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        if (r->longer[middle - 1] >= u)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Before the run it was like in it: it is a tokens ago that a neuron was used last as likely as a time is
 * longer than that. */
static void begin(ifc_residency *r, ifc_neuron *n)
{
    double u = ifc_random_unit(&r->rng) * r->before_that[r->longest];
    uint32_t low = 0, high = r->longest - 1;
    while (low < high) { /* the last a with the sum of those before it below u */
        uint32_t middle = low + (high - low + 1) / 2;
        if (r->before_that[middle] < u)
            low = middle;
        else
            high = middle - 1;
    }
    n->last = IFC_RESIDENCY_FIRST - 1 - low;
    n->before = n->last - 1;
    n->next = n->last + draw(r, ifc_random_unit(&r->rng) * r->longer[low]);
}

uint64_t ifc_residency_chunk(const ifc_scenario *s)
{
    return ifc_model_row_bytes(&s->model, IFC_WEIGHTS_GATE_UP, s->model.hidden);
}

void ifc_residency_init(ifc_residency *r, const ifc_scenario *s)
{
    const ifc_residency_params *p = &s->placement.residency;
    *r = (ifc_residency){.is = s->workload.kind == IFC_WORKLOAD_DECODE && p->store[0] != '\0',
                         .layers = s->model.layers,
                         .neurons = s->model.ffn,
                         .window = p->window,
                         .rng = s->simulation.seed};
    if (!r->is)
        return;
    r->pinned = (uint32_t)(p->pinned * r->neurons);
    r->neuron_bytes = s->model.ffn_matrices * ifc_residency_chunk(s);
    r->missing = ifc_alloc_zero(r->neurons + 1, sizeof *r->missing);
    if (p->flagged >= 1)
        return;
    make_times(r, p);
    r->of_layer = ifc_alloc_zero((size_t)r->layers * r->neurons, sizeof *r->of_layer);
    for (size_t i = 0; i < (size_t)r->layers * r->neurons; i++)
        begin(r, &r->of_layer[i]);
}

void ifc_residency_fini(ifc_residency *r)
{
    free(r->of_layer);
    free(r->longer);
    free(r->before_that);
    free(r->missing);
    *r = (ifc_residency){0};
}

static void use(ifc_residency *r, ifc_neuron *n)
{
    n->before = n->last;
    n->last = r->token;
    n->next = r->token + draw(r, ifc_random_unit(&r->rng));
    r->needed++;
}

void ifc_residency_step(ifc_residency *r, uint32_t token, uint32_t layer)
{
    r->token = IFC_RESIDENCY_FIRST + token;
    r->layer = layer;
    r->needed = r->resident = r->dropped = r->n_missing = 0;
    for (uint32_t i = 0; i < r->neurons; i++) {
        ifc_neuron *n = r->of_layer ? &r->of_layer[(size_t)layer * r->neurons + i] : NULL;
        if (n && n->next == r->token)
            use(r, n);
        bool needed = !n || n->last == r->token;
        bool was = n && r->token - (needed ? n->before : n->last) <= r->window, pinned = i < r->pinned;
        if (needed && !was && !pinned)
            r->missing[r->n_missing++] = i;
        bool stays = n && r->token - n->last < r->window;
        r->resident += pinned || needed || stays;
        r->dropped += was && !stays && !needed && !pinned;
    }
    r->needed = r->of_layer ? r->needed : r->neurons;
}

uint64_t ifc_residency_predictor(const ifc_scenario *s)
{
    const ifc_model *m = &s->model;
    uint64_t weights = (uint64_t)s->placement.residency.rank * (m->hidden + m->ffn);
    return (weights * m->weight_bits + 7) / 8;
}

uint64_t ifc_residency_bytes(const ifc_scenario *s)
{
    const ifc_residency_params *p = &s->placement.residency;
    double share = 0, once = p->window == 0 ? p->flagged : 0; /* of what does not stay, a layer's is there */
    for (uint32_t i = 1; p->flagged < 1 && i <= p->window && i <= LONGEST_MAX; i++)
        share += p->flagged * pow(i, -p->decay);
    share = p->pinned + (1 - p->pinned) * (share < 1 ? share : 1);
    uint64_t neuron = s->model.ffn_matrices * ifc_residency_chunk(s);
    uint64_t rows = (uint64_t)ceil(share * s->model.ffn) * neuron;
    uint64_t passing = (uint64_t)ceil((1 - p->pinned) * once * s->model.ffn) * neuron;
    return s->model.layers * (rows + ifc_residency_predictor(s)) + passing;
}
