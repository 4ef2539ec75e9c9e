/*
 * Where matrices lie, and whether they can be multiplied as it is said.
 */
#include <string.h>

#include "platform/scenario/check_internal.h"

static void check_multiplied(const struct check *c, const ifc_matrix_place *p, const ifc_flash_group *g)
{
    const char *way = p->gemv == IFC_GEMV_IFC ? "ifc" : "split";
    if (p->gemv == IFC_GEMV_NPU)
        return;
    if (!g)
        ifc__check_wrong(c, p->gemv_path,
                         "\"%s\" needs dies with engines, and %s names DRAM (allowed: npu, auto)", way,
                         p->store_path);
    else if (g->fmacs == 0)
        ifc__check_wrong(c, p->gemv_path, "group %s has no engines: its fmacs = 0 (allowed: npu, auto)",
                         g->name);
}

/* A tile has a page in every plane, and every channel as many planes. */
static void check_tiles(const struct check *c, const ifc_matrix_place *p, const ifc_flash_group *g)
{
    const ifc_split_params *split = &c->s->placement.split;
    uint32_t channels = c->s->channel.count;
    if (g->dies % channels != 0) {
        ifc__check_wrong(
            c, p->gemv_path,
            "\"split\" needs as many dies on every channel: group %s has %u on channel.count = %u", g->name,
            g->dies, channels);
        return;
    }
    if (!c->s->effects.page_rounding)
        ifc__check_wrong(c, p->gemv_path,
                         "\"split\" needs effects.page_rounding = true: tiles are whole pages");
    uint64_t each = (uint64_t)g->dies / channels * g->planes;
    uint64_t elements = g->page * 8 / c->s->model.weight_bits;
    if (split->tile_rows && split->tile_rows % each != 0)
        ifc__check_wrong(c, "placement.split.tile_rows",
                         "not a multiple of the %llu planes of a channel that share its rows",
                         (unsigned long long)each);
    if (split->tile_rows > each * elements)
        ifc__check_wrong(c, "placement.split.tile_rows",
                         "a tile has a page in each plane, a column takes %llu rows at most",
                         (unsigned long long)(each * elements));
}

static void check_split(const struct check *c, const ifc_matrix_place *p, const ifc_flash_group *g)
{
    const char *reads = c->s->placement.split.reads;
    if (p->gemv != IFC_GEMV_SPLIT || !g || g->fmacs == 0)
        return;
    if (reads[0])
        ifc__check_group(c, "placement.split.reads", reads, false);
    if (ifc__check_known(c, "channel.count"))
        check_tiles(c, p, g);
}

static void check_store(const struct check *c, const ifc_matrix_place *p)
{
    (void)ifc__check_group(c, p->store_path, p->store, true);
    if (ifc__check_known(c, p->store_path) && strcmp(p->store, "dram") == 0 && c->s->dram.channels == 0)
        ifc__check_wrong(c, p->store_path, "there is no DRAM: dram.channels = 0");
}

static void check_product(const struct check *c, const ifc_matrix_place *p)
{
    bool there = p->group >= 0 || strcmp(p->store, "dram") == 0;
    const ifc_flash_group *g = p->group >= 0 ? &c->s->groups[p->group] : NULL;
    if (!there || !ifc__check_known(c, p->store_path))
        return;
    check_multiplied(c, p, g);
    check_split(c, p, g);
}

/* What the same parameters say of several matrices is at fault once. */
void ifc__check_places(const struct check *c)
{
    ifc_matrix_place before, p;
    for (int m = 0; m < IFC_PLACED; m++) {
        bool stored = false, multiplied = m == IFC_PLACED_EMBED;
        ifc_scenario_matrix(c->s, (ifc_placed)m, &p);
        for (int k = 0; k < m; k++) {
            ifc_scenario_matrix(c->s, (ifc_placed)k, &before);
            bool same = strcmp(before.store_path, p.store_path) == 0;
            stored |= same;
            multiplied |= same && k != IFC_PLACED_EMBED && strcmp(before.gemv_path, p.gemv_path) == 0;
        }
        if (!stored)
            check_store(c, &p);
        if (!multiplied)
            check_product(c, &p);
    }
}
