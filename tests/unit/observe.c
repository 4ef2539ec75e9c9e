/**
 * The writers of a result, on one that was made by hand.
 */
#include <dirent.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/common/printable.h"
#include "platform/observe/csv.h"
#include "platform/observe/figures.h"
#include "platform/observe/format.h"
#include "platform/observe/json.h"
#include "platform/observe/output.h"
#include "platform/observe/summary.h"
#include "platform/observe/warnings.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sample_result.h"

static ifc_scenario scenario;
static ifc_result result;

static void setup(void)
{
    sample_scenario(&scenario);
    sample_result(&result, &scenario);
}

/* Whole file as text; owned. */
static char *slurp(const char *path)
{
    FILE *in = fopen(path, "r");
    char *text = calloc(1, 65536);
    if (in) {
        size_t n = fread(text, 1, 65535, in);
        text[n] = '\0';
        fclose(in);
    }
    return text;
}

enum format { TEXT, JSON, CSV };

static ifc_status write_as(enum format format, FILE *out, ifc_error *err)
{
    switch (format) {
    case TEXT:
        return ifc_write_summary(&result, out, err);
    case JSON:
        return ifc_write_json(&result, "model: ...", out, err);
    default:
        return ifc_write_csv(&result, false, true, out, err);
    }
}

/* The text of a writer; owned. */
static char *written(enum format format)
{
    ifc_text t = {0};
    CU_ASSERT_EQUAL(ifc_text_begin(&t, NULL), IFC_OK);
    CU_ASSERT_EQUAL(write_as(format, t.stream, NULL), IFC_OK);
    CU_ASSERT_EQUAL(ifc_text_end(&t, NULL), IFC_OK);
    return t.data;
}

static void compare_with(const char *golden, enum format format)
{
    char path[512];
    snprintf(path, sizeof path, IFC_SOURCE_DIR "/tests/unit/golden/%s", golden);
    char *expected = slurp(path), *got = written(format);
    if (strcmp(expected, got) != 0)
        fprintf(stderr, "---- %s, got:\n%s----\n", golden, got);
    CU_ASSERT_STRING_EQUAL(got, expected);
    free(expected);
    free(got);
}

static void text_is_as_agreed(void)
{
    setup();
    compare_with("summary.txt", TEXT);
    ifc_result_fini(&result);
}

static void stream_text_is_as_agreed(void)
{
    setup();
    scenario.workload = (ifc_workload){
        .kind = IFC_WORKLOAD_STREAM,
        .stream = {.group = "g1", .op = IFC_STREAM_READ, .count = 1000, .planes = 4, .dies = 1, .pages = 1}};
    ifc_result_fini(&result);
    sample_result(&result, &scenario);
    result.tokens = result.n_path = result.n_capacity = result.n_wear = 0;
    result.useful_kv_bytes = result.kv_buffer_bytes = 0;
    result.stream = (ifc_stream_result){.requests = 1000,
                                        .bytes = 800000000,
                                        .bytes_per_second = 8e9,
                                        .bus_limit = 9.6e9,
                                        .array_limit = 32e9,
                                        .latency.mean = 25 * IFC_US,
                                        .latency.p50 = 20 * IFC_US,
                                        .latency.p99 = 60 * IFC_US,
                                        .latency.p999 = 70 * IFC_US,
                                        .latency.max = 80 * IFC_US,
                                        .wait_mean_ps = 1.5e6};
    compare_with("stream.txt", TEXT);
    ifc_result_fini(&result);
}

static void csv_is_as_agreed(void)
{
    setup();
    compare_with("statistics.csv", CSV);
    ifc_result_fini(&result);
}

/* A default policy and two that were chosen, one of them from a plug-in. */
static void choose_policies(void)
{
    static const ifc_policy_row rows[] = {
        {"arbiter", "arbiter", "fifo", "", "", false, true},
        {"dispatch", "dispatch", "newest", "/a/mine.so", "00112233445566ff", true, true},
        {"observer", "times", "class-latency", "", "", true, true}};
    static const ifc_policy_value_row values[] = {{1, false, "patience", "ps", "\"3 ms\"", 0},
                                                  {1, true, "overtaken", "count", "", 12},
                                                  {2, true, "mean", "ps", "", 4.5e6}};
    SAMPLE_COPY(result.policies, result.n_policies, rows);
    SAMPLE_COPY(result.policy_values, result.n_policy_values, values);
}

