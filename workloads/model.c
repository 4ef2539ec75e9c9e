#include "workloads/model.h"

#include <string.h>

#include <ifc/status.h>

static uint64_t bits_to_bytes(uint64_t bits)
{
    return (bits + 7) / 8;
}

const char *ifc_weight_class_name(ifc_weight_class class)
{
    static const char *const names[IFC_WEIGHT_CLASSES] = {
        [IFC_WEIGHTS_EMBED] = "embed",     [IFC_WEIGHTS_QKV] = "qkv",
        [IFC_WEIGHTS_PROJECT] = "project", [IFC_WEIGHTS_GATE_UP] = "gate_up",
        [IFC_WEIGHTS_DOWN] = "down",       [IFC_WEIGHTS_LM_HEAD] = "lm_head",
        [IFC_WEIGHTS_ROUTER] = "router",   [IFC_WEIGHTS_VECTORS] = "vectors",
    };
    return names[class];
}

ifc_weight_class ifc_weight_class_of(ifc_op_kind kind)
{
    switch (kind) {
    case IFC_OP_EMBED:
        return IFC_WEIGHTS_EMBED;
    case IFC_OP_QKV:
        return IFC_WEIGHTS_QKV;
    case IFC_OP_PROJECT:
        return IFC_WEIGHTS_PROJECT;
    case IFC_OP_GATE_UP:
        return IFC_WEIGHTS_GATE_UP;
    case IFC_OP_DOWN:
        return IFC_WEIGHTS_DOWN;
    default:
        IFC_BUG_ON(kind != IFC_OP_LM_HEAD, "operator %d reads no matrix", (int)kind);
        return IFC_WEIGHTS_LM_HEAD;
    }
}

/* @n matrices of one shape, of which a token uses @used. */
static void add(ifc_model_counts *c, const ifc_model *m, ifc_weight_class class, uint64_t rows, uint64_t cols,
                uint64_t n, uint64_t used)
{
    c->weights[class] += n * rows * cols;
    c->active[class] += used * rows * cols;
    c->bytes[class] += n * rows * ifc_model_row_bytes(m, class, cols);
}

/* Queries, and one latent of which keys and values are made. */
static void add_latent(ifc_model_counts *c, const ifc_model *m, uint64_t n)
{
    uint64_t query = (uint64_t)m->heads * (m->latent.plain_dim + m->latent.rope_dim);
    uint64_t both = (uint64_t)m->heads * (m->latent.plain_dim + m->latent.value_dim);
    uint64_t from = m->latent.query_rank ? m->latent.query_rank : m->hidden;
    if (m->latent.query_rank)
        add(c, m, IFC_WEIGHTS_QKV, m->latent.query_rank, m->hidden, n, n);
    add(c, m, IFC_WEIGHTS_QKV, query, from, n, n);
    add(c, m, IFC_WEIGHTS_QKV, m->latent.kv_rank + m->latent.rope_dim, m->hidden, n, n);
    add(c, m, IFC_WEIGHTS_QKV, both, m->latent.kv_rank, n, n);
    add(c, m, IFC_WEIGHTS_PROJECT, m->hidden, (uint64_t)m->heads * m->latent.value_dim, n, n);
}

static void add_attention(ifc_model_counts *c, const ifc_model *m)
{
    uint64_t query = (uint64_t)m->heads * m->head_dim, key = (uint64_t)m->kv_heads * m->head_dim;
    if (m->latent.kv_rank) {
        add_latent(c, m, m->layers);
        return;
    }
    add(c, m, IFC_WEIGHTS_QKV, query + 2 * key, m->hidden, m->layers, m->layers);
    add(c, m, IFC_WEIGHTS_PROJECT, m->hidden, query, m->layers, m->layers);
}

static void add_blocks(ifc_model_counts *c, const ifc_model *m, uint64_t width, uint64_t n, uint64_t used)
{
    add(c, m, IFC_WEIGHTS_GATE_UP, (m->ffn_matrices - 1) * width, m->hidden, n, used);
    add(c, m, IFC_WEIGHTS_DOWN, m->hidden, width, n, used);
}

static void add_feed_forward(ifc_model_counts *c, const ifc_model *m)
{
    uint64_t dense = m->dense_layers, layers = m->layers - dense, shared = m->shared_experts;
    add_blocks(c, m, m->ffn, layers * (m->experts + shared), layers * (m->active_experts + shared));
    add_blocks(c, m, ifc_model_dense_ffn(m), dense, dense);
}

static void add_narrow(ifc_model_counts *c, ifc_weight_class class, uint64_t n, uint64_t used, uint64_t bits)
{
    c->weights[class] = n;
    c->active[class] = used;
    c->bytes[class] = bits_to_bytes(n * bits);
}

