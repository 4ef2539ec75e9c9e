/**
 * Each figure of a result stands at its own key in JSON and in the table: every one has another value.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/csv.h"
#include "platform/observe/figures.h"
#include "platform/observe/json.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sample_result.h"
#include "tests/unit/support/sim.h"

#define TOKENS 200u

static ifc_scenario scenario;
static ifc_result result;

/* Latencies of 1, 2, ... TOKENS us, the longest first. */
static void setup(void)
{
    sample_scenario(&scenario);
    sample_result(&result, &scenario);
    free(result.token_latency);
    result.tokens = TOKENS;
    result.token_latency = calloc(TOKENS, sizeof *result.token_latency);
    for (unsigned i = 0; i < TOKENS; i++)
        result.token_latency[i] = (TOKENS - i) * IFC_US;
    result.pages_sensed = 1001;
    result.pages_programmed = 1002;
    result.blocks_erased = 1003;
    result.macs = 1004;
    result.bus_bytes_down = 1005;
    result.bus_bytes_up = 1006;
    result.dram_bytes = 1007;
    result.useful_kv_bytes = 1008;
    result.sensed_kv_bytes = 1009;
    result.die_commands = 1010;
    result.kernel_events = 1011;
    result.kv_buffer_bytes = 1012;
    result.kv_buffer_peak = 1013;
    result.kv_buffer_mean = 1014;
    result.flushes = 1015;
    result.peak_power = 1016;
    result.rates[0] = (ifc_rate_row){"g1 array", "B/s", 1017, 1018, 0.1019};
    result.wear[0] = (ifc_wear_row){.group = "g2",
                                    .pages_programmed = 1020,
                                    .blocks_erased = 1021,
                                    .pe_mean = 1022,
                                    .pe_max = 1023,
                                    .reads_per_block_mean = 1024,
                                    .reads_per_block_max = 1025,
                                    .refreshes_per_token = 1026,
                                    .lifetime_tokens = 1027,
                                    .program_skew = 1028};
    result.operators = calloc(1, sizeof *result.operators);
    result.n_operators = 1;
    result.operators[0] = (ifc_operator_row){.name = "qkv",
                                             .group = 0,
                                             .count = 1030,
                                             .active_ps = 1031,
                                             .npu_ps = 1032,
                                             .npu_ops = 1033,
                                             .macs = 1034,
                                             .bytes_sensed = 1035,
                                             .bytes_down = 1036,
                                             .bytes_up = 1037,
                                             .dram_bytes = 1038};
}

static char *text; /* of the table */
static json_t *root;

static void write_both(void)
{
    size_t size;
    char *json = NULL;
    ifc_error err = {.status = IFC_OK};
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_EQUAL(ifc_write_csv(&result, false, true, out, &err), IFC_OK);
    fclose(out);
    out = open_memstream(&json, &size);
    CU_ASSERT_EQUAL(ifc_write_json(&result, NULL, out, &err), IFC_OK);
    fclose(out);
    root = json_loads(json, 0, NULL);
    free(json);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
}

static void release(void)
{
    free(text);
    json_decref(root);
    ifc_result_fini(&result);
}

/* "section,name,field" of the table; "a.b.0.c" of the JSON text. */
static void is(const char *line, const char *path, double value)
{
    char start[128], key[64];
    snprintf(start, sizeof start, "\n%s,", line);
    const char *at = strstr(text, start);
    CU_ASSERT(sim_near(line, at ? strtod(at + strlen(start), NULL) : -1, value, 1e-12, 0));
    const json_t *o = root;
    for (const char *p = path; *p; p += strcspn(p, ".") + (p[strcspn(p, ".")] == '.')) {
        snprintf(key, sizeof key, "%.*s", (int)strcspn(p, "."), p);
        o = json_is_array(o) ? json_array_get(o, (size_t)atoi(key)) : json_object_get(o, key);
    }
    CU_ASSERT(sim_near(path, json_is_number(o) ? json_number_value(o) : -1, value, 1e-12, 0));
}

static void latencies(void)
{
    setup();
    write_both();
    is("decode,,tokens", "decode.tokens", TOKENS);
    is("decode,,latency_mean", "decode.latency_ps.mean", 100.5e6);
    is("decode,,latency_p50", "decode.latency_ps.p50", 100e6);
    is("decode,,latency_p99", "decode.latency_ps.p99", 198e6);
    is("decode,,latency_min", "decode.latency_ps.min", 1e6);
    is("decode,,latency_max", "decode.latency_ps.max", 200e6);
    is("decode,,tokens_per_second", "decode.tokens_per_second", 1 / 100.5e-6);
    is("token,0,latency", "decode.token_latency_ps.0", 200e6);
    is("token,199,latency", "decode.token_latency_ps.199", 1e6);
    release();
}

