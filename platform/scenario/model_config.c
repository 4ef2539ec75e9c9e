#include "platform/scenario/model_config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/common/printable.h"
#include "platform/scenario/model_json.h"
#include "platform/scenario/model_keys.h"

bool ifc__is_model_config(const char *file)
{
    size_t n = strlen(file), ending = strlen(".json");
    return n > ending && strcasecmp(file + n - ending, ".json") == 0;
}

/* A key without which there is no shape. */
static uint64_t put_needed(ifc__config *c, const char *path, ifc__names key)
{
    const char *name;
    uint64_t value = ifc__json_whole(c, key, 0, &name);
    if (name)
        ifc__config_put(c, path, name, value);
    else
        ifc__json_wrong(c, key[0], "missing");
    return value;
}

/* As the file calls it, or its architecture; a name of the file where it has neither. */
static void read_name(ifc__config *c)
{
    static const char *const keys[] = {"_name_or_path", "name_or_path", "model_type"};
    const char *name = c->layers->files[c->file], *key = "_name_or_path";
    char shown[IFC_NAME_MAX]; /* as much as there is room for */
    for (int i = 2; i >= 0; i--) {
        const char *given = json_string_value(json_object_get(c->root, keys[i]));
        if (given && *given) {
            name = given;
            key = keys[i];
        }
    }
    const char *slash = strrchr(name, '/');
    ifc__config_put_text(c, "model.name", key,
                         ifc_printable(shown, sizeof shown, slash && slash[1] ? slash + 1 : name));
}

static void read_type(ifc__config *c)
{
    char shown[80];
    const char *name = ifc__json_text(c, "model_type");
    c->type = name ? ifc__model_type_find(name) : NULL;
    if (!c->type && name)
        ifc__json_note(c, "model_type = \"%.40s\" is not known: taken for a decoder like llama",
                       ifc_printable(shown, sizeof shown, name));
    else if (!c->type)
        ifc__json_note(c, "model_type is missing: taken for a decoder like llama");
    if (!c->type)
        c->type = ifc__model_type_usual();
    for (int i = 0; c->type->needs[i]; i++)
        if (!ifc__json_at(c, c->type->needs[i]))
            ifc__json_wrong(c, c->type->needs[i], "missing, and model_type = \"%s\" needs it", name);
}

/* Keys and values come from one latent vector, and only that is stored. */
static void read_latent(ifc__config *c)
{
    static const char *const keys[] = {"q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"};
    static const char *const paths[] = {"model.latent.query_rank", "model.latent.plain_dim",
                                        "model.latent.rope_dim", "model.latent.value_dim"};
    static ifc__names kv_rank = {"kv_lora_rank"};
    uint64_t values[4];
    c->kv_rank = ifc__json_whole(c, kv_rank, 0, NULL);
    for (int i = 0; i < 4 && !c->kv_rank; i++)
        if (!ifc__json_is_idle(ifc__json_at(c, keys[i]))) {
            ifc__json_wrong(c, kv_rank[0], "%s, and %s needs it",
                            ifc__json_at(c, kv_rank[0]) ? "needs a number above 0" : "missing", keys[i]);
            break;
        }
    ifc__config_put(c, "model.latent.kv_rank", c->kv_rank ? kv_rank[0] : "model_type", c->kv_rank);
    for (int i = 0; i < 4; i++) {
        ifc__names key = {keys[i]};
        values[i] = c->kv_rank ? ifc__json_whole(c, key, 0, NULL) : 0;
        ifc__config_put(c, paths[i], c->kv_rank ? keys[i] : "model_type", values[i]);
    }
    static ifc__names used = {"use_mla"};
    if (c->kv_rank && !ifc__json_flag(c, used, true))
        ifc__json_wrong(c, used[0], "contradicts kv_lora_rank = %" PRIu64, c->kv_rank);
    c->query_rank = values[0];
    c->rope = values[2];
    if (c->kv_rank && !(values[1] && values[2] && values[3]))
        ifc__json_wrong(c, kv_rank[0], "needs qk_nope_head_dim, qk_rope_head_dim and v_head_dim");
}

