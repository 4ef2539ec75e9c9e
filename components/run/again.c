/*
 * A layer again: when its graph begins with nothing in flight, in a state that it began in before.
 */
#include "components/run/again.h"

#include <string.h>

#include "components/hardware/dram/dram.h"
#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/die.h"
#include "platform/registry/kinds.h"

/* ---- nothing in flight ---- */

static bool idle(const ifc_host *h)
{
    ifc_time now = ifc_now();
    if (h->background > 0 || h->hw->txns.in_flight > 0 || ifc_policies_wakes(&h->hw->policies))
        return false;
    for (uint32_t i = 0; i < h->hw->s->channel.count; i++)
        if (h->hw->channels[i].free_at > now)
            return false;
    for (uint32_t i = 0; i < h->hw->n_dies; i++)
        if (!ifc_die_idle(&h->hw->dies[i], now))
            return false;
    return true;
}

/* ---- the key ---- */

static void add_number(ifc_reuse *r, uint64_t n)
{
    ifc_reuse_key(r, &n, sizeof n);
}

/* What the kv_select policy said of the layer, and the index it read. */
static void add_choice(ifc_reuse *r, const ifc_kv *kv, uint32_t layer)
{
    const ifc_kv_index *x = &kv->layers[layer].index;
    const ifc_kv_chosen *c = &kv->chosen;
    const uint64_t state[] = {c->is,           x->pages,         x->closed,
                              x->open_entries, x->open_programs, c->index_entries,
                              c->index_page,   c->index_pages};
    if (kv->plans[layer].selects)
        ifc_reuse_key(r, state, sizeof state);
    for (uint32_t h = 0; c->is && h < kv->heads; h++) {
        const ifc_kv_choice *head = &c->heads[h];
        add_number(r, head->tokens);
        add_number(r, head->n);
        ifc_reuse_key(r, head->spans, head->n * sizeof *head->spans);
    }
}

/* All of a layer's KV that decides what is read, what is programmed next, and where. */
static void add_kv(ifc_reuse *r, const ifc_kv *kv, uint32_t layer)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    const uint64_t state[] = {l->tokens,          l->pages,
                              l->closed_pages,    l->open_tokens,
                              l->open_programs,   l->share,
                              l->tokens_per_page, l->buffered,
                              l->flushing,        l->windowed,
                              l->unstored,        l->prompted,
                              kv->drafted,        ifc_kv_stored(kv, layer)};
    ifc_reuse_key(r, state, sizeof state);
    add_choice(r, kv, layer);
    if (!kv->group)
        return;
    add_number(r, ifc_kv_first_page(kv, layer));
    if (kv->slices) /* heads own planes, the same ones in all layers */
        ifc_reuse_key(r, kv->starts, kv->heads * sizeof *kv->starts);
    else
        ifc_reuse_key(r, &kv->starts[ifc_kv_stream_index(kv, layer, 0, false)],
                      kv->kinds * kv->heads * sizeof *kv->starts);
}

static void take_digests(const ifc_policies *policies, uint64_t digests[IFC_POLICY_KINDS])
{
    for (uint32_t kind = 0; kind < IFC_POLICY_KINDS; kind++)
        digests[kind] = ifc_policy_digest(&policies->kinds[kind]);
}

static void make_key(ifc_host *h, const ifc_graph *g, uint32_t layer)
{
    ifc_reuse *r = &h->reuse;
    ifc_reuse_begin(r);
    add_number(r, (uint64_t)(uintptr_t)g);
    take_digests(&h->hw->policies, r->digests);
    ifc_reuse_key(r, r->digests, IFC_POLICY_KINDS * sizeof *r->digests);
    const ifc_step *step = &h->steps.step;
    add_number(r, step->vectors); /* of a prompt, only the last token goes through what follows the layers */
    for (uint32_t i = 0; i < step->n; i++) {
        add_number(r, step->parts[i].tokens);
        if (layer < h->hw->s->model.layers)
            add_kv(r, step->parts[i].kv, layer);
    }
}

/* ---- again ---- */

