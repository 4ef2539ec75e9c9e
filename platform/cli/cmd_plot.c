#include "platform/cli/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform/cli/explore/expression.h"
#include "platform/cli/explore/figure.h"
#include "platform/cli/explore/journal.h"
#include "platform/cli/explore/page.h"
#include "platform/cli/explore/plot.h"
#include "platform/cli/explore/row.h"
#include "platform/observe/output.h"
#include "platform/scenario/shipped.h"

typedef struct plot_arguments {
    const char *folder, *output;
    ifc_plot plot;
    ifc_texts where;
    bool all;
} plot_arguments;

enum { KEY_X = 0x100, KEY_Y, KEY_BY, KEY_OF, KEY_KIND, KEY_TITLE, KEY_WHERE, KEY_ALL };

static const struct argp_option options[] = {
    {"kind", KEY_KIND, "KIND", 0,
     "lines (default), bars, heat (a map), pareto, winners (a map of who is best)", 0},
    {"x", KEY_X, "PATH", 0, "What goes to the right: a parameter that was varied; pareto: a figure", 0},
    {"y", KEY_Y, "FIGURE", 0,
     "What goes up, or is the colour: a column of points.csv (default: tokens_per_second)", 0},
    {"by", KEY_BY, "PATH", 0, "A parameter: a line or bar for each value, or the rows of the map", 0},
    {"of", KEY_OF, "PATH", 0, "winners: a parameter that was varied, whose best value is shown at each place",
     0},
    {"where", KEY_WHERE, "CONDITION", 0,
     "Only points that fulfil it, in columns of the table: workload.context >= 10K, status == \"ok\"; may be "
     "repeated",
     0},
    {"all", KEY_ALL, NULL, 0, "Also points that do not fulfil the conditions of the exploration", 0},
    {"title", KEY_TITLE, "TEXT", 0, "Title of the picture", 0},
    {"output", 'o', "FILE", 0,
     "FILE.html: a page to sort, filter and point at, which needs no --x; FILE.svg: the picture; FILE.gp: "
     "the script for gnuplot, with "
     "the data in it; FILE.csv, FILE.md, FILE.tex: what is drawn as a table",
     1},
    {0}};

static bool ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

