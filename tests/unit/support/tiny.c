#include "tests/unit/support/tiny.h"

#include <stdio.h>

ifc_scenario *tiny(void)
{
    return SIM_NEW("flash.groups.g1.dies=2", "flash.groups.g1.planes=2",
                   "flash.groups.g1.blocks_per_plane=20", "flash.groups.g1.pages_per_block=16",
                   "flash.groups.g1.page=256 B", "flash.groups.g1.spare=32 B", "channel.count=1",
                   "npu.rate=1 GOPS", "npu.vector_rate=1 GOPS", "placement.weights=g1", "placement.kv=g1",
                   "placement.attention=ifc", "placement.kv_buffer.bytes=512 B",
                   "policies.kv_flush.name=at-token-end", "policies.kv_flush.tokens=2", "model.layers=1",
                   "model.hidden=64", "model.heads=2", "model.kv_heads=1", "model.head_dim=64",
                   "model.ffn=64", "model.vocab=100", "workload.context=10", "workload.tokens=2");
}

ifc_scenario *tiny_dram(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "placement.kv=dram");
    sim_set(s, "placement.attention=npu");
    sim_set(s, "dram.channels=2");
    return s;
}

ifc_scenario *tiny_discrete(void)
{
    ifc_scenario *s = tiny();
    s->groups[s->n_groups++] = s->groups[0]; /* no file makes a second one here */
    snprintf(s->groups[1].name, sizeof s->groups[1].name, "g2");
    sim_set(s, "placement.kv=g2");
    return s;
}

ifc_scenario *tiny_plain(void)
{
    ifc_scenario *s = tiny_discrete();
    sim_set(s, "flash.groups.g2.dies=1");
    sim_set(s, "flash.groups.g2.fmacs=0");
    sim_set(s, "flash.groups.g2.ecc_rate=0 B/s");
    sim_set(s, "placement.attention=npu");
    return s;
}

ifc_scenario *tiny_experts(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "model.experts=4");
    sim_set(s, "model.active_experts=2");
    return s;
}

ifc_scenario *tiny_mixed(void)
{
    ifc_scenario *s = tiny_experts();
    sim_set(s, "model.layers=3");
    sim_set(s, "model.shared_experts=1");
    sim_set(s, "model.dense_layers=1");
    sim_set(s, "model.dense_ffn=96");
    sim_set(s, "model.bits.embed=12");
    sim_set(s, "model.bits.qkv=8");
    sim_set(s, "model.bits.project=4");
    sim_set(s, "model.bits.gate_up=6");
    sim_set(s, "model.bits.down=3");
    sim_set(s, "model.bits.lm_head=5");
    sim_set(s, "model.scale_bits=10"); /* qkv has 8 bits, and gets them, too */
    sim_set(s, "model.scale_group=48");
    sim_set(s, "placement.kv_buffer.bytes=1536 B");
    return s;
}

