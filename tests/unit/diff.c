/**
 * `ifcsim diff`: what changed between two statistics files, and files that are none.
 */
#include "platform/observe/diff.h"

#include <unistd.h>

#include "platform/observe/json.h"
#include "platform/observe/output.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sample_result.h"

static char folder[] = "/tmp/ifcsim-diff-XXXXXX";
static char path[3][64]; /* a, b, another */

static void save(int i, const char *text)
{
    CU_ASSERT_EQUAL(ifc_output_save(path[i], text, strlen(text), NULL), IFC_OK);
}

static void save_as(int i, const ifc_result *r, const char *resolved)
{
    ifc_text t = {0};
    CU_ASSERT_EQUAL(ifc_text_begin(&t, NULL), IFC_OK);
    CU_ASSERT_EQUAL(ifc_write_json(r, resolved, t.stream, NULL), IFC_OK);
    CU_ASSERT_EQUAL(ifc_text_end(&t, NULL), IFC_OK);
    save(i, t.data);
    ifc_text_fini(&t);
}

static void save_result(int i, const ifc_result *r)
{
    save_as(i, r, NULL);
}

/* The comparison as text; owned. */
static char *compare(void)
{
    ifc_text t = {0};
    CU_ASSERT_EQUAL(ifc_text_begin(&t, NULL), IFC_OK);
    CU_ASSERT_EQUAL(ifc_diff_files(path[0], path[1], t.stream, NULL), IFC_OK);
    CU_ASSERT_EQUAL(ifc_text_end(&t, NULL), IFC_OK);
    return t.data;
}

/* A row of @text reads @row when every run of spaces counts as one. */
static bool has_row(const char *text, const char *row)
{
    char *squeezed = calloc(1, strlen(text) + 1), *out = squeezed;
    for (const char *p = text; *p; p++)
        if (*p != ' ' || (out > squeezed && out[-1] != ' '))
            *out++ = *p;
    bool found = strstr(squeezed, row) != NULL;
    if (!found)
        fprintf(stderr, "---- no row \"%s\" in:\n%s----\n", row, text);
    free(squeezed);
    return found;
}

/* The sample has 4 tokens. */
static void parts_of_periods_are_remarked(void)
{
    static const struct {
        uint64_t a, b;
        const char *said; /* NULL: nothing */
    } all[] = {
        {2, 4, NULL},
        {1, 1, NULL},
        {0, 3, NULL}, /* of a file that does not say */
        {4, 3, "!  4 and 4 tokens are not whole periods of flushes and pages of both: 12 tokens are\n"},
        {8, 8, "!  4 and 4 tokens are not whole periods of flushes and pages of both: 8 tokens are\n"}};
    ifc_scenario s;
    ifc_result a, b;
    sample_scenario(&s);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        sample_result(&a, &s);
        sample_result(&b, &s);
        a.window.period = all[i].a;
        b.window.period = all[i].b;
        save_result(0, &a);
        save_result(1, &b);
        char *text = compare();
        CU_ASSERT(all[i].said ? strstr(text, all[i].said) != NULL : strstr(text, "whole periods") == NULL);
        free(text);
        ifc_result_fini(&a);
        ifc_result_fini(&b);
    }
}

static void changes_are_absolute_and_relative(void)
{
    ifc_scenario s;
    ifc_result a, b;
    sample_scenario(&s);
    sample_result(&a, &s);
    sample_result(&b, &s);
    for (uint32_t i = 0; i < b.tokens; i++)
        b.token_latency[i] /= 2;
    b.energy[0].joule = 0.4;
    b.path[0].ps = 25 * IFC_MS;
    strcpy(b.path[2].phase, "queue");
    save_result(0, &a);
    save_result(1, &b);
    char *text = compare();
    CU_ASSERT(has_row(text, " tokens per second 40 80 +40 +100.00 %\n"));
    CU_ASSERT(has_row(text, " latency mean 25.00 ms 12.50 ms -12.50 ms -50.00 %\n"));
    CU_ASSERT(has_row(text, " pages sensed 123.5 k 123.5 k 0 =\n"));
    /* 0.2 J and 0.4 J over four tokens */
    CU_ASSERT(has_row(text, " g1.read 50.00 mJ 100.0 mJ +50.00 mJ +100.00 %\n"));
    CU_ASSERT(has_row(text, " qkv, g1, array 18.75 ms 6.250 ms -12.50 ms -66.67 %\n"));
    CU_ASSERT(has_row(text, " softmax, npu, compute 1.250 ms - -1.250 ms only in A\n"));
    CU_ASSERT(has_row(text, " softmax, npu, queue - 1.250 ms +1.250 ms only in B\n"));
    /* the largest change is the first row of the path */
    const char *head = strstr(text, "Critical path"), *first = strstr(text, "qkv, g1"),
               *last = strstr(text, "logit");
    CU_ASSERT(head && first && last && head < first && first < last);
    free(text);
    ifc_result_fini(&a);
    ifc_result_fini(&b);
}

