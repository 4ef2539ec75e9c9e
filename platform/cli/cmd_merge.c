#include "platform/cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explore/journal.h"
#include "platform/cli/explore/row.h"
#include "platform/cli/explore/summary.h"
#include "platform/cli/scenarios.h"
#include "platform/common/memory.h"

typedef struct merge_arguments {
    ifc_words folders;
    const char *output;
    bool quiet, resume;
} merge_arguments;

enum { KEY_RESUME = 0x100 };

/* What is joined so far. */
typedef struct merge {
    ifc_spec spec;
    ifc_journal whole;
    size_t doubled;
    ifc_error differs; /* two rows of one point say different things */
} merge;

static const struct argp_option options[] = {
    {"output", 'o', "DIR", 0, "Folder of the whole, which is made", 0},
    {"resume", KEY_RESUME, NULL, 0, "Add to DIR what is not recorded there", 0},
    {"quiet", 'q', NULL, 0, "No summary", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    merge_arguments *a = state->input;
    switch (key) {
    case 'o':
        a->output = arg;
        return 0;
    case 'q':
        a->quiet = true;
        return 0;
    case KEY_RESUME:
        a->resume = true;
        return 0;
    case ARGP_KEY_ARG:
        ifc_words_add(&a->folders, arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no folders given");
        return 0;
    case ARGP_KEY_SUCCESS:
        if (!a->output)
            ifc_cli_error(state, "no folder given for the whole (-o DIR)");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool failed(const json_t *row)
{
    return strcmp(ifc_row_status(row), IFC_ROW_FAILED) == 0;
}

/* Rows are in the order of points in the journal, too. */
static ifc_status add_rows(merge *m, const ifc_journal *part, const char *folder)
{
    m->doubled += part->doubled;
    for (size_t i = 0; i < part->n; i++) {
        json_t *row = part->rows[i], **slot = &m->whole.rows[i];
        if (!row)
            continue;
        bool had = *slot && !failed(*slot);
        bool has = !failed(row);
        m->doubled += had && has;
        if (had && has && !json_equal(*slot, row))
            return ifc_fail(&m->differs, IFC_EDATA,
                            "%s: point %zu differs from the same point of another folder", folder, i + 1);
        if (!had) {
            json_decref(*slot);
            *slot = json_incref(row);
        }
    }
    return IFC_OK;
}

static ifc_status add_folder(merge *m, const char *folder, bool first, ifc_error *err)
{
    ifc_spec spec = {0};
    ifc_journal part = {.fd = -1};
    ifc_status status = ifc_journal_read(&part, &spec, folder, err);
    if (status == IFC_OK && first) {
        m->spec = spec;
        m->whole = (ifc_journal){.fd = -1, .n = part.n, .rows = ifc_alloc_zero(part.n + 1, sizeof(json_t *))};
        memset(&spec, 0, sizeof spec);
    } else if (status == IFC_OK && (strcmp(spec.digest, m->spec.digest) != 0 || part.n != m->whole.n)) {
        status =
            ifc_fail(err, IFC_EDATA, "%s: is no part of the same exploration as the first folder", folder);
    }
    if (status == IFC_OK && add_rows(m, &part, folder) != IFC_OK)
        status = ifc_fail(err, m->differs.status, "%s", m->differs.text);
    ifc_journal_fini(&part);
    ifc_spec_fini(&spec);
    return status;
}

static ifc_status save(merge *m, const merge_arguments *a, ifc_error *err)
{
    const char *folder = a->output;
    ifc_journal out = {.fd = -1};
    size_t doubled = m->doubled; /* what the folder has is there once more by design */
    m->spec.shard = m->spec.shards = 0;
    ifc_status status = ifc_journal_begin(&out, &m->spec, folder, a->resume, err);
    if (status == IFC_OK && add_rows(m, &out, folder) != IFC_OK)
        status = ifc_fail(err, m->differs.status, "%s", m->differs.text);
    m->doubled = doubled;
    for (size_t i = 0; i < m->whole.n && status == IFC_OK; i++)
        if (m->whole.rows[i] && (!out.rows[i] || (failed(out.rows[i]) && !failed(m->whole.rows[i]))))
            status = ifc_journal_add(&out, json_incref(m->whole.rows[i]), err);
    if (status == IFC_OK)
        status = ifc_journal_table(&out, folder, err);
    ifc_journal_fini(&out);
    return status;
}

/* "3, 7-9 and more" on standard error. Return: how many are missing. */
static size_t tell_missing(const merge *m)
{
    enum { SHOWN = 10 };
    size_t missing = 0, shown = 0;
    for (size_t i = 0; i < m->whole.n; i++)
        missing += !m->whole.rows[i];
    if (missing == 0)
        return 0;
    fprintf(stderr, "ifcsim: %zu of %zu points are missing:", missing, m->whole.n);
    for (size_t i = 0; i < m->whole.n; i++) {
        size_t end = i;
        while (end < m->whole.n && !m->whole.rows[end])
            end++;
        if (end == i)
            continue;
        if (++shown > SHOWN) {
            fputs(" ...", stderr);
            break;
        }
        fprintf(stderr, end - i > 1 ? " %zu-%zu" : " %zu", i + 1, end);
        i = end;
    }
    fputc('\n', stderr);
    return missing;
}

static ifc_status join(const merge_arguments *a, merge *m, ifc_error *err)
{
    ifc_goals goals;
    ifc_status status = IFC_OK;
    for (size_t i = 0; i < a->folders.n && status == IFC_OK; i++)
        status = add_folder(m, a->folders.all[i], i == 0, err);
    if (status == IFC_OK)
        status = ifc_goals_find(&goals, &m->spec, err);
    if (status == IFC_OK)
        status = save(m, a, err);
    if (status != IFC_OK)
        return status;
    if (!a->quiet)
        ifc_summary_write(m->whole.rows, m->whole.n, &goals, stdout);
    fflush(stdout);
    if (m->doubled > 0)
        fprintf(stderr, "ifcsim: %zu points are there more than once, all with the same figures\n",
                m->doubled);
    if (tell_missing(m) > 0)
        status = ifc_fail(err, IFC_EDATA,
                          "not whole; 'ifcsim explore %s/" IFC_SPEC_FILE " -o %s --resume' runs the rest",
                          a->output, a->output);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {.options = options,
                                     .parser = parse,
                                     .args_doc = "DIR...",
                                     .doc = "Join the shards of an exploration into one folder, and find "
                                            "points that are missing or there twice."};
    merge_arguments a = {0};
    merge m = {.whole = {.fd = -1}};
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_status status = join(&a, &m, &err);
    if (status != IFC_OK)
        (void)ifc_cli_complain(&err);
    ifc_journal_fini(&m.whole);
    ifc_spec_fini(&m.spec);
    ifc_words_fini(&a.folders);
    return status;
}

const ifc_command ifc_command_merge = {"merge", "join the shards of an exploration", run};
