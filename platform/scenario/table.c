/**
 * Every parameter of a scenario. A row's field and type are checked against each other by the compiler.
 */
#include "platform/scenario/param.h"
#include "platform/scenario/scenario.h"

/* Offset of a field whose type must be T. */
#define FIELD(S, T, f) (offsetof(S, f) + _Generic(&((S *)0)->f, T * : 0))
#define SIZE(S, f)     sizeof(((S *)0)->f)

#define ROW(S, T, kind, unit_, path_, f, low, high, from, help_, ...)                                        \
    {                                                                                                        \
        .path = path_, .type = kind, .unit = unit_, .offset = FIELD(S, T, f), .size = SIZE(S, f),            \
        .min = low, .max = high, .provenance = from, .help = help_, __VA_ARGS__                              \
    }
#define COUNT(S, path, f, low, high, from, help, ...)                                                        \
    ROW(S, uint32_t, IFC_PARAM_U32, IFC_UNIT_NONE, path, f, low, high, from, help, __VA_ARGS__)
#define LARGE(S, path, f, low, high, from, help, ...)                                                        \
    ROW(S, uint64_t, IFC_PARAM_U64, IFC_UNIT_NONE, path, f, low, high, from, help, __VA_ARGS__)
#define BYTES(S, path, f, low, high, from, help, ...)                                                        \
    ROW(S, uint64_t, IFC_PARAM_U64, IFC_UNIT_BYTES, path, f, low, high, from, help, __VA_ARGS__)
#define TIME(S, path, f, low, high, from, help, ...)                                                         \
    ROW(S, ifc_time, IFC_PARAM_TIME, IFC_UNIT_TIME, path, f, low, high, from, help, __VA_ARGS__)
#define REAL(S, unit, path, f, low, high, from, help, ...)                                                   \
    ROW(S, double, IFC_PARAM_REAL, unit, path, f, low, high, from, help, __VA_ARGS__)
#define FLAG(S, path, f, from, help, ...)                                                                    \
    ROW(S, bool, IFC_PARAM_BOOL, IFC_UNIT_NONE, path, f, 0, 1, from, help, __VA_ARGS__)
#define CHOICE(S, path, f, names_, from, help, ...)                                                          \
    ROW(S, int, IFC_PARAM_CHOICE, IFC_UNIT_NONE, path, f, 0, 0, from, help, .names = names_, __VA_ARGS__)
#define TEXT(S, path_, f, from, help_, ...)                                                                  \
    {                                                                                                        \
        .path = path_, .type = IFC_PARAM_STRING, .unit = IFC_UNIT_NONE,                                      \
        .offset = offsetof(S, f) + _Generic(&((S *)0)->f[0], char * : 0), .size = SIZE(S, f),                \
        .provenance = from, .help = help_, __VA_ARGS__                                                       \
    }

#define BY_DEFAULT(text) .default_text = text
#define FOR_DECODE       .need = IFC_NEED_DECODE
#define FOR_STREAM       .need = IFC_NEED_STREAM
#define FOR_ALL          .need = IFC_NEED_ALWAYS

#define RATE_MAX 1e15
#define SHORT_S  1e15 /* 1000 s in picoseconds: the longest single operation */

#define SC ifc_scenario
#define FG ifc_flash_group
#define PC ifc_policy_choice

static const char *const attention_names[] = {"ifc", "npu", NULL};
static const char *const prefill_names[] = {"npu", "ifc", NULL};
static const char *const gemv_names[] = {"auto", "ifc", "npu", "split", NULL};
static const char *const overlap_names[] = {"none", "head-group", NULL};
static const char *const location_names[] = {"soc", "plane", NULL};
static const char *const grain_names[] = {"auto", "page", "plane", "die", NULL};
static const char *const evict_names[] = {"lru", "lctru", "context", NULL};
static const char *const kind_names[] = {"decode", "stream", "requests", NULL};
static const char *const from_names[] = {"trace", "closed", "constant", "poisson", NULL};
static const char *const format_names[] = {"auto", "azure", "mooncake", "burstgpt", "ifcsim", NULL};
static const char *const op_names[] = {"read", "read-compute", "program", "erase", NULL};
static const char *const pattern_names[] = {"sequential", "random", NULL};
static const char *const layout_names[] = {
#define X(id, name) name,
    IFC_LAYOUT_MAP(X)
#undef X
        NULL};
static const char *const arrival_names[] = {"closed", "constant", "poisson", NULL};
static const char *const law_names[] = {"none", "luo2018", "power-law", "table", NULL}; /* ifc_rber_law */
static const char *const sequencer_names[] = {"per-plane", "on-die", NULL};

