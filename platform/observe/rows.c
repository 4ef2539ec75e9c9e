#include "platform/observe/rows.h"

#include <string.h>

#include "platform/observe/figures.h"
#include "platform/observe/requests.h"

/* A field of the list's struct; the rest of the row follows. */
#define AT(type, field) .offset = offsetof(type, field), .bytes = sizeof(((type *)NULL)->field)

#define COUNT(type, field, json_key, csv_key, in)                                                            \
    {                                                                                                        \
        .kind = IFC_ROW_COUNT, .json = json_key, .csv = csv_key, .unit = in, AT(type, field)                 \
    }
#define REAL(type, field, json_key, csv_key, in)                                                             \
    {                                                                                                        \
        .kind = IFC_ROW_REAL, .json = json_key, .csv = csv_key, .unit = in, AT(type, field)                  \
    }

/* A function of the result alone as one of a row. */
#define OF_RESULT(name, function)                                                                            \
    static double name(const ifc_result *r, const void *from)                                                \
    {                                                                                                        \
        (void)from;                                                                                          \
        return function(r);                                                                                  \
    }

static uint64_t tokens(const ifc_result *r)
{
    return r->tokens;
}

OF_RESULT(of_speed, ifc_tokens_per_second)
OF_RESULT(of_energy, ifc_energy_per_token)
OF_RESULT(of_power, ifc_average_power)
OF_RESULT(of_flash_power, ifc_flash_power)

#define LATENCY(field) IFC_ROW_COUNT, "latency_ps." #field, "latency_" #field, "ps"

const ifc_row ifc_rows_decode[] = {
    {IFC_ROW_COUNT, "tokens", "tokens", "", .diff = "tokens", .sum = tokens},
    {IFC_ROW_REAL, "tokens_per_second", "tokens_per_second", "1/s", .diff = "tokens per second",
     .of = of_speed},
    {IFC_ROW_REAL, "latency_ps.mean", "latency_mean", "ps", .diff = "latency mean",
     AT(ifc_latency_figures, mean)},
    {LATENCY(p50), .diff = "latency p50", AT(ifc_latency_figures, p50)},
    {LATENCY(p99), .diff = "latency p99", AT(ifc_latency_figures, p99)},
    {LATENCY(min), AT(ifc_latency_figures, min)},
    {LATENCY(max), .diff = "latency max", AT(ifc_latency_figures, max)},
    {IFC_ROW_REAL, "energy_j_per_token", "energy_per_token", "J", .diff = "energy per token",
     .of = of_energy},
    {0},
};

#define TAIL_ROW(type, field, key, part, column, compared)                                                   \
    {                                                                                                        \
        IFC_ROW_COUNT, "latency_ps." key, column "_" key, "ps", .diff = compared, AT(type, field.part)       \
    }

/* Latencies of requests. */
#define TAIL(type, field, column, compared)                                                                  \
    TAIL_ROW(type, field, "mean", mean, column, compared " mean"),                                           \
        TAIL_ROW(type, field, "p50", p50, column, compared " p50"),                                          \
        TAIL_ROW(type, field, "p99", p99, column, compared " p99"),                                          \
        TAIL_ROW(type, field, "p99_9", p999, column, compared " p99.9"),                                     \
        TAIL_ROW(type, field, "max", max, column, compared " max")

static double requests_per_second(const ifc_result *r, const void *from)
{
    return ifc_ratio((double)((const ifc_stream_result *)from)->requests * 1e12, (double)r->end_time);
}

const ifc_row ifc_rows_stream[] = {
    {IFC_ROW_COUNT, "requests", "requests", "", .diff = "requests", AT(ifc_stream_result, requests)},
    COUNT(ifc_stream_result, bytes, "bytes", "bytes", "B"),
    {IFC_ROW_REAL, "bytes_per_second", "rate", "B/s", .diff = "bandwidth",
     AT(ifc_stream_result, bytes_per_second)},
    {IFC_ROW_REAL, "requests_per_second", NULL, "1/s", .of = requests_per_second},
    REAL(ifc_stream_result, bus_limit, "limit_bytes_per_second.bus", "bus_limit", "B/s"),
    REAL(ifc_stream_result, array_limit, "limit_bytes_per_second.array", "array_limit", "B/s"),
    REAL(ifc_stream_result, compute_limit, "limit_bytes_per_second.compute", "compute_limit", "B/s"),
    TAIL(ifc_stream_result, latency, "latency", "latency"),
    REAL(ifc_stream_result, wait_mean_ps, "bus_wait_mean_ps", "bus_wait_mean", "ps"),
    {0},
};

