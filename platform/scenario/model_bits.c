/*
 * Bits of weights: those that a config.json says its matrices are quantised to. Where it says nothing of
 * that, those of the scenario stay; torch_dtype stands in where the scenario has none.
 */
#include <string.h>

#include "platform/common/printable.h"
#include "platform/scenario/model_json.h"

#define Q         "quantization_config"
#define WHOLE_ROW 1048576 /* scale_group: as long as a row may be */

/** How a matrix of a layer is kept. */
struct kept {
    uint64_t bits, scale, group; /* a scale of so many bits for every so many weights */
    bool head;                   /* the LM head, too */
};

static void put_kept(ifc__config *c, const struct kept *k)
{
    static const char *const classes[] = {"model.bits.qkv", "model.bits.project", "model.bits.gate_up",
                                          "model.bits.down"};
    ifc__config_put(c, "model.weight_bits", Q, k->bits);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        ifc__config_put_text(c, classes[i], Q, "weight_bits");
    ifc__config_put(c, "model.bits.embed", Q, 16);
    if (k->head)
        ifc__config_put_text(c, "model.bits.lm_head", Q, "weight_bits");
    else
        ifc__config_put(c, "model.bits.lm_head", Q, 16);
    ifc__config_put(c, "model.scale_bits", Q, k->scale);
    ifc__config_put(c, "model.scale_group", Q, k->group);
}

/* The end of a module's name, without what a pattern of it ends in. */
static bool is_called(const char *module, const char *name)
{
    const char *dot = strrchr(module, '.');
    const char *last = dot ? dot + 1 : module;
    size_t n = strcspn(last, "$");
    return strlen(name) == n && strncmp(last, name, n) == 0;
}

/* Modules that no class of bits is of, or that are as they are anyway. */
static bool is_apart(const char *module)
{
    static const char *const parts[] = {"lm_head", "embed",  "norm",  "router",
                                        "vision",  "visual", "audio", "multi_modal"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(module, parts[i]))
            return true;
    return is_called(module, "gate") || is_called(module, "shared_expert_gate");
}

/* The list of modules that are not quantised. *head: whether the LM head is among them; may be NULL. */
static void check_left(ifc__config *c, const char *key, bool *head)
{
    const json_t *list = ifc__json_at(c, key);
    char shown[80];
    if (head)
        *head = false;
    if (!list || json_is_null(list))
        return;
    if (!json_is_array(list)) {
        ifc__json_wrong(c, key, "needs a list of modules");
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *module = json_string_value(json_array_get(list, i));
        if (head && module && strstr(module, "lm_head"))
            *head = true;
        if (module && is_apart(module))
            continue;
        ifc__json_wrong(c, key,
                        "entry %zu, \"%s\", leaves matrices of layers as they are, which is not understood "
                        "(allowed: lm_head, embeddings, norms, routers)",
                        i, ifc_printable(shown, sizeof shown, module ? module : "no text"));
        return;
    }
}

/* Keys with which single modules are treated otherwise. */
static void refuse(ifc__config *c, const char *key)
{
    if (!ifc__json_is_idle(ifc__json_at(c, key)))
        ifc__json_wrong(c, key, "treats modules differently, which is not understood");
}

/* Weights that share a scale; -1: a whole row. */
static uint64_t group(ifc__config *c, ifc__names key, uint64_t otherwise)
{
    const char *found = ifc__json_there(c, key);
    const json_t *value = found ? ifc__json_at(c, found) : NULL;
    if (json_is_integer(value) && json_integer_value(value) == -1)
        return WHOLE_ROW;
    if (!value || (json_is_integer(value) && json_integer_value(value) > 0))
        return ifc__json_between(c, key, otherwise, 1, WHOLE_ROW);
    ifc__json_wrong(c, found, "needs a whole number (allowed: -1, 1 .. %d)", WHOLE_ROW);
    return otherwise;
}

static struct kept read_awq(ifc__config *c)
{
    static ifc__names bits = {Q ".bits", Q ".w_bit"}, size = {Q ".group_size", Q ".q_group_size"},
                      zero = {Q ".zero_point"};
    struct kept k = {ifc__json_between(c, bits, 4, 2, 8), 16, group(c, size, 128), false};
    if (ifc__json_flag(c, zero, true))
        k.scale += k.bits;
    check_left(c, Q ".modules_to_not_convert", NULL);
    return k;
}

