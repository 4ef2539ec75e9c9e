#include "platform/scenario/model_keys.h"

#include <string.h>

#include "platform/scenario/model_json.h"

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
    "tie_word_embeddings",
    "text_config",
    "sliding_window",
    "sliding_window_size",
    "use_sliding_window",
    "sliding_window_pattern",
    "_sliding_window_pattern",
    "qkv_bias",
    "use_bias",
    "bias",
    "d_ff",
    "kv_channels",
    "max_position_embeddings",
    "n_positions",
    /* how experts are chosen and trained */
    "n_group",
    "topk_group",
    "num_expert_group",
    "ep_size",
    "norm_topk_prob",
    "topk_method",
    "scoring_func",
    "seq_aux",
    "aux_loss_alpha",
    "output_router_logits",
    "router_jitter_noise",
    "routed_scaling_factor",
    /* the same in every head: positions, scores */
    "qk_head_dim",
    "use_qk_norm",
    "rotary_dim",
    "rotary_pct",
    "rotary_emb_base",
    "partial_rotary_factor",
    "no_rope_layers",
    "no_rope_layer_interval",
    "original_max_position_embeddings",
    "initial_context_length",
    "max_sequence_length",
    "seq_length",
    "model_max_length",
    "n_ctx",
    "query_pre_attn_scalar",
    "attn_logit_softcapping",
    "final_logit_softcapping",
    "attention_softmax_in_fp32",
    "scale_attention_softmax_in_fp32",
    "scale_attn_weights",
    "scale_attn_by_inverse_layer_idx",
    "reorder_and_upcast_attn",
    "use_bidirectional_attention",
    "clip_qkv",
    "attention_multiplier",
    "embedding_multiplier",
    "residual_multiplier",
    "logits_scaling",
    "logit_scale",
    "hidden_act",
    "hidden_activation",
    "activation_function",
    "swiglu_limit",
    /* norms and other vectors */
    "do_layer_norm_before",
    "_remove_final_layer_norm",
    "layer_norm_elementwise_affine",
    "norm_type",
    "enable_bias",
    "lm_head_bias",
    "layerdrop",
    "init_std",
    "initializer_range",
    /* of the library, not of the model */
    "architectures",
    "model_type",
    "_name_or_path",
    "name_or_path",
    "auto_map",
    "torch_dtype",
    "dtype",
    "use_cache",
    "cache_implementation",
    "_attn_implementation",
    "_attn_implementation_autoset",
    "attn_implementation",
    "pretraining_tp",
    "torchscript",
    "task_specific_params",
    "problem_type",
    "finetuning_task",
    "gradient_checkpointing",
    "return_dict",
    "prefix",
    "unsloth_fixed",
    "temperature",
    "top_p",
    "top_k",
    "typical_p",
    "max_length",
    "min_length",
    "length_penalty",
    "repetition_penalty",
    "diversity_penalty",
    "use_bfloat16",
    "tf_legacy_loss",
    "is_encoder_decoder",
    "is_decoder",
    "num_beams",
    "num_beam_groups",
    "num_return_sequences",
    "chunk_size_feed_forward",
    "no_repeat_ngram_size",
    "encoder_no_repeat_ngram_size",
    "type_vocab_size",
    "num_labels",
    "output_hidden_states",
    "output_attentions",
    "id2label",
    "label2id",
    "num_logits_to_keep",
    "bad_words_ids",
};

/* Families of names that mean no size. */
static const char *const harmless_ends[] = {"_token_id",  "_token_index", "dropout",  "_dropout_prob",
                                            "_pdrop",     "_eps",         "_epsilon", "_version",
                                            "_loss_coef", "_std"};
static const char *const harmless_beginnings[] = {"rope_", "summary_", "tokenizer_", "transformers_",
                                                  "use_flash_attn"};

/* Layers for drafting, which plain decoding does not use. */
static const char *const drafts[] = {"num_nextn_predict_layers"};

/* A value of 1 is the usual form: every layer has what the key speaks of. */
static const char *const usual_at_one[] = {"moe_layer_freq", "decoder_sparse_step",
                                           "interleave_moe_layer_step"};

static const char *const suspicious[] = {
    "expert", "moe",       "dim",     "rank",         "layer",    "num_",     "head",      "size",
    "ssm",    "mamba",     "latent",  "lora",         "sparse",   "quant",    "block",     "decoder",
    "hybrid", "altup",     "linear",  "conv",         "query",    "parallel", "interval",  "mlp",
    "attn",   "attention", "ffn",     "feed_forward", "channels", "expand",   "mixer",     "wide",
    "gate",   "k_eq_v",    "mla",     "_config",      "mult",     "share",    "recurrent", "rnn",
    "proj",   "window",    "kv_",     "width",        "depth",    "embed",    "hyper",     "kernel",
    "hidden", "vocab",     "d_model", "d_ff",         "d_kv",     "d_head",   "d_inner",   "d_state",
    "d_conv", "mtp",       "draft",   "medusa",
};

static bool is_in(const char *key, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], key) == 0)
            return true;
    return false;
}

#define IS_IN(key, list) is_in(key, list, sizeof(list) / sizeof(list)[0])

static bool is_harmless(const char *key)
{
    size_t n = strlen(key);
    if (IS_IN(key, harmless))
        return true;
    for (size_t i = 0; i < sizeof harmless_ends / sizeof *harmless_ends; i++) {
        size_t length = strlen(harmless_ends[i]);
        if (n >= length && strcmp(key + n - length, harmless_ends[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof harmless_beginnings / sizeof *harmless_beginnings; i++)
        if (strncmp(key, harmless_beginnings[i], strlen(harmless_beginnings[i])) == 0)
            return true;
    return false;
}

ifc__model_key ifc__model_key_kind(const char *key, const json_t *value, bool latent)
{
    const char *text = json_string_value(value);
    if (ifc__json_is_idle(value) || is_harmless(key) || (text && strcmp(text, "default") == 0) ||
        (latent && strcmp(key, "use_mla") == 0))
        return IFC__KEY_HARMLESS;
    if (IS_IN(key, drafts) && json_is_integer(value))
        return IFC__KEY_DRAFTS;
    if (IS_IN(key, usual_at_one) && json_is_integer(value))
        return json_integer_value(value) == 1 ? IFC__KEY_HARMLESS : IFC__KEY_ALTERS;
    for (size_t i = 0; i < sizeof suspicious / sizeof *suspicious; i++)
        if (strstr(key, suspicious[i]))
            return IFC__KEY_ALTERS;
    return IFC__KEY_UNKNOWN;
}
