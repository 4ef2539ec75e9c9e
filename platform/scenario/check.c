/**
 * What one row of the table cannot see: parameters that must go together.
 */
#include "platform/common/arithmetic.h"
#include "platform/scenario/check_internal.h"

#include <string.h>

#define GROUP_BYTES_MAX 1e18
#define MODEL_BITS_MAX  1e18

static uint64_t planes_of(const ifc_flash_group *g)
{
    return (uint64_t)g->dies * g->planes;
}

/* Of so many elements of an entry, scales included (as workloads/model.c has it, which is above this room).
 */
static uint64_t kv_bytes(const ifc_model *m, uint64_t elements)
{
    uint64_t scales = m->kv_scale_bits ? ifc_div_up(elements, m->kv_scale_group) * m->kv_scale_bits : 0;
    return ifc_div_up(elements * m->kv_bits + scales, 8);
}

static void check_model(const struct check *c)
{
    const ifc_model *m = &c->s->model;
    if (ifc__check_known(c, "model.heads") && ifc__check_known(c, "model.kv_heads") &&
        m->heads % m->kv_heads != 0)
        ifc__check_wrong(c, "model.kv_heads", "does not divide model.heads = %u", m->heads);
    if (m->active_experts > m->experts)
        ifc__check_wrong(c, "model.active_experts", "more than model.experts = %u", m->experts);
    if (m->experts <= 1 && m->shared_experts)
        ifc__check_wrong(c, "model.shared_experts", "needs model.experts above 1");
    if (m->experts <= 1 && m->dense_layers)
        ifc__check_wrong(c, "model.dense_layers",
                         "needs model.experts above 1: without experts all layers are dense");
    if (ifc__check_known(c, "model.layers") && m->window_layers != IFC_ALL_LAYERS &&
        m->window_layers > m->layers)
        ifc__check_wrong(c, "model.window_layers", "more than model.layers = %u", m->layers);
    if (ifc__check_known(c, "model.layers") && m->dense_layers >= m->layers && m->dense_layers)
        ifc__check_wrong(c, "model.dense_layers",
                         "leaves no layer with experts (allowed: below model.layers = %u)", m->layers);
    if ((uint64_t)m->head_dim * m->kv_bits % 8 != 0)
        ifc__check_wrong(c, "model.kv_bits",
                         "a head of model.head_dim = %u elements is not a whole number of bytes",
                         m->head_dim);
    double experts = (double)m->experts + m->shared_experts;
    double dense = (double)m->dense_layers * m->hidden * m->ffn_matrices * m->dense_ffn;
    double weights = dense + (double)m->layers * m->hidden *
                                 (2.0 * (m->heads + m->kv_heads) * m->head_dim +
                                  (double)m->ffn_matrices * m->ffn * experts);
    if (weights * m->weight_bits > MODEL_BITS_MAX)
        ifc__check_wrong(c, "model.layers", "the model has %.3g weights, more than can be counted", weights);
}

/* One latent stands for the key of all heads, and for their values. */
static void check_latent(const struct check *c)
{
    const ifc_model *m = &c->s->model;
    uint64_t entry = (uint64_t)m->latent.kv_rank + m->latent.rope_dim;
    if (!m->latent.kv_rank)
        return;
    if (!m->latent.plain_dim || !m->latent.rope_dim || !m->latent.value_dim)
        ifc__check_wrong(c, "model.latent.kv_rank",
                         "needs model.latent.plain_dim, rope_dim and value_dim above 0");
    else if (ifc__check_known(c, "model.kv_heads") && m->kv_heads != 1)
        ifc__check_wrong(c, "model.kv_heads", "a latent is one for all heads (allowed: 1)");
    else if (m->head_dim != entry)
        ifc__check_wrong(c, "model.head_dim",
                         "is not what a latent has (allowed: %llu, latent.kv_rank + rope_dim)",
                         (unsigned long long)entry);
}

/* What the next layer will read is known before it begins. */
static void check_prefetch(const struct check *c)
{
    static const char path[] = "placement.kv_prefetch";
    const ifc_policy_choice *select = &c->s->policies[IFC_KIND_KV_SELECT];
    if (c->s->placement.attention == IFC_ATTENTION_IFC)
        ifc__check_wrong(c, path, "needs placement.attention = \"npu\": dies read what they hold themselves");
    if (c->s->workload.kind != IFC_WORKLOAD_DECODE)
        ifc__check_wrong(c, path, "needs workload.kind = \"decode\": who comes next is not known");
    if (select->plugin[0] || (select->name[0] && strcmp(select->name, "all") != 0))
        ifc__check_wrong(c, path, "needs policies.kv_select.name = \"all\": others choose in their layer");
}