static struct kept read_gptq(ifc__config *c)
{
    static ifc__names bits = {Q ".bits"}, size = {Q ".group_size"}, symmetric = {Q ".sym"},
                      head = {Q ".lm_head"}, order = {Q ".desc_act"};
    if (!ifc__json_there(c, bits))
        ifc__json_wrong(c, bits[0], "missing");
    struct kept k = {ifc__json_between(c, bits, 4, 2, 8), 16, group(c, size, 128),
                     ifc__json_flag(c, head, false)};
    if (!ifc__json_flag(c, symmetric, true))
        k.scale += k.bits;
    (void)ifc__json_flag(c, order, false); /* changes the order of columns, not their number */
    refuse(c, Q ".dynamic");
    refuse(c, Q ".modules_in_block_to_quantize");
    return k;
}

/* A scale of 32 bits for a block of rows x columns, as a bit for every so many weights of a row. */
static void read_block(ifc__config *c, const char *key, struct kept *k)
{
    const json_t *block = ifc__json_at(c, key);
    json_int_t rows = json_integer_value(json_array_get(block, 0)),
               cols = json_integer_value(json_array_get(block, 1));
    if (!block || json_is_null(block))
        return;
    if (json_array_size(block) != 2 || rows < 1 || cols < 1 || rows > 1024 || cols > 1024 ||
        rows * cols % 32 != 0) {
        ifc__json_wrong(c, key, "needs [rows, columns] (allowed: 1 .. 1024 each, a multiple of 32 together)");
        return;
    }
    k->scale = 1;
    k->group = (uint64_t)(rows * cols / 32);
}

static struct kept read_fp8(ifc__config *c)
{
    struct kept k = {8, 0, 128, false}; /* a scale a matrix, or one a block */
    read_block(c, Q ".weight_block_size", &k);
    check_left(c, Q ".modules_to_not_convert", NULL);
    check_left(c, Q ".ignored_layers", NULL);
    return k;
}

/* 4 bits: blocks of 64 with a scale of 32 bits, or of 8 that are quantised once more; 8 bits: a scale a row.
 */
static struct kept read_bitsandbytes(ifc__config *c)
{
    static ifc__names four = {Q ".load_in_4bit", Q "._load_in_4bit"},
                      eight = {Q ".load_in_8bit", Q "._load_in_8bit"},
                      twice = {Q ".bnb_4bit_use_double_quant"};
    bool is_four = ifc__json_flag(c, four, false), is_eight = ifc__json_flag(c, eight, false);
    bool is_twice = ifc__json_flag(c, twice, false);
    check_left(c, Q ".llm_int8_skip_modules", NULL);
    if (is_four == is_eight)
        ifc__json_wrong(c, Q, "needs one of load_in_4bit and load_in_8bit to be true");
    if (is_eight)
        return (struct kept){8, 32, WHOLE_ROW, false};
    return (struct kept){4, is_twice ? 8 : 32, 64, false};
}

static struct kept read_mxfp4(ifc__config *c)
{
    if (c->experts <= 1 || c->shared || c->dense)
        ifc__json_wrong(c, Q ".quant_method", "quantises chosen experts alone, and here %s",
                        c->experts <= 1 ? "are none" : "shared experts or dense layers are kept like them");
    return (struct kept){16, 8, 32, false};
}

#define G Q ".config_groups.group_0"

static struct kept read_tensors(ifc__config *c)
{
    static ifc__names bits = {G ".weights.num_bits"}, size = {G ".weights.group_size"},
                      symmetric = {G ".weights.symmetric"};
    struct kept k = {8, 0, 128, false};
    bool left;
    const json_t *targets = ifc__json_at(c, G ".targets");
    const char *target = json_string_value(json_array_get(targets, 0));
    check_left(c, Q ".ignore", &left);
    k.head = !left;
    if (json_object_size(ifc__json_at(c, Q ".config_groups")) != 1 || !ifc__json_at(c, G ".weights"))
        ifc__json_wrong(c, Q ".config_groups", "needs group_0 with weights, and no other group");
    else if (json_array_size(targets) != 1 || !target || strcmp(target, "Linear") != 0)
        ifc__json_wrong(c, G ".targets", "not understood (allowed: [\"Linear\"])");
    if (c->failed)
        return k;
    if (!ifc__json_there(c, bits))
        ifc__json_wrong(c, bits[0], "missing");
    k.bits = ifc__json_between(c, bits, 8, 2, 8);
    const char *how = ifc__json_text(c, G ".weights.strategy");
    if (how && strcmp(how, "block") == 0)
        read_block(c, G ".weights.block_structure", &k);
    else if (how && (strcmp(how, "group") == 0 || strcmp(how, "channel") == 0)) {
        k.scale = 16;
        k.group = *how == 'g' ? group(c, size, 128) : WHOLE_ROW;
    } else if (!how || strcmp(how, "tensor") != 0)
        ifc__json_wrong(c, G ".weights.strategy",
                        "not understood (allowed: \"tensor\", \"channel\", \"group\", \"block\")");
    if (k.scale && !ifc__json_flag(c, symmetric, true))
        k.scale += k.bits;
    const char *sparse = ifc__json_text(c, Q ".sparsity_config.format");
    if (sparse && strcmp(sparse, "dense") != 0)
        ifc__json_wrong(c, Q ".sparsity_config.format", "not understood (allowed: \"dense\")");
    return k;
}

