#include "platform/scenario/model_keys.h"

#include <string.h>

/* Read by model_config.c, or without meaning for weights and keys, though the name looks like it. */
static const char *const harmless[] = {
    "num_hidden_layers",
    "n_layer",
    "n_layers",
    "num_layers",
    "hidden_size",
    "n_embd",
    "d_model",
    "vocab_size",
    "num_attention_heads",
    "n_head",
    "n_heads",
    "num_key_value_heads",
    "num_kv_heads",
    "n_head_kv",
    "head_dim",
    "kv_lora_rank",
    "q_lora_rank",
    "qk_nope_head_dim",
    "qk_rope_head_dim",
    "v_head_dim",
    "num_local_experts",
    "num_experts",
    "n_routed_experts",
    "moe_num_experts",
    "num_experts_per_tok",
    "num_experts_per_token",
    "experts_per_token",
    "moe_topk",
    "moe_intermediate_size",
    "n_shared_experts",
    "num_shared_experts",
    "shared_expert_intermediate_size",
    "first_k_dense_replace",
    "intermediate_size",
    "ffn_dim",
    "n_inner",
    "ffn_hidden_size",
    "layer_types",
    "max_window_layers",
    "attention_bias",
    "quantization_config",
    "parallel_attn",
    "use_parallel_residual",
    "mlp_bias",
    /* how experts are chosen and trained */
    "n_group",
    "topk_group",
    "num_expert_group",
    "ep_size",
    "router_aux_loss_coef",
    /* the same in every head: positions, scores, dropout */
    "qk_head_dim",
    "rotary_dim",
    "hidden_dropout",
    "hidden_dropout_prob",
    "attention_dropout",
    "query_pre_attn_scalar",
    "rope_parameters",
    "rope_scaling",
    "logits_scaling",
    "rms_norm_eps",
    "hidden_act",
    /* of the library, not of the model */
    "num_beams",
    "num_beam_groups",
    "num_return_sequences",
    "chunk_size_feed_forward",
    "no_repeat_ngram_size",
    "encoder_no_repeat_ngram_size",
    "type_vocab_size",
    "num_labels",
    "output_hidden_states",
    "id2label",
    "label2id",
    "output_attentions",
    "num_logits_to_keep",
    "bad_words_ids",
    /* a head for drafting that plain decoding does not use */
    "num_nextn_predict_layers",
};

/* A value of 1 is the usual form: every layer has what the key speaks of. */
static const char *const usual_at_one[] = {"moe_layer_freq", "decoder_sparse_step",
                                           "interleave_moe_layer_step"};

static const char *const suspicious[] = {
    "expert",     "moe_",     "_dim",   "_rank",       "layer_types",     "_layers",         "layers_",
    "num_",       "_heads",   "_size",  "ssm",         "mamba",           "latent",          "lora",
    "sparse",     "quantiz",  "block_", "_per_layer",  "cross_attention", "encoder_decoder", "hybrid",
    "altup",      "linear_",  "conv",   "multi_query", "parallel_",       "layer_freq",      "sparse_step",
    "layer_step", "interval",
};

static bool is_in(const char *key, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], key) == 0)
            return true;
    return false;
}

#define IS_IN(key, list) is_in(key, list, sizeof(list) / sizeof(list)[0])

static bool is_idle(const json_t *value)
{
    if (json_is_null(value) || json_is_false(value))
        return true;
    if (json_is_number(value))
        return json_number_value(value) == 0;
    if (json_is_string(value))
        return *json_string_value(value) == '\0';
    return json_is_array(value) ? json_array_size(value) == 0
                                : json_is_object(value) && json_object_size(value) == 0;
}

bool ifc__model_key_alters(const char *key, const json_t *value)
{
    if (is_idle(value) || IS_IN(key, harmless))
        return false;
    if (IS_IN(key, usual_at_one) && json_is_integer(value))
        return json_integer_value(value) != 1;
    for (size_t i = 0; i < sizeof suspicious / sizeof *suspicious; i++)
        if (strstr(key, suspicious[i]))
            return !json_is_string(value) || strstr(key, "hybrid");
    return false;
}
