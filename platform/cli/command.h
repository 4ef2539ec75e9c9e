/**
 * A sub-command of ifcsim: one file, one constant of this type, one line in the table of commands.c.
 */
#ifndef IFC_COMMAND_H
#define IFC_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <ifc/status.h>

typedef struct ifc_command {
    const char *name;
    const char *summary; /* one line for the list of commands */
    /* argv[0] is "ifcsim NAME". Return: the process's exit status (ifc_status). */
    int (*run)(int argc, char **argv);
} ifc_command;

extern const ifc_command ifc_command_run, ifc_command_check, ifc_command_list, ifc_command_describe,
    ifc_command_topology, ifc_command_explain, ifc_command_diff, ifc_command_timeline, ifc_command_report,
    ifc_command_model, ifc_command_trace, ifc_command_explore, ifc_command_merge, ifc_command_plot,
    ifc_command_help;

/** ifc_commands() - all of them, NULL at the end; static storage. */
const ifc_command *const *ifc_commands(void);

/** ifc_cli_print_help() - the list of commands that 'ifcsim --help' shows. */
void ifc_cli_print_help(FILE *out);

/** ifc_cli_main() - find the sub-command and run it. Return: the exit status. */
int ifc_cli_main(int argc, char **argv);

/**
 * ifc_cli_parse() - argp_parse() that names the nearest option when one is unknown
 *
 * Wrong use ends the process with IFC_EUSAGE, --help, --usage and --version with 0.
 */
void ifc_cli_parse(const struct argp *argp, int argc, char **argv, void *input);

/**
 * ifc_cli_nearest() - the candidate a user most likely meant
 * @candidates: NULL at the end
 * Return: one of @candidates, or NULL when none is near.
 */
const char *ifc_cli_nearest(const char *name, const char *const *candidates);

/** ifc_cli_error() - argp_error(), with control characters of what the user gave as \xNN. */
void ifc_cli_error(struct argp_state *state, const char *format, ...) IFC_PRINTF(2, 3);

/** ifc_cli_choice() - index of @text in @names (NULL at the end). Wrong text is an ifc_cli_error() that lists
 * them. */
int ifc_cli_choice(struct argp_state *state, const char *option, const char *text, const char *const *names);

/** ifc_cli_complain() - print the error on standard error as "ifcsim: TEXT". Return: its status. */
int ifc_cli_complain(const ifc_error *err);

/** ifc_cli_check_stdout() - at exit: output that was lost is an error, also when it is only the text of
 * --help. */
void ifc_cli_check_stdout(void);

#endif
