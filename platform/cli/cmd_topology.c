#include "platform/cli/command.h"

#include <string.h>

#include "components/system/machine.h"
#include "platform/cli/scenarios.h"
#include "platform/observe/output.h"

typedef struct topology_arguments {
    const char *file, *output;
    ifc_words sets;
    bool load_plugins;
} topology_arguments;

enum { KEY_LOAD_PLUGINS = 0x100 };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    topology_arguments *a = state->input;
    switch (key) {
    case 's':
        ifc_words_add(&a->sets, arg);
        return 0;
    case 'o':
        a->output = arg;
        return 0;
    case KEY_LOAD_PLUGINS:
        a->load_plugins = true;
        return 0;
    case ARGP_KEY_ARG:
        if (a->file)
            ifc_cli_error(state, "one scenario file, not more: '%s' is too many", arg);
        a->file = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no scenario file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static ifc_status write_topology(const topology_arguments *a, const ifc_scenario *s, ifc_error *err)
{
    ifc_text text = {0};
    ifc_status status = ifc_text_begin(&text, err);
    if (status != IFC_OK)
        return status;
    status = ifc_machine_topology(s, text.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&text, err);
    if (status == IFC_OK)
        status = ifc_output_save(a->output, text.data, text.size, err);
    ifc_text_fini(&text);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"set", 's', "PATH=VALUE", 0, "Set a parameter over what the file says; may be repeated", 0},
        {"output", 'o', "FILE", 0, "Write to FILE instead of standard output", 0},
        {"load-plugins", KEY_LOAD_PLUGINS, NULL, 0,
         "Load the plug-ins that the scenario names, which runs their code, and check them, too", 0},
        {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "FILE",
        .doc = "Write the machine of a scenario as a SimGrid platform (XML): one host per "
               "component, so that SimGrid's own tools can read it."};
    topology_arguments a = {0};
    ifc_loaded scenario;
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_status status = ifc_loaded_read(&scenario, a.file, &a.sets, a.load_plugins);
    if (status == IFC_OK) {
        if (!a.load_plugins)
            (void)ifc_loaded_tell_unchecked(&scenario);
        if (a.output && strcmp(a.output, "-") != 0)
            status = ifc_loaded_protect(&scenario, "--output", a.output, &err);
        if (status == IFC_OK)
            status = write_topology(&a, scenario.scenario, &err);
        if (status != IFC_OK)
            (void)ifc_cli_complain(&err);
    }
    ifc_loaded_fini(&scenario);
    ifc_words_fini(&a.sets);
    return status;
}

const ifc_command ifc_command_topology = {"topology", "write the machine as a SimGrid platform", run};
