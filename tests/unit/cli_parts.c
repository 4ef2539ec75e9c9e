/**
 * Pieces of the command line that need no machine: progress, windows, names that are nearly right.
 */
#include "platform/cli/command.h"
#include "platform/cli/progress.h"
#include "platform/cli/trace_option.h"
#include "tests/unit/ifc_cunit.h"

#include <string.h>

static void progress_says_how_far_and_how_long(void)
{
    char text[160];
    ifc_progress p = {.token = 3, .tokens = 10, .layer = 16, .layers = 32};
    ifc_progress_text(&p, 7.0, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "token 4 of 10, layer 16 of 32: 35 %, 13 s left");
    ifc_progress_text(&p, 0.1, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "token 4 of 10, layer 16 of 32: 35 %");
    p = (ifc_progress){.requests = 250, .total_requests = 1000};
    ifc_progress_text(&p, 100.0, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "request 250 of 1000: 25 %, 5 min left");
    p = (ifc_progress){.token = 10, .tokens = 10, .layers = 32};
    ifc_progress_text(&p, 5.0, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "token 10 of 10, layer 0 of 32: 100 %, 0 s left");
    p = (ifc_progress){0};
    ifc_progress_text(&p, 5.0, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "token 0 of 0, layer 0 of 0: 0 %");
}

static void windows_are_times(void)
{
    static const struct {
        const char *text;
        ifc_time begin, end;
    } good[] = {{"1ms..2ms", IFC_MS, 2 * IFC_MS},
                {"1 us .. 2.5 us", IFC_US, 2500 * IFC_NS},
                {"..3 ns", 0, 3 * IFC_NS},
                {"4 s..", 4 * IFC_SECOND, IFC_TIME_MAX}};
    static const char *const bad[] = {"1ms",        "", "2ms..1ms", "1ms..1ms", "1..2", "1 parsec..2 ms",
                                      "-1 ms..2 ms"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ifc_time begin, end;
        CU_ASSERT_EQUAL(ifc_trace_window_parse(good[i].text, &begin, &end, NULL), IFC_OK);
        CU_ASSERT_EQUAL(begin, good[i].begin);
        CU_ASSERT_EQUAL(end, good[i].end);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ifc_time begin, end;
        ifc_error err = {.status = IFC_OK};
        CU_ASSERT_EQUAL(ifc_trace_window_parse(bad[i], &begin, &end, &err), IFC_EUSAGE);
        CU_ASSERT_EQUAL(strncmp(err.text, "--trace-window: ", 16), 0);
    }
}

static void windows_may_be_tokens(void)
{
    static const struct {
        const char *text;
        uint32_t first, last;
    } good[] = {
        {"token 3", 3, 3}, {"tokens 3..5", 3, 5}, {"tokens 7 ..", 7, UINT32_MAX}, {"tokens ..2", 0, 2}};
    static const char *const bad[] = {"token",      "token x",     "tokens ..",    "tokens 5..3",
                                      "token 1 us", "tokens 1..x", "tokens -1..2", "token 99999999999"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ifc_timeline_options o = {.end = IFC_TIME_MAX};
        CU_ASSERT_EQUAL(ifc_trace_window_set(&o, good[i].text, NULL), IFC_OK);
        CU_ASSERT_TRUE(o.by_token);
        CU_ASSERT_EQUAL(o.first_token, good[i].first);
        CU_ASSERT_EQUAL(o.last_token, good[i].last);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ifc_timeline_options o = {.end = IFC_TIME_MAX};
        ifc_error err = {.status = IFC_OK};
        CU_ASSERT_EQUAL(ifc_trace_window_set(&o, bad[i], &err), IFC_EUSAGE);
        CU_ASSERT_EQUAL(strncmp(err.text, "--trace-window: ", 16), 0);
    }
}

static void windows_may_be_layers(void)
{
    static const struct {
        const char *text;
        uint32_t token, first, last;
    } good[] = {{"token 3 layer 5", 3, 5, 5},
                {"token 0 layers 5..7", 0, 5, 7},
                {"token 1 layers 30..", 1, 30, UINT32_MAX},
                {"token 2layer 0", 2, 0, 0}};
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"token 3 layer",
         "--trace-window: 'token 3 layer' names no layers (examples: token 3 layer 5, token 3 layers 5..7)"},
        {"token 3 layer x", "--trace-window: 'token 3 layer x' names no layers (examples: token 3 layer 5, "
                            "token 3 layers 5..7)"},
        {"token layer 5", "--trace-window: 'token layer 5' names no tokens (examples: token 3, tokens 3..5)"},
        {"tokens 3..4 layer 5", "--trace-window: 'tokens 3..4 layer 5': layers are those of one token"},
        {"token 3 layers 7..5", "--trace-window: 'token 3 layers 7..5' ends before it begins"}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ifc_timeline_options o = {.end = IFC_TIME_MAX};
        CU_ASSERT_EQUAL(ifc_trace_window_set(&o, good[i].text, NULL), IFC_OK);
        CU_ASSERT_TRUE(o.by_token && o.by_layer);
        CU_ASSERT(o.first_token == good[i].token && o.last_token == good[i].token);
        CU_ASSERT(o.first_layer == good[i].first && o.last_layer == good[i].last);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ifc_timeline_options o = {.end = IFC_TIME_MAX};
        ifc_error err = {.status = IFC_OK};
        CU_ASSERT_EQUAL(ifc_trace_window_set(&o, bad[i].text, &err), IFC_EUSAGE);
        CU_ASSERT_STRING_EQUAL(err.text, bad[i].why);
    }
}

static void the_nearest_name_is_near(void)
{
    static const char *const names[] = {"run", "check", "describe", "topology", NULL};
    CU_ASSERT_STRING_EQUAL(ifc_cli_nearest("rum", names), "run");
    CU_ASSERT_STRING_EQUAL(ifc_cli_nearest("chekc", names), "check");
    CU_ASSERT_STRING_EQUAL(ifc_cli_nearest("descrbie", names), "describe");
    CU_ASSERT_PTR_NULL(ifc_cli_nearest("simulate", names));
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"progress says how far and how long", progress_says_how_far_and_how_long},
        {"windows are times", windows_are_times},
        {"windows may be tokens", windows_may_be_tokens},
        {"windows may be layers", windows_may_be_layers},
        {"the nearest name is near", the_nearest_name_is_near},
    };
    return IFC_RUN_TESTS("cli_parts", tests);
}
