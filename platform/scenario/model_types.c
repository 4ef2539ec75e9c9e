#include "platform/scenario/model_types.h"

#include <stddef.h>
#include <string.h>

/* Two norms without bias, gate, up and down, a head of its own, no biases. */
#define USUAL .norms = 2, .ffn_matrices = 3
/* Norms with a bias, two matrices, a bias everywhere. */
#define OLDER                                                                                                \
    .norms = 2, .norm_bias = true, .ffn_matrices = 2, .qkv_bias = true, .o_bias = true, .ffn_bias = true

static const ifc__model_type types[] = {
    {"llama", USUAL, .windows = IFC__WINDOW_NEVER},
    {"mistral", USUAL},
    {"ministral", USUAL},
    {"mixtral", USUAL},
    {"phi3", USUAL},
    {"granite", USUAL},
    {"smollm3", USUAL, .tied = true, .windows = IFC__WINDOW_ASKED},
    {"qwen2", USUAL, .qkv_bias = true, .windows = IFC__WINDOW_ASKED},
    {"qwen2_moe", USUAL, .qkv_bias = true, .shared_gate = true, .windows = IFC__WINDOW_ASKED},
    {"qwen3", USUAL, .qk_norm = IFC__QK_NORM_HEAD, .windows = IFC__WINDOW_ASKED},
    {"qwen3_moe", USUAL, .qk_norm = IFC__QK_NORM_HEAD, .windows = IFC__WINDOW_ASKED},
    {"olmo2", USUAL, .qk_norm = IFC__QK_NORM_ALL},
    {"gemma", USUAL, .tied = true},
    {"gemma2", .norms = 4, .ffn_matrices = 3, .tied = true, .windows = IFC__WINDOW_ALTERNATE},
    {"gemma3_text", .norms = 4, .ffn_matrices = 3, .tied = true, .qk_norm = IFC__QK_NORM_HEAD,
     .windows = IFC__WINDOW_FIVE_OF_SIX},
    {"deepseek_v2", USUAL},
    {"deepseek_v3", USUAL, .router_bias = true},
    {"gpt_oss", USUAL, .qkv_bias = true, .o_bias = true, .ffn_bias = true, .sinks = true, .router_bias = true,
     .windows = IFC__WINDOW_ALTERNATE},
    {"cohere", .norms = 1, .ffn_matrices = 3, .tied = true, .parallel = true},
    {"opt", OLDER, .tied = true, .positions = true, .position_offset = 2},
    {"gpt2", OLDER, .tied = true, .positions = true},
    {"gpt_neox", OLDER, .parallel = true},
    {"starcoder2", OLDER, .tied = true},
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
