#include "components/data/kv.h"

#include <stdlib.h>
#include <string.h>

#include "components/data/kv_index.h"
#include "components/data/layout.h"
#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"
#include "platform/common/memory.h"
#include "platform/common/size.h"
#include "workloads/model.h"

/* Planes are dealt to heads as evenly as whole planes allow; the head with the fewest sets the pace. */
static uint64_t fewest_planes(const ifc_kv *kv)
{
    uint64_t fewest = kv->group->planes_total;
    for (uint32_t h = 0; kv->layout->by_plane && h < kv->heads; h++) {
        uint64_t end = h + 1 < kv->heads ? kv->starts[h + 1] : kv->group->planes_total;
        fewest = end - kv->starts[h] < fewest ? end - kv->starts[h] : fewest;
    }
    return fewest ? fewest : 1;
}

/* Units, streams and page capacities from the placement. */
static void derive(ifc_kv *kv, const ifc_scenario *s)
{
    const ifc_flash_group *g = kv->group->p;
    ifc_kv_unit unit = kv->layout->unit(s, g, fewest_planes(kv));
    kv->slice = unit.slice;
    kv->slices = unit.slices;
    kv->unit_bytes = unit.bytes;
    kv->unit_data = unit.data;
    kv->streams = kv->kinds * (uint64_t)s->model.layers * unit.streams *
                  s->workload.batch; /* each sequence has its own */
    kv->dealt_heads = kv->layout->by_plane ? 1 : kv->heads;
    kv->dealt_planes = kv->layout->by_plane ? 1 : kv->group->planes_total;
    kv->page_tokens = (uint32_t)(g->page / kv->unit_bytes);
    double exact_page = (double)g->page / unit.exact;
    double share = (double)s->placement.kv_buffer.bytes / (double)kv->streams / unit.exact *
                   s->placement.kv_buffer.partial_programs;
    kv->page_run_tokens = s->effects.kv_fill && share < exact_page ? share : exact_page;
}

/* The buffer in whole units; what is left over goes to the first layers, a unit for each of their streams. */
static void share_buffer(ifc_kv *kv, const ifc_scenario *s)
{
    uint64_t units = s->placement.kv_buffer.bytes / kv->unit_bytes, each = units / kv->streams;
    uint64_t layers_more = (units - each * kv->streams) / (kv->streams / s->model.layers);
    for (uint32_t l = 0; l < s->model.layers; l++) {
        ifc_kv_layer *layer = &kv->layers[l];
        uint64_t share = each + (l < layers_more), most = share * s->placement.kv_buffer.partial_programs;
        layer->share = share > UINT32_MAX ? UINT32_MAX : (uint32_t)share;
        layer->tokens_per_page = most < kv->page_tokens ? (uint32_t)most : kv->page_tokens;
        if (!s->effects.kv_fill || !layer->tokens_per_page)
            layer->tokens_per_page = kv->page_tokens;
    }
}

/* Of @tokens tokens of a layer, at most how many are still kept; those that a policy keeps of both ends lie
 * in a page more each. */
static uint64_t kept_tokens(const ifc_kv *kv, uint32_t layer, uint64_t tokens)
{
    const ifc_select_plan *plan = &kv->plans[layer];
    uint64_t kept = plan->kept_first + plan->kept_last, page = kv->layers[layer].tokens_per_page;
    if (kept < plan->kept_first)
        return tokens;
    if (kv->group && kept > 0)
        kept = ifc_div_up(plan->kept_first, page) * page + (ifc_div_up(plan->kept_last, page) + 1) * page;
    return kept > 0 && kept < tokens ? kept : tokens;
}

