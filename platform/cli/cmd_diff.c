#include "platform/cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/printable.h"
#include "platform/observe/diff.h"
#include "platform/observe/stats_file.h"
#include "platform/scenario/shipped.h"

typedef struct diff_arguments {
    const char *file[2];
    int n;
} diff_arguments;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    diff_arguments *a = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (a->n == 2)
            ifc_cli_error(state, "two files, not more: '%s' is too many", arg);
        a->file[a->n++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->n < 2)
            ifc_cli_error(state, "two statistics files are needed, %d given", a->n);
        if (strcmp(a->file[0], "-") == 0 && strcmp(a->file[1], "-") == 0)
            ifc_cli_error(state, "only one of the two can be standard input");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The files of two folders in the order of their names. */
typedef struct folder_pair {
    const char *const *folder;
    char **names[2]; /* owned */
    int n[2];
} folder_pair;

static void tell_alone(const folder_pair *p, int side, const char *name)
{
    char shown[256];
    fflush(stdout);
    fprintf(stderr, "ifcsim: %s is only in %s\n", ifc_printable(shown, sizeof shown, name), p->folder[side]);
}

static ifc_status compare_pair(const folder_pair *p, const char *name, bool first, ifc_error *err)
{
    char *a = ifc_path_join(p->folder[0], name), *b = ifc_path_join(p->folder[1], name);
    if (!first)
        puts("\n");
    ifc_status status = ifc_diff_files(a, b, stdout, err);
    free(a);
    free(b);
    return status;
}

/* A pair that cannot be compared is told, and does not keep the others from being compared. */
static ifc_status compare_all(const folder_pair *p, ifc_error *err)
{
    ifc_status first = IFC_OK;
    int i[2] = {0, 0}, pairs = 0;
    while (i[0] < p->n[0] || i[1] < p->n[1]) {
        int order = i[0] == p->n[0]   ? 1
                    : i[1] == p->n[1] ? -1
                                      : strcoll(p->names[0][i[0]], p->names[1][i[1]]);
        if (order != 0) {
            int side = order > 0;
            tell_alone(p, side, p->names[side][i[side]]);
            i[side]++;
            continue;
        }
        ifc_error one = {.status = IFC_OK};
        ifc_status status = compare_pair(p, p->names[0][i[0]], pairs++ == 0, &one);
        if (status != IFC_OK)
            (void)ifc_cli_complain(&one);
        first = first == IFC_OK ? status : first;
        i[0]++;
        i[1]++;
    }
    if (pairs == 0)
        return ifc_fail(err, IFC_EDATA, "%s and %s have no two files of one name", p->folder[0],
                        p->folder[1]);
    return first;
}

static int compare_folders(const diff_arguments *a)
{
    folder_pair p = {.folder = a->file};
    ifc_error err = {.status = IFC_OK};
    for (int side = 0; side < 2 && p.n[0] >= 0; side++)
        p.n[side] = ifc_stats_in(a->file[side], &p.names[side], &err);
    int status = err.status == IFC_OK ? (int)compare_all(&p, &err) : IFC_OK;
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < p.n[side]; i++)
            free(p.names[side][i]);
        free(p.names[side]);
    }
    return err.status == IFC_OK ? status : ifc_cli_complain(&err);
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .args_doc = "A.json B.json\nFOLDER-A FOLDER-B",
        .doc = "Compare two runs by the statistics files that 'ifcsim run --stats' wrote: "
               "headline figures, energies and critical path, with the change from A "
               "to B. One of the files may be -, standard input. Of two folders, the files of one name are "
               "compared, one pair after the other."};
    diff_arguments a = {.n = 0};
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &a);
    bool folder[2] = {ifc_is_folder(a.file[0]), ifc_is_folder(a.file[1])};
    if (folder[0] && folder[1])
        return compare_folders(&a);
    if (folder[0] || folder[1]) {
        (void)ifc_fail(&err, IFC_EUSAGE, "%s is a folder, and %s is not: two files or two folders",
                       a.file[folder[1]], a.file[folder[0]]);
        return ifc_cli_complain(&err);
    }
    if (ifc_diff_files(a.file[0], a.file[1], stdout, &err) != IFC_OK)
        return ifc_cli_complain(&err);
    return IFC_OK;
}

const ifc_command ifc_command_diff = {"diff", "compare the statistics of two runs", run};
