#include "platform/cli/command.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "components/system/machine.h"
#include "platform/cli/progress.h"
#include "platform/cli/run_output.h"
#include "platform/cli/scenarios.h"
#include "platform/cli/trace_option.h"
#include "platform/common/memory.h"
#include "platform/jobs/fork_run.h"
#include "platform/jobs/stop.h"
#include "platform/kernel/kernel.h"
#include "platform/observe/format.h"
#include "platform/observe/output.h"
#include "platform/scenario/remarks.h"

enum {
    KEY_TRACE = 0x100,
    KEY_TRACE_LEVEL,
    KEY_TRACE_WINDOW,
    KEY_TRACE_MAX,
    KEY_REQUESTS,
    KEY_POLICY_FILES,
    KEY_RESOLVED,
    KEY_DETAIL,
    KEY_LOAD_PLUGINS
};

typedef struct run_arguments {
    ifc_words files, sets;
    char grain[64]; /* "simulation.grain=G" */
    ifc_run_output output;
    ifc_timeline_options trace; /* file NULL: none */
    unsigned jobs;
    bool quiet, resolved, load_plugins, detail, traced_detail;
    int simgrid_argc;
    char **simgrid_argv;
} run_arguments;

static const struct argp_option options[] = {
    {"set", 's', "PATH=VALUE", 0, "Set a parameter over what the files say; may be repeated", 0},
    {"grain", 'g', "GRAIN", 0, "The same as --set simulation.grain=GRAIN: auto, page, plane, die", 0},
    {"format", 'f', "FORMAT", 0, "What standard output shows: text (default), json, csv", 1},
    {"stats", 'o', "FILE", 0,
     "Save the statistics: CSV if FILE ends in .csv, JSON otherwise (without an ending, --format decides). "
     "With "
     "several scenarios FILE is a folder and gets NAME.json for each",
     1},
    {"requests", KEY_REQUESTS, "FILE", 0, "Save a line for each request that was served, as CSV", 1},
    {"policy-files", KEY_POLICY_FILES, "FOLDER", 0,
     "Let policies write files of their own: FOLDER/SCENARIO.LABEL.SUFFIX, saved when the run is over", 1},
    {"detail", KEY_DETAIL, NULL, 0,
     "Record utilisation over time and the operators of one token into the JSON, for 'ifcsim report'", 1},
    {"resolved", KEY_RESOLVED, NULL, 0,
     "Do not run: print each scenario complete as it would run, with where every value comes from", 1},
    {"load-plugins", KEY_LOAD_PLUGINS, NULL, 0,
     "With --resolved: load the plug-ins that the scenario names, which runs their code, and check them, too",
     1},
    {"trace", KEY_TRACE, "FILE", 0, "Record a timeline; FILE ends in .pftrace, .pftrace.gz, .vcd or .csv", 2},
    {"trace-level", KEY_TRACE_LEVEL, "LEVEL", 0,
     "How deep the timeline goes: operators, channels, dies (default), planes", 2},
    {"trace-window", KEY_TRACE_WINDOW, "BEGIN..END", 0,
     "Record only this part of simulated time, as in 1ms..2ms, or these tokens, as in \"tokens 3..5\", or "
     "layers "
     "of one, as in \"token 3 layer 5\" or \"token 3 layers 5..7\" (counted from 0, both included); either "
     "end "
     "may be left out",
     2},
    {"trace-max", KEY_TRACE_MAX, "EVENTS", 0, "Stop recording after so many events, and say so", 2},
    {"jobs", 'j', "N", 0, "Of several scenarios, run N at a time (default: one per processor)", 3},
    {"quiet", 'q', NULL, 0, "No progress line and no remarks on standard error", 3},
    {0}};

static uint64_t parse_count(struct argp_state *state, const char *option, const char *text, uint64_t max)
{
    char *end = NULL;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (text[0] < '1' || text[0] > '9' || *end != '\0' || errno != 0 || n == 0 || n > max)
        ifc_cli_error(state, "%s: '%s' is not a number from 1 to %llu", option, text,
                      (unsigned long long)max);
    return n;
}

