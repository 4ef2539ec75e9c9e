#include "platform/cli/command.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/pages.h"
#include "platform/observe/output.h"
#include "platform/registry/describe.h"
#include "platform/scenario/load.h"
#include "platform/scenario/shipped.h"

enum list_kind {
    LIST_COMMANDS,
    LIST_SCENARIOS,
    LIST_SYSTEMS,
    LIST_PARTS,
    LIST_MODELS,
    LIST_PARAMETERS,
    LIST_POLICIES,
    LIST_FOLDERS,
    LIST_KINDS
};

static const char *const kind_names[] = {"commands",   "scenarios", "systems", "parts", "models",
                                         "parameters", "policies",  "folders", NULL};

#define PARTS   "parts/"
#define SYSTEMS "systems/"

/* A scenario file begins with a comment that says what it is. */
static void first_comment(const char *path, char *out, size_t size)
{
    char line[512];
    out[0] = '\0';
    FILE *in = fopen(path, "re");
    if (!in)
        return;
    if (fgets(line, sizeof line, in) && line[0] == '#') {
        const char *text = line + 1 + strspn(line + 1, " ");
        snprintf(out, size, "%.*s", (int)strcspn(text, "\r\n"), text);
    }
    fclose(in);
}

/* A file below the folders of scenarios, by the name under which it is run or extended. */
static void list_file(void *arg, const char *name, const char *path)
{
    const int *kind = arg;
    char comment[512];
    const char *const begin[LIST_KINDS] = {
        [LIST_SYSTEMS] = SYSTEMS, [LIST_PARTS] = PARTS, [LIST_MODELS] = PARTS "model-"};
    bool part = strncmp(name, PARTS, strlen(PARTS)) == 0;
    if (*kind == LIST_SCENARIOS ? part : strncmp(name, begin[*kind], strlen(begin[*kind])) != 0)
        return;
    first_comment(path, comment, sizeof comment);
    printf("%-36s %s\n", name, comment);
}

static void list_commands(void)
{
    for (const ifc_command *const *c = ifc_commands(); *c; c++)
        printf("%-14s %s\n", (*c)->name, (*c)->summary);
}

static void list_policies(void)
{
    ifc_policies_list(stdout);
}

static void list_folders(const ifc_folders *folders)
{
    for (size_t i = 0; i < folders->n; i++)
        printf("%-10s %s\n", "scenarios", folders->paths[i]);
    char *pages = ifc_pages_folder();
    if (pages)
        printf("%-10s %s\n", "pages", pages);
    free(pages);
}

static int list_shipped(int kind)
{
    ifc_folders folders;
    ifc_shipped_folders(&folders);
    size_t n = folders.n;
    if (n == 0)
        fputs("ifcsim: no folder of scenarios found (./scenarios, or where IFCSIM_SCENARIOS points)\n",
              stderr);
    if (kind == LIST_FOLDERS)
        list_folders(&folders);
    else if (n > 0)
        ifc_shipped_walk(list_file, &kind);
    ifc_folders_fini(&folders);
    return n > 0 ? IFC_OK : IFC_ENOINPUT;
}

static int list_kind(int kind)
{
    switch (kind) {
    case LIST_COMMANDS:
        list_commands();
        return IFC_OK;
    case LIST_PARAMETERS:
        ifc_list_parameters(stdout);
        return IFC_OK;
    case LIST_POLICIES:
        list_policies();
        return IFC_OK;
    default:
        return list_shipped(kind);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    int *kind = state->input;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (*kind >= 0)
        ifc_cli_error(state, "one kind, not more: '%s' is too many", arg);
    *kind = ifc_cli_choice(state, "KIND", arg, kind_names);
    return 0;
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .args_doc = "[KIND]",
        .doc = "List what there is, as it is typed. KIND: commands, scenarios, systems (of them, what "
               "is compared with others in docs/systems), parts (to extend in scenarios), models (parts, "
               "too), parameters, policies (kind and name, built in), folders "
               "(where scenarios and pages lie); without it, the kinds are listed."};
    int kind = -1;
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &kind);
    int status = IFC_OK;
    if (kind >= 0)
        status = list_kind(kind);
    else
        for (int i = 0; i < LIST_KINDS; i++)
            puts(kind_names[i]);
    if (ifc_stream_check(stdout, "standard output", &err) != IFC_OK)
        return ifc_cli_complain(&err);
    return status;
}

const ifc_command ifc_command_list = {"list", "list commands, scenarios, systems, parts, models, ...", run};