static void prints(enum format format, const char *part)
{
    char *text = written(format);
    if (!strstr(text, part))
        fprintf(stderr, "---- no \"%s\" in:\n%s----\n", part, text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
    free(text);
}

static void chosen_policies_and_the_dies_as_run_are_named(void)
{
    setup();
    choose_policies();
    strcpy(scenario.title, "Sample on 8 + 8 dies");
    scenario.groups[0].dies = 11;
    prints(TEXT, "4 tokens decoded\ng1 11 dies, g2 1 die\n"
                 "policies: dispatch newest of mine.so 00112233445566ff, observer times class-latency\n");
    prints(TEXT, "\nPolicies that are not the default\n"
                 "  dispatch newest of mine.so 00112233445566ff\n"
                 "    patience = \"3 ms\"\n"
                 "    overtaken                          12\n"
                 "  observer times class-latency\n"
                 "    mean                         4.500 us\n");
    prints(CSV, "dies,g1,count,11,dies\r\ndies,g2,count,1,dies\r\n"
                "policies,arbiter,name,fifo,\r\npolicies,arbiter,default,true,\r\n"
                "policies,dispatch,name,newest,\r\npolicies,dispatch,default,false,\r\n"
                "policies,dispatch,plugin,/a/mine.so,\r\n"
                "policies,dispatch,plugin_hash,00112233445566ff,\r\n"
                "policies,dispatch,parameters.patience,\"\"\"3 ms\"\"\",\r\n"
                "policies,dispatch,statistics.overtaken,12,count\r\n"
                "policies,observers.times,name,class-latency,\r\n");
    prints(JSON, " \"dies\": {\n  \"g1\": 11,\n  \"g2\": 1\n }");
    prints(JSON, "\"plugin_hash\": \"00112233445566ff\",\n   \"default\": false");
    result.outcome = IFC_RUN_OUT_OF_MEMORY; /* its head says it, too */
    prints(TEXT, "g1 11 dies, g2 1 die\npolicies: dispatch newest");
    ifc_result_fini(&result);
}

/* RFC 4180: five fields a line, CRLF, quotes doubled inside quotes. */
static void csv_quotes_what_needs_it(void)
{
    setup();
    strcpy(scenario.title, "a \"b\", c\nd");
    char *text = written(CSV);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "run,,title,\"a \"\"b\"\", c\nd\",\r\n"));
    unsigned commas = 0, bad = 0;
    bool quoted = false;
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (*p == ',' && !quoted)
            commas++;
        else if (*p == '\n' && !quoted) {
            bad += commas != 4 || p[-1] != '\r';
            commas = 0;
        }
    }
    CU_ASSERT_EQUAL(bad, 0);
    free(text);
    ifc_result_fini(&result);
}

static const json_t *at(const json_t *root, const char *a, const char *b)
{
    const json_t *o = json_object_get(root, a);
    return b ? json_object_get(o, b) : o;
}

