/*
 * Contexts: pages of the store that should be read and programmed, from the chunks that move; and where all
 * chunks are at the end.
 */
#include "components/record/conservation.h"

#include <math.h>

#include "components/record/record.h"
#include "platform/common/arithmetic.h"

typedef unsigned long long ull;

/* Of one layer: each chunk has pages of its own. */
static uint64_t moving_pages(const ifc_contexts *c, uint64_t page)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->all[i].n; k++) {
            const ifc_context_chunk *chunk = &c->all[i].chunks[k];
            sum += chunk->moving ? ifc_div_up(c->layer_bytes / (1u << chunk->level), page) : 0;
        }
    return sum;
}

static void count(void *record, const ifc_job *job)
{
    ifc_record *rec = record;
    const ifc_contexts *c = &rec->mapping->contexts;
    if (job->kind != IFC_OP_SWAP_IN && job->kind != IFC_OP_SWAP_OUT)
        return;
    uint64_t page = rec->hw->s->groups[ifc_scenario_group(rec->hw->s, c->p->store)].page;
    uint64_t pages = moving_pages(c, page);
    if (job->kind == IFC_OP_SWAP_IN)
        rec->asked_kv_pages += pages;
    else
        rec->swapped_pages += pages * c->layers;
}

void ifc__conservation_contexts_listen(ifc_record *rec)
{
    if (rec->mapping->contexts.p)
        ifc_probe_listen_job_start(&rec->hw->probe, count, rec);
}

static void check_programs(const ifc_record *rec)
{
    int group = ifc_scenario_group(rec->hw->s, rec->mapping->contexts.p->store);
    double done = 0;
    for (uint32_t d = 0; group >= 0 && d < rec->hw->groups[group].p->dies; d++)
        done += rec->hw->dies[rec->hw->groups[group].first_die + d].pages_programmed;
    IFC_BUG_ON(fabs(done - (double)rec->swapped_pages) > 1e-6 * (1 + done),
               "%llu pages of chunks were to be programmed, %.6f were", (ull)rec->swapped_pages, done);
}

void ifc__conservation_contexts_check(const ifc_record *rec)
{
    const ifc_contexts *c = &rec->mapping->contexts;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        const ifc_context *x = &c->all[i];
        uint64_t tokens = ifc_kv_tokens(i ? &rec->mapping->others[i - 1] : &rec->mapping->kv);
        IFC_BUG_ON(x->n != ifc_div_up(tokens, c->p->chunk), "context %u: %zu chunks of %llu tokens", i, x->n,
                   (ull)tokens);
        for (size_t k = 0; k < x->n; k++) {
            IFC_BUG_ON(x->chunks[k].moving, "context %u: chunk %zu still moves", i, k);
            bytes += x->chunks[k].here ? (c->layer_bytes >> x->chunks[k].level) * c->layers : 0;
        }
    }
    IFC_BUG_ON(bytes != c->bytes, "contexts: %llu bytes are in memory, %llu are counted", (ull)bytes,
               (ull)c->bytes);
    if (c->p)
        check_programs(rec);
}
