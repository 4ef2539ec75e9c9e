#include "platform/cli/command.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "platform/common/printable.h"

static const ifc_command *const all_commands[] = {
    &ifc_command_run,      &ifc_command_check, &ifc_command_list,    &ifc_command_describe,
    &ifc_command_topology, &ifc_command_model, &ifc_command_explain, &ifc_command_explore,
    &ifc_command_merge,    &ifc_command_plot,  &ifc_command_diff,    &ifc_command_report,
    &ifc_command_timeline, &ifc_command_trace, &ifc_command_help,    NULL};

enum { N_COMMANDS = sizeof all_commands / sizeof all_commands[0] - 1 };

const ifc_command *const *ifc_commands(void)
{
    return all_commands;
}

static const char version_text[] = "ifcsim " IFC_VERSION;

void ifc_cli_print_help(FILE *out)
{
    fputs("Usage: ifcsim COMMAND [OPTION...] [ARGUMENT...]\n"
          "Simulate LLM decoding on NAND flash that computes.\n\n"
          "Commands:\n",
          out);
    for (int i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-12s %s\n", all_commands[i]->name, all_commands[i]->summary);
    fputs("\n  --help       this list; 'ifcsim COMMAND --help' explains a command\n"
          "  --version    the version\n\n"
          "Exit status: 0 done; 3 does not fit into memory (a result); 64 wrong use; 65 bad scenario or\n"
          "data; 66 cannot open an input; 70 an internal check failed; 71 too little memory here for a\n"
          "run; 74 cannot write an output; 130 interrupted (what was finished is written and marked\n"
          "incomplete).\n",
          out);
}

static const ifc_command *command_called(const char *name)
{
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(all_commands[i]->name, name) == 0)
            return all_commands[i];
    return NULL;
}

static int unknown(const char *name)
{
    const char *names[N_COMMANDS + 3] = {0};
    for (int i = 0; i < N_COMMANDS; i++)
        names[i] = all_commands[i]->name;
    names[N_COMMANDS] = "--help";
    names[N_COMMANDS + 1] = "--version";
    const char *nearest = ifc_cli_nearest(name, names);
    char shown[256];
    fprintf(stderr, "ifcsim: unknown %s '%s'", name[0] == '-' ? "option" : "command",
            ifc_printable(shown, sizeof shown, name));
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fputs("\nTry 'ifcsim --help'.\n", stderr);
    return IFC_EUSAGE;
}

/* Where files run out, the kernel aborts with a backtrace. Better a message, and before anything is done. */
static bool has_descriptors(void)
{
    enum { PIPES = 6 };
    int ends[PIPES][2], n = 0;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    while (n < PIPES && pipe(ends[n]) == 0)
        n++;
    for (int i = 0; i < n; i++) {
        close(ends[i][0]);
        close(ends[i][1]);
    }
    if (n < PIPES)
        fprintf(stderr, "ifcsim: %d more files must be possible to open (ulimit -n)\n", 2 * PIPES);
    return n == PIPES;
}

static int run_command(const ifc_command *command, int argc, char **argv)
{
    static char name[64];
    if (!has_descriptors())
        return IFC_EUSAGE;
    snprintf(name, sizeof name, "ifcsim %s", command->name);
    argv[0] = name;
    return command->run(argc, argv);
}

int ifc_cli_main(int argc, char **argv)
{
    atexit(ifc_cli_check_stdout);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of write(), and told as such */
    argp_err_exit_status = IFC_EUSAGE;
    argp_program_version = version_text;
    if (argc < 2) {
        ifc_cli_print_help(stderr);
        return IFC_EUSAGE;
    }
    const char *first = argv[1];
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0 || strcmp(first, "-?") == 0) {
        ifc_cli_print_help(stdout);
        return IFC_OK;
    }
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        puts(version_text);
        return IFC_OK;
    }
    const ifc_command *command = command_called(first);
    return command ? run_command(command, argc - 1, argv + 1) : unknown(first);
}
