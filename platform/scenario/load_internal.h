/**
 * Inside of the scenario loader: what its files share.
 */
#ifndef IFC_LOAD_INTERNAL_H
#define IFC_LOAD_INTERNAL_H

#include "platform/scenario/layers.h"
#include "platform/scenario/load.h"
#include "platform/scenario/origins.h"

#define IFC__ITEM_NAME_MAX 31 /* so that a component path "g1.die12.plane31" stays a name */

struct ifc__loader {
    ifc_scenario *s;
    const char *file;
    ifc_layers layers;
    ifc_origins *origins;
    ifc_diagnostics *diag;
    bool model_only;
    char where[2][IFC_GROUPS_MAX][IFC_PATH_MAX + 16]; /* by collection: where an item is first named */
};

/** ifc__load_complain() - a message about what @a assigns, with its place and value. */
void ifc__load_complain(struct ifc__loader *l, const ifc_assignment *a, const char *format, ...)
    IFC_PRINTF(3, 4);

/** ifc__load_store() - store a value in one instance of a row, and where it came from. Return: whether it was
 * taken; else it has been said why not. */
bool ifc__load_store(struct ifc__loader *l, const ifc_assignment *a, const ifc_param *row, void *base,
                     int column);

/** ifc__load_settle_file() - a file is named as seen from the one that names it; kept absolute, to hold when
 * resolved text moves. */
void ifc__load_settle_file(struct ifc__loader *l, const ifc_assignment *a, char *field, size_t room);

/** ifc__load_is_name() - whether an item of a scenario may be called so. */
bool ifc__load_is_name(const char *name);

/** ifc__load_policy() - a value below "policies."; @path: from there on. */
void ifc__load_policy(struct ifc__loader *l, const ifc_assignment *a, const char *path);

#endif
