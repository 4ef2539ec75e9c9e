#include "platform/cli/command.h"

#include <stdio.h>

#include "components/system/machine.h"
#include "platform/cli/scenarios.h"
#include "platform/common/printable.h"
#include "platform/jobs/fork_run.h"
#include "platform/jobs/stop.h"
#include "platform/observe/format.h"
#include "platform/scenario/remarks.h"

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

/* Not to fit is a result, and no mistake. */
static ifc_status build_in_child(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    (void)arg;
    ifc_run_options o = {.program = "ifcsim", .stop = &ifc_stop_requested, .build_only = true};
    ifc_status status = ifc_machine_run(s, &o, out, err);
    return status == IFC_ENOFIT ? IFC_OK : status;
}

/* What a run refuses before its first event, found in the same way: in a process of its own. */
static ifc_status build(const ifc_scenario *s, ifc_error *err)
{
    ifc_fork_job job = {.scenario = s};
    ifc_fork_options o = {.parallel = 1, .run = build_in_child, .stop = &ifc_stop_requested};
    ifc_status status = ifc_fork_runs(&job, 1, &o, err);
    if (status != IFC_OK)
        return status;
    if (job.status == IFC_EINTERRUPTED &&
        !ifc_stop_requested) /* the wall limit of the scenario, in a run, too */
        job.status = IFC_OK;
    *err = job.error;
    ifc_result_fini(&job.result);
    return job.status;
}

/* What only the machine can say. @file: as it was named; @unchecked: a part of it is not loaded, so that it
 * cannot be built. Return: as a run's. */
static ifc_status check_machine(const char *file, const ifc_scenario *s, const ifc_origins *origins,
                                bool unchecked)
{
    char shown[IFC_PATH_MAX];
    uint64_t bytes = 0;
    ifc_error err = {.status = IFC_OK};
    ifc_status status = ifc_machine_check(s, &bytes, &err);
    if (status == IFC_OK && !unchecked)
        status = build(s, &err);
    if (status == IFC_EINTERRUPTED)
        return status;
    if (status == IFC_OK || status == IFC_EMACHINE) /* nothing is wrong with the scenario */
        ifc_scenario_remarks(s, origins, stderr);
    if (status != IFC_OK)
        return (ifc_status)ifc_cli_complain(&err);
    ifc_printable(shown, sizeof shown, file);
    printf("%s: ok%s, a run takes about %s of memory\n", shown, unchecked ? ", but for plug-ins" : "",
           ifc_format_size(bytes).text);
    return IFC_OK;
}

static ifc_status report(const check_arguments *a, const char *file, const ifc_loaded *l)
{
    bool unchecked = !a->load_plugins && ifc_loaded_tell_unchecked(l) > 0;
    if (!a->resolved)
        return check_machine(file, l->scenario, l->origins, unchecked);
    ifc_scenario_print_resolved(stdout, l->scenario, l->origins);
    return IFC_OK;
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
               "wrong with them, without running them, and about how much memory a run takes."};
    check_arguments a = {0};
    ifc_status first = IFC_OK;
    ifc_cli_parse(&argp, argc, argv, &a);
    ifc_stop_install();
    for (size_t i = 0; i < a.files.n; i++) {
        ifc_loaded scenario;
        ifc_status status = ifc_loaded_read(&scenario, a.files.all[i], &a.sets, a.load_plugins);
        if (status == IFC_OK)
            status = report(&a, a.files.all[i], &scenario);
        first = first == IFC_OK ? status : first;
        ifc_loaded_fini(&scenario);
    }
    ifc_words_fini(&a.files);
    ifc_words_fini(&a.sets);
    return first;
}

const ifc_command ifc_command_check = {"check", "find everything that is wrong with scenario files", run};
