#include "workloads/graph_file.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "workloads/graph_build.h"
#include "workloads/requests/trace.h"

enum { NODES_MAX = 65535, GRAPHS = 6, COLUMNS = 20 };

static const char *const graph_names[GRAPHS] = {"prologue", "dense",        "layer",
                                                "epilogue", "prompt dense", "prompt layer"};
static const char *const unit_names[] = {"none", "npu", "weights", "kv", "load", "embed", "store", NULL};

static ifc_graph *graph_at(ifc_graphs *decode, ifc_graphs *prompt, int i)
{
    ifc_graph *const all[GRAPHS] = {&decode->prologue, &decode->dense, &decode->layer,
                                    &decode->epilogue, &prompt->dense, &prompt->layer};
    return all[i];
}

/* Columns after graph, operator, unit and after, as they are written. */
typedef enum figure_kind { WHOLE32, WHOLE64, FLAG, REAL } figure_kind;

static const struct column {
    const char *name;
    figure_kind kind;
    size_t offset;
    double most;
} columns[] = {
#define AT(field) offsetof(ifc_op_node, field)
    {"head_group", WHOLE32, AT(head_group), 1e6},
    {"head_groups", WHOLE32, AT(head_groups), 1e6},
    {"rows", WHOLE64, AT(rows), 1e12},
    {"cols", WHOLE64, AT(cols), 1e12},
    {"vector", WHOLE32, AT(vector), 65535},
    {"times", WHOLE32, AT(times), 1e6},
    {"stored", WHOLE32, AT(stored), 1e6},
    {"always", WHOLE32, AT(always), 1e6},
    {"blocks", WHOLE32, AT(blocks), 1e6},
    {"fixed_ps", WHOLE64, AT(npu_fixed), 1e15},
    {"matrix_ops", FLAG, AT(npu_matrix), 1},
    {"ops", REAL, AT(npu_ops), 1e18},
    {"ops_per_token", REAL, AT(npu_ops_per_token), 1e18},
    {"ops_per_sum", REAL, AT(ops_per_sum), 1e18},
    {"ops_per_token_sum", REAL, AT(ops_per_token_sum), 1e18},
    {"ops_per_buffered", REAL, AT(buffer_ops_per_token), 1e18},
#undef AT
};

enum { FIGURES = sizeof columns / sizeof columns[0], FIRST_FIGURE = COLUMNS - FIGURES };

/* ---- writing ---- */

static void write_figure(const ifc_op_node *n, const struct column *c, FILE *out)
{
    const char *field = (const char *)n + c->offset;
    if (c->kind == WHOLE32)
        fprintf(out, ",%" PRIu32, *(const uint32_t *)(const void *)field);
    else if (c->kind == WHOLE64)
        fprintf(out, ",%" PRIu64, *(const uint64_t *)(const void *)field);
    else if (c->kind == FLAG)
        fprintf(out, ",%d", *(const bool *)field);
    else
        fprintf(out, ",%.17g", *(const double *)(const void *)field);
}

static void write_header(FILE *out)
{
    fputs("graph,operator,unit,after", out);
    for (size_t i = 0; i < FIGURES; i++)
        fprintf(out, ",%s", columns[i].name);
    fputc('\n', out);
}

static void write_graph(const char *name, const ifc_graph *g, FILE *out)
{
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const ifc_op_node *n = &g->nodes[i];
        fprintf(out, "%s,%s,%s,", name, ifc_op_name(n->kind), unit_names[n->unit]);
        for (uint32_t d = 0; d < n->n_deps; d++)
            fprintf(out, "%s%" PRIu32, d ? " " : "", g->deps[n->first_dep + d]);
        for (size_t c = 0; c < FIGURES; c++)
            write_figure(n, &columns[c], out);
        fputc('\n', out);
    }
}

void ifc_graphs_write(const ifc_graphs *decode, const ifc_graphs *prompt, FILE *out)
{
    const ifc_graph *const all[GRAPHS] = {&decode->prologue, &decode->dense, &decode->layer,
                                          &decode->epilogue, &prompt->dense, &prompt->layer};
    write_header(out);
    for (int i = 0; i < GRAPHS; i++)
        write_graph(graph_names[i], all[i], out);
}

