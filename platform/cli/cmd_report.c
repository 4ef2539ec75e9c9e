#include "platform/cli/command.h"

#include <stdlib.h>

#include "platform/cli/report/page.h"
#include "platform/cli/report/runs.h"
#include "platform/cli/scenarios.h"
#include "platform/common/memory.h"
#include "platform/observe/output.h"
#include "platform/observe/stats_file.h"
#include "platform/scenario/shipped.h"

typedef struct report_arguments {
    ifc_words files;
    const char *output;
} report_arguments;

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0,
     "Write the report to FILE (required); - is standard output. FILE.csv, FILE.md and FILE.tex get a table "
     "with a row for each run",
     0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    report_arguments *a = state->input;
    switch (key) {
    case 'o':
        a->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        ifc_words_add(&a->files, arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state,
                      "no statistics file given; 'ifcsim run SCENARIO --stats FILE.json --detail' makes one");
        return 0;
    case ARGP_KEY_SUCCESS:
        if (!a->output)
            ifc_cli_error(state, "-o FILE is missing: where shall the report go?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* A folder stands for the files in it. @out: owned texts, in place of what was given. */
static ifc_status spread_folders(const ifc_words *given, ifc_words *out)
{
    ifc_status first = IFC_OK;
    for (size_t i = 0; i < given->n; i++) {
        char **names = NULL;
        ifc_error err = {.status = IFC_OK};
        if (!ifc_is_folder(given->all[i])) {
            ifc_words_add(out, ifc_copy_text(given->all[i]));
            continue;
        }
        int n = ifc_stats_in(given->all[i], &names, &err);
        if (n < 0 && first == IFC_OK)
            first = (ifc_status)ifc_cli_complain(&err);
        for (int k = 0; k < n; k++) {
            ifc_words_add(out, ifc_path_join(given->all[i], names[k]));
            free(names[k]);
        }
        free(names);
    }
    return first;
}

static ifc_status save_report(const report_arguments *a, const ifc_report_run *runs, ifc_error *err)
{
    ifc_text text = {0};
    ifc_status status = ifc_text_begin(&text, err);
    enum ifc_table_kind table = ifc_table_kind_of(a->output);
    if (status == IFC_OK && table)
        ifc_report_table(runs, a->files.n, table, text.stream);
    else if (status == IFC_OK)
        status = ifc_report_write(runs, a->files.n, text.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&text, err);
    if (status == IFC_OK)
        status = ifc_output_save(a->output, text.data, text.size, err);
    ifc_text_fini(&text);
    return status;
}

/* Every file is read before anything is written, and every bad one is named. */
static ifc_status report(const report_arguments *a)
{
    ifc_report_run *runs = ifc_alloc_zero(a->files.n, sizeof *runs);
    ifc_status first = IFC_OK;
    for (size_t i = 0; i < a->files.n; i++) {
        ifc_error err = {.status = IFC_OK};
        runs[i].file = a->files.all[i];
        runs[i].stats = ifc_stats_load(runs[i].file, &err);
        if (!runs[i].stats) {
            ifc_status status = (ifc_status)ifc_cli_complain(&err);
            first = first == IFC_OK ? status : first;
        }
    }
    ifc_error err = {.status = IFC_OK};
    for (size_t i = 0; i < a->files.n && first == IFC_OK; i++)
        if (ifc_same_file(a->files.all[i], a->output)) {
            ifc_fail(&err, IFC_EUSAGE, "%s: input and output are one file", a->files.all[i]);
            first = (ifc_status)ifc_cli_complain(&err);
        }
    if (first == IFC_OK && ifc_output_guard(a->output, &err) != IFC_OK)
        first = (ifc_status)ifc_cli_complain(&err);
    if (first == IFC_OK && save_report(a, runs, &err) != IFC_OK)
        first = (ifc_status)ifc_cli_complain(&err);
    for (size_t i = 0; i < a->files.n; i++)
        json_decref(runs[i].stats);
    free(runs);
    return first;
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "STATS.json | FOLDER...",
        .doc =
            "Make one HTML file from what 'ifcsim run --stats FILE.json' saved: headline figures, "
            "bottlenecks, "
            "utilisation over time, the operators of one token, energy and the scenario as run. It needs no "
            "network. Several files are compared: a row for each run, then side by side with the first as "
            "the reference. As CSV, Markdown or LaTeX: the table of runs. A folder stands for the statistics "
            "in it, - for standard input.\v"
            "Utilisation over time and the operators of a token are in the file if the run had --detail."};
    report_arguments a = {.output = NULL};
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_words given = a.files;
    a.files = (ifc_words){.all = NULL};
    ifc_status status = spread_folders(&given, &a.files);
    if (status == IFC_OK)
        status = report(&a);
    for (size_t i = 0; i < a.files.n; i++)
        free((char *)a.files.all[i]);
    ifc_words_fini(&a.files);
    ifc_words_fini(&given);
    return status;
}

const ifc_command ifc_command_report = {"report", "make an HTML report from the statistics of runs", run};