static void runs_of_different_length_are_per_token(void)
{
    ifc_scenario s;
    ifc_result a, b;
    sample_scenario(&s);
    sample_result(&a, &s);
    sample_result(&b, &s);
    b.tokens = 2;
    for (uint32_t i = 0; i < b.n_energy; i++)
        b.energy[i].joule /= 2;
    save_result(0, &a);
    save_result(1, &b);
    char *text = compare();
    CU_ASSERT(has_row(text, " g1.read 50.00 mJ 50.00 mJ 0 =\n"));
    free(text);
    ifc_result_fini(&a);
    ifc_result_fini(&b);
}

static const ifc_policy_row mine[] = {
    {"dispatch", "dispatch", "newest", "/a/mine.so", "00112233445566ff", true, true},
    {"arbiter", "arbiter", "fifo", "", "", false, true}};
static const ifc_policy_value_row counted[] = {{0, true, "overtaken", "count", "", 12},
                                               {0, true, "waited", "ps", "", 5e6}};

static void heads_say_in_what_the_runs_differ(void)
{
    ifc_scenario s[2];
    ifc_result r[2];
    for (int i = 0; i < 2; i++) {
        sample_scenario(&s[i]);
        sample_result(&r[i], &s[i]);
        SAMPLE_COPY(r[i].policies, r[i].n_policies, mine);
        SAMPLE_COPY(r[i].policy_values, r[i].n_policy_values, counted);
    }
    s[1].groups[0].dies = 11;
    r[1].policy_values[0].value = 18;
    strcpy(r[1].policies[0].plugin, "/b/mine.so"); /* the same content, in another folder */
    save_as(0, &r[0],
            "title = \"A\";\nflash = {\n    groups = {\n        g1 = {\n            dies = 1;\n"
            "            planes = 32;\n        };\n    };\n};\n"
            "policies = {\n    dispatch = {\n        plugin = \"/a/mine.so\";\n    };\n};\n");
    save_as(1, &r[1],
            "title = \"B\";\nflash = {\n    groups = {\n        g1 = {\n            dies = 11;\n"
            "            planes = 32;\n        };\n    };\n};\n"
            "policies = {\n    dispatch = {\n        plugin = \"/b/mine.so\";\n    };\n};\n");
    char *text = compare();
    CU_ASSERT(has_row(
        text, ", scenario 0123456789abcdef\n g1 1 die, g2 1 die; policies: dispatch newest of mine.so "
              "00112233445566ff\n flash.groups.g1.dies = 1\nB "));
    CU_ASSERT(has_row(text,
                      "\n g1 11 dies, g2 1 die; policies: dispatch newest of mine.so 00112233445566ff\n "
                      "flash.groups.g1.dies = 11\n\nHeadline"));
    CU_ASSERT(has_row(text, " dispatch newest, overtaken 12 18 +6 +50.00 %\n"));
    CU_ASSERT(has_row(text, " dispatch newest, waited 5.000 us 5.000 us 0 =\n"));
    free(text);
    strcpy(r[1].policies[0].digest, "ff"); /* other content, in a file of the same name */
    save_as(0, &r[0],
            "a = 1;\nb = 2;\nc = 3;\nd = 4;\npolicies = {\n    dispatch = {\n        plugin = \"m\";\n    "
            "};\n};\n");
    save_as(1, &r[1],
            "a = 2;\nb = 1;\nc = 2;\ne = 4;\npolicies = {\n    dispatch = {\n        plugin = \"m\";\n    "
            "};\n};\n");
    text = compare();
    CU_ASSERT(has_row(text, " a = 1, b = 2, c = 3, d = 4, and 2 more below\n"));
    CU_ASSERT(has_row(text, " a = 2, b = 1, c = 2, d = -, and 2 more below\n"));
    CU_ASSERT(
        has_row(text, " d 4 -\n policies.dispatch.plugin mine.so 00112233445566ff mine.so ff\n e - 4\n"));
    free(text);
    save_as(1, &r[0],
            "a = 1;\nb = 2;\nc = 3;\nd = 4;\npolicies = {\n    dispatch = {\n        plugin = \"m\";\n    "
            "};\n};\n");
    text = compare();
    CU_ASSERT(has_row(text, "\n all parameters are equal\n"));
    free(text);
    ifc_result_fini(&r[0]);
    ifc_result_fini(&r[1]);
}

