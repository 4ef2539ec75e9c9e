#include "components/run/host.h"

#include <stdlib.h>
#include <string.h>

#include "components/run/again.h"
#include "components/run/npu_time.h"
#include "platform/common/memory.h"

void ifc_host_init(ifc_host *h, const ifc_host_parts *parts, const ifc_run_options *options,
                   const ifc_stop *stop)
{
    const ifc_scenario *s = parts->hw->s;
    uint32_t dies = parts->hw->n_dies;
    memset(h, 0, sizeof *h);
    h->hw = parts->hw;
    h->controller = parts->controller;
    h->npu = parts->npu;
    h->mapping = parts->mapping;
    h->graphs = parts->graphs;
    h->prompt_graphs = parts->prompt_graphs;
    h->options = options;
    h->stop = *stop;
    ifc_signal_init(&h->work);
    ifc_signal_init(&h->alarm);
    if (s->workload.kind == IFC_WORKLOAD_STREAM)
        return;
    const ifc_graph *const all[] = {&h->graphs->prologue, &h->graphs->dense,        &h->graphs->layer,
                                    &h->graphs->epilogue, &h->prompt_graphs->dense, &h->prompt_graphs->layer};
    uint32_t most = 1;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        most = all[i]->n_nodes > most ? all[i]->n_nodes : most;
    h->n_runs = most;
    h->runs = ifc_alloc_zero(most, sizeof *h->runs);
    h->flushes = ifc_alloc_zero((size_t)s->model.layers * s->workload.batch, sizeof *h->flushes);
    h->refreshes = ifc_alloc_zero(dies + s->workload.batch + 1, sizeof *h->refreshes);
    h->moves = ifc_alloc_zero(dies + 1, sizeof *h->moves);
}

void ifc_host_fini(ifc_host *h)
{
    ifc_signal_fini(&h->work);
    ifc_signal_fini(&h->alarm);
    ifc_reuse_fini(&h->reuse);
    ifc_serving_fini(&h->serving);
    free(h->runs);
    free(h->flushes);
    free(h->refreshes);
    free(h->moves);
    free(h->latency.ps);
    ifc_latency_table_fini(&h->token_latency);
    ifc_steps_fini(&h->steps);
    memset(h, 0, sizeof *h);
}

void ifc_host_record(ifc_latencies *l, ifc_time latency)
{
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 1024;
        l->ps = ifc_resize(l->ps, l->room, sizeof *l->ps);
    }
    l->ps[l->n++] = latency;
}

ifc_op_run *ifc_host_take_done(ifc_host *h)
{
    while (!h->done.first && !h->stop.stopped)
        ifc_wait(&h->work, "an operator to complete");
    ifc_job *job = ifc_job_fifo_take(&h->done);
    return job ? ifc_op_of(job) : NULL;
}

static void finish(ifc_host *h, const ifc_graph *g, ifc_op_run *op);
static void slide_windows(ifc_host *h);

static void issue(ifc_host *h, const ifc_graph *g, ifc_op_run *op)
{
    bool there = false;
    op->job.issue = ifc_now();
    if (op->node->unit != IFC_UNIT_NONE)
        ifc_event_op_begin(&h->events, op);
    if (ifc_prefetch_covers(h, op, &there)) {
        op->job.end = op->job.issue;
        if (there)
            finish(h, g, op);
        return;
    }
    switch (op->node->unit) {
    case IFC_UNIT_NPU:
        ifc_npu_time_set(h->hw->s, op);
        if (op->job.npu_time > 0) {
            ifc_npu_submit(h->npu, &op->job);
            return;
        }
        break;
    case IFC_UNIT_STORE:
        if (!ifc_mapping_does(h->mapping, op->node->kind))
            break;
        ifc_controller_submit(h->controller, &op->job);
        return;
    case IFC_UNIT_NONE:
        break;
    default:
        ifc_controller_submit(h->controller, &op->job);
        return;
    }
    op->job.end = op->job.issue;
    finish(h, g, op);
}