static void json_has_the_documented_keys(void)
{
    static const char *const first[] = {"schema",   "version", "scenario", "scenario_hash", "status",
                                        "decode",   "counts",  "energy_j", "critical_path", "resources",
                                        "capacity", "wear",    "rates",    "kv_buffer",     "grain",
                                        "warnings", "resolved"};
    setup();
    char *text = written(JSON);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    CU_ASSERT_PTR_NOT_NULL(root);
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++)
        CU_ASSERT_PTR_NOT_NULL(json_object_get(root, first[i]));
    CU_ASSERT_EQUAL(json_integer_value(at(root, "schema", NULL)), 2);
    CU_ASSERT_STRING_EQUAL(json_string_value(at(root, "status", NULL)), "ok");
    CU_ASSERT_EQUAL(json_integer_value(at(root, "decode", "tokens")), 4);
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(at(root, "decode", "tokens_per_second")), 40.0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(at(root, "decode", "energy_j_per_token")), 0.1, 1e-15);
    const json_t *latency = at(root, "decode", "latency_ps");
    CU_ASSERT_EQUAL(json_number_value(at(latency, "mean", NULL)), 25e9);
    CU_ASSERT_EQUAL(json_integer_value(at(latency, "p50", NULL)), 20 * IFC_MS);
    CU_ASSERT_EQUAL(json_integer_value(at(latency, "p99", NULL)), 40 * IFC_MS);
    CU_ASSERT_EQUAL(json_integer_value(at(latency, "min", NULL)), 10 * IFC_MS);
    CU_ASSERT_EQUAL(json_integer_value(at(latency, "max", NULL)), 40 * IFC_MS);
    CU_ASSERT_EQUAL(json_integer_value(at(root, "counts", "bus_bytes")), 800000000);
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(at(root, "energy_j", "g1.read")), 0.2, 1e-15);
    const json_t *path = json_array_get(at(root, "critical_path", NULL), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(at(path, "operator", NULL)), "qkv");
    CU_ASSERT_STRING_EQUAL(json_string_value(at(path, "resource", NULL)), "g1");
    CU_ASSERT_STRING_EQUAL(json_string_value(at(path, "phase", NULL)), "array");
    CU_ASSERT_EQUAL(json_integer_value(at(path, "ps", NULL)), 75 * IFC_MS);
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(at(path, "share", NULL)), 0.75, 1e-15);
    const json_t *channel = json_array_get(at(root, "resources", NULL), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(at(channel, "name", NULL)), "channel0");
    CU_ASSERT_EQUAL(json_integer_value(at(channel, "busy_ps", NULL)), 95 * IFC_MS);
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(at(channel, "utilisation", NULL)), 0.95, 1e-15);
    CU_ASSERT_EQUAL(json_integer_value(at(channel, "wait_ps", NULL)), 10 * IFC_MS);
    const json_t *capacity = json_array_get(at(root, "capacity", NULL), 1);
    CU_ASSERT_STRING_EQUAL(json_string_value(at(capacity, "name", NULL)), "g2");
    CU_ASSERT_EQUAL(json_integer_value(at(capacity, "used_bytes", NULL)), 1000000000);
    CU_ASSERT_EQUAL(json_integer_value(at(capacity, "total_bytes", NULL)), 17000000000);
    CU_ASSERT_PTR_NULL(at(root, "overflow", NULL));
    CU_ASSERT_STRING_EQUAL(json_string_value(at(root, "resolved", NULL)), "model: ...");
    json_decref(root);
    free(text);
    ifc_result_fini(&result);
}

static void same_result_same_bytes(void)
{
    setup();
    char *a = written(JSON), *b = written(JSON);
    CU_ASSERT_STRING_EQUAL(a, b);
    free(a);
    free(b);
    ifc_result_fini(&result);
}

static void an_empty_run_has_no_inf_or_nan(void)
{
    sample_scenario(&scenario);
    result = (ifc_result){.scenario = &scenario, .grain = "page", .overflow = -1};
    for (int kind = IFC_WORKLOAD_DECODE; kind <= IFC_WORKLOAD_STREAM; kind++) {
        scenario.workload.kind = kind;
        for (enum format f = TEXT; f <= CSV; f++) {
            char *text = written(f);
            CU_ASSERT_PTR_NULL(strstr(text, "inf\n"));
            CU_ASSERT_PTR_NULL(strstr(text, "nan"));
            CU_ASSERT_PTR_NULL(strstr(text, "-nan"));
            CU_ASSERT_PTR_NULL(strstr(text, " inf"));
            CU_ASSERT_PTR_NULL(strstr(text, ",inf"));
            if (f == JSON) {
                json_t *root = json_loads(text, 0, NULL);
                CU_ASSERT_PTR_NOT_NULL(root);
                json_decref(root);
            }
            free(text);
        }
    }
    CU_ASSERT_EQUAL(ifc_tokens_per_second(&result), 0.0);
    CU_ASSERT_EQUAL(ifc_energy_per_token(&result), 0.0);
    CU_ASSERT_EQUAL(ifc_average_power(&result), 0.0);
    CU_ASSERT_EQUAL(ifc_read_amplification(&result), 0.0);
}