/* A flow of requests, at IN of T. */
#define STREAM_ROWS(T, PATH, IN, NEED)                                                                       \
    TEXT(T, PATH "group", IN group, IFC_FROM_USER, "flash group that is accessed", NEED),                    \
        CHOICE(T, PATH "op", IN op, op_names, IFC_FROM_USER, "what a request does", BY_DEFAULT("read")),     \
        LARGE(T, PATH "count", IN count, 0, 1e12, IFC_FROM_USER, "requests", BY_DEFAULT("1000")),            \
        COUNT(T, PATH "planes", IN planes, 1, 4096, IFC_FROM_USER,                                           \
              "planes of a die that a request uses together", BY_DEFAULT("1")),                              \
        COUNT(T, PATH "dies", IN dies, 1, 65536, IFC_FROM_USER, "dies over which a request is striped",      \
              BY_DEFAULT("1")),                                                                              \
        COUNT(T, PATH "pages", IN pages, 1, 1048576, IFC_FROM_USER, "pages of each plane of a request",      \
              BY_DEFAULT("1")),                                                                              \
        CHOICE(T, PATH "pattern", IN pattern, pattern_names, IFC_FROM_USER,                                  \
               "dies and planes in order, or at random", BY_DEFAULT("sequential")),                          \
        CHOICE(                                                                                              \
            T, PATH "arrival", IN arrival, arrival_names, IFC_FROM_USER,                                     \
            "closed: queue_depth requests are always outstanding; constant, poisson: rate requests arrive",  \
            BY_DEFAULT("closed")),                                                                           \
        COUNT(T, PATH "queue_depth", IN queue_depth, 1, 1048576, IFC_FROM_USER,                              \
              "outstanding requests of the closed loop", BY_DEFAULT("32")),                                  \
        REAL(T, IFC_UNIT_NONE, PATH "reads", IN reads, 0, 0.999, IFC_FROM_USER,                              \
             "program, erase: share of the requests that are reads instead, as evenly as can be",            \
             BY_DEFAULT("0")),                                                                               \
        REAL(T, IFC_UNIT_REQUESTS, PATH "rate", IN rate, 0, 1e12, IFC_FROM_USER,                             \
             "mean arrival rate; needed by constant and poisson", BY_DEFAULT("0 1/s")),                      \
        BYTES(T, PATH "bytes_down", IN bytes_down, 0, 1e12, IFC_FROM_USER,                                   \
              "read-compute: input vector of each die", BY_DEFAULT("0 B")),                                  \
        BYTES(T, PATH "bytes_up", IN bytes_up, 0, 1e12, IFC_FROM_USER, "read-compute: result of each die",   \
              BY_DEFAULT("0 B")),                                                                            \
        TEXT(T, PATH "trace", IN trace, IFC_FROM_USER,                                                       \
             "block trace that is played in place of all this, relative to the scenario: rows of ns, "       \
             "device, first sector, sectors, 0 (write) or 1 (read), as MQSim reads them; empty: none",       \
             BY_DEFAULT("")),                                                                                \
        LARGE(T, PATH "rows", IN rows, 0, 1e15, IFC_FROM_USER, "rows of the trace that are played; 0: all",  \
              BY_DEFAULT("0")),                                                                              \
        COUNT(T, PATH "priority", IN priority, 0, 255, IFC_FROM_USER,                                        \
              "its commands that wait in the controller go before those of a lower one", BY_DEFAULT("0"))

