#include "components/run/swap.h"

#include "components/run/host.h"

static ifc_contexts *contexts(ifc_host *h)
{
    return &h->mapping->contexts;
}

static void pause_until(ifc_host *h, ifc_time until)
{
    while (ifc_now() < until && !ifc_stop_asked(&h->stop)) {
        if (h->done.first)
            ifc_host_wait_background(h);
        else
            ifc_wait_until(&h->work, until, "objects to be unpacked");
    }
}

/* ---- reads and writes ---- */

static void start(ifc_host *h, const ifc_op_node *node, uint32_t layer)
{
    ifc_op_run *op = &h->swap.op;
    *op = ifc_host_op(h, node, (uint32_t)h->steps.number, layer);
    op->background = true;
    h->background++;
    ifc_event_op_begin(&h->events, op);
    ifc_controller_submit(h->controller, &op->job);
}

static void wait(ifc_host *h)
{
    while (h->swap.op.background && !ifc_stop_asked(&h->stop))
        ifc_host_wait_background(h);
}

/* Objects of a layer that move, and their bytes. */
static uint64_t count(ifc_host *h, uint64_t *bytes)
{
    ifc_context_cursor at = {0};
    uint64_t n = 0, each;
    for (*bytes = 0; ifc_contexts_object(contexts(h), &at, &each); n++)
        *bytes += each;
    return n;
}

static ifc_time handling(const ifc_host *h, uint64_t objects)
{
    return ifc_time_times(objects, h->hw->s->contexts.object_time);
}

/* All that moves is written, one object after the other is packed before. Return: its bytes. */
static uint64_t write_out(ifc_host *h)
{
    static const ifc_op_node node = {.kind = IFC_OP_SWAP_OUT, .unit = IFC_UNIT_STORE};
    uint64_t bytes, layers = h->hw->s->model.layers, objects = count(h, &bytes) * layers;
    pause_until(h, ifc_time_add(ifc_now(), handling(h, objects)));
    if (h->stop.stopped)
        return 0;
    start(h, &node, 0);
    wait(h);
    ifc_contexts_settle(contexts(h));
    return bytes * layers;
}

uint64_t ifc_host_write_ahead(ifc_host *h)
{
    ifc_contexts *c = contexts(h);
    return c->p && c->p->ahead && ifc_contexts_write(c) ? write_out(h) : 0;
}

/* ---- layer by layer ---- */

static void start_layer(ifc_host *h, uint32_t layer)
{
    static const ifc_op_node node = {.kind = IFC_OP_SWAP_IN, .unit = IFC_UNIT_STORE};
    if (h->swap.objects > 0 && layer < h->hw->s->model.layers)
        start(h, &node, layer);
}

/* @layer is read and unpacked; then the next one is read while this one is computed. */
static bool before_layer(ifc_host *h, uint32_t layer)
{
    ifc_swap *w = &h->swap;
    ifc_time begin = ifc_now();
    if (w->objects == 0)
        return true;
    wait(h);
    if (h->stop.stopped)
        return false;
    w->ready = ifc_time_add(ifc_time_max(w->op.job.end, w->ready), handling(h, w->objects));
    w->took = ifc_time_add(w->took, w->ready - w->op.job.issue);
    pause_until(h, w->ready);
    w->waited = ifc_time_add(w->waited, ifc_now() - begin);
    if (!h->stop.stopped)
        start_layer(h, layer + 1);
    return !h->stop.stopped;
}

static void compute(ifc_host *h, ifc_sequence *q, uint64_t tokens)
{
    ifc_kv_forget(q->kv, tokens);
    ifc_steps_again(&h->steps, q, (uint32_t)tokens);
    h->before_layer = before_layer;
    ifc_host_step(h, IFC_STEP_PROMPT);
    h->before_layer = NULL;
}

/* All layers: what moves is read, so many tokens are computed again. */
static void run_layers(ifc_host *h, ifc_sequence *q, uint64_t tokens)
{
    ifc_swap *w = &h->swap;
    ifc_time begin = ifc_now();
    w->waited = w->took = 0;
    w->ready = begin;
    start_layer(h, 0);
    if (tokens > 0)
        compute(h, q, tokens);
    for (uint32_t l = 0; tokens == 0 && l < h->hw->s->model.layers && !h->stop.stopped; l++)
        before_layer(h, l);
    if (h->stop.stopped)
        return;
    double layers = h->hw->s->model.layers;
    if (tokens > 0)
        ifc_swap_recomputed(&w->costs, (double)tokens, ifc_now() - begin - w->waited);
    if (w->objects > 0)
        ifc_swap_loaded(&w->costs, (double)w->objects * layers, (double)w->bytes * layers, w->took);
}