static void check_attention(const struct check *c, const ifc_flash_group *kv)
{
    const ifc_placement *p = &c->s->placement;
    bool on_dies = p->attention == IFC_ATTENTION_IFC;
    bool in_dram = strcmp(p->kv, "dram") == 0;
    if (in_dram && c->s->dram.channels == 0)
        ifc__check_wrong(c, "placement.kv", "there is no DRAM: dram.channels = 0");
    if (on_dies && in_dram)
        ifc__check_wrong(c, "placement.attention",
                         "dies cannot attend to KV in DRAM (allowed: \"npu\" with placement.kv = "
                         "\"dram\")");
    if (on_dies && kv && kv->fmacs == 0)
        ifc__check_wrong(c, "placement.attention",
                         "group %s, which holds the KV, has no engines: its fmacs = 0", kv->name);
    if (p->kv_prefetch)
        check_prefetch(c);
    if (p->overlap != IFC_OVERLAP_HEAD_GROUP)
        return;
    if (!on_dies)
        ifc__check_wrong(c, "placement.overlap", "needs placement.attention = \"ifc\"");
    ifc_matrix_place qkv;
    ifc_scenario_matrix(c->s, IFC_PLACED_QKV, &qkv);
    if (on_dies && ifc__check_known(c, "placement.weights") && qkv.gemv != IFC_GEMV_NPU &&
        strcmp(qkv.store, p->kv) == 0)
        ifc__check_wrong(c, "placement.overlap",
                         "needs the KV in another group than the weights: both are in %s", p->kv);
    if (ifc__check_known(c, "model.kv_heads") && p->stage > c->s->model.kv_heads)
        ifc__check_wrong(c, "placement.stage", "more than the head groups of a layer, model.kv_heads = %u",
                         c->s->model.kv_heads);
}

/* How much fits into the buffer is not checked here: too little is a result of the run. */
static void check_plane_buffer(const struct check *c)
{
    const ifc_placement *p = &c->s->placement;
    const char *path = "placement.kv_buffer.location";
    if (p->kv_layout == IFC_LAYOUT_TOKEN_STRIPED)
        ifc__check_wrong(c, path, "needs placement.kv_layout = \"head-parallel\" or \"unmapped\"");
    ifc_matrix_place qkv;
    ifc_scenario_matrix(c->s, IFC_PLACED_QKV, &qkv);
    if (qkv.gemv != IFC_GEMV_IFC || strcmp(qkv.store, p->kv) != 0)
        ifc__check_wrong(c, path,
                         "needs weights and KV in one group: only then a plane generates what it keeps");
    if (p->attention != IFC_ATTENTION_IFC)
        ifc__check_wrong(c, path, "needs placement.attention = \"ifc\"");
}

/* Every plane keeps a slice of the entries of one head. */
static void check_slices(const struct check *c, const ifc_flash_group *kv)
{
    const ifc_model *m = &c->s->model;
    uint64_t planes = planes_of(kv), each = planes / m->kv_heads;
    bool by_layout = c->s->placement.kv_layout == IFC_LAYOUT_HEAD_PARALLEL;
    const char *path = by_layout ? "placement.kv_layout" : "placement.kv_buffer.location";
    if (each == 0) {
        ifc__check_wrong(c, path, "group %s has %llu planes for model.kv_heads = %u; each needs its own",
                         kv->name, (unsigned long long)planes, m->kv_heads);
        return;
    }
    uint64_t slice = kv_bytes(m, ifc_div_up(m->head_dim, each));
    if (slice > kv->page)
        ifc__check_wrong(
            c, path,
            "a plane keeps %llu bytes of an entry, and a page of group %s has %llu (allowed: a larger "
            "page, more "
            "planes, fewer model.kv_heads)",
            (unsigned long long)slice, kv->name, (unsigned long long)kv->page);
}

