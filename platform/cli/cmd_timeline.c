#include "platform/cli/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/trace_option.h"

enum { KEY_WINDOW = 0x100, KEY_MAX };

typedef struct timeline_arguments {
    const char *words[3]; /* convert IN OUT */
    int n_words;
    ifc_timeline_options output;
} timeline_arguments;

static uint64_t parse_max(struct argp_state *state, const char *text)
{
    char *end = NULL;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n == 0)
        ifc_cli_error(state, "--trace-max: '%s' is not a number from 1", text);
    return n;
}

static void check_words(const timeline_arguments *a, struct argp_state *state)
{
    if (a->n_words == 0 || strcmp(a->words[0], "convert") != 0)
        ifc_cli_error(state, "what to do with a timeline: convert IN OUT");
    if (a->n_words < 3)
        ifc_cli_error(state, "convert needs an input and an output file");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    timeline_arguments *a = state->input;
    ifc_error err = {.status = IFC_OK};
    switch (key) {
    case KEY_WINDOW:
        if (ifc_trace_window_parse(arg, &a->output.begin, &a->output.end, &err) != IFC_OK)
            ifc_cli_error(state, "%s", err.text);
        return 0;
    case KEY_MAX:
        a->output.max_events = parse_max(state, arg);
        return 0;
    case ARGP_KEY_ARG:
        if (a->n_words == 3)
            ifc_cli_error(state, "one output file, not more: '%s' is too many", arg);
        a->words[a->n_words++] = arg;
        return 0;
    case ARGP_KEY_END:
        check_words(a, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"trace-window", KEY_WINDOW, "BEGIN..END", 0,
         "Take only this part of simulated time, as in 1ms..2ms; either end may be left out", 0},
        {"trace-max", KEY_MAX, "EVENTS", 0, "Stop after so many events, and say so", 0},
        {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "convert IN OUT",
        .doc = "Convert a recorded timeline to another format. The endings tell the formats: .pftrace and "
               ".pftrace.gz (Perfetto), .vcd (GTKWave), .csv.\v"
               "A VCD holds names and times only: arguments and flows of slices are lost in it."};
    timeline_arguments a = {.output = {.level = IFC_LEVEL_PLANES, .end = IFC_TIME_MAX}};
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &a);
    a.output.file = a.words[2];
    if (ifc_timeline_convert(a.words[1], &a.output, &err) != IFC_OK)
        return ifc_cli_complain(&err);
    return IFC_OK;
}

const ifc_command ifc_command_timeline = {"timeline", "convert recorded timelines", run};
