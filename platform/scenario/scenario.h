/**
 * A scenario as given by the user: every value in SI base units (bytes, bytes/s, joules, watts, hertz) except
 * times, which are picoseconds. Filled only by the loader through the parameter table; nothing derived lives
 * here.
 */
#ifndef IFC_SCENARIO_H
#define IFC_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/kind.h>
#include <ifc/status.h>
#include <ifc/time.h>

#define IFC_GROUPS_MAX       8
#define IFC_FLOWS_MAX        8
#define IFC_NAME_MAX         64
#define IFC_PATH_MAX         1024
#define IFC_PLUGINS_MAX      8
#define IFC_CHANNELS_MAX     1024
#define IFC_PAGE_TYPES_MAX   16
#define IFC_PAGE_TEXT_MAX    256
#define IFC_DIES_PER_CHANNEL 64 /* at most */
#define IFC_POLICY_KV_MAX    32

/**
 * What a config.json says of a model and no parameter does. 'ifcsim model' counts it; what a run would need
 * of it is refused (platform/scenario/check.c). Zero: there is no such thing.
 */
typedef struct ifc_model_beside {
    char config[IFC_PATH_MAX]; /* the file, as opened; empty: none */
    char notes[1024];          /* remarks about it, each ends its line */
    uint32_t dtype_bits;       /* of a weight as torch_dtype says; 0: not said, or quantised */
    bool overrules_bits;       /* it says how it is quantised, and the scenario had other bits */
    uint64_t vectors;          /* norms and biases, all layers; 0: two norms a layer and one at the end */
    uint64_t idle_vectors;     /* of them, those that a token does not use */
} ifc_model_beside;

#define IFC_ALL_LAYERS       10001 /* window_layers */
#define IFC_SCALE_AUTO       64    /* scale_bits: 16 where weights have fewer than 8 bits, else none */
#define IFC_SCALE_AUTO_BELOW 8
#define IFC_SCALE_BELOW      16 /* wider weights are numbers as they are, and have no scale */

/** Model shape and precisions. Counts unless said. */
typedef struct ifc_model {
    char name[IFC_NAME_MAX];
    uint32_t layers, hidden, heads, kv_heads, head_dim;
    uint32_t ffn;                     /* width of one feed-forward block (of one expert) */
    uint32_t ffn_matrices;            /* 2: up, down; 3: gate, up, down */
    uint32_t experts, active_experts; /* 1, 1: dense */
    uint32_t shared_experts;          /* further ones that every token uses */
    uint32_t dense_layers;            /* first layers without experts ... */
    uint32_t dense_ffn;               /* ... and the width of their block; 0: ffn */
    uint32_t window;                  /* tokens that some layers attend to; 0: all */
    uint32_t window_layers;           /* how many; IFC_ALL_LAYERS */
    struct {
        uint32_t kv_rank, query_rank; /* widths of the latents; query_rank 0: queries have none */
        uint32_t plain_dim, rope_dim; /* elements of a query head without and with position */
        uint32_t value_dim;           /* of an output head */
    } latent;                         /* multi-head latent attention; kv_rank 0: keys and values are stored */
    bool parallel_ffn;                /* attention and feed-forward block read the same input */
    uint32_t vocab;
    bool tied_head; /* LM head shares the embedding's weights */
    uint32_t weight_bits, activation_bits, kv_bits;
    struct {
        uint32_t embed, qkv, project, gate_up, down, lm_head; /* 0: weight_bits */
    } bits;
    uint32_t scale_bits, scale_group; /* one scale of so many bits for so many weights; IFC_SCALE_AUTO */
    uint32_t kv_scale_bits, kv_scale_group; /* the same for keys and values; 0 bits: none */
    ifc_model_beside beside;
} ifc_model;

#define IFC_PE_SCALE_RATED 0 /* pe_scale: the endurance of the group counts as the end of the law's range */
#define IFC_SPREAD_NONE    0 /* spread: pages are alike */