/* What blocks hold at the start: of a layer with a window, only what it can still attend to. */
static void count_stored_pages(ifc_kv *kv, const ifc_scenario *s)
{
    uint64_t before = 0;
    for (uint32_t l = 0; l < s->model.layers; l++) {
        ifc_kv_layer *layer = &kv->layers[l];
        layer->start_closed = layer->closed_pages;
        layer->start_pages = layer->windowed ? layer->pages : kv->prefill_pages;
        layer->stored_pages = layer->windowed ? ifc_kv_pages(kv, l) : kv->prefill_pages;
        uint64_t kept = kept_tokens(kv, l, layer->tokens);
        if (kept < layer->tokens && ifc_div_up(kept, layer->tokens_per_page) < layer->stored_pages)
            layer->stored_pages = ifc_div_up(kept, layer->tokens_per_page);
        layer->pages_before = before;
        before += kv->kinds * layer->stored_pages + layer->index.stored_pages;
    }
}

static ifc_status store_context(ifc_kv *kv, const ifc_scenario *s, ifc_error *err)
{
    ifc_status status = IFC_OK;
    for (uint32_t l = 0; l < s->model.layers; l++) {
        ifc_kv_layer *layer = &kv->layers[l];
        layer->tokens = s->workload.context;
        layer->windowed = ifc_model_has_window(&s->model, l);
        if (!kv->group)
            continue;
        layer->closed_pages = layer->tokens / layer->tokens_per_page;
        layer->open_tokens = (uint32_t)(layer->tokens % layer->tokens_per_page);
        layer->open_programs = layer->share ? (uint32_t)ifc_div_up(layer->open_tokens, layer->share) : 0;
        layer->pages = layer->closed_pages + (layer->open_tokens > 0);
        kv->prefill_pages = layer->pages > kv->prefill_pages ? layer->pages : kv->prefill_pages;
        status = status == IFC_OK ? ifc_kv_index_init(kv, l, err) : status;
    }
    if (kv->group)
        count_stored_pages(kv, s);
    return status;
}

ifc_status ifc_kv_init(ifc_kv *kv, ifc_kv *first, const ifc_hardware *hw, const ifc_select_plan *plans,
                       ifc_error *err)
{
    const ifc_scenario *s = hw->s;
    memset(kv, 0, sizeof *kv);
    kv->hw = hw;
    kv->first = first ? first : kv;
    kv->plans = plans;
    kv->entry_bytes = ifc_model_entry_bytes(&s->model);
    kv->heads = s->model.kv_heads;
    kv->kinds = ifc_model_kv_kinds(&s->model);
    kv->layers = ifc_alloc_zero(s->model.layers, sizeof *kv->layers);
    int group = ifc_scenario_group(s, s->placement.kv);
    if (group >= 0) {
        kv->group = &hw->groups[group];
        kv->scratch = ifc_alloc_zero(3 * kv->group->planes_total + 1, sizeof *kv->scratch);
        kv->layout = ifc_kv_layout_of(&s->placement);
        if (kv->layout->by_plane)
            ifc_kv_place(kv);
        derive(kv, s);
        if (kv->page_tokens == 0)
            return ifc_fail(
                err, IFC_EDATA,
                "%s: model.head_dim: one KV entry (%llu bytes) is larger than a page (%llu bytes)", s->file,
                (unsigned long long)kv->unit_bytes, (unsigned long long)kv->group->p->page);
        share_buffer(kv, s);
        if (s->effects.kv_program && kv->layers[s->model.layers - 1].share < 1 + s->workload.draft.tokens)
            return ifc_fail(
                err, IFC_ENOFIT,
                "kv_buffer: %llu streams of %llu bytes a token need %llu bytes, available %llu",
                (unsigned long long)kv->streams, (unsigned long long)kv->unit_bytes,
                (unsigned long long)(kv->streams * kv->unit_bytes * (1 + s->workload.draft.tokens)),
                (unsigned long long)s->placement.kv_buffer.bytes);
    }
    ifc_status status = store_context(kv, s, err);
    if (status == IFC_OK && kv->group && !kv->layout->by_plane)
        ifc_kv_place(kv);
    return status;
}

static void free_choice(ifc_kv *kv)
{
    for (uint32_t h = 0; kv->chosen.heads && h < kv->heads; h++)
        free(kv->chosen.heads[h].spans);
    free(kv->chosen.heads);
    free(kv->chosen.spans);
}

