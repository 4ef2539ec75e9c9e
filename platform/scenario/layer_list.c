/*
 * The list of assignments itself; who fills it is in platform/scenario/layers.c.
 */
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"
#include "platform/scenario/layers.h"

ifc_assignment *ifc_layers_add(ifc_layers *l, char *path, int file, unsigned line)
{
    l->items = ifc_grow(l->items, &l->capacity, l->n, sizeof *l->items);
    ifc_assignment *a = &l->items[l->n++];
    *a = (ifc_assignment){.path = path, .file = file, .line = line};
    return a;
}

void ifc_layers_cut(ifc_layers *layers, size_t n)
{
    for (size_t i = n; i < layers->n; i++) {
        free(layers->items[i].path);
        free(layers->items[i].text);
    }
    layers->n = n < layers->n ? n : layers->n;
}

void ifc_layers_where(const ifc_layers *layers, const ifc_assignment *a, char *out, size_t size)
{
    char file[IFC_PATH_MAX];
    if (a->file < 0)
        snprintf(out, size, "--set");
    else if (a->key)
        snprintf(out, size, "%s: %s", ifc_printable(file, sizeof file, layers->files[a->file]), a->key);
    else
        snprintf(out, size, "%s:%u", ifc_printable(file, sizeof file, layers->files[a->file]), a->line);
}

void ifc_layers_fini(ifc_layers *layers)
{
    ifc_layers_cut(layers, 0);
    for (size_t i = 0; i < layers->n_files; i++)
        free(layers->files[i]);
    free(layers->items);
    free(layers->files);
    memset(layers, 0, sizeof *layers);
}
