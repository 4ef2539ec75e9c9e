#include "platform/cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "components/system/machine.h"
#include "platform/cli/explain.h"
#include "platform/cli/progress.h"
#include "platform/cli/scenarios.h"
#include "platform/common/memory.h"
#include "platform/jobs/stop.h"
#include "platform/observe/output.h"

typedef struct explain_arguments {
    const char *file;
    ifc_words sets;
    int format;
    unsigned parts, jobs;
    bool quiet;
} explain_arguments;

enum { KEY_ONLY = 0x100 };

/* Of a token of a scenario that does not run: LLaMA2-7B on dies takes as many. */
#define EVENTS_GUESSED 1e5

static const struct argp_option options[] = {
    {"set", 's', "PATH=VALUE", 0, "Set a parameter over what the file says; may be repeated", 0},
    {"only", KEY_ONLY, "PART", 0,
     "Show only this part; may be repeated: bottlenecks, roofline, waterfall, doubling (the last two run "
     "variants of the scenario)",
     0},
    {"format", 'f', "FORMAT", 0, "What standard output shows: text (default), json, csv", 1},
    {"jobs", 'j', "N", 0, "Run N variants at a time (default: one per processor)", 2},
    {"quiet", 'q', NULL, 0, "No progress line and no remarks on standard error", 2},
    {0}};

