#include "platform/cli/command.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "components/system/machine.h"
#include "platform/cli/scenarios.h"
#include "platform/common/printable.h"
#include "platform/observe/output.h"
#include "platform/scenario/units.h"
#include "workloads/requests/figures.h"

enum { FORMAT_TEXT, FORMAT_JSON };

typedef struct trace_arguments {
    ifc_requests_options requests;
    int format;
} trace_arguments;

enum {
    KEY_FORM = 256,
    KEY_FIRST,
    KEY_COUNT,
    KEY_RATE,
    KEY_PROMPT,
    KEY_ANSWER,
    KEY_SESSIONS,
    KEY_RECENT,
    KEY_LIMIT,
    KEY_SEED
};

static uint64_t whole(struct argp_state *state, const char *option, const char *text, int64_t least,
                      int64_t most)
{
    ifc_error err = {.status = IFC_OK};
    int64_t n;
    if (ifc_number_parse_whole(text, &n, &err) != IFC_OK)
        ifc_cli_error(state, "%s=%s: %s", option, text, err.text);
    else if (n < least || n > most)
        ifc_cli_error(state, "%s=%s: out of range (allowed: %lld .. %lld)", option, text, (long long)least,
                      (long long)most);
    return (uint64_t)n;
}

static void lengths(struct argp_state *state, const char *option, const char *text, ifc_distribution *out)
{
    ifc_error err = {.status = IFC_OK};
    if (ifc_distribution_parse(text, out, &err) != IFC_OK)
        ifc_cli_error(state, "%s=%s", option, err.text);
}

