#include "components/record/collect.h"

#include <stdlib.h>
#include <string.h>

#include "components/record/collect_stream.h"
#include "components/record/detail.h"
#include "platform/common/memory.h"
#include "platform/observe/roofline.h"
#include "workloads/model.h"

/* What a group's dies did, added up. */
struct group_sums {
    uint64_t sensed, erased, macs, commands;
    double programmed, bytes_sensed;
    double busy_ps; /* of many dies: more than 64 bits of picoseconds hold */
};

/* Work is decided ahead of time: of a run that was cut off, some of it is past the @end. */
static ifc_time lane_busy(const ifc_lane *l, ifc_time end)
{
    return l->busy_until > end ? l->busy_ps - (l->busy_until - ifc_time_max(end, l->busy_from)) : l->busy_ps;
}

/* Where planes are independent, the mean over them. */
static ifc_time die_busy(const ifc_die *d, ifc_time end)
{
    ifc_time sum = 0;
    for (uint32_t i = 0; i < d->n_lanes; i++)
        sum = ifc_time_sum(sum, lane_busy(&d->lanes[i], end));
    return sum / d->n_lanes;
}

static struct group_sums sum_group(const ifc_record *rec, const ifc_group *g, ifc_time end)
{
    struct group_sums s = {0};
    for (uint32_t i = 0; i < g->p->dies; i++) {
        const ifc_die *d = &rec->hw->dies[g->first_die + i];
        s.sensed += d->pages_sensed;
        s.programmed += d->pages_programmed;
        s.erased += d->blocks_erased;
        s.macs += d->macs;
        s.commands += d->commands;
        s.bytes_sensed += (double)d->bytes_sensed + d->part_bytes_sensed;
        s.busy_ps += (double)die_busy(d, end);
    }
    return s;
}

/* A fraction of a page counts by its part. */
static double pages_read(const ifc_record *rec, const ifc_flash_group *p, const struct group_sums *s)
{
    return s->bytes_sensed / (double)(p->page + (rec->hw->s->effects.ecc ? p->spare : 0));
}

static void *rows(size_t n, size_t size)
{
    void *p = ifc_alloc_zero(n ? n : 1, size);
    return p;
}

static void add_energy(ifc_result *r, const char *component, const char *operation, double joule)
{
    if (joule == 0.0)
        return;
    ifc_energy_row *row = &r->energy[r->n_energy++];
    snprintf(row->name, sizeof row->name, "%.40s.%s", component, operation);
    row->joule = joule;
}

static void collect_group_energy(const ifc_record *rec, const ifc_group *g, double seconds, ifc_result *r)
{
    const ifc_flash_group *p = g->p;
    struct group_sums s = sum_group(rec, g, r->end_time);
    double page_bits = 8.0 * (double)(p->page + (rec->hw->s->effects.ecc ? p->spare : 0));
    double ecc_seconds = (double)g->ecc_time * 1e-12 * pages_read(rec, p, &s);
    add_energy(r, p->name, "read", s.bytes_sensed * 8.0 * p->read_energy);
    add_energy(r, p->name, "mac", (double)s.macs * p->mac_energy);
    add_energy(r, p->name, "program", s.programmed * page_bits * p->program_energy);
    add_energy(r, p->name, "erase", (double)s.erased * p->erase_energy);
    add_energy(r, p->name, "ecc", ecc_seconds * p->ecc_power);
    add_energy(r, p->name, "static", p->static_power * p->dies * seconds);
}

