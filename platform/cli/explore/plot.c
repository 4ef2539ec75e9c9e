#include "platform/cli/explore/plot_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explore/figure.h"
#include "platform/cli/explore/row.h"
#include "platform/common/memory.h"
#include "platform/common/printable.h"

enum {
    PLACES_MAX = 1000,
    CELLS_WITH_TEXT = 200,
    COLOURS = 7,
    POWER_OF_LOG = 16,
    LETTERS_MAX = 80,
    WIDTH = 640,
    HEIGHT = 420
};

/* The best figure at every place; NAN: none. */
typedef struct grid {
    ifc__places x, by;
    double *value; /* owned; x.n for each of by */
    double scale;  /* of the values as drawn */
} grid;

/* --- what is drawn --- */

/* How figures are shown in a picture. Return: what they are multiplied by. */
double ifc__plot_label(const char *figure, char *out, size_t size)
{
    const ifc_figure_kind *f = ifc_figure_called(figure);
    if (f) {
        (void)ifc_figure_title(f, out, size);
        return f->scale;
    }
    snprintf(out, size, "%s", figure);
    return 1;
}

bool ifc__plot_draws(const json_t *row)
{
    return row && strcmp(ifc_row_status(row), IFC_ROW_OK) == 0 &&
           !json_is_false(json_object_get(row, "meets"));
}

size_t ifc__place_of(const ifc__places *p, const char *text)
{
    size_t i = 0;
    while (i < p->n && strcmp(p->text[i], text) != 0)
        i++;
    return i;
}

/* Few, and mostly in order already. */
static void sort_numbers(ifc__places *p)
{
    for (size_t i = 1; i < p->n; i++)
        for (size_t at = i; at > 0 && p->number[at - 1] > p->number[at]; at--) {
            char text[IFC__PLOT_TEXT_MAX];
            double number = p->number[at];
            memcpy(text, p->text[at], sizeof text);
            memcpy(p->text[at], p->text[at - 1], sizeof text);
            memcpy(p->text[at - 1], text, sizeof text);
            p->number[at] = p->number[at - 1];
            p->number[at - 1] = number;
        }
}

void ifc__places_find(ifc__places *p, const char *path, json_t *const *rows, size_t n)
{
    *p = (ifc__places){.numbers = true};
    p->text = ifc_alloc_zero(PLACES_MAX, sizeof *p->text);
    p->number = ifc_alloc_zero(PLACES_MAX, sizeof *p->number);
    if (!path)
        p->n = 1; /* one line without a name */
    for (size_t i = 0; i < n && path; i++) {
        char text[IFC__PLOT_TEXT_MAX];
        if (!rows[i])
            continue;
        ifc_row_text(rows[i], path, text, sizeof text);
        if (ifc__place_of(p, text) < p->n || p->n == PLACES_MAX)
            continue;
        ifc_value v = ifc_value_of(text);
        p->numbers = p->numbers && !v.is_text;
        p->number[p->n] = v.number;
        snprintf(p->text[p->n++], IFC__PLOT_TEXT_MAX, "%s", text);
    }
    if (p->numbers && path)
        sort_numbers(p);
}

void ifc__places_fini(ifc__places *p)
{
    free(p->text);
    free(p->number);
}

static void find_grid(grid *g, const ifc_plot *p, json_t *const *rows, size_t n)
{
    char label[IFC__PLOT_TEXT_MAX], text[IFC__PLOT_TEXT_MAX];
    const ifc_figure_kind *f = ifc_figure_called(p->y);
    ifc__places_find(&g->x, p->x, rows, n);
    ifc__places_find(&g->by, p->by, rows, n);
    g->scale = ifc__plot_label(p->y, label, sizeof label);
    g->value = ifc_alloc_zero(g->x.n * g->by.n, sizeof *g->value);
    for (size_t i = 0; i < g->x.n * g->by.n; i++)
        g->value[i] = NAN;
    for (size_t i = 0; i < n; i++) {
        double v;
        if (!ifc__plot_draws(rows[i]) || !ifc_row_number(rows[i], p->y, &v))
            continue;
        ifc_row_text(rows[i], p->x, text, sizeof text);
        size_t x = ifc__place_of(&g->x, text), by = 0;
        if (p->by) {
            ifc_row_text(rows[i], p->by, text, sizeof text);
            by = ifc__place_of(&g->by, text);
        }
        if (x == g->x.n || by == g->by.n)
            continue;
        double *at = &g->value[by * g->x.n + x];
        if (isnan(*at) || (f->better >= 0 ? v * g->scale > *at : v * g->scale < *at))
            *at = v * g->scale;
    }
}