/* ---- reading a line ---- */

typedef struct reader {
    ifc__lines lines;
    const ifc_model *m;
    ifc_graph graphs[GRAPHS]; /* owned; of the file */
    uint64_t first_line[GRAPHS], last_line[GRAPHS];
    int at; /* the graph whose lines are being read */
    char *fields[COLUMNS];
} reader;

static ifc_status split(reader *r, ifc_error *err)
{
    int n = 0;
    for (char *field = r->lines.text; field; n++) {
        char *comma = strchr(field, ',');
        if (comma)
            *comma = '\0';
        if (n < COLUMNS)
            r->fields[n] = field;
        field = comma ? comma + 1 : NULL;
    }
    return n == COLUMNS ? IFC_OK : ifc__line_fails(&r->lines, err, "%d columns, not %d", n, COLUMNS);
}

static ifc_status check_header(reader *r, bool more, ifc_error *err)
{
    ifc_status status = more ? split(r, err) : ifc__line_fails(&r->lines, err, "the file is empty");
    static const char *const first[FIRST_FIGURE] = {"graph", "operator", "unit", "after"};
    for (int i = 0; i < COLUMNS && status == IFC_OK; i++) {
        const char *wanted = i < FIRST_FIGURE ? first[i] : columns[i - FIRST_FIGURE].name;
        if (strcmp(r->fields[i], wanted) != 0)
            status = ifc__line_fails(
                &r->lines, err, "column %d is '%s', not '%s': no operators that 'ifcsim trace export' wrote",
                i + 1, r->fields[i], wanted);
    }
    return status;
}

