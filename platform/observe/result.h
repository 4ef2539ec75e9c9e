/**
 * What one run found. Filled by the machine at the end of a run; every reader (text, JSON, CSV, report) sees
 * only this. Times are picoseconds, energies joules, rates bytes per second.
 */
#ifndef IFC_RESULT_H
#define IFC_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/time.h>

#include "platform/observe/counts.h"
#include "platform/scenario/scenario.h"

typedef enum ifc_outcome { IFC_RUN_OK, IFC_RUN_OUT_OF_MEMORY, IFC_RUN_INTERRUPTED } ifc_outcome;

/** Energy of one operation of one component over the run. */
typedef struct ifc_energy_row {
    char name[IFC_NAME_MAX]; /* "g1.read", "g1.mac", "channel.transfer", "npu.compute", ... */
    double joule;
} ifc_energy_row;

/** A share of the summed token latency: exactly one row per (operator, resource, phase). */
typedef struct ifc_path_row {
    char operator_name[IFC_NAME_MAX]; /* "qkv", "logit", "attend", "softmax", ... */
    char resource[IFC_NAME_MAX];      /* "g1", "channel", "npu", "dram", "controller", "host" */
    char phase[IFC_NAME_MAX]; /* "queue", "bus_wait", "command", "data_down", "array", "compute", ... */
    ifc_time ps;
} ifc_path_row;

typedef enum ifc_resource_kind {
    IFC_RESOURCE_CHANNEL,
    IFC_RESOURCE_DIE,
    IFC_RESOURCE_NPU,
    IFC_RESOURCE_DRAM,
    IFC_RESOURCE_LINK, /* to the host, one way */
} ifc_resource_kind;

typedef struct ifc_resource_row {
    char name[IFC_NAME_MAX]; /* component path: "channel0", "g1.die3", "npu", "dram0" */
    int kind;                /* ifc_resource_kind */
    int group;               /* index of the flash group of a die; -1 otherwise */
    ifc_time busy_ps;        /* occupied (bus tenure, array or compute, operator) */
    ifc_time wait_ps;        /* summed time that work waited for it */
    uint64_t served;         /* tenures, commands, operators */
    uint64_t bytes;          /* moved (channel, DRAM) or sensed (die) */
    ifc_time min_ps, max_ps; /* shortest and longest tenure, access, operator or use of a die's array */
} ifc_resource_row;

/** Attained against peak rate of one group's arrays, of all channels, of DRAM. */
typedef struct ifc_rate_row {
    char name[IFC_NAME_MAX]; /* "g1 array", "g1 mac", "channels", "dram" */
    char unit[8];            /* "B/s" or "MAC/s" */
    double attained;         /* over the whole run */
    double peak;
    double busy_share; /* mean utilisation of its parts over the run, 0..1 */
} ifc_rate_row;

typedef struct ifc_capacity_row {
    char name[IFC_NAME_MAX]; /* "g1", "g2", "dram", "kv_buffer" */
    uint64_t used, total;    /* bytes */
    uint64_t weights, kv;    /* parts of used */
} ifc_capacity_row;

/** Of all blocks of a group, by nearest rank. */
typedef struct ifc_block_spread {
    double p50, p90, p99, max;
} ifc_block_spread;

/** Matrices of one shape that dies and NPU multiply together, as they were cut. */
typedef struct ifc_split_row {
    char name[IFC_NAME_MAX];       /* "gate_up": their class */
    uint64_t rows, cols;           /* of a matrix */
    uint64_t tile_rows, tile_cols; /* of a whole tile */
    uint64_t tiles, in_dies;       /* of a matrix; of them, those that dies multiply */
    uint64_t bytes, bytes_in_dies; /* likewise */
} ifc_split_row;

/** Pages of a group that the decoder could not correct at first. */
typedef struct ifc_errors_row {
    bool drawn;                                 /* the group has a law; else all is 0 */
    double pe_scale;                            /* cycles of the law for one of the group */
    uint64_t failed;                            /* pages of commands that failed at first */
    uint64_t resensed;                          /* senses that they took, after their first ones */
    uint64_t lost_weights, lost_kv, lost_other; /* of them, pages that no retry corrected */
    uint64_t beyond; /* states of blocks that were beyond the range of the law: counted as its end */
} ifc_errors_row;

typedef struct ifc_wear_row {
    char group[IFC_NAME_MAX];
    uint64_t pages_programmed, blocks_erased;
    double pe_mean, pe_max; /* P/E cycles per block in this run */
    double reads_per_block_mean, reads_per_block_max;
    double refreshes_per_token; /* blocks that reach the read limit, per token (not simulated traffic) */
    double lifetime_tokens; /* until endurance is used up: simulated if it was, else projected; 0: no wear */
    double program_skew;    /* KV pages programmed on the busiest plane, against the mean; 0: none */
    /* wear of writing and of moves that reading asks for, spread evenly over all blocks; 0: no wear */
    double lifetime_projected;
    double lifetime_simulated; /* tokens until the most worn block's endurance is used up; 0: nothing moved */
    uint64_t moves; /* rows of blocks that a refresh policy moved; lifetime_simulated is made of them */
    bool refreshed; /* a refresh policy was asked */
    /* of runs that serve requests: cycles; reads between two erases, at most; the same of blocks that ever
     * held KV */
    ifc_block_spread pe, reads, kv_reads;
    ifc_errors_row errors;
} ifc_wear_row;