static uint64_t div_up(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

static uint64_t bytes_of(uint64_t n, uint64_t bits)
{
    return div_up(n * bits, 8);
}

double tiny_page_bits(const ifc_flash_group *g)
{
    return 8.0 * (double)(g->page + g->spare);
}

uint64_t tiny_entry(const ifc_scenario *s)
{
    const ifc_model *m = &s->model;
    uint64_t scales = m->kv_scale_bits ? div_up(m->head_dim, m->kv_scale_group) * m->kv_scale_bits : 0;
    return div_up(m->head_dim * m->kv_bits + scales, 8);
}

static uint64_t packed_pages(const ifc_flash_group *g, uint64_t rows, uint64_t row_bytes)
{
    uint64_t pages = 0, planes = (uint64_t)g->dies * g->planes;
    for (uint64_t p = 0; p < planes; p++)
        pages += div_up((rows / planes + (p < rows % planes)) * row_bytes, g->page);
    return pages;
}

/* 16-bit weights: a row has two bytes for each column. */
uint64_t tiny_matrix_pages(const ifc_flash_group *g, uint64_t rows, uint64_t cols)
{
    return packed_pages(g, rows, cols * 2);
}

/* @bits of a weight, 0: as the model's. Scales are given, or there are none. */
static uint64_t row_bytes(const ifc_model *m, uint64_t cols, uint64_t bits)
{
    bits = bits ? bits : m->weight_bits;
    uint64_t scales = bits < 16 && m->scale_bits <= 32 ? div_up(cols, m->scale_group) * m->scale_bits : 0;
    return div_up(cols * bits + scales, 8);
}

static uint64_t pages_of(const ifc_scenario *s, uint64_t rows, uint64_t cols, uint64_t bits)
{
    return packed_pages(&s->groups[0], rows, row_bytes(&s->model, cols, bits));
}

/* A vector goes down once for all dies of the channel; each die sends the results of its rows up. */
static void add_product(tiny_cost *c, const ifc_scenario *s, uint64_t rows, uint64_t cols, uint64_t vectors,
                        uint64_t bits)
{
    c->pages += pages_of(s, rows, cols, bits);
    c->macs += rows * cols;
    c->down += bytes_of(cols * vectors, s->model.activation_bits);
    c->up += bytes_of(rows, s->model.activation_bits);
}

static void add_layer(tiny_cost *c, const ifc_scenario *s, bool dense)
{
    const ifc_model *m = &s->model;
    uint64_t blocks = dense ? 1 : m->active_experts + m->shared_experts, ffn = dense ? m->dense_ffn : m->ffn;
    add_product(c, s, (m->heads + 2 * m->kv_heads) * m->head_dim, m->hidden, 1, m->bits.qkv);
    add_product(c, s, m->hidden, m->heads * m->head_dim, 1, m->bits.project);
    for (uint64_t b = 0; b < blocks; b++) {
        add_product(c, s, 2 * ffn, m->hidden, b == 0, m->bits.gate_up); /* the same input for all */
        add_product(c, s, m->hidden, ffn, 1, m->bits.down);             /* each its own */
    }
}

tiny_cost tiny_weights(const ifc_scenario *s)
{
    const ifc_model *m = &s->model;
    const ifc_flash_group *g = &s->groups[0];
    tiny_cost c = {0};
    uint64_t row_pages = div_up(row_bytes(m, m->hidden, m->bits.embed), g->page);
    for (uint32_t l = 0; l < m->layers; l++)
        add_layer(&c, s, l < m->dense_layers);
    add_product(&c, s, m->vocab, m->hidden, 1, m->tied_head ? m->bits.embed : m->bits.lm_head);
    c.pages += row_pages;
    c.up += row_pages * g->page;
    return c;
}

uint64_t tiny_stored_pages(const ifc_scenario *s)
{
    const ifc_model *m = &s->model;
    uint64_t q = m->heads * m->head_dim, kv = m->kv_heads * m->head_dim, pages = 0;
    for (uint32_t l = 0; l < m->layers; l++) {
        bool dense = l < m->dense_layers;
        uint64_t blocks = dense ? 1 : m->experts + m->shared_experts, ffn = dense ? m->dense_ffn : m->ffn;
        pages += pages_of(s, q + 2 * kv, m->hidden, m->bits.qkv) + pages_of(s, m->hidden, q, m->bits.project);
        pages += blocks * (pages_of(s, 2 * ffn, m->hidden, m->bits.gate_up) +
                           pages_of(s, m->hidden, ffn, m->bits.down));
    }
    pages += pages_of(s, m->vocab, m->hidden, m->bits.embed);
    return pages + (m->tied_head ? 0 : pages_of(s, m->vocab, m->hidden, m->bits.lm_head));
}

/* Pages of K and of V are full; each holds whole entries, and both dies work. The query goes down once, each
 * die's scores down to it; partial outputs of two dies have 32 bits. */
tiny_cost tiny_attention(const ifc_scenario *s, uint64_t stored)
{
    const ifc_model *m = &s->model;
    const ifc_flash_group *g = &s->groups[0];
    uint64_t per_page = g->page / tiny_entry(s), queries = m->heads / m->kv_heads;
    uint64_t scores = bytes_of(stored * queries, m->activation_bits), outputs = queries * m->head_dim;
    return (tiny_cost){.pages = 2 * m->kv_heads * div_up(stored, per_page),
                       .macs = 2 * stored * m->heads * m->head_dim,
                       .down = m->kv_heads * (bytes_of(outputs, m->activation_bits) + scores),
                       .up = m->kv_heads * (scores + 4 * outputs * g->dies)};
}

uint64_t tiny_npu_ops(const ifc_scenario *s, uint64_t stored, uint64_t buffered)
{
    const ifc_model *m = &s->model;
    bool npu = s->placement.attention == IFC_ATTENTION_NPU;
    uint64_t q = m->heads * m->head_dim, active = m->active_experts, tokens = stored + buffered;
    uint64_t norms = 4 * m->hidden + 5 * m->hidden + 4 * m->hidden; /* before attention, FFN and head */
    uint64_t rope = 3 * (q + m->kv_heads * m->head_dim), softmax = 5 * m->heads * tokens;
    uint64_t attention = npu ? 4 * q * tokens : 4 * q * buffered + (s->groups[0].dies - 1) * q;
    uint64_t activation = 5 * active * m->ffn, residual = m->hidden;
    uint64_t router = m->experts > 1 ? 2 * m->hidden * m->experts : 0;
    if (m->experts > 1)
        residual += 2 * active * m->hidden;
    return norms + rope + softmax + attention + router + activation + residual + m->vocab;
}
