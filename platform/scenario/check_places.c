/*
 * Where matrices lie, and whether they can be multiplied as it is said.
 */
#include <math.h>
#include <string.h>

#include "platform/scenario/check_internal.h"

static void check_multiplied(const struct check *c, const ifc_matrix_place *p, const ifc_flash_group *g)
{
    const char *way = p->gemv == IFC_GEMV_IFC ? "ifc" : "split";
    if (p->gemv == IFC_GEMV_NPU)
        return;
    if (!g)
        ifc__check_wrong(c, p->gemv_path,
                         "\"%s\" needs dies with engines, and %s names DRAM (allowed: npu, auto)", way,
                         p->store_path);
    else if (g->fmacs == 0)
        ifc__check_wrong(c, p->gemv_path, "group %s has no engines: its fmacs = 0 (allowed: npu, auto)",
                         g->name);
}

/* Inputs of the matrices of a class, up to three kinds of them; 0: no more. */
static void inputs_of(const ifc_model *m, ifc_placed matrix, uint64_t out[3])
{
    uint64_t output = m->latent.kv_rank ? m->latent.value_dim : m->head_dim;
    out[1] = out[2] = 0;
    out[0] = matrix == IFC_PLACED_PROJECT ? m->heads * output
             : matrix == IFC_PLACED_DOWN  ? m->ffn
                                          : m->hidden;
    if (matrix == IFC_PLACED_DOWN && m->dense_layers)
        out[1] = m->dense_ffn ? m->dense_ffn : m->ffn;
    if (matrix == IFC_PLACED_QKV && m->latent.kv_rank) {
        out[1] = m->latent.plain_dim < m->latent.kv_rank ? m->latent.plain_dim : m->latent.kv_rank;
        out[2] = m->latent.query_rank;
    }
}

/* Bytes of a row (as workloads/model.c has it, which is above this room). */
static uint64_t row_bytes(const ifc_model *m, ifc_placed matrix, uint64_t cols)
{
    const uint32_t bits_of[IFC_PLACED] = {[IFC_PLACED_QKV] = m->bits.qkv,
                                          [IFC_PLACED_PROJECT] = m->bits.project,
                                          [IFC_PLACED_GATE_UP] = m->bits.gate_up,
                                          [IFC_PLACED_DOWN] = m->bits.down,
                                          [IFC_PLACED_LM_HEAD] =
                                              m->tied_head ? m->bits.embed : m->bits.lm_head};
    uint32_t bits = bits_of[matrix] ? bits_of[matrix] : m->weight_bits, scale = m->scale_bits;
    if (scale == IFC_SCALE_AUTO)
        scale = bits < IFC_SCALE_AUTO_BELOW ? 16 : 0;
    if (bits >= IFC_SCALE_BELOW)
        scale = 0;
    return (cols * bits + (cols + m->scale_group - 1) / m->scale_group * scale + 7) / 8;
}

/* Weights that a page of @g has room for: of the matrices in two parts, those that take the most. */
static uint64_t page_elements(const ifc_scenario *s, const ifc_flash_group *g)
{
    uint64_t least = UINT64_MAX, cols[3];
    for (int i = IFC_PLACED_QKV; i < IFC_PLACED; i++) {
        ifc_matrix_place p;
        ifc_scenario_matrix(s, (ifc_placed)i, &p);
        if (p.gemv != IFC_GEMV_SPLIT || p.group < 0 || &s->groups[p.group] != g)
            continue;
        inputs_of(&s->model, (ifc_placed)i, cols);
        for (int k = 0; k < 3; k++) {
            uint64_t n = cols[k] ? g->page * cols[k] / row_bytes(&s->model, (ifc_placed)i, cols[k]) : least;
            least = n < least ? n : least;
        }
    }
    return least;
}