static void ask_again(ifc_host *h, ifc_kv *kv, const ifc_reuse_flush *f, uint32_t token, uint32_t layer)
{
    ifc_flush_view view = f->view;
    view.token = token;
    view.layer = layer;
    uint32_t answer = ifc_host_flush_answer(h, &view);
    if (answer != f->tokens)
        ifc_policy_misbehaves(&h->hw->policies.kinds[IFC_KIND_KV_FLUSH], "flush",
                              "flushes %u tokens where it flushed %u in an equal state (it has a digest)",
                              answer, f->tokens);
    if (answer == 0)
        return;
    ifc_kv_ask_flush(kv, layer, answer);
    ifc_mapping_flush_again(h->mapping, kv, layer);
}

static void store_again(ifc_host *h, ifc_kv *kv, uint32_t layer, uint32_t tokens)
{
    ifc_kv_ask_store(kv, layer, tokens);
    ifc_mapping_flush_again(h->mapping, kv, layer);
}

static void play(ifc_host *h, const ifc_reuse_entry *e, uint32_t token, uint32_t layer)
{
    ifc_time begin = ifc_now();
    for (uint32_t i = 0; i < e->n_flushes; i++) {
        const ifc_reuse_flush *f = &e->flushes[i];
        ifc_kv *kv = h->steps.step.parts[f->part].kv;
        if (f->event == IFC_REUSE_ENDED)
            ifc_kv_end_flush(kv, layer, begin + f->at);
        else if (f->event == IFC_REUSE_STORED)
            store_again(h, kv, layer, f->tokens);
        else
            ask_again(h, kv, f, token, layer);
    }
    for (uint32_t i = 0; i < e->n_programs; i++)
        h->hw->dies[e->programs[i].die].pages_programmed += e->programs[i].pages;
    ifc_reuse_add(&h->reuse, e);
    ifc_sleep_until(begin + e->duration);
}

bool ifc_graph_again(ifc_host *h, const ifc_graph *g, uint32_t token, uint32_t layer)
{
    ifc_reuse *r = &h->reuse;
    ifc_time limit = h->hw->s->simulation.time_limit, end = limit > 0 ? limit : IFC_TIME_HORIZON;
    r->recording = false;
    if (g->n_nodes == 0)
        return false;
    bool counts = layer < h->hw->s->model.layers; /* not so what follows the layers */
    r->layers += counts;
    if (r->why_not)
        return false;
    if (!idle(h)) {
        r->busy += counts;
        return false;
    }
    make_key(h, g, layer);
    const ifc_reuse_entry *e = ifc_reuse_find(r);
    if (!e) {
        ifc_reuse_record(r, ifc_now());
        return false;
    }
    if (ifc_time_add(ifc_now(), e->duration) >= end)
        return false; /* it is cut off at some moment of its own */
    play(h, e, token, layer);
    r->reused += counts;
    return true;
}

void ifc_graph_keep(ifc_host *h)
{
    ifc_reuse *r = &h->reuse;
    uint64_t digests[IFC_POLICY_KINDS];
    if (!r->recording)
        return;
    r->recording = false;
    take_digests(&h->hw->policies, digests);
    if (idle(h) && memcmp(digests, r->digests, sizeof digests) == 0)
        ifc_reuse_keep(r, ifc_now());
}

/* ---- what a graph adds to ---- */

static void programmed(void *host, const ifc_die *d, const ifc_txn *txn, ifc_time begin, ifc_time end)
{
    (void)begin;
    (void)end;
    if (txn->command != IFC_ERASE)
        ifc_reuse_programmed(&((ifc_host *)host)->reuse, d->index, ifc_die_programs(txn));
}

static void watch_flash(ifc_reuse *r, const ifc_hardware *hw)
{
    for (uint32_t i = 0; i < hw->s->channel.count; i++) {
        ifc_channel *c = &hw->channels[i];
        uint64_t *const counters[] = {(uint64_t *)&c->busy_ps,
                                      (uint64_t *)&c->wait_ps,
                                      &c->tenures,
                                      &c->bytes_down,
                                      &c->bytes_up,
                                      &c->commands};
        for (size_t k = 0; k < sizeof counters / sizeof *counters; k++)
            ifc_reuse_watch(r, counters[k], 1);
    }
    for (uint32_t i = 0; i < hw->n_dies; i++) {
        ifc_die *d = &hw->dies[i];
        for (uint32_t l = 0; l < d->n_lanes; l++)
            ifc_reuse_watch(r, (uint64_t *)&d->lanes[l].busy_ps, 1);
        uint64_t *const counters[] = {
            (uint64_t *)&d->wait_ps, &d->commands, &d->pages_sensed, &d->pages_copied, &d->programs,
            &d->blocks_erased,       &d->suspends, &d->macs,         &d->bytes_sensed};
        for (size_t k = 0; k < sizeof counters / sizeof *counters; k++)
            ifc_reuse_watch(r, counters[k], 1);
    }
}

