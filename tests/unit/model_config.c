/**
 * The config.json of published models: parameters to the last bias, bytes of the KV cache, and which layer of
 * a scenario is the stronger.
 */
#include <stdlib.h>
#include <string.h>

#include "platform/scenario/load.h"
#include "tests/unit/ifc_cunit.h"
#include "workloads/model.h"

#define MODELS IFC_SOURCE_DIR "/tests/models/"

static ifc_scenario *load(const char *file, const char *const *sets, size_t n)
{
    ifc_scenario *s = calloc(1, sizeof *s);
    ifc_diagnostics diag = {0};
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    ifc_status status = ifc_scenario_load_model(s, file, sets, n, NULL, &diag, &err);
    CU_ASSERT_EQUAL(status, IFC_OK);
    if (status != IFC_OK)
        fprintf(stderr, "%s\n", err.text);
    ifc_diagnostics_fini(&diag);
    return s;
}

/* As the publishers' files of weights add up. Active ones: all but the experts that a token does not use. */
static void parameters_are_exact(void)
{
    static const struct {
        const char *file;
        uint64_t parameters, idle, kv_bytes;
    } models[] = {
        {MODELS "qwen2.5-7b.json", 7615616512, 0, 28 * 2 * 4 * 128 * 2},
        {MODELS "gemma-2-9b.json", 9241705984, 0, 42 * 2 * 8 * 256 * 2},
        {MODELS "qwen3-30b-a3b.json", 30532122624, 48ULL * 120 * 3 * 2048 * 768, 48 * 2 * 4 * 128 * 2},
        {MODELS "deepseek-v2-lite.json", 15706484224, 26ULL * 58 * 3 * 2048 * 1408, 27 * (512 + 64) * 2},
        {MODELS "gpt-oss-20b.json", 20914757184, 24ULL * 28 * (3 * 2880 * 2880 + 3 * 2880),
         24 * 2 * 8 * 64 * 2},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        ifc_scenario *s = load(models[i].file, NULL, 0);
        ifc_model_counts c;
        ifc_model_count(&s->model, &c);
        CU_ASSERT_EQUAL(ifc_model_parameters(&s->model), models[i].parameters);
        CU_ASSERT_EQUAL(ifc_weight_sum(c.weights) - ifc_weight_sum(c.active), models[i].idle);
        CU_ASSERT_EQUAL(ifc_weight_sum(c.bytes), 2 * models[i].parameters); /* every class at 16 bit */
        CU_ASSERT_EQUAL(ifc_model_kv_bytes(&s->model), models[i].kv_bytes);
        free(s);
    }
}

/* 12 of 24 layers keep 128 tokens; a tied head is not stored twice. */
static void windows_and_tied_heads_keep_less(void)
{
    ifc_scenario *s = load(MODELS "gpt-oss-20b.json", NULL, 0);
    CU_ASSERT_EQUAL(ifc_model_kv_bytes_at(&s->model, 131072), 2048ULL * (12 * 131072 + 12 * 128));
    CU_ASSERT_EQUAL(ifc_model_kv_bytes_at(&s->model, 128), 2048ULL * 24 * 128);
    CU_ASSERT_EQUAL(ifc_model_kv_bytes_at(&s->model, 129), 2048ULL * (12 * 129 + 12 * 128));
    free(s);
    s = load(MODELS "gemma-2-9b.json", NULL, 0);
    ifc_model_counts c;
    ifc_model_count(&s->model, &c);
    CU_ASSERT(s->model.tied_head && c.bytes[IFC_WEIGHTS_LM_HEAD] == 0);
    CU_ASSERT(s->model.window == 4096 && s->model.window_layers == 21);
    free(s);
    s = load(MODELS "qwen2.5-7b.json", NULL, 0); /* it has a window and does not use it */
    CU_ASSERT_EQUAL(s->model.window, 0);
    free(s);
}

