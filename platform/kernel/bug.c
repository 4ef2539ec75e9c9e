#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/kernel/kernel.h"

static char run_name[2048];

void ifc_run_name_set(const char *name)
{
    snprintf(run_name, sizeof run_name, "%s", name);
}

const char *ifc_run_name(void)
{
    return run_name;
}

void ifc_bug(const char *file, int line, const char *format, ...)
{
    va_list args;
    fflush(stdout);
    fprintf(stderr, "ifcsim: %s%sinternal check failed at %lld ps in %s (%s:%d): ", run_name,
            run_name[0] ? ": " : "", (long long)ifc_now(), ifc_actor_name(), file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    fflush(stderr);
    _exit(IFC_EINTERNAL);
}
