#include "components/run/refresh.h"

#include "components/hardware/flash/die.h"
#include "components/run/host.h"

static const ifc_policy_run *policy_of(const ifc_host *h)
{
    return &h->hw->policies.kinds[IFC_KIND_REFRESH];
}

static void check_move(const ifc_host *h, const ifc_refresh_view *v, const ifc_move *m)
{
    const ifc_policy_run *p = policy_of(h);
    if (m->from >= v->n || m->to >= v->n)
        ifc_policy_misbehaves(p, "choose", "moves row %u to row %u of %u (allowed: 0 .. %u)", m->from, m->to,
                              v->n, v->n - 1);
    if (v->blocks[m->from].use == IFC_BLOCK_FREE || v->blocks[m->from].open)
        ifc_policy_misbehaves(p, "choose", "moves row %u, which is %s", m->from,
                              v->blocks[m->from].open ? "open" : "free");
    if (v->blocks[m->to].use != IFC_BLOCK_FREE)
        ifc_policy_misbehaves(p, "choose", "moves row %u to row %u, which is not free", m->from, m->to);
    if (m->pages_at_once == 0)
        ifc_policy_misbehaves(p, "choose", "moves 0 pages at a time (allowed: 1 or more)");
}

static bool choose(const ifc_host *h, uint32_t die, uint32_t token, ifc_move *move, uint32_t *pages)
{
    const ifc_policy_run *p = policy_of(h);
    const ifc_group *g = h->hw->dies[die].group;
    ifc_refresh_view view = {.group = g->index,
                             .die = die,
                             .token = token,
                             .blocks = ifc_blocks_view(&h->mapping->blocks, die),
                             .n = g->p->blocks_per_plane};
    ifc_policy_ask(p, "choose");
    bool wanted = p->policy->ops.refresh->choose(p->state, &view, move);
    ifc_policy_leave(p);
    if (!wanted)
        return false;
    check_move(h, &view, move);
    *pages = view.blocks[move->from].pages;
    return true;
}

/* The next command of a die's move: copies, then the erase. */
static void submit(ifc_host *h, uint32_t die, uint32_t token)
{
    static const ifc_op_node refresh = {.kind = IFC_OP_REFRESH, .unit = IFC_UNIT_STORE};
    ifc_op_run *op = &h->refreshes[die];
    const ifc_die_move *m = &h->moves[die];
    *op = ifc_host_op(h, &refresh, token, 0);
    op->background = true;
    op->request = die;
    op->copied = m->left < m->move.pages_at_once ? m->left : m->move.pages_at_once;
    h->background++;
    ifc_event_op_begin(&h->events, op);
    ifc_controller_submit(h->controller, &op->job);
}

static void begin(ifc_host *h, uint32_t die, uint32_t token)
{
    ifc_die_move *m = &h->moves[die];
    m->active = choose(h, die, token, &m->move, &m->left);
    if (!m->active)
        return;
    ifc_blocks_filling(&h->mapping->blocks, die, m->move.from, m->move.to);
    submit(h, die, token);
}

void ifc_host_refresh(ifc_host *h, uint32_t token)
{
    if (!policy_of(h)->policy->ops.refresh->choose)
        return;
    for (uint32_t die = 0; die < h->hw->n_dies; die++)
        if (!h->moves[die].active)
            begin(h, die, token);
}

void ifc_host_refresh_done(ifc_host *h, ifc_op_run *op)
{
    uint32_t die = (uint32_t)op->request;
    ifc_die_move *m = &h->moves[die];
    bool erased = op->copied == 0;
    uint32_t ended = IFC_NONE;
    m->left -= op->copied;
    h->copied_pages += (uint64_t)op->copied * h->hw->dies[die].group->p->planes;
    if (erased) {
        ended = ifc_blocks_moved(&h->mapping->blocks, die, m->move.from, m->move.to);
        m->active = false;
    } else if (h->ending) { /* what is left of a move is not worked off after the last token */
        ended = ifc_blocks_stayed(&h->mapping->blocks, die, m->move.from, m->move.to);
    }
    if (ended != IFC_NONE)
        ifc_host_erase_late(h, ended);
    if (h->ending)
        return;
    if (erased)
        begin(h, die, op->job.token);
    else
        submit(h, die, op->job.token);
}
