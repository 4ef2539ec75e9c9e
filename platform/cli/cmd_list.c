#include "platform/cli/command.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/shipped.h"
#include "platform/observe/output.h"
#include "platform/registry/describe.h"
#include "platform/scenario/load.h"

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

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void list_files(const char *folder, const char *prefix)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, visible, alphasort);
    for (int i = 0; i < n; i++) {
        char comment[512];
        const char *name = entries[i]->d_name, *dot = strrchr(name, '.');
        char *path = ifc_path_join(folder, name);
        if (dot && strcmp(dot, ".cfg") == 0 && !ifc_is_folder(path) &&
            strncmp(name, prefix, strlen(prefix)) == 0) {
            first_comment(path, comment, sizeof comment);
            printf("%-50s %s\n", path, comment);
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
}

/* Files of the folder itself, then of the folders in it; parts are a list of their own. */
static void list_scenarios(const char *folder)
{
    struct dirent **entries = NULL;
    list_files(folder, "");
    int n = scandir(folder, &entries, visible, alphasort);
    for (int i = 0; i < n; i++) {
        char *path = ifc_path_join(folder, entries[i]->d_name);
        if (strcmp(entries[i]->d_name, "parts") != 0 && ifc_is_folder(path))
            list_files(path, "");
        free(path);
        free(entries[i]);
    }
    free(entries);
}

enum list_kind {
    LIST_COMMANDS,
    LIST_SCENARIOS,
    LIST_PARTS,
    LIST_MODELS,
    LIST_PARAMETERS,
    LIST_POLICIES,
    LIST_KINDS
};

static const char *const kind_names[] = {"commands",   "scenarios", "parts", "models",
                                         "parameters", "policies",  NULL};

static void list_commands(void)
{
    for (const ifc_command *const *c = ifc_commands(); *c; c++)
        printf("%-14s %s\n", (*c)->name, (*c)->summary);
}

static void list_policies(void)
{
    ifc_policies_list(stdout);
}

static int list_folder(int kind)
{
    ifc_folders folders;
    ifc_shipped_folders(&folders);
    if (folders.n == 0) {
        fputs("ifcsim: no folder of scenarios found (./scenarios, or where IFCSIM_SCENARIOS points)\n",
              stderr);
        return IFC_ENOINPUT;
    }
    const char *folder = folders.paths[0];
    if (kind == LIST_SCENARIOS) {
        list_scenarios(folder);
    } else {
        char *parts = ifc_path_join(folder, "parts");
        list_files(parts, kind == LIST_MODELS ? "model-" : "");
        free(parts);
    }
    ifc_folders_fini(&folders);
    return IFC_OK;
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
        return list_folder(kind);
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
        .doc = "List what there is. KIND: commands, scenarios, parts (to extend in scenarios), models, "
               "parameters, "
               "policies (kind and name, built in); without it, the kinds are listed."};
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

const ifc_command ifc_command_list = {"list", "list commands, scenarios, parts, models, parameters, policies",
                                      run};