/* All head groups of a layer have appended: the buffer may be full now. */
static void appended(ifc_host *h, ifc_op_run *op)
{
    h->appended += op->node->head_groups;
    if (h->appended == h->hw->s->model.kv_heads && !op->step->prompt)
        ifc_host_ask_flush(h, IFC_FLUSH_APPEND, op->job.token, op->job.layer, op);
}

/* The KV dies have no more to do for this layer; nor is what they hold of a prompt's layer read any more. */
static void attended(ifc_host *h, ifc_op_run *op)
{
    h->attended += op->node->head_groups;
    if (h->attended < h->hw->s->model.kv_heads)
        return;
    if (op->step->prompt) {
        ifc_host_store_prompt(h, op);
        return;
    }
    if (ifc_host_kv_idle(h))
        ifc_host_kv_is_idle(h, op);
    ifc_prefetch_begin(h, op->job.layer);
}

/* An operator is done: whatever waited only for it can go. */
static void finish(ifc_host *h, const ifc_graph *g, ifc_op_run *op)
{
    h->open--;
    if (op->node->unit != IFC_UNIT_NONE) {
        ifc_event_op_end(&h->events, op);
    }
    if (op->node->kind == IFC_OP_APPEND)
        appended(h, op);
    else if (op->node->kind == IFC_OP_ATTEND)
        attended(h, op);
    for (uint32_t i = 0; i < op->node->n_successors; i++) {
        ifc_op_run *next = &h->runs[g->successors[op->node->first_successor + i]];
        next->after = op; /* the last one to finish stays */
        if (--next->deps_left == 0)
            issue(h, g, next);
    }
}

/* The blocks of a sequence that ended are free. */
static void erased(ifc_host *h, ifc_op_run *op)
{
    const ifc_group *g = h->mapping->kv.group;
    op->background = false;
    for (uint32_t d = 0; d < g->p->dies; d++)
        ifc_blocks_erased(&h->mapping->blocks, g->first_die + d, (uint32_t)op->request - h->hw->n_dies);
    ifc_host_erase_late(h, (uint32_t)op->request - h->hw->n_dies);
}

static void background_done(ifc_host *h, ifc_op_run *op)
{
    h->background--;
    ifc_event_op_end(&h->events, op);
    if (op->node->kind == IFC_OP_REFRESH && op->request >= h->hw->n_dies)
        erased(h, op);
    else if (op->node->kind == IFC_OP_REFRESH)
        ifc_host_refresh_done(h, op);
    if (op->node->kind == IFC_OP_SWAP_IN || op->node->kind == IFC_OP_SWAP_OUT)
        op->background = false;
    if (op->node->kind == IFC_OP_FLUSH) {
        ifc_kv_end_flush(op->kv, op->job.layer, ifc_now());
        ifc_reuse_flushed(&h->reuse, ifc_steps_part(&h->steps, op->kv), ifc_now());
        ifc_event_kv_buffer(&h->events, h->mapping->kv.buffered_bytes);
    }
}

/* NULL: it was background work that nobody waits for, or the run was stopped. */
static ifc_op_run *wait_one(ifc_host *h)
{
    ifc_op_run *op = ifc_host_take_done(h);
    if (!op || !op->background)
        return op;
    background_done(h, op);
    return ifc_prefetch_done(h, op);
}

/* Run one graph to its end, and attribute its time. Return: false if the run was stopped before. */
static bool run_graph(ifc_host *h, const ifc_graph *g, uint32_t token, uint32_t layer)
{
    ifc_time begin = ifc_now();
    if (g->n_nodes == 0)
        return true;
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        h->runs[i] = ifc_host_op(h, &g->nodes[i], token, layer);
        h->runs[i].deps_left = g->nodes[i].n_deps;
    }
    h->open = g->n_nodes;
    h->appended = h->attended = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (g->nodes[i].n_deps == 0)
            issue(h, g, &h->runs[i]);
    while (h->open > 0 && !ifc_stop_asked(&h->stop)) {
        ifc_op_run *op = wait_one(h);
        if (op)
            finish(h, g, op);
    }
    if (h->open > 0)
        return false;
    ifc_event_graph_end(&h->events, &h->runs[g->n_nodes - 1], begin);
    ifc_mapping_recycle(h->mapping);
    return true;
}