static void drop_grid(grid *g)
{
    ifc__places_fini(&g->x);
    ifc__places_fini(&g->by);
    free(g->value);
}

/* --- gnuplot's words --- */

/* In single quotes gnuplot runs no command in `...` and knows no escape; a quote is written twice. @percents:
 * how often each % is written: labels of tics are formats. */
static void write_quoted(FILE *out, const char *text, int percents)
{
    char *shown = ifc_printable_copy(text);
    fputc('\'', out);
    for (const char *p = shown; *p; p++)
        for (int i = 0; i < (*p == '%' ? percents : *p == '\'' ? 2 : 1); i++)
            fputc(*p, out);
    fputc('\'', out);
    free(shown);
}

void ifc__plot_quoted(FILE *out, const char *text)
{
    write_quoted(out, text, 1);
}

const char *ifc__plot_short(const char *text, char *name)
{
    char *end;
    long n = strtol(text, &end, 10);
    const char *slash = strrchr(text, '/');
    size_t length = strlen(text);
    bool file = length > 4 && strcmp(text + length - 4, ".cfg") == 0;
    const char *begin = file && slash ? slash + 1 : text;
    length = strlen(begin) - (file ? 4 : 0);
    if (*end == '\0' && n >= 1024 && n % 1024 == 0)
        snprintf(name, IFC__PLOT_TEXT_MAX, "%ldK", n / 1024);
    else
        snprintf(name, IFC__PLOT_TEXT_MAX, "%.*s", (int)length, begin);
    return name;
}

static void write_name(FILE *out, const char *text)
{
    char name[IFC__PLOT_TEXT_MAX];
    ifc__plot_quoted(out, ifc__plot_short(text, name));
}

void ifc__plot_tics(FILE *out, const char *axis, const ifc__places *p, bool by_number)
{
    size_t letters = 0;
    fprintf(out, "set %stics (", axis);
    for (size_t i = 0; i < p->n; i++) {
        char name[IFC__PLOT_TEXT_MAX];
        fputs(i ? ", " : "", out);
        write_quoted(out, ifc__plot_short(p->text[i], name), 2);
        fprintf(out, " %.12g", by_number ? p->number[i] : (double)i);
        letters += strlen(name) + 2;
    }
    fputs(")\n", out);
    if (!by_number && axis[0] == 'x' && letters > LETTERS_MAX)
        fputs("set xtics rotate by -30\n", out);
}

void ifc__plot_axis(FILE *out, const char *axis, const char *name)
{
    char label[IFC__PLOT_TEXT_MAX];
    (void)ifc__plot_label(name, label, sizeof label);
    fprintf(out, "set %slabel ", axis);
    ifc__plot_quoted(out, label);
    fputc('\n', out);
}

void ifc__plot_head(const ifc_plot *p, int width, int height, FILE *out)
{
    /* Colours of Okabe and Ito: told apart by everybody, and in grey. */
    static const char *const colours[COLOURS] = {"0072B2", "D55E00", "009E73", "CC79A7",
                                                 "E69F00", "56B4E9", "000000"};
    fprintf(out, "set terminal svg size %d,%d ", width, height);
    fputs("noenhanced font \"Helvetica,14\" background \"white\"\n"
          "set border 3 linecolor rgb \"#444444\"\nset tics nomirror\nset key outside top left horizontal "
          "noopaque\n"
          "set grid y linecolor rgb \"#DDDDDD\"\nset datafile missing \"NaN\"\n",
          out);
    for (int i = 0; i < COLOURS; i++)
        fprintf(out, "set linetype %d linecolor rgb \"#%s\" linewidth 2 pointtype %d\n", i + 1, colours[i],
                5 + 2 * (i % 5));
    fprintf(out, "set linetype cycle %d\n", (int)COLOURS);
    if (!p->title)
        return;
    fputs("set title ", out);
    ifc__plot_quoted(out, p->title);
    fputc('\n', out);
}

