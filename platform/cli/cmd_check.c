#include "platform/cli/command.h"

#include <stdio.h>

#include "components/system/machine.h"
#include "platform/cli/scenarios.h"
#include "platform/common/memory.h"
#include "platform/observe/format.h"
#include "platform/scenario/remarks.h"

typedef struct check_arguments {
    ifc_words files, sets;
    bool resolved;
} check_arguments;

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
    case ARGP_KEY_ARG:
        ifc_words_add(&a->files, arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "no scenario file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* What only the machine can say. Return: IFC_EDATA: it cannot be run. */
static ifc_status check_machine(const char *file, const ifc_scenario *s, const ifc_origins *origins)
{
    uint64_t bytes = 0;
    ifc_error err = {.status = IFC_OK};
    ifc_status status = ifc_machine_check(s, &bytes, &err);
    if (status != IFC_OK)
        return (ifc_status)ifc_cli_complain(&err);
    ifc_scenario_remarks(s, origins, stderr);
    printf("%s: ok, a run takes about %s of memory\n", file, ifc_format_size(bytes).text);
    if (bytes > ifc_memory_there())
        fprintf(stderr, "%s: this machine has %s\n", file, ifc_format_size(ifc_memory_there()).text);
    return IFC_OK;
}

static int run(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"set", 's', "PATH=VALUE", 0, "Set a parameter over what the files say; may be repeated", 0},
        {"resolved", 'r', NULL, 0, "Print each scenario complete, with where every value comes from", 0},
        {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "FILE...",
        .doc = "Read scenario files with all they extend and report everything that is "
               "wrong with them, without running them, and about how much memory a run takes."};
    check_arguments a = {0};
    ifc_status first = IFC_OK;
    ifc_cli_parse(&argp, argc, argv, &a);
    for (size_t i = 0; i < a.files.n; i++) {
        ifc_loaded scenario;
        ifc_status status = ifc_loaded_read(&scenario, a.files.all[i], &a.sets);
        if (status == IFC_OK && a.resolved)
            ifc_scenario_print_resolved(stdout, scenario.scenario, scenario.origins);
        else if (status == IFC_OK)
            status = check_machine(a.files.all[i], scenario.scenario, scenario.origins);
        first = first == IFC_OK ? status : first;
        ifc_loaded_fini(&scenario);
    }
    ifc_words_fini(&a.files);
    ifc_words_fini(&a.sets);
    return first;
}

const ifc_command ifc_command_check = {"check", "find everything that is wrong with scenario files", run};