/* ---- the split ---- */

static uint64_t tokens_of(const ifc_contexts *c, const ifc_context *x, uint64_t tokens, size_t k)
{
    return k + 1 < x->n ? c->p->chunk : tokens - (x->n - 1) * (uint64_t)c->p->chunk;
}

/* Of what is stored, the chunk that takes most to read is computed first. */
static ifc_context_chunk *largest(const ifc_contexts *c, ifc_context *x, uint64_t tokens, uint64_t *its)
{
    ifc_context_chunk *found = NULL;
    for (size_t k = 0; k < x->n; k++)
        if (x->chunks[k].moving && (!found || x->chunks[k].level < found->level)) {
            found = &x->chunks[k];
            *its = tokens_of(c, x, tokens, k);
        }
    return found;
}

/* What of @objects is better computed: one chunk more as long as that ends sooner. Return: tokens. */
static uint64_t split(ifc_host *h, ifc_context *x, uint64_t tokens, uint64_t forced)
{
    const ifc_contexts *c = contexts(h);
    uint64_t sum = forced, its, bytes, n = count(h, &bytes), layers = c->layers, most = n / 2;
    bool known = ifc_swap_known(&h->swap.costs);
    for (ifc_context_chunk *k; (k = largest(c, x, tokens, &its)); n--) {
        uint64_t each = c->layer_bytes >> k->level;
        const ifc_swap_costs *costs = &h->swap.costs;
        double now = ifc_swap_load_ps(costs, (double)(n * layers), (double)(bytes * layers));
        double then = ifc_swap_recompute_ps(costs, (double)(sum + its));
        if (known ? then >= now : n <= most)
            break;
        k->moving = false;
        sum += its;
        bytes -= each;
    }
    return sum;
}

/* What is missing is read if it is stored, and computed again if not, or if that is faster. Return: tokens
 * that are computed. */
static uint64_t plan(ifc_host *h, uint32_t i, uint64_t tokens)
{
    ifc_contexts *c = contexts(h);
    ifc_context *x = &c->all[i];
    uint64_t forced = 0;
    for (size_t k = 0; k < x->n; k++) {
        ifc_context_chunk *this = &x->chunks[k];
        this->moving = !this->here && this->stored;
        forced += !this->here && !this->stored ? tokens_of(c, x, tokens, k) : 0;
    }
    return c->p->recompute ? split(h, x, tokens, forced) : forced;
}

/* ---- a call ---- */

/* Others leave until there is room for what is missing, and for what the call adds. */
static void reclaim(ifc_host *h, uint32_t i, ifc_request_row *row)
{
    ifc_contexts *c = contexts(h);
    uint64_t chunks = ifc_contexts_chunks(c, row->prompt + row->answer - 1) - c->all[i].n;
    uint64_t needed = ifc_contexts_missing(c, i) + ifc_contexts_size(c, chunks), bytes;
    while (c->bytes + needed > c->p->budget && ifc_contexts_evict(c, i))
        ;
    if (count(h, &bytes) > 0)
        row->written = write_out(h);
}

void ifc_host_switch(ifc_host *h, ifc_sequence *q, ifc_request_row *row)
{
    ifc_contexts *c = contexts(h);
    uint32_t i = q->kv->sequence;
    row->start = ifc_now();
    row->resident = ifc_contexts_resident(c);
    row->context_bytes = ifc_contexts_bytes(c, &row->contexts);
    row->missing = ifc_contexts_missing(c, i);
    reclaim(h, i, row);
    if (h->stop.stopped)
        return;
    row->recomputed = plan(h, i, ifc_kv_tokens(q->kv));
    h->swap.objects = count(h, &h->swap.bytes);
    row->loaded = h->swap.bytes * c->layers;
    run_layers(h, q, row->recomputed);
    if (h->stop.stopped)
        return;
    ifc_contexts_arrive(c, i);
    row->switched = ifc_now();
}

void ifc_host_switched(ifc_host *h, const ifc_sequence *q)
{
    ifc_contexts_grow(contexts(h), q->kv->sequence, ifc_kv_tokens(q->kv));
}