/* Options of both. */
static error_t parse_common(int key, char *arg, struct argp_state *state, ifc_requests_options *o)
{
    const int64_t many = (int64_t)1 << 53;
    switch (key) {
    case KEY_COUNT:
        o->count = whole(state, "--count", arg, 1, many);
        return 0;
    case KEY_LIMIT:
        o->limit = whole(state, "--limit", arg, 2, (int64_t)IFC_REQUEST_TOKENS_MAX);
        return 0;
    case KEY_FIRST:
        o->first = whole(state, "--first", arg, 0, many);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- info ---- */

static error_t parse_info(int key, char *arg, struct argp_state *state)
{
    static const char *const format_names[] = {"text", "json", NULL};
    trace_arguments *a = state->input;
    switch (key) {
    case 'f':
        a->format = ifc_cli_choice(state, "--format", arg, format_names);
        return 0;
    case KEY_FORM:
        a->requests.form = (ifc_trace_form)(1 + ifc_cli_choice(state, "--as", arg, ifc_trace_form_names()));
        return 0;
    case ARGP_KEY_ARG:
        if (a->requests.trace)
            ifc_cli_error(state, "more than one trace given");
        a->requests.trace = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no trace given");
        return 0;
    default:
        return parse_common(key, arg, state, &a->requests);
    }
}

static double share(uint64_t part, uint64_t all)
{
    return all > 0 ? (double)part / (double)all : 0;
}

static double rate_of(const ifc_requests_figures *f)
{
    return f->seconds > 0 ? (double)(f->count - 1) / f->seconds : 0;
}

static void print_lengths(const char *name, const ifc_lengths *l)
{
    printf("  %-16s %10.1f %10llu %10llu %10llu %10llu\n", name, l->mean, (unsigned long long)l->p50,
           (unsigned long long)l->p90, (unsigned long long)l->p99, (unsigned long long)l->max);
}

static void print_text(const ifc_requests_figures *f, const ifc_requests_remarks *m, const char *file,
                       const char *form)
{
    char *name = ifc_printable_copy(file);
    printf("%s: %s, %llu requests\n", name, form, (unsigned long long)f->count);
    free(name);
    printf("  %-16s %10.3f s\n  %-16s %10.4f 1/s\n", "time", f->seconds, "arrival rate", rate_of(f));
    printf("  %-16s %10s %10s %10s %10s %10s\n", "tokens", "mean", "p50", "p90", "p99", "max");
    print_lengths("prompt", &f->prompt);
    print_lengths("answer", &f->answer);
    if (f->sessions > 0)
        printf("  %-16s %10llu   %llu later turns, whose prompts keep %.1f %% of all prompt tokens\n",
               "sessions", (unsigned long long)f->sessions, (unsigned long long)f->later_turns,
               100 * share(f->kept_tokens, f->prompt.sum));
    else
        printf("  %-16s %10s\n", "sessions", "none");
    if (f->blocks > 0)
        printf("  %-16s %9.1f %%   of %llu blocks%s; %.1f %% of prompt tokens\n", "shared prefixes",
               100 * share(f->shared_blocks, f->blocks), (unsigned long long)f->blocks,
               f->uncounted ? ", at least" : "", 100 * share(f->shared_tokens, f->prompt.sum));
    if (m->empty > 0)
        printf("  %-16s %10llu   rows without a prompt or an answer, left out\n", "empty",
               (unsigned long long)m->empty);
    if (m->capped > 0)
        printf("  %-16s %10llu   requests, cut to the limit\n", "capped", (unsigned long long)m->capped);
    if (m->forgotten > 0)
        printf("  %-16s %10llu   sessions, silent while others came; they begin anew\n", "forgotten",
               (unsigned long long)m->forgotten);
}

static json_t *json_lengths(const ifc_lengths *l)
{
    return json_pack("{s:f, s:I, s:I, s:I, s:I, s:I}", "mean", l->mean, "p50", (json_int_t)l->p50, "p90",
                     (json_int_t)l->p90, "p99", (json_int_t)l->p99, "max", (json_int_t)l->max, "sum",
                     (json_int_t)l->sum);
}

static void print_json(const ifc_requests_figures *f, const ifc_requests_remarks *m, const char *form)
{
    json_t *root = json_pack(
        "{s:s, s:I, s:f, s:f, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:I, s:I, s:I}", "form", form,
        "requests", (json_int_t)f->count, "seconds", f->seconds, "arrival_rate", rate_of(f), "prompt",
        json_lengths(&f->prompt), "answer", json_lengths(&f->answer), "sessions", (json_int_t)f->sessions,
        "later_turns", (json_int_t)f->later_turns, "kept_tokens", (json_int_t)f->kept_tokens, "blocks",
        (json_int_t)f->blocks, "shared_blocks", (json_int_t)f->shared_blocks, "shared_tokens",
        (json_int_t)f->shared_tokens, "shared_at_least", f->uncounted, "empty", (json_int_t)m->empty,
        "capped", (json_int_t)m->capped, "forgotten", (json_int_t)m->forgotten);
    char *text = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) : NULL;
    IFC_BUG_ON(!text, "out of memory for the figures of a trace");
    puts(text);
    free(text);
    json_decref(root);
}

static int info(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"as", KEY_FORM, "FORM", 0, "azure, mooncake, burstgpt or ifcsim; else the first line tells", 0},
        {"first", KEY_FIRST, "ROWS", 0, "Leave out so many rows", 0},
        {"count", KEY_COUNT, "ROWS", 0, "Take only so many", 0},
        {"limit", KEY_LIMIT, "TOKENS", 0, "Cut prompt and answer together to so many", 0},
        {"format", 'f', "FORMAT", 0, "text (default) or json", 0},
        {0}};
    static const struct argp argp = {.options = options,
                                     .parser = parse_info,
                                     .args_doc = "FILE",
                                     .doc = "What the requests of a trace look like."};
    trace_arguments a = {0};
    ifc_error err = {.status = IFC_OK};
    ifc_requests *q = NULL;
    ifc_requests_figures f;
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_status status = ifc_requests_open(&a.requests, &q, &err);
    if (status == IFC_OK)
        status = ifc_requests_measure(q, &f, &err);
    if (status == IFC_OK) {
        const char *form = ifc_trace_form_names()[ifc_requests_form(q) - 1];
        if (a.format == FORMAT_JSON)
            print_json(&f, ifc_requests_remarks_of(q), form);
        else
            print_text(&f, ifc_requests_remarks_of(q), a.requests.trace, form);
    }
    ifc_requests_close(q);
    return status == IFC_OK ? IFC_OK : ifc_cli_complain(&err);
}