/** Bits that are read wrong: by which law, and the state of the pages that the run begins with. */
typedef struct ifc_error_params {
    int law;                  /* ifc_rber_law */
    char table[IFC_PATH_MAX]; /* file of the law "table" */
    double age;               /* seconds since its pages were programmed */
    double temperature;       /* degrees Celsius, all the time */
    double initial_pe;        /* program/erase cycles of its blocks */
    double pe_scale;          /* cycles of the law for a cycle of the group; IFC_PE_SCALE_RATED */
    double spread;            /* shape of the gamma distribution of pages; IFC_SPREAD_NONE */
} ifc_error_params;

/** The code that protects a page, and what is done when it fails. */
typedef struct ifc_ecc_params {
    uint32_t codeword, correct; /* bits, wrong bits that it corrects */
    uint32_t retries;           /* senses more of a page that fails, at most */
    double retry_rber;          /* bits wrong in a retry, of those of the sense before it */
} ifc_ecc_params;

/** One named set of equal dies. fmacs == 0: plain NAND without an IFC engine. */
typedef struct ifc_flash_group {
    char name[IFC_NAME_MAX];
    uint32_t dies, planes, pages_per_block, blocks_per_plane;
    char channels[IFC_NAME_MAX]; /* that they hang on, in turn: "all", or as "0..3,6" */
    uint64_t page, spare;        /* bytes of data and of spare area per page */
    ifc_time t_read, t_program, t_erase;
    char t_read_pages[IFC_PAGE_TEXT_MAX],
        t_program_pages[IFC_PAGE_TEXT_MAX]; /* by page of a word line; empty: alike */
    double read_energy, program_energy;     /* J per bit */
    double erase_energy;                    /* J per block */
    double mac_energy;                      /* J per multiply-accumulate */
    uint32_t fmacs;                         /* multiply-accumulate units per plane */
    double clock;                           /* Hz of the engine */
    uint64_t global_buffer;                 /* bytes per die */
    double collect_rate;                    /* B/s, planes into the global buffer, per die */
    double collect_lane;                    /* B/s, of one plane; 0: no limit of its own */
    double ecc_rate;                        /* B/s of decoded data per plane; 0: no on-die ECC */
    double ecc_power;                       /* W per plane while decoding */
    double static_power;                    /* W per die, always */
    bool independent_planes;                /* each plane has a sequencer of its own */
    uint32_t sense_planes;                  /* most planes that may sense together; 0: all (power limit) */
    struct {
        ifc_time program, erase; /* until an operation of that kind stands still */
        uint32_t max;            /* times that an operation may be suspended; 0: the die cannot */
    } suspend;
    bool sequencer;       /* true: one command starts all planes; false: a command per plane */
    uint32_t queue_depth; /* commands a die holds at a time */
    double endurance;     /* P/E cycles */
    double read_limit;    /* page reads of a block between refreshes */
    ifc_error_params errors;
    ifc_ecc_params ecc;
    double cost;           /* $ per GB */
    double published_rate; /* B/s of a die, as published results charge it; 0: none */
} ifc_flash_group;

enum ifc_attention { IFC_ATTENTION_IFC, IFC_ATTENTION_NPU };
enum ifc_prefill { IFC_PREFILL_NPU, IFC_PREFILL_IFC };
enum ifc_gemv { IFC_GEMV_AUTO, IFC_GEMV_IFC, IFC_GEMV_NPU, IFC_GEMV_SPLIT };
enum ifc_overlap { IFC_OVERLAP_NONE, IFC_OVERLAP_HEAD_GROUP };
enum ifc_buffer_location { IFC_BUFFER_SOC, IFC_BUFFER_PLANE };
enum ifc_grain { IFC_GRAIN_AUTO, IFC_GRAIN_PAGE, IFC_GRAIN_PLANE, IFC_GRAIN_DIE };
enum ifc_workload_kind { IFC_WORKLOAD_DECODE, IFC_WORKLOAD_STREAM, IFC_WORKLOAD_REQUESTS };
enum ifc_requests_from {
    IFC_REQUESTS_TRACED,
    IFC_REQUESTS_CLOSED,
    IFC_REQUESTS_CONSTANT,
    IFC_REQUESTS_POISSON
};
enum ifc_stream_op {
    IFC_STREAM_READ,
    IFC_STREAM_READ_COMPUTE,
    IFC_STREAM_PROGRAM,
    IFC_STREAM_ERASE,
    IFC_STREAM_TRACED
};
enum ifc_stream_pattern { IFC_PATTERN_SEQUENTIAL, IFC_PATTERN_RANDOM };
enum ifc_stream_arrival { IFC_ARRIVAL_CLOSED, IFC_ARRIVAL_CONSTANT, IFC_ARRIVAL_POISSON };