/* Rows of one group stand together: the resolved scenario is written in this order. */
static const ifc_param scenario_rows[] = {
    TEXT(SC, "title", title, IFC_FROM_USER,
         "what the scenario shows, one line; {model} and {bits} become the model's name and bits (W4A16)",
         BY_DEFAULT("")),

    TEXT(SC, "model.name", model.name, IFC_FROM_USER, "name of the model in reports", BY_DEFAULT("unnamed")),
    TEXT(SC, "model.config", model.beside.config, IFC_FROM_USER,
         "a config.json of Hugging Face with the shape; what stands beside it or above is stronger",
         .is_layer = true, BY_DEFAULT("")),
    COUNT(SC, "model.layers", model.layers, 1, 10000, IFC_FROM_USER, "transformer layers", FOR_DECODE),
    COUNT(SC, "model.hidden", model.hidden, 1, 1048576, IFC_FROM_USER, "width of the residual stream",
          FOR_DECODE),
    COUNT(SC, "model.heads", model.heads, 1, 16384, IFC_FROM_USER, "query heads of a layer", FOR_DECODE),
    COUNT(SC, "model.kv_heads", model.kv_heads, 1, 16384, IFC_FROM_USER,
          "key/value heads of a layer; divides heads", FOR_DECODE),
    COUNT(SC, "model.head_dim", model.head_dim, 1, 16384, IFC_FROM_PUBLISHED, "elements of a head",
          BY_DEFAULT("128")),
    COUNT(SC, "model.ffn", model.ffn, 1, 4194304, IFC_FROM_USER,
          "width of the feed-forward block (of one expert)", FOR_DECODE),
    COUNT(SC, "model.ffn_matrices", model.ffn_matrices, 2, 3, IFC_FROM_PUBLISHED,
          "2: up, down; 3: gate, up, down", BY_DEFAULT("3")),
    COUNT(SC, "model.experts", model.experts, 1, 1024, IFC_FROM_USER, "experts of a layer; 1: dense",
          BY_DEFAULT("1")),
    COUNT(SC, "model.active_experts", model.active_experts, 1, 1024, IFC_FROM_USER, "experts a token uses",
          BY_DEFAULT("1")),
    COUNT(SC, "model.shared_experts", model.shared_experts, 0, 1024, IFC_FROM_USER,
          "further experts of a layer, as wide, that every token uses", BY_DEFAULT("0")),
    COUNT(SC, "model.dense_layers", model.dense_layers, 0, 10000, IFC_FROM_USER,
          "first layers that have one block and no experts", BY_DEFAULT("0")),
    COUNT(SC, "model.dense_ffn", model.dense_ffn, 1, 4194304, IFC_FROM_USER,
          "width of the feed-forward block of those layers; \"ffn\": as model.ffn", .word = "ffn",
          BY_DEFAULT("ffn")),
    COUNT(SC, "model.window", model.window, 0, IFC_TOKENS_MAX, IFC_FROM_USER,
          "last tokens that layers with a sliding window attend to, the present one included; 0: all",
          BY_DEFAULT("0")),
    COUNT(SC, "model.window_layers", model.window_layers, 0, 10000, IFC_FROM_USER,
          "layers with a window, spread evenly, the first one too", .word = "all",
          .word_value = IFC_ALL_LAYERS, BY_DEFAULT("all")),
    COUNT(
        SC, "model.latent.kv_rank", model.latent.kv_rank, 0, 1048576, IFC_FROM_USER,
        "multi-head latent attention: elements of the latent that is stored in place of keys and values; 0: "
        "they are stored",
        BY_DEFAULT("0")),
    COUNT(SC, "model.latent.query_rank", model.latent.query_rank, 0, 1048576, IFC_FROM_USER,
          "elements of the latent that queries are made of; 0: they are made of the residual stream",
          BY_DEFAULT("0")),
    COUNT(SC, "model.latent.plain_dim", model.latent.plain_dim, 0, 16384, IFC_FROM_USER,
          "elements of a query head without position", BY_DEFAULT("0")),
    COUNT(SC, "model.latent.rope_dim", model.latent.rope_dim, 0, 16384, IFC_FROM_USER,
          "elements of a query head with position; of the key that is stored beside the latent",
          BY_DEFAULT("0")),
    COUNT(SC, "model.latent.value_dim", model.latent.value_dim, 0, 16384, IFC_FROM_USER,
          "elements of an output head", BY_DEFAULT("0")),
    FLAG(SC, "model.parallel_ffn", model.parallel_ffn, IFC_FROM_USER,
         "the feed-forward block reads what attention reads, not its output", BY_DEFAULT("false")),
    COUNT(SC, "model.vocab", model.vocab, 1, 16777216, IFC_FROM_USER,
          "tokens of the vocabulary (rows of the LM head)", FOR_DECODE),
    FLAG(SC, "model.tied_head", model.tied_head, IFC_FROM_USER, "the LM head uses the embedding's weights",
         BY_DEFAULT("false")),
    COUNT(SC, "model.weight_bits", model.weight_bits, 1, 32, IFC_FROM_PUBLISHED, "bits of a weight",
          BY_DEFAULT("16")),
#define BITS(name, what)                                                                                     \
    COUNT(SC, "model.bits." #name, model.bits.name, 1, 32, IFC_FROM_USER,                                    \
          "bits of a weight of " what "; \"weight_bits\": as model.weight_bits", .word = "weight_bits",      \
          BY_DEFAULT("weight_bits"))
    BITS(embed, "the embedding, and of a tied head"),
    BITS(qkv, "queries, keys and values"),
    BITS(project, "the output projection of attention"),
    BITS(gate_up, "gate and up, experts too"),
    BITS(down, "down, experts too"),
    BITS(lm_head, "the LM head"),
#undef BITS
    COUNT(SC, "model.activation_bits", model.activation_bits, 1, 32, IFC_FROM_PUBLISHED,
          "bits of an activation", BY_DEFAULT("16")),
    COUNT(SC, "model.kv_bits", model.kv_bits, 1, 32, IFC_FROM_PUBLISHED,
          "bits of a stored key or value element", BY_DEFAULT("16")),
    COUNT(SC, "model.kv_scale_bits", model.kv_scale_bits, 0, 32, IFC_FROM_USER,
          "bits of a scale factor of keys and values; 0: none", BY_DEFAULT("0")),
    COUNT(SC, "model.kv_scale_group", model.kv_scale_group, 1, 1048576, IFC_FROM_ASSUMED,
          "elements of a key or value that share a scale factor", BY_DEFAULT("128")),
    COUNT(SC, "model.scale_bits", model.scale_bits, 0, 32, IFC_FROM_ASSUMED,
          "bits of a scale factor of weights below 16 bits; 0: none; \"auto\": 16 below 8 bits, else none",
          .word = "auto", .word_value = IFC_SCALE_AUTO, BY_DEFAULT("auto")),
    COUNT(SC, "model.scale_group", model.scale_group, 1, 1048576, IFC_FROM_ASSUMED,
          "weights that share a scale factor", BY_DEFAULT("128")),

    TEXT(SC, "placement.weights", placement.weights, IFC_FROM_USER,
         "flash group that holds the weights, or \"dram\"", FOR_DECODE),
    CHOICE(SC, "placement.gemv", placement.gemv, gemv_names, IFC_FROM_USER,
           "where a matrix is multiplied: ifc: where it lies; npu: it streams to the NPU in tiles; split: "
           "some tiles "
           "here, the others there; auto: ifc in a group with engines, npu elsewhere",
           BY_DEFAULT("auto")),
#define MATRIX(name, what)                                                                                   \
    TEXT(SC, "placement.matrices." #name ".store", placement.matrices.name.store, IFC_FROM_USER,             \
         "flash group that holds " what ", or \"dram\"; empty: placement.weights", BY_DEFAULT("")),          \
        CHOICE(SC, "placement.matrices." #name ".gemv", placement.matrices.name.gemv, gemv_names,            \
               IFC_FROM_USER, "where " what " is multiplied; auto: as placement.gemv", BY_DEFAULT("auto"))
    MATRIX(embed, "the embedding"),
    MATRIX(qkv, "the matrix of queries, keys and values"),
    MATRIX(project, "the output projection of attention"),
    MATRIX(gate_up, "gate and up"),
    MATRIX(down, "down"),
    MATRIX(lm_head, "the LM head"),
#undef MATRIX
    TEXT(SC, "placement.split.reads", placement.split.reads, IFC_FROM_USER,
         "flash group that holds the part that streams to the NPU; empty: the one of the other part",
         BY_DEFAULT("")),
    COUNT(SC, "placement.split.tile_rows", placement.split.tile_rows, 1, 16777216, IFC_FROM_USER,
          "rows of a tile, a page in every plane; \"auto\": the power of two with the least time",
          .word = "auto", BY_DEFAULT("auto")),
    COUNT(SC, "placement.split.tile_cols", placement.split.tile_cols, 1, 16777216, IFC_FROM_USER,
          "columns of a tile, dealt over the channels; \"auto\": as many as a page has room for",
          .word = "auto", BY_DEFAULT("auto")),
    REAL(SC, IFC_UNIT_NONE, "placement.split.share", placement.split.share, 0, 1, IFC_FROM_USER,
         "bytes of a matrix multiplied in the dies; \"auto\": whole tiles with the least time",
         .word = "auto", .word_value = IFC_SHARE_AUTO, BY_DEFAULT("auto")),
    BYTES(SC, "placement.split.slice", placement.split.slice, 0, 1048576, IFC_FROM_ASSUMED,
          "in what pieces a page of the NPU's part crosses the bus; 0 B: whole", BY_DEFAULT("1 KiB")),
    TEXT(SC, "placement.residency.store", placement.residency.store, IFC_FROM_USER,
         "flash group without engines whose feed-forward neurons are read as a token needs them, and stay in "
         "DRAM for "
         "a while; empty: none are",
         BY_DEFAULT("")),
    COUNT(SC, "placement.residency.window", placement.residency.window, 0, 100000, IFC_FROM_PUBLISHED,
          "tokens whose neurons stay in DRAM; 0: none stay", BY_DEFAULT("4")),
    REAL(SC, IFC_UNIT_NONE, "placement.residency.flagged", placement.residency.flagged, 1e-4, 1,
         IFC_FROM_PUBLISHED, "share of the neurons of a layer that a token is said to need",
         BY_DEFAULT("0.1")),
    REAL(SC, IFC_UNIT_NONE, "placement.residency.decay", placement.residency.decay, 0, 4, IFC_FROM_INFERRED,
         "d: of the neurons that a token needs, i^-d were needed by none of the i - 1 tokens before",
         BY_DEFAULT("0.8")),
    REAL(SC, IFC_UNIT_NONE, "placement.residency.pinned", placement.residency.pinned, 0, 1, IFC_FROM_USER,
         "share of the neurons of a layer that always stay in DRAM", BY_DEFAULT("0")),
    COUNT(SC, "placement.residency.rank", placement.residency.rank, 0, 65536, IFC_FROM_PUBLISHED,
          "rank of the predictor of each layer, in DRAM; 0: there is none", BY_DEFAULT("128")),
    FLAG(SC, "placement.residency.bundle", placement.residency.bundle, IFC_FROM_PUBLISHED,
         "the rows of a neuron, in gate, up and down, lie together and are one request", BY_DEFAULT("true")),
    BYTES(SC, "placement.residency.merge", placement.residency.merge, 0, 1073741824, IFC_FROM_USER,
          "neurons next to each other are one request, up to so many bytes; 0 B: each its own",
          BY_DEFAULT("0 B")),
    TEXT(SC, "placement.kv", placement.kv, IFC_FROM_USER, "flash group that holds the KV cache, or \"dram\"",
         FOR_DECODE),
    CHOICE(SC, "placement.attention", placement.attention, attention_names, IFC_FROM_PUBLISHED,
           "where attention is computed: in the flash dies or on the NPU", BY_DEFAULT("ifc")),
    CHOICE(SC, "placement.overlap", placement.overlap, overlap_names, IFC_FROM_USER,
           "head-group: generate Q, K, V of the next head group during the attention of this one",
           BY_DEFAULT("none")),
    COUNT(SC, "placement.stage", placement.stage, 1, 16384, IFC_FROM_PUBLISHED,
          "head groups of one stage of the head-group pipeline", BY_DEFAULT("1")),
    CHOICE(SC, "placement.prefill", placement.prefill, prefill_names, IFC_FROM_INFERRED,
           "where matrices are multiplied with the tokens of a prompt: on the NPU, to which they stream once "
           "for "
           "each chunk, or where a decode multiplies them; attention among them is on the NPU",
           BY_DEFAULT("npu")),
    FLAG(SC, "placement.prefill_overlap", placement.prefill_overlap, IFC_FROM_INFERRED,
         "a matrix that streams for a prompt is multiplied as it comes; false: when all of it is there",
         BY_DEFAULT("true")),
    FLAG(
        SC, "placement.kv_prefetch", placement.kv_prefetch, IFC_FROM_USER,
        "keys and values that the NPU attends to are read when attention of the layer before is over; false: "
        "when their own layer needs them",
        BY_DEFAULT("false")),
    CHOICE(SC, "placement.kv_layout", placement.kv_layout, layout_names, IFC_FROM_PUBLISHED,
           "which pages hold which keys and values", BY_DEFAULT("token-striped")),
    CHOICE(SC, "placement.kv_buffer.location", placement.kv_buffer.location, location_names,
           IFC_FROM_PUBLISHED, "where new keys and values gather before they are programmed",
           BY_DEFAULT("soc")),
    BYTES(SC, "placement.kv_buffer.bytes", placement.kv_buffer.bytes, 1, 1099511627776.0, IFC_FROM_PUBLISHED,
          "size of the buffer: the whole one on the SoC, or that of each plane", BY_DEFAULT("5 MiB")),
    COUNT(SC, "placement.kv_buffer.partial_programs", placement.kv_buffer.partial_programs, 1, 64,
          IFC_FROM_INFERRED, "times a page may be programmed in parts (NOP)", BY_DEFAULT("4")),

    BYTES(SC, "contexts.budget", contexts.budget, 0, 1e15, IFC_FROM_USER,
          "DRAM for the keys and values of all conversations, which move in chunks where it does not hold "
          "them; 0 B: they stay",
          BY_DEFAULT("0 B")),
    TEXT(SC, "contexts.store", contexts.store, IFC_FROM_USER,
         "flash group without engines where chunks go that leave DRAM; empty: they are computed again",
         BY_DEFAULT("")),
    COUNT(SC, "contexts.chunk", contexts.chunk, 1, 65536, IFC_FROM_PUBLISHED,
          "tokens, of all layers, that move together", BY_DEFAULT("16")),
    REAL(SC, IFC_UNIT_NONE, "contexts.ratio", contexts.ratio, 0.25, 1, IFC_FROM_PUBLISHED,
         "share of its bytes that a full chunk keeps on average: 1, 1/2 or 1/4 of them", BY_DEFAULT("1")),
    CHOICE(SC, "contexts.evict", contexts.evict, evict_names, IFC_FROM_PUBLISHED,
           "what leaves DRAM first: the chunk used longest ago (lctru: of those with the most bits), or a "
           "whole context",
           BY_DEFAULT("lru")),
    FLAG(SC, "contexts.ahead", contexts.ahead, IFC_FROM_PUBLISHED,
         "chunks are written to the store between calls; false: when they leave DRAM", BY_DEFAULT("false")),
    FLAG(SC, "contexts.recompute", contexts.recompute, IFC_FROM_PUBLISHED,
         "of what is missing, a part is computed again while the rest is read, as is expected to take least "
         "time",
         BY_DEFAULT("false")),
    TIME(SC, "contexts.object_time", contexts.object_time, 0, SHORT_S, IFC_FROM_INFERRED,
         "time of the host's software for an object that is read or written: a chunk of a layer",
         BY_DEFAULT("0 s")),

    COUNT(SC, "channel.count", channel.count, 1, 1024, IFC_FROM_PUBLISHED, "flash channels", BY_DEFAULT("8")),
    REAL(SC, IFC_UNIT_RATE, "channel.rate", channel.rate, 1e3, RATE_MAX, IFC_FROM_PUBLISHED,
         "bytes per second of one channel; a bus of 8 bits at 4800 MT/s has 4.8 GB/s",
         BY_DEFAULT("4.8 GB/s")),
    TIME(SC, "channel.command_time", channel.command_time, 0, SHORT_S, IFC_FROM_DATA_SHEET,
         "bus time of one command with its address: 7 cycles of 25 ns", BY_DEFAULT("175 ns")),
    TIME(SC, "channel.page_command", channel.page_command, 0, SHORT_S, IFC_FROM_DATA_SHEET,
         "bus time of the command before each page that leaves a die (a page of each plane that computes, "
         "too, "
         "where sequencer is per-plane); plain NAND: 7 cycles of 25 ns",
         BY_DEFAULT("0 s")),
    FLAG(SC, "channel.broadcast", channel.broadcast, IFC_FROM_PUBLISHED,
         "one transfer down may reach every die of the channel", BY_DEFAULT("true")),
    REAL(SC, IFC_UNIT_ENERGY_PER_BIT, "channel.energy", channel.energy, 0, 1e-6, IFC_FROM_PUBLISHED,
         "energy of a bit that crosses a channel", BY_DEFAULT("4.9 pJ/bit")),

    REAL(SC, IFC_UNIT_POWER, "soc.static_power", soc.static_power, 0, 1e4, IFC_FROM_PUBLISHED,
         "power of the SoC's part in the machine, all the time: a KV buffer of 5 MiB has 0.36 W",
         BY_DEFAULT("0 W")),
    REAL(SC, IFC_UNIT_POWER, "soc.power_budget", soc.power_budget, 0, 1e6, IFC_FROM_USER,
         "what all dies together may draw for array operations, products and decoding: commands wait for it, "
         "and each "
         "brings its vector itself; 0 W: no limit",
         BY_DEFAULT("0 W")),
    REAL(SC, IFC_UNIT_PRICE, "soc.cost", soc.cost, 0, 1e9, IFC_FROM_USER,
         "price of what is neither flash nor DRAM: the SoC with its NPU, a GPU", BY_DEFAULT("0 $")),
    REAL(SC, IFC_UNIT_RATE, "soc.ecc_rate", soc.ecc_rate, 0, RATE_MAX, IFC_FROM_ASSUMED,
         "decoder of the controller for pages of plain NAND, per channel; 0: they need none",
         BY_DEFAULT("4.8 GB/s")),
    TIME(
        SC, "soc.command_time", soc.command_time, 0, SHORT_S, IFC_FROM_USER,
        "what the controller takes to make a command of a die (a broadcast: of several), one after the other",
        BY_DEFAULT("0 s")),
    TIME(SC, "soc.completion_time", soc.completion_time, 0, SHORT_S, IFC_FROM_USER,
         "what it takes to see that one is complete, likewise; completions go before commands",
         BY_DEFAULT("0 s")),
    REAL(SC, IFC_UNIT_RATE, "soc.link_rate", soc.link_rate, 0, RATE_MAX, IFC_FROM_USER,
         "of streams: data of requests cross a link to the host, each way one request after the other; 0 "
         "B/s: no limit",
         BY_DEFAULT("0 B/s")),

    REAL(SC, IFC_UNIT_OPERATIONS, "npu.rate", npu.rate, 1e3, 1e18, IFC_FROM_PUBLISHED,
         "matrix operations per second of the NPU (a multiply-accumulate is two)", BY_DEFAULT("32 TOPS")),
    REAL(SC, IFC_UNIT_OPERATIONS, "npu.vector_rate", npu.vector_rate, 1e3, 1e18, IFC_FROM_ASSUMED,
         "vector operations per second: norm, RoPE, softmax, activation, residual", BY_DEFAULT("256 GOPS")),
    TIME(SC, "npu.launch", npu.launch, 0, SHORT_S, IFC_FROM_ASSUMED, "fixed latency of one NPU operator",
         BY_DEFAULT("1 us")),
    TIME(SC, "npu.layer_time", npu.layer_time, 0, SHORT_S, IFC_FROM_USER,
         "added to each layer once: dequantisation and launches that are not modelled one by one",
         BY_DEFAULT("0 s")),
    BYTES(
        SC, "npu.tile", npu.tile, 64, 1e12, IFC_FROM_ASSUMED,
        "weights of one tile of a matrix that streams to the NPU: one is multiplied while the next one comes",
        BY_DEFAULT("1 MiB")),
    REAL(SC, IFC_UNIT_POWER, "npu.power", npu.power, 0, 1e4, IFC_FROM_PUBLISHED,
         "power at full rate; an operation costs power / rate", BY_DEFAULT("4.6 W")),

    REAL(SC, IFC_UNIT_POWER, "npu.idle_power", npu.idle_power, 0, 1e4, IFC_FROM_USER,
         "power while it has nothing to do", BY_DEFAULT("0 W")),

    COUNT(SC, "dram.channels", dram.channels, 0, 1024, IFC_FROM_PUBLISHED, "LPDDR channels; 0: no DRAM",
          BY_DEFAULT("0")),
    BYTES(SC, "dram.bytes", dram.bytes, 1, 1e15, IFC_FROM_PUBLISHED, "capacity of a channel",
          BY_DEFAULT("2 GiB")),
    REAL(SC, IFC_UNIT_RATE, "dram.rate", dram.rate, 1e3, RATE_MAX, IFC_FROM_PUBLISHED,
         "bytes per second of a channel", BY_DEFAULT("8 GB/s")),
    TIME(SC, "dram.latency", dram.latency, 0, SHORT_S, IFC_FROM_ASSUMED, "latency of an access",
         BY_DEFAULT("100 ns")),
    REAL(SC, IFC_UNIT_ENERGY_PER_BIT, "dram.energy", dram.energy, 0, 1e-6, IFC_FROM_PUBLISHED,
         "energy of a bit read or written", BY_DEFAULT("7 pJ/bit")),
    REAL(SC, IFC_UNIT_POWER, "dram.standby_power", dram.standby_power, 0, 1e4, IFC_FROM_USER,
         "power of a channel, all the time", BY_DEFAULT("0 W")),
    REAL(SC, IFC_UNIT_MONEY, "dram.cost", dram.cost, 0, 1e6, IFC_FROM_PUBLISHED, "price of DRAM",
         BY_DEFAULT("4.62 $/GB")),

#define EFFECT(name, help) FLAG(SC, "effects." #name, effects.name, IFC_FROM_USER, help, BY_DEFAULT("true"))
    EFFECT(page_rounding,
           "pages and planes are whole; off: work spreads evenly and fractionally over planes"),
    EFFECT(pipeline_fill, "a run pays its first sense and last compute; off: pages x max(tR, tC)"),
    EFFECT(bus, "vectors on the channels take time; page data always do"),
    EFFECT(command, "commands take bus time"),
    EFFECT(kv_program, "new keys and values are moved and programmed"),
    EFFECT(vector_ops, "norm, RoPE, softmax, activation and residual take time"),
    EFFECT(ecc, "decoding takes time and spare bytes cross the bus"),
    EFFECT(lm_head, "the LM head is read and computed for every token"),
    EFFECT(kv_fill, "pages are as full as buffer and partial programs leave them; off: full"),
    EFFECT(kv_capacity, "under-filled pages count against capacity"),
#undef EFFECT

    CHOICE(SC, "workload.kind", workload.kind, kind_names, IFC_FROM_USER,
           "decode: tokens of a model; requests: prompts that arrive and are answered; stream: requests to a "
           "flash group",
           BY_DEFAULT("decode")),
    COUNT(SC, "workload.context", workload.context, 0, IFC_TOKENS_MAX, IFC_FROM_USER,
          "tokens whose keys and values are stored at the start", BY_DEFAULT("1024")),
    COUNT(SC, "workload.tokens", workload.tokens, 1, IFC_TOKENS_MAX, IFC_FROM_USER,
          "tokens to decode; \"period\": until flushes and pages of the KV cache begin anew",
          .word = "period", BY_DEFAULT("1")),
    COUNT(SC, "workload.prompt", workload.prompt, 0, IFC_TOKENS_MAX, IFC_FROM_USER,
          "tokens of each sequence that are prefilled before it decodes, after its context", BY_DEFAULT("0")),
    COUNT(SC, "workload.chunk", workload.chunk, 1, IFC_TOKENS_MAX, IFC_FROM_USER,
          "most tokens of a prompt that are prefilled together; \"prompt\": all of them", .word = "prompt",
          BY_DEFAULT("prompt")),
    COUNT(SC, "workload.batch", workload.batch, 1, IFC_SEQUENCES_MAX, IFC_FROM_USER,
          "sequences that are decoded together: weights are read once for all, each has KV of its own",
          BY_DEFAULT("1")),
    COUNT(SC, "workload.draft.tokens", workload.draft.tokens, 0, 64, IFC_FROM_USER,
          "tokens that are guessed for each step (by nobody, in no time) and verified together; 0: none",
          BY_DEFAULT("0")),
    REAL(SC, IFC_UNIT_NONE, "workload.draft.acceptance", workload.draft.acceptance, 0, 1, IFC_FROM_ASSUMED,
         "probability that a guessed token is right, if those before it are", BY_DEFAULT("0.8")),
    COUNT(SC, "workload.warmup", workload.warmup, 0, 4294967295.0, IFC_FROM_USER,
          "first requests that figures of requests leave out", BY_DEFAULT("0")),
    TEXT(SC, "workload.trace", workload.trace, IFC_FROM_USER,
         "file of operators that 'ifcsim trace export' wrote, relative to the scenario; empty: those of the "
         "model",
         BY_DEFAULT("")),
    TEXT(SC, "workload.requests.trace", workload.requests.trace, IFC_FROM_USER,
         "file of requests, relative to the scenario; empty: they are drawn", BY_DEFAULT("")),
    CHOICE(SC, "workload.requests.format", workload.requests.format, format_names, IFC_FROM_USER,
           "form of the trace; auto: what its first line shows", BY_DEFAULT("auto")),
    LARGE(SC, "workload.requests.first", workload.requests.first, 0, 1e15, IFC_FROM_USER,
          "rows of the trace that are left out", BY_DEFAULT("0")),
    LARGE(SC, "workload.requests.count", workload.requests.count, 0, 1e12, IFC_FROM_USER,
          "requests that are taken, or drawn; 0: all of the trace", BY_DEFAULT("0")),
    REAL(SC, IFC_UNIT_NONE, "workload.requests.speed", workload.requests.speed, 1e-9, 1e12, IFC_FROM_USER,
         "times of arrival are divided by it", BY_DEFAULT("1")),
    CHOICE(SC, "workload.requests.arrival", workload.requests.arrival, from_names, IFC_FROM_USER,
           "trace: when its rows say; closed: when there is a place; constant, poisson: at rate",
           BY_DEFAULT("trace")),
    REAL(SC, IFC_UNIT_REQUESTS, "workload.requests.rate", workload.requests.rate, 0, 1e12, IFC_FROM_USER,
         "mean arrival rate; needed by constant and poisson", BY_DEFAULT("0 1/s")),
    TEXT(SC, "workload.requests.prompt", workload.requests.prompt, IFC_FROM_USER,
         "tokens of drawn prompts: \"512\", \"uniform:min=1,max=100\", \"exponential:mean=200,max=4K\", "
         "\"lognormal:median=1000,sigma=1.1,max=16K\"",
         BY_DEFAULT("1024")),
    TEXT(SC, "workload.requests.answer", workload.requests.answer, IFC_FROM_USER,
         "tokens of drawn answers, likewise", BY_DEFAULT("256")),
    COUNT(SC, "workload.requests.sessions", workload.requests.sessions, 0, 65536, IFC_FROM_USER,
          "conversations that go on side by side, of drawn requests; 0: none", BY_DEFAULT("0")),
    REAL(SC, IFC_UNIT_NONE, "workload.requests.recent", workload.requests.recent, 0, 0.999, IFC_FROM_USER,
         "with that probability the conversation that spoke last is next, if not, the one before it, and so "
         "on; 0: any, alike",
         BY_DEFAULT("0")),
    LARGE(SC, "workload.requests.limit", workload.requests.limit, 0, 134217728, IFC_FROM_USER,
          "most tokens of a prompt and its answer; 0: no limit", BY_DEFAULT("0")),
    STREAM_ROWS(SC, "workload.stream.", workload.stream., FOR_STREAM),

    CHOICE(SC, "simulation.grain", simulation.grain, grain_names, IFC_FROM_USER,
           "extent of one event; auto: the coarsest that is exact", BY_DEFAULT("auto")),
    LARGE(SC, "simulation.seed", simulation.seed, 0, 9007199254740992.0, IFC_FROM_USER,
          "seed of all random numbers", BY_DEFAULT("1")),
    TIME(SC, "simulation.time_limit", simulation.time_limit, 0, 1.1e18, IFC_FROM_USER,
         "stop after this much simulated time; 0 s: no limit", BY_DEFAULT("0 s")),
    REAL(SC, IFC_UNIT_SECONDS, "simulation.wall_limit", simulation.wall_limit, 0, 1e9, IFC_FROM_USER,
         "stop after this much wall time; 0 s: no limit", BY_DEFAULT("0 s")),
    FLAG(SC, "simulation.reuse", simulation.reuse, IFC_FROM_USER,
         "a layer that begins in a state that was simulated before is not simulated again: equal results, "
         "sooner",
         BY_DEFAULT("true")),
    BYTES(SC, "simulation.reuse_bytes", simulation.reuse_bytes, 0, 1099511627776.0, IFC_FROM_USER,
          "what may be kept of such layers; the one used longest ago makes room", BY_DEFAULT("64 MiB")),
};