static void collect_energy(const ifc_record *rec, ifc_result *r)
{
    const ifc_scenario *s = rec->hw->s;
    double seconds = (double)r->end_time * 1e-12;
    r->energy = rows(6 * (size_t)s->n_groups + 8, sizeof *r->energy);
    for (uint32_t g = 0; g < s->n_groups; g++)
        collect_group_energy(rec, &rec->hw->groups[g], seconds, r);
    add_energy(r, "channel", "transfer",
               (double)(r->bus_bytes_down + r->bus_bytes_up) * 8.0 * s->channel.energy);
    add_energy(r, "npu", "compute", (double)rec->npu->compute_ps * 1e-12 * s->npu.power);
    add_energy(r, "npu", "idle", (double)(r->end_time - rec->npu->busy_ps) * 1e-12 * s->npu.idle_power);
    add_energy(r, "dram", "access", (double)r->dram_bytes * 8.0 * s->dram.energy);
    add_energy(r, "dram", "standby", s->dram.channels * s->dram.standby_power * seconds);
    add_energy(r, "soc", "static", s->soc.static_power * seconds);
}

static void add_resource(ifc_result *r, const char *name, int kind, int group, ifc_time busy, ifc_time wait,
                         ifc_span span, uint64_t served, uint64_t bytes)
{
    ifc_resource_row *row = &r->resources[r->n_resources++];
    *row = (ifc_resource_row){.kind = kind,
                              .group = group,
                              .busy_ps = busy,
                              .wait_ps = wait,
                              .min_ps = span.least,
                              .max_ps = span.most,
                              .served = served,
                              .bytes = bytes};
    snprintf(row->name, sizeof row->name, "%.60s", name);
}

/* Tenures are granted ahead of time, one after the other: of a run that was cut off, the last ones never
 * were. */
static ifc_time channel_busy(const ifc_channel *c, ifc_time end)
{
    return c->free_at > end ? c->busy_ps - (c->free_at - end) : c->busy_ps;
}

static void collect_resources(const ifc_record *rec, ifc_result *r)
{
    const ifc_scenario *s = rec->hw->s;
    r->resources =
        rows((size_t)s->channel.count + rec->hw->n_dies + s->dram.channels + 3, sizeof *r->resources);
    for (uint32_t i = 0; i < s->channel.count; i++) {
        const ifc_channel *c = &rec->hw->channels[i];
        add_resource(r, c->name, IFC_RESOURCE_CHANNEL, -1, channel_busy(c, r->end_time), c->wait_ps, c->span,
                     c->tenures, c->bytes_down + c->bytes_up);
    }
    for (uint32_t i = 0; i < rec->hw->n_dies; i++) {
        const ifc_die *d = &rec->hw->dies[i];
        add_resource(r, d->name, IFC_RESOURCE_DIE, (int)d->group->index, die_busy(d, r->end_time), d->wait_ps,
                     d->span, d->commands, d->bytes_sensed + (uint64_t)(d->part_bytes_sensed + 0.5));
    }
    add_resource(r, "npu", IFC_RESOURCE_NPU, -1, rec->npu->busy_ps, rec->npu->wait_ps, rec->npu->span,
                 rec->npu->served, 0);
    for (uint32_t i = 0; i < s->dram.channels; i++) {
        const ifc_dram *d = &rec->hw->drams[i];
        add_resource(r, d->name, IFC_RESOURCE_DRAM, -1, d->busy_ps, d->wait_ps, d->span, d->served, d->bytes);
    }
    for (int up = 0; up < 2 && rec->host->down.rate > 0; up++) {
        const ifc_link *l = up ? &rec->host->up : &rec->host->down;
        add_resource(r, l->name, IFC_RESOURCE_LINK, -1, l->busy_ps, l->wait_ps, l->span, l->served, l->bytes);
    }
}

static void add_rate(ifc_result *r, const char *name, const char *part, const char *unit, double amount,
                     double peak, double busy_ps, double parts)
{
    double seconds = (double)r->end_time * 1e-12;
    ifc_rate_row *row = &r->rates[r->n_rates++];
    snprintf(row->name, sizeof row->name, "%.50s%s", name, part);
    snprintf(row->unit, sizeof row->unit, "%s", unit);
    row->attained = seconds > 0 ? amount / seconds : 0;
    row->peak = peak;
    row->busy_share = seconds > 0 ? busy_ps * 1e-12 / (seconds * parts) : 0;
}