/** Where the matrices of a class lie and how they are multiplied, if not like the others. */
typedef struct ifc_matrix_params {
    char store[IFC_NAME_MAX]; /* group name or "dram"; empty: placement.weights */
    int gemv;                 /* enum ifc_gemv; auto: placement.gemv */
} ifc_matrix_params;

/** A matrix that dies and NPU multiply together: the part of the dies in tiles, a page in every plane each.
 */
typedef struct ifc_split_params {
    char reads[IFC_NAME_MAX]; /* group that holds the NPU's part; empty: the store's */
    uint32_t tile_rows;       /* 0: the power of two with the least time */
    uint32_t tile_cols;       /* 0: as many as a page has room for */
    double share;             /* of a matrix's bytes, multiplied in the dies; IFC_SHARE_AUTO */
    uint64_t slice;           /* bytes in which pages of the NPU's part leave their dies; 0: whole pages */
} ifc_split_params;

#define IFC_SHARE_AUTO 2 /* split.share: what equations say takes least time */

/** Feed-forward neurons in DRAM, of all that lie in a flash group. */
typedef struct ifc_residency_params {
    char store[IFC_NAME_MAX]; /* the group; empty: none stay */
    uint32_t window;          /* tokens whose neurons stay */
    double flagged, decay;    /* share that a token needs; how the share of new ones falls with the window */
    double pinned;            /* share that always stays */
    uint32_t rank;            /* of the predictor; 0: there is none */
    bool bundle;              /* rows of a neuron lie together */
    uint64_t merge;           /* bytes of neighbours that one request reads at most */
} ifc_residency_params;

/* What leaves DRAM first: the chunk whose context was used longest ago, among those with the most bits before
 * others (LCTRU) or not; or all of that context. */
enum ifc_evict { IFC_EVICT_LRU, IFC_EVICT_LCTRU, IFC_EVICT_CONTEXT };

/** Keys and values of many conversations, in a part of DRAM that does not hold them all. */
typedef struct ifc_contexts_params {
    uint64_t budget;          /* bytes of DRAM for them; 0: they stay, as far as there is room */
    char store[IFC_NAME_MAX]; /* flash group where they go; empty: none, they are computed again */
    uint32_t chunk;           /* tokens, of all layers, that move together */
    double ratio;             /* mean share of its bytes that a chunk keeps */
    int evict;                /* enum ifc_evict */
    bool ahead;               /* chunks are written while nothing is to be done */
    bool recompute;           /* chunks are computed again where that is faster */
    ifc_time object_time;     /* that the host's software takes for each object */
} ifc_contexts_params;

typedef struct ifc_placement {
    char weights[IFC_NAME_MAX]; /* group name or "dram" */
    int gemv;                   /* enum ifc_gemv; auto: ifc where the store computes, else npu */
    struct {
        ifc_matrix_params embed, qkv, project, gate_up, down, lm_head;
    } matrices;
    ifc_split_params split;
    ifc_residency_params residency;
    char kv[IFC_NAME_MAX];  /* group name or "dram" */
    int attention, overlap; /* enum ifc_attention, enum ifc_overlap */
    uint32_t stage;         /* head groups per pipeline stage when overlap is head-group */
    bool kv_prefetch;       /* keys and values of the next layer are read while matrices are multiplied */
    bool prefill_overlap;   /* a matrix of a prompt is multiplied while it comes */
    int prefill;            /* enum ifc_prefill */
    int kv_layout;          /* ifc_layout */
    struct {
        int location;   /* enum ifc_buffer_location */
        uint64_t bytes; /* whole buffer on the SoC, or of each plane */
        uint32_t partial_programs;
    } kv_buffer;
} ifc_placement;