static void a_run_that_does_not_fit_says_what(void)
{
    setup();
    result.outcome = IFC_RUN_OUT_OF_MEMORY;
    result.overflow = 1;
    result.capacity[1].used = 20000000000;
    char *text = written(TEXT);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "OUT OF MEMORY: g2 does not fit: 20.00 GB needed (weights 0 B, KV 1.000 GB), "
                     "17.00 GB available\n"));
    free(text);
    text = written(JSON);
    json_t *root = json_loads(text, 0, NULL);
    CU_ASSERT_STRING_EQUAL(json_string_value(at(root, "status", NULL)), "out_of_memory");
    CU_ASSERT_STRING_EQUAL(json_string_value(at(root, "overflow", "name")), "g2");
    CU_ASSERT_EQUAL(json_integer_value(at(root, "overflow", "used_bytes")), 20000000000);
    CU_ASSERT_EQUAL(json_integer_value(at(root, "overflow", "total_bytes")), 17000000000);
    json_decref(root);
    free(text);
    text = written(CSV);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "overflow,g2,needed,20000000000,B\r\n"));
    free(text);
    ifc_result_fini(&result);
}

static void an_interrupted_run_is_marked(void)
{
    setup();
    result.outcome = IFC_RUN_INTERRUPTED;
    result.window.tokens = 9;
    char *text = written(TEXT);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "INCOMPLETE: interrupted"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "the figures cover 4 of 9 tokens"));
    free(text);
    text = written(JSON);
    json_t *root = json_loads(text, 0, NULL);
    CU_ASSERT_STRING_EQUAL(json_string_value(at(root, "status", NULL)), "interrupted");
    CU_ASSERT(json_is_false(at(root, "complete", NULL)));
    json_decref(root);
    free(text);
    ifc_result_fini(&result);
}

/* Names are the user's bytes, and need not be UTF-8. */
static void json_is_utf8_whatever_the_names(void)
{
    setup();
    strcpy(scenario.title, "caf\xe9");
    char *text = written(JSON);
    json_t *root = json_loads(text, 0, NULL);
    CU_ASSERT_STRING_EQUAL(json_string_value(at(root, "title", NULL)), "caf?");
    json_decref(root);
    free(text);
    ifc_result_fini(&result);
}

static bool warned(const ifc_warnings *w, const char *text)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (strcmp(w->text[i], text) == 0)
            return true;
    return false;
}

static void warnings_name_limits_and_idlers(void)
{
    ifc_warnings w;
    setup();
    ifc_warnings_of(&result, &w);
    CU_ASSERT_EQUAL(w.n, 3);
    CU_ASSERT(warned(&w, "channel0 busy 95 %: the bus limits"));
    CU_ASSERT(warned(&w, "g2 idle 71 %"));
    CU_ASSERT(warned(&w, "KV read amplification 4.0: 25 % of the KV bytes sensed were needed"));
    result.resources[0].busy_ps = 60 * IFC_MS; /* under the limit, far from channel1 */
    result.resources[3].busy_ps = 51 * IFC_MS; /* g2 idle 49 % */
    result.sensed_kv_bytes = result.useful_kv_bytes;
    result.flushes = 0;
    ifc_warnings_of(&result, &w);
    CU_ASSERT_EQUAL(w.n, 3);
    CU_ASSERT(warned(&w, "channel1 busy 90 %: the bus limits"));
    CU_ASSERT(warned(&w, "channels are uneven: busy 60 to 90 %"));
    CU_ASSERT(warned(&w, "no KV flush happened in 4 tokens: program time is not in these figures"));
    /* a full bus makes dies busy with waiting: only without it they are the limit */
    result.resources[2].busy_ps = 94 * IFC_MS;
    ifc_warnings_of(&result, &w);
    CU_ASSERT_FALSE(warned(&w, "g1 busy 94 %: the dies limit"));
    result.resources[1].busy_ps = 60 * IFC_MS;
    ifc_warnings_of(&result, &w);
    CU_ASSERT(warned(&w, "g1 busy 94 %: the dies limit"));
    ifc_result_fini(&result);
}