static void parse_format(run_arguments *a, const char *arg, struct argp_state *state)
{
    static const char *const names[] = {"text", "json", "csv", NULL};
    a->output.format = ifc_cli_choice(state, "--format", arg, names);
}

static void parse_grain(run_arguments *a, const char *arg, struct argp_state *state)
{
    static const char *const names[] = {"auto", "page", "plane", "die", NULL};
    snprintf(a->grain, sizeof a->grain, "simulation.grain=%s",
             names[ifc_cli_choice(state, "--grain", arg, names)]);
}

static void parse_trace(run_arguments *a, int key, char *arg, struct argp_state *state)
{
    ifc_error err = {.status = IFC_OK};
    a->traced_detail = a->traced_detail || key != KEY_TRACE;
    if (key == KEY_TRACE)
        a->trace.file = arg;
    else if (key == KEY_TRACE_LEVEL)
        a->trace.level =
            ifc_cli_choice(state, "--trace-level", arg, ifc_trace_level_names()) + IFC_LEVEL_OPERATORS;
    else if (key == KEY_TRACE_MAX)
        a->trace.max_events = parse_count(state, "--trace-max", arg, UINT64_MAX);
    else if (ifc_trace_window_set(&a->trace, arg, &err) != IFC_OK)
        ifc_cli_error(state, "%s", err.text);
}