static void collect_rates(const ifc_record *rec, ifc_result *r)
{
    const ifc_scenario *s = rec->hw->s;
    double busy_ps = 0;
    r->rates = rows(3 * (size_t)s->n_groups + 3, sizeof *r->rates);
    for (uint32_t g = 0; g < s->n_groups; g++) {
        const ifc_flash_group *p = &s->groups[g];
        struct group_sums sums = sum_group(rec, &rec->hw->groups[g], r->end_time);
        double planes = (double)rec->hw->groups[g].planes_total;
        add_rate(r, p->name, " array", "B/s", sums.bytes_sensed, ifc_group_array_rate(p, s->effects.ecc),
                 sums.busy_ps, p->dies);
        if (rec->hw->groups[g].ecc_time > 0)
            add_rate(r, p->name, " ecc", "B/s", pages_read(rec, p, &sums) * (double)p->page,
                     planes * p->ecc_rate, sums.busy_ps, p->dies);
        if (p->fmacs > 0)
            add_rate(r, p->name, " mac", "MAC/s", (double)sums.macs, planes * rec->hw->groups[g].mac_rate,
                     sums.busy_ps, p->dies);
    }
    for (uint32_t i = 0; i < s->channel.count; i++)
        busy_ps += (double)channel_busy(&rec->hw->channels[i], r->end_time);
    add_rate(r, "channels", "", "B/s", (double)(r->bus_bytes_down + r->bus_bytes_up),
             s->channel.count * s->channel.rate, busy_ps, s->channel.count);
    busy_ps = 0;
    for (uint32_t i = 0; i < s->dram.channels; i++)
        busy_ps += (double)rec->hw->drams[i].busy_ps;
    if (s->dram.channels > 0)
        add_rate(r, "dram", "", "B/s", (double)r->dram_bytes, s->dram.channels * s->dram.rate, busy_ps,
                 s->dram.channels);
}

const char *ifc_collect_resource_name(const ifc_scenario *s, uint32_t resource)
{
    static const char *const names[] = {"host", "controller", "channel", "npu", "dram"};
    return resource < IFC_PART_GROUP ? names[resource] : s->groups[resource - IFC_PART_GROUP].name;
}

static int by_time(const void *a, const void *b)
{
    const ifc_path_row *x = a, *y = b;
    if (x->ps != y->ps)
        return x->ps < y->ps ? 1 : -1;
    int order = strcmp(x->operator_name, y->operator_name);
    order = order ? order : strcmp(x->resource, y->resource);
    return order ? order : strcmp(x->phase, y->phase);
}

static void collect_path(const ifc_record *rec, ifc_result *r)
{
    const ifc_path *p = &rec->path;
    r->path = rows((size_t)IFC_OP_KINDS * IFC_PATH_RESOURCES * IFC_PATH_PHASES, sizeof *r->path);
    for (uint32_t o = 0; o < IFC_OP_KINDS; o++)
        for (uint32_t c = 0; c < IFC_PART_GROUP + rec->hw->s->n_groups; c++)
            for (uint32_t f = 0; f < IFC_PATH_PHASES; f++) {
                if (p->ps[o][c][f] == 0)
                    continue;
                ifc_path_row *row = &r->path[r->n_path++];
                snprintf(row->operator_name, sizeof row->operator_name, "%s", ifc_op_name((ifc_op_kind)o));
                snprintf(row->resource, sizeof row->resource, "%s", ifc_collect_resource_name(rec->hw->s, c));
                snprintf(row->phase, sizeof row->phase, "%s", ifc_path_phase_name(f));
                row->ps = p->ps[o][c][f];
            }
    qsort(r->path, r->n_path, sizeof *r->path, by_time);
}