static void write_text(const char *file, const char *text)
{
    FILE *f = fopen(file, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs(text, f);
    fclose(f);
}

static void what_is_given_beside_it_or_above_is_stronger(void)
{
    static const char *const sets[] = {"model.kv_heads=2", "model.config=" MODELS "gemma-2-9b.json"};
    write_text("base.cfg", "model = { layers = 3; hidden = 64; kv_bits = 8; experts = 4; };\n");
    write_text("a.cfg", "extends = \"base.cfg\";\n"
                        "model = { ffn = 5; config = \"" MODELS "qwen2.5-7b.json\"; vocab = 7; };\n");
    ifc_scenario *s = load("a.cfg", NULL, 0);
    CU_ASSERT(s->model.layers == 28 && s->model.hidden == 3584 && s->model.experts == 1); /* over base.cfg */
    CU_ASSERT(s->model.ffn == 5 && s->model.vocab == 7 && s->model.kv_bits == 8);
    free(s);
    s = load("a.cfg", sets, 2);
    CU_ASSERT(s->model.layers == 42 && s->model.kv_heads == 2 && s->model.ffn == 14336);
    free(s);
}

/* As a scenario keeps them; all of them another way only where the file says how they are quantised. */
static void bits_are_the_scenarios_or_the_files(void)
{
    write_text("w4.cfg", "title = \"{model} with {bits}\"; model = { name = \"Old\"; weight_bits = 4; "
                         "bits = { qkv = 6; lm_head = 4; }; config = \"" MODELS "qwen2.5-7b.json\"; };\n");
    ifc_scenario *s = load("w4.cfg", NULL, 0);
    CU_ASSERT(ifc_model_bits(&s->model, IFC_WEIGHTS_QKV) == 6 &&
              ifc_model_bits(&s->model, IFC_WEIGHTS_DOWN) == 4);
    CU_ASSERT_STRING_EQUAL(s->title, "Old with W4-6A16"); /* a name beside the file is stronger */
    free(s);
    write_text("q.json",
               "{\"model_type\":\"llama\",\"hidden_size\":64,\"num_attention_heads\":4,\"vocab_size\":9,"
               "\"num_hidden_layers\":1,\"intermediate_size\":192,\"torch_dtype\":\"float32\","
               "\"quantization_config\":{\"quant_method\":\"gptq\",\"bits\":3,\"group_size\":-1}}");
    write_text("over.cfg", "extends = \"w4.cfg\"; model = { config = \"q.json\"; };\n");
    s = load("over.cfg", NULL, 0);
    CU_ASSERT_EQUAL(ifc_model_bits(&s->model, IFC_WEIGHTS_QKV), 3);
    CU_ASSERT_EQUAL(ifc_model_bits(&s->model, IFC_WEIGHTS_LM_HEAD), 16);
    CU_ASSERT_EQUAL(ifc_model_row_bytes(&s->model, IFC_WEIGHTS_DOWN, 192), 72 + 2); /* a scale for the row */
    CU_ASSERT_STRING_EQUAL(s->title, "llama with W3A16");
    free(s);
    static const char *const sets[] = {"model.layers=2", "model.config=" MODELS "qwen2.5-7b.json"};
    s = load("over.cfg", sets, 2); /* nothing of the file before stays */
    CU_ASSERT(ifc_model_bits(&s->model, IFC_WEIGHTS_QKV) == 6 &&
              ifc_model_bits(&s->model, IFC_WEIGHTS_LM_HEAD) == 4);
    CU_ASSERT_STRING_EQUAL(s->title, "qwen2 (changed) with W4-6A16");
    free(s);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"parameters are exact", parameters_are_exact},
        {"windows and tied heads keep less", windows_and_tied_heads_keep_less},
        {"what is given beside it or above is stronger", what_is_given_beside_it_or_above_is_stronger},
        {"bits are the scenario's or the file's", bits_are_the_scenarios_or_the_files},
    };
    return IFC_RUN_TESTS("model_config", tests);
}