static void read_attention(ifc__config *c)
{
    static ifc__names heads = {"num_attention_heads", "n_head", "n_heads"},
                      kv_heads = {"num_key_value_heads", "num_kv_heads", "n_head_kv"},
                      head_dim = {"head_dim", "kv_channels"};
    const char *heads_key = "num_attention_heads", *key;
    c->heads = put_needed(c, "model.heads", heads);
    if (c->kv_rank) { /* all query heads share one key: the latent, and what it has of position */
        ifc__config_put(c, "model.kv_heads", "kv_lora_rank", 1);
        ifc__config_put(c, "model.head_dim", "kv_lora_rank", c->kv_rank + c->rope);
        return;
    }
    c->kv_heads = ifc__json_whole(c, kv_heads, c->heads, &key);
    ifc__config_put(c, "model.kv_heads", key ? key : heads_key, c->kv_heads);
    uint64_t equal = c->heads && c->hidden > c->heads ? c->hidden / c->heads : 1;
    bool usual = c->type->head_dim && !ifc__json_at(c, head_dim[0]);
    c->head_dim = ifc__json_whole(c, head_dim, usual ? c->type->head_dim : equal, &key);
    if (!key && !usual && c->heads && c->hidden % c->heads != 0)
        ifc__json_wrong(c, heads_key, "does not divide hidden_size = %" PRIu64 ", and head_dim is missing",
                        c->hidden);
    ifc__config_put(c, "model.head_dim", key ? key : heads_key, c->head_dim);
}

static void read_feed_forward(ifc__config *c)
{
    static ifc__names width = {"intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size", "d_ff"},
                      expert_width = {"moe_intermediate_size"};
    const char *key;
    uint64_t ffn = ifc__json_whole(c, width, 0, &key);
    if (!key && c->type->ffn_matrices == 2) {
        ffn = 4 * c->hidden; /* GPT-2 and what follows it */
        key = "hidden_size";
    }
    if (!key)
        key = ifc__json_there(c, expert_width);
    if (!key) {
        ifc__json_wrong(c, width[0], "missing");
        return;
    }
    ifc__config_put(c, "model.ffn_matrices", "model_type", c->type->ffn_matrices);
    ifc__config_read_experts(c, ffn, key);
}

/* Windowed layers by the list of the file. Return: -1: it has no list. */
static int64_t listed_windows(ifc__config *c)
{
    const json_t *list = json_object_get(c->root, "layer_types");
    if (list && !json_is_null(list) && !json_is_array(list))
        ifc__json_wrong(c, "layer_types", "needs a list [ ... ]");
    if (!json_is_array(list))
        return -1;
    int64_t windowed = 0;
    if (json_array_size(list) != c->layers_n)
        ifc__json_wrong(c, "layer_types", "has %zu entries for num_hidden_layers = %" PRIu64,
                        json_array_size(list), c->layers_n);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *kind = json_string_value(json_array_get(list, i));
        if (kind && strcmp(kind, "sliding_attention") == 0)
            windowed++;
        else if (!kind || strcmp(kind, "full_attention") != 0) {
            char shown[80];
            ifc__json_wrong(c, "layer_types",
                            "entry %zu is \"%s\" (allowed: \"full_attention\", \"sliding_attention\")", i,
                            ifc_printable(shown, sizeof shown, kind ? kind : "no text"));
            break;
        }
    }
    return windowed;
}

static uint64_t usual_windows(ifc__config *c)
{
    static ifc__names asked = {"use_sliding_window"}, from = {"max_window_layers"},
                      pattern = {"sliding_window_pattern", "_sliding_window_pattern"};
    uint64_t n = c->layers_n, first, every;
    switch (c->type->windows) {
    case IFC__WINDOW_NEVER:
        return 0;
    case IFC__WINDOW_ALTERNATE:
        return (n + 1) / 2;
    case IFC__WINDOW_FIVE_OF_SIX:
        every = ifc__json_whole(c, pattern, 6, NULL);
        return every ? n - n / every : 0;
    case IFC__WINDOW_ASKED:
        first = ifc__json_whole(c, from, 28, NULL);
        return ifc__json_flag(c, asked, false) && first < n ? n - first : 0;
    default:
        return ifc__json_flag(c, asked, true) ? n : 0;
    }
}

