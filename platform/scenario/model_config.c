#include "platform/scenario/model_config.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"
#include "platform/scenario/model_keys.h"
#include "platform/scenario/model_types.h"

struct config {
    json_t *root; /* borrowed */
    const ifc__model_type *type;
    ifc_layers *layers;
    ifc_diagnostics *diag;
    int file;
    bool failed;
    uint64_t hidden, layers_n, heads, kv_heads, head_dim, ffn, experts, active, shared, dense, dense_ffn,
        vocab, kv_rank, query_rank, rope;
    ifc_model_beside beside;
};

typedef const char *const names[5]; /* of one key, the usual one first; NULL at the end */

bool ifc__is_model_config(const char *file)
{
    size_t n = strlen(file), ending = strlen(".json");
    return n > ending && strcasecmp(file + n - ending, ".json") == 0;
}

IFC_PRINTF(3, 4)
static void wrong(struct config *c, const char *key, const char *format, ...)
{
    char what[512], file[IFC_PATH_MAX], value[80] = "", *text = NULL;
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    const json_t *found = json_object_get(c->root, key);
    if (found && (text = json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT)))
        snprintf(value, sizeof value, " = %.60s%s", text, strlen(text) > 60 ? "..." : "");
    ifc_diagnose(c->diag, IFC_EDATA, "%s: %s%s: %s",
                 ifc_printable(file, sizeof file, c->layers->files[c->file]), key, value, what);
    free(text);
    c->failed = true;
}

/* The name under which the file has a key; NULL: it has none of them, or null. */
static const char *there(const struct config *c, names key)
{
    for (int i = 0; key[i]; i++) {
        const json_t *found = json_object_get(c->root, key[i]);
        if (found && !json_is_null(found))
            return key[i];
    }
    return NULL;
}

/* A whole number, or @otherwise where the file has none. *key: its name there, may be NULL. */
static uint64_t whole(struct config *c, names key, uint64_t otherwise, const char **name)
{
    const char *found = there(c, key);
    if (name)
        *name = found;
    if (!found)
        return otherwise;
    const json_t *value = json_object_get(c->root, found);
    if (json_is_integer(value) && json_integer_value(value) >= 0 && json_integer_value(value) <= UINT32_MAX)
        return (uint64_t)json_integer_value(value);
    wrong(c, found, "needs a whole number (allowed: 0 .. %u)", UINT32_MAX);
    return otherwise;
}

static bool flag(struct config *c, names key, bool otherwise)
{
    const char *found = there(c, key);
    if (!found)
        return otherwise;
    const json_t *value = json_object_get(c->root, found);
    if (!json_is_boolean(value))
        wrong(c, found, "needs true or false");
    return json_is_true(value);
}

static const char *text(struct config *c, const char *key)
{
    const json_t *value = json_object_get(c->root, key);
    if (value && !json_is_null(value) && !json_is_string(value))
        wrong(c, key, "needs text in quotes");
    return json_is_string(value) ? json_string_value(value) : NULL;
}

static ifc_assignment *assign(struct config *c, const char *path, const char *key)
{
    ifc_assignment *a = ifc_layers_add(c->layers, ifc_copy_text(path), c->file, 0);
    a->key = key;
    a->quotable = true;
    return a;
}

static void put(struct config *c, const char *path, const char *key, uint64_t value)
{
    assign(c, path, key)->raw = (ifc_raw){.kind = IFC_RAW_WHOLE, .whole = (int64_t)value};
}

static void put_flag(struct config *c, const char *path, const char *key, bool value)
{
    assign(c, path, key)->raw = (ifc_raw){.kind = IFC_RAW_BOOL, .boolean = value};
}

/* A key without which there is no shape. */
static uint64_t put_needed(struct config *c, const char *path, names key)
{
    const char *name;
    uint64_t value = whole(c, key, 0, &name);
    if (name)
        put(c, path, name, value);
    else
        wrong(c, key[0], "missing");
    return value;
}