/* Return: -1: none of them. */
static int index_of(const char *name, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static int kind_of(const char *name)
{
    for (int i = 0; i < IFC_OP_KINDS; i++)
        if (strcmp(ifc_op_name((ifc_op_kind)i), name) == 0)
            return i;
    return -1;
}

static ifc_status read_figure(reader *r, const struct column *c, const char *text, ifc_op_node *n,
                              ifc_error *err)
{
    char *end, *field = (char *)n + c->offset;
    double value = strtod(text, &end);
    bool digits = text[strspn(text, "0123456789")] == '\0';
    if (end == text || *end || !(value >= 0 && value <= c->most) || (c->kind != REAL && !digits))
        return ifc__line_fails(&r->lines, err, "%s = '%s': allowed are %snumbers from 0 to %g", c->name, text,
                               c->kind == REAL ? "" : "whole ", c->most);
    if (c->kind == WHOLE32)
        *(uint32_t *)(void *)field = (uint32_t)value;
    else if (c->kind == WHOLE64)
        *(uint64_t *)(void *)field = (uint64_t)value;
    else if (c->kind == FLAG)
        *(bool *)field = value > 0;
    else
        *(double *)(void *)field = value;
    return IFC_OK;
}

static ifc_status read_after(reader *r, ifc_graph *g, char *text, ifc_error *err)
{
    uint32_t node = g->n_nodes - 1;
    while (*text) {
        char *end;
        unsigned long on = strtoul(text, &end, 10);
        if (end == text || (*end && *end != ' ') || *text == '-' || *text == '+' || on >= node)
            return ifc__line_fails(
                &r->lines, err, "after = '%s': operator %u of its graph comes after earlier ones (0 .. %u)",
                text, node, node ? node - 1 : 0);
        ifc__graph_depend(g, (uint32_t)on);
        text = *end ? end + 1 : end;
    }
    return IFC_OK;
}

static ifc_status read_node(reader *r, ifc_graph *g, ifc_error *err)
{
    int kind = kind_of(r->fields[1]), unit = index_of(r->fields[2], unit_names, 7);
    if (kind < 0)
        return ifc__line_fails(&r->lines, err, "operator '%s' is not known", r->fields[1]);
    if (unit < 0)
        return ifc__line_fails(&r->lines, err,
                               "unit '%s' is not known (allowed: none, npu, weights, kv, load, embed, store)",
                               r->fields[2]);
    if (g->n_nodes == NODES_MAX)
        return ifc__line_fails(&r->lines, err, "a graph has at most %d operators", NODES_MAX);
    ifc__graph_node(g, (ifc_op_kind)kind, (ifc_unit)unit);
    ifc_status status = read_after(r, g, r->fields[3], err);
    for (size_t i = 0; i < FIGURES && status == IFC_OK; i++)
        status = read_figure(r, &columns[i], r->fields[FIRST_FIGURE + i], &g->nodes[g->n_nodes - 1], err);
    return status;
}

/* Graphs come one after the other, each as a whole. */
static ifc_status read_line(reader *r, ifc_error *err)
{
    ifc_status status = split(r, err);
    if (status != IFC_OK)
        return status;
    int i = index_of(r->fields[0], graph_names, GRAPHS);
    if (i < 0)
        return ifc__line_fails(
            &r->lines, err,
            "graph '%s' is not known (allowed: prologue, dense, layer, epilogue, prompt dense, prompt layer)",
            r->fields[0]);
    if (i != r->at && r->first_line[i])
        return ifc__line_fails(&r->lines, err, "graph '%s' began at line %" PRIu64 " and had ended",
                               graph_names[i], r->first_line[i]);
    if (!r->first_line[i])
        r->first_line[i] = r->lines.number;
    r->at = i;
    r->last_line[i] = r->lines.number;
    return read_node(r, &r->graphs[i], err);
}

/* ---- whether a graph is one of the model ---- */

/* One of the same kind; of a matrix, of the same shape but for its rows. */
static bool alike(const ifc_op_node *a, const ifc_op_node *b)
{
    if (a->kind != b->kind)
        return false;
    return a->unit != IFC_UNIT_WEIGHTS || b->unit != IFC_UNIT_WEIGHTS ||
           (a->cols == b->cols && a->times == b->times && a->stored == b->stored && a->always == b->always &&
            a->blocks == b->blocks);
}

static const ifc_op_node *first_like(const ifc_graph *g, const ifc_op_node *n)
{
    for (uint32_t i = 0; i < g->n_nodes; i++)
        if (alike(&g->nodes[i], n))
            return &g->nodes[i];
    return NULL;
}

static bool times_only(ifc_unit unit)
{
    return unit == IFC_UNIT_NPU || unit == IFC_UNIT_NONE;
}

static uint64_t rows_like(const ifc_graph *g, const ifc_op_node *n)
{
    uint64_t rows = 0;
    for (uint32_t i = 0; i < g->n_nodes; i++)
        rows += alike(&g->nodes[i], n) ? g->nodes[i].rows : 0;
    return rows;
}

static ifc_status fails(const reader *r, int i, ifc_error *err, const char *what, ifc_op_kind kind)
{
    return ifc_fail(err, IFC_EDATA, "%s:%" PRIu64 ": graph '%s': %s%s%s", r->lines.name, r->first_line[i],
                    graph_names[i], what, kind < IFC_OP_KINDS ? " " : "",
                    kind < IFC_OP_KINDS ? ifc_op_name(kind) : "");
}

/* One operator against those of its kind in the model's graph. */
static ifc_status check_node(const reader *r, int i, const ifc_graph *own, const ifc_op_node *n,
                             ifc_error *err)
{
    const ifc_op_node *like = first_like(own, n);
    if (!like)
        return fails(r, i, err, "this machine and model have no such", n->kind);
    if (n->unit != like->unit && !(times_only(n->unit) && times_only(like->unit)))
        return fails(r, i, err, "this machine has another unit for", n->kind);
    if (n->head_group + n->head_groups > r->m->kv_heads)
        return fails(r, i, err, "the model has fewer head groups than those of", n->kind);
    if (times_only(n->unit))
        return IFC_OK;
    if (n->unit == IFC_UNIT_EMBED && n->cols != like->cols)
        return fails(r, i, err, "the model has another width for", n->kind);
    if (n->unit == IFC_UNIT_WEIGHTS && (n->rows == 0 || n->rows % n->blocks != 0))
        return fails(r, i, err, "there are no rows, or parts of unequal rows, for", n->kind);
    return IFC_OK;
}

/* Each head group has one of it, where the model's graph deals them out. */
static bool all_heads(const reader *r, const ifc_graph *g, ifc_op_kind kind)
{
    uint32_t heads = r->m->kv_heads, *seen = ifc_alloc_zero(heads, sizeof *seen);
    bool all = true;
    for (uint32_t n = 0; n < g->n_nodes; n++)
        for (uint32_t h = 0; g->nodes[n].kind == kind && h < g->nodes[n].head_groups; h++)
            seen[g->nodes[n].head_group + h]++;
    for (uint32_t h = 0; h < heads; h++)
        all = all && seen[h] == 1;
    free(seen);
    return all;
}

/* @like, of the model's graph: all its rows are there, and all its heads. */
static ifc_status check_whole(const reader *r, int i, const ifc_graph *own, const ifc_op_node *like,
                              ifc_error *err)
{
    const ifc_graph *g = &r->graphs[i];
    ifc_op_kind kind = like->kind;
    bool attention = kind == IFC_OP_APPEND || kind == IFC_OP_LOGIT || kind == IFC_OP_ATTEND ||
                     kind == IFC_OP_LOAD_K || kind == IFC_OP_LOAD_V;
    if (!times_only(like->unit) && rows_like(g, like) != rows_like(own, like))
        return fails(r, i, err, "the model has another number of rows for", kind);
    if (attention && !all_heads(r, g, kind))
        return fails(r, i, err, "not each head group has one", kind);
    return IFC_OK;
}

/* What comes last comes after all others. */
static ifc_status check_end(const reader *r, int i, ifc_error *err)
{
    const ifc_graph *g = &r->graphs[i];
    for (uint32_t n = 0; n + 1 < g->n_nodes; n++)
        if (g->nodes[n].n_successors == 0)
            return fails(r, i, err, "nothing comes after one of the operators, and it is not the last:",
                         g->nodes[n].kind);
    return IFC_OK;
}

static ifc_status check_graph(const reader *r, int i, const ifc_graph *own, ifc_error *err)
{
    const ifc_graph *g = &r->graphs[i];
    ifc_status status = IFC_OK;
    for (uint32_t n = 0; n < g->n_nodes && status == IFC_OK; n++)
        status = check_node(r, i, own, &g->nodes[n], err);
    for (uint32_t n = 0; n < own->n_nodes && status == IFC_OK; n++)
        status = check_whole(r, i, own, &own->nodes[n], err);
    return status == IFC_OK ? check_end(r, i, err) : status;
}

/* ---- the whole ---- */

/* Matrices are known again. */
static void complete(ifc_graph *g)
{
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const ifc_op_node n = g->nodes[i];
        if (n.unit != IFC_UNIT_WEIGHTS)
            continue;
        ifc__graph_product(g, i, n.rows, n.cols, n.vector);
        ifc__graph_experts(g, i, n.times, n.stored, n.always);
        g->nodes[i].blocks = n.blocks;
    }
    ifc__graph_link(g);
}