static void read_windows(ifc__config *c)
{
    static ifc__names window = {"sliding_window", "sliding_window_size"};
    bool usual =
        !ifc__json_at(c, window[0]) && !ifc__json_at(c, window[1]); /* null says that there is none */
    uint64_t tokens = ifc__json_whole(c, window, usual ? c->type->window : 0, NULL);
    int64_t listed = listed_windows(c);
    uint64_t windowed = listed >= 0 ? (uint64_t)listed : tokens ? usual_windows(c) : 0;
    if (windowed && tokens == 0)
        ifc__json_wrong(c, "layer_types", "has sliding layers, and sliding_window gives them no tokens");
    const char *key = ifc__json_there(c, window) ? window[0] : "model_type";
    ifc__config_put(c, "model.window", key, windowed ? tokens : 0);
    if (windowed)
        ifc__config_put(c, "model.window_layers", listed >= 0 ? "layer_types" : key, windowed);
    else /* whatever a weaker layer says */
        ifc__config_put_text(c, "model.window_layers", key, "all");
}

/* Width of what queries and keys have a norm for. */
static uint64_t query_key_norms(const ifc__config *c)
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

static uint64_t attention_vectors(ifc__config *c)
{
    static ifc__names bias = {"attention_bias", "qkv_bias", "use_bias", "bias"};
    bool given = ifc__json_there(c, bias), all = given && ifc__json_flag(c, bias, false);
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
static void count_vectors(ifc__config *c)
{
    static ifc__names bias = {"mlp_bias"}, positions = {"max_position_embeddings", "n_positions"};
    ifc_model_beside *b = &c->beside;
    uint64_t norm = c->hidden * (c->type->norm_bias ? 2 : 1), moe = c->layers_n - c->dense;
    uint64_t block = ifc__json_flag(c, bias, c->type->ffn_bias) ? 1 : 0;
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
        b->vectors += c->hidden * (ifc__json_whole(c, positions, 0, NULL) + c->type->position_offset);
}

/* Every other key is harmless, refused, or named in a remark. */
static void look_at_others(ifc__config *c)
{
    char passed[400] = "", shown[80];
    const char *key;
    json_t *value;
    size_t n = 0;
    json_object_foreach(c->root, key, value)
    {
        bool same = strcmp(key, "word_embed_proj_dim") == 0 && json_is_integer(value) &&
                    (uint64_t)json_integer_value(value) == c->hidden;
        ifc__model_key kind = same ? IFC__KEY_HARMLESS : ifc__model_key_kind(key, value, c->kv_rank > 0);
        if (kind == IFC__KEY_ALTERS)
            ifc__json_wrong(c, key, "changes the shape in a way that is not understood");
        else if (kind == IFC__KEY_DRAFTS)
            ifc__json_note(c,
                           "%s = %" JSON_INTEGER_FORMAT
                           ": layers that draft tokens are not counted, and plain "
                           "decoding does not use them",
                           key, json_integer_value(value));
        else if (kind == IFC__KEY_UNKNOWN && n < sizeof passed)
            n += (size_t)snprintf(passed + n, sizeof passed - n, "%s%s", n ? ", " : "",
                                  ifc_printable(shown, sizeof shown, key));
    }
    if (n)
        ifc__json_note(c, "not known and passed over: %s%s", passed, n < sizeof passed ? "" : "...");
}

static void read_shape(ifc__config *c)
{
    static ifc__names layers = {"num_hidden_layers", "n_layer", "n_layers", "num_layers"},
                      hidden = {"hidden_size", "n_embd", "d_model"}, vocab = {"vocab_size"},
                      tied = {"tie_word_embeddings"}, parallel = {"parallel_attn", "use_parallel_residual"};
    read_type(c);
    if (c->failed)
        return;
    read_name(c);
    c->layers_n = put_needed(c, "model.layers", layers);
    c->hidden = put_needed(c, "model.hidden", hidden);
    c->vocab = put_needed(c, "model.vocab", vocab);
    read_latent(c);
    read_attention(c);
    read_feed_forward(c);
    ifc__config_put_flag(c, "model.tied_head", tied[0], ifc__json_flag(c, tied, c->type->tied));
    ifc__config_put_flag(c, "model.parallel_ffn",
                         ifc__json_there(c, parallel) ? ifc__json_there(c, parallel) : "model_type",
                         ifc__json_flag(c, parallel, c->type->parallel));
    read_windows(c);
    look_at_others(c);
    ifc__config_read_bits(c);
    if (!c->failed && c->dense < c->layers_n && c->active <= c->experts)
        count_vectors(c); /* else it will be refused */
}

static bool looks_like_model(const json_t *root)
{
    return json_object_get(root, "model_type") || json_object_get(root, "hidden_size");
}

/* The decoder of a model that also sees or hears, with what the whole file says of its matrices. */
static bool take_inner(ifc__config *c)
{
    static const char *const outer[] = {"quantization_config", "torch_dtype", "dtype", "tie_word_embeddings",
                                        "_name_or_path"};
    json_t *inner = json_object_get(c->root, "text_config");
    if (inner && !json_is_null(inner) && !json_is_object(inner)) {
        ifc__json_wrong(c, "text_config", "needs an object { ... }");
        return false;
    }
    if (!json_is_object(inner))
        return true;
    for (size_t i = 0; i < sizeof outer / sizeof *outer; i++)
        if (!json_object_get(inner, outer[i]) && json_object_get(c->root, outer[i]))
            json_object_set(inner, outer[i], json_object_get(c->root, outer[i]));
    c->root = inner;
    c->nested = true;
    return true;
}

/* Of two models the later one holds, with all that it says. */
static void forget_earlier(ifc_layers *layers)
{
    size_t kept = 0;
    for (size_t i = 0; i < layers->n; i++) {
        ifc_assignment a = layers->items[i];
        if (!a.key) {
            layers->items[kept++] = a;
            continue;
        }
        free(a.path);
        free(a.text);
    }
    layers->n = kept;
}

static ifc_status read_object(ifc__config *c)
{
    char shown[IFC_PATH_MAX];
    ifc_printable(shown, sizeof shown, c->layers->files[c->file]);
    if (!take_inner(c))
        return IFC_EDATA;
    if (!looks_like_model(c->root)) { /* whose keys and values nobody may see */
        ifc_diagnose(c->diag, IFC_EDATA,
                     "%s: no config.json of a model: it has no model_type and no hidden_size", shown);
        return IFC_EDATA;
    }
    forget_earlier(c->layers);
    size_t before = c->layers->n;
    read_shape(c);
    if (c->failed) /* half a shape would only be complained about */
        ifc_layers_cut(c->layers, before);
    snprintf(c->beside.config, sizeof c->beside.config, "%s", shown);
    c->layers->beside = c->beside;
    return c->failed ? IFC_EDATA : IFC_OK;
}

ifc_status ifc__model_config_read(ifc_layers *layers, int file, const char *content, ifc_diagnostics *diag)
{
    json_error_t why;
    char shown[IFC_PATH_MAX];
    json_t *root = json_loads(content, JSON_REJECT_DUPLICATES, &why);
    ifc_status status = IFC_EDATA;
    ifc_printable(shown, sizeof shown, layers->files[file]);
    if (json_is_object(root))
        status = read_object(&(ifc__config){.root = root, .layers = layers, .diag = diag, .file = file});
    else if (root)
        ifc_diagnose(diag, IFC_EDATA, "%s: no config.json of a model: it holds no object { ... }", shown);
    else /* without what stands there: whoever named the file may not be allowed to read it */
        ifc_diagnose(diag, IFC_EDATA, "%s:%d: no config.json of a model: no JSON at column %d", shown,
                     why.line, why.column);
    json_decref(root);
    return status;
}