/* What the rows of blocks of a group's dies went through. */
struct row_sums {
    double cycles_max, reads_max, over_limit;
    uint64_t anew, copied, moves;
};

static struct row_sums sum_rows(const ifc_record *rec, const ifc_group *g)
{
    struct row_sums s = {0};
    for (uint32_t d = 0; d < g->p->dies; d++) {
        const ifc_blocks *b = &rec->mapping->blocks.dies[g->first_die + d];
        s.anew += b->anew;
        s.moves += b->moves;
        s.copied += rec->hw->dies[g->first_die + d].pages_copied;
        for (uint32_t i = 0; i < g->p->blocks_per_plane; i++) {
            const ifc_block_row *r = &b->rows[i];
            uint32_t cycles = r->cycles > r->erases ? r->cycles : r->erases;
            s.cycles_max = cycles > s.cycles_max ? cycles : s.cycles_max;
            s.reads_max = r->most_reads > s.reads_max ? r->most_reads : s.reads_max;
            s.over_limit += r->most_reads > g->p->read_limit ? g->p->planes : 0;
        }
    }
    return s;
}

/* The busiest plane's programs of KV against the mean; 0: none. */
static double program_skew(const ifc_kv *kv)
{
    uint64_t most = 0, sum = 0, n = kv->group->planes_total;
    for (uint64_t i = 0; kv->programs && i < n; i++) {
        most = kv->programs[i] > most ? kv->programs[i] : most;
        sum += kv->programs[i];
    }
    return sum ? (double)most * (double)n / (double)sum : 0;
}

/*
 * Tokens until endurance is used up. Projected: pages are written, and every read_limit reads move a block,
 * all of it spread evenly. Simulated: the moves of this run, on the block that they wore most.
 */
static void collect_lifetime(const ifc_group *g, const struct group_sums *sums, double cycles, double sensed,
                             uint32_t tokens, ifc_wear_row *w)
{
    const ifc_flash_group *p = g->p;
    double blocks = (double)g->planes_total * p->blocks_per_plane;
    /* A block that was moved was erased once and filled once more: without moves, it is filled less. */
    double unmoved = (double)sums->programmed / p->pages_per_block - (double)(w->moves * p->planes);
    double written = !w->refreshed ? cycles : unmoved > 0 ? unmoved : 0;
    double wear = written + sensed / p->read_limit;
    w->lifetime_projected = wear > 0 ? p->endurance * blocks * tokens / wear : 0;
    w->lifetime_simulated = w->moves > 0 && w->pe_max > 0 ? p->endurance * tokens / w->pe_max : 0;
    w->lifetime_tokens = w->lifetime_simulated > 0 ? w->lifetime_simulated : w->lifetime_projected;
}

/* Matrices of a graph that dies and NPU multiply together. */
static void collect_cut(const ifc_record *rec, const ifc_graph *g, const ifc_weight_layout *l, ifc_result *r)
{
    const ifc_model *m = &rec->hw->s->model;
    for (uint32_t i = 0; i < g->n_matrices; i++) {
        const ifc_matrix *x = &g->matrices[i];
        const ifc_tiling *t = &l->tilings[i];
        ifc_tiled matrix = {x->rows, x->cols, ifc_model_row_bytes(m, x->class, x->cols)};
        if (t->tiles == 0)
            continue;
        ifc_split_row *row = &r->splits[r->n_splits++];
        *row = (ifc_split_row){.rows = x->rows,
                               .cols = x->cols,
                               .tile_rows = t->rows,
                               .tile_cols = t->cols,
                               .tiles = t->tiles,
                               .in_dies = t->in_dies,
                               .bytes = ifc_tiling_bytes(t, &matrix, t->tiles),
                               .bytes_in_dies = ifc_tiling_bytes(t, &matrix, t->in_dies)};
        snprintf(row->name, sizeof row->name, "%s", ifc_weight_class_name(x->class));
    }
}