static void counts(void)
{
    setup();
    write_both();
    is("counts,,pages_sensed", "counts.pages_sensed", 1001);
    is("counts,,pages_programmed", "counts.pages_programmed", 1002);
    is("counts,,blocks_erased", "counts.blocks_erased", 1003);
    is("counts,,macs", "counts.macs", 1004);
    is("counts,,bus_bytes_down", "counts.bus_bytes_down", 1005);
    is("counts,,bus_bytes_up", "counts.bus_bytes_up", 1006);
    is("counts,,dram_bytes", "counts.dram_bytes", 1007);
    is("counts,,useful_kv_bytes", "counts.useful_kv_bytes", 1008);
    is("counts,,sensed_kv_bytes", "counts.sensed_kv_bytes", 1009);
    is("counts,,die_commands", "counts.die_commands", 1010);
    is("counts,,kernel_events", "counts.kernel_events", 1011);
    is("kv_buffer,,size", "kv_buffer.bytes", 1012);
    is("kv_buffer,,peak", "kv_buffer.peak_bytes", 1013);
    is("kv_buffer,,mean", "kv_buffer.mean_bytes", 1014);
    is("kv_buffer,,flushes", "kv_buffer.flushes", 1015);
    is("power,,die_peak", "power_w.die_peak", 1016);
    release();
}

static void rows_of_tables(void)
{
    setup();
    write_both();
    is("rates,g1 array,attained", "rates.0.attained", 1017);
    is("rates,g1 array,peak", "rates.0.peak", 1018);
    is("rates,g1 array,busy_share", "rates.0.busy_share", 0.1019);
    is("wear,g2,pages_programmed", "wear.0.pages_programmed", 1020);
    is("wear,g2,blocks_erased", "wear.0.blocks_erased", 1021);
    is("wear,g2,pe_mean", "wear.0.pe_mean", 1022);
    is("wear,g2,pe_max", "wear.0.pe_max", 1023);
    is("wear,g2,reads_per_block_mean", "wear.0.reads_per_block_mean", 1024);
    is("wear,g2,reads_per_block_max", "wear.0.reads_per_block_max", 1025);
    is("wear,g2,refreshes_per_token", "wear.0.refreshes_per_token", 1026);
    is("wear,g2,lifetime", "wear.0.lifetime_tokens", 1027);
    is("wear,g2,program_skew", "wear.0.program_skew", 1028);
    is("operators,qkv,count", "operators.0.count", 1030);
    is("operators,qkv,active", "operators.0.active_ps", 1031);
    is("operators,qkv,npu", "operators.0.npu_ps", 1032);
    is("operators,qkv,npu_ops", "operators.0.npu_ops", 1033);
    is("operators,qkv,macs", "operators.0.macs", 1034);
    is("operators,qkv,bytes_sensed", "operators.0.bytes_sensed", 1035);
    is("operators,qkv,bus_bytes_down", "operators.0.bus_bytes_down", 1036);
    is("operators,qkv,bus_bytes_up", "operators.0.bus_bytes_up", 1037);
    is("operators,qkv,dram_bytes", "operators.0.dram_bytes", 1038);
    is("resources,channel0,busy", "resources.0.busy_ps", 95e9);
    is("resources,channel0,wait", "resources.0.wait_ps", 10e9);
    is("resources,channel0,served", "resources.0.served", 100);
    is("resources,channel0,bytes", "resources.0.bytes", 400000000);
    is("capacity,g2,used", "capacity.1.used_bytes", 1e9);
    is("capacity,g2,total", "capacity.1.total_bytes", 17e9);
    is("capacity,g1,weights", "capacity.0.weights_bytes", 4e9);
    is("capacity,g2,kv", "capacity.1.kv_bytes", 1e9);
    release();
}

/* 0.4 J in 100 ms, 0.3 J of it in flash. */
static void powers(void)
{
    setup();
    write_both();
    is("power,,average", "power_w.average", 4);
    is("power,,flash_average", "power_w.flash_average", 3);
    is("decode,,energy_per_token", "decode.energy_j_per_token", 0.4 / TOKENS);
    release();
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"latencies", latencies},
        {"counts", counts},
        {"rows of tables", rows_of_tables},
        {"powers", powers},
    };
    return IFC_RUN_TESTS("figures in place", tests);
}
