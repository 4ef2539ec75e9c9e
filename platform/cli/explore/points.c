#include "platform/cli/explore/points.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explore/figure.h"
#include "platform/cli/explore/part.h"
#include "platform/cli/scenarios.h"
#include "platform/common/memory.h"
#include "platform/registry/choices.h"

#define PRODUCT_MAX 10000000.0 /* combinations that conditions choose from */

/* Who knows names at one point: its assignments, then its scenario, which is loaded when it is needed. */
typedef struct finder {
    const ifc_points *points;
    const ifc_point *point;
    size_t n_with;                /* assignments of --with that are made */
    const ifc_scenario *scenario; /* NULL: not loaded yet */
    ifc_scenario *own;            /* owned; what scenario points to if it was loaded here */
    const ifc_names *figures;     /* of a result; NULL: their names are noted only */
    bool names_figure;
} finder;

const char *ifc_points_value(const ifc_points *p, size_t i, size_t a)
{
    const ifc_point *point = &p->all[i];
    return a < p->n_over ? p->axes[a].values.all[point->axis_value[a]] : point->with.all[a - p->n_over];
}

/* --- loading --- */

static void add_set(ifc_texts *sets, const char *path, const char *value)
{
    char *text = NULL;
    if (asprintf(&text, "%s=%s", path, value) < 0)
        return;
    ifc_texts_add(sets, text, strlen(text));
    free(text);
}

/* Parts are weaker than --set, which is weaker than what the point assigns. */
static void sets_of(const ifc_points *p, const ifc_point *point, size_t n_with, ifc_texts *sets)
{
    for (size_t a = 0; a < p->n_over; a++)
        if (p->axes[a].files.n > 0)
            add_set(sets, "extends", p->axes[a].files.all[point->axis_value[a]]);
    for (size_t i = 0; i < p->spec->sets.n; i++)
        ifc_texts_add(sets, p->spec->sets.all[i], strlen(p->spec->sets.all[i]));
    for (size_t a = 0; a < p->n_over; a++)
        if (p->axes[a].files.n == 0)
            add_set(sets, p->axes[a].path, p->axes[a].values.all[point->axis_value[a]]);
    for (size_t w = 0; w < n_with; w++)
        add_set(sets, p->axes[p->n_over + w].path, point->with.all[w]);
}

/* The axis that assigns what @text begins with, "PATH = VALUE" or "extends=FILE"; *rest: behind that. */
static const ifc_axis *axis_of(const ifc_points *p, const char *text, const char **rest)
{
    char path[IFC_VALUE_MAX];
    const ifc_axis *found = NULL;
    snprintf(path, sizeof path, "%.*s", (int)strcspn(text, " :="), text);
    for (size_t a = 0; a < p->n_axes; a++) {
        for (size_t i = 0; i < p->axes[a].files.n && strncmp(text, "extends=", 8) == 0; i++) {
            const char *file = p->axes[a].files.all[i];
            size_t n = strlen(file);
            if (strncmp(text + 8, file, n) == 0 && text[8 + n] == ':') {
                *rest = text + 8;
                return &p->axes[a];
            }
        }
        if (fnmatch(p->axes[a].path, path, 0) == 0) {
            *rest = text;
            found = &p->axes[a];
        }
    }
    return found;
}

/* Scenarios call it --set what a point assigns: say which option it was. */
static void name_option(const ifc_points *p, ifc_error *err)
{
    char text[sizeof err->text];
    const char *rest = NULL;
    size_t n = strlen("--set");
    snprintf(text, sizeof text, "%s", err->text);
    if (strncmp(text, "--set", n) != 0)
        return;
    const ifc_axis *a = axis_of(p, text + n + strspn(text + n, ": "), &rest);
    if (a && a->files.n > 0)
        snprintf(err->text, sizeof err->text, "--over %s = %s", a->path, rest);
    else if (a)
        snprintf(err->text, sizeof err->text, "%s %s", a->expression ? "--with" : "--over", rest);
}

static ifc_status load(const ifc_points *p, const ifc_point *point, size_t n_with, bool policies,
                       ifc_scenario *out, ifc_error *err)
{
    ifc_texts sets = {0};
    ifc_origins *origins = NULL;
    ifc_diagnostics diag = {0};
    sets_of(p, point, n_with, &sets);
    ifc_status status =
        ifc_scenario_load(out, p->file, (const char *const *)sets.all, sets.n, &origins, NULL, err);
    if (status == IFC_OK && policies)
        status = ifc_choices_settle(out, origins, true, &diag);
    if (diag.n > 0)
        (void)ifc_fail(err, status, "%s", diag.items[0].text);
    name_option(p, err);
    ifc_diagnostics_fini(&diag);
    ifc_origins_free(origins);
    ifc_texts_fini(&sets);
    return status;
}