/* A tile has a page in every plane, and every channel as many planes. */
static void check_tiles(const struct check *c, const ifc_matrix_place *p, const ifc_flash_group *g)
{
    const ifc_split_params *split = &c->s->placement.split;
    uint32_t channels = c->s->channel.count;
    if (!ifc_group_on_all(g)) {
        ifc__check_wrong(c, p->gemv_path,
                         "\"split\" needs dies on all channels: flash.groups.%s.channels = \"%s\"", g->name,
                         g->channels);
        return;
    }
    if (g->dies % channels != 0) {
        ifc__check_wrong(
            c, p->gemv_path,
            "\"split\" needs as many dies on every channel: group %s has %u on channel.count = %u", g->name,
            g->dies, channels);
        return;
    }
    if (!c->s->effects.page_rounding)
        ifc__check_wrong(c, p->gemv_path,
                         "\"split\" needs effects.page_rounding = true: tiles are whole pages");
    uint64_t each = (uint64_t)g->dies / channels * g->planes, elements = page_elements(c->s, g);
    if (split->tile_rows && split->tile_rows % each != 0)
        ifc__check_wrong(c, "placement.split.tile_rows",
                         "not a multiple of the %llu planes of a channel that share its rows",
                         (unsigned long long)each);
    if (split->tile_rows > each * elements)
        ifc__check_wrong(c, "placement.split.tile_rows",
                         "a tile has a page in each plane, a column takes %llu rows at most",
                         (unsigned long long)(each * elements));
    if (!split->tile_cols)
        return;
    uint64_t rows = split->tile_rows > each ? split->tile_rows / each : 1;
    if (split->tile_cols % channels != 0)
        ifc__check_wrong(c, "placement.split.tile_cols",
                         "not a multiple of channel.count = %u, over which columns are dealt", channels);
    else if (split->tile_rows <= each * elements && split->tile_cols / channels * rows > elements)
        ifc__check_wrong(
            c, "placement.split.tile_cols",
            "a tile has a page in each plane, with %llu rows there it takes %llu columns at most",
            (unsigned long long)rows, (unsigned long long)(elements / rows * channels));
}

static void check_split(const struct check *c, const ifc_matrix_place *p, const ifc_flash_group *g)
{
    const char *reads = c->s->placement.split.reads;
    if (p->gemv != IFC_GEMV_SPLIT || !g || g->fmacs == 0)
        return;
    if (reads[0])
        ifc__check_group(c, "placement.split.reads", reads, false);
    if (ifc__check_known(c, "channel.count"))
        check_tiles(c, p, g);
}

static void check_store(const struct check *c, const ifc_matrix_place *p)
{
    (void)ifc__check_group(c, p->store_path, p->store, true);
    if (ifc__check_known(c, p->store_path) && strcmp(p->store, "dram") == 0 && c->s->dram.channels == 0)
        ifc__check_wrong(c, p->store_path, "there is no DRAM: dram.channels = 0");
}

static void check_product(const struct check *c, const ifc_matrix_place *p)
{
    bool there = p->group >= 0 || strcmp(p->store, "dram") == 0;
    const ifc_flash_group *g = p->group >= 0 ? &c->s->groups[p->group] : NULL;
    if (!there || !ifc__check_known(c, p->store_path))
        return;
    check_multiplied(c, p, g);
    check_split(c, p, g);
}

/* Sum of i^-decay up to 100000 tokens: the longest mean there is. */
static bool few_enough(double flagged, double decay)
{
    double sum = 0;
    for (uint32_t i = 1; i <= 100000 && sum < 1 / flagged; i++)
        sum += pow(i, -decay);
    return sum >= 1 / flagged;
}

/* Whether the neurons' rows of a matrix can be read; said where not. */
static bool check_neurons_store(const struct check *c, ifc_placed matrix, const char *path)
{
    ifc_matrix_place p;
    const char *store = c->s->placement.residency.store;
    ifc_scenario_matrix(c->s, matrix, &p);
    if (ifc__check_known(c, p.store_path) && strcmp(p.store, store) != 0)
        ifc__check_wrong(c, path, "neurons are read from where %s says that they lie: \"%s\"", p.store_path,
                         p.store);
    else if (ifc__check_known(c, p.store_path) && strcmp(store, "dram") == 0)
        ifc__check_wrong(c, path,
                         "neurons come out of a group of dies; in DRAM all of them are there at once");
    else if (p.group >= 0 && c->s->groups[p.group].fmacs > 0)
        ifc__check_wrong(c, path,
                         "group %s has engines, which multiply where the rows lie (fmacs of plain flash: 0)",
                         c->s->groups[p.group].name);
    else
        return true;
    return false;
}