const ifc_row ifc_rows_stream_reads[] = {
    {IFC_ROW_COUNT, "count", "reads", "", .diff = "reads", AT(ifc_stream_result, reads.count)},
    TAIL(ifc_stream_result, reads, "read_latency", "read latency"),
    {0},
};

const ifc_row ifc_rows_flow[] = {
    COUNT(ifc_flow_row, requests, "requests", "requests", ""),
    COUNT(ifc_flow_row, bytes, "bytes", "bytes", "B"),
    REAL(ifc_flow_row, bytes_per_second, "bytes_per_second", "rate", "B/s"),
    TAIL(ifc_flow_row, latency, "latency", "latency"),
    {0},
};

const ifc_row ifc_rows_flow_reads[] = {
    COUNT(ifc_flow_row, reads.count, "count", "reads", ""),
    TAIL(ifc_flow_row, reads, "read_latency", "read latency"),
    {0},
};

/* Of one time of all requests; CSV has a name for each of them. */
#define TIMES(field, key, compared)                                                                           \
    {IFC_ROW_REAL, key ".mean", NULL, "ps", .diff = compared " mean", AT(ifc_request_figures, field.mean)},   \
        {IFC_ROW_COUNT, key ".p50", NULL, "ps", .diff = compared " p50", AT(ifc_request_figures, field.p50)}, \
        {IFC_ROW_COUNT, key ".p90", NULL, "ps", .diff = compared " p90", AT(ifc_request_figures, field.p90)}, \
        {IFC_ROW_COUNT, key ".p99", NULL, "ps", .diff = compared " p99", AT(ifc_request_figures, field.p99)}, \
    {                                                                                                         \
        IFC_ROW_COUNT, key ".max", NULL, "ps", .diff = compared " max", AT(ifc_request_figures, field.max)    \
    }

const ifc_row ifc_rows_requests[] = {
    {IFC_ROW_COUNT, "count", "count", "", .diff = "requests", AT(ifc_request_figures, count)},
    TIMES(queue, "queue_ps", "waiting"),
    TIMES(ttft, "ttft_ps", "first token"),
    TIMES(tpot, "tpot_ps", "each further token"),
    TIMES(latency, "latency_ps", "request"),
    {IFC_ROW_REAL, "tokens_per_second", "tokens_per_second", "1/s", .diff = "tokens per second served",
     AT(ifc_request_figures, tokens_per_second)},
    {IFC_ROW_REAL, "requests_per_second", "requests_per_second", "1/s", .diff = "requests per second",
     AT(ifc_request_figures, requests_per_second)},
    {IFC_ROW_REAL, "energy_j_per_request", "energy_per_request", "J", .diff = "energy per request",
     AT(ifc_request_figures, energy)},
    {IFC_ROW_REAL, "busy_share", "busy_share", "ratio", .diff = "busy share",
     AT(ifc_request_figures, busy_share)},
    COUNT(ifc_request_figures, prompt, "prompt_tokens", "prompt", "tokens"),
    COUNT(ifc_request_figures, cached, "cached_tokens", "cached", "tokens"),
    COUNT(ifc_request_figures, generated, "generated_tokens", "generated", "tokens"),
    {0},
};

const ifc_row ifc_rows_contexts[] = {
    TIMES(switching, "switching_ps", "switching"),
    REAL(ifc_request_figures, held, "held", "held", "contexts"),
    REAL(ifc_request_figures, resident, "resident", "resident", "contexts"),
    REAL(ifc_request_figures, resident_share, "resident_share", "resident_share", "ratio"),
    COUNT(ifc_request_figures, loaded, "loaded_bytes", "loaded", "B"),
    COUNT(ifc_request_figures, recomputed, "recomputed_tokens", "recomputed", "tokens"),
    COUNT(ifc_request_figures, written, "written_bytes", "written", "B"),
    COUNT(ifc_request_figures, ahead, "written_ahead_bytes", "written_ahead", "B"),
    {0},
};

const ifc_row ifc_rows_window[] = {
    COUNT(ifc_window, tokens, "tokens", "tokens", "tokens"),
    COUNT(ifc_window, period, "period_tokens", "period", "tokens"),
    REAL(ifc_window, flushes_due, "flushes_due", "flushes_due", ""),
    REAL(ifc_window, pages_due, "pages_due", "pages_due", "pages"),
    COUNT(ifc_window, pages_first, "pages_first", "pages_first", "pages"),
    COUNT(ifc_window, pages_last, "pages_last", "pages_last", "pages"),
    COUNT(ifc_window, planes, "planes", "planes", "planes"),
    {0},
};