static void check_together(const plot_arguments *a, struct argp_state *state)
{
    bool page = a->output && ends_in(a->output, ".html");
    enum ifc_table_kind table = a->output ? ifc_table_kind_of(a->output) : IFC_TABLE_NONE;
    if (!a->output || (!page && !table && !ends_in(a->output, ".svg") && !ends_in(a->output, ".gp")))
        ifc_cli_error(state, "--output wants a file that ends in .html, .svg, .gp, .csv, .md or .tex");
    if (table && a->plot.kind == IFC_PLOT_PARETO)
        ifc_cli_error(state, "a Pareto front is no table; points.csv has the points");
    if (page)
        return;
    if (!a->plot.x)
        ifc_cli_error(state, "--x PATH is missing");
    if (a->plot.kind == IFC_PLOT_HEAT && !a->plot.by)
        ifc_cli_error(state, "a heat map needs --by PATH for its rows");
    if ((a->plot.kind == IFC_PLOT_WINNERS) != (a->plot.of != NULL) || (a->plot.of && !a->plot.by))
        ifc_cli_error(state, "a map of winners needs --by PATH for its rows and --of PATH for who competes; "
                             "nothing else has --of");
    if (a->plot.kind == IFC_PLOT_PARETO && a->plot.by)
        ifc_cli_error(state, "a Pareto front has no --by");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const kinds[] = {"lines", "bars", "heat", "pareto", "winners", NULL};
    plot_arguments *a = state->input;
    switch (key) {
    case KEY_KIND:
        a->plot.kind = ifc_cli_choice(state, "--kind", arg, kinds);
        return 0;
    case KEY_X:
        a->plot.x = arg;
        return 0;
    case KEY_Y:
        a->plot.y = arg;
        return 0;
    case KEY_BY:
        a->plot.by = arg;
        return 0;
    case KEY_OF:
        a->plot.of = arg;
        return 0;
    case KEY_WHERE:
        ifc_texts_add(&a->where, arg, strlen(arg));
        return 0;
    case KEY_ALL:
        a->all = true;
        return 0;
    case KEY_TITLE:
        a->plot.title = arg;
        return 0;
    case 'o':
        a->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (a->folder)
            ifc_cli_error(state, "one folder at a time; %s is a second one", arg);
        a->folder = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no folder of an exploration given");
        return 0;
    case ARGP_KEY_SUCCESS:
        check_together(a, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* What the folder of the exploration holds is not drawn over, also not through links. */
static ifc_status keep_folder(const plot_arguments *a, ifc_error *err)
{
    static const char *const files[] = {"points.csv", "points.jsonl", IFC_SPEC_FILE};
    ifc_status status = IFC_OK;
    for (int i = 0; i < 3 && status == IFC_OK; i++) {
        char *file = ifc_path_join(a->folder, files[i]);
        if (ifc_same_file(file, a->output))
            status = ifc_fail(err, IFC_EUSAGE, "%s: is %s of the exploration itself", a->output, files[i]);
        free(file);
    }
    return status;
}

/* A row, and whether a condition named a figure that it lacks. */
typedef struct finder {
    const json_t *row;
    bool lacking;
} finder;

static bool find_column(void *arg, const char *name, ifc_value *out)
{
    finder *f = arg;
    char text[IFC_VALUE_MAX];
    double number;
    if (ifc_figure_called(name)) {
        bool there = ifc_row_number(f->row, name, &number);
        f->lacking = f->lacking || !there;
        *out = ifc_value_named(there ? number : NAN, ifc_figure_called(name)->unit);
        return true;
    }
    bool known = json_object_get(json_object_get(f->row, "parameters"), name) ||
                 strcmp(name, "status") == 0 || strcmp(name, "waits_for") == 0;
    ifc_row_text(f->row, name, text, sizeof text);
    *out = ifc_value_of(text);
    return known;
}

/* Rows that do not fulfil a condition become NULL; with --all those of the exploration are forgotten. */
static ifc_status choose_rows(const plot_arguments *a, json_t **rows, size_t n, ifc_error *err)
{
    const ifc_texts *where = &a->where;
    for (size_t i = 0; i < n && a->all; i++)
        if (rows[i])
            json_object_del(rows[i], "meets");
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < where->n && rows[i]; w++) {
            finder f = {.row = rows[i]};
            ifc_names names = {find_column, &f};
            bool yes;
            ifc_error why = {.status = IFC_OK};
            ifc_status status = ifc_expression_true(where->all[w], &names, &yes, &why);
            if (status != IFC_OK)
                return ifc_fail(err, status, "--where %s", why.text);
            if (yes && !f.lacking)
                continue;
            json_decref(rows[i]);
            rows[i] = NULL;
        }
    return IFC_OK;
}

/* gnuplot reads a file of ours, and its picture comes through a pipe: nothing of the user's is in the
 * command. */
static ifc_status draw(const ifc_text *script, ifc_text *picture, ifc_error *err)
{
    char name[] = "/tmp/ifcsim-plot-XXXXXX", command[64], chunk[65536];
    int fd = mkstemp(name);
    if (fd < 0 || write(fd, script->data, script->size) != (ssize_t)script->size) {
        if (fd >= 0)
            close(fd);
        return ifc_fail(err, IFC_EOUTPUT, "cannot write a script for gnuplot to /tmp");
    }
    close(fd);
    snprintf(command, sizeof command, "gnuplot --default-settings %s", name);
    FILE *in = popen(command, "r");
    size_t n;
    while (in && (n = fread(chunk, 1, sizeof chunk, in)) > 0)
        fwrite(chunk, 1, n, picture->stream);
    int how = in ? pclose(in) : -1;
    unlink(name);
    if (how != -1 && WIFEXITED(how) && WEXITSTATUS(how) == 127)
        return ifc_fail(err, IFC_EUSAGE,
                        "gnuplot is not installed (package gnuplot-nox); FILE.gp does without it");
    return how == 0 ? IFC_OK
                    : ifc_fail(err, IFC_EINTERNAL, "gnuplot failed; FILE.gp keeps what it was given");
}

/* What goes into the file, but a picture as the script for it. */
static ifc_status compose(const plot_arguments *a, json_t *const *rows, size_t n, const ifc_spec *spec,
                          FILE *out, ifc_error *err)
{
    enum ifc_table_kind table = ifc_table_kind_of(a->output);
    if (ends_in(a->output, ".html"))
        return ifc_points_page(rows, n, spec, &a->plot, out, err);
    if (table)
        ifc_plot_table(&a->plot, rows, n, table, out);
    else
        ifc_plot_script(&a->plot, rows, n, out);
    return IFC_OK;
}

static ifc_status plot(const plot_arguments *a, json_t *const *rows, size_t n, const ifc_spec *spec,
                       ifc_error *err)
{
    ifc_text script = {0}, picture = {0}, *text = &script;
    ifc_status status =
        ends_in(a->output, ".html") && !a->plot.x ? IFC_OK : ifc_plot_check(&a->plot, rows, n, err);
    if (status == IFC_OK)
        status = ifc_text_begin(&script, err);
    if (status == IFC_OK)
        status = compose(a, rows, n, spec, script.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&script, err);
    if (status == IFC_OK && ends_in(a->output, ".svg")) {
        text = &picture;
        status = ifc_text_begin(&picture, err);
        if (status == IFC_OK)
            status = draw(&script, &picture, err);
        if (status == IFC_OK)
            status = ifc_text_end(&picture, err);
    }
    if (status == IFC_OK)
        status = ifc_output_save(a->output, text->data, text->size, err);
    ifc_text_fini(&script);
    ifc_text_fini(&picture);
    return status;
}

/* The best of some points may not be the best of all. */
static void tell_missing(const char *folder, json_t *const *rows, size_t n)
{
    size_t missing = 0;
    for (size_t i = 0; i < n; i++)
        missing += rows[i] == NULL;
    if (missing > 0)
        fprintf(stderr, "%s: %zu of %zu points are not there yet; this shows the others\n", folder, missing,
                n);
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "DIR",
        .doc = "Draw an exploration: as one HTML page, or lines, bars, a heat map, a map of winners or a "
               "Pareto front as SVG, "
               "or as a "
               "table. Of several points in one place (of axes that are not drawn) the best is shown; points "
               "that do not fit leave a gap."};
    plot_arguments a = {.plot = {.y = "tokens_per_second"}};
    ifc_journal journal = {.fd = -1};
    ifc_spec spec = {0};
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_status status = ifc_journal_read(&journal, &spec, a.folder, &err);
    if (status == IFC_OK)
        status = keep_folder(&a, &err);
    if (status == IFC_OK)
        tell_missing(a.folder, journal.rows, journal.n);
    if (status == IFC_OK)
        status = choose_rows(&a, journal.rows, journal.n, &err);
    if (status == IFC_OK)
        status = plot(&a, journal.rows, journal.n, &spec, &err);
    if (status != IFC_OK)
        (void)ifc_cli_complain(&err);
    ifc_journal_fini(&journal);
    ifc_spec_fini(&spec);
    ifc_texts_fini(&a.where);
    return status;
}

const ifc_command ifc_command_plot = {"plot", "draw an exploration: lines, bars, heat map, Pareto front",
                                      run};