void ifc_kv_fini(ifc_kv *kv)
{
    for (uint32_t l = 0; kv->layers && l < kv->hw->s->model.layers; l++)
        free(kv->layers[l].page_ends);
    free(kv->layers);
    free(kv->scratch);
    free_choice(kv);
    ifc_kv_place_fini(kv);
    memset(kv, 0, sizeof *kv);
}

/* Tokens of a layer that its window has left behind. */
static uint64_t behind(const ifc_kv *kv, const ifc_kv_layer *l)
{
    uint64_t tokens = l->tokens + l->buffered, window = kv->hw->s->model.window;
    return l->windowed && tokens > window ? tokens - window : 0;
}

uint64_t ifc_kv_behind(const ifc_kv *kv)
{
    uint64_t least = UINT64_MAX;
    for (uint32_t l = 0; l < kv->hw->s->model.layers; l++)
        if (kv->layers[l].windowed) {
            uint64_t past = behind(kv, &kv->layers[l]);
            least = past < least ? past : least;
        }
    return least == UINT64_MAX ? 0 : least;
}

uint64_t ifc_kv_stored(const ifc_kv *kv, uint32_t layer)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    uint64_t past = behind(kv, l);
    return past < l->tokens ? l->tokens - past : 0;
}

uint32_t ifc_kv_buffered_before(const ifc_kv *kv, uint32_t layer, uint32_t later)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    uint32_t all = kv->chosen.is && kv->chosen.layer == layer ? kv->chosen.buffered : l->buffered;
    uint32_t before = all > later ? all - later : 0, window = kv->hw->s->model.window;
    return l->windowed && before > window ? window : before;
}

uint32_t ifc_kv_buffered(const ifc_kv *kv, uint32_t layer)
{
    return ifc_kv_buffered_before(kv, layer, 0);
}

uint64_t ifc_kv_first_page(const ifc_kv *kv, uint32_t layer)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    uint64_t past = behind(kv, l), low = 0, high = l->closed_pages - l->start_closed;
    if (past == 0)
        return 0;
    if (past >= l->tokens)
        return l->pages;
    if (past < l->start_closed * l->tokens_per_page)
        return past / l->tokens_per_page;
    while (low < high) { /* the first page whose end lies beyond what is past */
        uint64_t middle = (low + high) / 2;
        if (l->page_ends[middle] > past)
            high = middle;
        else
            low = middle + 1;
    }
    return l->start_closed + low;
}

uint64_t ifc_kv_pages(const ifc_kv *kv, uint32_t layer)
{
    return kv->layers[layer].pages - ifc_kv_first_page(kv, layer);
}

double ifc_kv_page_elements(const ifc_kv *kv, uint32_t layer)
{
    const ifc_scenario *s = kv->hw->s;
    double planes = ifc_kv_by_plane(kv) ? (double)kv->group->planes_total / kv->heads : 1;
    if (!s->effects.page_rounding)
        return kv->page_run_tokens * s->model.head_dim / planes;
    const ifc_kv_layer *l = &kv->layers[layer];
    double tokens = l->tokens_per_page;
    if (l->prompted && l->pages > 0) /* pages of a prompt are full: what there is on average */
        tokens =
            (double)l->tokens / (double)l->pages > tokens ? (double)l->tokens / (double)l->pages : tokens;
    return tokens * (double)kv->unit_data * 8.0 / s->model.kv_bits;
}

uint64_t ifc_kv_tokens_read(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads)
{
    uint64_t sum = 0;
    if (!ifc_kv_choice_of(kv, layer, head))
        return ifc_kv_stored(kv, layer) * heads;
    for (uint32_t h = head; h < head + heads; h++)
        sum += kv->chosen.heads[h].tokens;
    return sum;
}

