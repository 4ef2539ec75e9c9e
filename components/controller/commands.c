#include "components/controller/commands.h"

#include "components/plane/extent.h"

ifc_txn *ifc_command_new(ifc_controller *c, ifc_op_run *op, ifc_command command, ifc_class traffic,
                         const ifc_group *group, uint32_t die_in_group)
{
    ifc_txn *t = ifc_txn_new(c->sys);
    t->command = (uint8_t)command;
    t->traffic_class = (uint8_t)traffic;
    t->group = (uint16_t)group->index;
    t->die = (uint16_t)(group->first_die + die_in_group);
    t->channel = (uint16_t)(t->die % c->sys->s->channel.count);
    t->op = op;
    t->op_kind = op->node->kind;
    t->issue = ifc_now();
    op->pending++;
    return t;
}

static void expect(ifc_controller *c, const ifc_txn *t)
{
    if (t->command == IFC_READ || t->command == IFC_READ_COMPUTE || t->command == IFC_COPY)
        c->expected_pages[t->traffic_class] += t->extent.pages;
    c->expected_macs += t->macs;
    c->expected_up += t->bytes_up;
    c->sys->use[t->op_kind].bytes_up += t->bytes_up;
}

void ifc_command_queue_one(ifc_controller *c, ifc_txn *t)
{
    expect(c, t);
    ifc_controller_enqueue(c, t);
}

/* Dies of one channel that take the same vector share one tenure; a command without company goes alone. */
static void add_to_batch(ifc_controller *c, ifc_txn *t)
{
    if (!c->sys->s->channel.broadcast || !t->vector) {
        ifc_command_queue_one(c, t);
        return;
    }
    expect(c, t);
    ifc_txn *head = c->batch[t->channel];
    if (head) {
        t->batch_next = head->batch_next;
        head->batch_next = t;
    } else {
        c->batch[t->channel] = t;
    }
}

static void send_batches(ifc_controller *c)
{
    for (uint32_t i = 0; i < c->sys->s->channel.count; i++)
        if (c->batch[i]) {
            ifc_txn *head = c->batch[i];
            c->batch[i] = NULL;
            ifc_controller_enqueue(c, head);
        }
}

/*
 * A command whose data does not fit half of the global buffer (the other half takes the next piece's) goes in
 * pieces. The vector that dies keep has its own place in the buffer.
 */
static uint64_t count_pieces(const ifc_controller *c, const ifc_txn *t)
{
    const ifc_flash_group *g = c->sys->groups[t->group].p;
    uint64_t room = g->global_buffer / 2 ? g->global_buffer / 2 : 1;
    uint64_t data = t->vector ? t->bytes_up : t->bytes_down + t->bytes_up;
    uint64_t pieces = c->sys->s->effects.bus ? (data + room - 1) / room : 1;
    uint64_t most = t->extent.max_pages > 1 ? t->extent.max_pages : 1;
    return pieces > most ? most : pieces > 1 ? pieces : 1;
}

void ifc_command_add(ifc_controller *c, ifc_txn *whole, bool grows_down, bool grows_up)
{
    ifc_pieces *p = &c->parts[c->n_parts++];
    *p = (ifc_pieces){
        .first = whole, .pieces = count_pieces(c, whole), .grows_down = grows_down, .grows_up = grows_up};
    if (p->pieces > 1)
        p->whole = *whole;
}

/* The i-th of n equal parts of @all; all parts sum to it. */
static uint64_t part(uint64_t all, uint64_t i, uint64_t n)
{
    return all * (i + 1) / n - all * i / n;
}

/* Its pages, and the input or output that grows with them; what does not grow goes with the first or last
 * piece. */
static void cut(const ifc_pieces *p, ifc_txn *t, uint64_t i)
{
    const ifc_txn *w = &p->whole;
    uint64_t n = p->pieces, from = w->extent.max_pages * i / n, to = w->extent.max_pages * (i + 1) / n;
    bool first = i == 0, last = i == n - 1;
    t->first_plane = w->first_plane;
    t->vector = w->vector;
    t->compute_time = w->compute_time;
    uint64_t planes = ifc_extent_before(&w->extent, from + 1) - ifc_extent_before(&w->extent, from);
    t->extent = (ifc_extent){.planes = w->extent.run_ppb ? w->extent.planes : (uint32_t)planes,
                             .max_pages = (uint32_t)(to - from),
                             .pages = ifc_extent_before(&w->extent, to) - ifc_extent_before(&w->extent, from),
                             .run_ppb = part(w->extent.run_ppb, i, n)};
    t->macs = part(w->macs, i, n);
    t->bytes_down = p->grows_down ? part(w->bytes_down, i, n) : w->vector || first ? w->bytes_down : 0;
    t->bytes_up = p->grows_up ? part(w->bytes_up, i, n) : last ? w->bytes_up : 0;
    t->collect_bytes = p->grows_up ? part(w->collect_bytes, i, n) : last ? w->collect_bytes : 0;
    t->tail_time = last ? w->tail_time : 0;
}

static void add_piece(ifc_controller *c, const ifc_pieces *p, uint64_t i)
{
    ifc_txn *t = p->first;
    if (i > 0) {
        const ifc_txn *w = &p->whole;
        const ifc_group *g = &c->sys->groups[w->group];
        t = ifc_command_new(c, w->op, w->command, w->traffic_class, g, w->die - g->first_die);
    }
    if (p->pieces > 1)
        cut(p, t, i);
    t->footprint = (t->vector ? 0 : t->bytes_down) + t->bytes_up;
    add_to_batch(c, t);
}

void ifc_command_send_all(ifc_controller *c)
{
    uint64_t most = 1;
    for (uint32_t d = 0; d < c->n_parts; d++)
        most = c->parts[d].pieces > most ? c->parts[d].pieces : most;
    for (uint64_t i = 0; i < most; i++) {
        for (uint32_t d = 0; d < c->n_parts; d++)
            if (i < c->parts[d].pieces)
                add_piece(c, &c->parts[d], i);
        send_batches(c);
    }
    c->n_parts = 0;
}