static void expect_error(ifc_status status, const char *format, int file)
{
    char expected[256];
    snprintf(expected, sizeof expected, format, path[file]);
    ifc_error err = {.status = IFC_OK};
    FILE *null = fopen("/dev/null", "w");
    CU_ASSERT_EQUAL(ifc_diff_files(path[0], path[file], null, &err), status);
    CU_ASSERT_EQUAL(err.status, status);
    CU_ASSERT_STRING_EQUAL(err.text, expected);
    fclose(null);
}

static void what_is_no_statistics_file_is_refused(void)
{
    ifc_scenario s;
    ifc_result a;
    sample_scenario(&s);
    sample_result(&a, &s);
    save_result(0, &a);
    unlink(path[1]);
    expect_error(IFC_ENOINPUT, "cannot open %s: No such file or directory", 1);
    save(1, "{ \"schema\": 1,\n \"decode\" ");
    expect_error(IFC_EDATA, "%s:2: not JSON: ':' expected near end of file", 1);
    save(1, "");
    expect_error(IFC_EDATA, "%s:1: not JSON: '[' or '{' expected near end of file", 1);
    save(1, "[1, 2]");
    expect_error(IFC_EDATA, "%s: not a statistics file of ifcsim: no whole number under \"schema\"", 1);
    save(1, "{ \"schema\": \"1\" }");
    expect_error(IFC_EDATA, "%s: not a statistics file of ifcsim: no whole number under \"schema\"", 1);
    save(1, "{ \"schema\": 7 }");
    expect_error(IFC_EDATA, "%s: schema 7; this ifcsim reads schemas 1 to 2", 1);
    snprintf(path[2], sizeof path[2], "%s", folder);
    expect_error(IFC_ENOINPUT, "cannot read %s: Is a directory", 2);
    ifc_result_fini(&a);
}

static void decode_and_stream_do_not_compare(void)
{
    ifc_scenario s, t;
    ifc_result a, b;
    sample_scenario(&s);
    sample_scenario(&t);
    t.workload.kind = IFC_WORKLOAD_STREAM;
    sample_result(&a, &s);
    sample_result(&b, &t);
    save_result(0, &a);
    save_result(1, &b);
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_diff_files(path[0], path[1], stdout, &err), IFC_EDATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "they cannot be compared"));
    ifc_result_fini(&a);
    ifc_result_fini(&b);
}

/* Right at first level, anything below: no crash, and nothing made up. */
static void strange_contents_are_harmless(void)
{
    save(0, "{\"schema\":1,\"workload\":\"decode\",\"decode\":[],\"energy_j\":{\"a\":\"b\"},\"rates\":[1,"
            "null,{}],"
            "\"critical_path\":[{\"ps\":5},{},[]]}");
    save(1, "{\"schema\":1,\"workload\":\"decode\",\"decode\":{\"tokens\":null},\"critical_path\":{}}");
    char *text = compare();
    CU_ASSERT_PTR_NULL(strstr(text, "Headline"));
    CU_ASSERT_PTR_NULL(strstr(text, "Energy"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "only in A"));
    free(text);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"parts of periods are remarked", parts_of_periods_are_remarked},
        {"changes are absolute and relative", changes_are_absolute_and_relative},
        {"heads say in what the runs differ", heads_say_in_what_the_runs_differ},
        {"runs of different length are per token", runs_of_different_length_are_per_token},
        {"what is no statistics file is refused", what_is_no_statistics_file_is_refused},
        {"decode and stream do not compare", decode_and_stream_do_not_compare},
        {"strange contents are harmless", strange_contents_are_harmless},
    };
    if (!mkdtemp(folder))
        return 2;
    snprintf(path[0], sizeof path[0], "%s/a.json", folder);
    snprintf(path[1], sizeof path[1], "%s/b.json", folder);
    int failed = IFC_RUN_TESTS("diff", tests);
    unlink(path[0]);
    unlink(path[1]);
    rmdir(folder);
    return failed;
}