static void watch_soc(ifc_reuse *r, const ifc_host *h)
{
    const ifc_hardware *hw = h->hw;
    ifc_npu *n = h->npu;
    for (uint32_t i = 0; i < hw->s->dram.channels; i++) {
        ifc_dram *d = &hw->drams[i];
        uint64_t *const counters[] = {(uint64_t *)&d->busy_ps, (uint64_t *)&d->wait_ps, &d->served,
                                      &d->bytes};
        for (size_t k = 0; k < sizeof counters / sizeof *counters; k++)
            ifc_reuse_watch(r, counters[k], 1);
    }
    ifc_reuse_watch(r, &h->controller->power.waited, 1);
    ifc_reuse_watch(r, &n->busy_ps, 1);
    ifc_reuse_watch(r, &n->wait_ps, 1);
    ifc_reuse_watch(r, &n->compute_ps, 1);
    ifc_reuse_watch(r, &n->served, 1);
    ifc_reuse_watch(r, &h->mapping->useful_kv_bytes, 1);
    ifc_reuse_watch(r, &h->mapping->sensed_kv_bytes, 1);
    if (h->mapping->kv.group)
        ifc_reuse_watch(r, h->mapping->blocks.reads.layer_kv,
                        IFC_KV_PARTS * (size_t)h->mapping->kv.group->p->dies);
}

/* Flush policies are asked again; of the others, whole numbers grow. Return: NULL, or why a policy forbids
 * it. */
static const char *watch_policy(ifc_reuse *r, const ifc_policy_run *p)
{
    if (!ifc_policy_decides(p))
        return NULL;
    if (!ifc_policy_has_digest(p))
        return ifc_kind_rules_of(p->policy->kind)->no_digest;
    for (uint32_t i = 0; p->policy->kind != IFC_KIND_KV_FLUSH && i < p->policy->n_statistics; i++) {
        const ifc_statistic *s = &p->policy->statistics[i];
        if (s->type != IFC_FIELD_U64 && s->type != IFC_FIELD_TIME)
            return "a policy has a statistic that is not a whole number of 64 bits";
        ifc_reuse_watch(r, (char *)p->state + s->offset, 1);
    }
    return NULL;
}

void ifc_again_start(ifc_host *h)
{
    const ifc_scenario *s = h->hw->s;
    ifc_reuse *r = &h->reuse;
    const char *why = !s->simulation.reuse              ? "simulation.reuse = false"
                      : !s->effects.page_rounding       ? "effects.page_rounding = false: fractions of pages"
                      : h->mapping->errors.on           ? "errors.law: pages that fail are drawn"
                      : s->placement.kv_prefetch        ? "keys and values are read ahead of their layer"
                      : h->mapping->residency.is        ? "neurons in DRAM differ from token to token"
                      : h->hw->policies.n_observers > 0 ? "an observer watches"
                      : h->hw->policies.kinds[IFC_KIND_KV_FLUSH].policy->ops.kv_flush->every_layer
                          ? "the kv_flush policy is asked for every layer"
                          : NULL;
    ifc_reuse_init(r, s->simulation.reuse_bytes, why);
    if (s->workload.kind == IFC_WORKLOAD_STREAM)
        return;
    watch_flash(r, h->hw);
    watch_soc(r, h);
    for (uint32_t kind = 0; kind < IFC_POLICY_KINDS; kind++) {
        why = watch_policy(r, &h->hw->policies.kinds[kind]);
        if (why)
            ifc_reuse_forbid(r, why);
    }
    ifc_probe_listen_written(&h->hw->probe, programmed, h);
}