ifc_status ifc_points_load(const ifc_points *p, size_t i, ifc_scenario *out, ifc_error *err)
{
    return load(p, &p->all[i], p->n_axes - p->n_over, true, out, err);
}

/* --- names in expressions --- */

static void forget(finder *f)
{
    free(f->own);
    f->own = NULL;
    f->scenario = NULL;
}

/* What cannot be loaded as it is now, with assignments still to come, has values all the same. */
static const ifc_scenario *scenario_of(finder *f)
{
    ifc_error ignored = {.status = IFC_OK};
    if (f->scenario)
        return f->scenario;
    f->own = ifc_alloc_zero(1, sizeof *f->own);
    (void)!load(f->points, f->point, f->n_with, false, f->own, &ignored);
    f->scenario = f->own;
    return f->scenario;
}

static bool find_name(void *arg, const char *name, ifc_value *out)
{
    finder *f = arg;
    const ifc_points *p = f->points;
    for (size_t a = 0; a < p->n_over + f->n_with; a++)
        if (strcmp(p->axes[a].path, name) == 0) {
            *out = ifc_value_of(a < p->n_over ? p->axes[a].values.all[f->point->axis_value[a]]
                                              : f->point->with.all[a - p->n_over]);
            return true;
        }
    if (ifc_figure_called(name)) {
        f->names_figure = true;
        *out = ifc_value_named(NAN, ifc_figure_called(name)->unit); /* not known yet */
        return !f->figures || f->figures->find(f->figures->arg, name, out);
    }
    return ifc__parameter_value(scenario_of(f), name, out);
}

/* --- the points --- */

/* Whose expression it was that went wrong. */
static ifc_status blame(const char *option, const char *path, ifc_status status, ifc_error *err)
{
    char text[sizeof err->text];
    snprintf(text, sizeof text, "%s", err->text);
    *err = (ifc_error){.status = IFC_OK};
    return ifc_fail(err, status, "%s %s%s%s", option, path ? path : "", path ? "=" : "", text);
}

static ifc_status assign_with(const ifc_points *p, ifc_point *point, finder *f, ifc_error *err)
{
    ifc_names names = {find_name, f};
    for (size_t a = p->n_over; a < p->n_axes; a++) {
        ifc_value v;
        char text[IFC_VALUE_MAX];
        ifc_status status = ifc_expression_value(p->axes[a].expression, &names, &v, err);
        if (status == IFC_OK && f->names_figure)
            status = ifc_fail(err, IFC_EUSAGE, "%s: names a figure of a result, which comes later",
                              p->axes[a].expression);
        ifc_error why = {.status = IFC_OK};
        if (status == IFC_OK && ifc__parameter_fits(p->axes[a].path, &v, &why) != IFC_OK)
            status = ifc_fail(err, why.status, "%s: %s", p->axes[a].expression, why.text);
        if (status != IFC_OK)
            return blame("--with", p->axes[a].path, status, err);
        ifc__parameter_text(p->axes[a].path, &v, text, sizeof text);
        ifc_texts_add(&point->with, text, strlen(text));
        f->n_with++;
        forget(f);
    }
    return IFC_OK;
}

static ifc_status fulfils(const ifc_points *p, finder *f, bool *yes, ifc_error *err)
{
    ifc_names names = {find_name, f};
    *yes = true;
    for (size_t i = 0; i < p->spec->where.n && *yes; i++) {
        f->names_figure = false;
        ifc_status status = ifc_expression_true(p->spec->where.all[i], &names, yes, err);
        if (status != IFC_OK)
            return blame("--where", NULL, status, err);
        *yes = *yes || f->names_figure;
    }
    return IFC_OK;
}

/* The axis whose path comes next behind @path in the order of the alphabet; NULL: none. */
static const ifc_axis *next_axis(const ifc_points *p, const char *path)
{
    const ifc_axis *next = NULL;
    for (size_t a = 0; a < p->n_axes; a++)
        if (strcmp(p->axes[a].path, path) > 0 && (!next || strcmp(p->axes[a].path, next->path) < 0))
            next = &p->axes[a];
    return next;
}

/* Equal for equal assignments, in whatever order the axes are given. */
static void identify(const ifc_points *p, size_t i)
{
    uint64_t digest = IFC_DIGEST_BEGIN;
    for (const ifc_axis *a = next_axis(p, ""); a; a = next_axis(p, a->path)) {
        const char *value = ifc_points_value(p, i, (size_t)(a - p->axes));
        digest = ifc_digest_add(digest, a->path, strlen(a->path) + 1);
        digest = ifc_digest_add(digest, value, strlen(value) + 1);
    }
    ifc_digest_print(digest, p->all[i].id);
}

static void drop_point(ifc_point *point)
{
    free(point->axis_value);
    ifc_texts_fini(&point->with);
}

