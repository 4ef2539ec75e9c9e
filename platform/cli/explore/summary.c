#include "platform/cli/explore/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explore/row.h"
#include "platform/common/memory.h"
#include "platform/observe/format.h"

enum { BEST_MAX = 5, FRONT_MAX = 20, CELL_MAX = 256, COLUMNS_MAX = 64 };

/* --- what is looked for --- */

static ifc_status add_objective(ifc_goals *g, const char *name, ifc_error *err)
{
    const ifc_figure_kind *f = ifc_figure_wanted(name);
    char names[256] = "";
    for (const ifc_figure_kind *k = ifc_figures(); k->name && !f; k++)
        if (k->objective)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] ? ", " : "",
                     k->objective);
    if (!f)
        return ifc_fail(err, IFC_EUSAGE, "--for %.60s: unknown (allowed: %s)", name, names);
    for (size_t i = 0; i < g->n; i++)
        if (g->of[i] == f)
            return ifc_fail(err, IFC_EUSAGE, "--for %s: is there twice", name);
    if (g->n == IFC_OBJECTIVES_MAX)
        return ifc_fail(err, IFC_EUSAGE, "--for: too many (allowed: %d)", IFC_OBJECTIVES_MAX);
    g->of[g->n++] = f;
    return IFC_OK;
}

static bool is_varied(const ifc_spec *spec, const char *path)
{
    const ifc_texts *both[] = {&spec->over, &spec->with};
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->n; i++) {
            const char *text = both[k]->all[i] + strspn(both[k]->all[i], " \t");
            size_t n = strlen(path);
            if (strncmp(text, path, n) == 0 && text[n + strspn(text + n, " \t")] == '=')
                return true;
        }
    return false;
}

static void show_figures(ifc_goals *g, const ifc_texts *where)
{
    for (const ifc_figure_kind *f = ifc_figures(); f->name; f++) {
        bool wanted = false;
        for (size_t i = 0; i < g->n; i++)
            wanted = wanted || g->of[i] == f;
        for (size_t i = 0; i < where->n; i++)
            wanted = wanted || (f->objective && strstr(where->all[i], f->name));
        if (wanted && g->n_shown < 2 * (size_t)IFC_OBJECTIVES_MAX)
            g->shown[g->n_shown++] = f;
    }
}

ifc_status ifc_goals_find(ifc_goals *out, const ifc_spec *spec, ifc_error *err)
{
    *out = (ifc_goals){.per = &spec->per};
    ifc_texts names = {0};
    ifc_status status = IFC_OK;
    for (size_t i = 0; i < spec->objectives.n && status == IFC_OK; i++) {
        ifc_error why = {.status = IFC_OK};
        status = ifc_range_expand(spec->objectives.all[i], &names, &why);
        if (status != IFC_OK)
            (void)ifc_fail(err, status, "--for %s: %s", spec->objectives.all[i], why.text);
    }
    for (size_t i = 0; i < names.n && status == IFC_OK; i++)
        status = add_objective(out, names.all[i], err);
    ifc_texts_fini(&names);
    if (status == IFC_OK && out->n == 0)
        status = add_objective(out, "tokens/s", err);
    for (size_t i = 0; i < spec->per.n && status == IFC_OK; i++)
        if (!is_varied(spec, spec->per.all[i]))
            status =
                ifc_fail(err, IFC_EUSAGE, "--per %s: is not varied by --over or --with", spec->per.all[i]);
    show_figures(out, &spec->where);
    return status;
}

ifc_status ifc_goals_check(const ifc_goals *g, const ifc_points *p, ifc_error *err)
{
    ifc_scenario *s = ifc_alloc_zero(1, sizeof *s);
    ifc_status status = IFC_OK;
    bool asked = p->spec->objectives.n > 0; /* nobody is refused the default */
    for (size_t k = 0; asked && k < g->n && status == IFC_OK; k++) {
        bool can = !g->of[k]->can;
        for (size_t i = 0; i < p->n && !can; i++) {
            ifc_error ignored = {.status = IFC_OK};
            can = ifc_points_load(p, i, s, &ignored) == IFC_OK && g->of[k]->can(s);
        }
        if (!can)
            status = ifc_fail(err, IFC_EUSAGE, "--for %s: no point will have it: that takes %s",
                              g->of[k]->objective, g->of[k]->needs);
    }
    free(s);
    return status;
}