static void collect_splits(const ifc_record *rec, ifc_result *r)
{
    const ifc_graphs *g = rec->graphs;
    const ifc_weight_map *w = &rec->mapping->weights;
    if (rec->hw->s->workload.kind == IFC_WORKLOAD_STREAM)
        return;
    r->splits =
        rows(g->dense.n_matrices + g->layer.n_matrices + g->epilogue.n_matrices + 1, sizeof *r->splits);
    collect_cut(rec, &g->dense, &w->dense, r);
    collect_cut(rec, &g->layer, &w->layer, r);
    collect_cut(rec, &g->epilogue, &w->epilogue, r);
}

static void collect_errors(const ifc_error_group *g, ifc_errors_row *out)
{
    *out = (ifc_errors_row){.drawn = g->on,
                            .pe_scale = g->pe_scale,
                            .resensed = g->senses,
                            .lost_weights = g->lost[IFC_CLASS_WEIGHTS],
                            .lost_kv = g->lost[IFC_CLASS_KV_READ],
                            .lost_other = g->lost[IFC_CLASS_REFRESH] + g->lost[IFC_CLASS_HOST],
                            .beyond = g->beyond};
    for (int class = 0; class < IFC_CLASSES; class ++)
        out->failed += g->failed[class];
}

static void collect_wear(const ifc_record *rec, ifc_result *r)
{
    const ifc_scenario *s = rec->hw->s;
    r->wear = rows(s->n_groups, sizeof *r->wear);
    for (uint32_t g = 0; g < s->n_groups; g++) {
        const ifc_flash_group *p = &s->groups[g];
        struct group_sums sums = sum_group(rec, &rec->hw->groups[g], r->end_time);
        ifc_wear_row *w = &r->wear[r->n_wear++];
        double blocks = (double)rec->hw->groups[g].planes_total * p->blocks_per_plane;
        struct row_sums rows_of = sum_rows(rec, &rec->hw->groups[g]);
        bool refreshed = rec->hw->policies.kinds[IFC_KIND_REFRESH].policy->ops.refresh->choose != NULL;
        snprintf(w->group, sizeof w->group, "%s", p->name);
        collect_errors(&rec->mapping->errors.groups[g], &w->errors);
        w->pages_programmed = (uint64_t)(sums.programmed + 0.5);
        w->blocks_erased = sums.erased;
        /* A cycle is one filling and one erase of a block: as many as the more frequent of the two. */
        double filled = sums.programmed / p->pages_per_block;
        double cycles = filled > (double)sums.erased ? filled : (double)sums.erased;
        w->pe_mean = cycles / blocks;
        w->pe_max = rows_of.cycles_max;
        if (rec->mapping->kv.group == &rec->hw->groups[g])
            w->program_skew = program_skew(&rec->mapping->kv);
        double sensed = pages_read(rec, p, &sums);
        /* Between two erases, as the largest is; copies of moves are no reads. */
        double fillings = blocks + (double)rows_of.anew * p->planes;
        w->reads_per_block_mean = (sensed - (double)rows_of.copied) / fillings;
        w->reads_per_block_max = rows_of.reads_max;
        if (r->tokens > 0) {
            /* Not simulated: every read_limit reads move a block; simulated: those that came too late. */
            double due = refreshed ? rows_of.over_limit : sensed / p->read_limit;
            w->refreshes_per_token = due / r->tokens;
            w->refreshed = refreshed;
            w->moves = rows_of.moves;
            collect_lifetime(&rec->hw->groups[g], &sums, cycles, sensed, r->tokens, w);
        }
        if (rec->host->serving.source)
            ifc__collect_blocks(rec, &rec->hw->groups[g], w);
    }
}