void ifc_model_count(const ifc_model *m, ifc_model_counts *out)
{
    const ifc_model_beside *b = &m->beside;
    uint64_t vectors = b->vectors ? b->vectors : (2 * (uint64_t)m->layers + 1) * m->hidden;
    uint64_t routers = m->experts > 1 ? (uint64_t)(m->layers - m->dense_layers) * m->hidden * m->experts : 0;
    memset(out, 0, sizeof *out);
    add(out, m, IFC_WEIGHTS_EMBED, m->vocab, m->hidden, 1, 1);
    if (!m->tied_head)
        add(out, m, IFC_WEIGHTS_LM_HEAD, m->vocab, m->hidden, 1, 1);
    add_attention(out, m);
    add_feed_forward(out, m);
    add_narrow(out, IFC_WEIGHTS_ROUTER, routers, routers, m->activation_bits);
    add_narrow(out, IFC_WEIGHTS_VECTORS, vectors, vectors - b->idle_vectors, m->activation_bits);
}

uint64_t ifc_weight_sum(const uint64_t by_class[IFC_WEIGHT_CLASSES])
{
    uint64_t sum = 0;
    for (int i = 0; i < IFC_WEIGHT_CLASSES; i++)
        sum += by_class[i];
    return sum;
}

uint64_t ifc_model_layer_weights(const ifc_model *m)
{
    ifc_model_counts c;
    ifc_model_count(m, &c);
    return c.weights[IFC_WEIGHTS_QKV] + c.weights[IFC_WEIGHTS_PROJECT] + c.weights[IFC_WEIGHTS_GATE_UP] +
           c.weights[IFC_WEIGHTS_DOWN];
}

uint64_t ifc_model_parameters(const ifc_model *m)
{
    ifc_model_counts c;
    ifc_model_count(m, &c);
    return ifc_weight_sum(c.weights);
}

uint64_t ifc_model_kv_slice_bytes(const ifc_model *m, uint64_t elements)
{
    uint64_t scales = 0;
    if (m->kv_scale_bits > 0)
        scales = (elements + m->kv_scale_group - 1) / m->kv_scale_group * m->kv_scale_bits;
    return bits_to_bytes(elements * m->kv_bits + scales);
}

uint64_t ifc_model_entry_bytes(const ifc_model *m)
{
    return ifc_model_kv_slice_bytes(m, m->head_dim);
}

/* Of one layer and token. */
static uint64_t layer_kv_bytes(const ifc_model *m)
{
    return ifc_model_kv_kinds(m) * (uint64_t)m->kv_heads * ifc_model_entry_bytes(m);
}

uint32_t ifc_model_kv_kinds(const ifc_model *m)
{
    return m->latent.kv_rank ? 1 : 2;
}

uint32_t ifc_model_value_width(const ifc_model *m)
{
    return m->latent.kv_rank ? m->latent.kv_rank : m->head_dim;
}

uint64_t ifc_model_kv_bytes(const ifc_model *m)
{
    return m->layers * layer_kv_bytes(m);
}

uint32_t ifc_model_window_layers(const ifc_model *m)
{
    return m->window == 0 ? 0 : m->window_layers == IFC_ALL_LAYERS ? m->layers : m->window_layers;
}

/* Of n layers in L, layer l is one if ceil((l + 1) n / L) > ceil(l n / L). */
bool ifc_model_has_window(const ifc_model *m, uint32_t layer)
{
    uint64_t n = ifc_model_window_layers(m), of = m->layers;
    return ((layer + 1) * n + of - 1) / of > (layer * n + of - 1) / of;
}

uint64_t ifc_model_kv_bytes_at(const ifc_model *m, uint64_t tokens)
{
    uint64_t windowed = ifc_model_window_layers(m);
    uint64_t kept = tokens < m->window ? tokens : m->window;
    return ((m->layers - windowed) * tokens + windowed * kept) * layer_kv_bytes(m);
}

uint32_t ifc_model_bits(const ifc_model *m, ifc_weight_class class)
{
    const uint32_t bits[IFC_WEIGHT_CLASSES] = {
        [IFC_WEIGHTS_EMBED] = m->bits.embed,
        [IFC_WEIGHTS_QKV] = m->bits.qkv,
        [IFC_WEIGHTS_PROJECT] = m->bits.project,
        [IFC_WEIGHTS_GATE_UP] = m->bits.gate_up,
        [IFC_WEIGHTS_DOWN] = m->bits.down,
        [IFC_WEIGHTS_LM_HEAD] = m->tied_head ? m->bits.embed : m->bits.lm_head,
        [IFC_WEIGHTS_ROUTER] = m->activation_bits,
        [IFC_WEIGHTS_VECTORS] = m->activation_bits,
    };
    return bits[class] ? bits[class] : m->weight_bits;
}

uint64_t ifc_model_row_bytes(const ifc_model *m, ifc_weight_class class, uint64_t cols)
{
    uint32_t bits = ifc_model_bits(m, class), scale = m->scale_bits;
    if (scale == IFC_SCALE_AUTO)
        scale = bits < IFC_SCALE_AUTO_BELOW ? 16 : 0;
    if (bits >= IFC_SCALE_BELOW)
        scale = 0;
    uint64_t scales = scale > 0 ? (cols + m->scale_group - 1) / m->scale_group * scale : 0;
    return bits_to_bytes(cols * bits + scales);
}

uint32_t ifc_model_dense_ffn(const ifc_model *m)
{
    return m->dense_ffn ? m->dense_ffn : m->ffn;
}

uint64_t ifc_model_activation_bytes(const ifc_model *m, uint64_t n)
{
    return bits_to_bytes(n * m->activation_bits);
}
