#include "workloads/model.h"

static uint64_t bits_to_bytes(uint64_t bits)
{
    return (bits + 7) / 8;
}

static uint64_t attention_weights(const ifc_model *m)
{
    uint64_t query = (uint64_t)m->heads * m->head_dim;
    uint64_t key = (uint64_t)m->kv_heads * m->head_dim;
    return (uint64_t)m->hidden * (query + 2 * key) + query * m->hidden;
}

uint64_t ifc_model_layer_weights(const ifc_model *m)
{
    uint64_t feed_forward = (uint64_t)m->experts * m->ffn_matrices * m->hidden * m->ffn;
    return m->layers * (attention_weights(m) + feed_forward);
}

uint64_t ifc_model_parameters(const ifc_model *m)
{
    uint64_t embedding = (uint64_t)m->vocab * m->hidden;
    uint64_t norms = (2 * (uint64_t)m->layers + 1) * m->hidden;
    uint64_t routers = m->experts > 1 ? (uint64_t)m->layers * m->hidden * m->experts : 0;
    return ifc_model_layer_weights(m) + embedding * (m->tied_head ? 1 : 2) + norms + routers;
}

uint64_t ifc_model_entry_bytes(const ifc_model *m)
{
    return bits_to_bytes((uint64_t)m->head_dim * m->kv_bits);
}

uint64_t ifc_model_kv_bytes(const ifc_model *m)
{
    return 2 * (uint64_t)m->layers * m->kv_heads * ifc_model_entry_bytes(m);
}

uint64_t ifc_model_row_bytes(const ifc_model *m, uint64_t cols)
{
    uint64_t bits = cols * m->weight_bits;
    if (m->weight_bits < 8 && m->scale_group > 0)
        bits += (cols + m->scale_group - 1) / m->scale_group * m->scale_bits;
    return bits_to_bytes(bits);
}

uint64_t ifc_model_activation_bytes(const ifc_model *m, uint64_t n)
{
    return bits_to_bytes(n * m->activation_bits);
}