/* --- choosing --- */

/* A point without wear lasts for ever. */
static bool figure_of(const json_t *row, const ifc_figure_kind *f, double *out)
{
    if (ifc_row_number(row, f->name, out))
        return true;
    *out = 1e300;
    return strcmp(f->name, "lifetime_years") == 0;
}

static bool counts(const json_t *row, const ifc_goals *g)
{
    double value;
    if (!row || strcmp(ifc_row_status(row), IFC_ROW_OK) != 0 || json_is_false(json_object_get(row, "meets")))
        return false;
    for (size_t i = 0; i < g->n; i++)
        if (!figure_of(row, g->of[i], &value))
            return false;
    return true;
}

/* Above 0: @a is better. */
static int compare(const json_t *a, const json_t *b, const ifc_figure_kind *f)
{
    double x = 0, y = 0;
    (void)figure_of(a, f, &x);
    (void)figure_of(b, f, &y);
    return f->better * ((x > y) - (x < y));
}

static bool same_group(const json_t *a, const json_t *b, const ifc_texts *per)
{
    for (size_t i = 0; i < per->n; i++) {
        char x[CELL_MAX], y[CELL_MAX];
        ifc_row_text(a, per->all[i], x, sizeof x);
        ifc_row_text(b, per->all[i], y, sizeof y);
        if (strcmp(x, y) != 0)
            return false;
    }
    return true;
}

/* No other of its group is at least as good in all and better in one. */
static bool is_front(json_t *const *rows, size_t n, const json_t *row, const ifc_goals *g)
{
    for (size_t i = 0; i < n; i++) {
        bool better = false, worse = !same_group(rows[i], row, g->per);
        for (size_t k = 0; k < g->n; k++) {
            int c = compare(rows[i], row, g->of[k]);
            better = better || c > 0;
            worse = worse || c < 0;
        }
        if (better && !worse)
            return false;
    }
    return true;
}

static const ifc_figure_kind *sorted_by;

static int by_figure(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int c = compare(y, x, sorted_by);
    size_t i = ifc_row_point(x), k = ifc_row_point(y);
    return c ? c : (i > k) - (i < k);
}

static void sort_rows(json_t **rows, size_t n, const ifc_figure_kind *f)
{
    sorted_by = f;
    qsort(rows, n, sizeof(json_t *), by_figure);
}

/* --- tables --- */

static void cell_of(const json_t *row, const char *name, const ifc_figure_kind *f, char *out)
{
    double value = 0;
    bool known = f && ifc_row_number(row, f->name, &value);
    if (!f)
        ifc_row_text(row, name, out, CELL_MAX);
    else if (!known)
        snprintf(out, CELL_MAX, "-");
    else if (strcmp(f->unit, "ps") == 0)
        snprintf(out, CELL_MAX, "%s", ifc_format_time(value).text);
    else if (strcmp(f->unit, "J") == 0 || strcmp(f->unit, "B/s") == 0 || strcmp(f->unit, "W") == 0)
        snprintf(out, CELL_MAX, "%s", ifc_format_si(value, f->unit).text);
    else
        snprintf(out, CELL_MAX, value >= 1e6 ? "%.3e" : value >= 1000 ? "%.0f" : "%.4g", value);
}

static size_t name_columns(const json_t *row, const ifc_goals *g, const char **names,
                           const ifc_figure_kind **figures)
{
    size_t n = 0;
    const char *path;
    json_t *value, *parameters = json_object_get(row, "parameters");
    names[n++] = "point";
    json_object_foreach(parameters, path, value) if (n < COLUMNS_MAX - 2 * IFC_OBJECTIVES_MAX - 1)
        names[n++] = path;
    for (size_t i = 0; i < g->n_shown; i++, n++) {
        names[n] = g->shown[i]->name;
        figures[n] = g->shown[i];
        if (strcmp(g->shown[i]->unit, "ps") == 0) /* shown as times */
            names[n] = g->shown[i]->objective;
    }
    names[n++] = "waits_for";
    return n;
}