/* The same, or what is known of it from before. */
static bool run_graph_or_again(ifc_host *h, const ifc_graph *g, uint32_t token, uint32_t layer)
{
    if (ifc_graph_again(h, g, token, layer))
        return !h->stop.stopped;
    bool ran = run_graph(h, g, token, layer);
    if (ran)
        ifc_graph_keep(h);
    return ran;
}

static bool has_room(const ifc_host *h, uint32_t layer)
{
    const ifc_step *step = &h->steps.step;
    for (uint32_t i = 0; i < step->n; i++) {
        const ifc_step_part *p = &step->parts[i];
        if (step->prompt ? p->kv->layers[layer].flushing > 0 : !ifc_kv_has_room(p->kv, layer, p->tokens))
            return false;
    }
    return true;
}

/* A token may have to wait until its layer's last flush has made room in the buffer, or the run is stopped.
 */
static void wait_for_buffer(ifc_host *h, uint32_t token, uint32_t layer)
{
    const ifc_kv *kv = &h->mapping->kv;
    ifc_time begin = ifc_now();
    while (!has_room(h, layer) && !ifc_stop_asked(&h->stop)) {
        ifc_host_ask_flush(h, IFC_FLUSH_FULL, token, layer, NULL);
        ifc_op_run *op = wait_one(h);
        IFC_BUG_ON(op, "an operator completes that no graph waits for");
    }
    if (!kv->group || ifc_now() == begin)
        return;
    ifc_event_waited(&h->events, token, layer, kv->group->index, begin, ifc_now());
}

static void report(const ifc_host *h, uint32_t token, uint32_t layer)
{
    const ifc_run_options *o = h->options;
    ifc_progress p = {.token = token,
                      .tokens = h->hw->s->workload.tokens,
                      .layer = layer,
                      .layers = h->hw->s->model.layers,
                      .now = ifc_now()};
    uint64_t done = h->serving.finished, all = h->hw->s->workload.requests.count;
    if (h->serving.source)
        p = (ifc_progress){.requests = done, .total_requests = all ? all : done + 1, .now = p.now};
    if (o->progress)
        o->progress(o->progress_arg, &p);
}

/* New tokens go into the buffer; those of a prompt come past it. */
static void add_tokens(ifc_host *h, uint32_t layer)
{
    const ifc_step *step = &h->steps.step;
    if (step->prompt)
        return;
    for (uint32_t i = 0; i < step->n; i++)
        ifc_kv_add(step->parts[i].kv, layer, step->parts[i].tokens);
    ifc_event_kv_buffer(&h->events, h->mapping->kv.buffered_bytes);
}

/* Tokens of a prompt attend to all before them. */
static void choose(ifc_host *h, uint32_t token, uint32_t layer)
{
    const ifc_step *step = &h->steps.step;
    for (uint32_t i = 0; !step->prompt && i < step->n; i++)
        ifc_kv_choose(step->parts[i].kv, layer, token);
    if (h->mapping->residency.is)
        ifc_residency_step(&h->mapping->residency, token, layer);
}

static void end_layer(ifc_host *h, uint32_t token, uint32_t layer)
{
    const ifc_step *step = &h->steps.step;
    for (uint32_t i = 0; i < step->n; i++) {
        const ifc_step_part *p = &step->parts[i];
        ifc_kv_choose_all(p->kv);
        if (!step->prompt)
            ifc_kv_end_token(p->kv, layer, p->kept);
        else if (!p->kv->group || !h->hw->s->effects.kv_program)
            ifc_kv_store(p->kv, layer, p->tokens);
    }
    if (!step->prompt)
        ifc_host_ask_flush(h, IFC_FLUSH_LAYER_END, token, layer, NULL);
}

/* Blocks count reads of whole layers: of one that was cut, too. */
static void count_reads(ifc_host *h)
{
    if (h->reading)
        ifc_mapping_end_layer(h->mapping, h->reading, &h->steps.step, h->reads_layer);
    h->reading = NULL;
}