static void read_name(struct config *c)
{
    static const char *const keys[] = {"_name_or_path", "model_type"};
    for (size_t i = 0; i < 2; i++) {
        const char *name = json_string_value(json_object_get(c->root, keys[i]));
        if (!name || !*name)
            continue;
        const char *slash = strrchr(name, '/');
        name = slash && slash[1] ? slash + 1 : name;
        ifc_assignment *a = assign(c, "model.name", keys[i]);
        a->text = ifc_copy_text(name);
        a->raw = (ifc_raw){.kind = IFC_RAW_STRING, .text = a->text};
        return;
    }
}

static void read_type(struct config *c)
{
    const char *name = text(c, "model_type");
    c->type = name ? ifc__model_type_find(name) : NULL;
    if (c->type)
        return;
    c->type = ifc__model_type_usual();
    snprintf(c->beside.unknown_type, sizeof c->beside.unknown_type,
             name ? " = \"%.40s\" is not known" : " is missing", name);
}

/* Keys and values come from one latent vector, and only that is stored. */
static void read_latent(struct config *c)
{
    static const char *const keys[] = {"q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"};
    static const char *const paths[] = {"model.latent.query_rank", "model.latent.plain_dim",
                                        "model.latent.rope_dim", "model.latent.value_dim"};
    static names kv_rank = {"kv_lora_rank"};
    uint64_t values[4];
    c->kv_rank = whole(c, kv_rank, 0, NULL);
    put(c, "model.latent.kv_rank", c->kv_rank ? kv_rank[0] : "model_type", c->kv_rank);
    for (int i = 0; i < 4; i++) {
        names key = {keys[i]};
        values[i] = c->kv_rank ? whole(c, key, 0, NULL) : 0;
        put(c, paths[i], c->kv_rank ? keys[i] : "model_type", values[i]);
    }
    c->query_rank = values[0];
    c->rope = values[2];
    if (c->kv_rank && !(values[1] && values[2] && values[3]))
        wrong(c, kv_rank[0], "needs qk_nope_head_dim, qk_rope_head_dim and v_head_dim");
}

static void read_attention(struct config *c)
{
    static names heads = {"num_attention_heads", "n_head", "n_heads"},
                 kv_heads = {"num_key_value_heads", "num_kv_heads", "n_head_kv"}, head_dim = {"head_dim"};
    const char *heads_key = "num_attention_heads", *key;
    c->heads = put_needed(c, "model.heads", heads);
    if (c->kv_rank) { /* all query heads share one key: the latent, and what it has of position */
        put(c, "model.kv_heads", "kv_lora_rank", 1);
        put(c, "model.head_dim", "kv_lora_rank", c->kv_rank + c->rope);
        return;
    }
    c->kv_heads = whole(c, kv_heads, c->heads, &key);
    put(c, "model.kv_heads", key ? key : heads_key, c->kv_heads);
    c->head_dim = whole(c, head_dim, c->heads && c->hidden > c->heads ? c->hidden / c->heads : 1, &key);
    if (!key && c->heads && c->hidden % c->heads != 0)
        wrong(c, heads_key, "does not divide hidden_size = %" PRIu64 ", and head_dim is missing", c->hidden);
    put(c, "model.head_dim", key ? key : heads_key, c->head_dim);
}

/* Experts that every token uses, by their number or by their width together. */
static void read_shared(struct config *c)
{
    static names shared = {"n_shared_experts", "num_shared_experts"},
                 width = {"shared_expert_intermediate_size"};
    const char *key, *wide_key;
    c->shared = whole(c, shared, 0, &key);
    uint64_t wide = whole(c, width, 0, &wide_key);
    if (wide && c->ffn && wide % c->ffn != 0)
        wrong(c, wide_key, "is no multiple of moe_intermediate_size = %" PRIu64, c->ffn);
    else if (wide && c->ffn)
        c->shared = wide / c->ffn;
    put(c, "model.shared_experts", wide ? wide_key : key ? key : "model_type", c->shared);
}

static void read_dense(struct config *c, uint64_t width, const char *width_key)
{
    static names dense = {"first_k_dense_replace"};
    const char *key;
    c->dense = whole(c, dense, 0, &key);
    put(c, "model.dense_layers", key ? key : "model_type", c->dense);
    c->dense_ffn = width;
    put(c, "model.dense_ffn", width_key, width);
}

