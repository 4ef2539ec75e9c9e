#include "components/data/errors.h"

#include <math.h>
#include <stdlib.h>

#include "components/data/reads.h"
#include "components/hardware/flash/address.h"
#include "components/hardware/flash/retry.h"
#include "components/hardware/hardware.h"
#include "components/hardware/job.h"
#include "platform/common/memory.h"
#include "platform/common/random.h"

static ifc_status read_table(ifc_error_group *g, const ifc_flash_group *p, ifc_error *err)
{
    ifc_diagnostics diag = {0};
    ifc_status status = ifc_rber_file_read(&g->file, p->errors.table, p->errors.table, &diag);
    if (status != IFC_OK)
        status = ifc_fail(err, status, "%s", diag.items[0].text);
    ifc_diagnostics_fini(&diag);
    return status;
}

static ifc_status init_group(ifc_error_group *g, const ifc_flash_group *p, ifc_error *err)
{
    *g = (ifc_error_group){.law = (ifc_rber_law)p->errors.law, .on = p->errors.law != IFC_RBER_NONE};
    if (!g->on)
        return IFC_OK;
    ifc_status status = g->law == IFC_RBER_TABLE ? read_table(g, p, err) : IFC_OK;
    if (status != IFC_OK)
        return status;
    g->range = ifc_rber_range_of(g->law, &g->file.table);
    g->pe_scale = ifc_errors_pe_scale(p, &g->range);
    g->acceleration = ifc_rber_acceleration(p->errors.temperature);
    g->codewords = (uint32_t)(8 * (p->page + p->spare) / p->ecc.codeword);
    for (uint32_t i = 0; i < IFC_ERROR_PARTS; i++)
        g->parts[i] = 1;
    if (p->errors.spread != IFC_SPREAD_NONE)
        ifc_rber_spread(p->errors.spread, IFC_ERROR_PARTS, g->parts);
    return IFC_OK;
}

ifc_status ifc_errors_init(ifc_errors *e, ifc_block_table *blocks, ifc_error *err)
{
    const ifc_hardware *hw = blocks->hw;
    ifc_status status = IFC_OK;
    *e = (ifc_errors){.blocks = blocks, .token = UINT32_MAX};
    for (uint32_t g = 0; g < hw->s->n_groups && status == IFC_OK; g++) {
        status = init_group(&e->groups[g], &hw->s->groups[g], err);
        e->on |= e->groups[g].on;
    }
    e->rows = ifc_alloc_zero(hw->n_dies + 1, sizeof *e->rows);
    return status;
}

void ifc_errors_fini(ifc_errors *e)
{
    for (uint32_t g = 0; g < IFC_GROUPS_MAX; g++)
        ifc_rber_file_fini(&e->groups[g].file);
    free(e->rows);
    *e = (ifc_errors){0};
}

/* ---- how a row of blocks is ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t state = a ^ (b * 0x9e3779b97f4a7c15u);
    return ifc_random(&state);
}

/* What a run adds may go beyond the law: it then counts as the end of its range, and is told. */
static void find_rate(ifc_errors *e, ifc_error_group *g, uint32_t die, ifc_error_row *at)
{
    const ifc_blocks *b = &e->blocks->dies[die];
    const ifc_flash_group *p = b->group;
    const ifc_block_row *r = &b->rows[at->row];
    uint32_t cycles = r->cycles > r->erases ? r->cycles : r->erases;
    double now = (double)ifc_now() * 1e-12;
    double age = r->programmed ? now - (double)r->since * 1e-12 : p->errors.age + now;
    const ifc_rber_state s = {.pe = (p->errors.initial_pe + cycles) * g->pe_scale,
                              .seconds = age * g->acceleration,
                              .reads = r->reads / p->pages_per_block};
    g->beyond +=
        s.pe > g->range.high.pe || s.seconds > g->range.high.seconds || s.reads > g->range.high.reads;
    at->rber = ifc_rber(g->law, &g->file.table, &s);
    for (uint32_t i = 0; i < IFC_ERROR_PARTS; i++)
        at->fails[i] = -1;
}

static const ifc_flash_group *params(const ifc_errors *e, const ifc_txn *t)
{
    return e->blocks->hw->groups[t->group].p;
}

/* Probability that a codeword fails: of a page of part @part of the row, in its n-th retry. */
static double fails(const ifc_flash_group *p, const ifc_error_group *g, const ifc_error_row *r, uint32_t part,
                    uint32_t retry)
{
    double rber = r->rber * g->parts[part] * pow(p->ecc.retry_rber, retry);
    return ifc_rber_fails(p->ecc.codeword, p->ecc.correct, rber < 0.5 ? rber : 0.5);
}