static const struct {
    const char *name;
    struct kept (*read)(ifc__config *c);
} methods[] = {{"awq", read_awq},
               {"bitsandbytes", read_bitsandbytes},
               {"compressed-tensors", read_tensors},
               {"fp8", read_fp8},
               {"gptq", read_gptq},
               {"mxfp4", read_mxfp4}};

/* Whether a weaker layer says how many bits weights have. */
static bool scenario_has_bits(const ifc__config *c)
{
    for (size_t i = 0; i < c->layers->n; i++) {
        const char *path = c->layers->items[i].path;
        if (strcmp(path, "model.weight_bits") == 0 ||
            strncmp(path, "model.bits.", strlen("model.bits.")) == 0)
            return true;
    }
    return false;
}

static void read_quantisation(ifc__config *c)
{
    bool overrules = scenario_has_bits(c);
    if (!json_is_object(ifc__json_at(c, Q))) {
        ifc__json_wrong(c, Q, "needs an object { ... }");
        return;
    }
    const char *method = ifc__json_text(c, Q ".quant_method");
    if (!method && (ifc__json_at(c, Q ".load_in_4bit") || ifc__json_at(c, Q ".load_in_8bit")))
        method = "bitsandbytes"; /* as older files have it */
    for (size_t i = 0; method && i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i].name, method) == 0) {
            struct kept k = methods[i].read(c);
            put_kept(c, &k);
            if (methods[i].read == read_mxfp4) {
                ifc__config_put(c, "model.bits.gate_up", Q, 4);
                ifc__config_put(c, "model.bits.down", Q, 4);
            }
            c->beside.overrules_bits = overrules;
            return;
        }
    ifc__json_wrong(c, Q,
                    "not understood (allowed: quant_method \"awq\", \"bitsandbytes\", "
                    "\"compressed-tensors\", \"fp8\", \"gptq\", \"mxfp4\")");
}

/* Weaker than anything that a scenario says of bits. */
static void put_below(ifc__config *c, const char *key, uint64_t bits)
{
    ifc_assignment *items, last;
    ifc__config_put(c, "model.weight_bits", key, bits);
    items = c->layers->items;
    last = items[c->layers->n - 1];
    memmove(items + 1, items, (c->layers->n - 1) * sizeof *items);
    items[0] = last;
    c->beside.dtype_bits = (uint32_t)bits;
}

void ifc__config_read_bits(ifc__config *c)
{
    static const struct {
        const char *name;
        uint64_t bits;
    } kinds[] = {{"bfloat16", 16}, {"float16", 16}, {"float32", 32}, {"float8_e4m3fn", 8}};
    static ifc__names keys = {"torch_dtype", "dtype"};
    const char *key = ifc__json_there(c, keys), *name = key ? ifc__json_text(c, key) : NULL;
    size_t i = 0, n = sizeof kinds / sizeof *kinds;
    while (name && i < n && strcmp(kinds[i].name, name) != 0)
        i++;
    if (name && i == n)
        ifc__json_wrong(
            c, key, "not understood (allowed: \"bfloat16\", \"float16\", \"float32\", \"float8_e4m3fn\")");
    else if (ifc__json_at(c, Q) && !json_is_null(ifc__json_at(c, Q)))
        read_quantisation(c);
    else if (name && !c->failed)
        put_below(c, key, kinds[i].bits);
}