static void read_experts(struct config *c, uint64_t dense_width, const char *dense_key)
{
    static names experts = {"num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"},
                 active = {"num_experts_per_tok", "num_experts_per_token", "experts_per_token", "moe_topk"},
                 width = {"moe_intermediate_size"};
    const char *key, *count_key;
    c->experts = whole(c, experts, 1, &count_key);
    put(c, "model.experts", count_key ? count_key : dense_key, c->experts ? c->experts : 1);
    c->active = whole(c, active, 1, &key);
    if (!key && c->experts > 1)
        wrong(c, count_key, "needs num_experts_per_tok");
    put(c, "model.active_experts", key ? key : dense_key, c->experts > 1 ? c->active : 1);
    c->ffn = dense_width;
    key = NULL;
    if (c->experts > 1)
        c->ffn = whole(c, width, dense_width, &key);
    put(c, "model.ffn", key ? key : dense_key, c->ffn);
    if (c->experts > 1) {
        read_shared(c);
        read_dense(c, dense_width, dense_key);
        return;
    }
    put(c, "model.shared_experts", dense_key, 0);
    put(c, "model.dense_layers", dense_key, 0);
}

static void read_feed_forward(struct config *c)
{
    static names width = {"intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size"},
                 expert_width = {"moe_intermediate_size"};
    const char *key;
    uint64_t ffn = whole(c, width, 0, &key);
    if (!key)
        ffn = whole(c, expert_width, 0, &key);
    if (!key && c->type->ffn_matrices == 2) {
        ffn = 4 * c->hidden; /* GPT-2 and what follows it */
        key = "hidden_size";
    }
    if (!key) {
        wrong(c, width[0], "missing");
        return;
    }
    put(c, "model.ffn_matrices", "model_type", c->type->ffn_matrices);
    read_experts(c, ffn, key);
}

/* Windowed layers by the list of the file. Return: -1: it has no list. */
static int64_t listed_windows(struct config *c)
{
    const json_t *list = json_object_get(c->root, "layer_types");
    if (!json_is_array(list))
        return -1;
    int64_t windowed = 0;
    if (json_array_size(list) != c->layers_n)
        wrong(c, "layer_types", "has %zu entries for num_hidden_layers = %" PRIu64, json_array_size(list),
              c->layers_n);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *kind = json_string_value(json_array_get(list, i));
        if (kind && strcmp(kind, "sliding_attention") == 0)
            windowed++;
        else if (!kind || strcmp(kind, "full_attention") != 0) {
            char shown[80];
            wrong(c, "layer_types",
                  "entry %zu is \"%s\" (allowed: \"full_attention\", \"sliding_attention\")", i,
                  ifc_printable(shown, sizeof shown, kind ? kind : "no text"));
            break;
        }
    }
    return windowed;
}

static uint64_t usual_windows(struct config *c)
{
    static names asked = {"use_sliding_window"}, from = {"max_window_layers"},
                 pattern = {"sliding_window_pattern", "_sliding_window_pattern"};
    uint64_t n = c->layers_n, first, every;
    switch (c->type->windows) {
    case IFC__WINDOW_NEVER:
        return 0;
    case IFC__WINDOW_ALTERNATE:
        return (n + 1) / 2;
    case IFC__WINDOW_FIVE_OF_SIX:
        every = whole(c, pattern, 6, NULL);
        return every ? n - n / every : 0;
    case IFC__WINDOW_ASKED:
        first = whole(c, from, 28, NULL);
        return flag(c, asked, false) && first < n ? n - first : 0;
    default:
        return flag(c, asked, true) ? n : 0;
    }
}

static void put_all_layers(struct config *c, const char *key)
{
    ifc_assignment *a = assign(c, "model.window_layers", key);
    a->text = ifc_copy_text("all");
    a->raw = (ifc_raw){.kind = IFC_RAW_STRING, .text = a->text};
}