static void write_rows(json_t *const *rows, size_t n, const ifc_goals *g, FILE *out)
{
    const char *names[COLUMNS_MAX];
    const ifc_figure_kind *figures[COLUMNS_MAX] = {0};
    size_t width[COLUMNS_MAX] = {0};
    char cell[CELL_MAX];
    size_t n_columns = n > 0 ? name_columns(rows[0], g, names, figures) : 0;
    for (size_t c = 0; c < n_columns; c++) {
        width[c] = strlen(names[c]);
        for (size_t i = 0; i < n; i++) {
            cell_of(rows[i], names[c], figures[c], cell);
            width[c] = strlen(cell) > width[c] ? strlen(cell) : width[c];
        }
    }
    for (size_t i = 0; i <= n && n > 0; i++) {
        for (size_t c = 0; c < n_columns; c++) {
            if (i > 0)
                cell_of(rows[i - 1], names[c], figures[c], cell);
            fprintf(out, "%s%*s", c ? "  " : "  ", c + 1 < n_columns ? (int)width[c] : 0,
                    i ? cell : names[c]);
        }
        fputc('\n', out);
    }
}

static int by_point(const void *a, const void *b)
{
    size_t i = ifc_row_point(*(json_t *const *)a), k = ifc_row_point(*(json_t *const *)b);
    return (i > k) - (i < k);
}

/* The best of each group, in the order of the groups' first points. */
static size_t best_of_groups(json_t *const *rows, size_t n, const ifc_goals *g, const ifc_figure_kind *f,
                             json_t **out)
{
    size_t n_out = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n_out && !same_group(out[k], rows[i], g->per))
            k++;
        if (k == n_out)
            out[n_out++] = rows[i];
        else if (compare(rows[i], out[k], f) > 0)
            out[k] = rows[i];
    }
    return n_out;
}

static void write_per(const ifc_goals *g, FILE *out)
{
    for (size_t i = 0; i < g->per->n; i++)
        fprintf(out, "%s%s", i ? ", " : ", for each ", g->per->all[i]);
}

static void write_best(json_t *const *rows, size_t n, const ifc_goals *g, const ifc_figure_kind *f, FILE *out)
{
    json_t **some = ifc_alloc_zero(n, sizeof(json_t *));
    fprintf(out, "\nBest by %s (%s is better)", f->objective, f->better > 0 ? "more" : "less");
    write_per(g, out);
    if (g->per->n > 0) {
        fputs(":\n", out);
        write_rows(some, best_of_groups(rows, n, g, f, some), g, out);
    } else {
        memcpy(some, rows, n * sizeof(json_t *));
        sort_rows(some, n, f);
        fputs(":\n", out);
        write_rows(some, n < BEST_MAX ? n : BEST_MAX, g, out);
    }
    free(some);
}

/* The groups one after the other, each from its best on. */
static void write_front(json_t *const *rows, size_t n, const ifc_goals *g, FILE *out)
{
    json_t **front = ifc_alloc_zero(n, sizeof(json_t *)), **groups = ifc_alloc_zero(n, sizeof(json_t *));
    size_t n_front = 0, n_groups = best_of_groups(rows, n, g, g->of[0], groups);
    for (size_t k = 0; k < n_groups; k++) {
        size_t begin = n_front;
        for (size_t i = 0; i < n; i++)
            if (same_group(rows[i], groups[k], g->per) && is_front(rows, n, rows[i], g))
                front[n_front++] = rows[i];
        sort_rows(front + begin, n_front - begin, g->of[0]);
    }
    fputs("\nPareto front of ", out);
    for (size_t k = 0; k < g->n; k++)
        fprintf(out, "%s%s", k == 0 ? "" : k + 1 < g->n ? ", " : " and ", g->of[k]->objective);
    write_per(g, out);
    fprintf(out, " (%zu of %zu points):\n", n_front, n);
    write_rows(front, n_front < FRONT_MAX ? n_front : FRONT_MAX, g, out);
    if (n_front > FRONT_MAX)
        fprintf(out, "  ... and %zu more\n", n_front - FRONT_MAX);
    free(groups);
    free(front);
}

