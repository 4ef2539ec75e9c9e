#include "platform/cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "platform/cli/explore/emit.h"
#include "platform/cli/explore/summary.h"
#include "platform/cli/explore/work.h"
#include "platform/common/memory.h"
#include "platform/jobs/stop.h"
#include "platform/scenario/shipped.h"

typedef struct explore_arguments {
    const char *file, *output;
    ifc_spec spec;
    size_t shard, shards, chunk;
    unsigned jobs;
    int emit;
    bool quiet, resume;
} explore_arguments;

enum { KEY_OVER = 0x100, KEY_WITH, KEY_WHERE, KEY_FOR, KEY_PER, KEY_RESUME, KEY_SHARD, KEY_EMIT, KEY_CHUNK };

static const struct argp_option options[] = {
    {"over", KEY_OVER, "PATH=RANGE", 0,
     "Vary a parameter: a,b,c or 1..15 or 1..100:5 (step) or 1K..100K*2 (factor); with PATH part or "
     "part.NAME whole "
     "files, which FILE is extended by: part=parts/model-*.cfg; may be repeated",
     0},
    {"with", KEY_WITH, "PATH=EXPRESSION", 0,
     "Set a parameter from others: flash.groups.g2.dies=16-flash.groups.g1.dies; may be repeated", 0},
    {"where", KEY_WHERE, "CONDITION", 0,
     "Only points that fulfil it; one that names figures (tokens_per_second >= 10) chooses among the "
     "results; may be "
     "repeated",
     0},
    {"for", KEY_FOR, "OBJECTIVE", 0,
     "What is best: latency, ttft, tokens/s (default), bytes/s, energy, power, price, lifetime, tokens/s/$, "
     "tokens/s/W; of several the Pareto front is shown",
     0},
    {"per", KEY_PER, "PATH", 0, "Show the best for each value of this parameter; may be repeated", 0},
    {"set", 's', "PATH=VALUE", 0, "Set a parameter over what the files say; may be repeated", 0},
    {"output", 'o', "DIR", 0, "Folder of the results, which is made: points.jsonl, points.csv, spec.cfg", 1},
    {"resume", KEY_RESUME, NULL, 0, "Go on in DIR with what is not recorded there", 1},
    {"shard", KEY_SHARD, "K/N", 0, "Only every N-th point, from the K-th on; 'ifcsim merge' joins shards", 2},
    {"emit", KEY_EMIT, "HOW", 0,
     "Do not run: write DIR/explore.sbatch (slurm) or DIR/explore.parallel (parallel: GNU parallel)", 2},
    {"chunk", KEY_CHUNK, "POINTS", 0,
     "With --emit: points of a shard (default: measured, so that start-up is under 10 %)", 2},
    {"jobs", 'j', "N", 0, "Run N points at a time (default: one per processor)", 3},
    {"quiet", 'q', NULL, 0, "No progress line on standard error, no summary", 3},
    {0}};

static size_t parse_count(struct argp_state *state, const char *option, const char *text, unsigned long max)
{
    char *end = NULL;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n == 0 || n > max)
        ifc_cli_error(state, "%s: '%s' is not a number from 1 to %lu", option, text, max);
    return n;
}

static void parse_shard(explore_arguments *a, const char *text, struct argp_state *state)
{
    char *slash = NULL;
    errno = 0;
    a->shard = strtoul(text, &slash, 10);
    if (text[0] < '0' || text[0] > '9' || *slash != '/' || errno != 0)
        ifc_cli_error(state, "--shard: '%s' is not K/N, as in 2/5", text);
    a->shards = parse_count(state, "--shard K/N", slash + 1, IFC_POINTS_MAX);
    if (a->shard == 0 || a->shard > a->shards)
        ifc_cli_error(state, "--shard: there is no shard %zu of %zu", a->shard, a->shards);
}

static void check_together(const explore_arguments *a, struct argp_state *state)
{
    if (!a->output)
        ifc_cli_error(state, "no folder given for the results (-o DIR)");
    if (a->chunk && !a->emit)
        ifc_cli_error(state, "--chunk is for --emit");
    if (a->emit && (a->shards || a->resume))
        ifc_cli_error(state, "--emit makes the shards itself, in a new folder");
}

