#include "platform/scenario/model_types.h"

#include <stddef.h>
#include <string.h>

/* Two norms without bias, gate, up and down, a head of its own, no biases. */
#define USUAL .norms = 2, .ffn_matrices = 3
/* Norms with a bias, two matrices, a bias everywhere. */
#define OLDER                                                                                                \
    .norms = 2, .norm_bias = true, .ffn_matrices = 2, .qkv_bias = true, .o_bias = true, .ffn_bias = true

#define KV "num_key_value_heads"

static const ifc__model_type types[] = {
    {"llama", USUAL, .windows = IFC__WINDOW_NEVER},
    {"mistral", USUAL, .window = 4096, .needs = {KV}},
    {"ministral", USUAL, .window = 4096, .needs = {KV}},
    {"mixtral", USUAL, .expert_is_ffn = true, .needs = {KV, "num_local_experts"}},
    {"phi3", USUAL},
    {"granite", USUAL},
    {"smollm3", USUAL, .tied = true, .windows = IFC__WINDOW_ASKED, .needs = {KV}},
    {"qwen2", USUAL, .qkv_bias = true, .windows = IFC__WINDOW_ASKED, .window = 4096, .needs = {KV}},
    {"qwen2_moe", USUAL, .qkv_bias = true, .shared_gate = true, .windows = IFC__WINDOW_ASKED, .window = 4096,
     .needs = {KV, "num_experts", "moe_intermediate_size", "shared_expert_intermediate_size"}},
    {"qwen3", USUAL, .qk_norm = IFC__QK_NORM_HEAD, .windows = IFC__WINDOW_ASKED, .head_dim = 128,
     .window = 4096, .needs = {KV}},
    {"qwen3_moe", USUAL, .qk_norm = IFC__QK_NORM_HEAD, .windows = IFC__WINDOW_ASKED, .window = 4096,
     .needs = {KV, "num_experts", "moe_intermediate_size"}},
    {"olmo2", USUAL, .qk_norm = IFC__QK_NORM_ALL},
    {"olmoe", USUAL, .qk_norm = IFC__QK_NORM_ALL, .expert_is_ffn = true, .needs = {"num_experts"}},
    {"gemma", USUAL, .tied = true, .head_dim = 256, .needs = {KV}},
    {"gemma2", .norms = 4, .ffn_matrices = 3, .tied = true, .windows = IFC__WINDOW_ALTERNATE, .head_dim = 256,
     .window = 4096, .needs = {KV}},
    {"gemma3_text", .norms = 4, .ffn_matrices = 3, .tied = true, .qk_norm = IFC__QK_NORM_HEAD,
     .windows = IFC__WINDOW_FIVE_OF_SIX, .head_dim = 256, .window = 4096, .needs = {KV}},
    {"deepseek_v2", USUAL,
     .needs = {"kv_lora_rank", "q_lora_rank", "n_routed_experts", "n_shared_experts", "moe_intermediate_size",
               "first_k_dense_replace"}},
    {"deepseek_v3", USUAL, .router_bias = true,
     .needs = {"kv_lora_rank", "q_lora_rank", "n_routed_experts", "n_shared_experts", "moe_intermediate_size",
               "first_k_dense_replace"}},
    {"gpt_oss", USUAL, .qkv_bias = true, .o_bias = true, .ffn_bias = true, .sinks = true, .router_bias = true,
     .windows = IFC__WINDOW_ALTERNATE, .head_dim = 64, .window = 128, .expert_is_ffn = true,
     .needs = {KV, "num_local_experts"}},
    {"cohere", .norms = 1, .ffn_matrices = 3, .tied = true, .parallel = true},
    {"opt", OLDER, .tied = true, .positions = true, .position_offset = 2},
    {"gpt2", OLDER, .tied = true, .positions = true},
    {"gpt_neox", OLDER, .parallel = true},
    {"starcoder2", OLDER, .tied = true, .needs = {KV}},
};

const ifc__model_type *ifc__model_type_find(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

const ifc__model_type *ifc__model_type_usual(void)
{
    static const ifc__model_type usual = {"", USUAL};
    return &usual;
}
