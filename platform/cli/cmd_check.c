#include "platform/cli/command.h"

#include <stdio.h>

#include "platform/cli/scenarios.h"
#include "platform/common/printable.h"

typedef struct check_arguments {
    ifc_words files, sets;
    bool resolved, load_plugins;
} check_arguments;

enum { KEY_LOAD_PLUGINS = 0x100 };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    check_arguments *a = state->input;
    switch (key) {
    case 's':
        ifc_words_add(&a->sets, arg);
        return 0;
    case 'r':
        a->resolved = true;
        return 0;
    case KEY_LOAD_PLUGINS:
        a->load_plugins = true;
        return 0;
    case ARGP_KEY_ARG:
        ifc_words_add(&a->files, arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no scenario file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* @file: as it was named. */
static void report(const check_arguments *a, const char *file, const ifc_loaded *l)
{
    char shown[IFC_PATH_MAX];
    unsigned unchecked = a->load_plugins ? 0 : ifc_loaded_tell_unchecked(l);
    if (a->resolved)
        ifc_scenario_print_resolved(stdout, l->scenario, l->origins);
    else
        printf("%s: ok%s\n", ifc_printable(shown, sizeof shown, file), unchecked ? ", but for plug-ins" : "");
}

static int run(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"set", 's', "PATH=VALUE", 0, "Set a parameter over what the files say; may be repeated", 0},
        {"resolved", 'r', NULL, 0, "Print each scenario complete, with where every value comes from", 0},
        {"load-plugins", KEY_LOAD_PLUGINS, NULL, 0,
         "Load the plug-ins that the scenario names, which runs their code, and check them, too", 0},
        {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "FILE...",
        .doc = "Read scenario files with all they extend and report everything that is "
               "wrong with them, without running them."};
    check_arguments a = {0};
    ifc_status first = IFC_OK;
    ifc_cli_parse(&argp, argc, argv, &a);
    for (size_t i = 0; i < a.files.n; i++) {
        ifc_loaded scenario;
        ifc_status status = ifc_loaded_read(&scenario, a.files.all[i], &a.sets, a.load_plugins);
        if (status == IFC_OK)
            report(&a, a.files.all[i], &scenario);
        else if (first == IFC_OK)
            first = status;
        ifc_loaded_fini(&scenario);
    }
    ifc_words_fini(&a.files);
    ifc_words_fini(&a.sets);
    return first;
}

const ifc_command ifc_command_check = {"check", "find everything that is wrong with scenario files", run};