static void check_together(run_arguments *a, struct argp_state *state)
{
    if (a->traced_detail && !a->trace.file)
        ifc_cli_error(state, "--trace-level, --trace-window and --trace-max need --trace FILE");
    if (a->trace.file && a->files.n > 1)
        ifc_cli_error(state, "--trace records one scenario, and %zu are given", a->files.n);
    if (a->output.requests && a->files.n > 1)
        ifc_cli_error(state, "--requests saves those of one scenario, and %zu are given", a->files.n);
    if (a->detail && !a->output.stats && a->output.format != IFC_FORMAT_JSON)
        ifc_cli_error(state, "--detail needs --stats FILE or --format json: it goes into the JSON");
    if (a->output.stats && strcmp(a->output.stats, "-") == 0)
        ifc_cli_error(state, "--stats wants a file; for standard output use --format json");
    if (a->simgrid_argc > 0 && a->files.n > 1)
        ifc_cli_error(state, "options of SimGrid after -- are for one scenario, and %zu are given",
                      a->files.n);
    ifc_error err = {.status = IFC_OK};
    if (ifc_kernel_check_options(a->simgrid_argc, a->simgrid_argv, &err) != IFC_OK)
        ifc_cli_error(state, "%s", err.text);
    if (a->grain[0])
        ifc_words_add(&a->sets, a->grain);
    a->output.several = a->files.n > 1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    run_arguments *a = state->input;
    switch (key) {
    case 's':
        ifc_words_add(&a->sets, arg);
        return 0;
    case 'g':
        parse_grain(a, arg, state);
        return 0;
    case 'f':
        parse_format(a, arg, state);
        return 0;
    case 'o':
        a->output.stats = arg;
        return 0;
    case KEY_REQUESTS:
        a->output.requests = arg;
        return 0;
    case KEY_POLICY_FILES:
        a->output.policy_files = arg;
        return 0;
    case KEY_DETAIL:
        a->detail = true;
        return 0;
    case KEY_RESOLVED:
        a->resolved = true;
        return 0;
    case KEY_LOAD_PLUGINS:
        a->load_plugins = true;
        return 0;
    case KEY_TRACE:
    case KEY_TRACE_LEVEL:
    case KEY_TRACE_WINDOW:
    case KEY_TRACE_MAX:
        parse_trace(a, key, arg, state);
        return 0;
    case 'j':
        a->jobs = (unsigned)parse_count(state, "--jobs", arg, 1024);
        return 0;
    case 'q':
        a->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        ifc_words_add(&a->files, arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no scenario file given");
        return 0;
    case ARGP_KEY_SUCCESS:
        check_together(a, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void tell_overflow(const ifc_result *r)
{
    if (r->overflow < 0 || (uint32_t)r->overflow >= r->n_capacity) {
        fprintf(stderr, "ifcsim: %s: %s\n", r->scenario->file, ifc_status_text(IFC_ENOFIT));
        return;
    }
    const ifc_capacity_row *c = &r->capacity[r->overflow];
    fprintf(stderr, "ifcsim: %s: out of memory: %s needs %s and has %s\n", r->scenario->file, c->name,
            ifc_format_size(c->used).text, ifc_format_size(c->total).text);
}

/* What the outcome of a run means to the shell, with a word on standard error so that data stays data. */
static ifc_status judge(const run_arguments *a, const ifc_result *r)
{
    if (r->outcome == IFC_RUN_INTERRUPTED) {
        if (!a->quiet)
            fprintf(stderr, "ifcsim: %s: interrupted; what was finished is marked incomplete\n",
                    r->scenario->file);
        return IFC_EINTERRUPTED;
    }
    if (r->outcome == IFC_RUN_OUT_OF_MEMORY) {
        if (!a->quiet)
            tell_overflow(r);
        return IFC_ENOFIT;
    }
    return IFC_OK;
}

static ifc_status take_result(run_arguments *a, const ifc_result *r)
{
    ifc_error err = {.status = IFC_OK};
    ifc_status status = judge(a, r);
    if (ifc_run_output_add(&a->output, r, &err) != IFC_OK)
        return (ifc_status)ifc_cli_complain(&err);
    return status;
}

/* A timeline is closed whatever happens to the run, so that it can be read, and says how the run ended. */
static ifc_status close_timeline(ifc_timeline *timeline, ifc_status status, const ifc_result *r,
                                 ifc_error *err)
{
    if (status != IFC_OK) {
        ifc_timeline_ends_early(timeline, "the run failed");
    } else if (r->outcome == IFC_RUN_INTERRUPTED) {
        ifc_timeline_ran_until(timeline, r->end_time);
        ifc_timeline_ends_early(timeline, "the run was interrupted");
    } else if (r->outcome == IFC_RUN_OUT_OF_MEMORY) {
        ifc_timeline_ends_early(timeline, "the run did not fit into memory");
    }
    return ifc_timeline_close(timeline, err);
}

/* A run that is recorded, as its progress is told. */
typedef struct recorded_run {
    ifc_timeline *timeline;
    const char *file;
    ifc_progress_line *line; /* NULL: nobody looks */
    bool whole, told;        /* whole: no window makes it smaller */
} recorded_run;

/* A file that will be large is said as soon as that can be seen, long before it is. */
static void tell_size(recorded_run *r, const ifc_progress *p)
{
    enum { ENOUGH = 256 << 10 }; /* bytes to judge from */
    const double large = 1e9;
    ifc_progress done = *p;
    done.layer += p->layers > 0; /* the one that is told has ended */
    double share = ifc_progress_share(&done), bytes = (double)ifc_timeline_bytes(r->timeline);
    if (!r->whole || r->told || share <= 0 || bytes < ENOUGH || bytes / share < large)
        return;
    r->told = true;
    if (r->line)
        ifc_progress_end(r->line);
    fprintf(
        stderr,
        "ifcsim: timeline %s: about %s for the whole run (--trace-window, --trace-level and --trace-max make "
        "it smaller)\n",
        r->file, ifc_format_size((uint64_t)(bytes / share)).text);
}

static void record_progress(void *arg, const ifc_progress *p)
{
    recorded_run *r = arg;
    ifc_timeline_layer_end(r->timeline, p->token, p->layer, p->now);
    tell_size(r, p);
    if (r->line)
        ifc_progress_show(r->line, p);
}

/* The files that the policies of a run write. */
typedef struct policy_files {
    const run_arguments *arguments;
    const ifc_scenario *s;
    ifc_error *err; /* the first failure */
} policy_files;

static void save_policy_file(void *arg, const char *label, const char *suffix, const char *data, size_t size)
{
    policy_files *p = arg;
    ifc_error err = {.status = IFC_OK};
    if (ifc_run_output_policy(&p->arguments->output, p->s, label, suffix, data, size, &err) != IFC_OK &&
        p->err->status == IFC_OK)
        *p->err = err;
}

/* The run itself, recorded if asked. @traced: what became of its timeline, or of files of its policies; the
 * result outlives their failure. */
static ifc_status run_machine(const run_arguments *a, const ifc_scenario *s, ifc_progress_line *line,
                              ifc_result *out, ifc_error *traced, ifc_error *err)
{
    ifc_timeline *timeline = NULL;
    recorded_run recorded;
    ifc_run_options o = {.program = "ifcsim",
                         .simgrid_argc = a->simgrid_argc,
                         .simgrid_argv = a->simgrid_argv,
                         .stop = &ifc_stop_requested,
                         .detail = a->detail};
    policy_files files = {.arguments = a, .s = s, .err = traced};
    if (a->output.policy_files) {
        o.policy_file = save_policy_file;
        o.policy_file_arg = &files;
    }
    if (line) {
        o.progress = ifc_progress_show;
        o.progress_arg = line;
    }
    if (a->trace.file) {
        ifc_status opened = ifc_timeline_open(&timeline, &a->trace, err);
        if (opened != IFC_OK)
            return opened;
        o.timeline = timeline;
        recorded = (recorded_run){.timeline = timeline,
                                  .file = a->trace.file,
                                  .line = line,
                                  .whole = !a->trace.by_token && a->trace.end == IFC_TIME_MAX,
                                  .told = a->quiet || a->trace.max_events > 0};
        o.progress = record_progress;
        o.progress_arg = &recorded;
    }
    ifc_status status = ifc_machine_run(s, &o, out, err);
    if (status == IFC_ENOFIT || status == IFC_EINTERRUPTED) {
        /* Results like any other: out->outcome says so. */
        status = IFC_OK;
        *err = (ifc_error){.status = IFC_OK};
    }
    if (status == IFC_OK && !out->scenario_hash[0])
        ifc_scenario_hash(s, out->scenario_hash);
    if (timeline)
        (void)close_timeline(timeline, status, out, traced);
    return status;
}

static ifc_status run_one(run_arguments *a, const ifc_scenario *s)
{
    ifc_result result = {0};
    ifc_error err = {.status = IFC_OK}, traced = {.status = IFC_OK};
    ifc_progress_line line;
    ifc_progress_begin(&line, a->quiet);
    ifc_status status = run_machine(a, s, line.on ? &line : NULL, &result, &traced, &err);
    ifc_progress_end(&line);
    if (status != IFC_OK)
        return (ifc_status)ifc_cli_complain(&err);
    status = take_result(a, &result);
    ifc_result_fini(&result);
    return traced.status == IFC_OK ? status : (ifc_status)ifc_cli_complain(&traced);
}

typedef struct many_runs {
    run_arguments *arguments;
    ifc_progress_line line;
    size_t total;
    ifc_status status; /* the first that is not IFC_OK; an interruption over all */
} many_runs;

static void note_status(many_runs *m, ifc_status status)
{
    if (m->status == IFC_OK || status == IFC_EINTERRUPTED)
        m->status = status;
}

static ifc_status run_in_child(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    ifc_error files = {.status = IFC_OK}; /* of policies: several runs have no timeline */
    ifc_status status = run_machine(arg, s, NULL, out, &files, err);
    if (status != IFC_OK || files.status == IFC_OK)
        return status;
    *err = files;
    return files.status;
}

static void take_job(void *arg, size_t index, ifc_fork_job *job)
{
    many_runs *m = arg;
    ifc_progress_end(&m->line);
    if (job->status != IFC_OK)
        note_status(m, (ifc_status)ifc_cli_complain(&job->error));
    else
        note_status(m, take_result(m->arguments, &job->result));
    ifc_result_fini(&job->result);
    if (!ifc_stop_requested) /* what comes now was given up */
        ifc_progress_show_runs(&m->line, index + 1, m->total);
}

static ifc_status run_several(run_arguments *a, const ifc_loaded *loaded, size_t n)
{
    many_runs m = {.arguments = a, .total = n, .status = IFC_OK};
    ifc_error err = {.status = IFC_OK};
    ifc_fork_job *jobs = ifc_alloc_zero(n, sizeof *jobs);
    for (size_t i = 0; i < n; i++)
        jobs[i].scenario = loaded[i].scenario;
    ifc_fork_options o = {.parallel = a->jobs,
                          .run = run_in_child,
                          .run_arg = a,
                          .done = take_job,
                          .done_arg = &m,
                          .stop = &ifc_stop_requested};
    ifc_progress_begin(&m.line, a->quiet);
    ifc_progress_show_runs(&m.line, 0, n);
    ifc_status status = ifc_fork_runs(jobs, n, &o, &err);
    ifc_progress_end(&m.line);
    free(jobs);
    if (status != IFC_OK && m.status == IFC_OK)
        m.status = (ifc_status)ifc_cli_complain(&err);
    return m.status;
}

/* All scenarios are read before any runs, so that a mistake in the last one shows at once. */
static ifc_status load_all(const run_arguments *a, ifc_loaded *loaded)
{
    ifc_status first = IFC_OK;
    for (size_t i = 0; i < a->files.n; i++) {
        ifc_status status =
            ifc_loaded_read(&loaded[i], a->files.all[i], &a->sets, !a->resolved || a->load_plugins);
        if (first == IFC_OK)
            first = status;
    }
    return first;
}

static ifc_status print_resolved(const run_arguments *a, const ifc_loaded *loaded, size_t n)
{
    ifc_error err = {.status = IFC_OK};
    for (size_t i = 0; i < n && !a->load_plugins && !a->quiet; i++)
        (void)ifc_loaded_tell_unchecked(&loaded[i]);
    for (size_t i = 0; i < n; i++)
        ifc_scenario_print_resolved(stdout, loaded[i].scenario, loaded[i].origins);
    if (ifc_stream_check(stdout, "standard output", &err) != IFC_OK)
        return (ifc_status)ifc_cli_complain(&err);
    return IFC_OK;
}

static ifc_status run_all(run_arguments *a, const ifc_loaded *loaded)
{
    ifc_error err = {.status = IFC_OK};
    a->output.loaded = loaded;
    a->output.n_loaded = a->files.n;
    a->output.trace = a->trace.file;
    ifc_status status = ifc_run_output_check(&a->output, &err);
    if (status != IFC_OK)
        return (ifc_status)ifc_cli_complain(&err);
    for (size_t i = 0; i < a->files.n && !a->quiet; i++)
        ifc_scenario_remarks(loaded[i].scenario, loaded[i].origins, stderr);
    ifc_stop_install();
    status = a->files.n == 1 ? run_one(a, loaded[0].scenario) : run_several(a, loaded, a->files.n);
    if (ifc_run_output_end(&a->output, &err) != IFC_OK)
        return (ifc_status)ifc_cli_complain(&err);
    return status;
}

/* What follows "--" is for the kernel; argp must not see it. */
static void split_kernel_options(run_arguments *a, int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            a->simgrid_argv = argv + i + 1;
            a->simgrid_argc = *argc - i - 1;
            *argc = i;
        }
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "FILE... [-- SIMGRID-OPTION...]",
        .doc =
            "Simulate scenarios and report what was found. The report goes to standard output, progress and "
            "messages to standard error.\v"
            "Ctrl-C ends a run early: what was finished is reported and marked incomplete."};
    run_arguments a = {.trace = {.level = IFC_LEVEL_DIES, .end = IFC_TIME_MAX}};
    split_kernel_options(&a, &argc, argv);
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_loaded *loaded = ifc_alloc_zero(a.files.n, sizeof *loaded);
    ifc_status status = load_all(&a, loaded);
    if (status == IFC_OK)
        status = a.resolved ? print_resolved(&a, loaded, a.files.n) : run_all(&a, loaded);
    for (size_t i = 0; i < a.files.n; i++)
        ifc_loaded_fini(&loaded[i]);
    free(loaded);
    ifc_words_fini(&a.files);
    ifc_words_fini(&a.sets);
    return status;
}

const ifc_command ifc_command_run = {"run", "simulate scenarios and report what was found", run};