static void read_windows(struct config *c)
{
    static names window = {"sliding_window"};
    uint64_t tokens = whole(c, window, 0, NULL);
    int64_t listed = listed_windows(c);
    uint64_t windowed = listed >= 0 ? (uint64_t)listed : tokens ? usual_windows(c) : 0;
    if (windowed && tokens == 0)
        wrong(c, "layer_types", "has sliding layers, and sliding_window is missing");
    const char *key = there(c, window) ? window[0] : "model_type";
    put(c, "model.window", key, windowed ? tokens : 0);
    if (windowed)
        put(c, "model.window_layers", listed >= 0 ? "layer_types" : key, windowed);
    else /* whatever a weaker layer says */
        put_all_layers(c, key);
}

/* Width of what queries and keys have a norm for. */
static uint64_t query_key_norms(const struct config *c)
{
    switch (c->type->qk_norm) {
    case IFC__QK_NORM_HEAD:
        return 2 * c->head_dim;
    case IFC__QK_NORM_ALL:
        return (c->heads + c->kv_heads) * c->head_dim;
    default:
        return 0;
    }
}

static uint64_t attention_vectors(struct config *c)
{
    static names bias = {"attention_bias", "qkv_bias", "use_bias", "bias"};
    bool given = there(c, bias), all = given && flag(c, bias, false);
    uint64_t n = query_key_norms(c) + (c->type->sinks ? c->heads : 0);
    if (c->kv_rank)
        return n + c->kv_rank + c->query_rank;
    bool only_qkv = c->type->qkv_bias && !c->type->o_bias;
    if (given ? all : c->type->qkv_bias)
        n += (c->heads + 2 * c->kv_heads) * c->head_dim;
    if (given ? all && !only_qkv : c->type->o_bias)
        n += c->hidden;
    return n;
}

/* Everything of a model that is no matrix, and how much of it a token leaves alone. */
static void count_vectors(struct config *c)
{
    static names bias = {"mlp_bias"}, positions = {"max_position_embeddings", "n_positions"};
    ifc_model_beside *b = &c->beside;
    uint64_t norm = c->hidden * (c->type->norm_bias ? 2 : 1), moe = c->layers_n - c->dense;
    uint64_t block = flag(c, bias, c->type->ffn_bias) ? 1 : 0;
    uint64_t expert = block * ((c->type->ffn_matrices - 1) * c->ffn + c->hidden);
    b->vectors = norm + c->layers_n * (c->type->norms * norm + attention_vectors(c));
    b->vectors += moe * (c->experts + c->shared) * expert;
    b->vectors += c->dense * block * ((c->type->ffn_matrices - 1) * c->dense_ffn + c->hidden);
    if (c->experts > 1) {
        b->vectors +=
            moe * ((c->type->router_bias ? c->experts : 0) + (c->type->shared_gate ? c->hidden : 0));
        b->idle_vectors = moe * (c->experts - c->active) * expert;
    }
    if (c->type->positions)
        b->vectors += c->hidden * (whole(c, positions, 0, NULL) + c->type->position_offset);
}

/* The head is its own layer of the file's library and stays as it was, and so does the embedding. */
static void put_quantised(struct config *c, uint64_t bits, uint64_t group, uint64_t scale)
{
    static const char *const key = "quantization_config";
    put(c, "model.weight_bits", key, bits);
    put(c, "model.bits.embed", key, 16);
    put(c, "model.bits.lm_head", key, 16);
    put(c, "model.scale_bits", key, scale);
    put(c, "model.scale_group", key, group);
}

static uint64_t inner(const json_t *object, const char *key, uint64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) && json_integer_value(value) >= 0 ? (uint64_t)json_integer_value(value)
                                                                    : otherwise;
}

/* Return: whether the file says how weights are quantised. */
static bool read_quantisation(struct config *c)
{
    static const char *const key = "quantization_config";
    const json_t *q = json_object_get(c->root, key);
    const char *method = json_string_value(json_object_get(q, "quant_method"));
    if (!q || json_is_null(q))
        return false;
    if (method && (strcmp(method, "awq") == 0 || strcmp(method, "gptq") == 0)) {
        put_quantised(c, inner(q, "bits", 4), inner(q, "group_size", 128), 16);
    } else if (method && strcmp(method, "mxfp4") == 0) {
        put_quantised(c, 16, 32, 8); /* experts alone */
        put(c, "model.bits.gate_up", key, 4);
        put(c, "model.bits.down", key, 4);
    } else {
        wrong(c, key, "not understood (allowed: quant_method \"awq\", \"gptq\", \"mxfp4\")");
    }
    return true;
}

