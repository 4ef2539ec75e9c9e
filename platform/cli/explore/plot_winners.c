/*
 * A map of winners: at every place of two axes, which value of a third one has the best figure.
 */
#include <math.h>
#include <stdlib.h>

#include "platform/cli/explore/figure.h"
#include "platform/cli/explore/plot_internal.h"
#include "platform/cli/explore/row.h"
#include "platform/common/memory.h"

enum { NOBODY = -1, COLOURS = 10, WIDTH = 900, HEIGHT = 420 };

typedef struct winners {
    ifc__places x, by, of;
    double *value; /* owned; x.n for each of by: the best figure, as drawn */
    long *who;     /* owned; place of its point in @of, or NOBODY */
} winners;

/* Where a row stands on an axis. Return: false: nowhere, there are too many values. */
static bool stands(const json_t *row, const char *path, const ifc__places *p, size_t *at)
{
    char text[IFC__PLOT_TEXT_MAX];
    ifc_row_text(row, path, text, sizeof text);
    *at = ifc__place_of(p, text);
    return *at < p->n;
}

static void find_winners(winners *w, const ifc_plot *p, json_t *const *rows, size_t n)
{
    char label[IFC__PLOT_TEXT_MAX];
    double scale = ifc__plot_label(p->y, label, sizeof label), v;
    bool more = ifc_figure_called(p->y)->better >= 0;
    ifc__places_find(&w->x, p->x, rows, n);
    ifc__places_find(&w->by, p->by, rows, n);
    ifc__places_find(&w->of, p->of, rows, n);
    w->value = ifc_alloc_zero(w->x.n * w->by.n, sizeof *w->value);
    w->who = ifc_alloc_zero(w->x.n * w->by.n, sizeof *w->who);
    for (size_t i = 0; i < w->x.n * w->by.n; i++)
        w->who[i] = NOBODY;
    for (size_t i = 0; i < n; i++) {
        size_t x, by, of;
        if (!ifc__plot_draws(rows[i]) || !ifc_row_number(rows[i], p->y, &v) ||
            !stands(rows[i], p->x, &w->x, &x) || !stands(rows[i], p->by, &w->by, &by) ||
            !stands(rows[i], p->of, &w->of, &of))
            continue;
        size_t at = by * w->x.n + x;
        if (w->who[at] == NOBODY || (more ? v * scale > w->value[at] : v * scale < w->value[at])) {
            w->value[at] = v * scale;
            w->who[at] = (long)of;
        }
    }
}

static void drop_winners(winners *w)
{
    ifc__places_fini(&w->x);
    ifc__places_fini(&w->by);
    ifc__places_fini(&w->of);
    free(w->value);
    free(w->who);
}

/* A colour each for those who win somewhere, in that order, light enough for a text on it. Return: owned; the
 * colour of each of w->of. */
static const char **choose_colours(const winners *w)
{
    static const char *const colours[COLOURS] = {"9ECAE1", "FDBE85", "A1D99B", "E7B6D6", "FFE08A",
                                                 "BCBDDC", "F4A6A0", "A8DDD5", "D9C3A5", "C7E9A0"};
    const char **out = ifc_alloc_zero(w->of.n, sizeof *out);
    size_t used = 0;
    for (size_t i = 0; i < w->x.n * w->by.n; i++)
        if (w->who[i] != NOBODY && !out[w->who[i]])
            out[w->who[i]] = colours[used++ % COLOURS];
    return out;
}

void ifc__plot_winners(const ifc_plot *p, json_t *const *rows, size_t n, FILE *out)
{
    winners w = {0};
    char name[IFC__PLOT_TEXT_MAX];
    find_winners(&w, p, rows, n);
    ifc__plot_head(p, WIDTH, HEIGHT, out);
    ifc__plot_axis(out, "x", p->x);
    ifc__plot_axis(out, "y", p->by);
    ifc__plot_tics(out, "x", &w.x, false);
    ifc__plot_tics(out, "y", &w.by, false);
    const char **colours = choose_colours(&w);
    fputs("$d << EOD\n", out);
    for (size_t i = 0; i < w.x.n * w.by.n; i++) {
        fprintf(out, "%zu %zu 0x%s ", i % w.x.n, i / w.x.n,
                w.who[i] == NOBODY ? "DDDDDD" : colours[w.who[i]]);
        if (w.who[i] == NOBODY)
            fputs("\"\"\n", out);
        else
            fprintf(out, "\"%.4g\"\n", w.value[i]);
    }
    fputs("EOD\n", out);
    for (size_t i = 0; i < w.x.n * w.by.n; i++) { /* names are no data, which knows no quotes in quotes */
        fputs("set label ", out);
        ifc__plot_quoted(out, w.who[i] == NOBODY ? "-" : ifc__plot_short(w.of.text[w.who[i]], name));
        fprintf(out, " at %zu,%zu center front offset 0,0.5 font \",11\"\n", i % w.x.n, i / w.x.n);
    }
    fprintf(out,
            "unset grid\nset border 0\nset tics scale 0\nset style fill solid border rgb \"white\"\n"
            "set xrange [-0.5:%.1f]\nset yrange [-0.5:%.1f]\n"
            "plot $d using 1:2:(0.5):(0.5):3 with boxxyerror linecolor rgb variable notitle, "
            "$d using 1:2:4 with labels offset 0,-0.5 font \",11\" notitle\n",
            (double)w.x.n - 0.5, (double)w.by.n - 0.5);
    free(colours);
    drop_winners(&w);
}

void ifc__plot_winners_table(const ifc_plot *p, json_t *const *rows, size_t n, enum ifc_table_kind kind,
                             FILE *out)
{
    winners w = {0};
    char name[IFC__PLOT_TEXT_MAX];
    find_winners(&w, p, rows, n);
    ifc_table t = {.columns = w.by.n + 1};
    ifc_table_add(&t, "%s", p->x);
    for (size_t by = 0; by < w.by.n; by++)
        ifc_table_add(&t, "%s %s", p->by, ifc__plot_short(w.by.text[by], name));
    for (size_t x = 0; x < w.x.n; x++) {
        ifc_table_add(&t, "%s", kind == IFC_TABLE_CSV ? w.x.text[x] : ifc__plot_short(w.x.text[x], name));
        for (size_t by = 0; by < w.by.n; by++) {
            long who = w.who[by * w.x.n + x];
            if (who == NOBODY)
                ifc_table_add(&t, "%s", "");
            else
                ifc_table_add(&t, "%s %.4g", ifc__plot_short(w.of.text[who], name), w.value[by * w.x.n + x]);
        }
    }
    ifc_table_write(&t, kind, out);
    ifc_texts_fini(&t.cells);
    drop_winners(&w);
}
