/*
 * Neurons: what should be read of each layer, from when each was used, and without the list of those that are
 * missing.
 */
#include "components/record/conservation.h"

#include "components/record/record.h"
#include "platform/common/arithmetic.h"

static bool missing(const ifc_residency *r, uint32_t i)
{
    const ifc_neuron *n = r->of_layer ? &r->of_layer[(size_t)r->layer * r->neurons + i] : NULL;
    return i >= r->pinned && (!n || (n->last == r->token && r->token - n->before > r->window));
}

static bool there(const ifc_residency *r, uint32_t i)
{
    const ifc_neuron *n = r->of_layer ? &r->of_layer[(size_t)r->layer * r->neurons + i] : NULL;
    return !n || i < r->pinned || n->last == r->token || r->token - n->last < r->window;
}

/* Left between the token before and this one. */
static bool gone(const ifc_residency *r, uint32_t i)
{
    const ifc_neuron *n = r->of_layer ? &r->of_layer[(size_t)r->layer * r->neurons + i] : NULL;
    return n && i >= r->pinned && n->last != r->token && r->token - n->last == r->window;
}

/* Whole pages of each request: of as many neighbours as it takes. */
static uint64_t pages(const ifc_record *rec, const ifc_residency *r)
{
    const ifc_residency_params *p = &rec->hw->s->placement.residency;
    uint64_t page = rec->hw->s->groups[ifc_scenario_group(rec->hw->s, p->store)].page, sum = 0, run = 0;
    uint64_t rows = p->bundle ? 1 : rec->hw->s->model.ffn_matrices, each = r->neuron_bytes / rows;
    uint64_t most = p->merge > each ? p->merge / each : 1;
    for (uint32_t i = 0; i <= r->neurons; i++) {
        bool reads = i < r->neurons && missing(r, i);
        run += reads;
        if (run > 0 && (!reads || run == most)) {
            sum += ifc_div_up(run * each, page);
            run = 0;
        }
    }
    return sum * rows;
}

static void count(void *record, const ifc_job *job)
{
    ifc_record *rec = record;
    const ifc_residency *r = &rec->mapping->residency;
    const ifc_model *m = &rec->hw->s->model;
    uint64_t moved = 0, resident = 0;
    bool moves = job->kind == IFC_OP_ARRANGE,
         multiplies = job->kind == IFC_OP_GATE_UP || job->kind == IFC_OP_DOWN;
    if (!r->is || job->part_of)
        return;
    for (uint32_t i = 0; (moves || multiplies) && i < r->neurons; i++) {
        moved += r->window > 0 ? missing(r, i) + gone(r, i) : 0;
        resident += there(r, i);
    }
    if (job->kind == IFC_OP_FETCH)
        rec->neuron_pages += pages(rec, r);
    else if (job->kind == IFC_OP_PREDICT)
        rec->neuron_bytes += ifc_residency_predictor(rec->hw->s);
    else if (moves)
        rec->neuron_bytes += 2 * moved * r->neuron_bytes;
    else if (multiplies)
        rec->neuron_bytes += resident * r->neuron_bytes / m->ffn_matrices *
                             (job->kind == IFC_OP_DOWN ? 1 : m->ffn_matrices - 1);
}

void ifc_conservation_neurons_listen(ifc_record *rec)
{
    ifc_probe_listen_job_start(&rec->hw->probe, count, rec);
}