typedef struct ifc_channel_params {
    uint32_t count;
    double rate;           /* B/s */
    ifc_time command_time; /* bus time of one command */
    ifc_time page_command; /* bus time of the command before each page that leaves a die */
    bool broadcast;        /* one data-down tenure may address every die of the channel */
    double energy;         /* J per bit */
} ifc_channel_params;

typedef struct ifc_soc_params {
    double cost;                            /* $ of what is neither flash nor DRAM */
    double static_power;                    /* W: KV buffer and controller */
    double power_budget;                    /* W, of array operations of all dies; 0: no limit */
    double ecc_rate;                        /* B/s per channel: decoder for pages of plain NAND */
    ifc_time command_time, completion_time; /* of the controller, for each command of a die */
    double link_rate; /* B/s each way between host and controller, of streams; 0: no limit */
} ifc_soc_params;

typedef struct ifc_npu_params {
    double rate;         /* operations per second, matrix work */
    double vector_rate;  /* operations per second, vector work */
    ifc_time launch;     /* fixed latency of one operator */
    ifc_time layer_time; /* added to each layer once */
    uint64_t tile;       /* bytes of weights in one tile of a matrix that streams to it */
    double power;        /* W while busy at full rate: energy per operation is power / rate */
    double idle_power;   /* W while it has nothing to do */
} ifc_npu_params;

typedef struct ifc_dram_params {
    uint32_t channels;    /* 0: no DRAM */
    uint64_t bytes;       /* per channel */
    double rate;          /* B/s per channel */
    ifc_time latency;     /* of each access */
    double energy;        /* J per bit */
    double standby_power; /* W per channel, all the time */
    double cost;          /* $ per GB */
} ifc_dram_params;

typedef struct ifc_effects {
    bool page_rounding, pipeline_fill, bus, command, kv_program, vector_ops, ecc, lm_head, kv_fill,
        kv_capacity;
} ifc_effects;

/** A flow: requests to a flash group, of one kind or as a file of another simulator has them. */
typedef struct ifc_stream_params {
    char name[IFC_NAME_MAX]; /* of one of several flows */
    char group[IFC_NAME_MAX];
    int op;                        /* enum ifc_stream_op */
    uint64_t count;                /* requests */
    double reads;                  /* of requests that program or erase: share of READs beside them */
    uint32_t planes;               /* planes of the die a request uses at a time (multi-plane) */
    uint32_t dies;                 /* dies a request is striped over */
    uint32_t pages;                /* pages per plane of a request */
    int pattern;                   /* enum ifc_stream_pattern: which dies and planes, in order or random */
    int arrival;                   /* enum ifc_stream_arrival */
    uint32_t queue_depth;          /* closed loop: requests outstanding */
    double rate;                   /* requests per second: constant, poisson */
    uint64_t bytes_down, bytes_up; /* READ_COMPUTE: vector and result per die */
    char trace[IFC_PATH_MAX];      /* block trace that is played in place of all this; empty: none */
    uint64_t rows;                 /* of it, that are played; 0: all */
    uint32_t priority;             /* its commands leave the controller before those of a lower one */
} ifc_stream_params;

