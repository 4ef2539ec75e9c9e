#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platform/kernel/kernel.h"

void ifc_bug(const char *file, int line, const char *format, ...)
{
    va_list args;
    fflush(stdout);
    fprintf(stderr, "ifcsim: internal check failed at %lld ps in %s (%s:%d): ", (long long)ifc_now(),
            ifc_actor_name(), file, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    fflush(stderr);
    _exit(IFC_EINTERNAL);
}