static void percentile_is_nearest_rank(void)
{
    const ifc_time five[] = {15, 20, 35, 40, 50};
    CU_ASSERT_EQUAL(ifc_percentile(five, 5, 5), 15);
    CU_ASSERT_EQUAL(ifc_percentile(five, 5, 30), 20);
    CU_ASSERT_EQUAL(ifc_percentile(five, 5, 40), 20);
    CU_ASSERT_EQUAL(ifc_percentile(five, 5, 50), 35);
    CU_ASSERT_EQUAL(ifc_percentile(five, 5, 99), 50);
    CU_ASSERT_EQUAL(ifc_percentile(five, 5, 100), 50);
    CU_ASSERT_EQUAL(ifc_percentile(five, 5, 0), 15);
    CU_ASSERT_EQUAL(ifc_percentile(five, 1, 99), 15);
    CU_ASSERT_EQUAL(ifc_percentile(five, 0, 50), 0);
    ifc_time hundred[100];
    for (int i = 0; i < 100; i++)
        hundred[i] = i + 1;
    for (int p = 1; p <= 100; p++)
        CU_ASSERT_EQUAL(ifc_percentile(hundred, 100, p), p);
}

static void figures_have_the_unit_that_fits(void)
{
    static const struct {
        double value;
        const char *unit, *text;
    } cases[] = {{0, "B", "0 B"},           {4.8e9, "B/s", "4.800 GB/s"}, {999.94, "B", "999.9 B"},
                 {999.96, "B", "1.000 kB"}, {9.9996, "B", "10.00 B"},     {99.996, "W", "100.0 W"},
                 {3e-12, "J", "3.000 pJ"},  {-2.5e-3, "s", "-2.500 ms"},  {1.0 / 0.0, "B", "0 B"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_STRING_EQUAL(ifc_format_si(cases[i].value, cases[i].unit).text, cases[i].text);
    CU_ASSERT_STRING_EQUAL(ifc_format_time(26980000000.0).text, "26.98 ms");
    CU_ASSERT_STRING_EQUAL(ifc_format_buffer(5242880).text, "5 MiB");
    CU_ASSERT_STRING_EQUAL(ifc_format_buffer(0).text, "0 B");
    CU_ASSERT_STRING_EQUAL(ifc_format_buffer(1000).text, "1000 B");
    CU_ASSERT_STRING_EQUAL(ifc_format_count(9999).text, "9999");
    CU_ASSERT_STRING_EQUAL(ifc_format_count(1234567).text, "1.235 M");
    CU_ASSERT_STRING_EQUAL(ifc_format_count(12.5).text, "12.50");
    CU_ASSERT_STRING_EQUAL(ifc_format_percent(0.713).text, "71.3 %");
}

static void a_full_disk_is_noticed(void)
{
    static const char *const messages[] = {"cannot write the summary: No space left on device",
                                           "cannot write the statistics: No space left on device",
                                           "cannot write the table: No space left on device"};
    setup();
    for (enum format f = TEXT; f <= CSV; f++) {
        FILE *full = fopen("/dev/full", "w");
        ifc_error err = {.status = IFC_OK};
        CU_ASSERT_EQUAL(write_as(f, full, &err), IFC_EOUTPUT);
        CU_ASSERT_EQUAL(err.status, IFC_EOUTPUT);
        CU_ASSERT_STRING_EQUAL(err.text, messages[f]);
        fclose(full);
    }
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_output_save("/dev/full", "text", 4, &err), IFC_EOUTPUT);
    CU_ASSERT_STRING_EQUAL(err.text, "cannot write /dev/full: No space left on device");
    ifc_result_fini(&result);
}

static unsigned files_in(const char *folder)
{
    unsigned n = 0;
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    if (d)
        closedir(d);
    return n;
}

static void a_file_is_replaced_whole(void)
{
    char folder[] = "/tmp/ifcsim-output-XXXXXX", path[64], link[64], missing[64];
    CU_ASSERT_PTR_NOT_NULL(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.json", folder);
    snprintf(link, sizeof link, "%s/link", folder);
    snprintf(missing, sizeof missing, "%s/none/a.json", folder);
    CU_ASSERT_EQUAL(ifc_output_save(path, "one", 3, NULL), IFC_OK);
    CU_ASSERT_EQUAL(chmod(path, 0640), 0);
    CU_ASSERT_EQUAL(symlink("a.json", link), 0);
    CU_ASSERT_EQUAL(ifc_output_save(link, "three", 5, NULL), IFC_OK);
    char *text = slurp(path);
    CU_ASSERT_STRING_EQUAL(text, "three");
    free(text);
    struct stat st;
    CU_ASSERT_EQUAL(stat(path, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0640);
    CU_ASSERT_EQUAL(lstat(link, &st), 0);
    CU_ASSERT(S_ISLNK(st.st_mode));
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_output_save(missing, "x", 1, &err), IFC_EOUTPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No such file or directory"));
    err.status = IFC_OK;
    CU_ASSERT_EQUAL(ifc_output_save(folder, "x", 1, &err), IFC_EOUTPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "Is a directory"));
    CU_ASSERT_EQUAL(files_in(folder), 2);
    unlink(path);
    unlink(link);
    rmdir(folder);
}

static void control_characters_are_shown(void)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\x1b[31m\n\x7f", "\\x1b[31m\\x0a\\x7f"},
        {"\xc2\x9b"
         "1m",
         "\\xc2\\x9b1m"}, /* one character, a control sequence's begin */
        {"\x9b"
         "1m \xe9",
         "\\x9b1m \\xe9"},                                       /* Latin-1 */
        {"\xe2\x82", "\\xe2\\x82"},                              /* cut short */
        {"\xc0\x9b \xed\xa0\x80", "\\xc0\\x9b \\xed\\xa0\\x80"}, /* longer than need be; half a pair */
    };
    char out[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_STRING_EQUAL(ifc_printable(out, sizeof out, cases[i].text), cases[i].shown);
        CU_ASSERT_EQUAL(ifc_is_utf8(cases[i].text), i < 3);
        CU_ASSERT_EQUAL(ifc_has_control(cases[i].text), i == 1 || i == 2);
    }
    CU_ASSERT_STRING_EQUAL(ifc_printable(out, 5, "abc\x1b"), "abc");
    CU_ASSERT_STRING_EQUAL(ifc_printable(out, 4, "ab\xc3\xa9"), "ab");
    CU_ASSERT_STRING_EQUAL(ifc_printable(out, 5, "ab\xc3\xa9"), "ab\xc3\xa9");
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"control characters are shown", control_characters_are_shown},
        {"text is as agreed", text_is_as_agreed},
        {"stream text is as agreed", stream_text_is_as_agreed},
        {"csv is as agreed", csv_is_as_agreed},
        {"chosen policies and the dies as run are named", chosen_policies_and_the_dies_as_run_are_named},
        {"csv quotes what needs it", csv_quotes_what_needs_it},
        {"json has the documented keys", json_has_the_documented_keys},
        {"same result, same bytes", same_result_same_bytes},
        {"an empty run has no inf or nan", an_empty_run_has_no_inf_or_nan},
        {"a run that does not fit says what", a_run_that_does_not_fit_says_what},
        {"an interrupted run is marked", an_interrupted_run_is_marked},
        {"json is UTF-8 whatever the names", json_is_utf8_whatever_the_names},
        {"warnings name limits and idlers", warnings_name_limits_and_idlers},
        {"percentile is nearest rank", percentile_is_nearest_rank},
        {"figures have the unit that fits", figures_have_the_unit_that_fits},
        {"a full disk is noticed", a_full_disk_is_noticed},
        {"a file is replaced whole", a_file_is_replaced_whole},
    };
    return IFC_RUN_TESTS("observe", tests);
}