/* Neurons are of one dense block, and of one token at a time. */
static void check_residency(const struct check *c)
{
    const ifc_scenario *s = c->s;
    const ifc_residency_params *r = &s->placement.residency;
    static const char path[] = "placement.residency.store";
    if (!r->store[0])
        return;
    if (check_neurons_store(c, IFC_PLACED_GATE_UP, path))
        (void)check_neurons_store(c, IFC_PLACED_DOWN, path);
    if (s->dram.channels == 0)
        ifc__check_wrong(c, path, "there is no DRAM for neurons: dram.channels = 0");
    if (s->workload.kind != IFC_WORKLOAD_DECODE || s->workload.batch > 1 || s->workload.prompt > 0 ||
        s->workload.draft.tokens > 0)
        ifc__check_wrong(
            c, path,
            "neurons are those of one sequence that decodes: workload.kind = \"decode\", batch = 1, "
            "prompt = 0, draft.tokens = 0");
    if (s->model.experts > 1)
        ifc__check_wrong(c, path, "model.experts = %u: neurons are of one dense block", s->model.experts);
    const uint32_t all = s->model.weight_bits, up = s->model.bits.gate_up, down = s->model.bits.down;
    if ((up ? up : all) != (down ? down : all))
        ifc__check_wrong(c, path,
                         "rows of a neuron are as wide: model.bits.gate_up = %u, model.bits.down = %u",
                         up ? up : all, down ? down : all);
    if (!s->effects.page_rounding)
        ifc__check_wrong(c, path, "needs effects.page_rounding = true: requests are whole pages");
    if (r->flagged < 1 && !few_enough(r->flagged, r->decay))
        ifc__check_wrong(c, "placement.residency.flagged",
                         "with decay = %g, uses of a neuron would lie further apart than 100000 tokens",
                         r->decay);
}

/* Contexts move in chunks that are whole, between DRAM and a store that only keeps them. */
static void check_chunk_store(const struct check *c)
{
    const char *store = c->s->contexts.store;
    static const char path[] = "contexts.store";
    int i = ifc_scenario_group(c->s, store);
    if (!store[0] || !ifc__check_group(c, path, store, false))
        return;
    if (c->s->groups[i].fmacs > 0)
        ifc__check_wrong(c, path, "group %s has engines, and chunks are only read (fmacs of plain flash: 0)",
                         store);
    if (!c->s->effects.page_rounding)
        ifc__check_wrong(c, path, "needs effects.page_rounding = true: chunks are whole pages");
}

static void check_contexts(const struct check *c)
{
    const ifc_scenario *s = c->s;
    static const char path[] = "contexts.budget";
    if (s->contexts.budget == 0 || s->workload.kind != IFC_WORKLOAD_REQUESTS)
        return;
    check_chunk_store(c);
    if (ifc__check_known(c, "placement.kv") && strcmp(s->placement.kv, "dram") != 0)
        ifc__check_wrong(c, path, "contexts move in and out of DRAM: needs placement.kv = \"dram\"");
    if (s->model.window > 0 && s->model.window_layers > 0)
        ifc__check_wrong(c, path,
                         "layers with a window do not need what is behind it: needs model.window = 0");
    if (s->workload.draft.tokens > 0)
        ifc__check_wrong(c, path, "drafted tokens come and go: needs workload.draft.tokens = 0");
}

/* What the same parameters say of several matrices is at fault once. */
void ifc__check_places(const struct check *c)
{
    ifc_matrix_place before, p;
    check_residency(c);
    check_contexts(c);
    for (int m = 0; m < IFC_PLACED; m++) {
        bool stored = false, multiplied = m == IFC_PLACED_EMBED;
        ifc_scenario_matrix(c->s, (ifc_placed)m, &p);
        for (int k = 0; k < m; k++) {
            ifc_scenario_matrix(c->s, (ifc_placed)k, &before);
            bool same = strcmp(before.store_path, p.store_path) == 0;
            stored |= same;
            multiplied |= same && k != IFC_PLACED_EMBED && strcmp(before.gemv_path, p.gemv_path) == 0;
        }
        if (!stored)
            check_store(c, &p);
        if (!multiplied)
            check_product(c, &p);
    }
}
