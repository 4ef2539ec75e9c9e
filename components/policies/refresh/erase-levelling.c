/*
 * As read-count, but to the free row that was filled least often. When free rows have fallen behind the most
 * worn ones by more than a gap, data that is hardly read gives up its little-worn row.
 */
#include "components/policies/refresh/choose.h"

struct state {
    const ifc_machine_view *machine;
    double share; /* parameters */
    uint32_t pages, gap;
    uint64_t moves, levelled, no_room;
};

static const char *init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    struct state *s = state;
    (void)host;
    s->machine = machine;
    return NULL;
}

/* The free row with the fewest (or most) cycles. */
static uint32_t free_row(const ifc_refresh_view *view, bool most)
{
    uint32_t best = IFC_NONE;
    for (uint32_t i = 0; i < view->n; i++) {
        if (view->blocks[i].use != IFC_BLOCK_FREE)
            continue;
        uint32_t cycles = view->blocks[i].cycles;
        if (best == IFC_NONE ||
            (most ? cycles > view->blocks[best].cycles : cycles < view->blocks[best].cycles))
            best = i;
    }
    return best;
}

/* The data row with the fewest cycles: cold, it has not moved. */
static uint32_t coldest(const ifc_refresh_view *view)
{
    uint32_t best = IFC_NONE;
    for (uint32_t i = 0; i < view->n; i++) {
        const ifc_block_view *b = &view->blocks[i];
        if (b->use != IFC_BLOCK_FREE && !b->open &&
            (best == IFC_NONE || b->cycles < view->blocks[best].cycles))
            best = i;
    }
    return best;
}

static bool level(struct state *s, const ifc_refresh_view *view, ifc_move *move)
{
    uint32_t from = coldest(view), to = free_row(view, true);
    if (from == IFC_NONE || to == IFC_NONE || view->blocks[to].cycles < view->blocks[from].cycles + s->gap)
        return false;
    *move = (ifc_move){.from = from, .to = to, .pages_at_once = s->pages};
    s->levelled++;
    return true;
}

static bool choose(void *state, const ifc_refresh_view *view, ifc_move *move)
{
    struct state *s = state;
    uint32_t from = ifc_choose_most_read(view);
    if (from == IFC_NONE || view->blocks[from].reads < s->share * s->machine->group[view->group].read_limit)
        return level(s, view, move);
    *move = (ifc_move){.from = from, .to = free_row(view, false), .pages_at_once = s->pages};
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
    {"gap", IFC_MEMBER(struct state, gap), .unit = "count", .default_text = "8", .min = 1, .max = 1e6,
     .help = "cycles a free row is ahead of the least worn data before that data moves to it"},
};

static const ifc_statistic statistics[] = {
    {"moves", IFC_MEMBER(struct state, moves), .unit = "count", .help = "moves begun because of reads"},
    {"levelled", IFC_MEMBER(struct state, levelled), .unit = "count", .help = "moves begun to level wear"},
    {"no_room", IFC_MEMBER(struct state, no_room), .unit = "count",
     .help = "times a row was due and no free row was there"},
};

extern const ifc_policy ifc_refresh_erase_levelling;
const ifc_policy ifc_refresh_erase_levelling = {
    IFC_POLICY_HEADER,
    .kind = IFC_KIND_REFRESH,
    .name = "erase-levelling",
    .summary = "as read-count, to the free row that was filled least often; cold data moves, too",
    .trade_off = "wear spreads over all free rows; levelling moves cost die time that no read limit asks for",
    .state_size = sizeof(struct state),
    IFC_PARAMETERS(parameters),
    IFC_STATISTICS(statistics),
    .init = init,
    IFC_OPS(refresh, ops),
};