/* Data of one line: "PLACE VALUE" each. */
static void write_line(const grid *g, size_t by, bool by_number, FILE *out)
{
    fprintf(out, "$d%zu << EOD\n", by);
    for (size_t x = 0; x < g->x.n; x++)
        fprintf(out, "%.12g %.9g\n", by_number ? g->x.number[x] : (double)x, g->value[by * g->x.n + x]);
    fputs("EOD\n", out);
}

/* gnuplot complains of a line without a single point. */
static bool is_empty(const grid *g, size_t by)
{
    size_t x = 0;
    while (x < g->x.n && isnan(g->value[by * g->x.n + x]))
        x++;
    return x == g->x.n;
}

static void write_series(const grid *g, const ifc_plot *p, const char *style, FILE *out)
{
    if (p->by) {
        fputs("set key title ", out);
        ifc__plot_quoted(out, p->by);
        fputs(" left\n", out);
    }
    fputs("plot ", out);
    for (size_t by = 0, any = 0; by < g->by.n; by++) {
        if (is_empty(g, by))
            continue;
        fprintf(out, "%s$d%zu using %s %s ", any++ ? ", " : "", by, p->kind == IFC_PLOT_BARS ? "2" : "1:2",
                style);
        fputs(p->by ? "title " : "notitle", out);
        if (p->by)
            write_name(out, g->by.text[by]);
    }
    fputc('\n', out);
}

/* Numbers, with a margin at both ends; steps by a factor are even on a logarithmic axis. */
static void write_numbers(const ifc__places *p, FILE *out)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < p->n; i++) {
        least = fmin(least, p->number[i]);
        most = fmax(most, p->number[i]);
    }
    bool wide = least > 0 && most / least >= POWER_OF_LOG;
    double margin = wide ? pow(most / least, 0.04) : most > least ? 0.04 * (most - least) : 1;
    fprintf(out, "%sset xrange [%.12g:%.12g]\n", wide ? "set logscale x\n" : "",
            wide ? least / margin : least - margin, wide ? most * margin : most + margin);
}

static void write_lines(const grid *g, const ifc_plot *p, FILE *out)
{
    for (size_t by = 0; by < g->by.n; by++)
        write_line(g, by, g->x.numbers, out);
    ifc__plot_tics(out, "x", &g->x, g->x.numbers);
    if (g->x.numbers)
        write_numbers(&g->x, out);
    else
        fprintf(out, "set xrange [-0.3:%.1f]\n", (double)g->x.n - 0.7);
    fputs("set yrange [0:*]\n", out);
    write_series(g, p, g->x.numbers ? "with linespoints" : "with points pointsize 1.2", out);
}

static void write_bars(const grid *g, const ifc_plot *p, FILE *out)
{
    for (size_t by = 0; by < g->by.n; by++)
        write_line(g, by, false, out);
    ifc__plot_tics(out, "x", &g->x, false);
    fputs(
        "set style data histograms\nset style histogram clustered gap 1\nset style fill solid 0.9 noborder\n"
        "set yrange [0:*]\n",
        out);
    write_series(g, p, "with histograms", out);
}