/** What the tokens of a decode run cover. All 0 where it does not apply. */
typedef struct ifc_window {
    uint32_t tokens;                  /* to decode */
    uint64_t period;                  /* tokens after which flushes and pages of the KV cache begin anew */
    double flushes_due;               /* layer flushes that the finished tokens come to in the long run */
    double pages_due;                 /* new pages of a stream, likewise */
    uint64_t pages_first, pages_last; /* of a stream of the layer that has most, at begin and end */
    uint64_t planes;                  /* that the pages of a stream are dealt over; 0: not dealt */
} ifc_window;

/** What the operators of one kind did over the run. */
typedef struct ifc_operator_row {
    char name[IFC_NAME_MAX];
    int group;          /* flash group it senses in; -1: none */
    uint64_t count;     /* operators */
    ifc_time active_ps; /* in which at least one was under way, from its issue to its end */
    ifc_time npu_ps;    /* NPU work at the rate of its kind, without launches */
    double npu_ops;
    uint64_t macs;       /* in flash */
    double bytes_sensed; /* with the spare bytes that are decoded */
    uint64_t bytes_down, bytes_up, dram_bytes;
} ifc_operator_row;

/** Latencies of requests; percentiles by nearest rank. */
typedef struct ifc_latency_tail {
    uint64_t count;
    ifc_time mean, p50, p99, p999, max;
} ifc_latency_tail;

/** Figures of a stream workload. */
typedef struct ifc_stream_result {
    uint64_t requests, bytes;
    double bytes_per_second;
    double bus_limit, array_limit, compute_limit; /* B/s of the same bytes; 0: does not apply */
    ifc_latency_tail latency;
    double wait_mean_ps;    /* mean time in the queue for the bus */
    ifc_latency_tail reads; /* of READs that stand beside other requests */
} ifc_stream_result;

/** One of several flows of a stream. */
typedef struct ifc_flow_row {
    char name[IFC_NAME_MAX], group[IFC_NAME_MAX];
    int op;
    uint64_t requests, bytes;
    double bytes_per_second;
    ifc_latency_tail latency, reads;
} ifc_flow_row;

/** Requests that took from @from on, and less than a quarter of a doubling more. */
typedef struct ifc_histogram_row {
    int flow; /* index of it; -1: of all together */
    ifc_time from;
    uint64_t requests;
} ifc_histogram_row;

/** So many tokens took as long. */
typedef struct ifc_latency_count {
    ifc_time ps;
    uint64_t tokens;
} ifc_latency_count;

/** A request that was served. Times since the begin of the run; -1: not yet. */
typedef struct ifc_request_row {
    uint64_t request; /* its number in the trace, or of those drawn */
    uint64_t session; /* UINT64_MAX: none */
    ifc_time arrival, start, first_token, end;
    uint64_t prompt, cached;    /* tokens; of them, those that its conversation's cache still had */
    uint64_t answer, generated; /* tokens wanted, and there are */
    /* of contexts that move (contexts.budget) */
    ifc_time switched;           /* all that its conversation had is in memory */
    uint32_t contexts, resident; /* that there were when it began, and of those, wholly in memory */
    uint64_t context_bytes;      /* of all of them, wherever they were */
    uint64_t missing;            /* bytes of its own that were not */
    uint64_t loaded;             /* bytes that were read of them */
    uint64_t recomputed;         /* tokens that were computed again */
    uint64_t written;            /* bytes of others that were written before */
    uint64_t ahead;              /* bytes that were written after it, before the next one */
} ifc_request_row;

#define IFC_USAGE_BINS      500 /* at most */
#define IFC_LANE_SLICES_MAX 640
#define IFC_LANE_PHASES     24 /* at most */

/** How busy one kind of resource was over time. Only recorded when asked. */
typedef struct ifc_usage_row {
    char name[IFC_NAME_MAX];      /* "g1", "channels", "npu", "dram" */
    uint32_t parts;               /* dies, channels */
    double share[IFC_USAGE_BINS]; /* mean over the parts, 0..1, per bin */
} ifc_usage_row;

/** The one token whose operators were recorded. */
typedef struct ifc_lanes {
    bool present;
    bool complete; /* false: interrupted in it */
    bool cut;      /* the slices end before the token does */
    uint32_t token, layers;
    ifc_time begin, end;
    char phase_name[IFC_LANE_PHASES][16]; /* "" after the last */
} ifc_lanes;