/* The graph of a layer, or of what follows the layers. Return: false if the run was stopped before. */
static bool run_and_count(ifc_host *h, const ifc_graph *g, uint32_t token, uint32_t layer)
{
    h->reading = g;
    h->reads_layer = layer;
    bool whole = run_graph_or_again(h, g, token, layer);
    count_reads(h);
    return whole;
}

void ifc_host_cut_off(ifc_host *h)
{
    h->stop.stopped = true;
    h->decode_end = ifc_now();
    count_reads(h);
    ifc_event_end(&h->events, ifc_now());
}

/* Return: false if the run was stopped before. */
static bool run_layer(ifc_host *h, uint32_t token, uint32_t layer)
{
    const ifc_graphs *g = h->steps.step.prompt ? h->prompt_graphs : h->graphs;
    wait_for_buffer(h, token, layer);
    if (h->stop.stopped)
        return false;
    add_tokens(h, layer);
    choose(h, token, layer);
    ifc_blocks_begin_layer(&h->mapping->blocks, layer);
    if (!run_and_count(h, ifc_graphs_layer(g, &h->hw->s->model, layer), token, layer))
        return false;
    end_layer(h, token, layer);
    report(h, token, layer);
    return true;
}

/* Return: false if the run was stopped before. */
static bool run_layers(ifc_host *h, uint32_t token)
{
    if (!run_graph(h, &h->graphs->prologue, token, 0))
        return false;
    for (uint32_t layer = 0; layer < h->hw->s->model.layers; layer++)
        if ((h->before_layer && !h->before_layer(h, layer)) || !run_layer(h, token, layer))
            return false;
    return true;
}

static bool run_epilogue(ifc_host *h, uint32_t token)
{
    return run_and_count(h, &h->graphs->epilogue, token, h->hw->s->model.layers);
}

static void record_token(ifc_host *h, ifc_time time)
{
    if (!h->serving.source) {
        ifc_host_record(&h->latency, time);
        return;
    }
    ifc_latency_table_add(&h->token_latency, time);
    h->latency.n++;
}

/* Each token that stays has its part of the step; those of other sequences take the same time. */
static void record_step(ifc_host *h, ifc_time time)
{
    const ifc_step *step = &h->steps.step;
    h->decode_ps = ifc_time_add(h->decode_ps, time);
    for (uint32_t i = 0; i < step->n; i++) {
        ifc_time kept = step->parts[i].kept;
        for (ifc_time k = 0; k < kept; k++)
            record_token(h, time / kept + (k < time % kept));
    }
}

/* Only the last token of a prompt has a successor that is looked for. */
static void prefill_chunk(ifc_host *h, uint32_t token)
{
    ifc_step *step = &h->steps.step;
    if (!run_layers(h, token))
        return;
    step->vectors = 1;
    if (h->steps.ends_prompt && !run_epilogue(h, token))
        return;
    h->prompt_tokens += step->parts[0].tokens;
    if (h->steps.ends_prompt)
        h->ttft = ifc_now();
    ifc_steps_end(&h->steps);
    slide_windows(h);
}

static void decode_token(ifc_host *h, uint32_t token)
{
    ifc_time begin = ifc_now();
    ifc_event_token_begin(&h->events, token);
    if (!run_layers(h, token) || !run_epilogue(h, token))
        return;
    record_step(h, ifc_now() - begin);
    ifc_steps_end(&h->steps);
    ifc_event_token_end(&h->events, token, begin);
    for (uint32_t layer = 0; layer < h->hw->s->model.layers; layer++)
        ifc_host_ask_flush(h, IFC_FLUSH_TOKEN_END, token, layer, NULL);
    ifc_event_token_over(&h->events, token, begin);
    ifc_host_refresh(h, token);
    slide_windows(h);
}

void ifc_host_step(ifc_host *h, ifc_step_kind kind)
{
    uint32_t token = (uint32_t)h->steps.number;
    if (kind == IFC_STEP_PROMPT)
        prefill_chunk(h, token);
    else
        decode_token(h, token);
}