static void write_heat(const grid *g, const ifc_plot *p, FILE *out)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < g->x.n * g->by.n; i++) {
        least = fmin(least, g->value[i]);
        most = fmax(most, g->value[i]);
    }
    fputs("$d << EOD\n", out);
    for (size_t by = 0; by < g->by.n; by++)
        for (size_t x = 0; x < g->x.n; x++) {
            double v = g->value[by * g->x.n + x];
            bool dark = v < least + 0.6 * (most - least);
            fprintf(out, "%zu %zu %.9g %s%.4g 0x%s\n", x, by, v, isnan(v) ? "-" : "", isnan(v) ? 0 : v,
                    isnan(v) ? "888888"
                    : dark   ? "FFFFFF"
                             : "000000");
        }
    fputs("EOD\nset palette defined (0 \"#440154\", 1 \"#3B528B\", 2 \"#21918C\", 3 \"#5EC962\", 4 "
          "\"#FDE725\")\n"
          "unset grid\nset border 0\nset tics scale 0\nset style fill solid noborder\n",
          out);
    fprintf(out, "set xrange [-0.5:%.1f]\nset yrange [-0.5:%.1f]\n", (double)g->x.n - 0.5,
            (double)g->by.n - 0.5);
    ifc__plot_tics(out, "x", &g->x, false);
    ifc__plot_tics(out, "y", &g->by, false);
    ifc__plot_axis(out, "y", p->by);
    ifc__plot_axis(out, "cb", p->y);
    fputs("plot $d using 1:2:(0.5):(0.5):3 with boxxyerror palette notitle", out);
    if (g->x.n * g->by.n <= CELLS_WITH_TEXT)
        fputs(", $d using 1:2:(stringcolumn(4) eq \"-0\" ? \"-\" : stringcolumn(4)):5 with labels "
              "textcolor rgb variable font \",12\" notitle",
              out);
    fputc('\n', out);
}

typedef struct spot {
    double x, y;
    bool front;
} spot;

static int by_x(const void *a, const void *b)
{
    double x = ((const spot *)a)->x, y = ((const spot *)b)->x;
    return (x > y) - (x < y);
}

static void find_front(spot *s, size_t n, int better_x, int better_y)
{
    for (size_t i = 0; i < n; i++) {
        s[i].front = true;
        for (size_t k = 0; k < n; k++) {
            double dx = better_x * (s[k].x - s[i].x), dy = better_y * (s[k].y - s[i].y);
            if (dx >= 0 && dy >= 0 && (dx > 0 || dy > 0))
                s[i].front = false;
        }
    }
}

static void write_pareto(const ifc_plot *p, json_t *const *rows, size_t n, FILE *out)
{
    char label[IFC__PLOT_TEXT_MAX];
    double x, y, scale_x = ifc__plot_label(p->x, label, sizeof label),
                 scale_y = ifc__plot_label(p->y, label, sizeof label);
    spot *spots = ifc_alloc_zero(n + 1, sizeof *spots);
    size_t n_spots = 0;
    for (size_t i = 0; i < n; i++)
        if (ifc__plot_draws(rows[i]) && ifc_row_number(rows[i], p->x, &x) &&
            ifc_row_number(rows[i], p->y, &y))
            spots[n_spots++] = (spot){.x = x * scale_x, .y = y * scale_y};
    qsort(spots, n_spots, sizeof *spots, by_x);
    find_front(spots, n_spots, ifc_figure_called(p->x)->better, ifc_figure_called(p->y)->better);
    for (int front = 0; front < 2; front++) {
        fprintf(out, "$d%d << EOD\n", front);
        for (size_t i = 0; i < n_spots; i++)
            if (!front || spots[i].front)
                fprintf(out, "%.9g %.9g\n", spots[i].x, spots[i].y);
        fputs("EOD\n", out);
    }
    fputs("set offsets graph 0.05, graph 0.05, graph 0.05, graph 0.05\n"
          "plot $d0 with points pointtype 7 pointsize 0.6 linecolor rgb \"#999999\" title \"all\", "
          "$d1 with linespoints linetype 2 title \"Pareto front\"\n",
          out);
    free(spots);
}

/* --- from outside --- */