/* The combination that @turn has now; *kept: it is a point. */
static ifc_status add_point(ifc_points *p, const uint32_t *turn, ifc_error *err)
{
    ifc_point point = {0};
    bool kept = false;
    point.axis_value = ifc_alloc_zero(p->n_over ? p->n_over : 1, sizeof *point.axis_value);
    memcpy(point.axis_value, turn, p->n_over * sizeof *turn);
    finder f = {.points = p, .point = &point};
    ifc_status status = assign_with(p, &point, &f, err);
    if (status == IFC_OK)
        status = fulfils(p, &f, &kept, err);
    forget(&f);
    if (status == IFC_OK && kept && p->n == IFC_POINTS_MAX)
        status = ifc_fail(err, IFC_EUSAGE, "too many points (allowed: %d)", IFC_POINTS_MAX);
    if (status != IFC_OK || !kept) {
        drop_point(&point);
        return status;
    }
    p->all = ifc_grow(p->all, &p->room, p->n, sizeof *p->all);
    p->all[p->n++] = point;
    identify(p, p->n - 1);
    return IFC_OK;
}

/* Return: false when all have turned. */
static bool turn_axes(const ifc_points *p, uint32_t *turn)
{
    for (size_t a = p->n_over; a-- > 0;) {
        if (++turn[a] < p->axes[a].values.n)
            return true;
        turn[a] = 0;
    }
    return false;
}

static ifc_status find_points(ifc_points *p, ifc_error *err)
{
    double product = 1;
    for (size_t a = 0; a < p->n_over; a++)
        product *= (double)p->axes[a].values.n;
    if (product > PRODUCT_MAX)
        return ifc_fail(err, IFC_EUSAGE, "%.0f combinations are too many (allowed: %.0f)", product,
                        PRODUCT_MAX);
    uint32_t *turn = ifc_alloc_zero(p->n_over + 1, sizeof *turn);
    ifc_status status;
    do
        status = add_point(p, turn, err);
    while (status == IFC_OK && turn_axes(p, turn));
    free(turn);
    if (status == IFC_OK && p->n == 0)
        status = ifc_fail(err, IFC_EUSAGE, "no combination fulfils --where: nothing to explore");
    return status;
}

/* --- the axes --- */

/* Two axes for one parameter: of one of them a row would tell what was not so. */
static bool overlap(const char *a, const char *b)
{
    return fnmatch(a, b, 0) == 0 || fnmatch(b, a, 0) == 0;
}

static ifc_status add_axis(ifc_points *p, const char *option, const char *text, ifc_error *err)
{
    const char *equals = strchr(text, '='), *begin = text + strspn(text, " \t");
    size_t n = equals && equals > begin ? (size_t)(equals - begin) : 0;
    while (n > 0 && (begin[n - 1] == ' ' || begin[n - 1] == '\t'))
        n--;
    if (n == 0)
        return ifc_fail(err, IFC_EUSAGE, "%s %s: needs PATH=%s", option, text,
                        strcmp(option, "--over") == 0
                            ? "RANGE, e.g. workload.context=1K..8K*2"
                            : "EXPRESSION, e.g. flash.groups.g2.dies=16-flash.groups.g1.dies");
    ifc_axis *a = &p->axes[p->n_axes++];
    *a = (ifc_axis){.path = strndup(begin, n)};
    for (size_t i = 0; a->path && i + 1 < p->n_axes; i++)
        if (strcmp(p->axes[i].path, a->path) == 0)
            return ifc_fail(err, IFC_EUSAGE, "%s %s: %s is varied already", option, text, a->path);
        else if (overlap(p->axes[i].path, a->path))
            return ifc_fail(err, IFC_EUSAGE, "%s %s: sets what %s sets, too", option, text, p->axes[i].path);
    if (strcmp(option, "--with") == 0) {
        a->expression = ifc_copy_text(equals + 1);
        return IFC_OK;
    }
    p->n_over = p->n_axes;
    if (ifc_is_part(a->path))
        return ifc_part_find(equals + 1, p->file, &a->values, &a->files, err);
    ifc_error why = {.status = IFC_OK};
    ifc_status status = ifc_range_expand(equals + 1, &a->values, &why);
    return status == IFC_OK ? status : ifc_fail(err, status, "%s %s: %s", option, text, why.text);
}

static ifc_status find_axes(ifc_points *p, ifc_error *err)
{
    const ifc_spec *s = p->spec;
    ifc_status status = IFC_OK;
    p->axes = ifc_alloc_zero(s->over.n + s->with.n + 1, sizeof *p->axes);
    if (s->over.n == 0)
        return ifc_fail(err, IFC_EUSAGE, "nothing is varied: --over PATH=RANGE is missing");
    for (size_t i = 0; i < s->over.n && status == IFC_OK; i++)
        status = add_axis(p, "--over", s->over.all[i], err);
    for (size_t i = 0; i < s->with.n && status == IFC_OK; i++)
        status = add_axis(p, "--with", s->with.all[i], err);
    return status;
}