void ifc_host_wait_background(ifc_host *h)
{
    const ifc_op_run *op = wait_one(h);
    IFC_BUG_ON(op, "an operator completes that no graph waits for");
}

/* What waits for its erase on the dies of the cache. */
static void erase(ifc_host *h, uint32_t sequence)
{
    static const ifc_op_node node = {.kind = IFC_OP_REFRESH, .unit = IFC_UNIT_STORE};
    uint32_t slot = h->hw->n_dies + sequence;
    ifc_op_run *op = &h->refreshes[slot];
    *op = ifc_host_op(h, &node, (uint32_t)h->steps.number, 0);
    op->background = true;
    op->request = slot;
    h->background++;
    ifc_event_op_begin(&h->events, op);
    ifc_controller_submit(h->controller, &op->job);
}

void ifc_host_erase_late(ifc_host *h, uint32_t sequence)
{
    const ifc_group *g = h->mapping->kv.group;
    uint32_t rows = 0;
    for (uint32_t d = 0; d < g->p->dies && !h->refreshes[h->hw->n_dies + sequence].background; d++)
        rows += ifc_blocks_late(&h->mapping->blocks, g->first_die + d, sequence);
    if (rows > 0)
        erase(h, sequence);
}

void ifc_host_erase(ifc_host *h, uint32_t sequence)
{
    const ifc_group *g = h->mapping->kv.group;
    uint32_t rows = 0;
    while (h->refreshes[h->hw->n_dies + sequence].background && !ifc_stop_asked(&h->stop))
        ifc_host_wait_background(h); /* what was there before is still being erased */
    if (h->stop.stopped)
        return;
    for (uint32_t d = 0; g && d < g->p->dies; d++)
        rows += ifc_blocks_end(&h->mapping->blocks, g->first_die + d, sequence);
    if (rows > 0)
        erase(h, sequence);
}

/* What becomes free while some are being erased waits. */
static void slide(ifc_host *h, uint32_t sequence, uint64_t behind)
{
    const ifc_group *g = h->mapping->kv.group;
    uint32_t rows = 0;
    if (h->refreshes[h->hw->n_dies + sequence].background)
        return;
    for (uint32_t d = 0; behind > 0 && d < g->p->dies; d++)
        rows += ifc_blocks_slide(&h->mapping->blocks, g->first_die + d, sequence, behind);
    if (rows > 0)
        erase(h, sequence);
}

/* Rows of blocks that windows have left behind: where sequences share them the last one decides. */
static void slide_windows(ifc_host *h)
{
    const ifc_block_table *t = &h->mapping->blocks;
    bool apart = ifc_blocks_by_sequence(t);
    uint64_t least = UINT64_MAX;
    if (t->kinds < 2)
        return;
    for (uint32_t i = 0; i < h->mapping->sequences; i++) {
        uint64_t behind = ifc_kv_behind(ifc_mapping_cache(h->mapping, i));
        least = behind < least ? behind : least;
        if (apart)
            slide(h, i, behind);
    }
    if (!apart)
        slide(h, 0, least);
}

/* All sequences begin together. */
void ifc_host_decode(ifc_host *h)
{
    const ifc_workload *w = &h->hw->s->workload;
    ifc_steps *t = &h->steps;
    t->prompts_first = true;
    for (ifc_sequence *q; (q = ifc_steps_free(t));)
        ifc_steps_begin(t, q, w->prompt, w->tokens);
    for (ifc_step_kind kind; !h->stop.stopped && (kind = ifc_steps_next(t)) != IFC_STEP_NONE;)
        ifc_host_step(h, kind);
}

void ifc_host_drain(ifc_host *h)
{
    h->ending = true;
    while (h->background > 0 && !ifc_stop_asked(&h->stop)) {
        ifc_op_run *op = wait_one(h);
        IFC_BUG_ON(op, "an operator completes that no graph waits for");
    }
    ifc_mapping_recycle(h->mapping);
}
