#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "platform/cli/command.h"

static bool output_error_told;

int ifc_cli_complain(const ifc_error *err)
{
    fflush(stdout);
    output_error_told = output_error_told || err->status == IFC_EOUTPUT;
    fprintf(stderr, "ifcsim: %s\n", err->text);
    return err->status;
}

void ifc_cli_check_stdout(void)
{
    if (output_error_told || (fflush(stdout) == 0 && !ferror(stdout)))
        return;
    fprintf(stderr, "ifcsim: cannot write standard output: %s\n", strerror(errno ? errno : EIO));
    _exit(IFC_EOUTPUT);
}