/* Where the flash work of an operator is done. */
static int operator_group(const ifc_record *rec, ifc_op_kind kind, const ifc_op_use *use)
{
    const ifc_scenario *s = rec->hw->s;
    if (use->bytes_sensed == 0 && use->part_bytes_sensed <= 0 && kind != IFC_OP_FLUSH &&
        kind != IFC_OP_SWAP_OUT)
        return -1;
    if (s->workload.kind == IFC_WORKLOAD_STREAM)
        return ifc_collect_stream_group(s);
    bool cache = kind == IFC_OP_LOGIT || kind == IFC_OP_ATTEND || kind == IFC_OP_LOAD_K ||
                 kind == IFC_OP_LOAD_V || kind == IFC_OP_FLUSH || kind == IFC_OP_INDEX;
    if (cache)
        return ifc_scenario_group(s, s->placement.kv);
    if (kind == IFC_OP_SWAP_IN || kind == IFC_OP_SWAP_OUT)
        return ifc_scenario_group(s, s->contexts.store);
    if (kind == IFC_OP_FETCH)
        return ifc_scenario_group(s, s->placement.residency.store);
    ifc_weight_class class = kind == IFC_OP_REFRESH ? IFC_WEIGHTS_QKV : ifc_weight_class_of(kind);
    const ifc_weight_place *place = ifc_weight_map_place(&rec->mapping->weights, class);
    const ifc_group *g = place->part[place->part[IFC_BY_DIES].has ? IFC_BY_DIES : IFC_BY_NPU].group;
    return g ? (int)g->index : -1;
}

static void collect_operators(const ifc_record *rec, ifc_result *r)
{
    r->operators = rows(IFC_OP_KINDS, sizeof *r->operators);
    for (uint32_t kind = 0; kind < IFC_OP_KINDS; kind++) {
        const ifc_op_use *use = &rec->counters.use[kind];
        if (use->count == 0)
            continue;
        ifc_operator_row *row = &r->operators[r->n_operators++];
        *row = (ifc_operator_row){.group = operator_group(rec, (ifc_op_kind)kind, use),
                                  .count = use->count,
                                  .active_ps = use->active_ps + (use->open ? r->end_time - use->since : 0),
                                  .npu_ps = use->npu_ps,
                                  .npu_ops = (double)use->npu_ops,
                                  .macs = use->macs,
                                  .bytes_sensed = (double)use->bytes_sensed + use->part_bytes_sensed,
                                  .bytes_down = use->bytes_down,
                                  .bytes_up = use->bytes_up,
                                  .dram_bytes = use->dram_bytes};
        snprintf(row->name, sizeof row->name, "%s", ifc_op_name((ifc_op_kind)kind));
    }
}

static void collect_reuse(const ifc_reuse *reuse, ifc_result *r)
{
    r->layers = reuse->layers;
    r->layers_reused = reuse->reused;
    if (reuse->why_not)
        snprintf(r->reuse_why_not, sizeof r->reuse_why_not, "%s", reuse->why_not);
    else if (reuse->busy > 0)
        snprintf(r->reuse_why_not, sizeof r->reuse_why_not, "%llu began with a flush or a move in flight",
                 (unsigned long long)reuse->busy);
}

static void collect_counts(const ifc_record *rec, ifc_result *r)
{
    for (uint32_t g = 0; g < rec->hw->s->n_groups; g++) {
        struct group_sums s = sum_group(rec, &rec->hw->groups[g], r->end_time);
        r->pages_sensed += s.sensed;
        r->pages_programmed += (uint64_t)(s.programmed + 0.5);
        r->blocks_erased += s.erased;
        r->macs += s.macs;
    }
    for (uint32_t i = 0; i < rec->hw->s->channel.count; i++) {
        r->bus_bytes_down += rec->hw->channels[i].bytes_down;
        r->bus_bytes_up += rec->hw->channels[i].bytes_up;
    }
    for (uint32_t i = 0; i < rec->hw->s->dram.channels; i++)
        r->dram_bytes += rec->hw->drams[i].bytes;
    for (uint32_t i = 0; i < rec->hw->n_dies; i++)
        if (rec->hw->dies[i].peak_watts > r->peak_power)
            r->peak_power = rec->hw->dies[i].peak_watts;
    r->power_budget = rec->hw->s->soc.power_budget;
    r->power_drawn = (double)rec->controller->power.peak * 1e-9;
    r->power_wait = rec->controller->power.waited;
    r->die_commands = rec->counters.die_commands;
    r->kernel_events = ifc_kernel_events();
    collect_reuse(&rec->host->reuse, r);
}