uint64_t ifc_kv_pages_read(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads)
{
    uint64_t sum = 0;
    if (!ifc_kv_choice_of(kv, layer, head))
        return ifc_kv_pages(kv, layer) * heads;
    for (uint32_t h = head; h < head + heads; h++)
        sum += kv->chosen.heads[h].pages;
    return sum;
}

static void account_buffer(ifc_kv *kv, int64_t tokens, ifc_time now)
{
    const ifc_model *m = &kv->hw->s->model;
    kv->buffered_byte_ps += (ifc_kv_integral)kv->buffered_bytes * (uint64_t)(now - kv->buffered_since);
    kv->buffered_since = now;
    kv->buffered_bytes = (uint64_t)((int64_t)kv->buffered_bytes +
                                    tokens * kv->kinds * (int64_t)m->kv_heads * (int64_t)kv->entry_bytes);
    if (kv->buffered_bytes > kv->peak_buffered_bytes)
        kv->peak_buffered_bytes = kv->buffered_bytes;
}

bool ifc_kv_has_room(const ifc_kv *kv, uint32_t layer, uint32_t tokens)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    return !kv->group || !kv->hw->s->effects.kv_program || (!l->direct && l->buffered + tokens <= l->share);
}

void ifc_kv_add(ifc_kv *kv, uint32_t layer, uint32_t tokens)
{
    if (!kv->hw->s->effects.kv_program)
        return;
    IFC_BUG_ON(!ifc_kv_has_room(kv, layer, tokens), "KV buffer of layer %u overflows", layer);
    kv->layers[layer].buffered += tokens;
    if (kv->group)
        account_buffer(kv->first, tokens, ifc_now());
}

void ifc_kv_drop(ifc_kv *kv, uint32_t layer, uint32_t tokens)
{
    if (!kv->group || !kv->hw->s->effects.kv_program || !tokens)
        return;
    kv->layers[layer].buffered -= tokens;
    account_buffer(kv->first, -(int64_t)tokens, ifc_now());
}

void ifc_kv_ask_flush(ifc_kv *kv, uint32_t layer, uint32_t tokens)
{
    ifc_kv_layer *l = &kv->layers[layer];
    IFC_BUG_ON(l->flushing > 0 || tokens > l->buffered, "layer %u flushes %u tokens while %u of %u are",
               layer, tokens, l->flushing, l->buffered);
    l->flushing = tokens;
}

void ifc_kv_ask_store(ifc_kv *kv, uint32_t layer, uint32_t tokens)
{
    ifc_kv_layer *l = &kv->layers[layer];
    IFC_BUG_ON(l->flushing > 0, "layer %u stores a prompt while it is flushed", layer);
    l->flushing = tokens;
    l->direct = l->prompted = true;
}

/* How much of its open page a layer has used up, of what buffer and partial programs ever let it hold. */
static double page_fill(const ifc_kv_layer *l)
{
    double fill = (double)l->open_tokens / l->tokens_per_page;
    return fill < 1 ? fill : 1;
}

/* @tokens: stored up to the end of the page. */
static void close_page(ifc_kv_layer *l, uint64_t tokens)
{
    size_t n = l->closed_pages++ - l->start_closed;
    if (!l->windowed)
        return;
    l->page_ends = ifc_grow(l->page_ends, &l->room_ends, n, sizeof *l->page_ends);
    l->page_ends[n] = tokens;
}

/* @left tokens go into the open page of each stream and the ones after it. */
static void fill_pages(const ifc_kv *kv, ifc_kv_layer *l, uint32_t left, ifc_kv_flush *plan)
{
    const ifc_scenario *s = kv->hw->s;
    uint32_t most = s->effects.kv_fill ? s->placement.kv_buffer.partial_programs : UINT32_MAX;
    uint64_t before = l->tokens;
    *plan = (ifc_kv_flush){.first_page = l->closed_pages, .tokens = left};
    ifc_kv_index_grow(kv, l, left, plan);
    while (left > 0) {
        uint32_t room = kv->page_tokens - l->open_tokens, part = left < room ? left : room;
        double filled = page_fill(l);
        left -= part;
        l->open_tokens += part;
        bool closed = ++l->open_programs >= most || l->open_tokens == kv->page_tokens;
        plan->last_fill = (closed ? 1 : page_fill(l)) - filled;
        if (plan->programs++ == 0) {
            plan->first_tokens = part;
            plan->first_fill = plan->last_fill;
        }
        if (closed) {
            close_page(l, before + plan->tokens - left);
            l->open_tokens = l->open_programs = 0;
        }
    }
}