static double fails_at_first(const ifc_flash_group *p, const ifc_error_group *g, ifc_error_row *r,
                             uint32_t part)
{
    if (r->fails[part] < 0)
        r->fails[part] = fails(p, g, r, part, 0);
    return r->fails[part];
}

/* ---- draws ---- */

bool ifc__errors_begin(ifc_errors *e, const ifc_txn *t, uint64_t nth)
{
    const ifc_job *job = t->job;
    if (!e->groups[t->group].on)
        return false;
    bool stream = e->blocks->hw->s->workload.kind == IFC_WORKLOAD_STREAM;
    if (stream || job->token != e->token) {
        e->token = job->token;
        e->when++;
        ifc_blocks_spread(e->blocks); /* reads are gathered until somebody looks at rows */
    }
    const uint64_t of[] = {
        stream ? 0 : job->token, job->layer, (uint64_t)t->op_kind, job->head_group, t->die, t->tile, nth};
    e->rng = e->blocks->hw->s->simulation.seed;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        e->rng = mix(e->rng, of[i]);
    return true;
}

/* How many codewords do not fail before one does. */
static double next_failure(ifc_errors *e, double p)
{
    return p >= 1 ? 0 : floor(log(ifc_random_unit(&e->rng)) / log1p(-p));
}

/* A codeword has failed: its retries. */
static ifc_retry retry(ifc_errors *e, const ifc_flash_group *p, const ifc_error_group *g,
                       const ifc_error_row *r, uint32_t part)
{
    for (uint32_t n = 1; n <= p->ecc.retries; n++)
        if (ifc_random_unit(&e->rng) > fails(p, g, r, part, n))
            return (ifc_retry){.times = (uint8_t)n};
    return (ifc_retry){.times = (uint8_t)p->ecc.retries, .lost = true};
}

/* The planes of a command, and rounds of pages of each: not every plane has a page in every round. */
static bool has_page(const ifc_txn *t, uint32_t plane, uint32_t planes, uint64_t round)
{
    return round < ifc_address_pages(t, plane, planes);
}

static void count(ifc_error_group *g, const ifc_txn *t, uint32_t before)
{
    for (uint32_t i = before; i < t->n_retries; i++) {
        g->failed[t->traffic_class]++;
        g->senses += t->retries[i].times;
        g->lost[t->traffic_class] += t->retries[i].lost;
    }
}

void ifc__errors_draw(ifc_errors *e, ifc_txn *t, uint64_t from, uint64_t to, uint32_t row, uint64_t page)
{
    ifc_error_group *g = &e->groups[t->group];
    const ifc_flash_group *p = params(e, t);
    ifc_error_row *r = &e->rows[t->die];
    if (r->row != row || r->when != e->when) {
        *r = (ifc_error_row){.row = row, .when = e->when};
        find_rate(e, g, t->die, r);
    }
    double most = fails_at_first(p, g, r, IFC_ERROR_PARTS - 1);
    uint64_t round_words = (uint64_t)p->planes * g->codewords, words = (to - from) * round_words;
    uint32_t before = t->n_retries;
    double at = most > 0 ? next_failure(e, most) : INFINITY;
    for (; at < (double)words; at += 1 + next_failure(e, most)) {
        uint64_t word = (uint64_t)at, round = from + word / round_words;
        uint32_t plane = (uint32_t)(word / g->codewords % p->planes);
        uint64_t where = mix(mix(mix(t->die, plane), row), page + round - from);
        uint32_t part = (uint32_t)(mix(where, e->blocks->hw->s->simulation.seed) % IFC_ERROR_PARTS);
        /* failures come as often as in the worst pages: of others some are none */
        if (!has_page(t, plane, p->planes, round) ||
            ifc_random_unit(&e->rng) * most > fails_at_first(p, g, r, part))
            continue;
        ifc_retry failed = retry(e, p, g, r, part);
        failed.round = (uint32_t)round;
        failed.plane = (uint16_t)plane;
        ifc_retry_add(t, &failed);
    }
    count(g, t, before);
    ifc_block_row *block = &e->blocks->dies[t->die].rows[row];
    for (uint32_t i = before; i < t->n_retries; i++)
        block->reads += (double)t->retries[i].times / p->planes;
    block->most_reads = block->reads > block->most_reads ? block->reads : block->most_reads;
}
