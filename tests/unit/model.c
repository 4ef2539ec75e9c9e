/**
 * Shapes of the shipped models against published figures, and the arithmetic of low-bit weights.
 */
#include "workloads/model.h"

#include <stdlib.h>

#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

/* Weights of the layer matrices and all parameters as the models' publishers count them; 0: not compared
 * exactly. KV bytes per token at 16 bit. */
static const struct shape {
    const char *part;
    uint64_t layer_weights, parameters, kv_bytes;
} shapes[] = {
    {"llama2-7b", 6476005376, 6738415616, 524288},
    {"llama2-13b", 12687769600, 13015864320, 819200},
    {"llama2-70b", 68451041280, 68976648192, 327680},
    {"llama3.1-8b", 6979321856, 8030261248, 131072},
    {"llama3.1-70b", 68451041280, 70553706496, 327680},
    {"opt-6.7b", 6442450944, 0, 524288},
    {"opt-30b", 29595009024, 0, 1376256},
    {"mixtral-8x7b", 46439333888, 0, 131072},
};
#define SHAPES (sizeof shapes / sizeof shapes[0])

static ifc_scenario *load_model(const char *part)
{
    char extends[IFC_PATH_MAX];
    snprintf(extends, sizeof extends, "parts/model-%s.cfg", part);
    return SIM_LOAD(extends, "flash.groups.g1.dies=1", "placement.weights=g1", "placement.kv=g1");
}

static void layer_weights_are_exact(void)
{
    for (size_t i = 0; i < SHAPES; i++) {
        ifc_scenario *s = load_model(shapes[i].part);
        CU_ASSERT_EQUAL(ifc_model_layer_weights(&s->model), shapes[i].layer_weights);
        free(s);
    }
}

/* The table of the literature gives them in units of 1e5. */
static void layer_weights_agree_with_the_rounded_table(void)
{
    static const double rounded[] = {6.4760e9,  12.6878e9, 68.4510e9, 6.9793e9,
                                     68.4510e9, 6.4425e9,  29.5950e9};
    for (size_t i = 0; i < sizeof rounded / sizeof rounded[0]; i++)
        CU_ASSERT(sim_near(shapes[i].part, (double)shapes[i].layer_weights, rounded[i], 0, 0.5e5));
}

static void kv_bytes_are_exact(void)
{
    for (size_t i = 0; i < SHAPES; i++) {
        ifc_scenario *s = load_model(shapes[i].part);
        CU_ASSERT_EQUAL(ifc_model_kv_bytes(&s->model), shapes[i].kv_bytes);
        CU_ASSERT_EQUAL(ifc_model_entry_bytes(&s->model), 256);
        s->model.kv_bits = 8;
        CU_ASSERT_EQUAL(ifc_model_kv_bytes(&s->model), shapes[i].kv_bytes / 2);
        free(s);
    }
}

static void llama_parameters_are_exact(void)
{
    for (size_t i = 0; i < SHAPES; i++) {
        ifc_scenario *s = load_model(shapes[i].part);
        if (shapes[i].parameters)
            CU_ASSERT_EQUAL(ifc_model_parameters(&s->model), shapes[i].parameters);
        free(s);
    }
}

/* OPT has biases and learned positions, which no matrix product reads: within 0.3 %. */
static void other_parameters_are_close(void)
{
    static const struct {
        const char *part;
        double parameters, tolerance;
    } others[] = {{"mixtral-8x7b", 46.7e9, 0.05e9},
                  {"opt-6.7b", 6658473984.0, 0.003 * 6.66e9},
                  {"opt-30b", 29974540288.0, 0.003 * 30e9}};
    for (size_t i = 0; i < 3; i++) {
        ifc_scenario *s = load_model(others[i].part);
        CU_ASSERT(sim_near(others[i].part, (double)ifc_model_parameters(&s->model), others[i].parameters, 0,
                           others[i].tolerance));
        free(s);
    }
}

static uint64_t row_bytes(const ifc_model *m, uint64_t cols)
{
    return ifc_model_row_bytes(m, IFC_WEIGHTS_QKV, cols);
}

