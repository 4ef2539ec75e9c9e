#include "platform/registry/kinds.h"

static ifc_status missing(const char *op, ifc_error *err)
{
    return ifc_fail(err, IFC_EDATA, "op %s is missing, and is mandatory", op);
}

static bool always(const ifc_policy *p)
{
    (void)p;
    return true;
}

static bool dispatch_decides(const ifc_policy *p)
{
    return p->ops.dispatch->pick;
}

static bool arbiter_decides(const ifc_policy *p)
{
    return p->ops.arbiter->pick;
}

static bool placement_decides(const ifc_policy *p)
{
    return p->ops.kv_placement->page_plane; /* where streams begin is settled before the run */
}

static bool array_decides(const ifc_policy *p)
{
    return p->ops.array->suspend;
}

static ifc_status check_placement(const ifc_policy *p, ifc_error *err)
{
    if (!p->ops.kv_placement->first_plane)
        return missing("first_plane", err);
    if ((unsigned)p->ops.kv_placement->layout >= IFC_LAYOUTS)
        return ifc_fail(err, IFC_EDATA, "layout %d, expected 0 .. %d", p->ops.kv_placement->layout,
                        IFC_LAYOUTS - 1);
    return IFC_OK;
}

static ifc_status check_flush(const ifc_policy *p, ifc_error *err)
{
    return p->ops.kv_flush->flush ? IFC_OK : missing("flush", err);
}

static ifc_status check_select(const ifc_policy *p, ifc_error *err)
{
    return !p->ops.kv_select->plan || p->ops.kv_select->select ? IFC_OK : missing("select", err);
}

static ifc_status check_observer(const ifc_policy *p, ifc_error *err)
{
    if (!p->ops.observer->issue && !p->ops.observer->complete && !p->ops.observer->token &&
        !p->ops.observer->operator_done && !p->ops.observer->wake)
        return missing("issue, complete, token, operator_done or wake", err);
    return IFC_OK;
}

static const ifc_kind_rules rules[IFC_KINDS] = {
    [IFC_KIND_DISPATCH] = {.ops_size = sizeof(ifc_dispatch_ops),
                           .usual = "fifo",
                           .decides = dispatch_decides,
                           .wakes = true,
                           .no_digest = "the dispatch policy has no digest of its state"},
    [IFC_KIND_ARBITER] = {.ops_size = sizeof(ifc_arbiter_ops),
                          .usual = "fifo",
                          .decides = arbiter_decides,
                          .no_digest = "the arbiter policy has no digest of its state"},
    [IFC_KIND_KV_PLACEMENT] = {.ops_size = sizeof(ifc_kv_placement_ops),
                               .check = check_placement,
                               .decides = placement_decides,
                               .no_digest = "the kv_placement policy has no digest of its state"},
    [IFC_KIND_KV_FLUSH] = {.ops_size = sizeof(ifc_kv_flush_ops),
                           .usual = "idle-window",
                           .check = check_flush,
                           .decides = always,
                           .wakes = true,
                           .no_digest = "the kv_flush policy has no digest of its state"},
    /* refresh is asked between tokens; what it begins is in flight */
    [IFC_KIND_REFRESH] = {.ops_size = sizeof(ifc_refresh_ops), .usual = "none", .wakes = true},
    /* kv_select is asked about every layer; what it says is part of the key */
    [IFC_KIND_KV_SELECT] = {.ops_size = sizeof(ifc_kv_select_ops), .usual = "all", .check = check_select},
    [IFC_KIND_ARRAY] = {.ops_size = sizeof(ifc_array_ops),
                        .usual = "never",
                        .decides = array_decides,
                        .no_digest = "the array policy has no digest of its state"},
    /* schedule is asked between steps; the tokens of each are part of the key */
    [IFC_KIND_SCHEDULE] = {.ops_size = sizeof(ifc_schedule_ops), .usual = "fcfs", .wakes = true},
    [IFC_KIND_OBSERVER] = {.ops_size = sizeof(ifc_observer_ops),
                           .usual = "",
                           .wakes = true,
                           .check = check_observer},
};

const ifc_kind_rules *ifc_kind_rules_of(uint32_t kind)
{
    return &rules[kind];
}