/* ---- generate ---- */

static error_t parse_generate(int key, char *arg, struct argp_state *state)
{
    static const char *const arrival_names[] = {"closed", "constant", "poisson", NULL};
    trace_arguments *a = state->input;
    ifc_requests_options *o = &a->requests;
    ifc_error err = {.status = IFC_OK};
    switch (key) {
    case 'a':
        o->arrival = (ifc_requests_arrival)(IFC_ARRIVE_CLOSED +
                                            ifc_cli_choice(state, "--arrival", arg, arrival_names));
        return 0;
    case KEY_RATE:
        if (ifc_number_parse_real(arg, &o->rate, &err) != IFC_OK &&
            ifc_quantity_parse_real(IFC_UNIT_REQUESTS, arg, &o->rate, &err) != IFC_OK)
            ifc_cli_error(state, "--rate=%s: %s", arg, err.text);
        return 0;
    case KEY_PROMPT:
        lengths(state, "--prompt", arg, &o->prompt);
        return 0;
    case KEY_ANSWER:
        lengths(state, "--answer", arg, &o->answer);
        return 0;
    case KEY_SESSIONS:
        o->sessions = (uint32_t)whole(state, "--sessions", arg, 0, 1000000);
        return 0;
    case KEY_RECENT:
        if (ifc_number_parse_real(arg, &o->recent, &err) != IFC_OK)
            ifc_cli_error(state, "--recent=%s: %s", arg, err.text);
        return 0;
    case KEY_SEED:
        o->seed = whole(state, "--seed", arg, 0, (int64_t)1 << 53);
        return 0;
    case ARGP_KEY_ARG:
        ifc_cli_error(state, "nothing is read, so no file is given: '%s'", arg);
        return 0;
    case ARGP_KEY_SUCCESS:
        if (o->prompt.max == 0 || o->answer.max == 0)
            ifc_cli_error(state, "no %s given", o->prompt.max == 0 ? "--prompt" : "--answer");
        return 0;
    default:
        return parse_common(key, arg, state, o);
    }
}

static ifc_status write_trace(ifc_requests *q, bool sessions, ifc_error *err)
{
    ifc_request r;
    bool more;
    ifc_status status;
    puts(sessions ? "arrival_ps,session,prompt,generated" : "arrival_ps,prompt,generated");
    while ((status = ifc_requests_next(q, &r, &more, err)) == IFC_OK && more && !ferror(stdout)) {
        if (r.arrival >= IFC_TIME_FAR)
            return ifc_fail(err, IFC_EDATA,
                            "request %llu arrives after %g s, past the end of the clock (%.0f s)",
                            (unsigned long long)r.index, r.seconds, (double)IFC_TIME_HORIZON * 1e-12);
        printf("%lld,", (long long)r.arrival);
        if (sessions)
            printf("%llu,", (unsigned long long)r.session);
        printf("%llu,%llu\n", (unsigned long long)r.prompt, (unsigned long long)r.answer);
    }
    return status;
}

static int generate(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"count", KEY_COUNT, "N", 0, "So many requests", 0},
        {"arrival", 'a', "HOW", 0, "poisson (default), constant, or closed: back to back", 0},
        {"rate", KEY_RATE, "RATE", 0, "Mean arrivals a second", 0},
        {"prompt", KEY_PROMPT, "TOKENS", 0,
         "A number, uniform:min=,max=, exponential:mean= or lognormal:median=,sigma=; the last two may have "
         "min= "
         "and max=",
         0},
        {"answer", KEY_ANSWER, "TOKENS", 0, "The same", 0},
        {"sessions", KEY_SESSIONS, "N", 0,
         "So many conversations side by side; needs --limit, where they end", 0},
        {"recent", KEY_RECENT, "P", 0,
         "With that probability the conversation that spoke last is next, else the one before it, and so on "
         "(0: any, alike)",
         0},
        {"limit", KEY_LIMIT, "TOKENS", 0, "Most tokens of prompt and answer together", 0},
        {"seed", KEY_SEED, "N", 0, "Other seeds, other requests (1)", 0},
        {0}};
    static const struct argp argp = {.options = options,
                                     .parser = parse_generate,
                                     .doc = "Draw requests, and write them to standard output as a trace."};
    trace_arguments a = {.requests = {.arrival = IFC_ARRIVE_POISSON, .seed = 1}};
    ifc_error err = {.status = IFC_OK};
    ifc_requests *q = NULL;
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_status status = ifc_requests_open(&a.requests, &q, &err);
    if (status != IFC_OK)
        err.status = status = IFC_EUSAGE;
    else
        status = write_trace(q, a.requests.sessions > 0, &err);
    ifc_requests_close(q);
    return status == IFC_OK ? IFC_OK : ifc_cli_complain(&err);
}

