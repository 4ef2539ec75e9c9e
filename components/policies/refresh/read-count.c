/* A row of blocks whose reads come near the limit moves to the first free row. */
#include "components/policies/refresh/choose.h"

struct state {
    const ifc_machine_view *machine;
    double share; /* parameters */
    uint32_t pages;
    uint64_t moves, no_room;
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    (void)host;
    s->machine = machine;
    return NULL;
}

static uint32_t first_free(const ifc_refresh_view *view)
{
    for (uint32_t i = 0; i < view->n; i++)
        if (view->blocks[i].use == IFC_BLOCK_FREE)
            return i;
    return IFC_NONE;
}

static bool choose(void *state, const ifc_refresh_view *view, ifc_move *move)
{
    struct state *s = state;
    uint32_t from = ifc_choose_most_read(view);
    if (from == IFC_NONE || view->blocks[from].reads < s->share * s->machine->group[view->group].read_limit)
        return false;
    *move = (ifc_move){.from = from, .to = first_free(view), .pages_at_once = s->pages};
    s->moves += move->to != IFC_NONE;
    s->no_room += move->to == IFC_NONE;
    return move->to != IFC_NONE;
}

static const ifc_refresh_ops ops = {.choose = choose};

static const ifc_parameter parameters[] = {
    {"share", IFC_MEMBER(struct state, share), .unit = "ratio", .default_text = "0.9", .min = 0.01, .max = 1,
     .help = "part of the group's read_limit at which a row moves"},
    {"pages", IFC_MEMBER(struct state, pages), .unit = "count", .default_text = "1", .min = 1, .max = 65536,
     .help = "pages of each plane that one command copies"},
};

static const ifc_statistic statistics[] = {
    {"moves", IFC_MEMBER(struct state, moves), .unit = "count", .help = "moves begun"},
    {"no_room", IFC_MEMBER(struct state, no_room), .unit = "count",
     .help = "times a row was due and no free row was there"},
};

extern const ifc_policy ifc_refresh_read_count;
const ifc_policy ifc_refresh_read_count = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_REFRESH,
    .name = "read-count",
    .summary = "a row moves to the first free row when its reads come near the limit",
    .trade_off = "no read disturb; copies block their die, and the same few free rows take all the wear",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    .init = init,
    IFC_OPS(refresh, ops),
};
