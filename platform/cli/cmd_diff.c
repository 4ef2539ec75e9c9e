#include "platform/cli/command.h"

#include <stdio.h>

#include "platform/observe/diff.h"

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
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .args_doc = "A.json B.json",
        .doc = "Compare two runs by the statistics files that 'ifcsim run --stats' wrote: "
               "headline figures, energies and critical path, with the change from A "
               "to B."};
    diff_arguments a = {.n = 0};
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &a);
    if (ifc_diff_files(a.file[0], a.file[1], stdout, &err) != IFC_OK)
        return ifc_cli_complain(&err);
    return IFC_OK;
}

const ifc_command ifc_command_diff = {"diff", "compare the statistics of two runs", run};