static void check_kv(const struct check *c, const ifc_flash_group *kv)
{
    const ifc_placement *p = &c->s->placement;
    const ifc_model *m = &c->s->model;
    if (!ifc__check_known(c, "model.layers") || !ifc__check_known(c, "model.kv_heads") || kv->dies == 0)
        return;
    uint64_t entry = kv_bytes(m, m->head_dim);
    if (p->kv_layout != IFC_LAYOUT_HEAD_PARALLEL && entry > kv->page)
        ifc__check_wrong(c, "placement.kv_layout",
                         "an entry of %llu bytes does not fit into a page of group %s",
                         (unsigned long long)entry, kv->name);
    if (p->kv_layout == IFC_LAYOUT_HEAD_PARALLEL || p->kv_buffer.location == IFC_BUFFER_PLANE)
        check_slices(c, kv);
    if (p->kv_buffer.location == IFC_BUFFER_PLANE)
        check_plane_buffer(c);
    else if (p->kv_layout == IFC_LAYOUT_HEAD_PARALLEL)
        ifc__check_wrong(c, "placement.kv_layout",
                         "\"head-parallel\" needs placement.kv_buffer.location = \"plane\"");
}

static void check_decode(const struct check *c)
{
    const ifc_placement *p = &c->s->placement;
    check_model(c);
    check_latent(c);
    ifc__check_places(c);
    const ifc_flash_group *kv = ifc__check_group(c, "placement.kv", p->kv, true);
    if (ifc__check_known(c, "placement.kv"))
        check_attention(c, kv);
    if (kv)
        check_kv(c, kv);
}

static void check_independent(const struct check *c, const ifc_flash_group *g)
{
    char path[IFC_NAME_MAX + 40];
    snprintf(path, sizeof path, "flash.groups.%s.independent_planes", g->name);
    if (!c->s->effects.page_rounding || !c->s->effects.pipeline_fill)
        ifc__check_wrong(c, path, "planes of their own work on whole pages: needs effects.%s = true",
                         c->s->effects.page_rounding ? "pipeline_fill" : "page_rounding");
    if (g->sense_planes > 0 && g->sense_planes < g->planes)
        ifc__check_wrong(
            c, path,
            "flash.groups.%s.sense_planes = %u lets planes sense in turns, which needs planes in "
            "lockstep (allowed: false, or sense_planes = 0)",
            g->name, g->sense_planes);
}

static void check_group(const struct check *c, const ifc_flash_group *g)
{
    char path[IFC_NAME_MAX + 32];
    double bytes =
        (double)planes_of(g) * g->blocks_per_plane * g->pages_per_block * (double)(g->page + g->spare);
    snprintf(path, sizeof path, "flash.groups.%s.dies", g->name);
    if (ifc__check_known(c, path) && bytes > GROUP_BYTES_MAX)
        ifc__check_wrong(c, path, "the group holds %.3g bytes, more than can be counted", bytes);
    snprintf(path, sizeof path, "flash.groups.%s.sense_planes", g->name);
    if (g->sense_planes > g->planes)
        ifc__check_wrong(c, path, "more than the planes of a die, %u", g->planes);
    if (g->independent_planes)
        check_independent(c, g);
    ifc__check_errors(c, g);
    ifc__check_page_times(c, g);
}

void ifc__scenario_cross_check(const ifc_scenario *s, const ifc_origins *origins, ifc_diagnostics *diag)
{
    struct check c = {s, origins, diag};
    for (uint32_t i = 0; i < s->n_groups; i++)
        check_group(&c, &s->groups[i]);
    ifc__check_channels(&c);
    ifc__check_power(&c);
    if (s->workload.kind == IFC_WORKLOAD_STREAM)
        ifc__check_stream(&c);
    else
        check_decode(&c);
    bool fine = s->simulation.grain == IFC_GRAIN_PAGE || s->simulation.grain == IFC_GRAIN_PLANE;
    if (fine && !s->effects.page_rounding)
        ifc__check_wrong(&c, "simulation.grain", "whole pages need effects.page_rounding = true");
    if (fine && !s->effects.pipeline_fill)
        ifc__check_wrong(&c, "simulation.grain",
                         "events of single pages fill their pipeline: needs effects.pipeline_fill = true");
}

void ifc__scenario_check_model(const ifc_scenario *s, const ifc_origins *origins, ifc_diagnostics *diag)
{
    check_model(&(struct check){s, origins, diag});
}

ifc_status ifc_scenario_check(const ifc_scenario *s, ifc_error *err)
{
    ifc_diagnostics diag = {0};
    ifc_status status = IFC_OK;
    ifc__scenario_cross_check(s, NULL, &diag);
    if (diag.n)
        status = ifc_fail(err, diag.items[0].status, "%s", diag.items[0].text);
    ifc_diagnostics_fini(&diag);
    return status;
}