static ifc_status read_all(reader *r, ifc_error *err)
{
    bool more;
    ifc_status status = ifc__lines_next(&r->lines, &more, err);
    if (status == IFC_OK)
        status = check_header(r, more, err);
    while (status == IFC_OK && (status = ifc__lines_next(&r->lines, &more, err)) == IFC_OK && more)
        status = read_line(r, err);
    return status;
}

ifc_status ifc_graphs_read(const char *file, const ifc_model *m, ifc_graphs *decode, ifc_graphs *prompt,
                           ifc_error *err)
{
    reader r = {.lines = {.file = gzopen(file, "rb"), .name = file}, .m = m, .at = -1};
    if (!r.lines.file)
        return ifc_fail(err, IFC_ENOINPUT, "cannot read %s: %s", file, strerror(errno));
    ifc_status status = read_all(&r, err);
    for (int i = 0; i < GRAPHS && status == IFC_OK; i++) {
        ifc_graph *own = graph_at(decode, prompt, i);
        if (r.graphs[i].n_nodes == 0)
            continue;
        complete(&r.graphs[i]);
        status = check_graph(&r, i, own, err);
        if (status != IFC_OK)
            break;
        ifc_graph_fini(own);
        *own = r.graphs[i];
        r.graphs[i] = (ifc_graph){0};
    }
    for (int i = 0; i < GRAPHS; i++)
        ifc_graph_fini(&r.graphs[i]);
    gzclose(r.lines.file);
    free(r.lines.text);
    return status;
}