static unsigned parse_jobs(struct argp_state *state, const char *text)
{
    char *end = NULL;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n == 0 || n > 1024)
        ifc_cli_error(state, "--jobs: '%s' is not a number from 1 to 1024", text);
    return (unsigned)n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const formats[] = {"text", "json", "csv", NULL};
    static const char *const parts[] = {"bottlenecks", "roofline", "waterfall", "doubling", NULL};
    explain_arguments *a = state->input;
    switch (key) {
    case 's':
        ifc_words_add(&a->sets, arg);
        return 0;
    case KEY_ONLY:
        a->parts |= 1u << ifc_cli_choice(state, "--only", arg, parts);
        return 0;
    case 'f':
        a->format = ifc_cli_choice(state, "--format", arg, formats);
        return 0;
    case 'j':
        a->jobs = parse_jobs(state, arg);
        return 0;
    case 'q':
        a->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (a->file)
            ifc_cli_error(state, "one scenario at a time; %s is a second one", arg);
        a->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no scenario file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* "my.cfg", or "my.cfg (variant g1 t_read)": what messages of the run begin with. */
static void name_variant(const ifc_explanation *x, const ifc_scenario *s, char *out, size_t size)
{
    snprintf(out, size, "%s", s->file);
    for (size_t i = 0; i < x->n; i++)
        if (x->variants[i].scenario == s)
            snprintf(out, size, "%s (variant %s)", s->file, x->variants[i].name);
}

static ifc_status run_variant(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    char name[IFC_PATH_MAX + 128];
    name_variant(arg, s, name, sizeof name);
    ifc_run_options o = {.program = "ifcsim", .name = name, .stop = &ifc_stop_requested};
    ifc_status status = ifc_machine_run(s, &o, out, err);
    if (status == IFC_ENOFIT || status == IFC_EINTERRUPTED) {
        /* Results like any other: out->outcome says so. */
        status = IFC_OK;
        *err = (ifc_error){.status = IFC_OK};
    }
    return status;
}

typedef struct explain_progress {
    ifc_progress_line line;
    size_t total;
} explain_progress;

static void show_progress(void *arg, size_t index, ifc_fork_job *job)
{
    explain_progress *p = arg;
    (void)job;
    if (!ifc_stop_requested) /* what comes now was given up */
        ifc_progress_show_runs(&p->line, index + 1, p->total);
}

static ifc_status run_jobs(const explain_arguments *a, ifc_explanation *x, ifc_error *err)
{
    explain_progress progress = {.total = x->n_jobs};
    ifc_fork_options o = {.parallel = a->jobs,
                          .run = run_variant,
                          .run_arg = x,
                          .done = show_progress,
                          .done_arg = &progress,
                          .stop = &ifc_stop_requested};
    ifc_progress_begin(&progress.line, a->quiet);
    ifc_status status = ifc_fork_runs(x->jobs, x->n_jobs, &o, err);
    ifc_progress_end(&progress.line);
    return status;
}

static ifc_status print(const explain_arguments *a, const ifc_explanation *x, ifc_error *err)
{
    static ifc_status (*const writers[])(const ifc_explanation *, FILE *,
                                         ifc_error *) = {ifc_explain_text, ifc_explain_json, ifc_explain_csv};
    ifc_text text = {0};
    ifc_status status = ifc_text_begin(&text, err);
    if (status == IFC_OK)
        status = writers[a->format](x, text.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&text, err);
    if (status == IFC_OK)
        status = ifc_output_save(NULL, text.data, text.size, err);
    ifc_text_fini(&text);
    return status;
}

/* Tenures of a bus have no event; so many of them cost as much as one. */
#define TENURES_OF_AN_EVENT 16

static double work_of(const ifc_result *r)
{
    uint64_t tenures = 0;
    for (size_t i = 0; i < r->n_resources; i++)
        tenures += r->resources[i].kind == IFC_RESOURCE_CHANNEL ? r->resources[i].served : 0;
    return (double)r->kernel_events + (double)tenures / TENURES_OF_AN_EVENT;
}

/*
 * Kernel events of one token of each variant, from running it: what the windows hang on must not depend on
 * the machine that runs. Capacity counts for nothing in it.
 */
static void count_events(const explain_arguments *a, ifc_explanation *x, double *events)
{
    ifc_fork_job *jobs = ifc_alloc_zero(x->n, sizeof *jobs);
    ifc_scenario *all = ifc_alloc_zero(x->n, sizeof *all);
    ifc_fork_options o = {.parallel = a->jobs, .run = run_variant, .run_arg = x, .stop = &ifc_stop_requested};
    ifc_error err = {.status = IFC_OK};
    for (size_t i = 0; i < x->n; i++) {
        const ifc_variant *v = &x->variants[i];
        memcpy(&all[i], v->scenario && !v->refused[0] ? v->scenario : x->own, sizeof *all);
        all[i].workload.tokens = 1;
        all[i].effects.kv_capacity = false;
        jobs[i].scenario = &all[i];
    }
    ifc_status status = ifc_fork_runs(jobs, x->n, &o, &err);
    for (size_t i = 0; i < x->n; i++) {
        const ifc_result *r = &jobs[i].result;
        bool ran = status == IFC_OK && jobs[i].status == IFC_OK && r->tokens == 1;
        events[i] = ran && r->kernel_events > 0 ? work_of(r) : EVENTS_GUESSED;
        ifc_result_fini(&jobs[i].result);
    }
    free(all);
    free(jobs);
}

static void choose_windows(const explain_arguments *a, ifc_explanation *x)
{
    if (!ifc_explain_needs_windows(x))
        return;
    double *events = ifc_alloc_zero(x->n, sizeof *events);
    count_events(a, x, events);
    ifc_explain_windows(x, events);
    free(events);
}

/* Half an answer would compare runs that were cut short: an interruption gives none. */
static ifc_status judge(const ifc_explanation *x, ifc_error *err)
{
    for (size_t i = 0; i < x->n_jobs; i++) {
        const ifc_fork_job *job = &x->jobs[i];
        bool cut = job->status == IFC_OK && job->result.outcome == IFC_RUN_INTERRUPTED;
        if (cut && job->result.end_time >= IFC_TIME_HORIZON)
            return ifc_fail(err, IFC_EINTERRUPTED,
                            "%s: the clock ends at %.0f s, before a run that explain needs does; nothing to "
                            "compare",
                            x->own->file, (double)IFC_TIME_HORIZON * 1e-12);
        if (cut || job->status == IFC_EINTERRUPTED)
            return ifc_fail(err, IFC_EINTERRUPTED, "%s: interrupted; nothing to compare", x->own->file);
    }
    if (x->jobs[0].status != IFC_OK)
        return ifc_fail(err, x->jobs[0].status, "%s", x->jobs[0].error.text);
    return IFC_OK;
}

/* Of requests that arrive when they like, a token's time says little of the machine, and a gain depends on
 * how long they would have waited. */
static ifc_status refuse_requests(const ifc_scenario *s, ifc_error *err)
{
    return ifc_fail(err, IFC_EDATA,
                    "%s: workload.kind = \"requests\": explain compares tokens of a decode, or a stream "
                    "(allowed: \"decode\", \"stream\"; of requests, run says what they wait for, and explore "
                    "compares their times)",
                    s->file);
}

static ifc_status explain(const explain_arguments *a, const ifc_scenario *s)
{
    ifc_explanation x = {0};
    ifc_error err = {.status = IFC_OK};
    if (s->workload.kind == IFC_WORKLOAD_REQUESTS && refuse_requests(s, &err) != IFC_OK)
        return (ifc_status)ifc_cli_complain(&err);
    if (s->workload.trace[0]) {
        (void)ifc_fail(&err, IFC_EDATA,
                       "%s: workload.trace replays operators as they are: there is nothing to vary", s->file);
        return (ifc_status)ifc_cli_complain(&err);
    }
    ifc_stop_install();
    ifc_explain_plan(&x, s, a->parts ? a->parts : IFC_EXPLAIN_ALL);
    choose_windows(a, &x);
    ifc_explain_make_jobs(&x);
    ifc_status status = run_jobs(a, &x, &err);
    if (status == IFC_OK)
        status = judge(&x, &err);
    if (status == IFC_OK)
        status = print(a, &x, &err);
    if (status != IFC_OK)
        (void)ifc_cli_complain(&err);
    else if (x.jobs[0].result.outcome == IFC_RUN_OUT_OF_MEMORY)
        status = IFC_ENOFIT;
    if (status == IFC_ENOFIT && !a->quiet)
        fprintf(stderr, "ifcsim: %s: %s\n", s->file, ifc_status_text(IFC_ENOFIT));
    ifc_explain_fini(&x);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "FILE",
        .doc =
            "Say what limits a scenario and what removing the limit would give: what a token waits for, "
            "where "
            "each operator stands under the machine's ceilings, what each modelled effect costs, and what "
            "twice as much of each resource would bring. Costs and gains come from running the scenario "
            "again, over whole periods of the flushes and pages of both sides, or, where that would take "
            "long, over "
            "fewer tokens with as many flushes as are due: it says over how many.\v"
            "The waterfall starts with every effect off and switches on what the scenario has on, always in "
            "this order: kv_fill, t_read (from what published_rate of a group comes to, where it has one), "
            "page_rounding, pipeline_fill, ecc, command, bus, vector_ops, npu_launch, dram_latency, "
            "kv_program, lm_head, kv_capacity. A cost depends on what is on before it."};
    explain_arguments a = {0};
    ifc_loaded loaded;
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_status status = ifc_loaded_read(&loaded, a.file, &a.sets, true);
    if (status == IFC_OK)
        status = explain(&a, loaded.scenario);
    ifc_loaded_fini(&loaded);
    ifc_words_fini(&a.sets);
    return status;
}

const ifc_command ifc_command_explain = {
    "explain", "what limits a scenario, what each effect costs, what more of a resource gives", run};