static void read_precision(struct config *c)
{
    static const struct {
        const char *name;
        uint64_t bits;
    } kinds[] = {{"bfloat16", 16}, {"float16", 16}, {"float32", 32}, {"float8_e4m3fn", 8}};
    const char *key = json_object_get(c->root, "torch_dtype") ? "torch_dtype" : "dtype";
    const char *name = text(c, key);
    if (read_quantisation(c) || !name)
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0) {
            put(c, "model.weight_bits", key, kinds[i].bits);
            return;
        }
    wrong(c, key, "not understood (allowed: \"bfloat16\", \"float16\", \"float32\", \"float8_e4m3fn\")");
}

static void refuse_others(struct config *c)
{
    const char *key;
    json_t *value;
    json_object_foreach(c->root, key, value)
    {
        bool same = strcmp(key, "word_embed_proj_dim") == 0 && json_is_integer(value) &&
                    (uint64_t)json_integer_value(value) == c->hidden;
        if (!same && ifc__model_key_alters(key, value))
            wrong(c, key, "changes the shape in a way that is not understood");
    }
}

static void read_shape(struct config *c)
{
    static names layers = {"num_hidden_layers", "n_layer", "n_layers", "num_layers"},
                 hidden = {"hidden_size", "n_embd", "d_model"}, vocab = {"vocab_size"},
                 tied = {"tie_word_embeddings"}, parallel = {"parallel_attn", "use_parallel_residual"};
    read_type(c);
    read_name(c);
    c->layers_n = put_needed(c, "model.layers", layers);
    c->hidden = put_needed(c, "model.hidden", hidden);
    c->vocab = put_needed(c, "model.vocab", vocab);
    read_latent(c);
    read_attention(c);
    read_feed_forward(c);
    put_flag(c, "model.tied_head", tied[0], flag(c, tied, c->type->tied));
    put_flag(c, "model.parallel_ffn", there(c, parallel) ? there(c, parallel) : "model_type",
             flag(c, parallel, c->type->parallel));
    read_windows(c);
    read_precision(c);
    refuse_others(c);
    if (!c->failed && c->dense < c->layers_n && c->active <= c->experts)
        count_vectors(c); /* else it will be refused */
}

static bool looks_like_model(const json_t *root)
{
    return json_object_get(root, "model_type") || json_object_get(root, "hidden_size");
}

ifc_status ifc__model_config_read(ifc_layers *layers, int file, const char *content, ifc_diagnostics *diag)
{
    json_error_t why;
    char shown[IFC_PATH_MAX];
    json_t *root = json_loads(content, JSON_REJECT_DUPLICATES, &why);
    ifc_printable(shown, sizeof shown, layers->files[file]);
    if (!json_is_object(root)) {
        if (root)
            ifc_diagnose(diag, IFC_EDATA, "%s: no config.json of a model: it holds no object { ... }", shown);
        else /* without what stands there: whoever named the file may not be allowed to read it */
            ifc_diagnose(diag, IFC_EDATA, "%s:%d: no config.json of a model: no JSON at column %d", shown,
                         why.line, why.column);
        json_decref(root);
        return IFC_EDATA;
    }
    struct config c = {.root = root, .layers = layers, .diag = diag, .file = file};
    json_t *inner = json_object_get(root, "text_config"); /* the decoder of a model that also sees or hears */
    if (json_is_object(inner))
        c.root = inner;
    if (!looks_like_model(c.root)) { /* whose keys and values nobody may see */
        ifc_diagnose(diag, IFC_EDATA,
                     "%s: no config.json of a model: it has no model_type and no hidden_size", shown);
        json_decref(root);
        return IFC_EDATA;
    }
    size_t before = layers->n;
    read_shape(&c);
    if (c.failed) /* half a shape would only be complained about */
        ifc_layers_cut(layers, before);
    snprintf(c.beside.config, sizeof c.beside.config, "%s", shown);
    layers->beside = c.beside;
    json_decref(root);
    return c.failed ? IFC_EDATA : IFC_OK;
}