/* --- what the points are made of --- */

static uint64_t digest_texts(uint64_t d, const ifc_texts *t)
{
    for (size_t i = 0; i < t->n; i++)
        d = ifc_digest_add(d, t->all[i], strlen(t->all[i]) + 1);
    return ifc_digest_add(d, "", 1);
}

/* Of the program, the question, the parts, and the first scenario that loads, which is also the proof that
 * one does. */
static ifc_status digest_points(ifc_points *p, ifc_error *err)
{
    char hash[IFC_DIGEST_MAX];
    ifc_scenario *s = ifc_alloc_zero(1, sizeof *s);
    ifc_status status = IFC_EDATA;
    for (size_t i = 0; i < p->n && status != IFC_OK && status != IFC_ENOINPUT && status != IFC_EUSAGE; i++) {
        ifc_error later = {.status = IFC_OK};
        status = ifc_points_load(p, i, s, i == 0 ? err : &later);
    }
    if (status == IFC_OK) {
        *err = (ifc_error){.status = IFC_OK};
        ifc_scenario_hash(s, hash);
        uint64_t d = ifc_digest_add(IFC_DIGEST_BEGIN, IFC_VERSION, sizeof IFC_VERSION);
        d = ifc_digest_add(d, hash, strlen(hash));
        for (size_t a = 0; a < p->n_axes; a++) {
            d = ifc_digest_add(d, p->axes[a].path, strlen(p->axes[a].path) + 1);
            d = digest_texts(d, &p->axes[a].values);
            for (size_t i = 0; i < p->axes[a].files.n; i++)
                if (ifc_digest_file(p->axes[a].files.all[i], hash))
                    d = ifc_digest_add(d, hash, strlen(hash));
        }
        d = digest_texts(digest_texts(digest_texts(d, &p->spec->with), &p->spec->where), &p->spec->sets);
        ifc_digest_print(d, p->digest);
    }
    free(s);
    if (status == IFC_EDATA && p->n > 1) {
        char first[sizeof err->text];
        snprintf(first, sizeof first, "%s", err->text);
        *err = (ifc_error){.status = IFC_OK};
        return ifc_fail(err, status, "no point can be run; the first: %s", first);
    }
    return status;
}

static bool has_goals(const ifc_points *p)
{
    finder f = {.points = p, .point = &p->all[0], .n_with = p->n_axes - p->n_over};
    ifc_names names = {find_name, &f};
    for (size_t i = 0; i < p->spec->where.n && !f.names_figure; i++) {
        ifc_error ignored = {.status = IFC_OK};
        bool yes;
        (void)!ifc_expression_true(p->spec->where.all[i], &names, &yes, &ignored);
    }
    forget(&f);
    return f.names_figure;
}

ifc_status ifc_points_plan(ifc_points *out, const ifc_spec *spec, ifc_error *err)
{
    *out = (ifc_points){.spec = spec, .file = ifc_copy_text(spec->scenario)};
    ifc_status status = find_axes(out, err);
    if (status == IFC_OK)
        status = find_points(out, err);
    if (status != IFC_OK)
        return status;
    out->has_goals = has_goals(out);
    return digest_points(out, err);
}

void ifc_points_fini(ifc_points *p)
{
    for (size_t i = 0; i < p->n; i++)
        drop_point(&p->all[i]);
    for (size_t a = 0; a < p->n_axes; a++) {
        free(p->axes[a].path);
        free(p->axes[a].expression);
        ifc_texts_fini(&p->axes[a].values);
        ifc_texts_fini(&p->axes[a].files);
    }
    free(p->all);
    free(p->axes);
    free(p->file);
    memset(p, 0, sizeof *p);
}

void ifc_points_name(const ifc_points *p, size_t i, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "point %zu (", i + 1);
    for (size_t a = 0; a < p->n_axes && n < size; a++)
        n += (size_t)snprintf(out + n, size - n, "%s%s=%s", a ? ", " : "", p->axes[a].path,
                              ifc_points_value(p, i, a));
    if (n < size)
        snprintf(out + n, size - n, ")");
}

bool ifc_points_meets(const ifc_points *p, size_t i, const ifc_scenario *s, const ifc_names *figures)
{
    finder f = {
        .points = p, .point = &p->all[i], .n_with = p->n_axes - p->n_over, .scenario = s, .figures = figures};
    ifc_names names = {find_name, &f};
    bool yes = true;
    for (size_t w = 0; w < p->spec->where.n && yes; w++) {
        ifc_error why = {.status = IFC_OK};
        if (ifc_expression_true(p->spec->where.all[w], &names, &yes, &why) != IFC_OK)
            yes = false; /* a figure that this result has not */
    }
    return yes;
}