static const ifc_param group_rows[] = {
    COUNT(FG, "dies", dies, 1, 65536, IFC_FROM_USER, "dies of the group, dealt over the channels", FOR_ALL),
    TEXT(FG, "channels", channels, IFC_FROM_USER,
         "channels that its dies hang on, in turn: \"all\", or a list such as \"0..3,6\"", BY_DEFAULT("all")),
    COUNT(FG, "planes", planes, 1, 4096, IFC_FROM_PUBLISHED, "planes of a die", BY_DEFAULT("32")),
    COUNT(FG, "pages_per_block", pages_per_block, 1, 65536, IFC_FROM_PUBLISHED, "pages of a block",
          BY_DEFAULT("768")),
    COUNT(FG, "blocks_per_plane", blocks_per_plane, 1, 1048576, IFC_FROM_PUBLISHED, "blocks of a plane",
          BY_DEFAULT("177")),
    BYTES(FG, "page", page, 64, 1048576, IFC_FROM_PUBLISHED, "data bytes of a page", BY_DEFAULT("4 KiB")),
    BYTES(FG, "spare", spare, 0, 1048576, IFC_FROM_PUBLISHED, "spare bytes of a page", BY_DEFAULT("448 B")),
    TIME(FG, "t_read", t_read, 1, SHORT_S, IFC_FROM_PUBLISHED, "array sense time of a page (tR)",
         BY_DEFAULT("4 us")),
    TIME(FG, "t_program", t_program, 1, SHORT_S, IFC_FROM_PUBLISHED,
         "program time of a page, whole or in part (tPROG)", BY_DEFAULT("75 us")),
    TEXT(FG, "t_read_pages", t_read_pages, IFC_FROM_USER,
         "tR of the pages of a word line in place of t_read, plain NAND and streams: \"37 us, 46 us, 37 "
         "us\"; empty: all alike",
         BY_DEFAULT("")),
    TEXT(FG, "t_program_pages", t_program_pages, IFC_FROM_USER, "tPROG of the pages of a word line, likewise",
         BY_DEFAULT("")),
    TIME(FG, "t_erase", t_erase, 1, SHORT_S, IFC_FROM_ASSUMED, "erase time of a block (tBERS)",
         BY_DEFAULT("1.5 ms")),
    REAL(FG, IFC_UNIT_ENERGY_PER_BIT, "read_energy", read_energy, 0, 1e-6, IFC_FROM_PUBLISHED,
         "array energy of a sensed bit", BY_DEFAULT("3 pJ/bit")),
    REAL(FG, IFC_UNIT_ENERGY_PER_BIT, "program_energy", program_energy, 0, 1e-6, IFC_FROM_PUBLISHED,
         "array energy of a programmed bit", BY_DEFAULT("7.5 pJ/bit")),
    REAL(FG, IFC_UNIT_ENERGY, "erase_energy", erase_energy, 0, 1, IFC_FROM_ASSUMED,
         "energy of erasing a block: 82.5 mW x 1.5 ms", BY_DEFAULT("123.75 uJ")),
    REAL(FG, IFC_UNIT_ENERGY, "mac_energy", mac_energy, 0, 1e-6, IFC_FROM_INFERRED,
         "energy of one multiply-accumulate of the engine", BY_DEFAULT("2.97 pJ")),
    COUNT(FG, "fmacs", fmacs, 0, 65536, IFC_FROM_PUBLISHED,
          "multiply-accumulate units of a plane; 0: plain NAND without an engine", BY_DEFAULT("16")),
    REAL(FG, IFC_UNIT_FREQUENCY, "clock", clock, 1e3, 1e12, IFC_FROM_PUBLISHED, "clock of the engine",
         BY_DEFAULT("400 MHz")),
    BYTES(FG, "global_buffer", global_buffer, 1, 1e12, IFC_FROM_PUBLISHED,
          "buffer of a die that takes input vectors and collects results", BY_DEFAULT("260 KiB")),
    REAL(FG, IFC_UNIT_RATE, "collect_rate", collect_rate, 1e3, RATE_MAX, IFC_FROM_ASSUMED,
         "planes into the global buffer, per die: 16 bits at 400 MHz from each of 32 planes",
         BY_DEFAULT("25.6 GB/s")),
    REAL(FG, IFC_UNIT_RATE, "collect_lane", collect_lane, 0, RATE_MAX, IFC_FROM_ASSUMED,
         "one plane into the global buffer, below collect_rate: 16 bits at 400 MHz; 0 B/s: no limit",
         BY_DEFAULT("0.8 GB/s")),
    REAL(FG, IFC_UNIT_RATE, "ecc_rate", ecc_rate, 0, RATE_MAX, IFC_FROM_PUBLISHED,
         "decoder of a plane, data bytes per second; 0 B/s: no ECC in the die", BY_DEFAULT("14.6 Gb/s")),
    REAL(FG, IFC_UNIT_POWER, "ecc_power", ecc_power, 0, 1e3, IFC_FROM_PUBLISHED,
         "decoder of a plane while it works", BY_DEFAULT("5.24 mW")),
    REAL(FG, IFC_UNIT_POWER, "static_power", static_power, 0, 1e3, IFC_FROM_PUBLISHED,
         "power of a die (global buffer), all the time", BY_DEFAULT("18.4 mW")),
    FLAG(FG, "independent_planes", independent_planes, IFC_FROM_ASSUMED,
         "each plane has a sequencer of its own: reads, programs and erases of different planes overlap",
         BY_DEFAULT("false")),
    COUNT(FG, "sense_planes", sense_planes, 0, 4096, IFC_FROM_PUBLISHED,
          "most planes of a die that sense together, a power limit; 0: all", BY_DEFAULT("0")),
    TIME(FG, "suspend.program", suspend.program, 0, SHORT_S, IFC_FROM_ASSUMED,
         "until a program or copy stands still, and a read may begin; simulators of TLC use 100 us",
         BY_DEFAULT("100 us")),
    TIME(FG, "suspend.erase", suspend.erase, 0, SHORT_S, IFC_FROM_ASSUMED,
         "the same of an erase; simulators of TLC use 700 us", BY_DEFAULT("700 us")),
    COUNT(FG, "suspend.max", suspend.max, 0, 4096, IFC_FROM_ASSUMED,
          "times that a program or erase may be suspended, as policies.array asks for; 0: never",
          BY_DEFAULT("0")),
    ROW(FG, bool, IFC_PARAM_SWITCH, IFC_UNIT_NONE, "sequencer", sequencer, 0, 1, IFC_FROM_INFERRED,
        "on-die: one command starts every plane; per-plane: a command for each", .names = sequencer_names,
        BY_DEFAULT("on-die")),
    COUNT(FG, "queue_depth", queue_depth, 1, 4096, IFC_FROM_ASSUMED, "commands a die holds at a time",
          BY_DEFAULT("3")),
    REAL(FG, IFC_UNIT_NONE, "endurance", endurance, 1, 1e12, IFC_FROM_PUBLISHED,
         "program/erase cycles a block stands", BY_DEFAULT("100000")),
    REAL(FG, IFC_UNIT_NONE, "read_limit", read_limit, 1, 1e15, IFC_FROM_PUBLISHED,
         "page reads of a block before its data must move (read disturb)", BY_DEFAULT("1000000")),
    CHOICE(FG, "errors.law", errors.law, law_names, IFC_FROM_USER,
           "which law gives the bits that are read wrong, by cycles, age and reads of each block; none: no "
           "bit is",
           BY_DEFAULT("none")),
    TEXT(FG, "errors.table", errors.table, IFC_FROM_USER,
         "of the law \"table\": file of lines pe,seconds,reads,rber, a whole grid, relative to the file that "
         "names it",
         BY_DEFAULT("")),
    REAL(FG, IFC_UNIT_AGE, "errors.age", errors.age, 0, 1e10, IFC_FROM_USER,
         "age of what the group holds when the run begins", BY_DEFAULT("1 h")),
    REAL(FG, IFC_UNIT_NONE, "errors.temperature", errors.temperature, 0, 85, IFC_FROM_ASSUMED,
         "degrees Celsius; heat ages pages faster: Ea = 1.04 eV (HeatWatch)", BY_DEFAULT("25")),
    REAL(FG, IFC_UNIT_NONE, "errors.initial_pe", errors.initial_pe, 0, 1e12, IFC_FROM_USER,
         "program/erase cycles of every block when the run begins", BY_DEFAULT("0")),
    REAL(FG, IFC_UNIT_NONE, "errors.pe_scale", errors.pe_scale, 1e-9, 1e9, IFC_FROM_ASSUMED,
         "cycles of the law for each of the group; \"rated\": endurance counts as the last cycle of the "
         "law's range",
         .word = "rated", .word_value = IFC_PE_SCALE_RATED, BY_DEFAULT("rated")),
    REAL(FG, IFC_UNIT_NONE, "errors.spread", errors.spread, 0.1, 1000, IFC_FROM_PUBLISHED,
         "shape of the gamma distribution of errors over the pages of a block; \"none\": pages are alike",
         .word = "none", .word_value = IFC_SPREAD_NONE, BY_DEFAULT("2.2")),
    COUNT(FG, "ecc.codeword", ecc.codeword, 8, 8388608, IFC_FROM_PUBLISHED,
          "bits of a codeword, with those that correct: BCH(9088, 8192, 64)", BY_DEFAULT("9088")),
    COUNT(FG, "ecc.correct", ecc.correct, 0, 65536, IFC_FROM_PUBLISHED,
          "wrong bits of a codeword that are corrected", BY_DEFAULT("64")),
    COUNT(FG, "ecc.retries", ecc.retries, 0, 255, IFC_FROM_ASSUMED,
          "how often a page that fails is sensed and decoded again before it is lost", BY_DEFAULT("5")),
    REAL(FG, IFC_UNIT_NONE, "ecc.retry_rber", ecc.retry_rber, 0, 1, IFC_FROM_ASSUMED,
         "wrong bits of a retry, of those of the sense before it: what another reference voltage gains; 1: "
         "nothing",
         BY_DEFAULT("1")),
    REAL(FG, IFC_UNIT_MONEY, "cost", cost, 0, 1e6, IFC_FROM_PUBLISHED, "price of the flash",
         BY_DEFAULT("0.72 $/GB")),
    REAL(FG, IFC_UNIT_RATE, "published_rate", published_rate, 0, RATE_MAX, IFC_FROM_USER,
         "what published results charge for planes x page / t_read of a die, rounded: where 'ifcsim explain' "
         "starts; "
         "0 B/s: none",
         BY_DEFAULT("0 B/s")),
};

static const ifc_param flow_rows[] = {STREAM_ROWS(ifc_stream_params, "", , FOR_ALL)};

static const ifc_param policy_rows[] = {
    TEXT(PC, "name", name, IFC_FROM_USER, "the policy that plays this role; empty: the built-in default",
         BY_DEFAULT("")),
    TEXT(PC, "plugin", plugin, IFC_FROM_USER,
         "shared object that holds it, relative to the file that names it; empty: built in", BY_DEFAULT("")),
};

#define ROWS(a) a, sizeof(a) / sizeof((a)[0])

static const ifc_param_table tables[IFC_SCOPES] = {
    [IFC_SCOPE_SCENARIO] = {"", ROWS(scenario_rows)},
    [IFC_SCOPE_GROUP] = {"flash.groups.<name>.", ROWS(group_rows)},
    [IFC_SCOPE_FLOW] = {"workload.flows.<name>.", ROWS(flow_rows)},
    [IFC_SCOPE_POLICY] = {"policies.<kind>.", ROWS(policy_rows)},
};

const ifc_param_table *ifc_param_tables(void)
{
    return tables;
}
