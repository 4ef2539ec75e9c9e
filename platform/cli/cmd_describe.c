#include "platform/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "platform/observe/output.h"
#include "platform/registry/describe.h"
#include "platform/scenario/load.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
    const char **pattern = state->input;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (*pattern)
        ifc_cli_error(state, "one pattern, not more: '%s' is too many (quote a pattern with '*')", arg);
    *pattern = arg;
    return 0;
}

static bool is_plugin(const char *pattern)
{
    size_t n = pattern ? strlen(pattern) : 0;
    return n > 3 && strcmp(pattern + n - 3, ".so") == 0;
}

static int describe_plugin(const char *path)
{
    ifc_error err = {.status = IFC_OK};
    ifc_status status = ifc_policies_describe_plugin(stdout, path, &err);
    if (status == IFC_OK)
        status = ifc_stream_check(stdout, "standard output", &err);
    return status == IFC_OK ? IFC_OK : ifc_cli_complain(&err);
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .args_doc = "[PATTERN]",
        .doc =
            "Explain the parameters of scenario files: meaning, unit, range, default and where it comes "
            "from; and the policies: what they do, their parameters and statistics. "
            "PATTERN is a path (npu.rate, policies.dispatch.weighted), the beginning of one (npu), its last "
            "name (t_read), or has "
            "wildcards ('flash.groups.*.t_*'); or the file of a plug-in (./mine.so). Without it, all are "
            "explained."};
    const char *pattern = NULL;
    ifc_cli_parse(&argp, argc, argv, &pattern);
    if (is_plugin(pattern))
        return describe_plugin(pattern);
    if (ifc_describe(stdout, pattern) + ifc_policies_describe(stdout, pattern) > 0) {
        ifc_error err = {.status = IFC_OK};
        return ifc_stream_check(stdout, "standard output", &err) == IFC_OK ? IFC_OK : ifc_cli_complain(&err);
    }
    char nearest[256];
    ifc_describe_nearest(pattern ? pattern : "", nearest, sizeof nearest);
    fprintf(stderr, "ifcsim: no parameter matches '%s'", pattern ? pattern : "");
    if (nearest[0])
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fputs("\nTry 'ifcsim list parameters' or 'ifcsim list policies'.\n", stderr);
    return IFC_EUSAGE;
}

const ifc_command ifc_command_describe = {"describe",
                                          "explain the parameters of scenario files, and policies", run};