static void rows_carry_their_scales(void)
{
    ifc_model m = {.weight_bits = 16, .scale_bits = IFC_SCALE_AUTO, .scale_group = 128};
    CU_ASSERT_EQUAL(row_bytes(&m, 4096), 8192);
    m.weight_bits = 8;
    CU_ASSERT_EQUAL(row_bytes(&m, 4096), 4096);
    m.weight_bits = 4; /* 2048 bytes and 32 scales of 2 bytes */
    CU_ASSERT_EQUAL(row_bytes(&m, 4096), 2048 + 64);
    CU_ASSERT_EQUAL(row_bytes(&m, 4097), 2049 + 66); /* a group begun counts */
    m.weight_bits = 3;                               /* 1536 bytes and 64 */
    CU_ASSERT_EQUAL(row_bytes(&m, 4096), 1600);
    m.scale_bits = 0;
    CU_ASSERT_EQUAL(row_bytes(&m, 4096), 1536);
    m.scale_bits = 8;
    m.scale_group = 32;
    m.weight_bits = 4;
    CU_ASSERT_EQUAL(row_bytes(&m, 4096), 2048 + 128);
    m.weight_bits = 8; /* given, they are at any width below 16 bits */
    CU_ASSERT_EQUAL(row_bytes(&m, 4096), 4096 + 128);
    m.weight_bits = 16;
    CU_ASSERT_EQUAL(row_bytes(&m, 4096), 8192);
}

static void keys_and_values_carry_their_scales(void)
{
    ifc_model m = {.layers = 2, .kv_heads = 3, .head_dim = 100, .kv_bits = 4, .kv_scale_group = 32};
    CU_ASSERT_EQUAL(ifc_model_entry_bytes(&m), 50);
    m.kv_scale_bits = 16;
    CU_ASSERT_EQUAL(ifc_model_entry_bytes(&m), 50 + 4 * 2); /* a group begun counts */
    CU_ASSERT_EQUAL(ifc_model_kv_bytes(&m), 2 * 2 * 3 * 58);
}

static void windows_are_spread_over_the_layers(void)
{
    ifc_model m = {.layers = 6, .window = 8, .window_layers = 5, .kv_heads = 1, .head_dim = 8, .kv_bits = 8};
    for (uint32_t l = 0; l < 6; l++)
        CU_ASSERT_EQUAL(ifc_model_has_window(&m, l), l < 5); /* five, then one that sees all: Gemma 3 */
    m.window_layers = 3;
    for (uint32_t l = 0; l < 6; l++)
        CU_ASSERT_EQUAL(ifc_model_has_window(&m, l), l % 2 == 0); /* every other one: Gemma 2, GPT-OSS */
    CU_ASSERT_EQUAL(ifc_model_kv_bytes_at(&m, 20), 16 * (3 * 20 + 3 * 8));
    m.window_layers = IFC_ALL_LAYERS;
    CU_ASSERT_EQUAL(ifc_model_kv_bytes_at(&m, 20), 16 * 6 * 8);
    m.window = 0;
    CU_ASSERT_FALSE(ifc_model_has_window(&m, 0));
    CU_ASSERT_EQUAL(ifc_model_kv_bytes_at(&m, 20), 16 * 6 * 20);
}

static void classes_have_bits_of_their_own(void)
{
    ifc_model m = {
        .weight_bits = 16, .activation_bits = 8, .scale_group = 128, .bits = {.embed = 8, .down = 4}};
    static const uint32_t bits[IFC_WEIGHT_CLASSES] = {8, 16, 16, 16, 4, 16, 8, 8};
    for (int i = 0; i < IFC_WEIGHT_CLASSES; i++)
        CU_ASSERT_EQUAL(ifc_model_bits(&m, (ifc_weight_class)i), bits[i]);
    m.bits.lm_head = 3;
    CU_ASSERT_EQUAL(ifc_model_bits(&m, IFC_WEIGHTS_LM_HEAD), 3);
    m.tied_head = true;
    CU_ASSERT_EQUAL(ifc_model_bits(&m, IFC_WEIGHTS_LM_HEAD), 8);
}

static void activations_round_up_to_bytes(void)
{
    ifc_model m = {.activation_bits = 16};
    CU_ASSERT_EQUAL(ifc_model_activation_bytes(&m, 4096), 8192);
    m.activation_bits = 8;
    CU_ASSERT_EQUAL(ifc_model_activation_bytes(&m, 4096), 4096);
    m.activation_bits = 4;
    CU_ASSERT_EQUAL(ifc_model_activation_bytes(&m, 3), 2);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"layer weights are exact", layer_weights_are_exact},
        {"layer weights agree with the rounded table", layer_weights_agree_with_the_rounded_table},
        {"KV bytes per token are exact", kv_bytes_are_exact},
        {"parameters of the LLaMA models are exact", llama_parameters_are_exact},
        {"parameters of the others are close", other_parameters_are_close},
        {"rows carry their scales", rows_carry_their_scales},
        {"keys and values carry their scales", keys_and_values_carry_their_scales},
        {"windows are spread over the layers", windows_are_spread_over_the_layers},
        {"classes have bits of their own", classes_have_bits_of_their_own},
        {"activations round up to bytes", activations_round_up_to_bytes},
    };
    return IFC_RUN_TESTS("model", tests);
}
