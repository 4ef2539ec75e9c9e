#include "platform/scenario/diag.h"

#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"

void ifc_diagnose(ifc_diagnostics *d, ifc_status status, const char *format, ...)
{
    if (ifc_diagnostics_full(d)) {
        d->dropped++;
        return;
    }
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    d->items = ifc_grow(d->items, &d->capacity, d->n, sizeof *d->items);
    d->items[d->n++] = (ifc_diagnostic){status, ifc_printable_copy(text)};
}

int ifc_diagnostics_full(const ifc_diagnostics *d)
{
    return d->n >= IFC_DIAGNOSTICS_MAX;
}

void ifc_diagnostics_print(FILE *out, const ifc_diagnostics *d)
{
    for (size_t i = 0; i < d->n; i++)
        fprintf(out, "%s\n", d->items[i].text);
    if (d->dropped)
        fprintf(out, "... and %zu more\n", d->dropped);
}

void ifc_diagnostics_fini(ifc_diagnostics *d)
{
    for (size_t i = 0; i < d->n; i++)
        free(d->items[i].text);
    free(d->items);
    memset(d, 0, sizeof *d);
}