void ifc_kv_begin_flush(ifc_kv *kv, uint32_t layer, ifc_kv_flush *plan)
{
    ifc_kv_layer *l = &kv->layers[layer];
    fill_pages(kv, l, l->flushing, plan);
    plan->direct = l->direct;
    kv->first->flushes += !l->direct;
}

void ifc_kv_store(ifc_kv *kv, uint32_t layer, uint32_t tokens)
{
    ifc_kv_layer *l = &kv->layers[layer];
    ifc_kv_flush plan;
    if (kv->group)
        fill_pages(kv, l, tokens, &plan);
    l->prompted = true;
    l->tokens += tokens;
    l->pages = kv->group ? l->closed_pages + (l->open_tokens > 0) : 0;
    ifc_kv_index_end(l);
}

void ifc_kv_forget(ifc_kv *kv, uint64_t tokens)
{
    for (uint32_t l = 0; l < kv->hw->s->model.layers; l++) {
        IFC_BUG_ON(kv->group || tokens > kv->layers[l].tokens, "layer %u of a cache forgets %llu tokens", l,
                   (unsigned long long)tokens);
        kv->layers[l].tokens -= tokens;
    }
}

uint64_t ifc_kv_pairs(const ifc_kv *kv, uint32_t layer, uint64_t tokens)
{
    const ifc_kv_layer *l = &kv->layers[layer];
    uint64_t before = l->tokens + l->buffered + l->unstored, window = kv->hw->s->model.window;
    uint64_t growing = tokens; /* those that see all before them */
    if (l->windowed)
        growing = before >= window ? 0 : window - before < tokens ? window - before : tokens;
    return growing * before + growing * (growing + 1) / 2 + (tokens - growing) * window;
}

void ifc_kv_end_flush(ifc_kv *kv, uint32_t layer, ifc_time at)
{
    ifc_kv_layer *l = &kv->layers[layer];
    l->tokens += l->flushing;
    l->pages = l->closed_pages + (l->open_tokens > 0);
    ifc_kv_index_end(l);
    if (!l->direct) {
        l->buffered -= l->flushing;
        account_buffer(kv->first, -(int64_t)l->flushing, at);
    }
    l->flushing = 0;
    l->direct = false;
}

void ifc_kv_end_token(ifc_kv *kv, uint32_t layer, uint32_t tokens)
{
    ifc_kv_layer *l = &kv->layers[layer];
    ifc_kv_flush plan;
    if (!kv->group && kv->hw->s->effects.kv_program) {
        l->tokens += tokens; /* DRAM: written right away */
        l->buffered = 0;
    } else if (!kv->group) {
        l->tokens += tokens;
    } else if (!kv->hw->s->effects.kv_program) {
        /* In steps of a flush, or what is stored would be ahead of what it is with programs, and pages
         * fuller. */
        l->unstored += tokens;
        uint32_t each = l->share ? l->share : l->unstored;
        for (; l->unstored > 0 && l->unstored >= each; l->unstored -= each) {
            fill_pages(kv, l, each, &plan);
            l->tokens += each;
            ifc_kv_index_end(l);
        }
        l->pages = l->closed_pages + (l->open_tokens > 0);
    }
}

/* Pages of a stream that hold @tokens tokens; those of a window lie in one page more when it slides. */
static uint64_t pages_for(const ifc_kv *kv, const ifc_kv_layer *l, uint64_t tokens)
{
    uint64_t window = kv->hw->s->model.window;
    if (!l->windowed || tokens <= window)
        return ifc_div_up(kept_tokens(kv, (uint32_t)(l - kv->layers), tokens), l->tokens_per_page);
    return ifc_div_up(window, l->tokens_per_page) + 1;
}

