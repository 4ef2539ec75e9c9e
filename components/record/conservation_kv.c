/*
 * Keys and values over a run: every token's are in flash or DRAM, in the buffer, freed with its sequence or
 * dropped from the buffer with it; every page that holds them was programmed; every block is in use, free or
 * being erased.
 */
#include "components/record/conservation.h"

#include <math.h>
#include <stdlib.h>

#include "components/record/record.h"
#include "platform/common/memory.h"

typedef unsigned long long ull;

/* Of a page that takes more tokens, how much is used up. */
static double open_part(const ifc_kv_layer *l)
{
    return fmin(1, (double)l->open_tokens / l->tokens_per_page);
}

/* The same of the index of a head, in all its parts. */
static double index_pages(const ifc_kv_index *x)
{
    return x->fit ? x->parts * ((double)x->closed + fmin(1, (double)x->open_entries / x->per_page)) : 0;
}

/* Pages of each stream that are used up, over the layers of a cache; of the index, a part for each stream. */
static double used_pages(const ifc_kv *kv)
{
    double pages = 0;
    for (uint32_t l = 0; kv->group && l < kv->hw->s->model.layers; l++)
        pages += (double)kv->layers[l].closed_pages + open_part(&kv->layers[l]) +
                 index_pages(&kv->layers[l].index) / kv->kinds;
    return pages;
}

static uint64_t tokens_of(const ifc_kv *kv, uint32_t layer)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    return l->tokens + l->buffered + l->unstored;
}

static const ifc_kv *cache(const ifc_record *rec, uint32_t i)
{
    return i == 0 ? &rec->mapping->kv : &rec->mapping->others[i - 1];
}

/* ---- what caches had, that are given up ---- */

static void check_blocks(const ifc_record *rec);

static void freed(void *record, const ifc_kv *kv)
{
    ifc_record *rec = record;
    for (uint32_t l = 0; l < rec->hw->s->model.layers; l++)
        rec->freed_tokens[l] += tokens_of(kv, l);
    rec->freed_pages += used_pages(kv);
    check_blocks(rec);
}

/* Was made before, and counts once. */
static void shared(void *record, const ifc_kv *kv)
{
    ifc_record *rec = record;
    for (uint32_t l = 0; l < rec->hw->s->model.layers; l++)
        rec->freed_tokens[l] -= tokens_of(kv, l);
    rec->freed_pages -= used_pages(kv);
}

/* ---- at the end ---- */

/* What was asked for: contexts, prompts and answers; of a request, the last token's keys and values are not
 * made. */
static uint64_t tokens_made(const ifc_record *rec)
{
    const ifc_host *h = rec->host;
    const ifc_workload *w = &rec->hw->s->workload;
    uint64_t sum = 0;
    if (!h->serving.source)
        return (uint64_t)w->batch * (w->context + w->prompt) + h->latency.n;
    for (size_t i = 0; i < h->serving.n; i++) {
        const ifc_request_row *r = &h->serving.rows[i];
        sum += r->prompt - r->cached + r->generated - 1;
    }
    return sum;
}

static void check_tokens(const ifc_record *rec)
{
    uint64_t made = tokens_made(rec);
    for (uint32_t l = 0; l < rec->hw->s->model.layers; l++) {
        uint64_t there = rec->freed_tokens[l];
        for (uint32_t i = 0; i < rec->mapping->sequences; i++)
            there += tokens_of(cache(rec, i), l);
        IFC_BUG_ON(
            there != made,
            "layer %u: keys and values of %llu tokens were made, those of %llu are stored, buffered or freed",
            l, (ull)made, (ull)there);
    }
}

/* Dies programmed what the caches have used up since the begin of the run, of K and of V. */
static void check_programs(const ifc_record *rec)
{
    const ifc_kv *kv = &rec->mapping->kv;
    double used = rec->freed_pages - rec->first_pages, done = 0;
    for (uint32_t i = 0; i < rec->mapping->sequences; i++)
        used += used_pages(cache(rec, i));
    bool by_plane = ifc_kv_by_plane(&rec->mapping->kv);
    used *= (double)kv->kinds * kv->heads * (by_plane ? (double)ifc__planes_at_work(kv) : 1);
    for (uint32_t d = 0; d < kv->group->p->dies; d++) {
        const ifc_die *die = &rec->hw->dies[kv->group->first_die + d];
        done += die->pages_programmed - (double)die->pages_copied;
    }
    IFC_BUG_ON(fabs(used - done) > 1e-6 * (1 + used),
               "the KV cache has used up %.6f pages in this run, %.6f were programmed", used, done);
}

/* By their logical numbers, and by where they are. A sequence without tokens holds none but those that wait
 * for their erase. */
static void check_die(const ifc_record *rec, uint32_t die, bool over)
{
    const ifc_blocks *b = &rec->mapping->blocks.dies[die];
    uint32_t n = b->group->blocks_per_plane, mapped = 0, taken = 0, dying = 0, erased = 0;
    for (uint32_t i = 0; i < n; i++) {
        const ifc_block_row *r = &b->rows[i];
        mapped += b->map[i] != IFC_NONE && b->rows[b->map[i]].logical == i;
        taken += r->use != IFC_BLOCK_FREE;
        dying += r->dying;
        erased += r->erases;
        uint32_t sequence = r->owner ? ifc_blocks_sequence(&rec->mapping->blocks, r->owner) : 0;
        const ifc_kv *owner = r->owner ? cache(rec, sequence) : NULL;
        IFC_BUG_ON(over && owner && ifc_kv_tokens(owner) == 0,
                   "%s: a block still belongs to sequence %u, which is over", rec->hw->dies[die].name,
                   sequence + 1);
    }
    IFC_BUG_ON(mapped != taken, "%s: %u rows of blocks are allocated, %u are in use or being erased",
               rec->hw->dies[die].name, mapped, taken);
    uint64_t done = rec->hw->dies[die].blocks_erased;
    IFC_BUG_ON(over && (dying > 0 || done != (uint64_t)erased * b->group->planes),
               "%s: %llu blocks were erased, %u rows of them came back, %u wait", rec->hw->dies[die].name,
               (ull)done, erased, dying);
}

static void check_blocks(const ifc_record *rec)
{
    for (uint32_t d = 0; d < rec->hw->n_dies; d++)
        check_die(rec, d, false);
}

void ifc__conservation_kv_start(ifc_record *rec)
{
    rec->freed_tokens = ifc_alloc_zero(rec->hw->s->model.layers, sizeof *rec->freed_tokens);
    for (uint32_t i = 0; i < rec->mapping->sequences; i++)
        rec->first_pages += used_pages(cache(rec, i));
    ifc_event_listen_freed(&rec->host->events, freed, rec);
    ifc_event_listen_shared(&rec->host->events, shared, rec);
}

void ifc__conservation_kv_check(const ifc_record *rec)
{
    const ifc_effects *e = &rec->hw->s->effects;
    check_tokens(rec);
    if (rec->mapping->kv.group && e->kv_program && e->page_rounding)
        check_programs(rec);
    for (uint32_t d = 0; d < rec->hw->n_dies; d++)
        check_die(rec, d, true);
}