static void collect_buffer(const ifc_record *rec, ifc_result *r)
{
    const ifc_kv *kv = &rec->mapping->kv;
    const ifc_placement *p = &rec->hw->s->placement;
    if (!kv->group)
        return;
    uint64_t parts = ifc_kv_by_plane(kv) ? kv->group->planes_total : 1;
    r->kv_buffer_bytes = p->kv_buffer.bytes * parts;
    r->kv_buffer_peak = kv->peak_buffered_bytes;
    double tail = (double)kv->buffered_bytes * (double)(r->end_time - kv->buffered_since);
    r->kv_buffer_mean = r->end_time > 0 ? ((double)kv->buffered_byte_ps + tail) / (double)r->end_time : 0;
    r->flushes = kv->flushes;
}

static void collect_latencies(const ifc_host *h, ifc_result *r)
{
    if (h->serving.source) {
        r->latency_counts = ifc_latency_table_sorted(&h->token_latency);
        r->n_latency_counts = (uint32_t)h->token_latency.n;
        return;
    }
    r->token_latency = rows(r->tokens, sizeof *r->token_latency);
    if (r->tokens > 0)
        memcpy(r->token_latency, h->latency.ps, r->tokens * sizeof *r->token_latency);
}

/* Those that were finished. */
static void collect_requests(const ifc_record *rec, ifc_result *r)
{
    const ifc_serving *v = &rec->host->serving;
    r->requests = rows(v->finished, sizeof *r->requests);
    r->requests_begun = v->n;
    for (size_t i = 0; i < v->n; i++)
        if (v->rows[i].end >= 0)
            r->requests[r->n_requests++] = v->rows[i];
        else
            r->tokens_begun += v->rows[i].generated;
}

void ifc_collect_result(ifc_record *rec, ifc_status status, ifc_result *r)
{
    static const char *const grains[] = {"auto", "page", "plane", "die"};
    bool decode = rec->hw->s->workload.kind != IFC_WORKLOAD_STREAM;
    r->outcome = status == IFC_ENOFIT         ? IFC_RUN_OUT_OF_MEMORY
                 : status == IFC_EINTERRUPTED ? IFC_RUN_INTERRUPTED
                                              : IFC_RUN_OK;
    r->grain = grains[rec->hw->grain];
    snprintf(r->grain_reason, sizeof r->grain_reason, "%s", rec->grain_reason);
    if (status == IFC_ENOFIT)
        return;
    r->end_time = ifc_now();
    collect_counts(rec, r);
    if (decode) {
        r->tokens = (uint32_t)rec->host->latency.n;
        r->decode_ps = rec->host->decode_ps;
        r->prompt_tokens = rec->host->prompt_tokens;
        r->ttft = rec->host->ttft;
        collect_latencies(rec->host, r);
        r->useful_kv_bytes = rec->mapping->useful_kv_bytes;
        r->sensed_kv_bytes =
            rec->mapping->sensed_kv_bytes + (uint64_t)(rec->mapping->part_sensed_kv_bytes + 0.5);
        collect_buffer(rec, r);
        collect_requests(rec, r);
    }
    collect_energy(rec, r);
    collect_resources(rec, r);
    collect_rates(rec, r);
    collect_path(rec, r);
    collect_operators(rec, r);
    ifc_detail_collect(rec, r);
    collect_wear(rec, r);
    collect_splits(rec, r);
    if (!decode)
        ifc_collect_stream(rec, r);
}