/* Of a layer in DRAM, or in pages that are not counted. */
static uint64_t plain_bytes(const ifc_kv *kv, uint32_t layer, uint64_t tokens)
{
    const ifc_model *m = &kv->hw->s->model;
    const ifc_select_plan *plan = &kv->plans[layer];
    uint64_t kept = ifc_model_has_window(m, layer) && tokens > m->window ? m->window : tokens;
    kept = kept_tokens(kv, layer, kept);
    uint64_t entries = plan->entry_tokens ? kept / plan->entry_tokens * plan->vectors : 0;
    return ifc_size_times(ifc_model_kv_kinds(m) * kept + entries, m->kv_heads * ifc_model_entry_bytes(m));
}

/* Of a head, of all its streams and of its index. */
static uint64_t pages_of(const ifc_kv *kv, uint32_t layer, uint64_t tokens, uint64_t prompt)
{
    uint64_t streams =
        kv->kinds * (pages_for(kv, &kv->layers[layer], tokens) + ifc_div_up(prompt, kv->page_tokens));
    return streams + ifc_kv_index_pages(kv, layer, tokens, false) +
           ifc_kv_index_pages(kv, layer, prompt, true);
}

static bool selects(const ifc_kv *kv)
{
    for (uint32_t l = 0; l < kv->hw->s->model.layers; l++)
        if (kv->plans[l].selects)
            return true;
    return false;
}

uint64_t ifc_kv_capacity(const ifc_kv *kv, uint64_t tokens, uint64_t prompt)
{
    const ifc_scenario *s = kv->hw->s;
    uint64_t sum = 0, planes = s->model.kv_heads * (kv->slices ? kv->slices : 1);
    bool pages = kv->group && s->effects.kv_capacity;
    if (!pages && !selects(kv))
        return ifc_model_window_layers(&s->model)
                   ? ifc_model_kv_bytes_at(&s->model, tokens + prompt)
                   : ifc_size_times(tokens + prompt, ifc_model_kv_bytes(&s->model));
    for (uint32_t l = 0; l < s->model.layers; l++) {
        uint64_t plain = pages ? 0 : plain_bytes(kv, l, tokens + prompt);
        sum = ifc_size_add(sum, pages ? planes * pages_of(kv, l, tokens, prompt) : plain);
    }
    return pages ? ifc_size_times(sum, kv->group->p->page) : sum;
}

uint64_t ifc_kv_tokens(const ifc_kv *kv)
{
    const ifc_kv_layer *l = &kv->layers[0];
    return l->tokens + l->buffered + l->unstored + (l->direct ? l->flushing : 0);
}

bool ifc_kv_flushing(const ifc_kv *kv)
{
    for (uint32_t l = 0; l < kv->hw->s->model.layers; l++)
        if (kv->layers[l].flushing > 0)
            return true;
    return false;
}

static void reset_layer(ifc_kv *kv, ifc_kv_layer *l)
{
    if (kv->group && l->buffered > 0)
        account_buffer(kv->first, -(int64_t)l->buffered, ifc_now());
    l->tokens = l->pages = l->closed_pages = 0;
    l->stored_pages = l->start_pages = l->start_closed = l->pages_before = 0;
    l->open_tokens = l->open_programs = l->buffered = l->unstored = 0;
    l->prompted = false;
    ifc_kv_index_reset(l);
}

void ifc_kv_reset(ifc_kv *kv)
{
    uint32_t layers = kv->hw->s->model.layers;
    for (uint32_t l = 0; l < layers; l++)
        reset_layer(kv, &kv->layers[l]);
    for (uint64_t i = 0; kv->grown && i < kv->kinds * (uint64_t)layers * kv->heads; i++)
        kv->grown[i].first = kv->grown[i].n = 0;
    kv->prefill_pages = 0;
}