/** One operator of that token, or all of one layer and kind taken together. */
typedef struct ifc_lane_row {
    char operator_name[24], resource[IFC_NAME_MAX];
    uint32_t layer, head_group, head_groups;
    uint32_t operators;            /* taken together: earliest issue and begin, latest end */
    ifc_time issue, begin, end;    /* asked for, first service, done */
    double phase[IFC_LANE_PHASES]; /* shares of its commands' time; sum to 1 if there is any */
} ifc_lane_row;

/** A policy of the run. */
typedef struct ifc_policy_row {
    char kind[16];            /* "dispatch", ..., "observer" */
    char label[IFC_NAME_MAX]; /* the kind; of an observer: the name the user gave it */
    char name[IFC_NAME_MAX];
    char plugin[IFC_PATH_MAX]; /* shared object it came from; "": built in */
    char digest[17];           /* of its bytes */
    bool chosen;               /* not the one a scenario has that names none */
    bool asked;                /* one of its ops was called */
} ifc_policy_row;

/** A parameter or a statistic of a policy. */
typedef struct ifc_policy_value_row {
    uint32_t policy; /* index of its row */
    bool statistic;
    char name[IFC_NAME_MAX];
    char unit[24];
    char text[160]; /* parameter: as a scenario would write it */
    double value;   /* statistic */
} ifc_policy_value_row;

#define IFC_COUNT_FIELD(field, ...) uint64_t field;
#define IFC_COUNT_NO_FIELD(...)

typedef struct ifc_result {
    const ifc_scenario *scenario; /* borrowed */
    char scenario_hash[17];       /* hex; of the resolved scenario */
    ifc_outcome outcome;
    const char *grain; /* "page", "plane", "die" */
    char grain_reason[160];

    uint32_t tokens; /* finished */
    ifc_time
        *token_latency; /* owned; tokens entries, in order; NULL: of requests, which are counted instead */
    ifc_latency_count *latency_counts; /* owned; by time */
    uint32_t n_latency_counts;
    ifc_time decode_ps; /* of all steps: their sum, unless tokens of several sequences, or drafted ones, share
                           steps */
    uint64_t prompt_tokens; /* prefilled */
    ifc_time ttft;          /* from the begin until each sequence had its first token; 0: no prompt */
    ifc_window window;      /* what they cover */
    ifc_time end_time;      /* of the simulation, drained */
    IFC_COUNT_MAP(IFC_COUNT_FIELD, IFC_COUNT_NO_FIELD, IFC_COUNT_NO_FIELD, IFC_COUNT_NO_FIELD)
    uint64_t flushes;                         /* layer flushes of the KV buffer */
    uint64_t kv_buffer_peak, kv_buffer_bytes; /* bytes gathered at most, and there are */
    double kv_buffer_mean;
    uint64_t layers, layers_reused;   /* decoded; of them, those that were known from before */
    char reuse_why_not[120];          /* of the rest; empty: they came for the first time */
    double power_budget, power_drawn; /* W: of array operations; drawn at most. 0: there is no budget */
    ifc_time power_wait;              /* of all commands for it */
    double peak_power; /* W, of one die: of the command that draws most while its planes work */

    /* all owned */
    ifc_energy_row *energy;
    uint32_t n_energy;
    ifc_path_row *path; /* ranked, longest first; sums to the summed token latency */
    uint32_t n_path;
    ifc_resource_row *resources;
    uint32_t n_resources;
    ifc_rate_row *rates;
    uint32_t n_rates;
    ifc_capacity_row *capacity;
    uint32_t n_capacity;
    int overflow; /* index into capacity, -1: fits */
    ifc_split_row *splits;
    uint32_t n_splits;
    ifc_wear_row *wear;
    uint32_t n_wear;
    ifc_operator_row *operators; /* in the order of a token */
    uint32_t n_operators;
    ifc_policy_row *policies;
    uint32_t n_policies;
    ifc_policy_value_row *policy_values;
    uint32_t n_policy_values;
    ifc_request_row *requests; /* owned; finished ones, in the order they began */
    uint32_t n_requests;
    uint64_t requests_begun;  /* finished or under way when the run ended */
    uint64_t tokens_begun;    /* that those under way had generated */
    ifc_stream_result stream; /* valid when the workload is a stream */
    ifc_flow_row *flows;      /* owned; where there are several, as the scenario has them */
    uint32_t n_flows;
    ifc_histogram_row *histogram; /* owned; of all requests of a stream, then of each flow; by time */
    uint32_t n_histogram;

    /* only recorded when asked; owned */
    ifc_usage_row *usage;
    uint32_t n_usage, usage_bins; /* bins used of each row; the last may be cut by the run's end */
    ifc_time usage_bin;           /* width of a bin */
    ifc_lanes lanes;
    ifc_lane_row *lane_rows; /* by layer and kind */
    uint32_t n_lane_rows;
    ifc_lane_row *lane_slices; /* one by one, of the first layers */
    uint32_t n_lane_slices;
} ifc_result;

/** ifc_result_fini() - release what @r owns and zero it. */
void ifc_result_fini(ifc_result *r);

#endif