/* ---- export ---- */

typedef struct export_arguments {
    const char *file, *output;
    ifc_words sets;
} export_arguments;

static error_t parse_export(int key, char *arg, struct argp_state *state)
{
    export_arguments *a = state->input;
    switch (key) {
    case 's':
        ifc_words_add(&a->sets, arg);
        return 0;
    case 'o':
        a->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (a->file)
            ifc_cli_error(state, "one scenario file, not more: '%s' is too many", arg);
        a->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no scenario file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static ifc_status write_operators(const export_arguments *a, const ifc_scenario *s, ifc_error *err)
{
    ifc_text text = {0};
    ifc_status status = ifc_text_begin(&text, err);
    if (status == IFC_OK)
        status = ifc_machine_operators(s, text.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&text, err);
    if (status == IFC_OK)
        status = ifc_output_save(a->output, text.data, text.size, err);
    ifc_text_fini(&text);
    return status;
}

static int export_operators(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"set", 's', "PATH=VALUE", 0, "Set a parameter over what the file says; may be repeated", 0},
        {"output", 'o', "FILE", 0, "Write to FILE instead of standard output", 0},
        {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse_export,
        .args_doc = "SCENARIO",
        .doc = "Write the operators of a scenario's decode as a table, one a line, for "
               "workload.trace to replay."};
    export_arguments a = {0};
    ifc_loaded scenario;
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_status status = ifc_loaded_read(&scenario, a.file, &a.sets, false);
    if (status == IFC_OK) {
        if (a.output && strcmp(a.output, "-") != 0)
            status = ifc_loaded_protect(&scenario, "--output", a.output, &err);
        const char *own = scenario.scenario->workload.trace;
        if (status == IFC_OK && own[0] && a.output && ifc_same_file(own, a.output))
            status = ifc_fail(&err, IFC_EUSAGE, "--output: %s holds the operators of %s", a.output, a.file);
        if (status == IFC_OK)
            status = write_operators(&a, scenario.scenario, &err);
        if (status != IFC_OK)
            (void)ifc_cli_complain(&err);
    }
    ifc_loaded_fini(&scenario);
    ifc_words_fini(&a.sets);
    return status;
}

/* ---- which ---- */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG:
        ifc_cli_error(state, "'%s' is nothing to do with a trace (allowed: info, generate, export)", arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "what to do with a trace: info FILE, generate, or export SCENARIO");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .args_doc = "info FILE [OPTION...]\ngenerate OPTION...\nexport SCENARIO [OPTION...]",
        .doc =
            "Traces of requests: what is in one, or a new one drawn by a seed; or the operators of a decode. "
            "'ifcsim trace info --help' and the like tell the options."};
    char name[] = "ifcsim trace generate", name_of_export[] = "ifcsim trace export";
    if (argc > 1 && strcmp(argv[1], "info") == 0) {
        strcpy(name, "ifcsim trace info");
        argv[1] = name;
        return info(argc - 1, argv + 1);
    }
    if (argc > 1 && strcmp(argv[1], "export") == 0) {
        argv[1] = name_of_export;
        return export_operators(argc - 1, argv + 1);
    }
    if (argc > 1 && strcmp(argv[1], "generate") == 0) {
        argv[1] = name;
        return generate(argc - 1, argv + 1);
    }
    ifc_cli_parse(&argp, argc, argv, NULL);
    return IFC_EUSAGE;
}

const ifc_command ifc_command_trace = {"trace", "look at a trace of requests, draw one, or write operators",
                                       run};