static ifc_status check_path(const char *option, const char *path, json_t *const *rows, size_t n,
                             ifc_error *err)
{
    char names[512] = "";
    const char *name;
    json_t *value, *parameters = NULL;
    for (size_t i = 0; i < n && !parameters; i++)
        parameters = rows[i] ? json_object_get(rows[i], "parameters") : NULL;
    if (json_object_get(parameters, path))
        return IFC_OK;
    json_object_foreach(parameters, name, value)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] ? ", " : "", name);
    return ifc_fail(err, IFC_EUSAGE, "%s %.60s: was not varied (allowed: %s)", option, path, names);
}

static ifc_status check_figure(const char *option, const char *figure, json_t *const *rows, size_t n,
                               ifc_error *err)
{
    char names[512] = "";
    double value;
    for (const ifc_figure_kind *f = ifc_figures(); f->name; f++)
        if (f->objective)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] ? ", " : "",
                     f->name);
    if (!ifc_figure_called(figure))
        return ifc_fail(err, IFC_EUSAGE, "%s %.60s: is no figure (allowed: %s)", option, figure, names);
    for (size_t i = 0; i < n; i++)
        if (ifc__plot_draws(rows[i]) && ifc_row_number(rows[i], figure, &value))
            return IFC_OK;
    return ifc_fail(err, IFC_EDATA, "%s %s: no point has it", option, figure);
}

ifc_status ifc_plot_check(const ifc_plot *p, json_t *const *rows, size_t n, ifc_error *err)
{
    bool pareto = p->kind == IFC_PLOT_PARETO;
    ifc_status status = check_figure("--y", p->y, rows, n, err);
    if (status == IFC_OK)
        status = pareto ? check_figure("--x", p->x, rows, n, err) : check_path("--x", p->x, rows, n, err);
    if (status == IFC_OK && p->by && !pareto)
        status = check_path("--by", p->by, rows, n, err);
    if (status == IFC_OK && p->kind == IFC_PLOT_WINNERS)
        status = check_path("--of", p->of, rows, n, err);
    return status;
}

void ifc_plot_script(const ifc_plot *p, json_t *const *rows, size_t n, FILE *out)
{
    if (p->kind == IFC_PLOT_WINNERS) {
        ifc__plot_winners(p, rows, n, out);
        return;
    }
    ifc__plot_head(p, WIDTH, HEIGHT, out);
    ifc__plot_axis(out, "x", p->x);
    ifc__plot_axis(out, "y", p->y);
    if (p->kind == IFC_PLOT_PARETO) {
        write_pareto(p, rows, n, out);
        return;
    }
    grid g = {0};
    find_grid(&g, p, rows, n);
    if (p->kind == IFC_PLOT_HEAT)
        write_heat(&g, p, out);
    else if (p->kind == IFC_PLOT_BARS)
        write_bars(&g, p, out);
    else
        write_lines(&g, p, out);
    drop_grid(&g);
}

void ifc_plot_table(const ifc_plot *p, json_t *const *rows, size_t n, enum ifc_table_kind kind, FILE *out)
{
    grid g = {0};
    char name[IFC__PLOT_TEXT_MAX];
    if (p->kind == IFC_PLOT_WINNERS) {
        ifc__plot_winners_table(p, rows, n, kind, out);
        return;
    }
    find_grid(&g, p, rows, n);
    ifc_table t = {.columns = g.by.n + 1};
    ifc_table_add(&t, "%s", p->x);
    for (size_t by = 0; by < g.by.n; by++)
        if (p->by)
            ifc_table_add(&t, "%s %s", p->by, ifc__plot_short(g.by.text[by], name));
        else
            ifc_table_add(&t, "%s", ifc_figure_title(ifc_figure_called(p->y), name, sizeof name));
    for (size_t x = 0; x < g.x.n; x++) {
        ifc_table_add(&t, "%s", kind == IFC_TABLE_CSV ? g.x.text[x] : ifc__plot_short(g.x.text[x], name));
        for (size_t by = 0; by < g.by.n; by++)
            ifc_table_number(&t, kind, g.value[by * g.x.n + x]);
    }
    ifc_table_write(&t, kind, out);
    ifc_texts_fini(&t.cells);
    drop_grid(&g);
}