typedef struct ifc_requests_params {
    char trace[IFC_PATH_MAX]; /* file, as seen from the scenario; empty: requests are drawn */
    int format;               /* of the trace; 0: what its first line shows */
    uint64_t first, count;    /* rows left out, rows taken; count 0: all */
    double speed;             /* times of arrival are divided by it */
    int arrival;              /* enum ifc_requests_from */
    double rate;              /* requests per second */
    char prompt[2 * IFC_NAME_MAX], answer[2 * IFC_NAME_MAX]; /* distributions of tokens, of drawn requests */
    uint32_t sessions; /* conversations that go on side by side, of drawn requests */
    double recent;     /* which of them is next: the one that spoke last with that probability, else ... */
    uint64_t limit;    /* most tokens of prompt and answer together; 0: none */
} ifc_requests_params;

#define IFC_SEQUENCES_MAX 1024
#define IFC_TOKENS_MAX    134217728
#define IFC_TOKENS_PERIOD 0 /* as many as flushes and pages need to begin anew */

typedef struct ifc_workload {
    int kind;         /* enum ifc_workload_kind */
    uint32_t context; /* tokens whose KV is stored at the start */
    uint32_t tokens;  /* to decode; IFC_TOKENS_PERIOD: the machine finds out how many that are */
    uint32_t prompt;  /* tokens of each sequence that are prefilled before it decodes */
    uint32_t chunk;   /* most tokens of a prompt that are prefilled together; 0: all */
    uint32_t batch;   /* sequences decoded together */
    struct {
        uint32_t tokens;   /* drafted for each step; 0: none */
        double acceptance; /* probability that a drafted token stays, if the ones before it do */
    } draft;
    uint32_t warmup;          /* first requests that figures leave out */
    char trace[IFC_PATH_MAX]; /* operators to replay, as seen from the scenario; empty: those of the model */
    ifc_requests_params requests;
    ifc_stream_params stream;
    uint32_t n_flows; /* 0: the stream above is the only one */
    ifc_stream_params flows[IFC_FLOWS_MAX];
} ifc_workload;

typedef struct ifc_simulation {
    int grain; /* enum ifc_grain */
    uint64_t seed;
    ifc_time time_limit;  /* stop after this much simulated time; 0: none */
    double wall_limit;    /* seconds of wall time; 0: none */
    bool reuse;           /* a layer that begins in an equal state is not simulated again */
    uint64_t reuse_bytes; /* that are kept for it */
} ifc_simulation;

/** Of these kinds (ifc_kind) a machine has one policy each; of observers, which come last, any number. */
#define IFC_POLICY_KINDS IFC_KIND_OBSERVER

/** A parameter of a policy as written; the policy that knows its type and range reads it. */
typedef struct ifc_policy_param {
    char key[IFC_NAME_MAX];
    char value[2 * IFC_NAME_MAX];
    bool quoted;     /* written as text, not as a bare number or true/false */
    char where[192]; /* "file:line" for messages */
} ifc_policy_param;

/** Which policy plays a role, and what it is given. Empty name and plugin: the built-in default. */
typedef struct ifc_policy_choice {
    char label[IFC_NAME_MAX]; /* the kind; of an observer: the name the user gave it */
    char name[IFC_NAME_MAX];
    char plugin[IFC_PATH_MAX]; /* shared object that holds it; empty: built in */
    char digest[17];           /* of its bytes when it was read (platform/common/digest.h); empty: not read */
    uint32_t n_params;
    ifc_policy_param params[IFC_POLICY_KV_MAX];
} ifc_policy_choice;

typedef struct ifc_scenario {
    char file[IFC_PATH_MAX]; /* as named by the user */
    char title[256];
    ifc_model model;
    uint32_t n_groups;
    ifc_flash_group groups[IFC_GROUPS_MAX];
    ifc_placement placement;
    ifc_contexts_params contexts;
    ifc_channel_params channel;
    ifc_soc_params soc;
    ifc_npu_params npu;
    ifc_dram_params dram;
    ifc_effects effects;
    ifc_workload workload;
    ifc_simulation simulation;
    ifc_policy_choice policies[IFC_POLICY_KINDS]; /* by ifc_kind */
    uint32_t n_observers;
    ifc_policy_choice observers[IFC_PLUGINS_MAX];
} ifc_scenario;

