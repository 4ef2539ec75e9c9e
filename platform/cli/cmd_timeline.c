/** ifcsim timeline: work on recorded timelines. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/timeline.h"

int ifc_cmd_timeline(int argc, char **argv);

typedef struct arguments {
    const char *words[3]; /* convert IN OUT */
    int n_words;
    ifc_timeline_options output;
} arguments;

enum { KEY_BEGIN = 256, KEY_END, KEY_CAP };

static const struct argp_option options[] = {
    {"begin", KEY_BEGIN, "PS", 0, "leave out slices that end before this time (picoseconds)", 0},
    {"end", KEY_END, "PS", 0, "leave out slices that begin after this time (picoseconds)", 0},
    {"max-events", KEY_CAP, "N", 0, "stop after N slices and counter values (0: all)", 0},
    {0},
};

static int64_t whole_number(struct argp_state *state, const char *name, const char *text)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (*end || end == text || errno || value < 0)
        argp_error(state, "--%s: '%s' is not a whole number >= 0", name, text);
    return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case KEY_BEGIN:
        a->output.begin = whole_number(state, "begin", arg);
        return 0;
    case KEY_END:
        a->output.end = whole_number(state, "end", arg);
        return 0;
    case KEY_CAP:
        a->output.max_events = (uint64_t)whole_number(state, "max-events", arg);
        return 0;
    case ARGP_KEY_ARG:
        if (a->n_words == 3)
            argp_error(state, "unexpected '%s'", arg);
        a->words[a->n_words++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->n_words == 0 || strcmp(a->words[0], "convert") != 0)
            argp_error(state, "expected: convert IN OUT");
        if (a->n_words < 3)
            argp_error(state, "convert needs an input and an output file");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .args_doc = "convert IN OUT",
    .doc =
        "Convert a recorded timeline to another format, told by the endings: .pftrace, .pftrace.gz "
        "(Perfetto), .vcd (GTKWave), .csv.\vA VCD holds names and times only: arguments and flows of slices "
        "are lost in it.",
};

int ifc_cmd_timeline(int argc, char **argv)
{
    arguments a = {.output = {.level = IFC_LEVEL_PLANES, .end = IFC_TIME_MAX}};
    ifc_error err = {0};
    argp_err_exit_status = IFC_EUSAGE;
    if (argp_parse(&parser, argc, argv, 0, NULL, &a) != 0)
        return IFC_EUSAGE;
    a.output.file = a.words[2];
    ifc_status status = ifc_timeline_convert(a.words[1], &a.output, &err);
    if (status != IFC_OK)
        fprintf(stderr, "ifcsim: %s\n", err.text);
    return (int)status;
}
