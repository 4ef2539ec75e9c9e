/**
 * What policies are there for, and how KV can lie: names that scenarios and policies share.
 */
#ifndef IFC_KIND_H
#define IFC_KIND_H

#include <stddef.h>
#include <stdint.h>

#include <ifc/names.h>

/* id, name in scenarios ("policies.NAME") */
#define IFC_KIND_MAP(X)                                                                                      \
    X(IFC_KIND_DISPATCH, "dispatch")                                                                         \
    X(IFC_KIND_ARBITER, "arbiter")                                                                           \
    X(IFC_KIND_KV_PLACEMENT, "kv_placement")                                                                 \
    X(IFC_KIND_KV_FLUSH, "kv_flush")                                                                         \
    X(IFC_KIND_REFRESH, "refresh")                                                                           \
    X(IFC_KIND_KV_SELECT, "kv_select")                                                                       \
    X(IFC_KIND_ARRAY, "array")                                                                               \
    X(IFC_KIND_SCHEDULE, "schedule")                                                                         \
    X(IFC_KIND_OBSERVER, "observer")

typedef enum ifc_kind {
#define X(id, name) id,
    IFC_KIND_MAP(X)
#undef X
        IFC_KINDS
} ifc_kind;

/** ifc_kind_name() - static storage. */
IFC_NAMES(ifc_kind_name, uint32_t, IFC_KIND_MAP)

/** How KV lies in its group: placement.kv_layout of the scenario. */
#define IFC_LAYOUT_MAP(X)                                                                                    \
    X(IFC_LAYOUT_TOKEN_STRIPED, "token-striped")                                                             \
    X(IFC_LAYOUT_HEAD_PARALLEL, "head-parallel")                                                             \
    X(IFC_LAYOUT_UNMAPPED, "unmapped")

typedef enum ifc_layout {
#define X(id, name) id,
    IFC_LAYOUT_MAP(X)
#undef X
        IFC_LAYOUTS
} ifc_layout;

/** ifc_layout_name() - static storage. */
IFC_NAMES(ifc_layout_name, uint32_t, IFC_LAYOUT_MAP)

#endif