/* Nothing can be best by what no result has. */
static void write_lacking(json_t *const *rows, size_t n, const ifc_goals *g, FILE *out)
{
    double value;
    for (size_t k = 0; k < g->n; k++) {
        size_t ok = 0, have = 0;
        for (size_t i = 0; i < n; i++) {
            bool counted = rows[i] && strcmp(ifc_row_status(rows[i]), IFC_ROW_OK) == 0;
            ok += counted;
            have += counted && figure_of(rows[i], g->of[k], &value);
        }
        if (ok > 0 && have == 0)
            fprintf(out, "\nNo point has %s (--for %s).\n", g->of[k]->name, g->of[k]->objective);
    }
}

static void write_counts(json_t *const *rows, size_t n, FILE *out)
{
    static const char *const names[] = {IFC_ROW_OK, IFC_ROW_NOFIT, IFC_ROW_LIMITED, IFC_ROW_REFUSED,
                                        IFC_ROW_FAILED};
    size_t recorded = 0, met = 0, goals = 0;
    for (size_t i = 0; i < n; i++) {
        recorded += rows[i] != NULL;
        goals += rows[i] && json_object_get(rows[i], "meets");
        met += rows[i] && json_is_true(json_object_get(rows[i], "meets"));
    }
    fprintf(out, "%zu point%s", recorded, recorded == 1 ? "" : "s");
    for (int k = 0, any = 0; k < 5; k++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            count += rows[i] && strcmp(ifc_row_status(rows[i]), names[k]) == 0;
        if (count > 0)
            fprintf(out, "%s%zu %s", any++ ? ", " : ": ", count, names[k]);
    }
    if (goals > 0)
        fprintf(out, "; %zu fulfil the conditions", met);
    fputc('\n', out);
}

/* A mistake in a range shows here, and not in the table alone. */
static void write_refused(json_t *const *rows, size_t n, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        const char *why = rows[i] ? json_string_value(json_object_get(rows[i], "why")) : NULL;
        if (!why || strcmp(ifc_row_status(rows[i]), IFC_ROW_REFUSED) != 0)
            continue;
        fprintf(out, "The first that was refused is point %zu: %s\n", ifc_row_point(rows[i]), why);
        return;
    }
}

/* Runs that have more or fewer flushes than they are due are no fair comparison. */
static void write_windows(json_t *const *rows, size_t n, FILE *out)
{
    size_t parts = 0;
    for (size_t i = 0; i < n; i++) {
        double tokens, period;
        if (ifc_row_number(rows[i], "tokens", &tokens) && ifc_row_number(rows[i], "period_tokens", &period))
            parts += fmod(tokens, period) != 0;
    }
    if (parts > 0)
        fprintf(
            out,
            "\n%zu of these decode no whole period of flushes and pages; -s workload.tokens=period does.\n",
            parts);
}

void ifc_summary_write(json_t *const *rows, size_t n, const ifc_goals *goals, FILE *out)
{
    json_t **good = ifc_alloc_zero(n + 1, sizeof(json_t *));
    size_t n_good = 0;
    for (size_t i = 0; i < n; i++)
        if (counts(rows[i], goals))
            good[n_good++] = rows[i];
    qsort(good, n_good, sizeof(json_t *), by_point);
    write_counts(rows, n, out);
    write_refused(rows, n, out);
    for (size_t k = 0; k < goals->n && n_good > 0; k++)
        write_best(good, n_good, goals, goals->of[k], out);
    if (goals->n > 1 && n_good > 0)
        write_front(good, n_good, goals, out);
    if (n_good == 0)
        write_lacking(rows, n, goals, out);
    write_windows(good, n_good, out);
    free(good);
}