/** Matrices that have a place of their own. */
typedef enum ifc_placed {
    IFC_PLACED_EMBED,
    IFC_PLACED_QKV,
    IFC_PLACED_PROJECT,
    IFC_PLACED_GATE_UP,
    IFC_PLACED_DOWN,
    IFC_PLACED_LM_HEAD,
    IFC_PLACED
} ifc_placed;

/** Where matrices lie and how they are multiplied. */
typedef struct ifc_matrix_place {
    const char *store_path, *gemv_path; /* of the parameters that say so; static storage */
    const char *store;                  /* name of a group, or "dram"; borrowed */
    int group;                          /* its index; -1: DRAM, or there is no such group */
    int reads;                          /* group of the part that streams to the NPU, likewise */
    int gemv;                           /* enum ifc_gemv, never auto */
} ifc_matrix_place;

/** ifc_scenario_matrix() - the place of matrices. A tied head's is the embedding's, too. */
void ifc_scenario_matrix(const ifc_scenario *s, ifc_placed matrix, ifc_matrix_place *out);

/** ifc_scenario_group() - index of the group called @name. Return: -1 if there is none. */
int ifc_scenario_group(const ifc_scenario *s, const char *name);

/**
 * ifc_page_times() - times of the pages of a word line, as a list of quantities; empty: one, @otherwise
 * @out: room for IFC_PAGE_TYPES_MAX, ps
 * Return: how many; 0: it is no such list.
 */
uint32_t ifc_page_times(const char *list, ifc_time otherwise, ifc_time *out);

/** ifc_page_time_least() - the shortest of them. */
ifc_time ifc_page_time_least(const char *list, ifc_time otherwise);

/**
 * ifc_group_channels() - the channels, of @count there are, that a group's dies are dealt over
 * @out: room for IFC_CHANNELS_MAX
 * Return: how many; 0: its text is no list of channels, each once.
 */
uint32_t ifc_group_channels(const ifc_flash_group *g, uint32_t count, uint16_t *out);

/** ifc_group_on_all() - whether they are all channels. */
bool ifc_group_on_all(const ifc_flash_group *g);

/** ifc_group_buses() - on how many of them there is one of its dies. */
uint32_t ifc_group_buses(const ifc_scenario *s, const ifc_flash_group *g);

/** ifc_group_channel() - the one of a die. Dies of groups on all channels are dealt one by one, group after
 * group. */
uint32_t ifc_group_channel(const ifc_scenario *s, uint32_t group, uint32_t die);

/** ifc_scenario_flows() - how many flows a stream has. */
static inline uint32_t ifc_scenario_flows(const ifc_scenario *s)
{
    return s->workload.n_flows ? s->workload.n_flows : 1;
}

/** ifc_scenario_flow() - one of them; borrowed. */
static inline const ifc_stream_params *ifc_scenario_flow(const ifc_scenario *s, uint32_t i)
{
    return s->workload.n_flows ? &s->workload.flows[i] : &s->workload.stream;
}

/** ifc_scenario_flow_op() - enum ifc_stream_op of a flow; IFC_STREAM_TRACED: of a block trace. */
static inline int ifc_scenario_flow_op(const ifc_stream_params *w)
{
    return w->trace[0] ? IFC_STREAM_TRACED : w->op;
}

/** ifc_scenario_tells_reads() - whether READs of a stream stand beside other requests, and are told apart. */
static inline bool ifc_scenario_tells_reads(const ifc_scenario *s)
{
    return s->workload.n_flows > 0 || s->workload.stream.reads > 0 || s->workload.stream.trace[0];
}

/** ifc_scenario_trace() - the file of the requests that it serves. Return: NULL: there is none. */
static inline const char *ifc_scenario_trace(const ifc_scenario *s)
{
    const char *trace = s->workload.requests.trace;
    return s->workload.kind == IFC_WORKLOAD_REQUESTS && trace[0] ? trace : NULL;
}

#endif