/* Options that add a text to the question. Return: NULL: none of them. */
static ifc_texts *texts_of(explore_arguments *a, int key)
{
    switch (key) {
    case KEY_OVER:
        return &a->spec.over;
    case KEY_WITH:
        return &a->spec.with;
    case KEY_WHERE:
        return &a->spec.where;
    case KEY_FOR:
        return &a->spec.objectives;
    case KEY_PER:
        return &a->spec.per;
    case 's':
        return &a->spec.sets;
    default:
        return NULL;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const kinds[] = {"slurm", "parallel", NULL};
    explore_arguments *a = state->input;
    ifc_texts *texts = texts_of(a, key);
    if (texts) {
        ifc_texts_add(texts, arg, strlen(arg));
        return 0;
    }
    switch (key) {
    case 'o':
        a->output = arg;
        return 0;
    case KEY_RESUME:
        a->resume = true;
        return 0;
    case KEY_SHARD:
        parse_shard(a, arg, state);
        return 0;
    case KEY_EMIT:
        a->emit = IFC_EMIT_SLURM + ifc_cli_choice(state, "--emit", arg, kinds);
        return 0;
    case KEY_CHUNK:
        a->chunk = parse_count(state, "--chunk", arg, IFC_POINTS_MAX);
        return 0;
    case 'j':
        a->jobs = (unsigned)parse_count(state, "--jobs", arg, 1024);
        return 0;
    case 'q':
        a->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (a->file)
            ifc_cli_error(state, "one scenario or spec file at a time; %s is a second one", arg);
        a->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no scenario or spec file given");
        return 0;
    case ARGP_KEY_SUCCESS:
        check_together(a, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* @a->spec becomes the whole question: what the spec file says, then what the command line adds. */
static ifc_status complete_spec(explore_arguments *a, ifc_error *err)
{
    ifc_spec spec = {0};
    ifc_texts *from[] = {&a->spec.over,       &a->spec.with, &a->spec.where,
                         &a->spec.objectives, &a->spec.per,  &a->spec.sets};
    ifc_texts *to[] = {&spec.over, &spec.with, &spec.where, &spec.objectives, &spec.per, &spec.sets};
    ifc_status status = ifc_spec_open(&spec, a->file, err);
    for (int k = 0; k < 6; k++) {
        bool replaces = to[k] == &spec.objectives || to[k] == &spec.per; /* another look at the same points */
        if (replaces && from[k]->n > 0)
            ifc_texts_fini(to[k]);
        for (size_t i = 0; i < from[k]->n; i++)
            ifc_texts_add(to[k], from[k]->all[i], strlen(from[k]->all[i]));
    }
    ifc_spec_fini(&a->spec);
    if (a->shards == 0) { /* the spec file of a shard is about that shard */
        a->shard = spec.shard;
        a->shards = spec.shards;
    }
    spec.shard = a->emit ? 0 : a->shard;
    spec.shards = a->emit ? 0 : a->shards;
    a->spec = spec;
    return status;
}

/* The file in the folder means the same wherever it is read. */
static void settle_spec(ifc_spec *spec, const ifc_points *points)
{
    char *whole = realpath(spec->scenario, NULL);
    if (whole) {
        free(spec->scenario);
        spec->scenario = whole;
    }
    spec->points = points->n;
    snprintf(spec->digest, sizeof spec->digest, "%s", points->digest);
}

static double since(const struct timespec *begin)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)(t.tv_sec - begin->tv_sec) + 1e-9 * (double)(t.tv_nsec - begin->tv_nsec);
}

static ifc_status emit(const explore_arguments *a, const ifc_points *points, double start, ifc_error *err)
{
    char *file = NULL, *spec_file = ifc_path_join(a->output, IFC_SPEC_FILE);
    size_t chunk = a->chunk;
    if (chunk == 0)
        chunk = ifc_emit_chunk(points->n, ifc_emit_launch(a->emit) + start,
                               ifc_work_seconds(points, points->n / 2));
    ifc_status status = ifc_folder_make(a->output, err);
    if (status == IFC_OK)
        status = ifc_spec_save(&a->spec, spec_file, err);
    if (status == IFC_OK)
        status = ifc_emit_save(a->emit, &a->spec, a->output, chunk, &file, err);
    size_t shards = (points->n + chunk - 1) / chunk; /* all alike, whatever is left of the last chunk */
    if (status == IFC_OK)
        printf("%s: %zu points in %zu shards of up to %zu\n", file, points->n, shards,
               (points->n + shards - 1) / shards);
    free(spec_file);
    free(file);
    return status;
}

static ifc_status work(const explore_arguments *a, const ifc_points *points, const ifc_goals *goals,
                       ifc_error *err)
{
    ifc_journal journal = {.fd = -1};
    ifc_work w = {.points = points,
                  .journal = &journal,
                  .shard = a->shard,
                  .shards = a->shards,
                  .jobs = a->jobs,
                  .quiet = a->quiet};
    ifc_stop_install();
    ifc_status status = ifc_journal_begin(&journal, &a->spec, a->output, a->resume, err);
    if (status == IFC_OK)
        status = ifc_work_run(&w, err);
    if (status == IFC_OK || status == IFC_EINTERNAL || status == IFC_EMACHINE) {
        ifc_error own = {.status = IFC_OK};
        if (ifc_journal_table(&journal, a->output, &own) != IFC_OK && status == IFC_OK)
            status = ifc_fail(err, own.status, "%s", own.text);
        if (!a->quiet)
            ifc_summary_write(journal.rows, journal.n, goals, stdout);
    }
    ifc_journal_fini(&journal);
    return status;
}

/* Said before anything takes time. */
static ifc_status check_folder(const explore_arguments *a, ifc_error *err)
{
    bool there = access(a->output, F_OK) == 0;
    if (there && !ifc_is_folder(a->output))
        return ifc_fail(err, IFC_EUSAGE, "%s: is no folder", a->output);
    if (there && !a->resume)
        return ifc_fail(err, IFC_EUSAGE,
                        a->emit ? "%s is there already; --emit makes a new folder"
                                : "%s is there already; --resume goes on with what is in it",
                        a->output);
    return a->emit ? ifc_emit_check(a->emit, a->output, err) : IFC_OK;
}

static ifc_status explore(explore_arguments *a, ifc_error *err)
{
    struct timespec begin;
    ifc_points points = {0};
    ifc_goals goals;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    ifc_status status = complete_spec(a, err);
    if (status == IFC_OK)
        status = ifc_goals_find(&goals, &a->spec, err);
    if (status == IFC_OK)
        status = check_folder(a, err);
    if (status == IFC_OK)
        status = ifc_points_plan(&points, &a->spec, err);
    if (status == IFC_OK)
        status = ifc_goals_check(&goals, &points, err);
    if (status == IFC_OK) {
        settle_spec(&a->spec, &points);
        status = ifc_spec_check(&a->spec, err);
    }
    if (status == IFC_OK)
        status = a->emit ? emit(a, &points, since(&begin), err) : work(a, &points, &goals, err);
    ifc_points_fini(&points);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {.options = options,
                                     .parser = parse,
                                     .args_doc = "FILE",
                                     .doc = "Run a scenario over every combination of values and find the "
                                            "best. Every point is a row, also one that "
                                            "does not fit into memory. FILE is a scenario or a spec file, "
                                            "which has the long options as settings "
                                            "(scenario, over, with, where, for, per, set).\v"
                                            "Conditions and expressions know every parameter, machine.dies, "
                                            "machine.flash_bytes and machine.price, "
                                            "numbers with units, + - * /, == != < <= > >=, && || !, min, "
                                            "max, floor, ceil, round and abs. Ctrl-C "
                                            "ends it with what is recorded; --resume goes on."};
    explore_arguments a = {0};
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_status status = explore(&a, &err);
    if (status != IFC_OK)
        (void)ifc_cli_complain(&err);
    if (status == IFC_ENOINPUT && !a.spec.scenario) /* the file itself */
        ifc_shipped_explain(stderr, a.file);
    ifc_spec_fini(&a.spec);
    return status;
}

const ifc_command ifc_command_explore = {"explore", "run every combination of values and find the best", run};