#define NOTHING(...)
#define FUNCTION(key, function, ...) OF_RESULT(of_##key, function)
IFC_COUNT_MAP(NOTHING, NOTHING, FUNCTION, NOTHING)

#define FIELD(field, in, label, compared)                                                                    \
    {IFC_ROW_COUNT, #field, #field, in, label, compared, AT(ifc_result, field)},
#define SUM(key, function, in, compared)   {IFC_ROW_COUNT, #key, NULL, in, .diff = compared, .sum = function},
#define RATIO(key, function, in, compared) {IFC_ROW_REAL, #key, NULL, in, .diff = compared, .of = of_##key},
#define LISTED(field, in, label)           {IFC_ROW_COUNT, .unit = in, .text = label, AT(ifc_result, field)},

const ifc_row ifc_rows_counts[] = {IFC_COUNT_MAP(FIELD, SUM, RATIO, LISTED){0}};

const ifc_row ifc_rows_buffer[] = {
    COUNT(ifc_result, kv_buffer_bytes, "bytes", "size", "B"),
    COUNT(ifc_result, kv_buffer_peak, "peak_bytes", "peak", "B"),
    REAL(ifc_result, kv_buffer_mean, "mean_bytes", "mean", "B"),
    {IFC_ROW_COUNT, "flushes", "flushes", "", .diff = "KV flushes", AT(ifc_result, flushes)},
    {0},
};

const ifc_row ifc_rows_power[] = {
    {IFC_ROW_REAL, "average", "average", "W", .diff = "power", .of = of_power},
    {IFC_ROW_REAL, "flash_average", "flash_average", "W", .of = of_flash_power},
    REAL(ifc_result, peak_power, "die_peak", "die_peak", "W"),
    {0},
};

const ifc_row ifc_rows_operator[] = {
    COUNT(ifc_operator_row, count, "count", "count", ""),
    COUNT(ifc_operator_row, active_ps, "active_ps", "active", "ps"),
    COUNT(ifc_operator_row, npu_ps, "npu_ps", "npu", "ps"),
    REAL(ifc_operator_row, npu_ops, "npu_ops", "npu_ops", ""),
    COUNT(ifc_operator_row, macs, "macs", "macs", "MAC"),
    REAL(ifc_operator_row, bytes_sensed, "bytes_sensed", "bytes_sensed", "B"),
    COUNT(ifc_operator_row, bytes_down, "bus_bytes_down", "bus_bytes_down", "B"),
    COUNT(ifc_operator_row, bytes_up, "bus_bytes_up", "bus_bytes_up", "B"),
    COUNT(ifc_operator_row, dram_bytes, "dram_bytes", "dram_bytes", "B"),
    {0},
};

const ifc_row ifc_rows_capacity[] = {
    COUNT(ifc_capacity_row, used, "used_bytes", "used", "B"),
    COUNT(ifc_capacity_row, total, "total_bytes", "total", "B"),
    COUNT(ifc_capacity_row, weights, "weights_bytes", "weights", "B"),
    COUNT(ifc_capacity_row, kv, "kv_bytes", "kv", "B"),
    {0},
};

static double share_in_dies(const ifc_result *r, const void *from)
{
    const ifc_split_row *row = from;
    (void)r;
    return ifc_ratio((double)row->bytes_in_dies, (double)row->bytes);
}

const ifc_row ifc_rows_splits[] = {
    COUNT(ifc_split_row, rows, "rows", "rows", ""),
    COUNT(ifc_split_row, cols, "cols", "cols", ""),
    COUNT(ifc_split_row, tile_rows, "tile_rows", "tile_rows", ""),
    COUNT(ifc_split_row, tile_cols, "tile_cols", "tile_cols", ""),
    COUNT(ifc_split_row, tiles, "tiles", "tiles", ""),
    COUNT(ifc_split_row, in_dies, "tiles_in_dies", "tiles_in_dies", ""),
    COUNT(ifc_split_row, bytes, "bytes", "bytes", "B"),
    COUNT(ifc_split_row, bytes_in_dies, "bytes_in_dies", "bytes_in_dies", "B"),
    {IFC_ROW_REAL, "share", "share", "", .of = share_in_dies},
    {0},
};

static double years_projected(const ifc_result *r, const void *from)
{
    return ifc_lifetime_years(r, ((const ifc_wear_row *)from)->lifetime_projected);
}

static double years_simulated(const ifc_result *r, const void *from)
{
    return ifc_lifetime_years(r, ((const ifc_wear_row *)from)->lifetime_simulated);
}

static uint64_t hours_a_day(const ifc_result *r)
{
    return ifc_hours_a_day(r);
}

const ifc_row ifc_rows_budget[] = {
    REAL(ifc_result, power_budget, "budget_w", "budget", "W"),
    REAL(ifc_result, power_drawn, "drawn_w", "drawn", "W"),
    COUNT(ifc_result, power_wait, "wait_ps", "wait", "ps"),
    {0},
};

const ifc_row ifc_rows_errors[] = {
    REAL(ifc_errors_row, pe_scale, "pe_scale", "pe_scale", "ratio"),
    COUNT(ifc_errors_row, failed, "failed_pages", "failed", "pages"),
    COUNT(ifc_errors_row, resensed, "resensed_pages", "resensed", "pages"),
    COUNT(ifc_errors_row, lost_weights, "uncorrectable.weights", "uncorrectable_weights", "pages"),
    COUNT(ifc_errors_row, lost_kv, "uncorrectable.kv", "uncorrectable_kv", "pages"),
    COUNT(ifc_errors_row, lost_other, "uncorrectable.other", "uncorrectable_other", "pages"),
    COUNT(ifc_errors_row, beyond, "beyond_law", "beyond_law", ""),
    {0},
};

const ifc_row ifc_rows_wear[] = {
    COUNT(ifc_wear_row, pages_programmed, "pages_programmed", "pages_programmed", "pages"),
    COUNT(ifc_wear_row, blocks_erased, "blocks_erased", "blocks_erased", "blocks"),
    REAL(ifc_wear_row, pe_mean, "pe_mean", "pe_mean", "cycles"),
    REAL(ifc_wear_row, pe_max, "pe_max", "pe_max", "cycles"),
    REAL(ifc_wear_row, reads_per_block_mean, "reads_per_block_mean", "reads_per_block_mean", "reads"),
    REAL(ifc_wear_row, reads_per_block_max, "reads_per_block_max", "reads_per_block_max", "reads"),
    REAL(ifc_wear_row, program_skew, "program_skew", NULL, "ratio"),
    REAL(ifc_wear_row, refreshes_per_token, "refreshes_per_token", "refreshes_per_token", "blocks"),
    REAL(ifc_wear_row, lifetime_tokens, "lifetime_tokens", "lifetime", "tokens"),
    REAL(ifc_wear_row, program_skew, NULL, "program_skew", "ratio"),
    REAL(ifc_wear_row, lifetime_projected, "lifetime_projected_tokens", "lifetime_projected", "tokens"),
    {IFC_ROW_REAL, "lifetime_projected_years", "lifetime_projected_years", "years", .of = years_projected},
    REAL(ifc_wear_row, lifetime_simulated, "lifetime_simulated_tokens", "lifetime_simulated", "tokens"),
    {IFC_ROW_REAL, "lifetime_simulated_years", "lifetime_simulated_years", "years", .of = years_simulated},
    {IFC_ROW_COUNT, "lifetime_hours_a_day", "lifetime_hours_a_day", "h", .sum = hours_a_day},
    COUNT(ifc_wear_row, moves, "moves", "moves", ""),
    {0},
};

#define SPREAD(field)                                                                                        \
    REAL(ifc_wear_row, field.p50, #field ".p50", #field "_p50", ""),                                         \
        REAL(ifc_wear_row, field.p90, #field ".p90", #field "_p90", ""),                                     \
        REAL(ifc_wear_row, field.p99, #field ".p99", #field "_p99", ""),                                     \
        REAL(ifc_wear_row, field.max, #field ".max", #field "_max", "")

const ifc_row ifc_rows_blocks[] = {SPREAD(pe), SPREAD(reads), SPREAD(kv_reads), {0}};

uint64_t ifc_row_count(const ifc_row *row, const ifc_result *r, const void *from)
{
    if (row->sum)
        return row->sum(r);
    const char *field = (const char *)from + row->offset;
    uint32_t narrow;
    uint64_t value;
    if (row->bytes == sizeof narrow) {
        memcpy(&narrow, field, sizeof narrow);
        return narrow;
    }
    memcpy(&value, field, sizeof value);
    return value;
}

double ifc_row_real(const ifc_row *row, const ifc_result *r, const void *from)
{
    double value;
    if (row->kind == IFC_ROW_COUNT)
        return (double)ifc_row_count(row, r, from);
    if (row->of)
        return row->of(r, from);
    memcpy(&value, (const char *)from + row->offset, sizeof value);
    return value;
}
